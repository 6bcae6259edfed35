"""Fusion: code, keyword and vector candidates into one order, so that no side makes another worse."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from index.passage import Why

CODE_LEAD = 2.0  # the passage is about a code that the question names; more than all other sides can give together
CODE_MENTION = 0.2  # the passage only mentions it
NAMED = 0.8  # the passage stands in the manual of a machine that the question names by its product name
MEANT = 0.3  # the same where it names the machine in words
UNASKED_ALARM = -0.07  # the passage is an alarm's entry and the question names no code
CODE_STEPS = 0.1  # the passage is a procedure or entry and the question names an alarm: what to do comes first
CODE_TABLE = -0.3  # the passage is a table about that alarm (its sub-codes, its signals)
STEPS = 0.05  # the passage is a procedure and the question asks how to do something
VECTOR_WEIGHT = 0.4  # of the cosine, spread over its own candidates; only in languages that the embedder knows


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
    keywords: Mapping[int, float],
    vectors: Mapping[int, float],
    extra: Mapping[int, float] | None = None,
    embedded: Collection[int] = (),
    vector_weight: float = VECTOR_WEIGHT,
) -> list[Candidate]:
    """Best first.

    ``keywords``: passage number -> keyword relevance (0 to 1); ``vectors``: number -> cosine, empty where the embedder
    does not know the language; ``extra``: number -> what its manual and kind add (NAMED, MEANT, STEPS, UNASKED_ALARM);
    ``embedded``: numbers of passages in a language that the embedder knows.

    Keyword relevance is absolute, so a clear winner keeps its lead. The cosine enters as its place between the least
    and the best similarity seen, and takes its share of the weight from the keyword's: a passage that no vector could
    have found is not behind for that. A code that leads a passage outweighs both.
    """
    score = dict.fromkeys([*keywords, *vectors, *(match.number for match in codes)], 0.0)
    why: dict[int, list[Why]] = {number: [] for number in score}
    best: dict[int, CodeMatch] = {}
    for match in codes:
        if match.number not in best or match.lead > best[match.number].lead:
            best[match.number] = match
        score[match.number] += CODE_LEAD if match.lead else CODE_MENTION
    for number, match in best.items():
        why[number].append(Why("code", 1 if match.lead else 2, match.code))
    for rank, number in enumerate(sorted(keywords, key=lambda n: (-keywords[n], n)), start=1):
        if keywords[number] > 0:
            score[number] += keywords[number] * (1 - vector_weight if vectors and number in embedded else 1)
            why[number].append(Why("keyword", rank, f"{keywords[number]:.2f}"))
    if vectors:
        low, high = min(vectors.values()), max(vectors.values())
        spread = (high - low) or 1.0
        for rank, number in enumerate(sorted(vectors, key=lambda n: (-vectors[n], n)), start=1):
            score[number] += vector_weight * (vectors[number] - low) / spread
            why[number].append(Why("vector", rank, f"{vectors[number]:.2f}"))
    for number, points in (extra or {}).items():
        score[number] = score.get(number, 0.0) + points
    return [Candidate(n, score[n], tuple(why.get(n, ()))) for n in sorted(score, key=lambda n: (-score[n], n))]
