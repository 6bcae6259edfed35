"""CSV and TSV tables: separators, encodings, headers found or not, alarm and FAQ rows; and merged cells of any grid."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from index.errors import EmptyManual, ManualDamaged, ManualTooLarge
from index.manuals import table_file
from index.manuals.block import Block
from index.manuals.grid import Line, header_rows, row_blocks
from index.manuals.table_file import TableFileReader
from index.passages.chunk import DraftPassage, chunk

SHARED = Path(os.environ.get("ANDON_SHARED_DATA", Path(__file__).resolve().parents[2] / "shared" / "data"))


def read(path: Path) -> list[Block]:
    return [block for page in TableFileReader().open(path).pages for block in page.blocks]


def drafts_of(path: Path) -> list[DraftPassage]:
    return list(chunk(TableFileReader().open(path).pages))


def written(folder: Path, text: str, encoding: str = "utf-8", name: str = "a.csv") -> Path:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp932", "euc_jp"])
@pytest.mark.parametrize(("separator", "name"), [(",", "a.csv"), (";", "a.csv"), ("\t", "a.csv"), ("\t", "a.tsv")])
def test_every_encoding_and_separator(encoding: str, separator: str, name: str, tmp_path: Path) -> None:
    rows = (
        ("アラーム番号", "内容", "処置"),
        ("AL.32", "過電流が流れた。", "配線を確認する。"),
        ("AL.45", "過熱した。", "冷ます。"),
    )
    text = "\r\n".join(separator.join(row) for row in rows)
    drafts = drafts_of(written(tmp_path, text, encoding, name))
    assert [(d.kind, d.codes, d.page_labels) for d in drafts] == [
        ("alarm", ("AL32",), ("",)),
        ("alarm", ("AL45",), ("",)),
    ]
    assert drafts[0].text == "アラーム番号: AL.32\n内容: 過電流が流れた。\n処置: 配線を確認する。"


def test_cells_may_hold_separators_quotes_and_lines(tmp_path: Path) -> None:
    path = written(tmp_path, 'Question,Answer\n"Why, then?","Say ""stop"".\n1. Wait.\n2. Go."\n')
    [draft] = drafts_of(path)
    assert draft.kind == "faq"
    assert draft.text == 'Question: Why, then?\nAnswer: Say "stop".\n1. Wait.\n2. Go.'


def test_open_alarm_tables() -> None:
    folder = SHARED / "grbl-codes-en"
    if not folder.is_dir():
        pytest.skip(f"no open CSV tables at {folder} (set ANDON_SHARED_DATA)")
    alarms = drafts_of(folder / "alarm_codes_en_US.csv")
    assert [draft.kind for draft in alarms] == ["alarm"] * 9
    assert [draft.codes[0] for draft in alarms][:2] == ["AL1", "AL2"]
    errors = drafts_of(folder / "error_codes_en_US.csv")
    assert len(errors) == 36
    assert "Invalid gcode ID:23" in next(draft.text for draft in errors if draft.codes[0] == "ERR23")


@pytest.mark.parametrize(("text", "error"), [("\n \n,,\n", EmptyManual), ('a,b\n"' + "x" * (2 << 20), ManualDamaged)])
def test_what_is_no_table_says_so(text: str, error: type[Exception], tmp_path: Path) -> None:
    with pytest.raises(error, match=r"a\.csv"):
        read(written(tmp_path, text))


def test_a_recording_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table_file, "MAX_ROWS", 100)
    with pytest.raises(ManualTooLarge, match=r"a\.csv has more than 100 rows"):
        read(written(tmp_path, "time,value\n" + "1,2\n" * 200))


@pytest.mark.parametrize(
    ("rows", "count"),
    [
        ((("Code", "Cause"), ("E-1", "Wire"), ("E-2", "Heat")), 1),
        ((("項目", "値"), ("電圧", "200 V")), 1),
        ((("Voltage", "200 V"), ("Current", "1.5 A")), 0),
        ((("E-1", "Wire"), ("E-2", "Heat")), 0),
        ((("Red", "Stop"), ("Green", "Go")), 0),
        ((("Button", "Pin"), ("Stop", "panel.stop"), ("Go", "panel.go")), 1),
        ((("Button", "panel.light"), ("Stop", "panel.stop"), ("Go", "panel.go")), 0),
        (
            (
                ("System", "Chip", "Use"),
                ("Bookworm", "amd64", "control"),
                ("Trixie", "amd64", "control"),
                ("Buster", "arm64", "control"),
                ("Stretch", "amd64", "control"),
            ),
            1,
        ),
        ((("Lamp", "Meaning"), ("Red", "The machine has stopped and waits."), ("Green", "The machine runs well.")), 1),
    ],
)
def test_headers_are_found_or_not(rows: tuple[tuple[str, ...], ...], count: int) -> None:
    assert header_rows([Line(row) for row in rows]) == count


def test_a_name_over_two_columns_is_told_with_both() -> None:
    rows = [
        Line(("Item", "Range", "Range"), merged_right=frozenset({2})),
        Line(("Item", "min", "max"), merged_down=frozenset({0})),
        Line(("Speed", "5", "20")),
        Line(("Load", "all", "all"), merged_right=frozenset({2})),
    ]
    assert [block.cells for block in row_blocks(rows)] == [
        (("Item", "Speed"), ("Range min", "5"), ("Range max", "20")),
        (("Item", "Load"), ("Range min", "all"), ("Range max", "all")),
    ]


def cells_of(text: str, folder: Path) -> list[tuple[tuple[str, str], ...]]:
    (folder / "a.csv").write_text(text, encoding="utf-8")
    (page,) = TableFileReader().open(folder / "a.csv").pages
    return [block.cells for block in page.blocks if block.kind == "row"]


def test_a_last_cell_without_quotes_is_whole_again(tmp_path: Path) -> None:
    text = "Code,Remedy\nAL.1,Wait\nAL.2,Reset\nAL.3,Check the cable, the motor, or the brake.\nAL.4,Call,\n"
    assert [row[1] for row in cells_of(text, tmp_path)] == [
        ("Remedy", "Wait"), ("Remedy", "Reset"), ("Remedy", "Check the cable, the motor, or the brake."),
        ("Remedy", "Call"),
    ]  # fmt: skip


def test_a_line_that_tells_the_separator_is_no_row(tmp_path: Path) -> None:
    assert cells_of("sep=;\nCode;Cause\nAL.1;Hot, or dry\n", tmp_path) == [(("Code", "AL.1"), ("Cause", "Hot, or dry"))]
