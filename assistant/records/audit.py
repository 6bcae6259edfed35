"""Audit: the log of questions and admin acts in its tables: written, filtered, exported, forgotten after its time."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

from assistant.records.database import Database
from assistant.records.entry import NAMES, QUESTION, Entry, entry_json, entry_of_row, row_of
from assistant.records.errors import FeedbackRefused

PAGE = 200
_COLUMNS = (
    "at", "kind", "who", "door", "subject", "verdict", "declined", "answer", "quotes", "model", "revision", "timing",
    "scope", "failure", "id",
)  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # a cell that begins so is run by spreadsheets (OWASP, CSV injection)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries: what is empty does not narrow. ``since`` and ``until``: ISO dates or times, UTC where no zone is
    given, ``until`` not included; ``kind``: "question", "acts" or one of ACTS; ``verdict``: of an answer; ``words``:
    stand in question, answer or what was acted on."""

    since: str = ""
    until: str = ""
    who: str = ""
    kind: str = ""
    verdict: str = ""
    words: str = ""
    limit: int = PAGE
    offset: int = 0


def put_entry(db: sqlite3.Connection, entry: Entry, texts: Mapping[str, str], keep: bool) -> None:
    """Count the entry and, with ``keep``, write it down, inside the caller's transaction."""
    db.execute(
        "INSERT INTO counted VALUES (?, ?, ?, ?, ?, 1) "
        "ON CONFLICT (day, kind, door, verdict, declined) DO UPDATE SET number = number + 1",
        (entry.at[:10], entry.kind, entry.door, entry.verdict, entry.declined),
    )
    if not keep:
        return
    db.execute(f"INSERT INTO entry ({', '.join(NAMES)}) VALUES ({', '.join('?' * len(NAMES))})", row_of(entry))
    db.executemany(
        "INSERT INTO excerpt VALUES (?, ?, ?) ON CONFLICT (key) DO UPDATE SET last_at = excluded.last_at",
        [(key, text, entry.at) for key, text in texts.items()],
    )


def forget(db: sqlite3.Connection, days: int, now: datetime) -> int:
    """Delete what is older than ``days``; returns how many entries went. Counts, feedback, the gaps that feedback
    named and stoppages stay; feedback and stoppages lose their names."""
    cutoff = (now.astimezone(timezone.utc) - timedelta(days=days)).isoformat(timespec="milliseconds")
    gone = db.execute("DELETE FROM entry WHERE at < ?", (cutoff,)).rowcount
    db.execute("DELETE FROM excerpt WHERE last_at < ?", (cutoff,))
    db.execute("DELETE FROM gap_ask WHERE at < ? AND reason != 'feedback'", (cutoff,))
    db.execute("DELETE FROM gap WHERE id NOT IN (SELECT gap FROM gap_ask)")
    db.execute("UPDATE feedback SET who = '' WHERE at < ?", (cutoff,))
    db.execute("UPDATE stoppage SET who = '' WHERE closed_at < ?", (cutoff,))
    return gone


class Audit:
    """Reads the log."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def entries(self, wanted: Wanted | None = None) -> list[Entry]:
        """Newest first. Raises FeedbackRefused for a date that is none."""
        wanted = wanted or Wanted()
        where, values = _where(wanted)
        with self._database.read() as db:
            rows = db.execute(
                f"SELECT * FROM entry WHERE {where} ORDER BY at DESC, rowid DESC LIMIT ? OFFSET ?",
                (*values, wanted.limit, wanted.offset),
            ).fetchall()
        return [entry_of_row(row) for row in rows]

    def count(self, wanted: Wanted | None = None) -> int:
        """How many there are, whatever the limit."""
        where, values = _where(wanted or Wanted())
        with self._database.read() as db:
            return int(db.execute(f"SELECT count(*) FROM entry WHERE {where}", values).fetchone()[0])

    def entry(self, entry_id: str) -> Entry | None:
        with self._database.read() as db:
            row = db.execute("SELECT * FROM entry WHERE id = ?", (entry_id,)).fetchone()
        return entry_of_row(row) if row else None

    def texts(self, keys: Sequence[str]) -> dict[str, str]:
        """The texts of passages that were shown, by their keys."""
        marks = ", ".join("?" * len(keys))
        with self._database.read() as db:
            return dict(db.execute(f"SELECT key, text FROM excerpt WHERE key IN ({marks})", tuple(keys)).fetchall())

    def counts(self) -> list[dict[str, Any]]:
        """How many questions and acts a day, by door, verdict and reason for declining; kept whatever the retention."""
        with self._database.read() as db:
            return [dict(row) for row in db.execute("SELECT * FROM counted ORDER BY day DESC, kind, door, verdict")]


def _where(wanted: Wanted) -> tuple[str, list[Any]]:
    parts, values = ["1"], []
    for sign, text in ((">=", wanted.since), ("<", wanted.until)):
        if text:
            parts.append(f"at {sign} ?")
            values.append(_utc(text))
    for column, text in (("who", wanted.who), ("verdict", wanted.verdict)):
        if text:
            parts.append(f"{column} = ?")
            values.append(text)
    if wanted.kind:
        parts.append("kind != ?" if wanted.kind == "acts" else "kind = ?")
        values.append(QUESTION if wanted.kind == "acts" else wanted.kind)
    for word in wanted.words.split():
        parts.append("(instr(lower(subject), lower(?)) OR instr(lower(answer), lower(?)))")
        values += [word, word]
    return " AND ".join(parts), values


def _utc(text: str) -> str:
    try:
        # Python 3.10 does not know the Z of RFC 3339
        moment = datetime.fromisoformat(text.strip().replace("Z", "+00:00"))
    except ValueError as error:
        raise FeedbackRefused(f"{text!r} is no date or time.", "Write it as 2026-01-31 or 2026-01-31T09:05.") from error
    moment = moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)
    return moment.astimezone(timezone.utc).isoformat(timespec="milliseconds")


def as_jsonl(entries: list[Entry]) -> Iterator[str]:
    for entry in entries:
        yield json.dumps(entry_json(entry), ensure_ascii=False) + "\n"


def as_csv(entries: list[Entry]) -> str:
    """A table for spreadsheets (write it as UTF-8 with a byte order mark); what would run as a formula is text."""
    target = io.StringIO()
    writer = csv.writer(target)
    writer.writerow(_COLUMNS)
    for entry in entries:
        plain = entry_json(entry)
        plain["quotes"] = "\n".join(f"[{q.number}] {q.place} (rev {q.revision}, {q.passage})" for q in entry.quotes)
        for name in ("timing", "scope"):
            plain[name] = json.dumps(plain[name], ensure_ascii=False) if plain[name] else ""
        writer.writerow([spreadsheet_cell(str(plain[name])) for name in _COLUMNS])
    return target.getvalue()


def spreadsheet_cell(text: str) -> str:
    """``text`` as a cell of a CSV file: what would run as a formula is text."""
    return f"'{text}" if text.startswith(_FORMULA) else text
