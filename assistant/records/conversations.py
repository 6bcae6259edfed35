"""Conversations: what a person asked and was shown, kept for that person alone: listed, searched, opened, deleted."""

from __future__ import annotations

import logging
import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from assistant.answer import Answer
from assistant.records.database import Database
from assistant.records.errors import RecordUnknown
from assistant.records.kept_answer import answer_json, answer_of

MOST = 300  # conversations of one person; the oldest go
PAGE = 50
TITLE = 120  # characters of the first question
_LOG = logging.getLogger("andon.records")


@dataclass(frozen=True, slots=True)
class Conversation:
    """One conversation: its first question, when it began and went on last (UTC, ISO 8601), and how many turns it
    has."""

    id: str
    title: str
    made_at: str
    changed_at: str
    turns: int


def put_turn(db: sqlite3.Connection, who: str, conversation: str, number: int, answer: Answer) -> None:
    """Write down turn ``number`` (from 1), in place of what it was before, inside the caller's transaction. What
    belongs to somebody else is left alone."""
    # microseconds: two conversations changed in one millisecond would have no order
    at = datetime.now(timezone.utc).isoformat(timespec="microseconds")
    owner = db.execute("SELECT who FROM conversation WHERE id = ?", (conversation,)).fetchone()
    if owner is None:
        title = " ".join(answer.question.split())[:TITLE]
        db.execute("INSERT INTO conversation VALUES (?, ?, ?, ?, ?)", (conversation, who, title, at, at))
        _drop_oldest(db, who)
    elif owner["who"] != who:
        return
    db.execute(
        "INSERT OR REPLACE INTO turn VALUES (?, ?, ?, ?, ?, ?)",
        (conversation, number, at, answer.question, answer.text, answer_json(answer)),
    )
    db.execute("UPDATE conversation SET changed_at = ? WHERE id = ?", (at, conversation))


def forget_conversations(db: sqlite3.Connection, days: int, now: datetime) -> None:
    """Delete those that nobody went on with for ``days``."""
    cutoff = (now.astimezone(timezone.utc) - timedelta(days=days)).isoformat(timespec="milliseconds")
    db.execute("DELETE FROM conversation WHERE changed_at < ?", (cutoff,))
    _drop_orphans(db)


class Conversations:
    """One person's conversations; nobody else's are ever seen or touched."""

    def __init__(self, database: Database, who: str) -> None:
        self._database = database
        self._who = who

    def all(self, words: str = "", limit: int = PAGE) -> list[Conversation]:
        """Those in whose questions or answers each of ``words`` stands, latest first."""
        where, values = "who = ?", [self._who]
        for word in words.split():
            where += (
                " AND EXISTS (SELECT 1 FROM turn WHERE conversation = conversation.id"
                " AND (instr(lower(question), lower(?)) OR instr(lower(said), lower(?))))"
            )
            values += [word, word]
        with self._database.read() as db:
            rows = db.execute(
                "SELECT id, title, made_at, changed_at,"
                " (SELECT count(*) FROM turn WHERE conversation = conversation.id) AS turns"
                f" FROM conversation WHERE {where} ORDER BY changed_at DESC, rowid DESC LIMIT ?",
                (*values, limit),
            ).fetchall()
        return [Conversation(**dict(row)) for row in rows]

    def turns(self, conversation: str) -> list[Answer]:
        """Its answers, oldest first; what an earlier Andon wrote otherwise is left out. Raises RecordUnknown."""
        with self._database.read() as db:
            self._check(db, conversation)
            rows = db.execute(
                "SELECT answer FROM turn WHERE conversation = ? ORDER BY number", (conversation,)
            ).fetchall()
        answers = []
        for row in rows:
            try:
                answers.append(answer_of(row["answer"]))
            except ValueError as error:
                _LOG.warning("A turn of a conversation is left out. %s", error)
        return answers

    def delete(self, conversation: str) -> None:
        """Raises RecordUnknown."""
        with self._database.write() as db:
            self._check(db, conversation)
            db.execute("DELETE FROM conversation WHERE id = ?", (conversation,))
            _drop_orphans(db)

    def delete_all(self) -> int:
        """Returns how many went."""
        with self._database.write() as db:
            gone = db.execute("DELETE FROM conversation WHERE who = ?", (self._who,)).rowcount
            _drop_orphans(db)
        return gone

    def _check(self, db: sqlite3.Connection, conversation: str) -> None:
        row = db.execute("SELECT 1 FROM conversation WHERE id = ? AND who = ?", (conversation, self._who)).fetchone()
        if row is None:
            raise RecordUnknown("There is no such conversation of yours.", "List them again; it may have been deleted.")


def _drop_oldest(db: sqlite3.Connection, who: str) -> None:
    db.execute(
        "DELETE FROM conversation WHERE who = ?1 AND id NOT IN"
        " (SELECT id FROM conversation WHERE who = ?1 ORDER BY changed_at DESC, rowid DESC LIMIT ?2)",
        (who, MOST),
    )
    _drop_orphans(db)


def _drop_orphans(db: sqlite3.Connection) -> None:
    db.execute("DELETE FROM turn WHERE conversation NOT IN (SELECT id FROM conversation)")
