"""Fact groups: entries that state one fact in other words belong together, in splits and as right answers.

Joined are entries of equal answers, of nearly equal answers with equal slots, of equal questions about one product, of
one ``same_as`` name, and pairs that somebody else found to be equivalent (``training.mining.equivalence``).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from index.text import normalise
from training.data.faq_table import FaqEntry
from training.data.shingles import near_copies
from training.data.slots import asks_of_other, contradiction, same_slots, slots_of

NEAR = 0.85
"""Jaccard of answers' shingles from which they are one answer if their slots agree (RefinedWeb, Penedo et al. 2023,
takes 0.8 for near-duplicates of web pages; slots are asked here besides)."""
ENOUGH = 15
"""Characters from which equal answers mean an equal fact: "Yes." and "85 N·m" answer many questions."""


@dataclass(frozen=True, slots=True)
class FactGroups:
    """``of``: for each entry the number of its group, groups numbered by first entry. ``joined``: how many joins each
    rule made, repeats of what another had joined not counted."""

    of: tuple[int, ...]
    joined: Mapping[str, int]

    @property
    def count(self) -> int:
        return len(set(self.of))

    def members(self) -> dict[int, list[int]]:
        found: defaultdict[int, list[int]] = defaultdict(list)
        for entry, group in enumerate(self.of):
            found[group].append(entry)
        return dict(found)


def fact_groups(entries: Sequence[FaqEntry], equivalent: Iterable[tuple[int, int]] = ()) -> FactGroups:
    """The groups of ``entries``; ``equivalent`` are pairs of places that are known to state one fact."""
    joins = _Joins(len(entries))
    for name, keys in (
        ("same_as", [entry.same_as or None for entry in entries]),
        ("equal_answer", [_answer_key(entry) for entry in entries]),
        ("equal_question", [_question_key(entry) for entry in entries]),
    ):
        first: dict[Hashable, int] = {}
        for place, key in enumerate(keys):
            if key is not None:
                joins.join(first.setdefault(key, place), place, name)
    for one, other in near_copies([entry.answer for entry in entries], NEAR):
        if len(normalise(entries[one].answer)) >= ENOUGH and one_fact(entries[one], entries[other]):
            joins.join(one, other, "near_answer")
    for one, other in equivalent:
        joins.join(one, other, "equivalent")
    return FactGroups(joins.numbers(), dict(joins.made))


def one_fact(first: FaqEntry, second: FaqEntry) -> bool:
    """Whether nothing in the slots of two nearly equal entries speaks against their being one fact."""
    ours, theirs = slots_of(first.answer), slots_of(second.answer)
    asked = slots_of(first.question), slots_of(second.question)
    return same_slots(ours, theirs) and not asks_of_other(*asked) and not contradiction(*asked)


def _answer_key(entry: FaqEntry) -> Hashable | None:
    plain = normalise(entry.answer)
    return plain if len(plain) >= ENOUGH else None


def _question_key(entry: FaqEntry) -> Hashable | None:
    return (normalise(entry.question), normalise(entry.product), normalise(entry.document))


class _Joins:
    """Union-find with path halving."""

    def __init__(self, size: int) -> None:
        self._parent = list(range(size))
        self.made: Counter[str] = Counter()

    def _root(self, place: int) -> int:
        while self._parent[place] != place:
            self._parent[place] = self._parent[self._parent[place]]
            place = self._parent[place]
        return place

    def join(self, one: int, other: int, why: str) -> None:
        roots = sorted((self._root(one), self._root(other)))
        if roots[0] != roots[1]:
            self._parent[roots[1]] = roots[0]
            self.made[why] += 1

    def numbers(self) -> tuple[int, ...]:
        roots = [self._root(place) for place in range(len(self._parent))]
        order = {root: number for number, root in enumerate(dict.fromkeys(roots))}
        return tuple(order[root] for root in roots)
