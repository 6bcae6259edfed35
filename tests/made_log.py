"""A log made up for the figures: questions over days, lines and alarms, written as the service writes them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from assistant.records.audit import put_entry
from assistant.records.database import Database
from assistant.records.entry import QUESTION, Entry, Shown


@dataclass(frozen=True)
class Made:
    """A question: when, what, narrowed to which line, quoted from which manual, whether declined, how long it took."""

    at: datetime
    question: str
    line: str = ""
    manual: str = ""
    declined: str = ""
    found_ms: float = 30.0
    total_ms: float = 1000.0
    answer: str = ""


def write_log(database: Database, made: list[Made]) -> None:
    with database.write() as db:
        for number, one in enumerate(made):
            quotes = (
                (Shown(1, one.manual, "Manual", 1, f"{one.manual}.r1.0", "Manual, 1", 1, "k"),) if one.manual else ()
            )
            verdict = "declined" if one.declined else "supported" if one.answer else "quote_only"
            entry = Entry(
                f"made-{number}", one.at.isoformat(timespec="milliseconds"), QUESTION, "operator", "page", one.question,
                "en", {"lines": [one.line]} if one.line else {}, quotes, (), one.answer, verdict, one.declined, "slm",
                timing={"found_ms": one.found_ms, "first_piece_ms": one.found_ms, "total_ms": one.total_ms},
            )  # fmt: skip
            put_entry(db, entry, {}, keep=True)
