"""Step tables: work instructions laid out as a table or a form of merged cells are procedures, told whole."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from index.manuals.block import Block, Page, pair_cells
from index.manuals.workbook import WorkbookReader
from index.passages.chunk import chunk
from index.passages.step_table import is_step_table


def rows(header: tuple[str, ...], *cells: tuple[str, ...]) -> list[Block]:
    return [Block("row", " | ".join(row), cells=pair_cells(header, row)) for row in cells]


@pytest.mark.parametrize(
    ("header", "first", "expected"),
    [
        (("No.", "作業手順", "急所"), ("1", "2", "3"), True),
        (("順序", "作業内容", "保護具"), ("①", "②", "③"), True),
        (("手順", "操作", "確認"), ("1", "", "2"), True),
        (("Step", "Action", "Key point"), ("1.", "2.", "3."), True),
        (("No.", "作業内容", "周期"), ("1", "2", "3"), False),  # a schedule
        (("No.", "Name", "Function"), ("1", "2", "3"), False),  # parts
        (("No.", "作業手順", "急所"), ("1", "3", "4"), False),  # no order
        (("No.", "作業手順", "急所"), ("AL.1", "AL.2", "AL.3"), False),
        (("Alarm", "Action", "Note"), ("1", "2", "3"), False),
        (("No.", "Symptom", "What to do"), ("1", "2", "3"), False),
    ],
)
def test_what_counts_its_rows_and_tells_what_to_do_is_a_procedure(
    header: tuple[str, ...], first: tuple[str, ...], expected: bool
) -> None:
    assert is_step_table(rows(header, *((one, "電源を切る", "施錠") for one in first))) is expected


def form(folder: Path) -> Path:
    """A work instruction as people lay it out: cells merged over many narrow columns, and each row over two."""
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "手順書"

    def put(place: str, value: Any) -> None:
        sheet.merge_cells(place)
        sheet[place.partition(":")[0]].value = value

    put("A1:Z1", "ベルト交換")
    put("A2:F2", "文書番号")
    put("G2:Z2", "WI-0123")
    for place, name in (("A4:B4", "No."), ("C4:N4", "作業手順"), ("O4:Z4", "急所")):
        put(place, name)
    steps = [("電源を切り、施錠する。", "錠は各自で"), ("カバーを外す。", ""), ("ベルトを交換する。", "張力 24 N·m")]
    for number, (work, point) in enumerate(steps):
        top = 5 + 2 * number
        for place, value in (("A{0}:B{1}", number + 1), ("C{0}:N{1}", work), ("O{0}:Z{1}", point)):
            put(place.format(top, top + 1), value)
    book.save(folder / "a.xlsx")
    return folder / "a.xlsx"


def test_a_form_of_merged_cells_is_one_procedure(tmp_path: Path) -> None:
    drafts = list(chunk(WorkbookReader().open(form(tmp_path)).pages))
    assert [(draft.kind, draft.text) for draft in drafts] == [
        ("table", "文書番号 / WI-0123"),
        ("steps", "No.: 1 / 作業手順: 電源を切り、施錠する。 / 急所: 錠は各自で\nNo.: 2 / 作業手順: カバーを外す。\n"
                  "No.: 3 / 作業手順: ベルトを交換する。 / 急所: 張力 24 N·m"),
    ]  # fmt: skip


def test_a_long_procedure_is_cut_between_its_rows() -> None:
    told = rows(("No.", "Work"), *((str(n), f"Loosen screw {n} by one turn. " * 12) for n in range(1, 60)))
    drafts = list(chunk([Page(1, "1", tuple(told))]))
    assert len(drafts) > 1
    assert all(draft.kind == "steps" and draft.text.startswith("No.: ") for draft in drafts)
