"""Cells: the row that a question names by a cell and a column comes first, and nothing changes where it names none."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.library import Library
from index.options import IndexOptions
from index.passage import Hit
from index.search.cells import rows_of

FEEDER = """# Feeder

## Drive belt

The drive belt B-2 has a torque arm beside it. The torque arm of the drive belt B-2 takes up the torque when
the belt starts. Look at the torque arm whenever the drive belt B-2 is looked at.

## Tightening

| Place | Screw | Torque |
|---|---|---|
| Drive belt B-2, clamp | M6 | 9 N·m |
| Drive belt B-3, clamp | M8 | 22 N·m |
| Coupling | M10 | 45 N·m |

## Sizes

| Size | Flow | Noise |
|---|---|---|
| GP-7 S | 14 | 62 |
| GP-7 M | 22 | 66 |

The larger size stands in a table of its own.

| Size | Flow | Noise |
|---|---|---|
| GP-7 L | 38 | 71 |
| GP-7 X | 52 | 74 |

## Modes

| Mode | Meaning |
|---|---|
| 0 | Follows the master |
| 1 | Runs alone |
"""
PARTS = """# 部品表の見方

必要数は1台の製作に要る個数、購入数は購入するセット数です。購入数はカード1枚でも1セットと数えます。カードは予備も購入してください。

## 本体の部品

| No. | 名称 | 必要数 [個] | 購入数 [組] |
|---|---|---|---|
| 1 | 記録カード(本体用) | 1 | 2 |
| 2 | 記録カード(端末用) | 3 | 4 |
| 3 | ボルトM4-5 | 2 | 1 |
"""


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    folder: Path = tmp_path_factory.mktemp("cells")
    library = Library(IndexOptions(folder=folder / "index", embedder="none"), write=True)
    for name, text in (("feeder.md", FEEDER), ("parts.md", PARTS)):
        (folder / name).write_text(text, encoding="utf-8")
        library.add(folder / name)
    return library


def row_line(hit: Hit) -> str:
    return "" if hit.row is None else hit.passage.text.split("\n")[hit.row]


@pytest.mark.parametrize(
    ("question", "row"),
    [
        ("What is the torque of the drive belt B-2 clamp?", "Place: Drive belt B-2, clamp / Screw: M6 / Torque: 9 N·m"),
        ("drive belt B-3 clamp: how many N·m?", "Place: Drive belt B-3, clamp / Screw: M8 / Torque: 22 N·m"),
        ("Noise of GP-7 L?", "Size: GP-7 L / Flow: 38 / Noise: 71"),
        ("What is the meaning of mode 1?", "Mode: 1 / Meaning: Runs alone"),
        (
            "記録カード(端末用)の購入数はいくつですか",
            "No.: 2 / 名称: 記録カード(端末用) / 必要数 [個]: 3 / 購入数 [組]: 4",
        ),
        ("カップリングの締付けトルクは?", "Place: Coupling / Screw: M10 / Torque: 45 N·m"),
    ],
)
def test_the_row_asked_for_comes_first_and_is_told(library: Library, question: str, row: str) -> None:
    first = library.search(question, 3).hits[0]
    assert row_line(first) == row


@pytest.mark.parametrize(
    "question",
    ["How do I look at the drive belt?", "torque", "記録カード", "What does 1 stand for?", "GP-7"],
)
def test_a_question_that_names_no_cell_and_column_asks_for_no_row(library: Library, question: str) -> None:
    hits = library.search(question, 5).hits
    assert hits
    assert all(hit.row is None for hit in hits)


def test_rows_are_lines_of_pairs_or_one_whole_entry() -> None:
    text = "Table 1 Pins\nPin: 1 / Signal: RUN / STOP / Level: 24 V\nPin: 2 / Signal: none\nSee: page 3"
    assert [(row.line, row.cells) for row in rows_of(text)] == [
        (1, (("Pin", "1"), ("Signal", "RUN / STOP"), ("Level", "24 V"))),
        (2, (("Pin", "2"), ("Signal", "none"))),
    ]
    entry = "Symptom: Belt slips\nCause: Slack,\nor oil on it\nRemedy: Tighten it"
    (whole,) = rows_of(entry, entry=True)
    assert whole.line is None
    assert whole.cells == (("Symptom", "Belt slips"), ("Cause", "Slack, or oil on it"), ("Remedy", "Tighten it"))
    assert rows_of(entry) == ()
