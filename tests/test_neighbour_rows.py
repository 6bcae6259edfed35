"""The questions for rows: as many as they say, each row stands once in its manual, and answers are judged right."""

from __future__ import annotations

import json
from collections import Counter

from neighbour_rows import FILE, lines_said, read_asked, stated

LINES = [json.loads(line) for line in FILE.read_text(encoding="utf-8").splitlines()]


def test_both_halves_languages_and_ways_to_tell_are_there() -> None:
    assert len({line["question"] for line in LINES}) == len(LINES) > 300
    halves = Counter((line["half"], line["tell"]) for line in LINES)
    assert all(halves[half, "row"] > 100 for half in ("development", "held_back"))
    assert all(halves[half, tell] > 10 for half in ("development", "held_back") for tell in ("unclear", "absent"))
    assert min(Counter(line["lang"] for line in LINES).values()) > 100


def test_each_row_stands_once_in_its_manual() -> None:
    asked = list(read_asked())  # raises LookupError for one that does not
    assert sum(one.demo for one in asked) > 250
    assert all(bool(one.rows) == (one.tell != "absent") for one in asked)


def test_a_row_is_stated_where_all_its_cells_stand_on_one_line() -> None:
    one = next(asked for asked in read_asked("development") if asked.manual == "sc200.pdf" and asked.tell == "row")
    row = next(row for table in one.tables for row in table.rows if row[0] == "安全カバーのヒンジ")
    line = "箇所: 安全カバーのヒンジ / ボルト: M5 / 締付けトルク: 4 N·m"
    assert stated(f"表 3-1\n{line}", "table", one) == {row}
    assert not stated(line.replace("4 N·m", "5 N·m"), "table", one)
    assert lines_said(f"a: b\n{line}", line) == line
