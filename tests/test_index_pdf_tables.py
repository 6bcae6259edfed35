"""PDF tables: without a grid, with wrapped cells, under two header rows, and over the end of a page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from test_index_pdf import HIGH, grid, make_pdf, paragraph, write

from index.manuals.block import Block
from index.manuals.pdf import PdfReader

XS = (72.0, 200.0, 320.0)
INTRO = [
    "This page explains in a few lines of running text what the table below it holds,",
    "so that the reader sees both prose and columns on one page and tells them apart.",
]


def columns(
    canvas: Any, top: float, rows: list[tuple[str, ...]], xs: tuple[float, ...] = XS, pitch: float = 20
) -> float:
    """Rows of cells at ``xs``; a cell may have several lines, 11 points apart; the first row is bold."""
    for number, row in enumerate(rows):
        most = 1
        for x, cell in zip(xs, row, strict=False):
            lines = cell.split("\n")
            most = max(most, len(lines))
            for at, line in enumerate(lines):
                write(canvas, x, top + 11 * at, line, 9, bold=number == 0)
        top += pitch + 11 * (most - 1)
    return top


def rows_of(path: Path) -> list[Block]:
    return [b for page in PdfReader().open(path).pages for b in page.blocks if b.kind == "row"]


SETTINGS = [
    ("Setting", "Default", "Meaning"),
    ("Start delay", "0.5 s", "Time between the start button and the first\nmove of the belt"),
    ("Top speed", "120 mm/s", "Speed of the belt in automatic operation"),
    ("Retries", "", "How often a lost part is looked for\nbefore the alarm comes"),
]


def test_columns_parted_by_white_only_are_rows_with_their_header(tmp_path: Path) -> None:
    def draw(canvas: Any) -> None:
        end = paragraph(canvas, 72, 80, INTRO)
        end = columns(canvas, end + 10, SETTINGS)
        paragraph(canvas, 72, end + 10, INTRO)

    path = make_pdf(tmp_path / "white.pdf", [draw])
    assert [row.cells for row in rows_of(path)] == [
        (
            ("Setting", "Start delay"), ("Default", "0.5 s"),
            ("Meaning", "Time between the start button and the first move of the belt"),
        ),
        (("Setting", "Top speed"), ("Default", "120 mm/s"), ("Meaning", "Speed of the belt in automatic operation")),
        (
            ("Setting", "Retries"), ("Default", ""),
            ("Meaning", "How often a lost part is looked for before the alarm comes"),
        ),
    ]  # fmt: skip


def test_level_lines_tell_the_header_also_where_its_type_does_not(tmp_path: Path) -> None:
    def draw(canvas: Any) -> None:
        for at, row in enumerate([("Lamp", "State"), ("green", "running"), ("amber", "waiting"), ("red", "fault")]):
            for x, cell in zip((72, 200), row, strict=True):
                write(canvas, x, 120 + 18 * at, cell, 9)
        for top in (108, 126, 180):
            canvas.line(70, HIGH - top, 300, HIGH - top)
        paragraph(canvas, 72, 300, INTRO)

    rows = rows_of(make_pdf(tmp_path / "level.pdf", [draw]))
    assert [row.cells for row in rows] == [
        (("Lamp", lamp), ("State", state))
        for lamp, state in (("green", "running"), ("amber", "waiting"), ("red", "fault"))
    ]


def test_names_over_several_columns_stand_before_those_below_them(tmp_path: Path) -> None:
    xs = (72.0, 200.0, 260.0, 320.0, 380.0)
    above = ("Bolt", "Steel housing", "", "Alloy housing", "")
    below = ("", "dry", "oiled", "dry", "oiled")
    body = [("M5 cover bolt", "6.1", "4.9", "4.0", "3.2"), ("M6 foot bolt", "10.4", "8.5", "7.1", "5.8")]
    named = ("Bolt", "Steel housing dry", "Steel housing oiled", "Alloy housing dry", "Alloy housing oiled")

    def white(canvas: Any) -> None:
        paragraph(canvas, 72, 60, INTRO)
        columns(canvas, 120, [above, below, *body], xs)

    def ruled(canvas: Any) -> None:
        columns(canvas, 120, [above, below, *body], xs)
        for at in (0, 2, 3, 4):
            canvas.line(68, HIGH - 107 - 20 * at, 440, HIGH - 107 - 20 * at)
        canvas.line(196, HIGH - 127, 440, HIGH - 127)
        for x in (68, 196, 316, 440):
            canvas.line(x, HIGH - 107, x, HIGH - 187)
        for x in (256, 376):
            canvas.line(x, HIGH - 127, x, HIGH - 187)

    for number, draw in enumerate((white, ruled)):
        rows = rows_of(make_pdf(tmp_path / f"{number}.pdf", [draw]))
        assert [row.cells for row in rows] == [tuple(zip(named, row, strict=True)) for row in body]


def test_a_table_goes_on_over_the_page_with_the_header_of_its_beginning(tmp_path: Path) -> None:
    body = [(f"K-{n:02}", f"{n} s", f"delay of station {n}") for n in range(1, 9)]

    def first(canvas: Any) -> None:
        paragraph(canvas, 72, 60, INTRO)
        columns(canvas, 660, [("Number", "Value", "Meaning"), *body[:5]])

    def second(canvas: Any) -> None:
        for number, row in enumerate(body[5:]):
            for x, cell in zip(XS, row, strict=True):
                write(canvas, x, 90 + 20 * number, cell, 9)
        paragraph(canvas, 72, 200, INTRO)

    rows = rows_of(make_pdf(tmp_path / "pages.pdf", [first, second]))
    assert [row.cells for row in rows] == [tuple(zip(("Number", "Value", "Meaning"), row, strict=True)) for row in body]


def test_a_header_printed_at_the_top_of_every_page_is_no_running_head(tmp_path: Path) -> None:
    names = ("No.", "Part", "Number", "Pieces")
    xs = (72.0, 120.0, 260.0, 400.0)
    parts = [(f"{n}", f"spare part {n}", f"ZX-{n}{n}4", f"{n % 3 + 1}") for n in range(1, 10)]

    def page(body: list[tuple[str, ...]]) -> Any:
        def draw(canvas: Any) -> None:
            write(canvas, 72, 30, "Feeder, spare parts", 8)
            end = columns(canvas, 70, [names, *body], xs)
            paragraph(canvas, 72, end + 40, INTRO)

        return draw

    rows = rows_of(make_pdf(tmp_path / "parts.pdf", [page(parts[:3]), page(parts[3:6]), page(parts[6:])]))
    assert [row.cells for row in rows] == [tuple(zip(names, part, strict=True)) for part in parts]


def test_a_name_that_goes_on_below_itself_stays_in_its_row(tmp_path: Path) -> None:
    names = ("Function", "Pin", "Button")
    body = [
        ("Reset the counter", "counter.reset", "RESET"),
        ("Pause and resume the", "program.pause", "PAUSE"),
        ("Stop the program", "program.stop", "STOP"),
        ("Open the gripper", "gripper.open", "OPEN"),
    ]

    def draw(canvas: Any) -> None:
        top = 90.0
        for row in (names, *body):
            for x, cell in zip(XS, row, strict=True):
                write(canvas, x, top, cell, 9)
            if row[0].endswith("the"):
                top += 16
                write(canvas, XS[0], top, "loaded program", 9)
            top += 22

    rows = rows_of(make_pdf(tmp_path / "long.pdf", [draw]))
    told = [(name + " loaded program" * name.endswith("the"), *others) for name, *others in body]
    assert [row.cells for row in rows] == [tuple(zip(names, row, strict=True)) for row in told]


def test_text_in_two_columns_and_numbered_lists_are_no_tables(tmp_path: Path) -> None:
    left = [
        "Running text in the left column that",
        "goes on over several lines and fills",
        "most of its width each time",
    ]
    right = [
        "while the right column also holds",
        "text of about the same length, which",
        "belongs to another paragraph",
    ]

    def two(canvas: Any) -> None:
        for at, (one, other) in enumerate(zip(left * 4, right * 4, strict=True)):
            write(canvas, 72, 100 + 14 * at, one)
            write(canvas, 320, 100 + 14 * at, other)

    def marks(canvas: Any) -> None:
        for at, step in enumerate(["Open the cover", "Turn the screw by a quarter", "Close the cover again"]):
            write(canvas, 72, 100 + 18 * at, f"{at + 1}.")
            write(canvas, 100, 100 + 18 * at, step)

    for number, draw in enumerate((two, marks)):
        assert rows_of(make_pdf(tmp_path / f"{number}.pdf", [draw])) == []


def test_boxes_of_one_cell_are_no_tables(tmp_path: Path) -> None:
    """In a flow chart the line from box to box makes a second column of each."""

    def draw(canvas: Any) -> None:
        for top, text in ((100, "Check the status of the line"), (160, "Restart the conveyor")):
            canvas.rect(100, HIGH - top - 30, 200, 30)
            canvas.line(200, HIGH - top, 200, HIGH - top - 4)
            canvas.line(200, HIGH - top - 30, 200, HIGH - top - 60)
            write(canvas, 120, top + 18, text)

    (page,) = PdfReader().open(make_pdf(tmp_path / "flow.pdf", [draw])).pages
    assert [(b.kind, b.text) for b in page.blocks] == [
        ("paragraph", "Check the status of the line"), ("paragraph", "Restart the conveyor"),
    ]  # fmt: skip


def test_a_frame_with_its_signal_word_in_a_cell_is_a_warning(tmp_path: Path) -> None:
    def draw(canvas: Any) -> None:
        grid(canvas, 100, [("WARNING", "Switch off before you open the cover.")], (90, 300))
        grid(canvas, 200, [("Signal", "Meaning"), ("WARNING", "It may kill."), ("CAUTION", "It may hurt.")], (90, 300))

    (page,) = PdfReader().open(make_pdf(tmp_path / "frame.pdf", [draw])).pages
    assert [(b.kind, b.text) for b in page.blocks] == [
        ("warning", "WARNING\nSwitch off before you open the cover."), ("row", "WARNING | It may kill."),
        ("row", "CAUTION | It may hurt."),
    ]  # fmt: skip


PARTS = ("Motor", "Belt", "Sensor", "Brake", "Switch", "Lamp")


@pytest.mark.parametrize("framed", [False, True], ids=["loose", "framed"])
@pytest.mark.parametrize("apart", [False, True], ids=["together", "apart"])
def test_a_legend_in_columns_goes_down_them(framed: bool, apart: bool, tmp_path: Path) -> None:
    def draw(canvas: Any) -> None:
        for number, name in enumerate(PARTS):
            x, top = 80 + 200 * (number // 3), 120 + 16 * (number % 3)
            write(canvas, x, top, f"{number + 1}." if apart else f"{number + 1}. {name}")
            if apart:
                write(canvas, x + 24, top, name)
        if framed:
            for x in (70, 270, 470):
                canvas.line(x, HIGH - 100, x, HIGH - 170)
            for top in (100, 170):
                canvas.line(70, HIGH - top, 470, HIGH - top)

    (page,) = PdfReader().open(make_pdf(tmp_path / "legend.pdf", [draw])).pages
    assert [(b.kind, b.level, b.label, b.text) for b in page.blocks] == [
        ("step", 0, f"{number}.", name) for number, name in enumerate(PARTS, start=1)
    ]


def test_steps_side_by_side_are_told_from_left_to_right(tmp_path: Path) -> None:
    def draw(canvas: Any) -> None:
        write(canvas, 80, 120, "1. Preheat the nozzle")
        write(canvas, 330, 120, "2. Feed the filament")

    (page,) = PdfReader().open(make_pdf(tmp_path / "two.pdf", [draw])).pages
    assert [(b.label, b.text) for b in page.blocks] == [("1.", "Preheat the nozzle"), ("2.", "Feed the filament")]
