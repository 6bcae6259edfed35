"""Neighbour rows: questions for one row of a table, and which rows an answer states."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from open_library import SHARED, manual_name
from table_truth import TrueTable, demo_tables, folded, open_tables

from index.search.cells import rows_of

FILE = Path(__file__).parent / "data/neighbour_rows.jsonl"
_PARTS = re.compile(r"(?<! )/(?! )")
_ENTRIES = ("alarm", "symptom", "faq")


@dataclass(frozen=True)
class Asked:
    """A line of FILE. ``rows`` are the rows that the words may mean: one where ``tell`` is "row", several where it is
    "unclear", none where it is "absent"; ``also`` are
    rows of other tables that say the same. ``manual`` is the name in the library, ``tables`` are all of that manual."""

    id: str
    lang: str
    question: str
    tell: str
    half: str
    manual: str
    demo: bool
    rows: tuple[tuple[str, ...], ...]
    tables: tuple[TrueTable, ...]
    also: tuple[tuple[str, ...], ...] = ()


def read_asked(half: str = "") -> Iterator[Asked]:
    """The questions, of one ``half`` only where it is given; those over open manuals only where these are there. Raises
    LookupError for a table or a row that its manual has not once."""
    lines = [json.loads(line) for line in FILE.read_text(encoding="utf-8").splitlines()]
    of_place: dict[str, list[TrueTable]] = {}
    for table in demo_tables():
        of_place.setdefault(table.place, []).append(table)
    for line in lines:
        if half and line["half"] != half:
            continue
        place, demo = line["place"], line["place"] in of_place and "/" not in line["place"]
        if not demo:
            if not (SHARED / place).is_file():
                continue
            if place not in of_place:
                of_place[place] = _of_file(place, line["lang"])
        tables = of_place[place]
        rows = [_rows_of(tables, line["table"], label) for label in line["rows"]]
        also = [row for label in line.get("also", []) for table in tables for row in table.rows if _is(row, label)]
        named = [table for table in tables if _named(table, line["table"])]
        wrong = [label for label, found in zip(line["rows"], rows, strict=True) if len(found) != 1]
        if wrong or not named:
            raise LookupError(f"{line['id']}: {place} has not one row {wrong} in {line['table']!r}.")
        yield Asked(
            line["id"], line["lang"], line["question"], line["tell"], line["half"],
            place if demo else manual_name(place), demo, tuple(found[0] for found in rows), tuple(tables),
            tuple(also),
        )  # fmt: skip


def _rows_of(tables: Sequence[TrueTable], name: str, label: str) -> list[tuple[str, ...]]:
    """The rows with that label in the tables so called, else in any of the manual: twins may stand in two tables."""
    for chosen in ([table for table in tables if _named(table, name)], tables):
        found = [row for table in chosen for row in table.rows if _is(row, label)]
        if found:
            return found
    return []


def _of_file(place: str, lang: str) -> list[TrueTable]:
    path = SHARED / place
    return [table for table in open_tables(path.parent, "ja" if lang == "ja" else "en") if table.place == path.name]


def _named(table: TrueTable, name: str) -> bool:
    if re.match(r"(?:表|Table) ", name):
        return table.caption.startswith(f"{name} ")
    return not name or table.heading == name


def _is(row: Sequence[str], label: str) -> bool:
    parts = _PARTS.split(label)
    return all(any(folded(cell) == folded(part) for cell in row[:2]) for part in parts)


def stated(text: str, kind: str, asked: Asked) -> set[tuple[str, ...]]:
    """The rows of the manual's tables that ``text`` states: all their cells stand on one of its lines."""
    lines = [[folded(cell) for _, cell in row.cells] for row in rows_of(text, kind in _ENTRIES)]
    found: set[tuple[str, ...]] = set()
    for table in asked.tables:
        for row in table.rows:
            wanted = [folded(cell) for cell in row if cell.strip("-—― ー")]
            if wanted and any(all(cell in line for cell in wanted) for line in lines):
                found.add(row)
    return found


def lines_said(text: str, said: str) -> str:
    """The lines of the passage ``text`` that ``said`` holds whole; what was said may be cut into sentences."""
    there = folded(said)
    return "\n".join(line for line in text.split("\n") if folded(line) and folded(line) in there)
