"""Pictures as manuals: PNG, JPEG and TIFF (each of its frames a page), read by OCR."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from index.errors import EmptyManual, ManualDamaged, ManualTooLarge, OcrMissing, PageUnknown
from index.manuals.block import Page, Reading, ReportPage
from index.manuals.ocr import INSTALL, Image, is_installed
from index.manuals.ocr_page import Scanned, read_page
from index.manuals.ocr_render import LONG_SIDE, scanned_page
from index.manuals.pdf_blocks import PageReader
from index.manuals.pdf_survey import Survey

MAX_PIXELS = 150_000_000  # A0 at 300 dpi has 139 million; more is no page
_A4_LONG_SIDE = 842.0  # points, where the file does not tell its size
_LIKELY_DPI = (72, 1300)
_MOST_LARGER = 2.0


class ScanReader:
    """Reads .png, .jpg and .tif files. ``report`` is told after each page."""

    suffixes: tuple[str, ...] = (".png", ".jpg", ".jpeg", ".tif", ".tiff")

    def __init__(self, report: ReportPage | None = None) -> None:
        self.report = report

    def open(self, path: Path) -> Reading:
        if not is_installed():
            raise OcrMissing(f"{path.name} is a picture: only text recognition (OCR) can read it.", INSTALL)
        survey, scans = Survey(), list[Scanned]()
        for image, width, height, count in _frames(path):
            scans.append(read_page(image, width, height))
            survey.add(scans[-1].ink)
            if self.report is not None:
                self.report(len(scans), count, True)
        if survey.characters == 0:
            raise EmptyManual(
                f"{path.name} is a picture in which text recognition (OCR) found no text.", "Scan it more sharply."
            )
        style = survey.style({})
        size, text = survey.largest
        title = " ".join(text.split()) if size > style.body_size and len(text) <= 120 else path.stem
        return Reading(title, len(scans), _pages(scans, survey, PageReader(style)))


def _pages(scans: list[Scanned], survey: Survey, reader: PageReader) -> Iterator[Page]:
    for number, scanned in enumerate(scans, start=1):
        label = survey.margins.printed_label(number - 1) or str(number)
        yield scanned_page(reader, scanned, survey.margins.running_lines(number - 1), number, label)


def frame(path: Path, number: int) -> tuple[Image, float, float, int]:
    """(picture, width and height in points, number of frames) of the frame ``number`` (from 1), upright. Raises
    PageUnknown where there is none, ManualDamaged and ManualTooLarge."""
    found = next(_frames(path, number), None)
    if found is None:
        raise PageUnknown(f"{path.name} has no page {number}.", "Ask for one of its pages.", page=str(number))
    return found


def _frames(path: Path, only: int = 0) -> Iterator[tuple[Image, float, float, int]]:
    """(picture, width and height in points, number of frames) of each frame, or of the frame ``only`` (from 1)."""
    from PIL import Image as Pillow
    from PIL import ImageOps, UnidentifiedImageError

    try:
        with Pillow.open(path) as file:
            count = int(getattr(file, "n_frames", 1))
            wanted = range(count) if not only else range(only - 1, only) if 0 < only <= count else range(0)
            for number in wanted:
                file.seek(number)
                wide, high = file.size
                if wide * high > MAX_PIXELS:
                    raise ManualTooLarge(
                        f"{path.name} has {wide:,} x {high:,} pixels, more than {MAX_PIXELS:,}.",
                        "Scan it with 300 dpi, or split it.",
                    )
                file.draft("RGB", _fitting(wide, high))
                upright = ImageOps.exif_transpose(file) or file
                grey = upright.mode in ("1", "L")
                picture = upright.convert("L") if grey else Pillow.fromarray(_on_white(upright))
                picture = picture.resize(_fitting(*picture.size), Pillow.Resampling.LANCZOS)
                size = _points(file.info.get("dpi"), wide, high, picture.size)
                yield np.asarray(picture.convert("RGB"), dtype=np.uint8), *size, count
    except (UnidentifiedImageError, Pillow.DecompressionBombError, OSError, ValueError, SyntaxError, EOFError) as cause:
        if isinstance(cause, Pillow.DecompressionBombError):
            raise ManualTooLarge(f"{path.name} has too many pixels.", "Scan it with 300 dpi, or split it.") from cause
        raise ManualDamaged(
            f"{path.name} cannot be read as a picture ({str(cause).replace(str(path), path.name)[:160]}).",
            "Copy it again from its source.",
        ) from cause


def _fitting(wide: int, high: int) -> tuple[int, int]:
    """The size with the longer side at LONG_SIDE; a coarse picture at most twice as large as it is: hair lines and
    small letters are found better so."""
    share = min(_MOST_LARGER, LONG_SIDE / max(wide, high))
    return max(1, round(wide * share)), max(1, round(high * share))


def _points(dpi: Any, wide: int, high: int, shown: tuple[int, int]) -> tuple[float, float]:
    """Size of the page in points, by the file's own resolution where that is likely, else as long as A4."""
    try:
        resolution = float(dpi[0])
    except (TypeError, ValueError, IndexError, ZeroDivisionError):
        resolution = 0.0
    low, most = _LIKELY_DPI
    long_side = 72 * max(wide, high) / resolution if low < resolution < most else _A4_LONG_SIDE
    share = long_side / max(shown)
    return shown[0] * share, shown[1] * share


def _on_white(picture: Any) -> Image:
    """As RGB; what is transparent is paper."""
    from PIL import Image as Pillow

    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        picture = picture.convert("RGBA")
        paper = Pillow.new("RGBA", picture.size, "white")
        picture = Pillow.alpha_composite(paper, picture)
    if picture.mode.startswith("I;16") or picture.mode == "I":
        deep = np.asarray(picture).astype(np.float32)
        return np.repeat((deep / max(1.0, float(deep.max())) * 255).astype(np.uint8)[:, :, None], 3, axis=2)
    return np.asarray(picture.convert("RGB"), dtype=np.uint8)
