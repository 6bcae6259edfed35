"""Finding: what the manuals hold for a question in its conversation: quotes, a choice, or why it is declined."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

from assistant.answer import Declined, Found, Quote
from assistant.conversation import Exchange, Understood, understand_in
from assistant.quoting import quotes_of
from assistant.relevance import decline
from assistant.steps import Step, step_of
from assistant.table_rows import row_choices
from index.library import Library, Scope
from index.passage import Hit, Manual
from index.search.searcher import Results
from index.text import language

NEAREST = 3


def find(library: Library, question: str, history: Sequence[Exchange], scope: Scope | None, quotes: int) -> Found:
    """Searches for ``question`` as it is understood after ``history``, and quotes the best ``quotes`` passages. A step
    of the procedure that was quoted last needs no search. ``found_ms`` counts from the call. Raises ScopeUnknown."""
    start = time.perf_counter()
    understood = understand_in(question, history, _searched(library))
    told = understood.question if understood.question != question else ""
    found = Found(question, language(question), (), None, (), 0.0, told, understood.dropped)
    if understood.step and (hit := _quoted(library, understood, scope)) is not None:
        step = step_of(hit.passage.text, understood.step)
        return replace(found, quotes=(Quote(1, hit),), step=step, found_ms=_ms(start))
    results, declined = _search(library, understood, scope, max(quotes, NEAREST) * 2)
    if declined:
        return replace(found, declined=declined, nearest=results.hits[:NEAREST], found_ms=_ms(start))
    shown = quotes_of(understood.question, results.hits, quotes, library.beside)
    several = len({choice.manual_id for choice in results.choices}) > 1
    return replace(
        found, quotes=shown, choices=results.choices if several else (), rows=() if several else row_choices(shown),
        step=_step_of(shown, understood.step), found_ms=_ms(start),
    )  # fmt: skip


def _search(library: Library, understood: Understood, scope: Scope | None, k: int) -> tuple[Results, Declined | None]:
    """The results and why they are no answer: in the manuals of the last machine first, and elsewhere where the
    question may leave it. Manuals that the asker named are not narrowed further."""
    if understood.manuals and not (scope and scope.manuals):
        near = library.search(understood.question, k, replace(scope or Scope(), manuals=understood.manuals))
        declined = decline(near)
        if understood.only or not declined:
            return near, declined
    results = library.search(understood.question, k, scope)
    return results, decline(results) if _searched(library) else "no_manuals"


def _quoted(library: Library, understood: Understood, scope: Scope | None) -> Hit | None:
    """The passage quoted last, if it is still there, holds steps, and the asker's scope does not exclude its manual."""
    manual = next((m for m in _searched(library) if m.id == understood.manual), None)
    if manual is None or not understood.passage:
        return None
    if scope and scope.manuals and not scope.manuals & {manual.id, manual.name, manual.title}:
        return None
    passage = next((p for p in library.passages(manual.id) if p.id == understood.passage), None)
    if passage is None or step_of(passage.text, understood.step) is None:
        return None
    return Hit(passage, manual, 1.0, 1.0)


def _searched(library: Library) -> list[Manual]:
    """The manuals that a question may be answered from. Asked for as ``manuals``, which other sources have as well."""
    return [manual for manual in library.manuals() if manual.enabled]


def _step_of(quotes: Sequence[Quote], number: int) -> Step | None:
    return step_of(quotes[0].text, number) if number and quotes else None


def _ms(start: float) -> float:
    return round((time.perf_counter() - start) * 1000, 1)
