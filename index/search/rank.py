"""Ranking: how well a passage holds a question's terms (BM25F over body, section and title, scaled to 0..1)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from index.search.question import Concept

# BM25F (Robertson, Zaragoza: The Probabilistic Relevance Framework, 2009). Length counts less than usual (b = 0.3):
# a passage is a whole procedure or one table row, so its length says little about how much else it is about.
K1 = 0.6
B = 0.3
USUAL_LENGTH = 120  # terms
SECTION_WEIGHT = 1.5
CHAPTER_WEIGHT = 0.4
TITLE_WEIGHT = 0.5
ENOUGH_OF_VARIANT = 0.6  # a phrase of which less stands there is not there


@dataclass(frozen=True, slots=True)
class Fields:
    """The terms of a passage by where they stand: its own heading, the headings above it, the manual's title, the
    text itself."""

    body: Sequence[str]
    section: Sequence[str]
    chapter: Sequence[str]
    title: Sequence[str]


@dataclass(frozen=True, slots=True)
class Relevance:
    """``score``: weighted saturation of the terms; ``support``: weighted share of them that stand there at all. Both
    are 0 to 1."""

    score: float
    support: float


def relevance(concepts: Sequence[Concept], rarity: Mapping[str, float], fields: Fields) -> Relevance:
    """How well ``fields`` hold ``concepts``. ``rarity``: term -> inverse document frequency."""
    frequencies = _frequencies(fields)
    total = score = held = 0.0
    for concept in concepts:
        best = best_held = rare = 0.0
        for variant in concept.variants:
            mass = sum(rarity[term] for term in variant.terms)
            if not mass:
                continue
            if variant.sureness == 1.0 or not rare:
                rare = max(rare, mass / len(variant.terms))
            there = sum(rarity[term] for term in variant.terms if frequencies.get(term)) / mass
            if there >= ENOUGH_OF_VARIANT or not variant.whole:
                reached = (rarity[t] * frequencies.get(t, 0.0) / (frequencies.get(t, 0.0) + K1) for t in variant.terms)
                best = max(best, variant.sureness * sum(reached) / mass)
                best_held = max(best_held, there)
        total += concept.weight * rare
        score += concept.weight * rare * best
        held += concept.weight * rare * best_held
    return Relevance(score / total, held / total) if total else Relevance(0.0, 0.0)


def _frequencies(fields: Fields) -> dict[str, float]:
    """Each term's frequency over all fields, weighted by where it stands and for the body's length."""
    norm = 1 - B + B * len(fields.body) / USUAL_LENGTH
    frequencies = {term: count / norm for term, count in Counter(fields.body).items()}
    for place, weight in (
        (fields.section, SECTION_WEIGHT), (fields.chapter, CHAPTER_WEIGHT), (fields.title, TITLE_WEIGHT)
    ):  # fmt: skip
        for term in set(place):
            frequencies[term] = frequencies.get(term, 0.0) + weight
    return frequencies
