"""OCR: which program reads the printed lines of a picture, what it is asked for, and what it gives.

RapidOCR is the usual one (index.manuals.ocr_rapid); Tesseract is an option (index.manuals.ocr_tesseract). The choice is
one for the whole process: a reader's process is told it when it is started.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, Protocol, get_args

import numpy as np
from numpy.typing import NDArray

from index.errors import OcrMissing

Image = NDArray[np.uint8]  # (height, width, 3)
Point = tuple[float, float]
OcrChoice = Literal["auto", "rapidocr", "tesseract", "none"]  # auto: RapidOCR where installed, else Tesseract
INSTALL = (
    "Install text recognition with: pip install 'andon[ocr]', or with: apt-get install tesseract-ocr "
    'tesseract-ocr-jpn. The setting ocr must not be "none".'
)
_chosen: list[OcrChoice] = ["auto"]


def rotated(x: float, y: float, middle: Point, degrees: float) -> Point:
    """(x, y) rotated about ``middle``, clockwise as seen (y points down)."""
    if not degrees:
        return x, y
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    dx, dy = x - middle[0], y - middle[1]
    return middle[0] + dx * cos - dy * sin, middle[1] + dx * sin + dy * cos


@dataclass(frozen=True, slots=True)
class Quad:
    """Where a line stands: its corners in pixels, clockwise from the one where its text begins if it is upright."""

    corners: tuple[Point, Point, Point, Point]

    @property
    def width(self) -> float:
        return math.dist(self.corners[0], self.corners[1])

    @property
    def height(self) -> float:
        return math.dist(self.corners[0], self.corners[3])

    @property
    def angle(self) -> float:
        """Degrees by which the line falls to the right."""
        (x0, y0), (x1, y1) = self.corners[0], self.corners[1]
        return math.degrees(math.atan2(y1 - y0, x1 - x0))


@dataclass(frozen=True, slots=True)
class Printed:
    """A line that was read: its text, how sure the recogniser is (0 to 1), its place."""

    text: str
    confidence: float
    quad: Quad


class Engine(Protocol):
    """Reads pictures. ``find`` and ``read`` are asked of one picture after the other, not side by side."""

    def turned(self, image: Image) -> int | None:
        """Quarter turns against the clock that set the page upright; None where only reading it tells."""
        ...

    def find(self, image: Image) -> list[Quad]:
        """Lines of the picture, in no order."""
        ...

    def read(self, image: Image, quad: Quad, upside_down: bool = False) -> Printed:
        """The text in ``quad``, which is a line that ``find`` gave for this picture, or a part of it."""
        ...


def choose(choice: str) -> None:
    """Read pictures by that engine from here on. Raises ValueError for a name that is none."""
    known: tuple[OcrChoice, ...] = get_args(OcrChoice)
    if choice not in known:
        raise ValueError(f"There is no way of reading pictures called {choice!r}, only {', '.join(known)}.")
    _chosen[0] = known[known.index(choice)]


def is_installed() -> bool:
    """Whether the chosen engine can be used; False for "none"."""
    return _present(_chosen[0]) != "none"


def engine() -> Engine:
    """The chosen engine, loaded once. Raises OcrMissing."""
    present = _present(_chosen[0])
    if present == "none":
        raise OcrMissing("Text recognition (OCR) is not installed, or switched off.", INSTALL)
    return _loaded(present)


def _present(choice: OcrChoice) -> OcrChoice:
    """The engine that ``choice`` comes to on this machine."""
    from index.manuals import ocr_rapid, ocr_tesseract

    if choice in ("auto", "rapidocr") and ocr_rapid.is_present():
        return "rapidocr"
    if choice in ("auto", "tesseract") and ocr_tesseract.is_present():
        return "tesseract"
    return "none"


@lru_cache(maxsize=2)
def _loaded(present: OcrChoice) -> Engine:
    from index.manuals.ocr_rapid import RapidOcr
    from index.manuals.ocr_tesseract import Tesseract

    return RapidOcr() if present == "rapidocr" else Tesseract()
