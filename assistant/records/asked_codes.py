"""AskedCodes: which alarms people asked about lately, and which stopped the line, by manual; no names, no wordings."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from assistant.records.database import Database
from assistant.records.entry import QUESTION
from index.codes.find import find_codes

DAYS = 90  # what was asked before that is neither recent nor frequent
MOST = 1000  # latest questions that are looked at; a code of each costs 0.1 ms
_KINDS = ("alarm", "flag")


@dataclass(frozen=True, slots=True)
class AskedCode:
    """One alarm code (canonical) in one question: the manual (its id) that was quoted for it, and when (UTC)."""

    code: str
    manual: str
    at: str


def asked_codes(database: Database, now: datetime | None = None) -> list[AskedCode]:
    """Latest first. Of a question that was declined, or asked which machine is meant, nothing is told: no manual was
    settled for it."""
    since = (now or datetime.now(timezone.utc)) - timedelta(days=DAYS)
    with database.read() as db:
        rows = db.execute(
            "SELECT at, subject, understood, quotes FROM entry WHERE kind = ? AND at >= ? AND declined = ''"
            " AND verdict != 'choose' ORDER BY at DESC, rowid DESC LIMIT ?",
            (QUESTION, since.astimezone(timezone.utc).isoformat(timespec="milliseconds"), MOST),
        ).fetchall()
    found = []
    for row in rows:
        quotes = json.loads(row["quotes"])
        if not quotes:
            continue
        codes = dict.fromkeys(c.canonical for c in find_codes(row["understood"] or row["subject"]) if c.kind in _KINDS)
        found += [AskedCode(code, str(quotes[0]["manual"]), str(row["at"])) for code in codes]
    return found
