"""Reading: the admin page's part that shows how a page was read: its picture with the passages' frames over it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import gradio as gr

from index.errors import IndexFailed, PageWithoutPicture
from index.page_images import PageImage
from index.passage import Manual, Passage
from ui.admin.cells import blank, failed_html, title, told
from ui.coverage import coverage_notes
from ui.wording import Lang, say, say_error

if TYPE_CHECKING:
    from assistant.build import Andon

SCALE = 2.0  # pixels a point: sharp at the width that a desk shows
# the address names manual and page: #reading/MANUAL/PAGE
READING_EVENTS = """
andon.shown(element, 'reading', (place) => trigger('turn', { place }));
andon.pairs(element);
element.addEventListener('change', (event) => {
  const form = event.target.closest('form');
  if (!form) return;
  const page = event.target.name === 'manual' ? 1 : form.elements.page.value;
  location.hash = `reading/${encodeURIComponent(form.elements.manual.value)}/${page}`;
});
element.addEventListener('submit', (event) => { event.preventDefault(); });
"""


@dataclass(frozen=True, slots=True)
class View:
    """A page of a manual as it was read. ``image`` is None where the format has no pages that can be drawn;
    ``problem`` (a code of the errors) says why there is none."""

    manual: Manual
    page: int
    last: int
    passages: tuple[Passage, ...]
    image: PageImage | None = None
    problem: str = ""


class ReadingPart:
    """Components and what they do. ``lang_of``: the language of the page that a request comes from."""

    def __init__(self, andon: Andon, lang_of: Callable[[gr.Request], Lang]) -> None:
        self._library = andon.library
        self._lang = lang_of

    def build(self) -> None:
        self._shown = gr.HTML(apply_default_css=False, elem_id="reading", js_on_load=READING_EVENTS)

    def wire(self, quiet: dict[str, Any]) -> None:
        self._shown.turn(self._turn, outputs=self._shown, **quiet)

    def _turn(self, request: gr.Request, event: gr.EventData) -> str:
        lang = self._lang(request)
        manuals = self._library.manuals()
        wanted, _, page = str(event.place).partition("/")
        try:
            if not manuals:
                return reading_html(None, manuals, lang)
            chosen = self._library.manual(wanted) if wanted else manuals[0]
            return reading_html(self._view(chosen, int(page) if page.isdigit() else 1), manuals, lang)
        except IndexFailed as failed:
            return reading_html(None, manuals, lang) + failed_html(say_error(failed.code, lang, failed.message))

    def _view(self, manual: Manual, wanted: int) -> View:
        passages = self._library.passages(manual.id)
        last = max(manual.pages, *(page for each in passages for page in each.pages))
        page = min(max(wanted, 1), last)
        here = tuple(each for each in passages if page in each.pages)
        if not self._library.has_page_images(manual.id):
            return View(manual, page, last, here, problem=PageWithoutPicture.code)
        try:
            return View(manual, page, last, here, self._library.page_image(manual.id, page, SCALE))
        except IndexFailed as failed:
            return View(manual, page, last, here, problem=failed.code)


def reading_html(view: View | None, manuals: Sequence[Manual], lang: Lang) -> str:
    """The way to a page, its picture with frames, and the passages that stand there."""
    head = title("reading.title", lang, note="reading.note")
    if view is None:
        return f"{head}{_form(None, manuals, lang)}" if manuals else head + blank("reading.none", lang)
    picture = _picture(view, lang)
    listed = "".join(_passage(number, each, lang) for number, each in enumerate(view.passages, start=1))
    nothing = f'<p class="a-blank" role="status">{told("reading.nothing", lang)}</p>'
    count = told("reading.passages", lang, count=len(view.passages))
    return (
        f"{head}{_form(view, manuals, lang)}{_coverage(view.manual, lang)}"
        f'<div class="a-reading">{picture}<section class="a-card" aria-label="{count}"><h3>{count}</h3>'
        f"<ol>{listed}</ol>{'' if listed else nothing}</section></div>"
    )


def _form(view: View | None, manuals: Sequence[Manual], lang: Lang) -> str:
    """Which manual and page; a change leads there."""
    here = view.manual.id if view else ""
    options = "".join(
        f'<option value="{escape(manual.id)}"{" selected" if manual.id == here else ""}>{escape(manual.title)} '
        f"({escape(manual.name)})</option>"
        for manual in manuals
    )
    turns = ""
    if view is not None:
        turns = (
            f'<label class="a-field a-page-number">{told("reading.page", lang, last=view.last)}<input name="page" '
            f'type="number" min="1" max="{view.last}" value="{view.page}" inputmode="numeric"></label>'
            f"{_turn_link(view, view.page - 1, 'reading.before', lang)}"
            f"{_turn_link(view, view.page + 1, 'reading.next', lang)}"
        )
    choose = "" if view is not None else f'<option value="">{told("reading.choose", lang)}</option>'
    return (
        f'<form class="a-turn"><label class="a-field">{told("admin.manual", lang)}'
        f'<select name="manual">{choose}{options}</select></label>{turns}</form>'
    )


def _turn_link(view: View, page: int, key: str, lang: Lang) -> str:
    if not 1 <= page <= view.last:
        return f'<span class="a-act" aria-disabled="true">{told(key, lang)}</span>'
    return f'<a class="a-act" href="#reading/{quote(view.manual.id, safe="")}/{page}">{told(key, lang)}</a>'


def _coverage(manual: Manual, lang: Lang) -> str:
    """How much of the whole file was read, and what was not."""
    found = manual.coverage
    read = max(found.pages - len(found.unread), 0)
    facts = told("reading.coverage", lang, read=read, pages=found.pages, passages=manual.passages, tables=found.tables,
                 rows=found.rows)  # fmt: skip
    notes = [escape(note) for note in coverage_notes(found, lang)]
    if found.unread:
        notes.append(told("reading.unread", lang, where=("、" if lang == "ja" else ", ").join(found.unread[:30])))
    listed = f"<ul>{''.join(f'<li>{note}</li>' for note in notes)}</ul>" if notes else ""
    return f'<div class="a-card a-coverage"><p>{facts}</p>{listed}</div>'


def _picture(view: View, lang: Lang) -> str:
    if view.image is None:
        return f'<div class="a-card"><p class="a-blank">{escape(say_error(view.problem, lang))}</p></div>'
    alt = told("reading.picture", lang, title=view.manual.title, page=view.page)
    address = f"/manuals/{quote(view.manual.id, safe='')}/pages/{view.page}.png?scale={SCALE:g}"
    frames = "".join(_frame(number, each, view, view.image, lang) for number, each in enumerate(view.passages, start=1))
    return (
        f'<div class="a-card a-page-picture"><div class="a-framed"><img src="{escape(address)}" alt="{alt}" '
        f'width="{view.image.width:.0f}" height="{view.image.height:.0f}">{frames}</div></div>'
    )


def _frame(number: int, passage: Passage, view: View, image: PageImage, lang: Lang) -> str:
    """The frames of one passage on this page; the first of them carries its number."""
    boxes = [box for box in passage.boxes if box.page == view.page]
    kind = say(f"quote.kind.{passage.kind}", lang)
    label = escape(f"{number}. {kind}: {passage.text[:120]}")
    frames = []
    for at, box in enumerate(boxes):
        left, top = 100 * box.x0 / image.width, 100 * box.y0 / image.height
        width, height = 100 * (box.x1 - box.x0) / image.width, 100 * (box.y1 - box.y0) / image.height
        shown = f"<b>{number}</b>" if at == 0 else ""
        frames.append(
            f'<span class="a-frame a-frame-{passage.kind}" data-pair="{number}" title="{label}" '
            f'style="left:{left:.2f}%;top:{top:.2f}%;width:{width:.2f}%;height:{height:.2f}%">{shown}</span>'
        )
    return "".join(frames)


def _passage(number: int, passage: Passage, lang: Lang) -> str:
    path = " › ".join(passage.section)
    sure = ""
    if passage.recognised is not None:
        sure = f'<span class="a-chip">{told("reading.by_ocr", lang, percent=f"{passage.recognised * 100:.0f}")}</span>'
    codes = "".join(f'<span class="a-chip">{escape(code)}</span>' for code in passage.codes[:12])
    return (
        f'<li data-pair="{number}" tabindex="0" class="a-frame-{passage.kind}"><p><b>{number}</b> '
        f'<span class="a-kind">{told(f"quote.kind.{passage.kind}", lang)}</span>{sure}{codes}'
        f'<small>{escape(path)}</small></p><pre lang="{passage.lang}">{escape(passage.text)}</pre></li>'
    )
