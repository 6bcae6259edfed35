"""Equivalence: how likely two entries state one fact in other words, by rules of slots and by vectors; no second model.

A logistic regression over signs of a pair. Cosines are counted in standard deviations from those of random pairs of the
same set, because embedders differ so much in scale that a fixed cosine keeps nearly all pairs with one and none with
another (reported for sentence-transformers' miner, issue 3279). The weights were fitted to the development half of
the written equivalents (tests/data/faq_equivalents_dev.txt) by ``python -m tests.bench_mining --fit``; the other half,
which scores, had no part in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from training.data.faq_table import FaqEntry
from training.data.nearest import cosines, nearest
from training.data.slots import Slots, asks_of_other, contradiction, opposed, slots_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from index.embedders.embedder import Vectors

SIGNS = (
    "question_likeness",
    "answer_likeness",
    "contradiction",
    "asks_of_other",
    "shared_values",
    "opposed",
    "other_product",
)
WEIGHTS = (0.651, 1.05, -2.833, -0.141, 2.149, 0.108, -3.048)
OFFSET = -8.164
DOUBTFUL = 0.003
"""From here on a pair may be one fact: no answer is rejected for the other's question. On the development half it holds
back all of 46 equivalents and 1.4 % of the 18,200 other candidates."""
CERTAIN = 0.9
"""From here on a pair is joined into one fact group: none of those candidates."""
FEWEST = 4  # entries of a language below which there is nobody to be like
LOOKED_AT = 4  # nearest questions and answers of an entry among which its equivalents are looked for
_SAMPLE = 20_000  # random pairs that the scale is taken from
_SEED = 20


@dataclass(frozen=True, slots=True)
class Scale:
    """Mean and standard deviation of the cosine of random pairs: question to question, answer to answer."""

    questions: tuple[float, float]
    answers: tuple[float, float]


def scale_of(questions: Vectors, answers: Vectors) -> Scale:
    """The scale of a set of entries, from up to _SAMPLE random pairs of different entries."""
    import numpy as np

    random = np.random.default_rng(_SEED)
    count = len(questions)
    first = random.integers(0, count, size=min(_SAMPLE, 50 * count))
    second = (first + random.integers(1, max(2, count), size=len(first))) % count

    def spread(vectors: Vectors) -> tuple[float, float]:
        found = np.einsum("nd,nd->n", vectors[first], vectors[second])
        return float(found.mean()), max(1e-3, float(found.std()))

    return Scale(spread(questions), spread(answers))


class Equivalence:
    """Signs and likelihoods for pairs of ``entries``, all of one language; their vectors are (entries, dim)."""

    def __init__(self, entries: Sequence[FaqEntry], questions: Vectors, answers: Vectors) -> None:
        self._entries = entries
        self._questions = questions
        self._answers = answers
        self._scale = scale_of(questions, answers)

    def signs(self, pairs: Sequence[tuple[int, int]]) -> NDArray[np.float64]:
        """(pairs, len(SIGNS))."""
        import numpy as np

        if not pairs:
            return np.zeros((0, len(SIGNS)))
        both = np.array(pairs, dtype=np.int64)
        found = np.empty((len(pairs), len(SIGNS)))
        for column, (vectors, (mean, deviation)) in enumerate(
            ((self._questions, self._scale.questions), (self._answers, self._scale.answers))
        ):
            found[:, column] = (cosines(vectors, vectors, both[:, 0], both[:, 1]) - mean) / deviation
        for row, (first, second) in enumerate(pairs):
            found[row, 2:] = self._told(first, second)
        return found

    def _told(self, first: int, second: int) -> tuple[float, ...]:
        """The signs that stand in the words themselves."""
        one, other = self._entries[first], self._entries[second]
        asked = slots_of(one.question), slots_of(other.question)
        said = slots_of(one.answer), slots_of(other.answer)
        return (
            float(bool(contradiction(*said))),
            float(asks_of_other(*asked)),
            shared_values(*said),
            float(bool(opposed(*asked) or opposed(*said))),
            float(bool(one.product and other.product and one.product != other.product)),
        )

    def likelihoods(self, pairs: Sequence[tuple[int, int]]) -> NDArray[np.float64]:
        """How likely each pair is one fact, 0 to 1."""
        import numpy as np

        score = self.signs(pairs) @ np.array(WEIGHTS) + OFFSET
        likely: NDArray[np.float64] = 1 / (1 + np.exp(-np.clip(score, -40, 40)))
        return likely


def equivalents(entries: Sequence[FaqEntry], questions: Vectors, answers: Vectors) -> list[tuple[int, int]]:
    """Pairs of places (i < j) that are one fact beyond doubt, among each entry's nearest of its own language."""
    import numpy as np

    found: list[tuple[int, int]] = []
    for lang in ("ja", "en"):
        places = np.array([place for place, entry in enumerate(entries) if entry.lang == lang], np.int64)
        if len(places) < FEWEST:
            continue
        own = Equivalence([entries[place] for place in places], questions[places], answers[places])
        pairs = sorted(_near_pairs(questions[places]) | _near_pairs(answers[places]))
        sure = np.flatnonzero(own.likelihoods(pairs) >= CERTAIN)
        found += [(int(places[pairs[n][0]]), int(places[pairs[n][1]])) for n in sure]
    return found


def _near_pairs(vectors: Vectors) -> set[tuple[int, int]]:
    """Pairs (i < j) of rows of which one is among the LOOKED_AT nearest of the other."""
    rows = nearest(vectors, vectors, LOOKED_AT).places
    return {(min(i, int(j)), max(i, int(j))) for i, row in enumerate(rows) for j in row if j >= 0}


def shared_values(first: Slots, second: Slots) -> float:
    """Amounts that both answers state over the fewer that one of them states; -0.5 where only one states any."""
    if not first.values and not second.values:
        return 0.0
    if not first.values or not second.values:
        return -0.5
    return len(first.values & second.values) / min(len(first.values), len(second.values))
