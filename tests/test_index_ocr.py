"""OCR: pictures of pages, upright, turned and skewed, become passages with places; good pages are never sent to it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("rapidocr", reason="the extra ocr is not installed: pip install 'andon[ocr]'")

import numpy as np
import pypdfium2
from PIL import Image

from index.errors import EmptyManual, ManualDamaged, UnknownFormat
from index.manuals.block import Page
from index.manuals.choose import reader_for
from index.manuals.coverage import Skipped
from index.manuals.ocr_page import Pose
from index.manuals.pdf_quality import Look, look_at, verdict
from index.passage import Box
from index.passages.chunk import chunk

DEMO = Path(__file__).resolve().parents[1] / "demo/manuals"
TABLE_PAGE = 24  # of sc200.pdf: the alarm table


@pytest.fixture(scope="module")
def picture() -> Image.Image:
    """The upper part of a page with an alarm table, as a scanner of 150 dpi sees it."""
    document = pypdfium2.PdfDocument(DEMO / "sc200.pdf")
    page = document[TABLE_PAGE - 1].render(scale=150 / 72).to_pil().convert("L")
    return page.crop((0, 120, page.width, 480))


def read(path: Path) -> list[Page]:
    return list(reader_for(path).open(path).pages)


def text_of(pages: list[Page]) -> str:
    return "".join(block.text for page in pages for block in page.blocks)


def test_a_table_in_a_picture_keeps_its_columns_and_alarms(picture: Image.Image, tmp_path: Path) -> None:
    picture.save(tmp_path / "scan.tif", dpi=(150, 150))
    (page,) = read(tmp_path / "scan.tif")
    assert page.by_ocr
    row = next(block for block in page.blocks if block.text.startswith("AL.32"))
    assert [header for header, _ in row.cells] == ["アラーム番号", "名称", "原因", "処置"]
    assert row.recognised is not None
    assert 0.9 < row.recognised <= 1
    assert row.box is not None
    assert 20 < row.box.y0 < 45
    alarm = next(passage for passage in chunk([page]) if "AL32" in passage.codes)
    assert (alarm.kind, alarm.lang) == ("alarm", "ja")
    assert alarm.recognised == row.recognised


@pytest.mark.parametrize(("turn", "skew"), [(90, 0.0), (180, 1.5)])
def test_turned_and_skewed_pages_are_read(picture: Image.Image, tmp_path: Path, turn: int, skew: float) -> None:
    turned = picture.rotate(skew, expand=True, fillcolor=255, resample=Image.Resampling.BICUBIC)
    turned = turned.rotate(turn, expand=True)
    turned.save(tmp_path / "scan.pdf", resolution=150)
    (page,) = read(tmp_path / "scan.pdf")
    assert page.by_ocr
    row = next(block for block in page.blocks if "AL.32" in block.text)
    assert "過電流" in row.text
    assert row.box is not None
    wide, high = turned.width * 72 / 150, turned.height * 72 / 150
    assert row.box.x1 <= wide + 1
    assert row.box.y1 <= high + 1
    if turn == 90:  # the rows run from bottom to top, the first one at the left
        assert row.box.y1 - row.box.y0 > row.box.x1 - row.box.x0
        assert row.box.x0 < wide / 2


def test_frames_of_a_tiff_are_pages(picture: Image.Image, tmp_path: Path) -> None:
    frame = picture.crop((0, 0, picture.width, 70))
    frame.save(tmp_path / "a.tiff", save_all=True, append_images=[frame], dpi=(150, 150))
    pages = read(tmp_path / "a.tiff")
    assert [page.number for page in pages] == [1, 2]


def test_pictures_that_are_none_are_named(tmp_path: Path) -> None:
    Image.new("L", (400, 300), 255).save(tmp_path / "white.png")
    with pytest.raises(EmptyManual, match=r"white.png .* found no text"):
        reader_for(tmp_path / "white.png").open(tmp_path / "white.png")
    (tmp_path / "a.png").write_text("no picture", encoding="utf-8")
    with pytest.raises(UnknownFormat, match=r"by its content, not a \.png picture"):
        reader_for(tmp_path / "a.png")
    (tmp_path / "cut.png").write_bytes((tmp_path / "white.png").read_bytes()[:60])
    with pytest.raises(ManualDamaged, match=r"cut.png cannot be read as a picture"):
        reader_for(tmp_path / "cut.png").open(tmp_path / "cut.png")


def looks(folder: Path) -> Iterator[tuple[str, int, Look]]:
    for path in sorted(folder.glob("*.pdf")):
        document: Any = pypdfium2.PdfDocument(path)
        for number in range(len(document)):
            yield path.name, number + 1, look_at(document[number])


def test_no_page_of_the_demo_manuals_is_sent_to_ocr() -> None:
    verdicts = [verdict(look) for _, _, look in looks(DEMO)]
    assert len(verdicts) == 149
    assert set(verdicts) == {"good"}


def test_open_manuals_are_good_and_scans_are_scans(open_data: Path) -> None:
    found = {(name, number): verdict(look) for name, number, look in looks(open_data / "pdf-manuals")}
    scans = {name for (name, _), said in found.items() if said == "scan"}
    born_digital = {"ender3-online-printing.pdf", "ender3-quick-start-guide.pdf", "ender3-reference-data.pdf"}
    assert not scans & (born_digital | {"tagged.pdf", "toc.pdf"})
    assert {"linn.pdf", "skew.pdf", "rotated_skew.pdf", "ccitt.pdf", "c02-22.pdf", "2400dpi.pdf"} <= scans
    assert found["toc.pdf", 2] == "blank"
    assert "garbled" not in found.values()


PLAIN = "The servo amplifier reports an alarm when the current exceeds its limit. Turn QS1 off and wait. " * 4
GERMAN = "Vor dem Öffnen der Schutztür muss die Maschine stillstehen und gegen Einschalten gesichert sein. " * 3


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (PLAIN, "good"),
        (GERMAN, "good"),
        ("E-401 KPX 7731 ZZT-9 QRX-33 VBN 1120 " * 12, "good"),
        ("サーボアンプの放熱器が 95 ℃を超えた。SV1 のファンを交換する。", "good"),
        ("Перед открытием защитной двери выключите питание и дождитесь остановки машины. " * 3, "good"),
        ("".join(chr(97 + (ord(c) - 94) % 26) if c.isalpha() else c for c in PLAIN.lower()), "garbled"),
        ("\ue001\ue002\ue003 " * 60, "garbled"),
        ("\ufffd\ufffd ab " * 60, "garbled"),
        ("aжbשcקdفe한gдhאiيkהl " * 12, "garbled"),
    ],
)
def test_text_is_told_from_what_is_none(text: str, said: str) -> None:
    assert verdict(Look(text, 0.0, 0.0, 0.05)) == said


def test_boxes_go_back_to_the_page_as_shown() -> None:
    box = Box(3, 10, 20, 110, 40)
    assert Pose(600, 800).shown(box) == box
    assert Pose(800, 600, 1).shown(box) == Box(3, 560, 10, 580, 110)
    assert Pose(600, 800, 2).shown(box) == Box(3, 490, 760, 590, 780)
    assert Pose(800, 600, 3).shown(box) == Box(3, 20, 690, 40, 790)
    leaning = Pose(600, 800, 0, 2.0).shown(box)
    assert (leaning.x1 - leaning.x0, leaning.y1 - leaning.y0) == pytest.approx((100.6, 23.5), abs=0.1)


def test_turning_by_quarters_is_what_numpy_does() -> None:
    """The place of one dark pixel after np.rot90, brought back by Pose."""
    for quarters in range(4):
        image = np.zeros((40, 60), np.uint8)
        image[7, 12] = 1
        turned = np.rot90(image, quarters)
        (y,), (x,) = np.nonzero(turned)
        high, wide = turned.shape
        shown = Pose(wide, high, quarters).shown(Box(1, x, y, x + 1, y + 1))
        assert (shown.x0, shown.y0, shown.x1, shown.y1) == (12, 7, 13, 8)


def test_linn_scan_against_its_text(open_data: Path) -> None:
    folder = open_data / "pdf-manuals"
    truth = re.sub(r"[^a-z0-9]", "", (folder / "linn.txt").read_text(encoding="utf-8").lower())
    got = re.sub(r"[^a-z0-9]", "", text_of(read(folder / "linn.pdf")).lower())
    assert SequenceMatcher(None, truth, got, autojunk=False).ratio() > 0.9  # reading order included


def test_a_page_of_a_title_and_a_picture_is_read_once_running_heads_are_known(
    picture: Image.Image, tmp_path: Path
) -> None:
    canvas_of = pytest.importorskip("reportlab.pdfgen.canvas", reason="reportlab makes the PDF of this test")
    from reportlab.lib.utils import ImageReader

    canvas = canvas_of.Canvas(str(tmp_path / "a.pdf"), pagesize=(595, 842))
    for number in range(1, 4):
        canvas.drawString(60, 810, "SC-200 Operation Manual")
        canvas.drawString(280, 25, f"2-{number}")
        if number == 1:
            for line in range(6):
                canvas.drawString(
                    60, 700 - 20 * line, "The screen shows the alarms of the drive, the newest one first."
                )
        if number == 2:
            canvas.drawString(60, 760, "Alarm screen")
            canvas.drawImage(ImageReader(picture), 20, 400, 555, 555 * picture.height / picture.width)
        canvas.showPage()
    canvas.save()
    prose, pictured, bare = read(tmp_path / "a.pdf")
    assert (prose.by_ocr, pictured.by_ocr, bare.by_ocr) == (False, True, False)
    assert any("AL.32" in block.text for block in pictured.blocks)
    assert not any("Operation Manual" in block.text for block in pictured.blocks)
    assert bare.skipped == (Skipped("blank", "2-3"),)
