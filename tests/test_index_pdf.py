"""PDF manuals: order, labels, headings, steps, warnings and tables of small PDFs made here, and of open ones."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from index.errors import EmptyManual, ManualDamaged, ManualEncrypted, OcrMissing, UnknownFormat
from index.manuals.block import Block, Page, Reading
from index.manuals.choose import reader_for
from index.manuals.pdf import PdfReader

Draw = Callable[[Any], None]
HIGH = 842.0
SHARED = Path(os.environ.get("ANDON_SHARED_DATA", Path(__file__).resolve().parents[2] / "shared" / "data"))


def make_pdf(path: Path, pages: list[Draw], **options: Any) -> Path:
    pytest.importorskip("reportlab", reason="reportlab makes the PDFs of these tests: pip install 'andon[demo]'")
    from reportlab.pdfgen.canvas import Canvas

    canvas = Canvas(str(path), pagesize=(595, HIGH), **options)
    for draw in pages:
        draw(canvas)
        canvas.showPage()
    canvas.save()
    return path


def write(canvas: Any, x: float, top: float, text: str, size: float = 10, bold: bool = False) -> None:
    canvas.setFont("Helvetica-Bold" if bold else "Helvetica", size)
    canvas.drawString(x, HIGH - top, text)


def paragraph(canvas: Any, x: float, top: float, lines: list[str]) -> float:
    for number, line in enumerate(lines):
        write(canvas, x, top + 14 * number, line)
    return top + 14 * len(lines) + 8


def grid(canvas: Any, top: float, rows: list[tuple[str, ...]], widths: tuple[float, ...] = (90, 130, 230)) -> float:
    """A ruled table at x = 72 with a bold first row; each row is 20 points high."""
    xs = [72.0]
    for width in widths:
        xs.append(xs[-1] + width)
    for number, row in enumerate(rows):
        for x, cell in zip(xs, row, strict=False):
            write(canvas, x + 4, top + 20 * number + 14, cell, 9, bold=number == 0)
    bottom = top + 20 * len(rows)
    for number in range(len(rows) + 1):
        canvas.line(xs[0], HIGH - top - 20 * number, xs[-1], HIGH - top - 20 * number)
    for x in xs:
        canvas.line(x, HIGH - top, x, HIGH - bottom)
    return bottom


def read(path: Path) -> tuple[Reading, list[Page]]:
    reading = reader_for(path).open(path)
    return reading, list(reading.pages)


def of_kind(pages: list[Page], kind: str) -> list[Block]:
    return [block for page in pages for block in page.blocks if block.kind == kind]


def test_headings_steps_and_prose_in_printed_order(tmp_path: Path) -> None:
    def draw(canvas: Any) -> None:
        write(canvas, 72, 80, "5.2 Replacing the belt", 14, bold=True)
        paragraph(canvas, 72, 110, ["Replace the belt every two years. The belt is worn when a tooth", "is missing."])
        write(canvas, 72, 150, "1.")
        write(canvas, 90, 150, "Turn the main switch off and wait for the amplifier to discharge")
        write(canvas, 90, 164, "completely.")
        write(canvas, 72, 185, "2.")
        write(canvas, 90, 185, "Remove the belt.")

    _, pages = read(make_pdf(tmp_path / "a.pdf", [draw]))
    assert [(b.kind, b.level, b.label, b.text) for b in pages[0].blocks] == [
        ("heading", 2, "", "5.2 Replacing the belt"),
        (
            "paragraph",
            0,
            "",
            "Replace the belt every two years. The belt is worn when a tooth is missing.",
        ),
        ("step", 0, "1.", "Turn the main switch off and wait for the amplifier to discharge completely."),
        ("step", 0, "2.", "Remove the belt."),
    ]
    box = pages[0].blocks[2].box
    assert box is not None
    assert box.page == 1
    assert 71 < box.x0 < 73 and 135 < box.y0 < 150 < 160 < box.y1 < 172


def test_two_columns_are_read_one_after_the_other(tmp_path: Path) -> None:
    left = [f"left line number {n} fills its column well" for n in range(1, 9)]
    right = [f"right line number {n} fills its column too" for n in range(1, 9)]

    def draw(canvas: Any) -> None:
        write(
            canvas, 60, 60, "A title that runs over the full width of both columns on this page, large", 14, bold=True
        )
        paragraph(canvas, 60, 100, left)
        paragraph(canvas, 320, 100, right)
        write(
            canvas, 60, 300, "A closing line of text that again runs over both columns of the page, in the body size."
        )

    _, pages = read(make_pdf(tmp_path / "a.pdf", [draw]))
    texts = [block.text for block in pages[0].blocks]
    assert texts[1:3] == [" ".join(left), " ".join(right)]
    assert texts[0].startswith("A title") and texts[3].startswith("A closing line")


def furnished(label: str, body: str) -> Draw:
    def draw(canvas: Any) -> None:
        write(canvas, 72, 40, "Servo conveyor SC-200 operating manual", 8)
        paragraph(canvas, 72, 120, [body])
        write(canvas, 72, 815, "HPS-SC200", 8)
        write(canvas, 500, 815, label, 8)

    return draw


def test_running_heads_go_and_give_the_page_label(tmp_path: Path) -> None:
    labels = ["i", "1-1", "1-2", "2-1", "A-4"]
    path = make_pdf(tmp_path / "a.pdf", [furnished(label, f"Body of page {label}.") for label in labels])
    _, pages = read(path)
    assert [page.label for page in pages] == labels
    assert [[b.text for b in page.blocks] for page in pages] == [[f"Body of page {label}."] for label in labels]


def test_page_labels_of_the_file_come_first(tmp_path: Path) -> None:
    def labelled(canvas: Any) -> None:
        canvas.addPageLabel(0, "ARABIC", 7, "3-")
        furnished("9", "First.")(canvas)

    _, pages = read(make_pdf(tmp_path / "a.pdf", [labelled, furnished("10", "Second.")]))
    assert [page.label for page in pages] == ["3-7", "3-8"]


def test_without_any_label_the_number_is_the_label(tmp_path: Path) -> None:
    path = make_pdf(tmp_path / "a.pdf", [lambda c: write(c, 72, 100, "One."), lambda c: write(c, 72, 200, "Two.")])
    _, pages = read(path)
    assert [page.label for page in pages] == ["1", "2"]


HEADER = ("Alarm no.", "Name", "Action")


def test_rows_carry_their_header_also_over_the_page_end(tmp_path: Path) -> None:
    first = [HEADER, ("AL.31", "Overspeed", "Lower the command"), ("AL.32", "Overcurrent", "Check the motor cable")]

    def repeated(canvas: Any) -> None:
        grid(canvas, 60, [HEADER, ("AL.33", "Overvoltage", "Check the resistor")])

    def bare(canvas: Any) -> None:
        grid(canvas, 60, [("AL.45", "Overheat", "Clean the fan"), ("AL.46", "Motor hot", "Let it cool")])

    _, pages = read(make_pdf(tmp_path / "a.pdf", [lambda c: void(grid(c, 600, first)), repeated, bare]))
    rows = of_kind(pages, "row")
    assert [row.cells[0][1] for row in rows] == ["AL.31", "AL.32", "AL.33", "AL.45", "AL.46"]
    assert all(tuple(header for header, _ in row.cells) == HEADER for row in rows)
    assert rows[1].text == "AL.32 | Overcurrent | Check the motor cable"


def void(_: object) -> None:
    """Lets a lambda draw and give back nothing."""


def test_a_cell_over_two_rows_counts_in_both(tmp_path: Path) -> None:
    def draw(canvas: Any) -> None:
        for y in (100, 120, 160):
            canvas.line(72, HIGH - y, 400, HIGH - y)
        canvas.line(200, HIGH - 140, 400, HIGH - 140)
        for x in (72, 200, 400):
            canvas.line(x, HIGH - 100, x, HIGH - 160)
        write(canvas, 76, 114, "Code", bold=True)
        write(canvas, 204, 114, "Cause", bold=True)
        write(canvas, 76, 144, "AL.32")
        write(canvas, 204, 134, "Short circuit")
        write(canvas, 204, 154, "Earth fault")

    _, pages = read(make_pdf(tmp_path / "a.pdf", [draw]))
    assert [row.cells for row in of_kind(pages, "row")] == [
        (("Code", "AL.32"), ("Cause", "Short circuit")),
        (("Code", "AL.32"), ("Cause", "Earth fault")),
    ]


def test_columns_without_lines_become_rows(tmp_path: Path) -> None:
    def draw(canvas: Any) -> None:
        rows = [
            ("Item", "Torque", "Screw"),
            ("Base", "430 N·m", "M20"),
            ("Cover", "9 N·m", "M6"),
            ("Fan", "1 N·m", "M4"),
        ]
        for number, row in enumerate(rows):
            for x, cell in zip((72, 220, 380), row, strict=True):
                write(canvas, x, 100 + 16 * number, cell, bold=number == 0)

    _, pages = read(make_pdf(tmp_path / "a.pdf", [draw]))
    assert [row.cells for row in of_kind(pages, "row")] == [
        (("Item", "Base"), ("Torque", "430 N·m"), ("Screw", "M20")),
        (("Item", "Cover"), ("Torque", "9 N·m"), ("Screw", "M6")),
        (("Item", "Fan"), ("Torque", "1 N·m"), ("Screw", "M4")),
    ]


def test_a_framed_warning_is_one_block(tmp_path: Path) -> None:
    def draw(canvas: Any) -> None:
        paragraph(canvas, 72, 80, ["Before the box."])
        canvas.rect(72, HIGH - 180, 400, 70)
        write(canvas, 80, 124, "WARNING", bold=True)
        write(canvas, 80, 142, "High voltage remains after the power is off.")
        write(canvas, 80, 156, "• Wait 10 minutes.")
        write(canvas, 80, 170, "• Measure below 30 V.")
        paragraph(canvas, 72, 210, ["After the box."])

    _, pages = read(make_pdf(tmp_path / "a.pdf", [draw]))
    assert [(b.kind, b.text) for b in pages[0].blocks] == [
        ("paragraph", "Before the box."),
        (
            "warning",
            "WARNING\nHigh voltage remains after the power is off.\n• Wait 10 minutes.\n• Measure below 30 V.",
        ),
        ("paragraph", "After the box."),
    ]


def test_japanese_lines_join_without_blanks(tmp_path: Path) -> None:
    font = Path("/usr/share/fonts/opentype/ipaexfont-gothic/ipaexg.ttf")
    if not font.is_file():
        pytest.skip("the IPAex Gothic font is not installed (apt-get install fonts-ipaexfont)")
    pytest.importorskip("reportlab")
    from reportlab.pdfbase.pdfmetrics import registerFont
    from reportlab.pdfbase.ttfonts import TTFont

    registerFont(TTFont("test-ipaex", str(font)))

    def draw(canvas: Any) -> None:
        lines = [
            (14, 80, "3.1 電源の接続"),
            (10, 110, "主ブレーカを切ってから配線します。制御盤の扉を開ける前に十分以上待ってくだ"),
            (10, 125, "さい。AL.32 が出たときは 5 章を見ます。"),
        ]
        for size, top, text in lines:
            canvas.setFont("test-ipaex", size)
            canvas.drawString(72, HIGH - top, text)

    _, pages = read(make_pdf(tmp_path / "a.pdf", [draw]))
    assert [(b.kind, b.text) for b in pages[0].blocks] == [
        ("heading", "3.1 電源の接続"),
        (
            "paragraph",
            "主ブレーカを切ってから配線します。制御盤の扉を開ける前に十分以上待ってください。"
            "AL.32 が出たときは 5 章を見ます。",
        ),
    ]


def landscape(canvas: Any) -> None:
    """A table and two lines on a page of 842 x 595 points."""
    for text, top in (("Body text of the wide page.", 470), ("It has two lines of words.", 456)):
        canvas.setFont("Helvetica", 10)
        canvas.drawString(72, top, text)
    for y in (440, 420, 400):
        canvas.line(72, y, 500, y)
    for x in (72, 200, 500):
        canvas.line(x, 440, x, 400)
    for x, y, text in ((76, 426, "Code"), (204, 426, "Cause"), (76, 406, "AL.1"), (204, 406, "Short")):
        canvas.drawString(x, y, text)


LANDSCAPE = [
    ("paragraph", "Body text of the wide page. It has two lines of words.", ()),
    ("row", "AL.1 | Short", (("Code", "AL.1"), ("Cause", "Short"))),
]


@pytest.mark.parametrize("flag", [True, False])
def test_sideways_pages_are_read_with_and_without_a_rotation_flag(flag: bool, tmp_path: Path) -> None:
    def draw(canvas: Any) -> None:
        if flag:
            canvas.setPageRotation(90)
        canvas.translate(595, 0)
        canvas.rotate(90)
        landscape(canvas)

    _, pages = read(make_pdf(tmp_path / "a.pdf", [draw]))
    assert [(b.kind, b.text, b.cells) for b in pages[0].blocks] == LANDSCAPE
    boxes = [b.box for b in pages[0].blocks]
    assert (boxes[0] is not None and 70 < boxes[0].x0 < 74) if flag else boxes == [None, None]


def test_a_note_printed_up_the_margin_is_one_text(tmp_path: Path) -> None:
    def draw(canvas: Any) -> None:
        paragraph(canvas, 90, 100, ["Body text that runs on in the usual direction over the page.", "And on."])
        canvas.saveState()
        canvas.translate(50, 400)
        canvas.rotate(90)
        canvas.drawString(0, 0, "Margin note 7")
        canvas.restoreState()

    _, pages = read(make_pdf(tmp_path / "a.pdf", [draw]))
    assert "Margin note 7" in [b.text for b in pages[0].blocks]


def test_the_outline_gives_levels_to_unnumbered_headings(tmp_path: Path) -> None:
    def draw(canvas: Any) -> None:
        for key, level, top, text in (("a", 0, 80, "Alarms"), ("b", 1, 120, "AL.32 Overcurrent")):
            write(canvas, 72, top, text, 13, bold=True)
            canvas.bookmarkPage(key)
            canvas.addOutlineEntry(text, key, level)
        paragraph(canvas, 72, 150, ["The current was above the limit of the amplifier for 2 ms."])

    _, pages = read(make_pdf(tmp_path / "a.pdf", [draw]))
    assert [(b.level, b.text) for b in of_kind(pages, "heading")] == [(1, "Alarms"), (2, "AL.32 Overcurrent")]


def test_the_title_is_the_metadata_or_the_largest_line(tmp_path: Path) -> None:
    def draw(canvas: Any) -> None:
        write(canvas, 72, 100, "Case Former CF-40", 24)
        paragraph(canvas, 72, 200, ["Read this manual before use, and keep it at the machine all the time."])

    assert read(make_pdf(tmp_path / "a.pdf", [draw]))[0].title == "Case Former CF-40"

    def titled(canvas: Any) -> None:
        canvas.setTitle("CF-40 Manual")
        draw(canvas)

    assert read(make_pdf(tmp_path / "b.pdf", [titled]))[0].title == "CF-40 Manual"


def test_a_locked_pdf_says_so(tmp_path: Path) -> None:
    pytest.importorskip("reportlab")
    from reportlab.lib.pdfencrypt import StandardEncryption

    path = make_pdf(tmp_path / "a.pdf", [lambda c: write(c, 72, 100, "x")], encrypt=StandardEncryption("secret"))
    with pytest.raises(ManualEncrypted, match=r"a\.pdf is locked with a password"):
        reader_for(path).open(path)


def test_a_cut_off_pdf_is_damaged(tmp_path: Path) -> None:
    whole = make_pdf(tmp_path / "a.pdf", [lambda c: write(c, 72, 100, "x")]).read_bytes()
    path = tmp_path / "b.pdf"
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ManualDamaged, match="cut off"):
        reader_for(path).open(path)
    path.write_bytes(b"%PDF-1.7\nnothing of a document\n%%EOF\n")
    with pytest.raises(ManualDamaged):
        reader_for(path).open(path)


def test_a_scan_without_ocr_is_refused_with_its_reason(tmp_path: Path) -> None:
    path = make_pdf(tmp_path / "a.pdf", [lambda c: c.rect(72, 72, 100, 100, fill=1)] * 2)
    with pytest.raises(OcrMissing, match=r"no text on any of its 2 pages: it is a scan.*andon\[ocr\]"):
        PdfReader(recognise=False).open(path)


def test_a_blank_document_is_named(tmp_path: Path) -> None:
    path = make_pdf(tmp_path / "a.pdf", [lambda c: None, lambda c: None])
    with pytest.raises(EmptyManual, match="all of its 2 pages are blank"):
        reader_for(path).open(path)


def test_empty_and_disguised_files_are_named(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(b"")
    with pytest.raises(EmptyManual, match="0 bytes"):
        reader_for(path)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    with pytest.raises(UnknownFormat, match="its content is a PNG picture"):
        reader_for(path)


def test_open_printer_manuals(tmp_path: Path) -> None:
    folder = SHARED / "pdf-manuals"
    if not folder.is_dir():
        pytest.skip(f"no open PDF manuals at {folder} (set ANDON_SHARED_DATA)")
    _, pages = read(folder / "ender3-quick-start-guide.pdf")
    notes = [b for b in pages[1].blocks if b.kind == "step"]
    assert [b.label for b in notes] == [f"{n}." for n in range(1, 11)]
    assert notes[9].text == "Children under 10 years of age should not use the Printer without supervision."
    assert "4. Bed Leveling" in [b.text for b in pages[6].blocks]
    _, tagged = read(folder / "tagged.pdf")
    assert next(row.cells for row in of_kind(tagged, "row")) == (("Column 1", "Cell 1"), ("Column 2", "Cell 2"))
    with pytest.raises(OcrMissing, match="scan"):
        PdfReader(recognise=False).open(folder / "linn.pdf")
