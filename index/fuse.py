"""Fusion: code, keyword and vector candidates into one order, so that no side makes another worse."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from index.passage import Why

CODE_LEAD = 2.0  # the passage is about a code that the question names; more than all other sides can give together
CODE_MENTION = 0.2  # the passage only mentions it
NAMED = 0.8  # the passage stands in the manual of a machine that the question names by its product name
MEANT = 0.3  # the same where it names the machine in words
UNASKED_ALARM = -0.07  # the passage is an alarm's entry and the question names no code
CODE_STEPS = 0.1  # the passage is a procedure or entry and the question names an alarm: what to do comes first
CODE_TABLE = -0.3  # the passage is a table about that alarm (its sub-codes, its signals)
STEPS = 0.05  # the passage is a procedure and the question asks how to do something


@dataclass(frozen=True, slots=True)
class Mix:
    """How much of a passage's score the vectors give (0 to 1): ``own`` for passages in the question's language,
    ``other`` for those in the other, where keywords are only translated words. ``behind``: what a cosine in the other
    language counts, since a passage that can be read as asked is preferred."""

    own: float = 0.4
    other: float = 0.4
    behind: float = 1.0


MIX = Mix()


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


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the sides found for one question, by passage number.

    ``keywords``: keyword relevance (0 to 1); ``vectors``: cosine, empty where the embedder does not know the question's
    language; ``extra``: what a passage's manual and kind add (NAMED, MEANT, STEPS, UNASKED_ALARM); ``embedded``:
    passages in a language that the embedder knows; ``foreign``: passages in another language than the question.
    """

    codes: Sequence[CodeMatch] = ()
    keywords: Mapping[int, float] = field(default_factory=dict)
    vectors: Mapping[int, float] = field(default_factory=dict)
    extra: Mapping[int, float] = field(default_factory=dict)
    embedded: Collection[int] = ()
    foreign: Collection[int] = ()


def fuse(found: Evidence, mix: Mix = MIX) -> list[Candidate]:
    """Best first.

    Keyword relevance is absolute, so a clear winner keeps its lead. The cosine enters as its place between the least
    and the best similarity seen among passages of its language, and takes its share of the weight from the keyword's: a
    passage that no vector could have found is not behind for that. A code that leads a passage outweighs both.
    """
    score = dict.fromkeys([*found.keywords, *found.vectors, *(match.number for match in found.codes)], 0.0)
    why: dict[int, list[Why]] = {number: [] for number in score}
    best: dict[int, CodeMatch] = {}
    for match in found.codes:
        if match.number not in best or match.lead > best[match.number].lead:
            best[match.number] = match
        score[match.number] += CODE_LEAD if match.lead else CODE_MENTION
    for number, match in best.items():
        why[number].append(Why("code", 1 if match.lead else 2, match.code))
    shares = _shares(found, mix)
    for rank, number in enumerate(_best_first(found.keywords), start=1):
        if found.keywords[number] > 0:
            score[number] += found.keywords[number] * (1 - shares.get(number, 0.0))
            why[number].append(Why("keyword", rank, f"{found.keywords[number]:.2f}"))
    near = _nearness(found)
    for rank, number in enumerate(_best_first(found.vectors), start=1):
        behind = mix.behind if number in found.foreign else 1.0
        score[number] += shares.get(number, 0.0) * behind * near[number]
        why[number].append(Why("vector", rank, f"{found.vectors[number]:.2f}"))
    for number, points in found.extra.items():
        score[number] = score.get(number, 0.0) + points
    return [Candidate(n, score[n], tuple(why.get(n, ()))) for n in _best_first(score)]


def _shares(found: Evidence, mix: Mix) -> dict[int, float]:
    """The share of its score that each passage gets from its cosine; none where no vector could have found it."""
    if not found.vectors:
        return {}
    foreign = frozenset(found.foreign)
    return {number: mix.other if number in foreign else mix.own for number in (*found.embedded, *found.vectors)}


def _nearness(found: Evidence) -> dict[int, float]:
    """Each cosine as its place (0 to 1) between the least and the best of its language."""
    foreign = frozenset(found.foreign)
    near: dict[int, float] = {}
    for group in ({n for n in found.vectors if n not in foreign}, {n for n in found.vectors if n in foreign}):
        if group:
            low, high = min(found.vectors[n] for n in group), max(found.vectors[n] for n in group)
            near |= {n: (found.vectors[n] - low) / ((high - low) or 1.0) for n in group}
    return near


def _best_first(points: Mapping[int, float]) -> list[int]:
    return sorted(points, key=lambda n: (-points[n], n))
