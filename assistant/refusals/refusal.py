"""Refusal: a request to defeat a safety device gets the manual's own warnings; a procedure is quoted with its own."""

from __future__ import annotations

import time
from dataclasses import replace

from assistant.answer import Found, Quote
from assistant.refusals.safety import harmless, rated, unsafe_request
from assistant.refusals.safety_measure import SafetyMeasure
from assistant.refusals.unsafe_words import SAFETY_WORDS
from index.library import Library, Scope
from index.passage import Hit, Lang
from index.text import language

LOOKED_AT = 24


def made_safe(
    library: Library, found: Found, scope: Scope | None, limit: int, measure: SafetyMeasure | None = None
) -> Found:
    """``found`` as an operator may see it. A request to defeat a safety device is declined as "unsafe_request", with
    up to ``limit`` passages that warn of it as quotes; else every quoted procedure gets the warnings of its section."""
    start = time.perf_counter()
    unsafe = _unsafe(found, measure)
    hits = refusal(library, unsafe, scope, limit) if unsafe else None
    if hits is None:
        quotes = tuple(replace(quote, warnings=library.warnings_for(quote.hit.passage)) for quote in found.quotes)
        return replace(found, quotes=quotes, found_ms=_more(found, start))
    quotes = tuple(Quote(number, hit) for number, hit in enumerate(hits, start=1))
    return Found(
        found.question, found.lang, quotes, "unsafe_request", (), _more(found, start), understood=found.understood
    )


def _unsafe(found: Found, measure: SafetyMeasure | None) -> str:
    """The wording that is refused: the question as it is understood after the turns before it, or as typed; "" where it
    is answered. The rules read both, the measure what was searched for; a step that is read out needed no search."""
    asked = found.understood or found.question
    by_rules = next((question for question in (asked, found.question) if unsafe_request(question)), "")
    if by_rules or measure is None or found.step is not None or harmless(asked):
        return by_rules
    return asked if measure.refuses(asked) else ""


def refusal(library: Library, unsafe: str, scope: Scope | None, limit: int) -> tuple[Hit, ...]:
    """The ``limit`` passages that the refusal of ``unsafe`` quotes. Warnings of the named machine come first, then
    those of its safety section; () where no manual warns of anything."""
    lang = language(unsafe)
    order: tuple[Lang, Lang] = ("ja", "en") if lang == "ja" else ("en", "ja")
    found = library.search(unsafe, LOOKED_AT, scope)
    hits = list(found.hits)
    # the machine that was asked about has its own safety section, whatever words it uses there
    named = hits[0].manual if found.names_machine and hits else None
    for words in order:
        hits += library.search(f"{named.title if named else ''} {SAFETY_WORDS[words]}", LOOKED_AT, scope).hits
    once = {hit.passage.id: hit for hit in reversed(hits)}.values()
    points = rated(unsafe, tuple(reversed(once)), lang, named.id if named else "")
    best = sorted(points, key=lambda one: -one[0])
    return tuple(hit for rating, hit in best[:limit] if rating >= 1.0)


def _more(found: Found, start: float) -> float:
    return round(found.found_ms + (time.perf_counter() - start) * 1000, 1)
