"""Belongs: on the admin page, which lines and machines a manual is for, and by what a search is narrowed."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

import gradio as gr

from index.library import Attributes, Scope
from index.passage import Manual
from ui.wording import Lang, say

if TYPE_CHECKING:
    from index.library import Library

FILTERS = ("lines", "machines", "manuals", "kinds", "langs")
FOR_EVENT = (
    "andon.describes(element, (button, lines, machines) =>"
    " trigger('describe', { manual: button.dataset.manual, lines, machines }));"
)


def names_of(text: str) -> list[str]:
    """Names as a person types them, with commas between."""
    return [name.strip() for name in text.replace("、", ",").split(",")]


def attributes_of(lines: str, machines: str, *, empty_is_unset: bool = False) -> Attributes:
    """What two fields say; an empty one takes away what was set, or leaves it. Raises AttributeRefused."""
    given = [None if empty_is_unset and not text.strip() else names_of(text) for text in (lines or "", machines or "")]
    return Attributes.of(*given)


def for_html(manual: Manual, lang: Lang) -> str:
    """The cell of a manual's list: its lines and machines, and the way to set them."""
    names = "".join(f"<span>{escape(name)}</span>" for name in (*manual.lines, *manual.machines))
    hint = escape(say("admin.for_name", lang, name=manual.name))
    return (
        f'<td class="a-for" data-label="{escape(say("admin.for", lang))}"><div><span class="a-same">{names}</span>'
        f'<button type="button" class="a-act a-belongs" data-manual="{escape(manual.id)}" '
        f'data-name="{escape(manual.title)}" data-lines="{escape(", ".join(manual.lines))}" '
        f'data-machines="{escape(", ".join(manual.machines))}" aria-label="{hint}">'
        f"{escape(say('admin.for_set', lang))}</button></div></td>"
    )


def for_dialog_html(lang: Lang) -> str:
    """Asks for lines and machines; page.js opens it and fills in what is set."""
    fields = "".join(
        f'<label>{escape(say(f"admin.for_{name}", lang))}<input type="text" name="{name}" maxlength="1500" '
        'autocomplete="off"></label>'
        for name in ("lines", "machines")
    )
    return (
        '<dialog class="a-dialog" id="for-dialog" aria-labelledby="for-title"><h2 id="for-title">'
        f'{escape(say("admin.for_title", lang))}</h2><p class="a-dialog-name"></p>'
        f"<p>{escape(say('admin.for_text', lang))}</p>{fields}"
        f'<div><button type="button" class="a-no">{escape(say("fixed.cancel", lang))}</button>'
        f'<button type="button" class="a-save">{escape(say("admin.words_save", lang))}</button></div></dialog>'
    )


class FilterPart:
    """The fields that narrow the search on the admin page."""

    def __init__(self, library: Library) -> None:
        self._library = library

    def build(self) -> None:
        with gr.Accordion(" ", open=False, elem_id="filters") as self._fold, gr.Row(elem_id="filter-row"):
            self.fields = [gr.Dropdown(multiselect=True, elem_id=f"filter-{name}", min_width=180) for name in FILTERS]

    @property
    def texts(self) -> list[Any]:
        """The components that ``in_language`` fills."""
        return [self._fold, *self.fields]

    def in_language(self, lang: Lang) -> list[Any]:
        return [gr.update(label=say("admin.filters", lang)), *self.choices(lang)]

    def choices(self, lang: Lang) -> list[Any]:
        """What there is to choose now."""
        known = self._library.filters()
        named = {
            "kinds": [(say(f"quote.kind.{kind}", lang), kind) for kind in known.kinds],
            "langs": [(say(f"admin.lang.{code}", lang), code) for code in known.langs],
        }
        return [
            gr.update(choices=named.get(name, list(getattr(known, name))), label=say(f"admin.filter_{name}", lang))
            for name in FILTERS
        ]


def scope_of_fields(*chosen: list[str] | None) -> Scope:
    return Scope.of(**dict(zip(FILTERS, chosen, strict=True)))
