"""Row fits: how each row of a manual's tables fits a question: the words it holds, those over it, its marks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from index.passage import Lang, Manual, Passage
from index.search.cells import Rarity, Row, rows_of
from index.search.lookalikes import MARK
from index.search.names import machine_names
from index.search.opposites import Marks, at_odds, beyond, marks_of, shared, without_names
from index.search.quantity import asked_quantities
from index.search.question import Question
from index.search.rank import ENOUGH_OF_VARIANT, Fields, Part, Weighed
from index.search.two_words import Name, broken_names, names_in
from index.text import informative, terms

PLAIN_CELL = 0.3  # what a word counts in a long cell; in a cell that holds nothing else it counts whole
_ENTRIES = frozenset({"alarm", "symptom", "faq"})  # one row a passage, told in several lines
_WORD = re.compile(r"[一-鿿々]+|[ァ-ヺー]+|[a-z0-9_.\-]+")  # no pair of characters across a border of script
_LONE_CAPITAL = re.compile(r"(?<![A-Za-z0-9_+-])[A-Z](?![A-Za-z0-9_+-])")
_ASKING = re.compile(
    r"\bhow (?:much|many|long|high|heavy|tight|far|often|fast|big|wide|deep)\b"
    r"|\b(?:go(?:es)?|takes?|needs?|needed|used?|called|value|which|what|where|when|after|default)\b"
    r"|何(?!度も)|いくつ|どれ(?:くらい|ぐらい)?|どの(?:くらい|ぐらい)?|教え|ください|初期値",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Fit:
    """How a row fits a question. For each word of the question: how much of it the row holds (``held``), how much
    stands over it (``placed``), and how much that counts beside another row (``counts``), each 0 to 1; then how many of
    its marks the row has, and whether the row is of the other side, number or amount (``odd``)."""

    number: int
    line: int
    text: str
    columns: frozenset[str]
    held: tuple[float, ...]
    placed: tuple[float, ...]
    counts: tuple[float, ...]
    marks: int
    odd: bool


@dataclass(frozen=True, slots=True)
class Words:
    """A question read for rows of one language: its words as ``parts``; ``subject``: which of them say what thing is
    meant; ``known``: how much of each the candidates hold at best (0 to 1); ``reach``: the share of the question that
    can be said in that language; ``marks`` without names of machines."""

    text: str
    parts: tuple[Part, ...]
    subject: tuple[bool, ...]
    known: tuple[float, ...]
    reach: float
    marks: Marks

    @classmethod
    def of(
        cls,
        asked: Question,
        lang: Lang,
        passages: Mapping[int, Passage],
        manuals: Mapping[str, Manual],
        fields: Fields,
        rarity: Rarity,
    ) -> Words:
        """``passages``: the candidates of that language; ``fields``: the question's terms in them."""
        weighed = Weighed.of(asked.concepts[lang], rarity(asked.terms(lang)))
        parts, rows = weighed.parts, {term: row for term, row in fields.rows.items() if term[:1] != MARK}
        known = weighed.most_held(rows, (fields.body > 0) | fields.section | fields.chapter | fields.title)
        said = _subject_terms(asked)
        subject = tuple(_is_word(part) and (not _is_own(part) or not said.isdisjoint(part.terms)) for part in parts)
        machines = frozenset().union(*(machine_names(manual) for manual in manuals.values()))
        marks = without_names(marks_of(asked.text), machines)
        return cls(asked.text, parts, subject, known, asked.reach[lang], marks)

    def fits(self, passages: Mapping[int, Passage], manual: Manual) -> list[Fit]:
        """Of all rows of ``passages``, which are of ``manual``."""
        names = names_in(self.text, [passage.text for passage in passages.values()])
        asked = frozenset().union(*(part.terms for part in self.parts))
        found: list[Fit] = []
        for number, passage in passages.items():
            above = beyond(self.marks, marks_of(" / ".join((*passage.section, _caption(passage)))))
            over: dict[tuple[str, ...], _Over] = {}
            for row in table_rows(passage):
                headers = tuple(header for header, _ in row.cells)
                if headers not in over:
                    there = terms_of(" / ".join(headers)) | _place(passage, manual)
                    odd = at_odds(Marks(names=above.names), marks_of(" / ".join(headers)), "")
                    over[headers] = _Over(there, held_in(self.parts, there), above, odd)
                found.append(self._fit(number, row, over[headers], names, asked))
        return found

    def _fit(self, number: int, row: Row, over: _Over, names: Sequence[Name], asked: frozenset[str]) -> Fit:
        cells = [cell for _, cell in row.cells]
        text = " / ".join(cells)
        each = [terms_of(cell) for cell in cells]
        there = frozenset().union(*each)
        broken = broken_names(names, there, over.there)
        held = held_in(self.parts, there)
        if broken:
            held = tuple(0.0 if broken & part.terms else one for part, one in zip(self.parts, held, strict=True))
        counts = [1.0] * len(self.parts)
        filled = [
            _filled(cell, asked) if not asked.isdisjoint(terms) else 0.0
            for cell, terms in zip(cells, each, strict=True)
        ]
        for at, part in enumerate(self.parts):
            if held[at]:
                counts[at] = max(
                    full for terms, full in zip(each, filled, strict=True) if not part.terms.isdisjoint(terms)
                )
        told = marks_of(text)
        marks = shared(over.marks, told, text) + self._capitals(cells)
        odd = over.odd or at_odds(over.marks, told, text)
        return Fit(number, row.line or 0, text, columns_of([row]), held, over.placed, tuple(counts), marks, odd)

    def _capitals(self, cells: Iterable[str]) -> int:
        """How many cells are a single capital that stands alone in the question, as phase W."""
        lone = set(_LONE_CAPITAL.findall(self.text))
        return sum(cell in lone for cell in cells)


@dataclass(frozen=True, slots=True)
class _Over:
    """What stands over rows: the terms, how much of each word these hold, the marks that are still asked for below it,
    and whether a column is of another number."""

    there: frozenset[str]
    placed: tuple[float, ...]
    marks: Marks
    odd: bool


def _filled(cell: str, asked: frozenset[str]) -> float:
    """How much a word counts in a cell: less in a long remark than where it is the whole cell."""
    said = _informative(cell)
    return PLAIN_CELL + (1 - PLAIN_CELL) * len(said & asked) / (len(said) or 1)


def table_rows(passage: Passage) -> list[Row]:
    """The rows of a passage of a table; of an alarm's or symptom's entry none."""
    return [] if passage.kind in _ENTRIES else [row for row in rows_of(passage.text) if row.line is not None]


def columns_of(rows: Iterable[Row]) -> frozenset[str]:
    return frozenset(header for row in rows for header, _ in row.cells)


def held_in(parts: Sequence[Part], there: frozenset[str]) -> tuple[float, ...]:
    """How much of each word ``there`` holds (0 to 1), by its best variant."""
    held = []
    for part in parts:
        best = 0.0
        if not part.terms.isdisjoint(there):
            for way in part.ways:
                share = sum([rare for term, rare in way.terms if term in there]) / way.mass
                if share >= ENOUGH_OF_VARIANT or not way.whole:
                    best = max(best, share)
        held.append(best)
    return tuple(held)


def _subject_terms(asked: Question) -> frozenset[str]:
    """The terms of the question without the words that only ask."""
    text = asked.text
    for quantity in asked_quantities(text):
        text = quantity.asked.sub(" ", text)
    return frozenset(terms(_ASKING.sub(" ", text)))


def _is_own(part: Part) -> bool:
    """Whether it is a word that the question says itself, and no translation of one."""
    return any(way.sureness == 1.0 for way in part.ways)


def _is_word(part: Part) -> bool:
    whole = [bool(_WORD.fullmatch(term)) for term, _ in part.ways[0].terms] if part.ways else []
    return any(whole) and (len(whole) > 1 or all(whole))


@lru_cache(maxsize=16_384)
def terms_of(text: str) -> frozenset[str]:
    return frozenset(terms(text))


@lru_cache(maxsize=16_384)
def _informative(text: str) -> frozenset[str]:
    return frozenset(filter(informative, terms_of(text)))


def _caption(passage: Passage) -> str:
    first = passage.text.partition("\n")[0]
    return "" if ": " in first else first


def _place(passage: Passage, manual: Manual) -> frozenset[str]:
    return _place_terms((manual.title, *passage.section, _caption(passage)))


@lru_cache(maxsize=8192)
def _place_terms(places: tuple[str, ...]) -> frozenset[str]:
    return frozenset(terms(" ".join(places)))
