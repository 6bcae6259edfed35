"""Alike gaps: gaps whose questions mean the same in other words or the other language, put together for the reader."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assistant.records.gaps import SHOWN_QUESTIONS, Gap

# Cosine of two questions. On 46 facts asked in two ways (tests/data/faq_equivalents_dev.txt) at 0.6, two wordings of
# one fact are put together in 39 % and two facts of one machine in 1.6 %. The questions of a group stand below each
# other, so that a wrong one is seen; a right one that is missed is a line of its own, as before.
ALIKE_MEANING = 0.6
Embed = Callable[[Sequence[str]], NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class GapGroup:
    """Gaps that ask the same, most asked first."""

    gaps: tuple[Gap, ...]

    @property
    def ids(self) -> tuple[int, ...]:
        return tuple(gap.id for gap in self.gaps)

    @property
    def count(self) -> int:
        return sum(gap.count for gap in self.gaps)

    @property
    def last_at(self) -> str:
        return max(gap.last_at for gap in self.gaps)

    @property
    def questions(self) -> tuple[str, ...]:
        """The different ones, of each gap the latest first."""
        every = dict.fromkeys(question for gap in self.gaps for question in gap.questions)
        return tuple(every)[: SHOWN_QUESTIONS + len(self.gaps) - 1]

    @property
    def reasons(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(reason for gap in self.gaps for reason in gap.reasons))


def grouped(gaps: Sequence[Gap], embed: Embed | None) -> list[GapGroup]:
    """Each gap with those before it that mean the same and name the same codes; groups by how often they were asked.
    ``embed``: texts -> unit vectors; None where there is no embedder: then each gap stands alone."""
    if embed is None or len(gaps) < 2:
        return [GapGroup((gap,)) for gap in gaps]
    vectors = embed([gap.questions[0] if gap.questions else "" for gap in gaps])
    groups: list[list[int]] = []
    for at, gap in enumerate(gaps):
        alike = [
            (float(vectors[group[0]] @ vectors[at]), group) for group in groups if gaps[group[0]].codes == gap.codes
        ]
        nearest = max(alike, key=lambda one: one[0], default=None)
        if nearest is not None and nearest[0] >= ALIKE_MEANING:
            nearest[1].append(at)
        else:
            groups.append([at])
    made = [GapGroup(tuple(gaps[at] for at in group)) for group in groups]
    return sorted(made, key=lambda group: -group.count)  # stable: the latest first among equals, as they came
