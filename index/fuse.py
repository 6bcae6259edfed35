"""Fusion: code, keyword and vector candidates into one order, so that no side makes another worse."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from index.passage import Why

CODE_LEAD = 1.0  # the passage is about a code that the question names
CODE_MENTION = 0.25  # the passage only mentions it
VECTOR_WEIGHT = 0.35  # of the cosine, spread over its own candidates; only in languages that the embedder knows


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage number with its score and the reasons for it."""

    number: int
    score: float
    why: tuple[Why, ...]


@dataclass(frozen=True, slots=True)
class CodeMatch:
    number: int
    code: str
    lead: bool


def fuse(
    codes: Sequence[CodeMatch],
    keywords: Sequence[tuple[int, float]],
    vectors: Mapping[int, float],
    vector_weight: float = VECTOR_WEIGHT,
) -> list[Candidate]:
    """Best first. ``keywords``: (number, BM25), best first; ``vectors``: number -> cosine, empty where the embedder does
    not know the language.

    BM25 is scaled by the question's own best, so that a clear keyword winner keeps its lead; the cosine enters as its
    place between the least and the best similarity seen. A code that leads a passage outweighs both.
    """
    score: dict[int, float] = {}
    why: dict[int, list[Why]] = {}

    def give(number: int, points: float, reason: Why) -> None:
        score[number] = score.get(number, 0.0) + points
        why.setdefault(number, []).append(reason)

    for rank, match in enumerate(sorted(codes, key=lambda m: not m.lead), start=1):
        give(match.number, CODE_LEAD if match.lead else CODE_MENTION, Why("code", rank, match.code))
    best = keywords[0][1] if keywords else 0.0
    for rank, (number, bm25) in enumerate(keywords, start=1):
        give(number, bm25 / best if best > 0 else 0.0, Why("keyword", rank))
    if vectors:
        low, high = min(vectors.values()), max(vectors.values())
        spread = (high - low) or 1.0
        ordered = sorted(vectors.items(), key=lambda item: (-item[1], item[0]))
        for rank, (number, cosine) in enumerate(ordered, start=1):
            give(number, vector_weight * (cosine - low) / spread, Why("vector", rank, f"{cosine:.2f}"))
    return [
        Candidate(number, score[number], tuple(why[number]))
        for number in sorted(score, key=lambda n: (-score[n], n))
    ]  # fmt: skip
