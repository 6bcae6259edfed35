"""Checklist: a procedure's steps as boxes to tick off, and how far the reader is."""

from __future__ import annotations

import re
from html import escape

from ui.wording import Lang, say

LEAST = 2  # steps from which it is worth ticking
# a numbered step as ui.verbatim writes it; all text in it is escaped, so no tag of the manual's can end it
_STEP = re.compile(
    r'<li class="(?P<level>a-level-\d)">(?P<label><span class="a-label">[^<]*</span>)(?P<text><span>.*?</span>)</li>'
)


def checklist_html(verbatim: str, passage_id: str, lang: Lang) -> str:
    """``verbatim`` with a box at each numbered step, below a line that counts them; as it is where it has no steps.
    quote_card.js keeps what was ticked for as long as the question stands."""
    count = len(_STEP.findall(verbatim))
    if count < LEAST:
        return verbatim
    steps = _STEP.sub(
        r'<li class="\g<level> a-tick"><label><input type="checkbox" autocomplete="off">\g<label>\g<text></label></li>',
        verbatim,
    )
    told = escape(say("steps.told", lang, done="{done}", count=count))
    return (
        f'<div class="a-ticks" data-ticks="{escape(passage_id)}"><div class="a-progress" lang="{lang}">'
        f'<progress max="{count}" value="0" aria-hidden="true"></progress>'
        f'<output data-told="{told}" data-all="{_say("steps.all", lang)}">{told.replace("{done}", "0")}</output>'
        f'<button type="button" class="a-act a-untick" hidden>{_say("steps.again", lang)}</button></div>{steps}</div>'
    )


def _say(key: str, lang: Lang) -> str:
    return escape(say(key, lang))
