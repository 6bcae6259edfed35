"""Ranking: how well a passage holds a question's terms (BM25F over body, section and title, scaled to 0..1)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

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


Points = NDArray[np.float64]
Marked = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Fields:
    """The terms of passages by where they stand, as arrays of (term, passage): the text itself, the passage's own
    heading, the headings above it, the manual's title. In all but the text it is the same how often a term stands
    there. ``ids``: of the passages; ``rows``: the place of each term that may be asked for; ``lengths``: how many terms
    each text has in all."""

    ids: tuple[str, ...]
    rows: Mapping[str, int]
    body: Points
    lengths: Points
    section: Marked
    chapter: Marked
    title: Marked

    def said(self, terms: Iterable[str]) -> frozenset[str]:
        """The ids of the passages whose text holds one of ``terms``."""
        rows = [self.rows[term] for term in terms if term in self.rows]
        return frozenset(self.ids[column] for column in np.flatnonzero(self.body[rows].any(axis=0)).tolist())


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
    """Concepts with what is the same for every passage worked out once."""

    parts: tuple[Part, ...]
    total: float
    terms: frozenset[str]

    @classmethod
    def of(cls, concepts: Sequence[Concept], rarity: Mapping[str, float]) -> Weighed:
        """``rarity``: term -> inverse document frequency."""
        parts, total = [], 0.0
        for concept in concepts:
            ways, rare = list[Way](), 0.0
            for variant in concept.variants:
                mass = sum(rarity[term] for term in variant.terms)
                if not mass:
                    continue
                if variant.sureness == 1.0 or not rare:
                    rare = max(rare, mass / len(variant.terms))
                terms = tuple((term, rarity[term]) for term in variant.terms)
                ways.append(Way(terms, mass, variant.sureness, variant.whole))
            total += concept.weight * rare
            held = frozenset(term for way in ways for term, _ in way.terms)
            parts.append(Part(concept.weight * rare, tuple(ways), held))
        return cls(tuple(parts), total, frozenset().union(*(part.terms for part in parts)))

    def relevances(self, fields: Fields) -> list[Relevance]:
        """How well each passage of ``fields`` holds the concepts."""
        if not self.total:
            return [Relevance(0.0, 0.0)] * fields.lengths.size
        terms, often = self._frequencies(fields)
        ways = _Ways.of(self.parts, terms, often)
        there, reached = ways.added((often > 0).astype(np.float64)) / ways.mass, ways.added(often, often + K1)
        counts = (there >= ENOUGH_OF_VARIANT) | ~ways.whole
        score = self._of_parts(ways, np.where(counts, ways.sureness * reached / ways.mass, 0.0))
        held = self._of_parts(ways, np.where(counts, there, 0.0))
        return [Relevance(*each) for each in zip(score.tolist(), held.tolist(), strict=True)]

    def most_held(self, rows: Mapping[str, int], there: Marked) -> tuple[float, ...]:
        """How much of each part the passage that holds most of it holds (0 to 1), by its best variant. ``there``:
        which terms, at ``rows``, stand in which passages."""
        terms = {term: rows[term] for term in self.terms if term in rows}
        held = there[list(terms.values())]
        ways = _Ways.of(self.parts, {term: row for row, term in enumerate(terms)}, held)
        shares = ways.added(held.astype(np.float64)) / ways.mass
        shares = np.where((shares >= ENOUGH_OF_VARIANT) | ~ways.whole, shares, 0.0)
        most = [0.0] * len(self.parts)
        for part, share in zip(ways.parts, shares.max(axis=1, initial=0.0).tolist(), strict=True):
            most[part] = max(most[part], share)
        return tuple(most)

    def _of_parts(self, ways: _Ways, points: Points) -> Points:
        """The mean by weight of the best of each part's ways, for each passage."""
        if not ways.parts:
            return np.zeros(points.shape[1])
        best = np.maximum.reduceat(points, ways.firsts)
        weights = np.array([[self.parts[ways.parts[first]].weight] for first in ways.firsts])
        mean: Points = (weights * best).sum(axis=0) / self.total
        return mean

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

    def _frequencies(self, fields: Fields) -> tuple[dict[str, int], Points]:
        """How often each term stands there, over all fields, weighted by where it stands and for the text's length;
        and the places of the terms in that array of (term, passage)."""
        terms = [term for term in self.terms if term in fields.rows]
        rows = [fields.rows[term] for term in terms]
        often = fields.body[rows] / (1 - B + B * fields.lengths / USUAL_LENGTH)
        for place, weight in (
            (fields.section, SECTION_WEIGHT), (fields.chapter, CHAPTER_WEIGHT), (fields.title, TITLE_WEIGHT)
        ):  # fmt: skip
            often += weight * place[rows]
        return {term: row for row, term in enumerate(terms)}, often


@dataclass(frozen=True, slots=True)
class _Ways:
    """The ways of all parts of which a passage holds a term, one after the other. ``parts``: the part of each;
    ``firsts``: where each part begins; ``terms`` and ``rarity``: (way, place in it), filled up with nothing."""

    parts: tuple[int, ...]
    firsts: list[int]
    terms: NDArray[np.int64]
    rarity: Points
    mass: Points
    sureness: Points
    whole: Marked

    @classmethod
    def of(cls, parts: Sequence[Part], rows: Mapping[str, int], often: Points | Marked) -> _Ways:
        """``rows``: the place of each term in ``often``, which tells where it stands (term, passage)."""
        stands = set(np.flatnonzero(np.any(often, axis=1)).tolist())
        there = {term for term, row in rows.items() if row in stands}
        chosen = [
            (number, way)
            for number, part in enumerate(parts)
            if not part.terms.isdisjoint(there)
            for way in part.ways
            if any(term in there for term, _ in way.terms)
        ]
        longest = max((len(way.terms) for _, way in chosen), default=0)
        terms = np.full((len(chosen), longest), len(rows))
        rarity = np.zeros((len(chosen), longest))
        for line, (_, way) in enumerate(chosen):
            terms[line, : len(way.terms)] = [rows.get(term, len(rows)) for term, _ in way.terms]
            rarity[line, : len(way.terms)] = [rare for _, rare in way.terms]
        numbers = tuple(number for number, _ in chosen)
        firsts = [n for n, number in enumerate(numbers) if not n or numbers[n - 1] != number]
        mass = np.array([way.mass for _, way in chosen], dtype=np.float64).reshape(-1, 1)
        sureness = np.array([way.sureness for _, way in chosen], dtype=np.float64).reshape(-1, 1)
        whole = np.array([way.whole for _, way in chosen], dtype=bool).reshape(-1, 1)
        return cls(numbers, firsts, terms, rarity, mass, sureness, whole)

    def added(self, points: Points, over: Points | None = None) -> Points:
        """The ``points`` (term, passage) of each way's terms by rarity, added up: (way, passage). Term by term, so that
        passages that hold the same are equal to the last bit. ``over``: what each is divided by, once it is weighed."""
        padded = np.vstack([points, np.zeros((1, points.shape[1]))])
        divided = np.vstack([over, np.ones((1, points.shape[1]))]) if over is not None else None
        found = np.zeros((len(self.parts), points.shape[1]))
        for place in range(self.terms.shape[1]):
            terms = self.terms[:, place]
            weighed = self.rarity[:, place, None] * padded[terms]
            found += weighed / divided[terms] if divided is not None else weighed
        return found
