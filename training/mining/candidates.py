"""Candidates: pairs (question, another entry's answer) from several views, thinned step by step, each step counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from training.data.faq_table import FaqEntry
from training.data.nearest import Near, cosines, nearest
from training.mining.keywords import nearest_by_words
from training.mining.options import MiningOptions, View

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from index.embedders.embedder import Vectors


@dataclass(frozen=True, slots=True)
class Pairs:
    """``question`` and ``answer``: places of the entries, (p,). ``views``: bit n is set where the nth of the views
    found the pair. ``score``: cosine of the question with that answer, by the index's embedder."""

    question: NDArray[np.int32]
    answer: NDArray[np.int32]
    views: NDArray[np.uint8]
    score: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.question)

    def where(self, keep: NDArray[np.bool_]) -> Pairs:
        return Pairs(self.question[keep], self.answer[keep], self.views[keep], self.score[keep])

    def tuples(self) -> list[tuple[int, int]]:
        return list(zip(self.question.tolist(), self.answer.tolist(), strict=True))


@dataclass(slots=True)
class Funnel:
    """How many pairs each rule took away, in the order in which they were asked."""

    candidates: int = 0
    skipped: dict[str, int] = field(default_factory=dict)
    by_view: dict[str, int] = field(default_factory=dict)

    def thin(self, pairs: Pairs, keep: NDArray[np.bool_], rule: str) -> Pairs:
        """``pairs`` without those that ``rule`` takes away."""
        self.skipped[rule] = self.skipped.get(rule, 0) + int((~keep).sum())
        return pairs.where(keep)

    def add(self, other: Funnel) -> None:
        self.candidates += other.candidates
        for mine, theirs in ((self.skipped, other.skipped), (self.by_view, other.by_view)):
            for name, count in theirs.items():
                mine[name] = mine.get(name, 0) + count


def candidates(
    entries: Sequence[FaqEntry], questions: Vectors, answers: Vectors, stored: Mapping[int, Vectors],
    options: MiningOptions,
) -> Pairs:  # fmt: skip
    """The pairs that the views of ``options`` find, each once. "retrieved": what search confuses, the question against
    the vectors that the live collection holds of whole entries; "crossed": question against answers; "question" and
    "answer": like against like; "keyword": BM25 over question and answer."""
    import numpy as np

    bits = {view: 1 << place for place, view in enumerate(options.views)}
    keys: list[NDArray[np.int64]] = []
    flags: list[NDArray[np.uint8]] = []
    for view in options.views:
        near = _near(view, entries, questions, answers, stored, options.near)
        if near is None:
            continue
        rows = np.repeat(np.arange(len(entries), dtype=np.int64), near.places.shape[1])
        places = near.places.reshape(-1).astype(np.int64)
        there = places >= 0
        keys.append((rows * len(entries) + places)[there])
        flags.append(np.full(int(there.sum()), bits[view], np.uint8))
    if not keys:
        empty = np.zeros(0, np.int32)
        return Pairs(empty, empty, empty.astype(np.uint8), empty.astype(np.float32))
    every = np.concatenate(keys)
    distinct, place = np.unique(every, return_inverse=True)
    found_by = np.zeros(len(distinct), np.uint8)
    np.bitwise_or.at(found_by, place, np.concatenate(flags))
    one, other = (distinct // len(entries)).astype(np.int32), (distinct % len(entries)).astype(np.int32)
    return Pairs(one, other, found_by, cosines(questions, answers, one, other))


def _near(
    view: View, entries: Sequence[FaqEntry], questions: Vectors, answers: Vectors, stored: Mapping[int, Vectors],
    near: int,
) -> Near | None:  # fmt: skip
    if view == "keyword":
        texts = [f"{entry.question} {entry.answer}" for entry in entries]
        return nearest_by_words([entry.question for entry in entries], texts, near)
    if view == "retrieved":
        return _retrieved(questions, stored, near) if len(stored) > 1 else None
    sides = {"crossed": (questions, answers), "question": (questions, questions), "answer": (answers, answers)}
    return nearest(*sides[view], near)


def _retrieved(questions: Vectors, stored: Mapping[int, Vectors], near: int) -> Near:
    """Entries that the collection does not hold find nothing here and are not found."""
    import numpy as np

    places = np.array(sorted(stored), np.int32)
    held = np.stack([stored[int(place)] for place in places]).astype(np.float32)
    found = nearest(questions[places], held, near)
    out = Near(
        np.full((len(questions), found.places.shape[1]), -1, np.int32),
        np.full((len(questions), found.places.shape[1]), -1.0, np.float32),
    )
    out.places[places] = np.where(found.places >= 0, places[found.places], -1)
    out.scores[places] = found.scores
    return out
