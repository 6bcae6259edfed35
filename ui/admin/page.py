"""Admin page: its parts put together: manuals, a search to try, gaps, feedback, stoppages, words, log, users, box."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import gradio as gr

from assistant.build import Andon
from assistant.records.entry import Act
from ui.admin.box import BoxPart
from ui.admin.figures import FiguresPart
from ui.admin.manuals import ManualsPart
from ui.admin.parts import PARTS_EVENT, Part, parts_html
from ui.admin.reading import ReadingPart
from ui.admin.records import RecordsPart
from ui.admin.search import SearchPart
from ui.admin.stoppages import StoppagesPart
from ui.admin.users import UsersPart
from ui.admin.words import WordsPart
from ui.frame import LANG_EVENT, READY, account_of, event_lang, page_lang, seat_key, top_html
from ui.seats import Seats
from ui.wording import Lang, say


class AdminPage:
    """The page's components and what they do. ``blocks`` is what is mounted."""

    def __init__(self, andon: Andon) -> None:
        self._andon = andon
        self._seats = Seats(andon.assistant)  # for the language of each open page
        self._manuals = ManualsPart(andon, self._lang, self._note)
        self._search = SearchPart(andon, self._lang)
        self._words = WordsPart(andon.library, self._lang, self._note)
        self._records = RecordsPart(andon, self._lang)
        self._stoppages = StoppagesPart(andon.records, self._lang, self._note)
        self._reading = ReadingPart(andon, self._lang)
        self._figures = FiguresPart(andon, self._lang)
        self._users = UsersPart(andon.accounts, self._lang, self._note)
        self._box = BoxPart(andon, self._lang, self._note)
        with gr.Blocks(title=say("admin.title", "ja"), analytics_enabled=False, fill_width=True) as self.blocks:
            self._build()
            self._wire()
        self.blocks.queue(max_size=64, api_open=False, default_concurrency_limit=4)

    def _build(self) -> None:
        self._top = gr.HTML(js_on_load=LANG_EVENT, apply_default_css=False, elem_id="top")
        self._nav = gr.HTML(js_on_load=PARTS_EVENT, apply_default_css=False, elem_id="parts")
        for name, build in (
            ("manuals", self._manuals.build),
            ("reading", self._reading.build),
            ("search", self._search.build),
            ("gaps", self._records.build_gaps),
            ("reviews", self._records.build_reviews),
            ("stoppages", self._stoppages.build),
            ("words", self._words.build),
            ("figures", self._figures.build),
            ("log", self._records.build_log),
            ("users", self._users.build),
            ("box", self._box.build),
        ):
            with _part(name):
                build()

    def _wire(self) -> None:
        quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
        filled: list[Part] = [self._manuals, self._search, self._words, self._records]
        texts = [self._top, self._nav, *(component for part in filled for component in part.texts)]
        self.blocks.load(self._open, outputs=texts, **quiet).then(None, js=READY, **quiet)
        self.blocks.unload(self._close)
        spoken = [*texts, self._search.hits]
        self._top.language(self._speak, inputs=self._search.asked, outputs=spoken, **quiet)
        self._manuals.wire(quiet, lambda event: self._search.refreshed(event, quiet))
        self._search.wire(quiet)
        self._words.wire(quiet)
        for part in (self._reading, self._records, self._stoppages, self._figures, self._users, self._box):
            part.wire(quiet)

    def _open(self, request: gr.Request) -> list[Any]:
        lang = page_lang(request)
        self._seats.sit(seat_key(request), lang)
        return self._texts(request, lang)

    def _close(self, request: gr.Request) -> None:
        self._seats.leave(seat_key(request))

    def _speak(self, request: gr.Request, event: gr.EventData, query: str, *narrowed: list[str] | None) -> list[Any]:
        lang = event_lang(event)
        self._seats.sit(seat_key(request), lang)
        return [*self._texts(request, lang), self._search.found(lang, query, *narrowed)]

    def _texts(self, request: gr.Request, lang: Lang) -> list[Any]:
        return [
            top_html(account_of(self._andon, request), lang, "admin"),
            parts_html(lang),
            *self._manuals.in_language(lang),
            *self._search.in_language(lang),
            *self._words.in_language(lang),
            *self._records.in_language(lang),
        ]

    def _note(self, request: gr.Request, act: Act, subject: str) -> None:
        self._andon.records.act(str(request.username), "page", act, subject)

    def _lang(self, request: gr.Request) -> Lang:
        return self._seats.lang(seat_key(request), page_lang(request))


@contextmanager
def _part(name: str) -> Iterator[None]:
    """A part's place on the page; one is shown at a time."""
    with gr.Column(elem_id=f"part-{name}", elem_classes="a-part"):
        yield
