"""Within: what a shown question was narrowed to, and the way to ask all manuals where it found no answer there."""

from __future__ import annotations

from html import escape

from assistant.answer import Found
from index.library import Scope
from ui.wording import Lang, say

BETWEEN: dict[Lang, str] = {"ja": "・", "en": ", "}
WIDEN = "andon.picks(element, 'button.a-widen', () => trigger('widen', {}));"


def within_html(scope: Scope, found: Found, lang: Lang) -> str:
    """The line above the quotes; "" where nothing narrowed the search."""
    names = scope_names(scope, found, lang)
    return f'<p class="a-within">{_say("narrow.within", lang, names=names)}</p>' if names else ""


def widen_html(scope: Scope, lang: Lang) -> str:
    """The button that asks the same of all manuals; "" where nothing narrowed the search."""
    if scope == Scope():
        return ""
    return f'<button type="button" class="a-act a-widen">{_say("narrow.widen", lang)}</button>'


def none_within(scope: Scope, found: Found, lang: Lang) -> tuple[str, str]:
    """(heading, why) where a narrowed search found no answer: other manuals may hold it."""
    return say("narrow.none", lang), say("narrow.declined", lang, names=scope_names(scope, found, lang))


def scope_names(scope: Scope, found: Found, lang: Lang) -> str:
    """What the search was narrowed to, in words; a manual by the title that ``found`` knows."""
    hits = [*(quote.hit for quote in found.quotes), *found.nearest]
    titles = {hit.manual.id: hit.manual.title for hit in hits}
    manuals = [titles.get(manual, say("narrow.one_manual", lang)) for manual in sorted(scope.manuals)]
    kinds = [say(f"quote.kind.{kind}", lang) for kind in sorted(scope.kinds)]
    return BETWEEN[lang].join((*sorted(scope.lines), *sorted(scope.machines), *manuals, *kinds))


def _say(key: str, lang: Lang, **values: object) -> str:
    return escape(say(key, lang, **values))
