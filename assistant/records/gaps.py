"""Gaps: what people asked that the manuals do not hold, like questions together, for the admin to close."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from assistant.records.database import Database
from assistant.records.entry import now_utc
from assistant.records.errors import FeedbackRefused, RecordUnknown
from index.codes.find import find_codes
from index.text import informative, terms

State = Literal["open", "manual_added", "dismissed"]
STATES: tuple[State, ...] = get_args(State)
# reasons for declining that name a hole in the manuals; an empty library is none
REASONS = ("nothing_relevant", "unknown_code", "other_machine", "value_missing", "procedure_missing")
FEEDBACK = "feedback"  # the reason of a gap that a reader named: "not in the manuals"
ALIKE = 0.5  # of the informative terms of both questions together
COMPARED = 2000  # the latest gaps; comparing with so many takes a few milliseconds
PAGE = 200
SHOWN_QUESTIONS = 5
LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class Asked:
    """A question to which the manuals hold no answer; ``nearest``: where the nearest sections stand."""

    entry: str
    question: str
    lang: str
    reason: str
    nearest: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Gap:
    """Like questions together. ``questions``: the latest different ones; ``nearest``: of the latest question;
    ``assigned``: who sees to it, "" for nobody."""

    id: int
    state: str
    count: int
    last_at: str
    questions: tuple[str, ...]
    codes: tuple[str, ...]
    reasons: tuple[str, ...]
    nearest: tuple[str, ...]
    changed_by: str
    changed_at: str
    assigned: str = ""


def put_gap(db: sqlite3.Connection, asked: Asked) -> int:
    """Put the question to the gap that it is like, or to a new one; returns the gap's number. A gap for which a manual
    was added is open again: it did not help. One that was dismissed stays so."""
    codes = sorted({code.canonical for code in find_codes(asked.question)})
    words = _words(asked.question)
    row = db.execute("SELECT gap FROM gap_ask WHERE entry = ?", (asked.entry,)).fetchone()
    gap = int(row[0]) if row else _like(db, codes, words)
    if gap is None:
        at = db.execute(
            "INSERT INTO gap (state, codes, terms) VALUES ('open', ?, ?)",
            (json.dumps(codes, ensure_ascii=False), json.dumps(sorted(words), ensure_ascii=False)),
        )
        gap = int(at.lastrowid or 0)
    db.execute("UPDATE gap SET state = 'open' WHERE id = ? AND state = 'manual_added'", (gap,))
    db.execute(
        "INSERT OR REPLACE INTO gap_ask VALUES (?, ?, ?, ?, ?, ?, ?)",
        (gap, asked.entry, now_utc(), asked.question, asked.lang, asked.reason,
         json.dumps(asked.nearest, ensure_ascii=False)),
    )  # fmt: skip
    return gap


def _words(question: str) -> set[str]:
    return {term for term in terms(question) if informative(term)}


def _like(db: sqlite3.Connection, codes: Sequence[str], words: set[str]) -> int | None:
    """The gap of the same codes; of questions without codes the one that shares most words, half of them at least."""
    best, best_share = None, ALIKE
    for row in db.execute("SELECT id, codes, terms FROM gap ORDER BY id DESC LIMIT ?", (COMPARED,)):
        theirs = json.loads(row["codes"])
        if codes or theirs:
            if list(codes) == theirs:
                return int(row["id"])
            continue
        others = set(json.loads(row["terms"]))
        share = len(words & others) / len(words | others) if words | others else 1.0
        if share >= best_share:
            best, best_share = int(row["id"]), share
    return best


class GapTable:
    """Reads the gaps and sets their states."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self, state: str = "", limit: int = PAGE) -> list[Gap]:
        """Most asked first, then latest; ``state`` "" for every state. Raises FeedbackRefused for one there is not."""
        if state and state not in STATES:
            raise FeedbackRefused(f"There is no state {state!r}.", f"Choose one of: {', '.join(STATES)}.")
        with self._database.read() as db:
            rows = db.execute(
                "SELECT gap.*, count(*) AS number, max(at) AS last_at FROM gap JOIN gap_ask ON gap = gap.id"
                " WHERE ? IN ('', state) GROUP BY gap.id ORDER BY number DESC, last_at DESC, gap.id DESC LIMIT ?",
                (state, limit),
            ).fetchall()
            return [_gap(db, row) for row in rows]

    def counts(self) -> dict[str, int]:
        """How many in each state."""
        with self._database.read() as db:
            found = dict(db.execute("SELECT state, count(*) FROM gap GROUP BY state").fetchall())
        return {state: int(found.get(state, 0)) for state in STATES}

    def set_state(self, gap_id: int, state: str, who: str) -> Gap:
        """Raises RecordUnknown and FeedbackRefused."""
        if state not in STATES:
            raise FeedbackRefused(f"There is no state {state!r}.", f"Choose one of: {', '.join(STATES)}.")
        return self._changed(gap_id, who, "state", state)

    def assign(self, gap_id: int, name: str, who: str) -> Gap:
        """Say who sees to it; "" for nobody. Raises RecordUnknown and FeedbackRefused."""
        if len(name) > LONGEST_NAME or not (name.isprintable() or not name):
            raise FeedbackRefused(f"A name has up to {LONGEST_NAME} printable characters.", "Choose another name.")
        return self._changed(gap_id, who, "assigned", name)

    def _changed(self, gap_id: int, who: str, column: str, value: str) -> Gap:
        with self._database.write() as db:
            db.execute(
                f"UPDATE gap SET {column} = ?, changed_by = ?, changed_at = ? WHERE id = ?",
                (value, who, now_utc(), gap_id),
            )
            row = db.execute(
                "SELECT gap.*, count(*) AS number, max(at) AS last_at FROM gap JOIN gap_ask ON gap = gap.id"
                " WHERE gap.id = ? GROUP BY gap.id",
                (gap_id,),
            ).fetchone()
            if row is None:
                raise RecordUnknown(f"There is no gap {gap_id}.", "List the gaps again; it may have been deleted.")
            return _gap(db, row)


def _gap(db: sqlite3.Connection, row: sqlite3.Row) -> Gap:
    asks = db.execute(
        "SELECT question, reason, nearest FROM gap_ask WHERE gap = ? ORDER BY at DESC, rowid DESC LIMIT 200",
        (row["id"],),
    ).fetchall()
    return Gap(
        row["id"], row["state"], row["number"], row["last_at"],
        tuple(dict.fromkeys(ask["question"] for ask in asks))[:SHOWN_QUESTIONS], tuple(json.loads(row["codes"])),
        tuple(dict.fromkeys(ask["reason"] for ask in asks)),
        next((tuple(found) for ask in asks if (found := json.loads(ask["nearest"]))), ()),
        row["changed_by"], row["changed_at"], row["assigned"],
    )  # fmt: skip
