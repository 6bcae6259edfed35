"""Search: the admin page's part for trying what a question finds, and why."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import gradio as gr

from assistant.errors import QuestionTooLong
from index.errors import ScopeUnknown
from ui.admin.belongs import FilterPart, scope_of_fields
from ui.admin.cells import failed_html, title
from ui.admin.hit_list import hits_html
from ui.wording import Lang, say, say_error

if TYPE_CHECKING:
    from assistant.answer import Found
    from assistant.build import Andon
    from index.library import Scope

HITS = 8
# another part may ask for a question to be tried: the address then reads #search/QUESTION
TRY_EVENT = "andon.shown(element, 'search', (question) => { if (question) trigger('tried', { question }); });"


class SearchPart:
    """Components and what they do. ``lang_of``: the language of the page that a request comes from."""

    def __init__(self, andon: Andon, lang_of: Callable[[gr.Request], Lang]) -> None:
        self._library = andon.library
        self._assistant = andon.assistant
        self._lang = lang_of
        self._filters = FilterPart(andon.library)

    def build(self) -> None:
        self._title = gr.HTML(apply_default_css=False, elem_id="search-title", js_on_load=TRY_EVENT)
        with gr.Row(elem_id="ask-row"):
            self._query = gr.Textbox(lines=1, max_lines=1, elem_id="search-question", scale=1)
            self._button = gr.Button(elem_id="search", scale=0)
        self._filters.build()
        self._hits = gr.HTML(apply_default_css=False, elem_id="hits")

    @property
    def texts(self) -> list[Any]:
        """The components that ``in_language`` fills."""
        return [self._title, self._query, self._button, *self._filters.texts]

    @property
    def asked(self) -> list[Any]:
        """What a search goes by, and ``hits`` where it is shown: for the page, which searches again in the other
        language."""
        return [self._query, *self._filters.fields]

    @property
    def hits(self) -> Any:
        return self._hits

    def wire(self, quiet: dict[str, Any]) -> None:
        for event in (self._button.click, self._query.submit):
            event(self._find, inputs=self.asked, outputs=self._hits, **quiet)
        self._title.tried(self._try, outputs=[self._query, self._hits], **quiet)

    def refreshed(self, event: Any, quiet: dict[str, Any]) -> None:
        """Give the filters' choices anew after ``event``."""
        event.then(self._choices, outputs=self._filters.fields, **quiet)

    def in_language(self, lang: Lang) -> list[Any]:
        return [
            title("admin.search", lang, note="admin.search_note"),
            gr.update(label=say("admin.search_label", lang)),
            say("admin.search_button", lang),
            *self._filters.in_language(lang),
        ]

    def found(self, lang: Lang, query: str, *narrowed: list[str] | None) -> str:
        """The hits as HTML, and what an operator would be shown of colleagues' records; "" where nothing is asked."""
        if not query.strip():
            return ""
        try:
            scope = scope_of_fields(*narrowed) if narrowed else None
            return hits_html(self._library.search(query, HITS, scope), lang, self._shown(query, scope))
        except ScopeUnknown as failed:  # chosen before the manual that had it was deleted or disabled
            return failed_html(say_error(failed.code, lang, failed.message))

    def _shown(self, query: str, scope: Scope | None) -> Found | None:
        """What an operator is shown of that question at once; None where it is too long to be taken."""
        try:
            return self._assistant.look(query, scope)
        except QuestionTooLong:
            return None

    def _find(self, request: gr.Request, query: str, *narrowed: list[str] | None) -> str:
        return self.found(self._lang(request), query, *narrowed)

    def _try(self, request: gr.Request, event: gr.EventData) -> list[str]:
        question = str(event.question)[:2000]
        return [question, self.found(self._lang(request), question)]

    def _choices(self, request: gr.Request) -> list[Any]:
        return self._filters.choices(self._lang(request))
