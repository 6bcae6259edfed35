"""Ranking: how well a passage holds a question's terms (BM25F over body, section and title, scaled to 0..1)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
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
    text itself. In all but the text it is the same how often a term stands there; of the text, ``body`` tells how often
    each term that may be asked for stands there, and ``length`` how many terms it has in all."""

    body: Mapping[str, int]
    length: int
    section: Collection[str]
    chapter: Collection[str]
    title: Collection[str]


@dataclass(frozen=True, slots=True)
class Relevance:
    """``score``: weighted saturation of the terms; ``support``: weighted share of them that stand there at all. Both
    are 0 to 1."""

    score: float
    support: float


@dataclass(frozen=True, slots=True)
class Way:
    """A variant with the rarity of each of its terms, and the sum of these."""

    terms: tuple[tuple[str, float], ...]
    mass: float
    sureness: float
    whole: bool


@dataclass(frozen=True, slots=True)
class Part:
    """A concept: what it adds where it stands there whole, its variants, and the terms of all of them."""

    weight: float
    ways: tuple[Way, ...]
    terms: frozenset[str]


@dataclass(frozen=True, slots=True)
class Weighed:
    """Concepts with what is the same for every passage worked out once; a passage holds few of the terms and costs
    5 to 10 us. ``ways``: for each term the places of its parts, and of its ways in these."""

    parts: tuple[Part, ...]
    total: float
    terms: frozenset[str]
    ways: Mapping[str, tuple[tuple[int, int], ...]]

    @classmethod
    def of(cls, concepts: Sequence[Concept], rarity: Mapping[str, float]) -> Weighed:
        """``rarity``: term -> inverse document frequency."""
        parts, total = [], 0.0
        places: dict[str, list[tuple[int, int]]] = {}
        for number, concept in enumerate(concepts):
            ways, rare = list[Way](), 0.0
            for variant in concept.variants:
                mass = sum(rarity[term] for term in variant.terms)
                if not mass:
                    continue
                if variant.sureness == 1.0 or not rare:
                    rare = max(rare, mass / len(variant.terms))
                for term in dict.fromkeys(variant.terms):
                    places.setdefault(term, []).append((number, len(ways)))
                terms = tuple((term, rarity[term]) for term in variant.terms)
                ways.append(Way(terms, mass, variant.sureness, variant.whole))
            total += concept.weight * rare
            held = frozenset(term for way in ways for term, _ in way.terms)
            parts.append(Part(concept.weight * rare, tuple(ways), held))
        return cls(tuple(parts), total, frozenset(places), {term: tuple(held) for term, held in places.items()})

    def relevance(self, fields: Fields) -> Relevance:
        """How well ``fields`` hold the concepts."""
        if not self.total:
            return Relevance(0.0, 0.0)
        frequencies = self._frequencies(fields)
        score = held = 0.0
        part, best, best_held = -1, 0.0, 0.0
        for number, place in sorted({place for term in frequencies for place in self.ways[term]}):
            if number != part:
                if part >= 0:
                    score += self.parts[part].weight * best
                    held += self.parts[part].weight * best_held
                part, best, best_held = number, 0.0, 0.0
            way = self.parts[number].ways[place]
            found = [(rare, frequencies[term]) for term, rare in way.terms if term in frequencies]
            there = sum([rare for rare, _ in found]) / way.mass
            if there >= ENOUGH_OF_VARIANT or not way.whole:
                reached = sum([rare * often / (often + K1) for rare, often in found])
                best = max(best, way.sureness * reached / way.mass)
                best_held = max(best_held, there)
        if part >= 0:
            score += self.parts[part].weight * best
            held += self.parts[part].weight * best_held
        return Relevance(score / self.total, held / self.total)

    def support(self, *places: Iterable[str]) -> float:
        """The support alone, of a passage that holds the terms of ``places``."""
        if not self.total:
            return 0.0
        there = frozenset().union(*map(self.terms.intersection, places))
        held = 0.0
        for part in self.parts:
            if part.terms.isdisjoint(there):
                continue
            best = 0.0
            for way in part.ways:
                share = sum([rare for term, rare in way.terms if term in there]) / way.mass
                if share >= ENOUGH_OF_VARIANT or not way.whole:
                    best = max(best, share)
            held += part.weight * best
        return held / self.total

    def _frequencies(self, fields: Fields) -> dict[str, float]:
        """The frequency of each term that stands there, over all fields, weighted by where it stands and for the
        body's length."""
        norm = 1 - B + B * fields.length / USUAL_LENGTH
        frequencies = {term: often / norm for term, often in fields.body.items() if term in self.ways}
        for place, weight in (
            (fields.section, SECTION_WEIGHT), (fields.chapter, CHAPTER_WEIGHT), (fields.title, TITLE_WEIGHT)
        ):  # fmt: skip
            for term in self.terms.intersection(place):
                frequencies[term] = frequencies.get(term, 0.0) + weight
        return frequencies


def relevance(concepts: Sequence[Concept], rarity: Mapping[str, float], fields: Fields) -> Relevance:
    """How well ``fields`` hold ``concepts``. ``rarity``: term -> inverse document frequency."""
    return Weighed.of(concepts, rarity).relevance(fields)
