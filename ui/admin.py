"""Admin page: add manuals and watch them, list, describe and delete them, the site's words, try a search."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import Any

import gradio as gr

from assistant.build import Andon
from assistant.records.entry import Act
from index.errors import IndexFailed, ScopeUnknown
from ui.belongs import FOR_EVENT, FilterPart, attributes_of, for_dialog_html, scope_of_fields
from ui.frame import LANG_EVENT, READY, account_of, event_lang, page_lang, seat_key, top_html
from ui.lists import dialog_html, hits_html, jobs_html, manuals_html
from ui.records import RecordsPart
from ui.retries import RETRY_EVENT, retried_html, retry_jobs, retryable
from ui.turn import Seats
from ui.wording import Lang, say, say_error
from ui.words import WordsPart

LOOK_S = 1.0  # how often the page looks at the job queue
JOBS = 20
HITS = 8
DELETE_EVENT = (
    "andon.asks(element, 'button.a-delete', 'delete-dialog', (b) => trigger('remove', { manual: b.dataset.manual }));"
)


class AdminPage:
    """The page's components and what they do. ``blocks`` is what is mounted."""

    def __init__(self, andon: Andon) -> None:
        self._andon = andon
        self._seats = Seats(andon.assistant)  # for the language of each open page
        self._words, self._filters = WordsPart(andon.library, self._lang, self._note), FilterPart(andon.library)
        self._records = RecordsPart(andon.records, self._lang)
        with gr.Blocks(title=say("admin.title", "ja"), analytics_enabled=False, fill_width=True) as self.blocks:
            self._build()
            self._wire()
        self.blocks.queue(max_size=64, api_open=False, default_concurrency_limit=4)

    def _build(self) -> None:
        self._top = gr.HTML(js_on_load=LANG_EVENT, apply_default_css=False, elem_id="top")
        self._upload_text = gr.HTML(apply_default_css=False)
        with gr.Row(elem_id="for-row"):
            self._for_lines = gr.Textbox(lines=1, max_lines=1, elem_id="for-lines")
            self._for_machines = gr.Textbox(lines=1, max_lines=1, elem_id="for-machines")
        self._upload = gr.UploadButton(" ", file_count="multiple", variant="primary", elem_id="upload")
        self._said = gr.HTML(apply_default_css=False, elem_id="said")
        self._jobs = gr.HTML(apply_default_css=False, elem_id="jobs", js_on_load=RETRY_EVENT)
        self._manuals = gr.HTML(apply_default_css=False, elem_id="manuals", js_on_load=DELETE_EVENT + FOR_EVENT)
        self._dialog = gr.HTML(apply_default_css=False)
        self._words.build()
        self._search_text = gr.HTML(apply_default_css=False)
        with gr.Row(elem_id="ask-row"):
            self._query = gr.Textbox(lines=1, max_lines=1, elem_id="search-question", scale=1)
            self._search = gr.Button(elem_id="search", scale=0)
        self._filters.build()
        self._hits = gr.HTML(apply_default_css=False, elem_id="hits")
        self._records.build()
        self._shown = gr.State(("", ""))
        self._timer = gr.Timer(LOOK_S)

    def _wire(self) -> None:
        quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
        lists = [self._jobs, self._manuals, self._shown]
        fields = [self._for_lines, self._for_machines]
        texts = [self._top, self._upload_text, self._upload, *fields, self._dialog, self._search_text, self._query]
        texts += [self._search, *self._words.texts, *self._filters.texts, *self._records.texts]
        asked = [self._query, *self._filters.fields]
        self.blocks.load(self._open, outputs=[*texts, *lists], **quiet).then(None, js=READY, **quiet)
        self.blocks.unload(self._close)
        self._top.language(self._speak, inputs=asked, outputs=[*texts, *lists, self._hits, self._said], **quiet)
        self._upload.upload(
            self._take, [self._upload, *fields], [self._upload, self._said, *lists], api_visibility="private"
        )
        seen = [*lists, *self._filters.fields]
        self._timer.tick(self._look, inputs=self._shown, outputs=seen, trigger_mode="once", **quiet)
        self._manuals.describe(self._describe, outputs=[self._said, *lists, *self._filters.fields], **quiet)
        self._words.wire(quiet)
        self._records.wire(quiet)
        self._manuals.remove(self._remove, outputs=[self._said, *lists], **quiet)
        self._jobs.again(self._again, outputs=[self._said, *lists], **quiet)
        for event in (self._search.click, self._query.submit):
            event(self._find, inputs=asked, outputs=self._hits, **quiet)

    def _open(self, request: gr.Request) -> list[Any]:
        lang = page_lang(request)
        self._seats.sit(seat_key(request), lang)
        return [*self._texts(request, lang), *self._lists(lang)]

    def _close(self, request: gr.Request) -> None:
        self._seats.leave(seat_key(request))

    def _speak(self, request: gr.Request, event: gr.EventData, query: str, *narrowed: list[str] | None) -> list[Any]:
        lang = event_lang(event)
        self._seats.sit(seat_key(request), lang)
        hits = self._find(request, query, *narrowed) if query.strip() else ""
        return [*self._texts(request, lang), *self._lists(lang), hits, ""]

    def _texts(self, request: gr.Request, lang: Lang) -> list[Any]:
        note = say("admin.upload_note", lang, megabytes=self._andon.settings.max_file_mb)
        return [
            top_html(account_of(self._andon, request), lang, "admin"),
            f'<h1 class="a-title">{escape(say("admin.upload", lang))}</h1><p class="a-note">{escape(note)}</p>',
            gr.update(label=say("admin.upload_button", lang)),
            gr.update(label=say("admin.for_upload_lines", lang)),
            gr.update(label=say("admin.for_upload_machines", lang)),
            dialog_html(lang) + for_dialog_html(lang),
            f'<h2 class="a-title">{escape(say("admin.search", lang))}</h2>'
            f'<p class="a-note">{escape(say("admin.search_note", lang))}</p>',
            gr.update(label=say("admin.search_label", lang)),
            say("admin.search_button", lang),
            *self._words.in_language(lang),
            *self._filters.in_language(lang),
            *self._records.in_language(lang),
        ]

    def _lists(self, lang: Lang) -> list[Any]:
        library = self._andon.library
        known = library.manuals()
        jobs = jobs_html(library.jobs.jobs(JOBS), lang, known)
        manuals = manuals_html(known, lang)
        return [jobs, manuals, (jobs, manuals)]

    def _look(self, shown: tuple[str, str], request: gr.Request) -> list[Any]:
        """What changed since the last look; nothing is sent where nothing did."""
        lang = self._lang(request)
        jobs, manuals, now = self._lists(lang)
        fields = self._filters.choices(lang) if manuals != shown[1] else [gr.skip() for _ in self._filters.fields]
        return [
            gr.skip() if jobs == shown[0] else jobs,
            gr.skip() if manuals == shown[1] else manuals,
            gr.skip() if now == tuple(shown) else now,
            *fields,
        ]

    def _take(self, paths: list[str] | None, lines: str, machines: str, request: gr.Request) -> list[Any]:
        """Queue each file by itself: one that is refused does not stop the others."""
        lang = self._lang(request)
        refused = []
        for path in [Path(path) for path in paths or ()]:
            try:
                attributes = attributes_of(lines, machines, empty_is_unset=True)
                self._andon.library.jobs.submit(path, path.name, attributes)
                self._note(request, "manual_added", path.name)
            except IndexFailed as failed:
                why = failed.message if lang == "en" else say_error(failed.code, lang, failed.message)
                refused.append(say("admin.failed_file", lang, name=path.name, reason=why))
            finally:
                path.unlink(missing_ok=True)  # the index keeps its own copy
        said = "".join(f'<p class="a-card a-toast a-bad" role="alert">{escape(text)}</p>' for text in refused)
        return [None, said, *self._lists(lang)]

    def _remove(self, request: gr.Request, event: gr.EventData) -> list[Any]:
        lang = self._lang(request)
        try:
            name = self._andon.library.remove(str(event.manual)).name
            self._note(request, "manual_deleted", name)
            said = f'<p class="a-card a-toast" role="status">{escape(say("admin.deleted", lang, name=name))}</p>'
        except IndexFailed as failed:
            text = say_error(failed.code, lang, failed.message)
            said = f'<p class="a-card a-toast a-bad" role="alert">{escape(text)}</p>'
        return [said, *self._lists(lang)]

    def _again(self, request: gr.Request, event: gr.EventData) -> list[Any]:
        """Try the failed file of that job again, or all of those on the page."""
        lang, queue, one = self._lang(request), self._andon.library.jobs, str(event.job)
        retried = retry_jobs(queue, [job for job in retryable(queue.jobs(JOBS)) if one in ("", str(job.id))])
        for name in retried.queued:
            self._note(request, "manual_added", name)
        return [retried_html(retried, lang), *self._lists(lang)]

    def _describe(self, request: gr.Request, event: gr.EventData) -> list[Any]:
        lang = self._lang(request)
        try:
            attributes = attributes_of(str(event.lines), str(event.machines))
            name = self._andon.library.describe(str(event.manual), attributes).name
            self._note(request, "manual_described", name)
            said = f'<p class="a-card a-toast" role="status">{escape(say("admin.for_saved", lang, name=name))}</p>'
        except IndexFailed as failed:
            text = say_error(failed.code, lang, failed.message)
            said = f'<p class="a-card a-toast a-bad" role="alert">{escape(text)}</p>'
        return [said, *self._lists(lang), *self._filters.choices(lang)]

    def _find(self, request: gr.Request, query: str, *narrowed: list[str] | None) -> str:
        lang = self._lang(request)
        if not query.strip():
            return ""
        try:
            return hits_html(self._andon.library.search(query, HITS, scope_of_fields(*narrowed)), lang)
        except ScopeUnknown as failed:  # chosen before the manual that had it was deleted
            text = say_error(failed.code, lang, failed.message)
            return f'<p class="a-card a-toast a-bad" role="alert">{escape(text)}</p>'

    def _note(self, request: gr.Request, act: Act, subject: str) -> None:
        self._andon.records.act(str(request.username), "page", act, subject)

    def _lang(self, request: gr.Request) -> Lang:
        return self._seats.lang(seat_key(request), page_lang(request))
