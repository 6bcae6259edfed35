"""Choice: which of the pairs that are left become rejected answers: the hardest, in both directions, none too often."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from training.mining.candidates import Funnel, Pairs
from training.mining.options import MiningOptions

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from index.embedders.embedder import Vectors


@dataclass(frozen=True, slots=True)
class Chosen:
    """Row ``pair`` of the pairs: its answer is rejected for its question."""

    question: int
    answer: int
    score: float
    likely: float
    views: int


def choose(
    pairs: Pairs, likely: NDArray[np.float64], answers: Vectors, options: MiningOptions, funnel: Funnel
) -> list[Chosen]:
    """Up to ``per_question`` for each question. Where ``reciprocal``, a pair is taken only together with its reverse:
    what is pushed down for one question is asked back for its own, so that the model learns which question an answer
    belongs to and not that the answer is bad."""
    scores = dict(zip(pairs.tuples(), zip(pairs.score.tolist(), likely.tolist(), pairs.views.tolist(), strict=True),
                      strict=True))  # fmt: skip
    edges = _edges(scores, options.reciprocal)
    funnel.skipped["not_reciprocal"] = len(scores) - sum(len(edge) for _, edge in edges)
    given: Counter[int] = Counter()
    rejected: Counter[int] = Counter()
    taken: dict[int, list[int]] = {}
    chosen: list[Chosen] = []
    for name in ("per_question", "cap", "alike"):
        funnel.skipped.setdefault(name, 0)
    for _, edge in edges:
        if any(given[question] >= options.per_question for question, _ in edge):
            funnel.skipped["per_question"] += len(edge)
        elif any(rejected[answer] >= options.cap for _, answer in edge):
            funnel.skipped["cap"] += len(edge)
        elif options.alike is not None and any(
            float(answers[answer] @ answers[other]) > options.alike
            for question, answer in edge
            for other in taken.get(question, ())
        ):
            funnel.skipped["alike"] += len(edge)
        else:
            for question, answer in edge:
                given[question] += 1
                rejected[answer] += 1
                taken.setdefault(question, []).append(answer)
                chosen.append(Chosen(question, answer, *scores[question, answer]))
    return sorted(chosen, key=lambda one: (one.question, -one.score))


def _edges(
    scores: dict[tuple[int, int], tuple[float, float, int]], reciprocal: bool
) -> list[tuple[float, tuple[tuple[int, int], ...]]]:
    """What is taken or left together, the hardest first: pairs alone, or with their reverse."""
    edges: list[tuple[float, tuple[tuple[int, int], ...]]] = []
    for (question, answer), (score, _, _) in scores.items():
        back = scores.get((answer, question))
        if not reciprocal:
            edges.append((score, ((question, answer),)))
        elif back is not None and question < answer:
            edges.append(((score + back[0]) / 2, ((question, answer), (answer, question))))
    return sorted(edges, key=lambda edge: (-edge[0], edge[1]))
