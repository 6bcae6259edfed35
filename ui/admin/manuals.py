"""Manuals: the admin page's part for adding files, watching them, and keeping what is in the index."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import gradio as gr

from assistant.build import Andon
from index.errors import IndexFailed
from ui.admin.belongs import FOR_EVENT, attributes_of, for_dialog_html
from ui.admin.cells import done_html, failed_html, title
from ui.admin.drop_zone import DROP_EVENT, drop_html, refused_text
from ui.admin.job_list import JOB_EVENTS, halted_text, jobs_html
from ui.admin.manual_list import MANUAL_EVENTS, SHOWN, dialog_html, holds, manuals_html
from ui.admin.retries import retried_html, retry_jobs, retryable
from ui.wording import Lang, say, say_error

if TYPE_CHECKING:
    from assistant.records.entry import Act

LOOK_S = 1.0  # how often the page looks at the job queue
JOBS = 30


class ManualsPart:
    """Components and what they do. ``lang_of``: the language of the page that a request comes from; ``note``: writes
    into the log who changed what."""

    def __init__(
        self, andon: Andon, lang_of: Callable[[gr.Request], Lang], note: Callable[[gr.Request, Act, str], None]
    ) -> None:
        self._andon = andon
        self._library = andon.library
        self._lang = lang_of
        self._note = note

    def build(self) -> None:
        self._title = gr.HTML(apply_default_css=False)
        with gr.Row(elem_id="for-row"):
            self._for_lines = gr.Textbox(lines=1, max_lines=1, elem_id="for-lines", interactive=True)
            self._for_machines = gr.Textbox(lines=1, max_lines=1, elem_id="for-machines", interactive=True)
        self._drop = gr.HTML(apply_default_css=False, elem_id="drop", js_on_load=DROP_EVENT)
        self._said = gr.HTML(apply_default_css=False, elem_id="said")
        self._jobs = gr.HTML(apply_default_css=False, elem_id="jobs", js_on_load=JOB_EVENTS)
        self._words = gr.Textbox(lines=1, max_lines=1, elem_id="manual-words", interactive=True)
        self._manuals = gr.HTML(apply_default_css=False, elem_id="manuals", js_on_load=MANUAL_EVENTS + FOR_EVENT)
        self._dialog = gr.HTML(apply_default_css=False)
        self._shown = gr.State(("", ""))
        self._timer = gr.Timer(LOOK_S)

    @property
    def texts(self) -> list[Any]:
        """The components that ``in_language`` fills."""
        return [
            self._title, self._for_lines, self._for_machines, self._drop, self._words, self._dialog, self._said,
            *self._lists,
        ]  # fmt: skip

    @property
    def _lists(self) -> list[Any]:
        return [self._jobs, self._manuals, self._shown]

    def wire(self, quiet: dict[str, Any], changed: Callable[[Any], None]) -> None:
        """``changed``: is told of each event after which there may be other manuals, lines or machines."""
        said = [self._said, *self._lists]
        self._drop.sent(self._sent, inputs=self._words, outputs=said, **quiet)
        self._jobs.again(self._again, inputs=self._words, outputs=said, **quiet)
        self._jobs.halt(self._halt, inputs=self._words, outputs=said, **quiet)
        self._words.input(self._look_through, inputs=self._words, outputs=self._lists, **quiet)
        self._timer.tick(
            self._look, inputs=[self._shown, self._words], outputs=self._lists, trigger_mode="once", **quiet
        )
        for event, act in (
            (self._manuals.describe, self._describe),
            (self._manuals.enable, self._enable),
            (self._manuals.remove, self._remove),
        ):
            changed(event(act, inputs=self._words, outputs=said, **quiet))

    def in_language(self, lang: Lang) -> list[Any]:
        return [
            title("admin.upload", lang),
            gr.update(label=say("admin.for_upload_lines", lang)),
            gr.update(label=say("admin.for_upload_machines", lang)),
            drop_html(lang, self._andon.settings.max_file_mb),
            gr.update(label=say("admin.look_through", lang), placeholder=say("admin.look_through_example", lang)),
            dialog_html(lang) + for_dialog_html(lang),
            "",
            *self._now(lang),
        ]

    def _now(self, lang: Lang, words: str = "") -> list[Any]:
        known = self._library.manuals()
        queue = self._library.jobs
        jobs = jobs_html(queue.jobs(JOBS), lang, known, queue.counts())
        several = [manual for manual in known if manual.revision > 1 and holds(manual, words)][:SHOWN]
        revisions = {manual.id: self._library.revisions(manual.id) for manual in several}
        manuals = manuals_html(known, lang, words, revisions)
        return [jobs, manuals, (jobs, manuals)]

    def _look(self, shown: tuple[str, str], words: str, request: gr.Request) -> list[Any]:
        """What changed since the last look; nothing is sent where nothing did."""
        jobs, manuals, now = self._now(self._lang(request), words)
        return [
            gr.skip() if jobs == shown[0] else jobs,
            gr.skip() if manuals == shown[1] else manuals,
            gr.skip() if now == tuple(shown) else now,
        ]

    def _look_through(self, words: str, request: gr.Request) -> list[Any]:
        return self._now(self._lang(request), words)

    def _sent(self, words: str, request: gr.Request, event: gr.EventData) -> list[Any]:
        """All chosen files were sent; what was refused is told."""
        lang = self._lang(request)
        refused = event.refused if isinstance(event.refused, list) else []
        said = "".join(failed_html(refused_text(each, lang)) for each in refused[:JOBS])
        return [said, *self._now(lang, words)]

    def _again(self, words: str, request: gr.Request, event: gr.EventData) -> list[Any]:
        """Try the failed file of that job again, or all of those on the page."""
        lang, queue, one = self._lang(request), self._library.jobs, str(event.job)
        retried = retry_jobs(queue, [job for job in retryable(queue.jobs(JOBS)) if one in ("", str(job.id))])
        for name in retried.queued:
            self._note(request, "manual_added", name)
        return [retried_html(retried, lang), *self._now(lang, words)]

    def _halt(self, words: str, request: gr.Request, event: gr.EventData) -> list[Any]:
        """Cancel the job, or all that wait."""
        lang, queue, one = self._lang(request), self._library.jobs, str(event.job)
        if one:
            found = queue.job(int(one)) if one.isdigit() else None
            halted = [found] if found is not None and found.state in ("queued", "running") else []
        else:
            halted = queue.waiting()
        for job in halted:
            queue.cancel(job.id)
            self._note(request, "manual_cancelled", job.name)
        said = done_html(halted_text([job.name for job in halted], lang)) if halted else ""
        return [said, *self._now(lang, words)]

    def _remove(self, words: str, request: gr.Request, event: gr.EventData) -> list[Any]:
        def remove() -> str:
            name = self._library.remove(str(event.manual)).name
            self._note(request, "manual_deleted", name)
            return name

        return self._after("admin.deleted", remove, words, request)

    def _describe(self, words: str, request: gr.Request, event: gr.EventData) -> list[Any]:
        def describe() -> str:
            attributes = attributes_of(str(event.lines), str(event.machines))
            name = self._library.describe(str(event.manual), attributes).name
            self._note(request, "manual_described", name)
            return name

        return self._after("admin.for_saved", describe, words, request)

    def _enable(self, words: str, request: gr.Request, event: gr.EventData) -> list[Any]:
        on = event.enabled is True

        def enable() -> str:
            name = self._library.enable(str(event.manual), on).name
            self._note(request, "manual_enabled" if on else "manual_disabled", name)
            return name

        return self._after("admin.enabled" if on else "admin.disabled", enable, words, request)

    def _after(self, key: str, act: Callable[[], str], words: str, request: gr.Request) -> list[Any]:
        """What was done to which manual, or why it could not be, and the lists as they are now."""
        lang = self._lang(request)
        try:
            said = done_html(say(key, lang, name=act()))
        except IndexFailed as failed:
            said = failed_html(say_error(failed.code, lang, failed.message))
        return [said, *self._now(lang, words)]
