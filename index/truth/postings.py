"""Postings: which passages hold a term, as arrays that stay in memory, so that a common term costs 5 ns a passage.

Passages are numbered in the order of their making and no number comes twice, and a passage's terms never change. So an
array, once read, stays right: later passages are added at its end, and those that are gone have no length any more.
"""

from __future__ import annotations

import sqlite3
from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock

import numpy as np
from numpy.typing import NDArray

MOST_KEPT = 20_000_000  # numbers in all arrays together: 80 MB

Numbers = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class _Read:
    """The passages of a term up to number ``last``."""

    numbers: Numbers
    last: int


@dataclass(frozen=True, slots=True)
class Lengths:
    """How long each passage is, in terms, by its number; 0 where there is none. ``change`` is that of the truth when
    they were read; ``usual`` the mean length."""

    change: int
    held: NDArray[np.float32]
    usual: float

    @classmethod
    def of(cls, change: int, held: NDArray[np.float32]) -> Lengths:
        return cls(change, held, float(held.sum(dtype=np.float64)) / max(1, int(np.count_nonzero(held))) or 1.0)

    @property
    def last(self) -> int:
        """The greatest number of a passage."""
        return self.held.size - 1


class Postings:
    """Of one truth. Safe to use from several threads, each with its own connection in a snapshot. A question that began
    before a manual was removed may miss some of it, as if it had begun after."""

    def __init__(self) -> None:
        self._guard = Lock()
        self._read: OrderedDict[str, _Read] = OrderedDict()
        self._kept = 0
        self._lengths = Lengths.of(-1, np.zeros(1, dtype=np.float32))

    def numbers(self, db: sqlite3.Connection, term: str, last: int) -> Numbers:
        """The numbers of the passages that hold ``term``, upwards, some of them gone perhaps; ``last`` is the greatest
        number there is."""
        with self._guard:
            known = self._read.get(term)
        if known is not None and known.last >= last:
            return known.numbers
        after = known.last if known is not None else 0
        row = db.execute(
            "SELECT group_concat(rowid) FROM keyword WHERE keyword MATCH ? AND rowid > ?", (f'"{term}"', after)
        ).fetchone()  # one text instead of rows: a third of the time
        found = listed_numbers(row[0])
        numbers = np.concatenate([known.numbers, found]) if known is not None else found
        self._keep(term, _Read(numbers, last))
        return numbers

    def lengths(self, db: sqlite3.Connection) -> Lengths:
        """Read when the truth has changed: which passages there are, 0.1 us each, and how long the new ones are."""
        change = int(db.execute("SELECT number FROM change").fetchone()[0])
        before = self._lengths
        if before.change == change:
            return before
        there = listed_numbers(db.execute("SELECT group_concat(id) FROM keyword_docsize").fetchone()[0])
        held = np.zeros((int(there.max()) if there.size else 0) + 1, dtype=np.float32)
        known = there[there <= before.last]
        held[known] = before.held[known]
        unread = there[held[there] == 0]  # later ones; and where a newer state was read before, what is gone in that
        if unread.size:
            for number, sizes in db.execute("SELECT id, sz FROM keyword_docsize WHERE id >= ?", (int(unread.min()),)):
                held[number] = sum(varints(sizes))
        self._lengths = Lengths.of(change, held)
        return self._lengths

    def _keep(self, term: str, read: _Read) -> None:
        with self._guard:
            before = self._read.pop(term, None)
            self._kept += read.numbers.size - (before.numbers.size if before is not None else 0)
            self._read[term] = read
            while self._kept > MOST_KEPT and len(self._read) > 1:
                _, oldest = self._read.popitem(last=False)
                self._kept -= oldest.numbers.size


def listed_numbers(listed: str | None) -> Numbers:
    """Numbers that SQLite's group_concat gives as one text, which costs a third of as many rows; None for no row."""
    return np.fromstring(listed or "", dtype=np.int32, sep=",")


def varints(block: bytes) -> list[int]:
    """Numbers as SQLite stores them: seven bits a byte, the highest bit set where more follow."""
    numbers, value = [], 0
    for byte in block:
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            numbers.append(value)
            value = 0
    return numbers
