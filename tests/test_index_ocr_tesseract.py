"""Tesseract as the OCR program: chosen by name, read as tables with places; a clear message where it is missing."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pypdfium2
import pytest
from PIL import Image

from index.errors import OcrMissing
from index.ingest.parsing import Parser
from index.manuals import ocr, ocr_rapid, ocr_tesseract
from index.manuals.ocr_tesseract import Tesseract

DEMO = Path(__file__).resolve().parents[1] / "demo/manuals"
needs_tesseract = pytest.mark.skipif(
    not ocr_tesseract.is_present(),
    reason="Tesseract is not installed: apt-get install tesseract-ocr tesseract-ocr-jpn",
)


@pytest.fixture(autouse=True)
def usual_choice() -> Iterator[None]:
    yield
    ocr.choose("auto")


@pytest.fixture(scope="module")
def picture() -> Image.Image:
    """The upper rows of an alarm table, as a scanner of 200 dpi sees them."""
    document = pypdfium2.PdfDocument(DEMO / "sc200.pdf")
    page = document[23].render(scale=200 / 72).to_pil().convert("L")
    return page.crop((0, 160, page.width, 480))


@needs_tesseract
def test_a_table_in_a_picture_is_read_through_the_reader_process(picture: Image.Image, tmp_path: Path) -> None:
    picture.save(tmp_path / "scan.png", dpi=(200, 200))
    parser = Parser(ocr="tesseract")
    try:
        (page,) = parser.open(tmp_path / "scan.png").pages
    finally:
        parser.close()
    assert page.by_ocr
    row = next(block for block in page.blocks if "AL.32" in block.text)
    assert "サーボアンプ" in row.text.replace(" ", "")
    assert row.recognised is not None
    assert 0.5 < row.recognised <= 1
    assert row.box is not None
    assert 0 < row.box.y0 < row.box.y1 < 842


@needs_tesseract
@pytest.mark.parametrize("quarters", [1, 2])
def test_a_turned_page_is_set_upright(picture: Image.Image, quarters: int) -> None:
    turned = np.ascontiguousarray(np.rot90(np.asarray(picture.convert("RGB")), quarters))
    assert Tesseract().turned(turned) == 4 - quarters


def test_a_picture_without_lines_has_none() -> None:
    if not ocr_tesseract.is_present():
        pytest.skip("Tesseract is not installed: apt-get install tesseract-ocr tesseract-ocr-jpn")
    engine = Tesseract()
    assert engine.find(np.full((400, 600, 3), 255, np.uint8)) == []
    assert engine.find(np.full((9, 600, 3), 0, np.uint8)) == []
    assert engine.turned(np.full((400, 600, 3), 255, np.uint8)) == 0


def test_none_and_a_missing_program_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ocr.choose("none")
    assert not ocr.is_installed()
    with pytest.raises(OcrMissing, match="apt-get install tesseract-ocr tesseract-ocr-jpn"):
        ocr.engine()
    ocr.choose("tesseract")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert not ocr.is_installed()
    with pytest.raises(ValueError, match="abbyy"):
        ocr.choose("abbyy")


def test_a_tesseract_without_japanese_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "tesseract"
    program.write_text("#!/bin/sh\necho 'List of available languages (2):'\necho eng\necho osd\n", encoding="utf-8")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}/bin")
    assert not ocr_tesseract.is_present()


def test_auto_takes_rapidocr_first() -> None:
    if not ocr_rapid.is_present():
        pytest.skip("the extra ocr is not installed: pip install 'andon[ocr]'")
    ocr.choose("auto")
    assert isinstance(ocr.engine(), ocr_rapid.RapidOcr)


def test_words_are_joined_as_they_are_set() -> None:
    table = "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext\n" + "".join(
        f"5\t1\t1\t1\t1\t{n}\t{x}\t10\t{wide}\t20\t{conf}\t{text}\n"
        for n, (x, wide, conf, text) in enumerate(
            [
                (10, 40, 90, "過電"),
                (50, 20, 80, "流"),
                (100, 40, 70, "SV1"),
                (150, 60, 60, "check"),
                (215, 60, 50, "it"),
            ]
        )
    )
    (line,) = ocr_tesseract._lines_of(table)
    assert ocr_tesseract._joined(line) == "過電流 SV1 check it"
    quad = ocr_tesseract._quad(line)
    assert quad.corners[0] == pytest.approx((10, 10))
    assert quad.corners[2] == pytest.approx((275, 30))
    assert quad.angle == pytest.approx(0)
