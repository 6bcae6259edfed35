"""NarrowBar: the bar above the question: from which line, machine, manual and kind of passage answers may come.

Line and machine are chosen once: the browser remembers them in a cookie, for it is the tablet that stands at a machine
and not the person. Manual and kind count for the page that is open.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import unquote

from index.library import Filters, Scope
from index.passage import Manual
from index.search.synonyms import word_key
from ui.wording import Lang, say

if TYPE_CHECKING:
    from starlette.requests import Request

COOKIE = "andon_narrow"
FIELDS = ("line", "machine", "manual", "kind")
LONGEST = 300  # characters of a value that a page may send
# what the bar tells the page: all four values, each time one is chosen or all are cleared
NARROW_EVENT = """
watch('value', () => andon.narrowed(element));
andon.narrows(element, (chosen) => trigger('narrow', chosen));
"""
_FUNNEL = '<svg class="a-funnel" viewBox="0 0 24 24" aria-hidden="true"><path d="M3 4h18l-7 8.5V19l-4 2v-8.5z"/></svg>'


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What a page is narrowed to; "" does not narrow. ``manual`` is an id."""

    line: str = ""
    machine: str = ""
    manual: str = ""
    kind: str = ""

    @classmethod
    def of(cls, given: Mapping[str, object]) -> Narrowed:
        """Of values as a browser sends them, whatever they are."""
        texts = {name: given.get(name) for name in FIELDS}
        return cls(**{name: text[:LONGEST] for name, text in texts.items() if isinstance(text, str)})

    def __bool__(self) -> bool:
        return bool(self.line or self.machine or self.manual or self.kind)

    @property
    def scope(self) -> Scope:
        values = {"lines": self.line, "machines": self.machine, "manuals": self.manual, "kinds": self.kind}
        return Scope.of(**{name: [value] for name, value in values.items() if value})

    def among(self, manuals: Sequence[Manual]) -> Narrowed:
        """The same without what none of ``manuals`` has, as after one was deleted, or has together with the line (the
        machine) that was chosen before it."""
        offered = offers(self, manuals)
        line = self.line if self.line in offered["line"] else ""
        machine = self.machine if self.machine in offers(Narrowed(line), manuals)["machine"] else ""
        manual = self.manual if self.manual in offers(Narrowed(line, machine), manuals)["manual"] else ""
        return Narrowed(line, machine, manual, self.kind if self.kind in offered["kind"] else "")


def remembered(request: Request) -> Narrowed:
    """Line and machine that this browser chose before; nothing where its cookie cannot be read."""
    try:
        given = json.loads(unquote(request.cookies.get(COOKIE, "{}")[:4096]))
    except ValueError:
        return Narrowed()
    return Narrowed.of({name: given.get(name) for name in ("line", "machine")} if isinstance(given, dict) else {})


def offers(narrowed: Narrowed, manuals: Sequence[Manual]) -> dict[str, dict[str, str]]:
    """For each field value -> what is told a person, "" where that is the value itself: all lines, the machines of the
    line, the manuals of both."""
    of_line = [manual for manual in manuals if _has(manual, "lines", narrowed.line)]
    of_both = [manual for manual in of_line if _has(manual, "machines", narrowed.machine)]
    return {
        "line": dict.fromkeys(Filters.of(manuals).lines, ""),
        "machine": dict.fromkeys(Filters.of(of_line).machines, ""),
        "manual": _titles(of_both),
        "kind": dict.fromkeys(Filters.of(manuals).kinds, ""),
    }


def within(narrowed: Narrowed, manuals: Sequence[Manual]) -> list[Manual]:
    """The manuals that answers may come from."""
    return [
        manual
        for manual in manuals
        if _has(manual, "lines", narrowed.line)
        and _has(manual, "machines", narrowed.machine)
        and narrowed.manual in ("", manual.id)
    ]


def bar_html(narrowed: Narrowed, manuals: Sequence[Manual], lang: Lang) -> str:
    """The bar, its fields folded below; "" where there is nothing to choose among."""
    if len(manuals) < 2:
        return ""
    offered = offers(narrowed, manuals)
    names = [_named(name, getattr(narrowed, name), offered[name], lang) for name in FIELDS if getattr(narrowed, name)]
    said = "".join(f"<b>{escape(name)}</b>" for name in names) or f"<span>{_say('narrow.all', lang)}</span>"
    clear = (
        f'<button type="button" class="a-narrow-clear" aria-label="{_say("narrow.clear_all", lang)}">'
        f"{_say('narrow.clear', lang)}</button>"
    )
    data = "".join(f' data-{name}="{escape(getattr(narrowed, name))}"' for name in FIELDS)
    fields = "".join(_field(name, narrowed, offered[name], lang) for name in FIELDS if offered[name])
    return (
        f'<div class="a-narrow{" a-narrow-on" if narrowed else ""}" role="group" '
        f'aria-label="{_say("narrow.group", lang)}"{data}><div class="a-narrow-bar">'
        f'<button type="button" class="a-narrow-open" aria-expanded="false" aria-controls="narrow-fields">{_FUNNEL}'
        f'<span class="a-narrow-label">{_say("narrow.label", lang)}</span><span class="a-narrow-said">{said}</span>'
        f'<span class="a-narrow-count">{_say("narrow.count", lang, count=len(within(narrowed, manuals)))}</span>'
        f"</button>{clear if narrowed else ''}</div>"
        f'<div class="a-narrow-fields" id="narrow-fields" hidden>{fields}<p>{_say("narrow.remembered", lang)}</p></div>'
        "</div>"
    )


def _field(name: str, narrowed: Narrowed, offered: Mapping[str, str], lang: Lang) -> str:
    chosen = getattr(narrowed, name)
    options = "".join(
        f'<option value="{escape(value)}"{" selected" if value == chosen else ""}>'
        f"{escape(_named(name, value, offered, lang))}</option>"
        for value in offered
    )
    return (
        f'<label>{_say(f"admin.filter_{name}s", lang)}<select name="{name}" autocomplete="off">'
        f'<option value="">{_say("narrow.any", lang)}</option>{options}</select></label>'
    )


def _named(name: str, value: str, offered: Mapping[str, str], lang: Lang) -> str:
    return say(f"quote.kind.{value}", lang) if name == "kind" else offered.get(value) or value


def _titles(manuals: Iterable[Manual]) -> dict[str, str]:
    """id -> title; two of the same title are told apart by their file names."""
    manuals = list(manuals)
    titles = [manual.title for manual in manuals]
    return {
        manual.id: manual.title if titles.count(manual.title) == 1 else f"{manual.title} ({manual.name})"
        for manual in sorted(manuals, key=lambda one: (one.title, one.name))
    }


def _has(manual: Manual, field: str, value: str) -> bool:
    """Whether the manual is for that line or machine, however it is written."""
    return not value or word_key(value) in map(word_key, getattr(Filters.of([manual]), field))


def _say(key: str, lang: Lang, **values: object) -> str:
    return escape(say(key, lang, **values))
