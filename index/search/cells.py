"""Cells: the row of a table that a question asks where it names a row and a column.

"購入数 of MicroSD card" names a column by its header and a row by a cell. Prose that mentions the card as often as its
row does tells no number of pieces, so the row is what was asked for. The measure of a row is the product of three
shares (0 to 1): how much of a column's name the question holds, how much of another cell of the row it holds, and how
much of the question the row, its headings and the manual's title explain together.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from index.passage import Hit, Lang, Manual, Passage
from index.search.fuse import CodeMatch
from index.search.names import machine_names, squeezed
from index.search.quantity import Quantity, asked_quantities, gives
from index.search.question import Question
from index.search.rank import Weighed
from index.text import informative, normalise, terms

Rarity = Callable[[Iterable[str]], Mapping[str, float]]
ASKED_ROW = 0.5  # what the row that explains the whole question adds to its passage's score
LEAST_NAMED = 0.6  # a column of whose name the question holds less is not named
MEANT_NAME = 0.8  # a column named in other words, or by its unit ("how many N·m")
LEAST_STRENGTH = 0.4  # a row below this is one of many that share a word with the question
ALL = 0.8  # from here on the row explains the question but for a word or two
_ENTRIES = frozenset({"alarm", "symptom", "faq"})  # kinds of passages that are one row, told in several lines
_UNIT = re.compile(r"\s*[\[［(（][^\])）］]{1,14}[\])）］]\s*$")
_LONGEST_HEADER = 60
_LETTER = re.compile(r"[^\W\d_]")
_LONE = re.compile(r"(?<![a-z0-9])[a-z](?![a-z0-9])")
_BETWEEN = r"[\sの:=#]{0,2}"  # "Mode 0", "パラメーター:3"


@dataclass(frozen=True, slots=True)
class AskedRow:
    """``line`` of the passage's text (from 0) is the row, None where the whole passage is; ``strength`` (0 to 1);
    ``machine``: the row is named by a machine that the question names, so its manual need not be that machine's."""

    line: int | None
    strength: float
    machine: bool = False

    @property
    def points(self) -> float:
        """What it adds to its passage's score: none at LEAST_STRENGTH, ASKED_ROW from ALL on."""
        return ASKED_ROW * min(1.0, (self.strength - LEAST_STRENGTH) / (ALL - LEAST_STRENGTH))


def with_rows(codes: Sequence[CodeMatch], rows: Mapping[int, AskedRow]) -> tuple[CodeMatch, ...]:
    """``codes``, where a row that is all that was asked for leads like the entry of the code that it holds."""
    whole = {number for number, row in rows.items() if row.strength >= ALL}
    return tuple(replace(match, lead=True) if match.number in whole else match for match in codes)


def with_lines(hits: Iterable[Hit], rows: Mapping[str, AskedRow]) -> list[Hit]:
    """``hits`` with the line of the row that is asked for; ``rows`` by passage id."""
    return [replace(hit, row=rows[hit.passage.id].line) if hit.passage.id in rows else hit for hit in hits]


@dataclass(frozen=True, slots=True)
class Row:
    """A row's ``line`` in its passage (from 0), None for one told in several lines, and its (header, cell) pairs."""

    line: int | None
    cells: tuple[tuple[str, str], ...]


def asked_rows(
    asked: Question, passages: Mapping[int, Passage], manuals: Mapping[str, Manual], rarity: Rarity
) -> dict[int, AskedRow]:
    """The best row of each of ``passages`` (by number) of which ``asked`` names a cell and a column."""
    of_lang: dict[Lang, _Asked] = {}
    found: dict[int, AskedRow] = {}
    for number, passage in passages.items():
        rows = rows_of(passage.text, passage.kind in _ENTRIES) if ": " in passage.text else ()
        if not rows:
            continue
        if passage.lang not in of_lang:
            of_lang[passage.lang] = _Asked.of(asked, passage.lang, manuals, rarity)
        named = of_lang[passage.lang].best(rows, passage, manuals[passage.manual_id])
        if named is not None:
            found[number] = named
    return found


@lru_cache(maxsize=2048)
def rows_of(text: str, entry: bool = False) -> tuple[Row, ...]:
    """The rows in a passage's text: lines "header: cell / header: cell"; where it is one ``entry``, also all its lines
    "header: cell" together."""
    rows: list[Row] = []
    told: list[tuple[str, str]] = []
    for number, line in enumerate(text.split("\n")):
        cells = _cells(line)
        if len(cells) > 1:
            rows.append(Row(number, cells))
        elif entry and cells:
            told += cells
        elif entry and told and not rows:
            told[-1] = (told[-1][0], f"{told[-1][1]} {line}")
    return (*rows, *([Row(None, tuple(told))] if len(told) > 1 else ()))


def _cells(line: str) -> tuple[tuple[str, str], ...]:
    if ": " not in line:
        return ()
    cells: list[tuple[str, str]] = []
    for part in line.split(" / "):
        header, mark, cell = part.partition(": ")
        if mark and header and len(header) <= _LONGEST_HEADER:
            cells.append((header, cell))
        elif cells:  # the mark stood inside a cell
            cells[-1] = (cells[-1][0], f"{cells[-1][1]} / {part}")
        else:
            return ()
    return tuple(cells)


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question as it is looked for in rows of one language: all ``words`` that it may be said in, its ``own``, its
    text in ``plain`` form, and the names of the ``machines`` that it names, by manual."""

    question: Question
    lang: Lang
    words: frozenset[str]
    own: frozenset[str]
    plain: str
    weighed: Weighed
    quantities: tuple[Quantity, ...]
    machines: Mapping[str, frozenset[str]]
    shares: dict[str, float] = field(default_factory=dict)  # of columns' names: a table has the same in every row

    @classmethod
    def of(cls, asked: Question, lang: Lang, manuals: Mapping[str, Manual], rarity: Rarity) -> _Asked:
        own = _informative(asked.text)
        words = tuple(dict.fromkeys((*asked.terms(lang), *own)))
        machines = {number: machine_names(manuals[number]) for number in asked.named if number in manuals}
        quantities = asked_quantities(asked.text)
        plain = _plain(asked.text)
        weighed = Weighed.of(asked.concepts[lang], rarity(words))
        return cls(asked, lang, frozenset(words), frozenset(own), plain, weighed, quantities, machines)

    def best(self, rows: Iterable[Row], passage: Passage, manual: Manual) -> AskedRow | None:
        """The row of ``rows`` that is asked for, None where none is; where a machine is named, one of its own manual or
        one that the machine names."""
        elsewhere = bool(self.question.named) and manual.id not in self.question.named
        best: AskedRow | None = None
        for row in rows:
            for named, header in self._columns(row):
                key, cell = max(self._keys(row, header), default=(0.0, ""))
                if named * key < LEAST_STRENGTH or (elsewhere and not self._is_machine(cell)):
                    continue
                strength = named * key * self._explained(row, header, passage, manual)
                if strength >= LEAST_STRENGTH and (best is None or strength > best.strength):
                    best = AskedRow(row.line, strength, self._is_machine(cell))
        return best

    def _columns(self, row: Row) -> Iterator[tuple[float, str]]:
        """(how much of its name the question holds, name) of each column that it names, or whose unit it asks for."""
        for header, cell in row.cells:
            share = self._share_of_name(header)
            if self.quantities and share < 1.0:
                share = MEANT_NAME if gives(self.quantities, cell, header) else 0.0
            if cell and share >= LEAST_NAMED:
                yield share, header

    def _share_of_name(self, header: str) -> float:
        """How much of a column's name the question holds; less where only in other words."""
        share = self.shares.get(header)
        if share is None:
            share = self.shares[header] = self._look_for_name(header)
        return share

    def _look_for_name(self, header: str) -> float:
        plain, said = _column(header)
        if self._says(plain):
            return 1.0
        if self.words.isdisjoint(said):  # what the question holds itself is among all that it may be said in
            return 0.0
        own = sum(term in self.own for term in said) / (len(said) or 1)
        return max(own, MEANT_NAME * sum(term in self.words for term in said) / (len(said) or 1))

    def _keys(self, row: Row, column: str) -> Iterator[tuple[float, str]]:
        """(how much of it the question holds, cell) of each cell that may name the row."""
        of_column = set(_informative(column))
        for header, cell in row.cells:
            if header == column or not cell:
                continue
            plain = _plain(cell)
            if not _LETTER.search(plain):
                named = rf"{re.escape(_plain(header))}{_BETWEEN}{re.escape(plain)}(?![a-z0-9_]|\.\d)"
                if plain in self.plain and re.search(named, self.plain):  # a pattern costs more than all else here
                    yield 1.0, cell
            elif len(plain) == 1:
                text = self.question.text
                if cell in text and re.search(rf"(?<![\w+-]){re.escape(cell)}(?![\w+-])", text):
                    yield 1.0, cell
            elif self._says(plain):
                yield 1.0, cell
            else:
                said = _informative(cell)
                held = [term for term in said if term in self.words]
                letters = _LONE.findall(plain)  # of "GP-7 S" and "GP-7 L" they are all that differs, and no terms
                shared = sum(bool(re.search(rf"(?<![a-z0-9]){one}(?![a-z0-9])", self.plain)) for one in letters)
                if any(term not in of_column for term in held):
                    yield (len(held) + shared) / (len(said) + len(letters)), cell

    def _says(self, plain: str) -> bool:
        """Whether the question holds ``plain`` word for word, in Japanese also inside a longer word."""
        at = self.plain.find(plain) if plain else -1
        while at >= 0:
            before, after = self.plain[at - 1 : at] if at else "", self.plain[at + len(plain) : at + len(plain) + 1]
            if not (_joins(before, plain[:1]) or _joins(plain[-1:], after)):
                return True
            at = self.plain.find(plain, at + 1)
        return False

    def _explained(self, row: Row, column: str, passage: Passage, manual: Manual) -> float:
        """The share of the question that the row without the cell asked for, its headings and title hold."""
        body = [term for header, cell in row.cells if header != column for term in _terms(cell)]
        places = (_terms(column), _terms(" ".join(passage.section)), _terms(manual.title))
        return self.weighed.support(body, *places) * self.question.reach[self.lang]

    def _is_machine(self, cell: str) -> bool:
        if not self.machines:
            return False
        letters = squeezed(cell)
        return any(name in letters for names in self.machines.values() for name in names)


def _joins(before: str, after: str) -> bool:
    """Whether two characters are of one word; Japanese has no borders between words."""
    return bool(before and after) and all(c.isascii() and (c.isalnum() or c in "_") for c in (before, after))


@lru_cache(maxsize=8192)
def _column(header: str) -> tuple[str, tuple[str, ...]]:
    """A column's name without its unit: its plain form, and its informative terms."""
    name = _UNIT.sub("", header) or header
    return _plain(name), _informative(name)


@lru_cache(maxsize=8192)
def _plain(text: str) -> str:
    return normalise(text)


@lru_cache(maxsize=8192)
def _terms(text: str) -> tuple[str, ...]:
    return tuple(terms(text))


@lru_cache(maxsize=8192)
def _informative(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(term for term in _terms(text) if informative(term)))
