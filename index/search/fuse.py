"""Fusion: code, keyword and vector candidates into one order, so that no side makes another worse."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from index.passage import Found, Why

CODE_LEAD = 3.2  # the passage is about a code that the question names; more than all other sides can give together
CODE_MENTION = 0.2  # the passage only mentions it
NAMED = 0.8  # the passage stands in the manual of a machine that the question names by its product name
MEANT = 0.3  # the same where it names the machine in words
UNASKED_ALARM = -0.07  # the passage is an alarm's entry and the question names no code
CODE_STEPS = 0.1  # the passage is a procedure or entry and the question names an alarm: what to do comes first
CODE_TABLE = -0.3  # the passage is a table about that alarm (its sub-codes, its signals)
STEPS = 0.05  # the passage is a procedure and the question asks how to do something


@dataclass(frozen=True, slots=True)
class Mix:
    """How much the cosine adds to a passage's score, tuned by tests/bench_fusion.py.

    ``own`` is the most it adds to a passage in the question's language, ``other`` to one in the other language. Vectors
    fill what the words lack: the addition shrinks with the best keyword relevance among passages of that language, and
    is none at ``own_full`` or ``other_full`` (lower, since translated words reach less). ``usual`` is the cosine that a
    right passage has: where even the nearest is farther off than that, nearness says less. ``words`` is what a full
    match of word vectors adds, whatever the others have.
    """

    own: float = 0.5
    own_full: float = 1.0
    other: float = 0.8
    other_full: float = 0.4
    usual: float = 0.7
    words: float = 1.2


MIX = Mix()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage number with its score and the ``reasons`` for it: by which means, at which rank there, and what it was
    found for (a code) or with (a measure). Hundreds are made for each question, and ten are shown."""

    number: int
    score: float
    reasons: Sequence[tuple[Found, int, str | float]] = ()

    @property
    def why(self) -> tuple[Why, ...]:
        """The reasons as they are shown."""
        return tuple(
            Why(by, rank, detail if isinstance(detail, str) else f"{detail:.2f}") for by, rank, detail in self.reasons
        )


@dataclass(frozen=True, slots=True)
class CodeMatch:
    number: int
    code: str
    lead: bool


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the sides found for one question, by passage number.

    ``keywords``: keyword relevance (0 to 1); ``vectors``: cosine, empty where the embedder does not know the question's
    language; ``extra``: what a passage's manual and kind add (NAMED, MEANT, STEPS, UNASKED_ALARM); ``foreign``:
    passages in another language than the question; ``words``: match of word vectors, for all candidates or none.
    """

    codes: Sequence[CodeMatch] = ()
    keywords: Mapping[int, float] = field(default_factory=dict)
    vectors: Mapping[int, float] = field(default_factory=dict)
    extra: Mapping[int, float] = field(default_factory=dict)
    foreign: Collection[int] = ()
    words: Mapping[int, float] = field(default_factory=dict)


def fuse(found: Evidence, mix: Mix = MIX) -> list[Candidate]:
    """Best first.

    Keyword relevance is absolute, so a clear winner keeps its lead. The cosine is added as its place between the least
    and the best similarity seen among passages of its language, so that a passage that no vector could have found is
    not behind for that, and so that languages are not played against each other. A code that leads a passage outweighs
    both.
    """
    score = dict.fromkeys([*found.keywords, *found.vectors, *(match.number for match in found.codes)], 0.0)
    why: dict[int, list[tuple[Found, int, str | float]]] = {number: [] for number in score}
    best: dict[int, CodeMatch] = {}
    for match in found.codes:
        if match.number not in best or match.lead > best[match.number].lead:
            best[match.number] = match
        score[match.number] += CODE_LEAD if match.lead else CODE_MENTION
    for number, match in best.items():
        why[number].append(("code", 1 if match.lead else 2, match.code))
    for rank, number in enumerate(_best_first(found.keywords), start=1):
        if found.keywords[number] > 0:
            score[number] += found.keywords[number]
            why[number].append(("keyword", rank, found.keywords[number]))
    added = _added(found, mix)
    for rank, number in enumerate(_best_first(found.vectors), start=1):
        score[number] += added[number]
        why[number].append(("vector", rank, found.vectors[number]))
    for rank, number in enumerate(_best_first(found.words), start=1):
        score[number] += mix.words * found.words[number]
        why[number].append(("match", rank, found.words[number]))
    for number, points in found.extra.items():
        score[number] = score.get(number, 0.0) + points
    return [Candidate(n, score[n], why.get(n, ())) for n in _best_first(score)]


def _added(found: Evidence, mix: Mix) -> dict[int, float]:
    """What each cosine adds to its passage's score."""
    foreign = frozenset(found.foreign)
    added: dict[int, float] = {}
    for is_foreign, most, full in ((False, mix.own, mix.own_full), (True, mix.other, mix.other_full)):
        near = {n: cosine for n, cosine in found.vectors.items() if (n in foreign) == is_foreign}
        if near:
            words = max((held for n, held in found.keywords.items() if (n in foreign) == is_foreign), default=0.0)
            low = min(near.values())
            spread = max(*near.values(), mix.usual) - low
            weight = most * max(0.0, 1 - words / full) / (spread or 1.0)
            added |= {n: weight * (cosine - low) for n, cosine in near.items()}
    return added


def _best_first(points: Mapping[int, float]) -> list[int]:
    return sorted(points, key=lambda n: (-points[n], n))
