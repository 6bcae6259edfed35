"""PageView: the page that a quote names, beside it or as a sheet: as printed with the passage marked, or its text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Annotated, Any, Literal
from urllib.parse import quote as url_quote

from fastapi import Depends, FastAPI, Query
from fastapi.responses import HTMLResponse

from index.passage import Box, Hit, Manual, Passage
from ui.verbatim import verbatim_html
from ui.wording import Lang, say

if TYPE_CHECKING:
    from assistant.build import Andon
    from index.library import Library

VIEW_EVENT = "watch('value', () => andon.view.attach(element)); andon.view.attach(element);"
TEXT_PAGE = 1500  # characters from which a text page ends with its section
_PAD = 4.0  # points around a passage, so that the frame does not touch its letters
_ICONS = {
    "back": '<path d="M15.5 4 7.5 12l8 8 1.6-1.6L10.7 12l6.4-6.4z"/>',
    "on": '<path d="M8.5 4 6.9 5.6 13.3 12l-6.4 6.4L8.5 20l8-8z"/>',
    "in": '<path d="M11 5h2v6h6v2h-6v6h-2v-6H5v-2h6z"/>',
    "out": '<path d="M5 11h14v2H5z"/>',
    "mark": '<path d="M4 4h6v2H6v4H4zM14 4h6v6h-2V6h-4zM4 14h2v4h4v2H4zM18 14h2v6h-6v-2h4zM9 9h6v6H9z"/>',
    "close": '<path d="m6 4.6 6 6 6-6L19.400 6l-6 6 6 6-1.4 1.4-6-6-6 6L4.6 18l6-6-6-6z"/>',
}


@dataclass(frozen=True, slots=True)
class Place:
    """What is to be shown of a manual: a page (from 1), and the passage to be marked, "" for none. ``turned``: the
    reader has turned to that page; else it is the page on which the passage stands."""

    page: int
    passage: str = ""
    turned: bool = False


def view_html(lang: Lang) -> str:
    """The empty viewer with its controls; page_view.js fills it with what ``place_html`` gives."""

    def button(name: str, icon: str) -> str:
        label = _say(f"view.{name}", lang)
        return (
            f'<button type="button" class="a-tool a-view-{name}" aria-label="{label}" title="{label}">'
            f'<svg viewBox="0 0 24 24" aria-hidden="true">{_ICONS[icon]}</svg></button>'
        )

    turns = (
        f'{button("previous", "back")}<output class="a-view-told" aria-live="polite"></output>{button("next", "on")}'
    )
    zooms = button("smaller", "out") + button("larger", "in") + button("mark", "mark")
    return (
        f'<dialog class="a-view" lang="{lang}" aria-label="{_say("view.label", lang)}" '
        f'data-loading="{_say("view.loading", lang)}" data-failed="{_say("view.failed", lang)}">'
        f'<header><p class="a-view-title"></p>{button("close", "close")}</header>'
        f'<div class="a-view-tools" role="toolbar" aria-label="{_say("view.tools", lang)}">'
        f"<div>{turns}</div><div>{zooms}</div></div>"
        f'<div class="a-view-room" tabindex="0" role="region" aria-label="{_say("view.room", lang)}"></div></dialog>'
    )


def show_button(hit: Hit, lang: Lang) -> str:
    """The button on a quote that opens its page in the viewer."""
    return f'<button type="button" class="a-act a-show" {view_data(hit)}>{_say("view.show", lang)}</button>'


def view_data(hit: Hit) -> str:
    """The attributes by which an element leads into the viewer."""
    return (
        f'data-view="{escape(hit.manual.id)}" data-page="{hit.passage.pages[0]}" '
        f'data-passage="{escape(hit.passage.id)}"'
    )


def add_page_view(service: FastAPI, andon: Andon) -> None:
    """Add /view, which gives the viewer its content as a piece of HTML."""
    account: Any = service.state.account_of

    @service.get("/view/{manual_id}", include_in_schema=False, dependencies=[Depends(account)])
    def view(
        manual_id: str,
        page: Annotated[int, Query(ge=1, le=100_000)] = 1,
        passage: Annotated[str, Query(max_length=200)] = "",
        turned: bool | Literal[""] = False,
        lang: str = "ja",
    ) -> HTMLResponse:
        reader: Lang = "en" if lang == "en" else "ja"
        return HTMLResponse(place_html(andon.library, manual_id, Place(page, passage, bool(turned)), reader))


def place_html(library: Library, manual_id: str, place: Place, lang: Lang) -> str:
    """A page with the passage marked, as printed where the format has pages, else as text. ``data-page`` and
    ``data-pages`` tell the page shown and how many there are. Raises index.errors.ManualUnknown and, where a page
    cannot be drawn, PageUnknown, PageNotDrawn and ManualDamaged."""
    manual = library.manual(manual_id)
    passage = library.passage(place.passage) if place.passage else None
    if passage is not None and passage.manual_id != manual.id:
        passage = None
    replaced = bool(place.passage) and passage is None
    marked = _Marked(passage, replaced, lang)
    if library.has_page_images(manual.id):
        page = passage.pages[0] if passage is not None and not place.turned else place.page
        return _printed(library, manual, page, marked)
    return _as_text(library.passages(manual.id), manual, place, marked)


@dataclass(frozen=True, slots=True)
class _Marked:
    """The passage to be marked, None where there is none; ``replaced``: it was one of an earlier revision."""

    passage: Passage | None
    replaced: bool
    lang: Lang


def _printed(library: Library, manual: Manual, page: int, marked: _Marked) -> str:
    passage, lang = marked.passage, marked.lang
    image = library.page_image(manual.id, page)
    boxes = [box for box in passage.boxes if box.page == page] if passage is not None else []
    marks = "".join(_mark(box, image.width, image.height) for box in boxes)
    notes = []
    if marked.replaced:
        notes.append("view.replaced")
    elif passage is not None and page in passage.pages and not boxes:
        notes.append("view.no_place")
    if passage is not None and passage.recognised is not None and page in passage.pages:
        notes.append("view.by_ocr")
    label = _label(library, manual, page)
    told = f"{say('quote.page', lang, label=label)}" if label else ""
    source = f"/manuals/{url_quote(manual.id, safe='')}/pages/{page}.png"
    alt = say("view.alt", lang, title=manual.title, page=told or page)
    width, height = f"{image.width:g}", f"{image.height:g}"
    return (
        f'<div class="a-sheet" data-kind="printed" {_data(manual, page, manual.pages, told, lang)}>'
        f'{_notes(notes, lang)}<div class="a-paper" data-source="{escape(source)}" data-width="{width}" '
        f'data-height="{height}" style="aspect-ratio: {width} / {height}">'
        f'<img alt="{escape(alt)}" decoding="sync" draggable="false">{marks}</div></div>'
    )


def _mark(box: Box, width: float, height: float) -> str:
    x0, y0 = max(0.0, box.x0 - _PAD), max(0.0, box.y0 - _PAD)
    x1, y1 = min(width, box.x1 + _PAD), min(height, box.y1 + _PAD)
    return (
        f'<div class="a-mark-box" style="left: {100 * x0 / width:.3f}%; top: {100 * y0 / height:.3f}%; '
        f'width: {100 * (x1 - x0) / width:.3f}%; height: {100 * (y1 - y0) / height:.3f}%"></div>'
    )


def _as_text(passages: Sequence[Passage], manual: Manual, place: Place, marked: _Marked) -> str:
    """Pages of text are counted by themselves: the format has none."""
    passage, lang = marked.passage, marked.lang
    pages = text_pages(passages)
    shown = place.page if place.turned else next((n for n, held in enumerate(pages, 1) if passage in held), 1)
    shown = min(shown, len(pages))
    notes = ["view.text", *(["view.replaced"] if marked.replaced else [])]
    parts: list[str] = []
    section: tuple[str, ...] = ()
    for one in pages[shown - 1] if pages else ():
        if one.section != section and one.section:
            parts.append(f"<h3>{escape(' › '.join(one.section))}</h3>")
        section = one.section
        quoted = passage is not None and one.id == passage.id
        parts.append(
            f'<div class="a-text-part{" a-quoted" if quoted else ""}" lang="{one.lang}">'
            f"{verbatim_html(one.text, one.kind)}</div>"
        )
    told = say("view.text_page", lang)
    return (
        f'<div class="a-sheet" data-kind="text" {_data(manual, shown, len(pages), told, lang)}>{_notes(notes, lang)}'
        f'<div class="a-text-page">{"".join(parts)}</div></div>'
    )


def text_pages(passages: Sequence[Passage]) -> list[list[Passage]]:
    """Passages in their order, parted where a section ends once TEXT_PAGE characters are held, or where the format
    knows a next page (a slide, a sheet)."""
    pages: list[list[Passage]] = []
    length = 0
    for passage in passages:
        last = pages[-1][-1] if pages else None
        turned = last is not None and last.pages[0] != passage.pages[0] and bool(passage.page_labels[0])
        if last is None or turned or (length >= TEXT_PAGE and last.section != passage.section):
            pages.append([])
            length = 0
        pages[-1].append(passage)
        length += len(passage.text)
    return pages


def _label(library: Library, manual: Manual, page: int) -> str:
    """What is printed on the page as its number, as far as a passage on it tells; else the page of the file."""
    for passage in library.passages(manual.id):
        for number, label in zip(passage.pages, passage.page_labels, strict=False):
            if number == page:
                return label
    return str(page)


def _data(manual: Manual, page: int, pages: int, told: str, lang: Lang) -> str:
    count = say("view.count", lang, page=page, pages=pages)
    return (
        f'data-page="{page}" data-pages="{pages}" data-title="{escape(manual.title)}" '
        f'data-told="{escape(told)}" data-count="{escape(count)}"'
    )


def _notes(keys: Sequence[str], lang: Lang) -> str:
    return "".join(f'<p class="a-view-note">{_say(key, lang)}</p>' for key in keys)


def _say(key: str, lang: Lang, **values: object) -> str:
    return escape(say(key, lang, **values))
