"""Remembered: what every question asks of the truth, kept until it changes: its manuals, how common terms are.

Counting manuals' passages and reading a common term's list take milliseconds that grow with the index (1.3 ms a term
that half of 100,000 passages hold). The table ``change`` holds a number that triggers raise with every manual put,
described or removed, in the same transaction; what was read at one number is right for every reader at that number.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from threading import Lock

from index.passage import Manual

MOST_TERMS = 200_000  # about 20 MB


@dataclass(slots=True)
class _Held:
    """What was read at change ``number``."""

    number: int
    manuals: tuple[Manual, ...] | None = None
    counts: dict[str, int] = field(default_factory=dict)


class Remembered:
    """Safe to use from several threads, each with its own connection; not inside a transaction that writes, since what
    it reads may be rolled back."""

    def __init__(self) -> None:
        self._guard = Lock()
        self._held = _Held(-1)

    def manuals(self, db: sqlite3.Connection, read: Callable[[], Sequence[Manual]]) -> tuple[Manual, ...]:
        """The manuals, as ``read`` gives them."""
        held = self._at(db)
        if held.manuals is None:
            held.manuals = tuple(read())
        return held.manuals

    def counts(self, db: sqlite3.Connection, wanted: Iterable[str]) -> dict[str, int]:
        """How many passages hold each term."""
        known = self._at(db).counts
        found = {}
        for term in wanted:
            count = known.get(term)
            if count is None:
                row = db.execute("SELECT doc FROM keyword_vocab WHERE term = ?", (term,)).fetchone()
                count = int(row[0]) if row else 0
                if len(known) < MOST_TERMS:
                    known[term] = count
            found[term] = count
        return found

    def _at(self, db: sqlite3.Connection) -> _Held:
        """What is kept for the state that ``db`` sees. A reader of an older state takes nothing from a newer one."""
        number = int(db.execute("SELECT number FROM change").fetchone()[0])
        with self._guard:
            if self._held.number != number:
                self._held = _Held(number)
            return self._held
