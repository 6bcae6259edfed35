"""Feedback: two buttons under each answer, and after a thumb down a small form that asks why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

import gradio as gr

from assistant.errors import AssistantFailed
from assistant.records.feedback import LONGEST, REASONS, Said
from ui.frame import event_lang, seat_key
from ui.wording import Lang, say, say_error

if TYPE_CHECKING:
    from assistant.records.records import Records
    from ui.seats import Seats

# what the region tells the page: a thumb, and a form that was sent
EVENTS = """
andon.picks(element, 'button.a-thumb', (b) =>
  trigger('thumb', { answer: b.closest('[data-answer]').dataset.answer, thumb: b.dataset.thumb }));
element.addEventListener('submit', (event) => {
  event.preventDefault();
  const form = new FormData(event.target);
  trigger('say', { answer: event.target.closest('[data-answer]').dataset.answer, reason: form.get('reason') || '',
    comment: form.get('comment') || '', corrected: form.get('corrected') || '' });
});
"""
_THUMB = (
    '<svg viewBox="0 0 24 24" aria-hidden="true"{turn}><path d="M2 10h4v11H2zM8 21V10l5-8c1.6.2 2.4 1.4 2.1 3L14.2 9H20'
    'c1.3 0 2.2 1.2 1.9 2.4l-2 8c-.2 1-1 1.6-2 1.6z"/></svg>'
)


@dataclass(frozen=True, slots=True)
class Given:
    """What stands in the region: which answer, which thumb was given, and what is told of it (a key of the wording, or
    an error's code)."""

    answer: str = ""
    thumb: str = ""
    told: str = ""
    failed: str = ""

    @property
    def asks_why(self) -> bool:
        return self.thumb == "down" and self.told != "feedback.thanks_more"


class FeedbackPart:
    """The component below the answer and what it does. It shows itself once an answer is there."""

    def __init__(self, records: Records, seats: Seats) -> None:
        self._records = records
        self._seats = seats

    def build(self) -> None:
        self._region = gr.HTML(apply_default_css=False, elem_id="feedback", js_on_load=EVENTS)
        self._given = gr.State(Given())

    def wire(self, quiet: dict[str, Any], shown_by: Sequence[Any], language: Any) -> None:
        """``shown_by``: what is done when an answer is there."""
        shown = [self._given, self._region]
        for event in shown_by:
            event.then(self._show, outputs=shown, **quiet)
        language(self._speak, inputs=self._given, outputs=self._region, **quiet)
        self._region.thumb(self._thumb, outputs=shown, **quiet)
        self._region.say(self._say, inputs=self._given, outputs=shown, **quiet)

    def _show(self, request: gr.Request) -> list[Any]:
        """The buttons, once the latest question of this page has its answer; its way may have been ended by another.
        None where the page asks back which machine is meant."""
        view = self._seats.view(seat_key(request))
        if view is None or view.answer is None or not view.answer.id or view.answer.choices:
            return [Given(), ""]
        return self._put(Given(view.answer.id), request)

    def _speak(self, given: Given, event: gr.EventData) -> str:
        return feedback_html(given, event_lang(event))

    def _thumb(self, request: gr.Request, event: gr.EventData) -> list[Any]:
        thumb = "down" if str(event.thumb) == "down" else "up"
        told = "feedback.thanks" if thumb == "up" else "feedback.thanks_down"
        return self._take(Said(str(event.answer), thumb), told, request)

    def _say(self, given: Given, request: gr.Request, event: gr.EventData) -> list[Any]:
        said = Said(str(event.answer), "down", str(event.reason), str(event.comment), str(event.corrected))
        try:
            self._records.say(said, str(request.username))
        except AssistantFailed as failed:
            return [gr.skip(), gr.skip() if given.failed == failed.code else self._failed(given, failed, request)]
        return self._put(Given(said.answer_id, "down", "feedback.thanks_more"), request)

    def _failed(self, given: Given, failed: AssistantFailed, request: gr.Request) -> str:
        lang = self._seats.lang(seat_key(request))
        return feedback_html(Given(given.answer, given.thumb, failed=failed.code), lang)

    def _take(self, said: Said, told: str, request: gr.Request) -> list[Any]:
        try:
            self._records.say(said, str(request.username))
        except AssistantFailed as failed:
            return self._put(Given(said.answer_id, failed=failed.code), request)
        return self._put(Given(said.answer_id, said.thumb, told), request)

    def _put(self, given: Given, request: gr.Request) -> list[Any]:
        return [given, feedback_html(given, self._seats.lang(seat_key(request)))]


def feedback_html(given: Given, lang: Lang) -> str:
    """The buttons, what became of them, and the form; "" where there is no answer."""
    if not given.answer:
        return ""
    buttons = "".join(
        f'<button type="button" class="a-thumb" data-thumb="{thumb}" '
        f'aria-pressed="{"true" if given.thumb == thumb else "false"}">'
        f"{_THUMB.format(turn=turn)}{_say(f'feedback.{thumb}', lang)}</button>"
        for thumb, turn in (("up", ""), ("down", ' class="a-turned"'))
    )
    told = ""
    if given.failed:
        told = f'<p class="a-told a-bad" role="alert">{escape(say_error(given.failed, lang))}</p>'
    elif given.told:
        told = f'<p class="a-told" role="status">{_say(given.told, lang)}</p>'
    return (
        f'<section class="a-card a-feedback" data-answer="{escape(given.answer)}"><div class="a-thumbs" role="group" '
        f'aria-labelledby="feedback-ask"><p id="feedback-ask">{_say("feedback.ask", lang)}</p>{buttons}</div>{told}'
        f"{_form(lang) if given.asks_why else ''}</section>"
    )


def _form(lang: Lang) -> str:
    reasons = "".join(
        f'<label class="a-choice"><input type="radio" name="reason" value="{reason}">'
        f"<span>{_say(f'feedback.reason.{reason}', lang)}</span></label>"
        for reason in REASONS
    )
    texts = "".join(
        f'<label class="a-field">{_say(f"feedback.{name}", lang)}'
        f'<textarea name="{name}" rows="2" maxlength="{LONGEST}"></textarea></label>'
        for name in ("comment", "corrected")
    )
    return (
        f'<form class="a-form"><fieldset><legend>{_say("feedback.why", lang)}</legend>{reasons}</fieldset>{texts}'
        f'<button type="submit" class="a-act a-save">{_say("feedback.send", lang)}</button></form>'
    )


def _say(key: str, lang: Lang) -> str:
    return escape(say(key, lang))
