"""Workbooks: sheets as sections, merged cells, two header rows, values as shown, large sheets streamed."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import pytest
from office_files import workbook_file

from index.errors import EmptyManual, ManualTooLarge
from index.manuals import workbook
from index.manuals.block import Block, Page, Reading
from index.manuals.coverage import Skipped
from index.manuals.number_format import displayed
from index.manuals.workbook import WorkbookReader
from index.passages.chunk import chunk


def read(path: Path) -> tuple[Reading, list[Page]]:
    reading = WorkbookReader().open(path)
    return reading, list(reading.pages)


def rows_of(rows: list[list[Any]], folder: Path) -> list[Block]:
    import openpyxl

    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(folder / "a.xlsx")
    return list(read(folder / "a.xlsx")[1][0].blocks)


@pytest.mark.parametrize("ja", [True, False])
def test_a_workbook_in_both_languages(ja: bool, tmp_path: Path) -> None:
    reading, pages = read(workbook_file(tmp_path / "a.xlsx", ja))
    assert [page.label for page in pages] == ["", ""]
    assert [b.text for b in pages[0].blocks if b.kind == "heading"] == (
        ["アラーム一覧", "サーボアンプのアラーム"] if ja else ["Alarm list", "Alarms of the servo amplifier"]
    )
    first = next(b for b in pages[0].blocks if b.kind == "row")
    assert [header for header, _ in first.cells] == (
        ["アラーム", "名称", "対処 原因", "対処 処置", "改訂"]
        if ja
        else ["Alarm", "Name", "What to do Cause", "What to do Remedy", "Revised"]
    )
    assert first.cells[0][1] == "AL.32"
    assert first.cells[4][1] == ("2026年4月" if ja else "2026/04")
    assert [b.cells[0][1] for b in pages[1].blocks if b.kind == "row"] == ["0012", "0013"]
    assert [b.cells[2][1] for b in pages[1].blocks if b.kind == "row"] == ["24.0", "8.5"]
    assert reading.skipped == (Skipped("hidden_sheet", "old"),)
    assert pages[1].skipped == (Skipped("formula", "部品" if ja else "Parts"),)
    assert "SECRET" not in "".join(b.text for page in pages for b in page.blocks)


@pytest.mark.parametrize("ja", [True, False])
def test_alarm_rows_are_alarm_entries(ja: bool, tmp_path: Path) -> None:
    drafts = list(chunk(read(workbook_file(tmp_path / "a.xlsx", ja))[1]))
    alarms = [draft for draft in drafts if draft.kind == "alarm"]
    assert [draft.codes for draft in alarms] == [("AL32",), ("AL45",)]
    for word in ("断線", "短絡") if ja else ("Broken wire", "Short circuit"):
        assert word in alarms[0].text, "an alarm with two causes is one entry"
    assert alarms[0].text.count("AL.32") == 1


def test_a_sheet_is_told_as_it_is_laid_out(tmp_path: Path) -> None:
    blocks = rows_of([
        ["Spare parts"], ["As of April."], [None],
        ["Part number", "Name", "Stock"], ["0012", "Belt", 2], [None], ["0013", "Pulley", 1],
        [None], ["1. Order in time."], ["注意: 純正品を使うこと。"],
    ], tmp_path)  # fmt: skip
    assert [(b.kind, b.text) for b in blocks] == [
        ("heading", "Sheet"), ("heading", "Spare parts"), ("paragraph", "As of April."), ("row", "0012 | Belt | 2"),
        ("row", "0013 | Pulley | 1"), ("step", "Order in time."), ("warning", "注意: 純正品を使うこと。"),
    ]  # fmt: skip
    assert blocks[4].cells[1] == ("Name", "Pulley"), "a table goes on below a blank row"


def test_a_table_without_header_gets_none(tmp_path: Path) -> None:
    blocks = rows_of([["Voltage", "AC 200 V"], ["Current", "1.5 A"], ["Weight", "24 kg"]], tmp_path)
    assert next(b.cells for b in blocks if b.kind == "row") == (("", "Voltage"), ("", "AC 200 V"))


def test_faq_rows_are_entries_of_their_own(tmp_path: Path) -> None:
    blocks = rows_of([["質問", "回答"], ["給油の間隔は?", "500 時間ごと。"], ["油の種類は?", "LG2 を使う。"]], tmp_path)
    drafts = list(chunk([Page(1, "", tuple(blocks))]))
    assert [(d.kind, d.text) for d in drafts] == [
        ("faq", "質問: 給油の間隔は?\n回答: 500 時間ごと。"), ("faq", "質問: 油の種類は?\n回答: LG2 を使う。"),
    ]  # fmt: skip


def test_a_cell_far_out_and_an_endless_sheet_do_no_harm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    book.active["A1"], book.active["XFD1"], book.active["A100000"] = "Name", "far", "last"
    book.save(tmp_path / "a.xlsx")
    _, pages = read(tmp_path / "a.xlsx")
    assert [b.text for b in pages[0].blocks] == ["Sheet", "Name", "last"]
    monkeypatch.setattr(workbook, "MAX_ROWS", 50)
    with pytest.raises(ManualTooLarge, match="rows"):
        rows_of([["x", n] for n in range(60)], tmp_path)


def test_an_empty_workbook_says_so(tmp_path: Path) -> None:
    with pytest.raises(EmptyManual, match=r"a\.xlsx holds no text"):
        rows_of([], tmp_path)


@pytest.mark.parametrize(
    ("value", "number_format", "shown"),
    [
        (7, "000", "007"), (24.0, "0.0", "24.0"), (0.855, "0.0 %", "85.5 %"), (1234567, "#,##0", "1,234,567"),
        (-5, "0;(0)", "(5)"), (0.1 + 0.2, "General", "0.3"), (1.5e-5, "0.00E+00", "1.50E-05"), (5.0, "General", "5"),
        (5, '0"分"', "5分"), (1234, "[$¥-411]#,##0", "¥1,234"), (0, '0;-0;"-"', "-"), (True, "General", "TRUE"),
        (12.5, "#,##0.00_);[Red](#,##0.00)", "12.50"), (2, '0\\ "mm"', "2 mm"), (1.5, "0.##", "1.5"), (None, "", ""),
        (datetime.datetime(2026, 4, 1), "yyyy/m/d", "2026/4/1"),
        (datetime.datetime(2026, 4, 1), '[$-411]ggge"年"m"月"d"日"', "令和8年4月1日"),
        (datetime.datetime(2026, 4, 1, 9, 5), "yyyy-mm-dd h:mm", "2026-04-01 9:05"),
        (datetime.datetime(2026, 4, 1), "yyyy/mm/dd(aaa)", "2026/04/01(水)"),
        (datetime.time(13, 5, 9), "h:mm:ss", "13:05:09"),
        (datetime.timedelta(hours=30, minutes=2), "[h]:mm:ss", "30:02:00"),
    ],
)  # fmt: skip
def test_values_are_shown_as_in_their_cells(value: object, number_format: str, shown: str) -> None:
    assert displayed(value, number_format) == shown
