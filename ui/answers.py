"""Answers: the model's verified sentences, the verdict in plain words and the times, as HTML."""

from __future__ import annotations

from dataclasses import replace
from html import escape

from assistant.answer import Answer, Piece
from ui.cards import NOTE, notice_html
from ui.follow_up import step_verdict
from ui.take_away import answer_text, copy_button
from ui.turn import Failure, View
from ui.whole_codes import whole_codes
from ui.wording import Lang, say, say_error

_SHIELD = (
    '<svg class="a-icon" viewBox="0 0 24 24" aria-hidden="true">'
    '<path d="M12 2l8 3v6c0 5-3.4 9.3-8 11-4.6-1.7-8-6-8-11V5z"/>'
    '<path class="a-mark" d="M10.6 16.2l-3.5-3.5 1.5-1.5 2 2 4.8-4.8 1.5 1.5z"/></svg>'
)
JOINER = "&#8288;"
EMPTY = '<div class="a-answer" aria-live="polite"></div>'


def answer_html(view: View, lang: Lang) -> str:
    """The answer region at one moment. It is one live region that only grows, so that nothing on the page jumps."""
    if view.failure is not None:
        return _region(_unseen(" ".join(failure_text(view.failure, lang))))
    if view.found is None:
        return _region(f'<p class="a-wait">{_say("ask.searching", lang)}</p>')
    if view.found.declined:
        times = _times(replace(view.answer, model=""), lang) if view.answer is not None else ""  # it was not asked
        return _region(_unseen(say(f"answer.declined.{view.found.declined}", lang)) + times)
    if view.found.choices:
        return _region(_unseen(say("choice.question", lang)))
    heading = f'<h2 class="a-heading">{_say("answer.heading", lang)}</h2>'
    said = "".join(_sentence(piece, lang) for piece in view.pieces)
    end = _waiting(view, lang) if view.answer is None else _end(view.answer, lang)
    return _region(f'{heading}<div class="a-card a-said" lang="{view.found.lang}">{said}{end}</div>')


def failure_html(failure: Failure, lang: Lang, more: str = "") -> str:
    """Why a question was not taken and what helps, in the place of the quote; ``more`` is HTML below it."""
    return notice_html(*failure_text(failure, lang), more)


def failure_text(failure: Failure, lang: Lang) -> tuple[str, str]:
    """(heading, what happened and what helps)."""
    text = say_error(failure.code, lang) or say_error("unexpected", lang)
    if failure.code == "question_too_long":
        text = f"{text} {say('answer.length', lang, **failure.details)}"
    heading = "answer.refused" if failure.code.startswith("question_") else "answer.trouble"
    return say(heading, lang), text


def _region(inner: str) -> str:
    return f'<div class="a-answer" aria-live="polite">{inner}</div>'


def _unseen(text: str) -> str:
    """Said by screen readers; the eye has the same words above."""
    return f'<p class="a-unseen">{escape(text)}</p>'


def _sentence(piece: Piece, lang: Lang) -> str:
    links = "".join(
        f'<a class="a-cite" href="#quote-{number}" data-quote="{number}" '
        f'aria-label="{_say("answer.source", lang, number=number)}">[{number}]</a>'
        for number in piece.citations
    )
    # the joiner keeps a citation on the line where its sentence ends
    return f'<p class="a-sentence">{whole_codes(piece.text)}{JOINER}{links}</p>'


def _waiting(view: View, lang: Lang) -> str:
    if view.busy > 1 and not view.stopping:
        told = _say("answer.busy_many", lang, count=view.busy, place=view.busy + 1)
        return f'<p class="a-wait" lang="{lang}">{told}</p>'
    key = "answer.stopping" if view.stopping else "answer.busy" if view.busy else "answer.writing"
    return f'<p class="a-wait" lang="{lang}">{_say(key, lang)}</p>'


def _end(answer: Answer, lang: Lang) -> str:
    if answer.step is not None:
        said = f'<p class="a-verdict">{NOTE}<span>{escape(step_verdict(answer, lang))}</span></p>'
        return f'<div class="a-end" lang="{lang}">{said}{_times(replace(answer, model=""), lang)}</div>'
    sure = answer.verdict == "supported" and not answer.failure
    why = _why_failed(answer, lang)
    icon = _SHIELD if sure else NOTE
    shown = replace(answer, model="") if answer.verdict == "choose_row" else answer  # it was not asked
    check = f'<p class="a-check">{_say("answer.check_source", lang)}</p>' if answer.text else _to_source(answer, lang)
    return (
        f'<div class="a-end" lang="{lang}"><p class="a-verdict {"a-sure" if sure else ""}">{icon}'
        f"<span>{escape(verdict(answer, lang))}{why}</span></p>{check}{_copy(answer, lang)}{_times(shown, lang)}</div>"
    )


def _why_failed(answer: Answer, lang: Lang) -> str:
    """What is known beyond that the model failed."""
    if answer.failure in ("", "generation_failed"):
        return ""
    between = "" if lang == "ja" else " "  # Japanese has no space between sentences
    return f"{between}{escape(say_error(answer.failure, lang))}"


def _copy(answer: Answer, lang: Lang) -> str:
    return f'<p class="a-instead">{copy_button(answer_text(answer, lang), lang)}</p>' if answer.text else ""


def _to_source(answer: Answer, lang: Lang) -> str:
    """Where there is no text of the model, the way to what holds in its place."""
    if not answer.quotes:
        return ""
    number = answer.quotes[0].number
    return (
        f'<p class="a-instead"><a class="a-open" href="#quote-{number}" data-quote="{number}">'
        f"{_say('answer.read_source', lang, number=number)}</a></p>"
    )


def verdict(answer: Answer, lang: Lang) -> str:
    """What the reader may rely on, in one sentence."""
    if answer.failure:
        return say("answer.failed", lang)
    if answer.verdict == "stopped":
        return say("answer.stopped", lang)
    if not answer.model:
        return say("answer.no_model", lang)
    withheld = sum(not sentence.supported for sentence in answer.sentences)
    return say(f"answer.{answer.verdict}", lang, withheld=withheld)


def _times(answer: Answer, lang: Lang) -> str:
    found, total = _seconds(answer.timing.found_ms), _seconds(answer.timing.total_ms)
    if not answer.model:
        return f'<p class="a-times">{_say("answer.time_quote", lang, found=found)}</p>'
    return (
        f'<p class="a-times">{_say("answer.time", lang, found=found, total=total)} '
        f'<span class="a-model">{_say("answer.model", lang, model=answer.model)}</span></p>'
    )


def _seconds(ms: float) -> str:
    """Never "0.00": what took less than that was not nothing."""
    return f"{max(ms, 10) / 1000:.2f}" if ms < 1000 else f"{ms / 1000:.1f}"


def _say(key: str, lang: Lang, **values: object) -> str:
    return escape(say(key, lang, **values))
