"""Page drawing: one page of a PDF or of a picture file as PNG, as people see it, within bounds."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.errors import ManualDamaged, PageUnknown, PageWithoutPicture
from index.manuals.scan import ScanReader, frame

PDF = ".pdf"
LONGEST_PX = 4096  # of a drawn page's longer side: A4 at 350 dpi; 67 MB while it is drawn
_PNG_LEVEL = 4  # of zlib: 3/4 of the time of its default 6, files 3 % larger (demo manuals at two pixels a point)


@dataclass(frozen=True, slots=True)
class Drawn:
    """A page that was drawn: its size in points (1/72 inch), the coordinates of ``index.passage.Box``."""

    width: float
    height: float


def has_pictures(suffix: str) -> bool:
    """Whether files of that suffix have pages that can be drawn. Word, HTML, CSV and text have none: where a page ends
    depends on who lays it out."""
    return suffix == PDF or suffix in ScanReader.suffixes


class PageDrawer:
    """Draws pages; the last PDF stays open, so that the next page of it comes sooner."""

    def __init__(self) -> None:
        self._path: Path | None = None
        self._document: Any = None

    def draw(self, path: Path, page: int, scale: float, into: Path) -> Drawn:
        """Draw ``page`` (from 1) with ``scale`` pixels a point, less where it is large, and write it to ``into``.
        Raises PageUnknown, PageWithoutPicture, and ManualDamaged for what cannot be drawn."""
        suffix = path.suffix.lower()
        if not has_pictures(suffix):
            raise PageWithoutPicture(
                f"A {suffix or 'nameless'} file has no pages that could be drawn.", "Read its text instead."
            )
        picture, drawn = self._of_pdf(path, page, scale) if suffix == PDF else _of_scan(path, page, scale)
        picture.save(into, format="PNG", compress_level=_PNG_LEVEL)
        return drawn

    def close(self) -> None:
        if self._document is not None:
            self._document.close()
        self._path = self._document = None

    def _of_pdf(self, path: Path, number: int, scale: float) -> tuple[Any, Drawn]:
        import pypdfium2

        try:
            if self._path != path:
                self.close()
                self._document = pypdfium2.PdfDocument(path)
                self._document.init_forms()  # what was filled in is part of the page
                self._path = path
            if not 0 < number <= len(self._document):
                raise _no_page(path, number)
            page = self._document[number - 1]
            try:
                width, height = page.get_size()
                shown = _bounded(scale, width, height)
                picture = page.render(scale=shown, rev_byteorder=True, prefer_bgrx=True).to_pil().convert("RGB")
            finally:
                page.close()
        except pypdfium2.PdfiumError as cause:
            self.close()
            raise ManualDamaged(f"Page {number} cannot be drawn ({cause}).", "Open the original instead.") from cause
        return _lean(picture), Drawn(width, height)


def _of_scan(path: Path, number: int, scale: float) -> tuple[Any, Drawn]:
    from PIL import Image

    pixels, width, height, _ = frame(path, number)
    picture = Image.fromarray(pixels)
    shown = _bounded(scale, width, height)
    size = max(1, round(width * shown)), max(1, round(height * shown))
    if size[0] < picture.width:  # more pixels than the picture has show nothing more
        picture = picture.resize(size, Image.Resampling.LANCZOS)
    return _lean(picture), Drawn(width, height)


def _bounded(scale: float, width: float, height: float) -> float:
    return min(scale, LONGEST_PX / max(1.0, width, height))


def _lean(picture: Any) -> Any:
    """In grey where it has no colour: a third of the bytes."""
    red, green, blue = picture.split()
    grey = red.tobytes() == green.tobytes() == blue.tobytes()
    return red if grey else picture


def _no_page(path: Path, number: int) -> PageUnknown:
    return PageUnknown(f"{path.name} has no page {number}.", "Ask for one of its pages.", page=str(number))
