"""FoundHtml: what was found for a question as HTML: its quotes, or why there are none and what helps."""

from __future__ import annotations

from html import escape

from assistant.answer import Found
from assistant.records.gaps import REASONS
from index.library import Scope
from ui.answers import failure_html
from ui.cards import quotes_html
from ui.follow_up import follow_up_html, marked_step
from ui.precedents import precedents_html
from ui.turn import View
from ui.within import none_within, widen_html, within_html
from ui.wording import Lang, say


def found_html(view: View, lang: Lang, *, keeps_gaps: bool = False) -> str:
    """The quotes of a view, or why there are none, and below them how the same ended before; empty while they are being
    looked for. ``keeps_gaps``: whether a
    question without an answer is kept for an admin, which is then told."""
    found = view.found
    if view.failure is not None and found is None:
        widen = widen_html(view.scope, lang) if view.failure.code == "scope_unknown" else ""
        return failure_html(view.failure, lang, widen)
    if found is None:
        return ""
    before = precedents_html(found.precedents, lang)
    if found.declined:
        return follow_up_html(found, lang) + _declined_html(view, found, lang, keeps_gaps) + before
    quotes = marked_step(quotes_html(found, lang), found.step)
    return within_html(view.scope, found, lang) + follow_up_html(found, lang) + quotes + before


def _declined_html(view: View, found: Found, lang: Lang, keeps_gaps: bool) -> str:
    """Why there is no answer, where the question went, and the nearest sections."""
    if found.declined not in REASONS:
        return quotes_html(found, lang)
    noted = f'<p class="a-noted">{escape(say("answer.declined.noted", lang))}</p>'
    told = noted if keeps_gaps and view.answer is not None else ""
    if view.scope == Scope():
        return quotes_html(found, lang, more=told)
    return quotes_html(found, lang, none_within(view.scope, found, lang), widen_html(view.scope, lang) + told)
