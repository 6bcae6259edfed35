"""Coverage: what readers leave out is counted, kept with the manual and told to people in both languages."""

from __future__ import annotations

from pathlib import Path

import pytest
from office_files import workbook_file
from ui_made import MANUAL

from index.library import Library
from index.manuals.block import Block, Page
from index.manuals.coverage import Coverage, Skipped, Tally
from index.manuals.pdf import PdfReader
from index.options import IndexOptions
from ui.admin.job_list import jobs_html
from ui.admin.manual_list import manuals_html
from ui.coverage import SHOWN, coverage_notes

ROW = Block("row", "a | b", cells=(("", "a"), ("", "b")))
SAID = Block("paragraph", "text")


def test_pages_rows_and_tables_are_counted() -> None:
    pages = [
        Page(1, "i", (SAID, ROW, ROW, SAID, ROW)),
        Page(2, "ii", (), (Skipped("scan", "ii"),)),
        Page(3, "iii", (SAID,), by_ocr=True),
        Page(4, "iv", (), (Skipped("left_out", "iv"),)),
    ]
    tally = Tally([Skipped("hidden_sheet", "old")])
    assert list(tally.counted(pages)) == pages
    assert tally.coverage() == Coverage(
        pages=4, blocks=6, tables=2, rows=3, ocr=("iii",), unread=("ii",),
        skipped=(Skipped("hidden_sheet", "old"), Skipped("scan", "ii"), Skipped("left_out", "iv")),
    )  # fmt: skip
    assert tally.coverage().scans == ("ii",)


def test_coverage_survives_its_json_and_what_later_versions_add() -> None:
    coverage = Coverage(3, 9, 1, 2, ("1",), ("2",), (Skipped("formula", "部品", 4),))
    assert Coverage.from_json(coverage.to_json()) == coverage
    assert Coverage.from_json("{}") == Coverage()
    assert Coverage.from_json('{"pages": 2, "skipped": [{"reason": "new", "where": "", "count": 1}]}') == Coverage(2)


def test_scanned_pages_of_a_mixed_pdf_are_told(tmp_path: Path) -> None:
    pytest.importorskip("reportlab", reason="reportlab makes the PDF of this test: pip install 'andon[demo]'")
    from PIL import Image, ImageDraw
    from reportlab.pdfgen.canvas import Canvas

    picture = Image.new("RGB", (850, 1100), "white")
    ImageDraw.Draw(picture).text((100, 100), "Scanned words", fill="black", font_size=60)
    picture.save(tmp_path / "scan.png")
    canvas = Canvas(str(tmp_path / "a.pdf"), pagesize=(595, 842))
    for scanned in (False, True, False, True):
        if scanned:
            canvas.drawImage(str(tmp_path / "scan.png"), 0, 0, 595, 842)
        else:
            for line in range(12):
                canvas.drawString(72, 700 - 14 * line, "The belt drives the conveyor and must be checked each month.")
        canvas.showPage()
    canvas.save()
    tally = Tally()
    assert len(list(tally.counted(PdfReader(recognise=False).open(tmp_path / "a.pdf").pages))) == 4
    assert tally.coverage().scans == ("2", "4")
    assert tally.coverage().unread == ("2", "4")


def test_coverage_is_kept_with_the_manual(tmp_path: Path) -> None:
    with Library(IndexOptions(tmp_path / "index", embedder="none"), write=True) as library:
        added = library.add(workbook_file(tmp_path / "a.xlsx", False)).manual
        assert library.manual("a.xlsx").coverage == added.coverage
    assert (added.coverage.pages, added.coverage.tables, added.coverage.rows) == (2, 2, 5)
    assert added.coverage.skipped == (Skipped("hidden_sheet", "old"), Skipped("formula", "Parts"))


def test_people_are_told_in_both_languages() -> None:
    from dataclasses import replace

    from index.ingest.jobs import Job

    labels = [str(n) for n in range(1, SHOWN + 4)]
    coverage = Coverage(20, skipped=(*(Skipped("scan", n) for n in labels), Skipped("hidden_sheet", "旧"),
                                     Skipped("blank", "9"), Skipped("include", "", 2)))  # fmt: skip
    ja, en = coverage_notes(coverage, "ja"), coverage_notes(coverage, "en")
    assert ja[0].startswith("画像だけのため読めなかったページ 15 件: 1、2、3")
    assert ja[0].endswith("12、ほか 3 件")
    assert en[0] == "Pages not read, as they are pictures: 15 (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 and 3 more)"
    assert [len(ja), len(en)] == [3, 3], "blank pages are nothing to act on"
    manual = replace(MANUAL, coverage=coverage)
    job = Job(1, manual.name, "done", 20, 20, "", "", manual.id, "2026-01-01T00:00:00+00:00")
    assert "非表示のため読まなかったシート 1 枚: 旧" in manuals_html([manual], "ja")
    assert "Pages not read, as they are pictures: 15" in jobs_html([job], "en", [manual])
    assert "files taken out" in jobs_html([replace(job, manual_id="")], "en")
