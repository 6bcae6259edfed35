"""Fixed: "this fixed it" closes a stoppage: how long, why, and what helped go into the incident records."""

from __future__ import annotations

import re
import time
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

import gradio as gr

from assistant.records.errors import RecordsFailed
from assistant.records.stoppages import LONGEST, MOST_MINUTES, Stoppage
from index.codes.find import find_codes
from index.library import Scope
from index.search.cells import rows_of
from index.search.names import machine_labels
from ui.asked_cell import ENTRIES
from ui.frame import seat_key
from ui.turn import View
from ui.wording import Lang, say

if TYPE_CHECKING:
    from assistant.records.records import Records
    from ui.seats import Seats

EVENTS = """
andon.picks(element, 'button.a-fixed', () => trigger('ask_how', {}));
andon.picks(element, 'button.a-not-yet', () => trigger('not_yet', {}));
andon.fixed(element, () => trigger('closed', {}));
"""
MOST_CHIPS = 5  # of causes, and of remedies
_PARTS = re.compile(r"(?<=。)\s*(?=\S)|(?<=[a-z0-9)][.;])\s+(?=[A-Z])|\n")  # where a sentence ends, and no "Pr. 5"
_CAUSES = ("原因", "cause", "possible cause", "probable cause", "考えられる原因", "推定原因")
_REMEDIES = ("処置", "対処", "対策", "処理", "対応", "remedy", "action", "measure", "corrective action", "what to do")
_TICK = '<svg viewBox="0 0 24 24" aria-hidden="true"><path d="m4 12.5 1.9-1.9 4 4L18.1 6.5 20 8.4 9.9 18.5z"/></svg>'


@dataclass(frozen=True, slots=True)
class Closing:
    """What stands in the region: which answer, whether the form is open, and whether it was sent."""

    answer: str = ""
    form: bool = False
    sent: bool = False


@dataclass(frozen=True, slots=True)
class Known:
    """What Andon knows of a stoppage before anybody writes: code, machine, and what the manual gives as causes and
    remedies, each a line to be tapped."""

    code: str = ""
    machine: str = ""
    causes: tuple[str, ...] = ()
    remedies: tuple[str, ...] = ()


class FixedPart:
    """The component below the answer and what it does."""

    def __init__(self, records: Records, seats: Seats) -> None:
        self._records = records
        self._seats = seats

    def build(self) -> None:
        self.region = gr.HTML(apply_default_css=False, elem_id="fixed", js_on_load=EVENTS)
        self._state = gr.State(Closing())

    def wire(self, quiet: dict[str, Any], shown_by: Sequence[Any], language: Any) -> None:
        """``shown_by``: what is done when an answer is there."""
        put = [self._state, self.region]
        for event in shown_by:
            event.then(self._show, outputs=put, **quiet)
        language(self._again, inputs=self._state, outputs=self.region, **quiet)
        self.region.ask_how(self._open, inputs=self._state, outputs=put, **quiet)
        self.region.not_yet(self._show, outputs=put, **quiet)
        self.region.closed(self._sent, inputs=self._state, outputs=put, **quiet)

    def _show(self, request: gr.Request) -> list[Any]:
        view = self._seats.view(seat_key(request))
        refused = view is not None and view.found is not None and view.found.declined == "unsafe_request"
        if view is None or view.answer is None or not view.answer.id or view.answer.choices or refused:
            return [Closing(), ""]
        return self._put(Closing(view.answer.id), request)

    def _open(self, closing: Closing, request: gr.Request) -> list[Any]:
        return self._put(Closing(closing.answer, form=True), request)

    def _again(self, closing: Closing, request: gr.Request) -> Any:
        return gr.skip() if closing.form else self._put(closing, request)[1]

    def _sent(self, closing: Closing, request: gr.Request) -> list[Any]:
        return self._put(Closing(closing.answer, sent=True), request)

    def _put(self, closing: Closing, request: gr.Request) -> list[Any]:
        key = seat_key(request)
        view, lang = self._seats.view(key), self._seats.lang(key)
        if view is None or not closing.answer:
            return [Closing(), ""]
        try:
            if closing.sent:
                return [closing, sent_html(self._records.stoppages.of_answer(closing.answer), lang)]
        except RecordsFailed:
            return [Closing(), ""]  # nothing could be written down either
        if closing.form:
            return [closing, form_html(view, self._seats.scope(key), lang)]
        declined = view.found is not None and bool(view.found.declined)
        return [closing, ask_html(closing.answer, lang, declined=declined)]


def known_of(view: View) -> Known:
    """Of the best quote: its row's causes and remedies, sentence by sentence, or a procedure's heading as remedy."""
    answer = view.answer
    asked = answer.understood or answer.question if answer is not None else view.question
    codes = [code for code in find_codes(asked) if code.kind in ("alarm", "flag")]
    printed = unicodedata.normalize("NFKC", asked)[codes[0].start : codes[0].end] if codes else ""
    if answer is None or not answer.quotes or answer.declined:
        return Known(printed)
    hit = answer.quotes[0].hit
    machine = "".join(machine_labels(hit.manual)[:1])
    rows = rows_of(hit.passage.text, hit.passage.kind in ENTRIES)
    row = next((one for one in rows if one.line == hit.row), rows[0] if len(rows) == 1 else None)
    cells = row.cells if row is not None else ()
    causes, remedies = _cells(cells, _CAUSES), _cells(cells, _REMEDIES)
    if hit.passage.kind == "steps" and hit.passage.section and not remedies:
        remedies = (hit.passage.section[-1],)
    return Known(printed, machine, causes, remedies)


def ask_html(answer: str, lang: Lang, *, declined: bool = False) -> str:
    """``answer`` makes it another one for each answer: the page hides the one before. Nothing that was shown can have
    fixed it where it was ``declined``."""
    named = "fixed.button_declined" if declined else "fixed.button"
    return (
        f'<section class="a-card a-closing" data-answer="{escape(answer)}"><p>{_say("fixed.ask", lang)}</p>'
        f'<button type="button" class="a-act a-fixed">{_TICK}{_say(named, lang)}</button></section>'
    )


def form_html(view: View, scope: Scope, lang: Lang) -> str:
    """Minutes, cause and remedy; what Andon knows already stands there or is a tap away."""
    known = known_of(view)
    line, machine = next(iter(sorted(scope.lines)), ""), next(iter(sorted(scope.machines)), "") or known.machine
    minutes = max(1, round((time.time() - view.asked_at) / 60)) if view.asked_at else 0
    hidden = {
        "answer": view.answer.id if view.answer is not None else "", "code": known.code, "line": line,
        "machine": machine, "symptom": view.question[:LONGEST], "lang": lang,
    }  # fmt: skip
    fields = "".join(f'<input type="hidden" name="{name}" value="{escape(value)}">' for name, value in hidden.items())
    about = " ・ ".join(escape(part) for part in (line, machine, known.code) if part)
    head = f'<p class="a-about">{about}</p>' if about else ""
    return (
        f'<section class="a-card a-closing"><form class="a-form a-stoppage" data-failed="{_say("fixed.failed", lang)}" '
        f'data-missing="{_say("fixed.missing", lang)}">{fields}<h2>{_say("fixed.title", lang)}</h2>'
        f"{head}"
        f'<label class="a-field a-minutes">{_say("fixed.minutes", lang)}<span><button type="button" class="a-act" '
        f'data-by="-5" aria-label="{_say("fixed.less", lang)}">−5</button><input name="minutes_down" type="number" '
        f'inputmode="numeric" min="0" max="{MOST_MINUTES}" value="{minutes}" required><button type="button" '
        f'class="a-act" data-by="5" aria-label="{_say("fixed.more", lang)}">+5</button></span></label>'
        f"{_field('cause', known.causes, lang)}{_field('remedy', known.remedies, lang)}"
        f'<p class="a-told a-bad" role="alert" hidden></p><div class="a-row-acts"><button type="submit" '
        f'class="a-act a-save">{_say("fixed.save", lang)}</button><button type="button" class="a-act a-not-yet">'
        f"{_say('fixed.cancel', lang)}</button></div></form></section>"
    )


def sent_html(stoppage: Stoppage | None, lang: Lang) -> str:
    """What was written down, to be seen and put right."""
    if stoppage is None:
        return ""
    told = _say("fixed.thanks", lang, minutes=stoppage.minutes_down)
    rows = "".join(
        f"<div><dt>{_say(f'before.{name}', lang)}</dt><dd>{escape(getattr(stoppage, name))}</dd></div>"
        for name in ("cause", "remedy")
        if getattr(stoppage, name)
    )
    return (
        f'<section class="a-card a-closing"><p class="a-told" role="status">{told}</p><dl class="a-fields">{rows}</dl>'
        f'<button type="button" class="a-act a-fixed">{_say("fixed.again", lang)}</button></section>'
    )


def _field(name: str, chips: Sequence[str], lang: Lang) -> str:
    taps = "".join(
        f'<button type="button" class="a-act a-tap" data-into="{name}" data-text="{escape(text)}">{escape(text)}'
        "</button>"
        for text in chips[:MOST_CHIPS]
    )
    group = f'<div class="a-taps" role="group" aria-label="{_say("fixed.taps", lang)}">{taps}</div>' if taps else ""
    return (
        f'<div class="a-told-by"><label class="a-field">{_say(f"fixed.{name}", lang)}'
        f'<textarea name="{name}" rows="2" maxlength="{LONGEST}"></textarea></label>'
        f"{group}</div>"
    )


def _cells(cells: Sequence[tuple[str, str]], labels: Sequence[str]) -> tuple[str, ...]:
    """The sentences of the cells below one of ``labels``."""
    told = [cell for label, cell in cells if label.strip().lower().rstrip("s") in labels]
    return tuple(part.strip() for cell in told for part in _PARTS.split(cell) if part.strip())


def _say(key: str, lang: Lang, **values: object) -> str:
    return escape(say(key, lang, **values))
