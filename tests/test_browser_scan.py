"""A scanned page in a real browser: the frame of a quote lies on its row of the picture, in Japanese and in English."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from browser_site import Site, Visitor, answered, ask, serve

pytest.importorskip("rapidocr", reason="the extra ocr is not installed: pip install 'andon[ocr]'")

import pypdfium2
from PIL import Image

pytest_plugins = ("browser",)
pytestmark = pytest.mark.browser

MANUALS = Path(__file__).resolve().parents[1] / "demo" / "manuals"
DPI = 150
MARGIN = 90  # pixels of bare paper around, so that a place told from another corner lies elsewhere
LOADED = ".a-paper img[src]"


@dataclass(frozen=True)
class Scan:
    """A part of a printed page, ``top`` to ``bottom`` (points), as a picture: the alarm asked for stands between two
    others."""

    name: str
    page: int
    top: float
    bottom: float
    before: str
    alarm: str
    after: str
    question: str

    def save(self, folder: Path) -> Path:
        page = pypdfium2.PdfDocument(MANUALS / self.name)[self.page - 1]
        picture = page.render(scale=DPI / 72).to_pil().convert("L")
        part = picture.crop((0, round(self.top * DPI / 72), picture.width, round(self.bottom * DPI / 72)))
        paper = Image.new("L", (part.width + MARGIN, part.height + 2 * MARGIN), 255)
        paper.paste(part, (0, MARGIN))
        file = folder / f"scan-{self.name}"
        paper.save(file, resolution=DPI)
        return file

    def place(self, code: str) -> tuple[float, float]:
        """Where the middle of ``code`` is in the picture, as shares (0 to 1) from its left and upper edge: told by the
        letters of the printed page, which the reading of the picture never saw."""
        page = pypdfium2.PdfDocument(MANUALS / self.name)[self.page - 1]
        found = page.get_textpage().search(code).get_next()
        assert found is not None
        left, low, right, high = page.get_textpage().get_charbox(found[0] + found[1] // 2)
        wide, tall = page.get_width() + MARGIN * 72 / DPI, self.bottom - self.top + 2 * MARGIN * 72 / DPI
        down = page.get_height() - (low + high) / 2 - self.top + MARGIN * 72 / DPI
        return (left + right) / 2 / wide, down / tall


SCANS = {
    "ja": Scan("sc200.pdf", 24, 55, 230, "AL.32", "AL.33", "AL.37", "AL.33 が出て止まった"),
    "en": Scan("cf40.pdf", 26, 330, 620, "F-012", "F-013", "F-014", "F-013 came up"),
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("scans")
    with serve(folder / "site", [scan.save(folder) for scan in SCANS.values()]) as served:
        yield served


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_the_frame_lies_on_the_row_of_the_picture(visitor: Visitor, lang: str) -> None:
    scan = SCANS[lang]
    page = visitor.signed_in(lang=lang)
    ask(page, scan.question)
    answered(page)
    page.wait_for_function(f"document.querySelector('{LOADED}')?.naturalWidth > 0")
    assert scan.alarm in page.inner_text("#quote-1 .a-body")
    assert page.locator("#quote-1 .a-by-ocr").is_visible()
    assert page.locator(".a-view-note").is_visible()  # that the words want to be compared with the frame
    left, top, right, bottom = frame(page)
    across, down = scan.place(scan.alarm)
    assert left < across < right
    assert top < down < bottom
    assert not top < scan.place(scan.before)[1] < bottom
    assert not top < scan.place(scan.after)[1] < bottom
    assert right - left > 0.6  # the whole row, not its first cell
    assert page.locator(".a-mark-box").bounding_box()["height"] > 10
    page.click(".a-view-larger")
    assert frame(page) == pytest.approx((left, top, right, bottom), abs=0.01)


def frame(page: Any) -> tuple[float, float, float, float]:
    """Left, upper, right and lower edge of the frame, as it is drawn, in shares of the picture."""
    mark, picture = page.locator(".a-mark-box").bounding_box(), page.locator(LOADED).bounding_box()
    x, y = mark["x"] - picture["x"], mark["y"] - picture["y"]
    return (
        x / picture["width"], y / picture["height"], (x + mark["width"]) / picture["width"],
        (y + mark["height"]) / picture["height"],
    )  # fmt: skip
