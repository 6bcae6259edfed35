"""Duplicates: the same words in several manuals are one hit, which names the other places."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from index.codes.rivals import Choice
from index.passage import Hit, Passage, Twin
from index.text import normalise

SAME_SCORE = 1e-6  # closer scores differ by rounding alone
LOOKED_AT = 64  # characters of a text
COMPARED = 16  # of what they are normalised


def collapse(hits: Sequence[Hit]) -> list[Hit]:
    """``hits``, best first, where each text stands once, whatever manual it is in: the best hit stays (of equals that
    of the manual added last) and names the others in ``also``. Only texts that are equal once they are normalised are
    the same. Within one manual nothing is collapsed: its headings say what each place is for."""
    kept: list[list[Hit]] = []
    by_text: dict[str, list[list[Hit]]] = {}
    manuals: dict[str, set[str]] = {}
    for hit in hits:
        manuals.setdefault(_beginning(hit.passage.text), set()).add(hit.manual.id)
    for hit in hits:
        if len(manuals[_beginning(hit.passage.text)]) == 1:
            kept.append([hit])
            continue
        same = by_text.setdefault(_normal(hit.passage.text), [])
        first = next((group for group in same if all(other.manual.id != hit.manual.id for other in group)), None)
        if first is None:
            first = []
            same.append(first)
            kept.append(first)
        first.append(hit)
    return sorted((_one(group) for group in kept), key=lambda hit: -hit.score)


@lru_cache(maxsize=8192)
def _normal(text: str) -> str:
    """The same passages are found again and again, and this is a fifth of what a search takes."""
    return normalise(text)


@lru_cache(maxsize=8192)
def _beginning(text: str) -> str:
    """What ``text`` begins with once it is normalised, which tells most texts apart at a tenth of the work. How a
    place is normalised depends on a few characters about it, so none of this is near the cut."""
    part = normalise(text[:LOOKED_AT])
    return part[:COMPARED] if len(part) >= 2 * COMPARED else _normal(text)[:COMPARED]


def _one(group: Sequence[Hit]) -> Hit:
    best = max(hit.score for hit in group)
    equal = [hit for hit in group if hit.score >= best - SAME_SCORE]
    first = max(equal, key=lambda hit: hit.manual.added_at)
    others = sorted((hit for hit in group if hit is not first), key=lambda hit: hit.manual.title)
    return replace(first, also=tuple(Twin(hit.passage, hit.manual) for hit in others)) if others else first


def different(choices: Sequence[Choice], passages: Mapping[str, Passage]) -> tuple[Choice, ...]:
    """``choices`` without those whose passage says the same as that of an earlier one; none where one is left."""
    seen: dict[tuple[str, str], Choice] = {}
    for choice in choices:
        passage = passages.get(choice.passage_id)
        seen.setdefault((choice.code, normalise(passage.text) if passage else choice.passage_id), choice)
    return tuple(seen.values()) if len(seen) > 1 else ()
