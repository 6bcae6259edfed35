"""Admin page: add manuals and watch them, list and delete them, try a search."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import Any

import gradio as gr

from assistant.build import Andon
from index.errors import IndexFailed
from ui.frame import LANG_EVENT, READY, account_of, event_lang, page_lang, seat_key, top_html
from ui.lists import dialog_html, hits_html, jobs_html, manuals_html
from ui.turn import Seats
from ui.wording import Lang, say, say_error

LOOK_S = 1.0  # how often the page looks at the job queue
JOBS = 20
HITS = 8
DELETE_EVENT = "andon.deletes(element, (id) => trigger('remove', { manual: id }));"


class AdminPage:
    """The page's components and what they do. ``blocks`` is what is mounted."""

    def __init__(self, andon: Andon) -> None:
        self._andon = andon
        self._seats = Seats(andon.assistant)  # for the language of each open page
        with gr.Blocks(title=say("admin.title", "ja"), analytics_enabled=False, fill_width=True) as self.blocks:
            self._build()
            self._wire()
        self.blocks.queue(max_size=64, api_open=False, default_concurrency_limit=4)

    def _build(self) -> None:
        self._top = gr.HTML(js_on_load=LANG_EVENT, apply_default_css=False, elem_id="top")
        self._upload_text = gr.HTML(apply_default_css=False)
        self._upload = gr.UploadButton(" ", file_count="multiple", variant="primary", elem_id="upload")
        self._said = gr.HTML(apply_default_css=False, elem_id="said")
        self._jobs = gr.HTML(apply_default_css=False, elem_id="jobs")
        self._manuals = gr.HTML(apply_default_css=False, elem_id="manuals", js_on_load=DELETE_EVENT)
        self._dialog = gr.HTML(apply_default_css=False)
        self._search_text = gr.HTML(apply_default_css=False)
        with gr.Row(elem_id="ask-row"):
            self._query = gr.Textbox(lines=1, max_lines=1, elem_id="search-question", scale=1)
            self._search = gr.Button(elem_id="search", scale=0)
        self._hits = gr.HTML(apply_default_css=False, elem_id="hits")
        self._shown = gr.State(("", ""))
        self._timer = gr.Timer(LOOK_S)

    def _wire(self) -> None:
        quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
        lists = [self._jobs, self._manuals, self._shown]
        texts = [self._top, self._upload_text, self._upload, self._dialog, self._search_text, self._query, self._search]
        self.blocks.load(self._open, outputs=[*texts, *lists], **quiet).then(None, js=READY, **quiet)
        self.blocks.unload(self._close)
        self._top.language(self._speak, inputs=self._query, outputs=[*texts, *lists, self._hits, self._said], **quiet)
        self._upload.upload(
            self._take, inputs=self._upload, outputs=[self._upload, self._said, *lists], api_visibility="private"
        )
        self._timer.tick(self._look, inputs=self._shown, outputs=lists, trigger_mode="once", **quiet)
        self._manuals.remove(self._remove, outputs=[self._said, *lists], **quiet)
        for event in (self._search.click, self._query.submit):
            event(self._find, inputs=self._query, outputs=self._hits, **quiet)

    def _open(self, request: gr.Request) -> list[Any]:
        lang = page_lang(request)
        self._seats.sit(seat_key(request), lang)
        return [*self._texts(request, lang), *self._lists(lang)]

    def _close(self, request: gr.Request) -> None:
        self._seats.leave(seat_key(request))

    def _speak(self, query: str, request: gr.Request, event: gr.EventData) -> list[Any]:
        lang = event_lang(event)
        self._seats.sit(seat_key(request), lang)
        hits = self._find(query, request) if query.strip() else ""
        return [*self._texts(request, lang), *self._lists(lang), hits, ""]

    def _texts(self, request: gr.Request, lang: Lang) -> list[Any]:
        note = say("admin.upload_note", lang, megabytes=self._andon.settings.max_file_mb)
        return [
            top_html(account_of(self._andon, request), lang, "admin"),
            f'<h1 class="a-title">{escape(say("admin.upload", lang))}</h1><p class="a-note">{escape(note)}</p>',
            gr.update(label=say("admin.upload_button", lang)),
            dialog_html(lang),
            f'<h2 class="a-title">{escape(say("admin.search", lang))}</h2>'
            f'<p class="a-note">{escape(say("admin.search_note", lang))}</p>',
            gr.update(label=say("admin.search_label", lang)),
            say("admin.search_button", lang),
        ]

    def _lists(self, lang: Lang) -> list[Any]:
        library = self._andon.library
        known = library.manuals()
        jobs = jobs_html(library.jobs.jobs(JOBS), lang, known)
        manuals = manuals_html(known, lang)
        return [jobs, manuals, (jobs, manuals)]

    def _look(self, shown: tuple[str, str], request: gr.Request) -> list[Any]:
        """What changed since the last look; nothing is sent where nothing did."""
        jobs, manuals, now = self._lists(self._lang(request))
        return [
            gr.skip() if jobs == shown[0] else jobs,
            gr.skip() if manuals == shown[1] else manuals,
            gr.skip() if now == tuple(shown) else now,
        ]

    def _take(self, paths: list[str] | None, request: gr.Request) -> list[Any]:
        """Queue each file by itself: one that is refused does not stop the others."""
        lang = self._lang(request)
        refused = []
        for path in [Path(path) for path in paths or ()]:
            try:
                self._andon.library.jobs.submit(path, path.name)
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
            said = f'<p class="a-card a-toast" role="status">{escape(say("admin.deleted", lang, name=name))}</p>'
        except IndexFailed as failed:
            text = say_error(failed.code, lang, failed.message)
            said = f'<p class="a-card a-toast a-bad" role="alert">{escape(text)}</p>'
        return [said, *self._lists(lang)]

    def _find(self, query: str, request: gr.Request) -> str:
        if not query.strip():
            return ""
        return hits_html(self._andon.library.search(query, HITS), self._lang(request))

    def _lang(self, request: gr.Request) -> Lang:
        return self._seats.lang(seat_key(request), page_lang(request))
