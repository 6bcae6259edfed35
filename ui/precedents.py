"""Precedents on the page: how the same ended before, under a heading of its own, plainly no words of a manual."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from assistant.answer import Precedent
from ui.whole_codes import whole_codes
from ui.wording import Lang, say


def precedents_html(precedents: Sequence[Precedent], lang: Lang) -> str:
    """The latest first, each with its day; "" where there is none. It stands below the manual's words, never among
    them."""
    if not precedents:
        return ""
    items = "".join(_item(one, lang) for one in precedents)
    return (
        f'<section class="a-card a-earlier" aria-labelledby="earlier-title"><h2 id="earlier-title">'
        f'{_say("before.title", lang)}</h2><p class="a-not-manual">{_say("before.note", lang)}</p>'
        f'<ul role="list">{items}</ul></section>'
    )


def _item(one: Precedent, lang: Lang) -> str:
    when = _say("before.on", lang, date=one.day, minutes=one.minutes_down)
    about = "".join(f"<span>{escape(part)}</span>" for part in (one.code, one.line, one.machine) if part)
    cause = f"<p><b>{_say('before.cause', lang)}</b> {_words(one.cause, one)}</p>" if one.cause else ""
    return (
        f'<li><p class="a-when"><time datetime="{escape(one.day)}">{when}</time>{about}</p>{cause}'
        f"<p><b>{_say('before.remedy', lang)}</b> {_words(one.remedy, one)}</p></li>"
    )


def _words(text: str, one: Precedent) -> str:
    """What a colleague wrote, as text and nothing else, in the language in which it was written."""
    return f'<span class="a-wrote" lang="{one.lang}">{whole_codes(text)}</span>'


def _say(key: str, lang: Lang, **values: object) -> str:
    return escape(say(key, lang, **values))
