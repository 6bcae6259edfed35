"""Stoppages: how a line was brought back: when it stopped, for how long, why, what fixed it; the incident records."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime, timedelta, timezone
from typing import Any

from assistant.records.audit import spreadsheet_cell
from assistant.records.database import Database
from assistant.records.entry import now_utc
from assistant.records.errors import FeedbackRefused, RecordUnknown
from index.codes.find import canonical, find_codes

LONGEST = 2000  # characters of a symptom, cause or remedy
LONGEST_NAME = 120  # of a line, a machine or a code
MOST_MINUTES = 100_000  # ten weeks
PAGE = 100
_COLUMNS = (
    "id", "date", "line", "machine", "code", "symptom", "cause", "remedy", "minutes_down", "lang", "reported_by",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Stoppage:
    """A stoppage that is over. ``entry``: the answer that was shown for it; ``stopped_at``: UTC, ISO 8601; ``lang``: in
    which it is written; ``closed_at`` and ``who`` are filled in when it is written down, ``id`` as well."""

    entry: str
    minutes_down: int
    cause: str
    remedy: str
    code: str = ""
    symptom: str = ""
    line: str = ""
    machine: str = ""
    lang: str = "ja"
    stopped_at: str = ""
    closed_at: str = ""
    who: str = ""
    id: int = 0

    @property
    def day(self) -> str:
        """The day on which it stopped, where the box stands."""
        return datetime.fromisoformat(self.stopped_at).astimezone().date().isoformat() if self.stopped_at else ""

    def checked(self) -> Stoppage:
        """Itself, tidied. Raises FeedbackRefused: without a remedy there is nothing to learn from it."""
        tidy = replace(
            self, cause=_tidy(self.cause, LONGEST), remedy=_tidy(self.remedy, LONGEST),
            symptom=_tidy(self.symptom, LONGEST), code=_tidy(self.code, LONGEST_NAME),
            line=_tidy(self.line, LONGEST_NAME), machine=_tidy(self.machine, LONGEST_NAME),
        )  # fmt: skip
        if not tidy.remedy:
            raise FeedbackRefused("What fixed it is empty.", "Say in a few words what was done.", field="remedy")
        if not 0 <= self.minutes_down <= MOST_MINUTES:
            raise FeedbackRefused(
                f"{self.minutes_down} minutes cannot be.", f"Give 0 to {MOST_MINUTES:,}.", field="minutes_down"
            )
        return tidy


@dataclass(frozen=True, slots=True)
class LineRecords:
    """The stoppages of one line ("" where none was said): how many, and whether people are shown them."""

    line: str
    count: int
    enabled: bool


NAMES = tuple(each.name for each in fields(Stoppage) if each.name != "id")


def put_stoppage(db: sqlite3.Connection, stoppage: Stoppage, who: str) -> int:
    """Write it down, in place of what was written for the same answer before; returns its number."""
    closed = now_utc()
    stopped = datetime.now(timezone.utc) - timedelta(minutes=stoppage.minutes_down)
    kept = replace(
        stoppage, who=who, closed_at=closed, stopped_at=stoppage.stopped_at or stopped.isoformat(timespec="seconds")
    )
    db.execute("DELETE FROM stoppage WHERE entry = ? AND entry != ''", (kept.entry,))
    marks = ", ".join("?" * (len(NAMES) + 1))
    row = db.execute(
        f"INSERT INTO stoppage ({', '.join(NAMES)}, canonical) VALUES ({marks})",
        (*(getattr(kept, name) for name in NAMES), _canonical(kept)),
    )
    assert row.lastrowid is not None
    return row.lastrowid


def change_stoppage(db: sqlite3.Connection, number: int, changed: Stoppage) -> None:
    """Write down what an admin made of it; when it stopped, and who closed it, stays. Raises RecordUnknown."""
    names = ("minutes_down", "cause", "remedy", "code", "symptom", "line", "machine", "lang")
    row = db.execute(
        f"UPDATE stoppage SET {', '.join(f'{name} = ?' for name in names)}, canonical = ? WHERE id = ?",
        (*(getattr(changed, name) for name in names), _canonical(changed), number),
    )
    if not row.rowcount:
        raise _unknown(number)


def drop_stoppage(db: sqlite3.Connection, number: int) -> None:
    """Raises RecordUnknown."""
    if not db.execute("DELETE FROM stoppage WHERE id = ?", (number,)).rowcount:
        raise _unknown(number)


def put_line(db: sqlite3.Connection, line: str, enabled: bool) -> None:
    """Whether the stoppages of a line are shown when the same comes again."""
    if enabled:
        db.execute("DELETE FROM stoppage_off WHERE line = ?", (line,))
    else:
        db.execute("INSERT OR IGNORE INTO stoppage_off VALUES (?)", (line,))


class StoppageTable:
    """Reads the stoppages that were closed."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self, words: str = "", limit: int = PAGE, offset: int = 0) -> list[Stoppage]:
        """Newest first; each of ``words`` stands somewhere in it."""
        where, values = _holding(words)
        with self._database.read() as db:
            rows = db.execute(
                f"SELECT * FROM stoppage WHERE {where} ORDER BY closed_at DESC, id DESC LIMIT ? OFFSET ?",
                (*values, limit, offset),
            ).fetchall()
        return [_stoppage(row) for row in rows]

    def count(self, words: str = "") -> int:
        where, values = _holding(words)
        with self._database.read() as db:
            return int(db.execute(f"SELECT count(*) FROM stoppage WHERE {where}", values).fetchone()[0])

    def of_answer(self, answer_id: str) -> Stoppage | None:
        with self._database.read() as db:
            row = db.execute("SELECT * FROM stoppage WHERE entry = ?", (answer_id,)).fetchone()
        return _stoppage(row) if row else None

    def some(self, numbers: Collection[int]) -> dict[int, Stoppage]:
        """Those of these numbers that are there, by number."""
        marks = ",".join("?" * len(numbers))
        with self._database.read() as db:
            rows = db.execute(f"SELECT * FROM stoppage WHERE id IN ({marks})", tuple(numbers)).fetchall()
        return {int(row["id"]): _stoppage(row) for row in rows}

    def lines(self) -> list[LineRecords]:
        """The lines that have stoppages, in the order of their names."""
        with self._database.read() as db:
            rows = db.execute(
                "SELECT line, count(*) AS count, line NOT IN (SELECT line FROM stoppage_off) AS enabled"
                " FROM stoppage GROUP BY line ORDER BY line"
            ).fetchall()
        return [LineRecords(row["line"], int(row["count"]), bool(row["enabled"])) for row in rows]

    def off(self) -> frozenset[str]:
        """The lines whose stoppages are not shown."""
        with self._database.read() as db:
            return frozenset(str(row["line"]) for row in db.execute("SELECT line FROM stoppage_off"))


def as_incident(stoppage: Stoppage) -> dict[str, Any]:
    """In the form of incident records (demo/incidents.jsonl)."""
    return {
        "id": f"stop-{stoppage.id}", "date": stoppage.day, "line": stoppage.line,
        "machine": stoppage.machine, "code": stoppage.code, "symptom": stoppage.symptom, "cause": stoppage.cause,
        "remedy": stoppage.remedy, "minutes_down": stoppage.minutes_down, "lang": stoppage.lang,
        "reported_by": stoppage.who,
    }  # fmt: skip


def incidents_jsonl(stoppages: Sequence[Stoppage]) -> Iterator[str]:
    for stoppage in stoppages:
        yield json.dumps(as_incident(stoppage), ensure_ascii=False) + "\n"


def incidents_csv(stoppages: Sequence[Stoppage]) -> str:
    """A table for spreadsheets (write it as UTF-8 with a byte order mark)."""
    target = io.StringIO()
    writer = csv.writer(target)
    writer.writerow(_COLUMNS)
    for stoppage in stoppages:
        plain = as_incident(stoppage)
        writer.writerow([spreadsheet_cell(str(plain[name])) for name in _COLUMNS])
    return target.getvalue()


def stoppage_json(stoppage: Stoppage) -> dict[str, Any]:
    return asdict(stoppage)


def _holding(words: str) -> tuple[str, list[str]]:
    """The condition that each of ``words`` stands somewhere in a stoppage, and its values."""
    parts = " || ' ' || ".join(("code", "symptom", "cause", "remedy", "line", "machine"))
    wanted = words.split()
    return " AND ".join(["1", *[f"instr(lower({parts}), lower(?))"] * len(wanted)]), wanted


def _unknown(number: int) -> RecordUnknown:
    return RecordUnknown(f"There is no stoppage {number}.", "Look at the list again; somebody may have deleted it.")


def _stoppage(row: sqlite3.Row) -> Stoppage:
    return Stoppage(**{name: row[name] for name in NAMES}, id=row["id"])


def _canonical(stoppage: Stoppage) -> str:
    """The codes of the stoppage, each between spaces, so that one is found without finding what only begins so."""
    codes = [code.canonical for code in find_codes(f"{stoppage.code} {stoppage.symptom}")]
    named = [canonical(stoppage.code)] if stoppage.code else []
    return f" {' '.join(dict.fromkeys((*named, *codes)))} " if named or codes else ""


def _tidy(text: str, longest: int) -> str:
    text = text.replace("\x00", "").encode("utf-8", "replace").decode().strip()
    if len(text) > longest:
        raise FeedbackRefused(f"The text has {len(text):,} characters; the limit is {longest:,}.", "Write less.")
    return text
