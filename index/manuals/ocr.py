"""OCR engine: finds and reads printed lines in a picture, by RapidOCR's bundled models. The only door to rapidocr.

Models: PP-OCRv6 small, detection and recognition (Apache-2.0, PaddlePaddle), inside the wheel of rapidocr (Apache-2.0):
nothing is fetched, and a test runs it with the network cut. One recogniser knows Latin letters, kana, the Chinese
characters of Japanese and Chinese, and Greek.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.errors import OcrMissing

Image = NDArray[np.uint8]  # (height, width, 3)
Point = tuple[float, float]

FIND_AT = (
    1600  # longest side in pixels at which lines are looked for; 2000 found no more lines and took 1.6 times as long
)
LINE_HEIGHT = 48  # pixels, the recogniser's input
_LEAST_SIZE = 32  # pixels: a smaller picture holds no line
INSTALL = "Install text recognition with: pip install 'andon[ocr]'"


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


def is_installed() -> bool:
    return find_spec("rapidocr") is not None


@lru_cache(maxsize=1)
def engine() -> Engine:
    """The engine, its models loaded once (about 0.5 GB with its working memory). Raises OcrMissing."""
    if not is_installed():
        raise OcrMissing("Text recognition (OCR) is not installed.", INSTALL)
    return Engine()


class Engine:
    """One thread: a box answers questions beside it."""

    def __init__(self) -> None:
        from rapidocr import RapidOCR

        self._ocr: Any = RapidOCR(
            params={
                "EngineConfig.onnxruntime.intra_op_num_threads": 1,
                "EngineConfig.onnxruntime.inter_op_num_threads": 1,
                "Global.log_level": "critical",
                "Global.max_side_len": 10_000,
                "Det.limit_type": "max",
                "Det.limit_side_len": FIND_AT,
            }
        )

    def find(self, image: Image) -> list[Quad]:
        """Lines of the picture, in no order."""
        if min(image.shape[:2]) < _LEAST_SIZE:
            return []
        found = self._ocr(image, use_det=True, use_cls=False, use_rec=False)
        if found is None or found.boxes is None:
            return []
        return [_quad(box) for box in found.boxes]

    def read(self, image: Image, quad: Quad, upside_down: bool = False) -> Printed:
        """The text in ``quad``."""
        line = _cut(image, quad)
        if upside_down:
            line = np.ascontiguousarray(line[::-1, ::-1])
        found = self._ocr(line, use_det=False, use_cls=False, use_rec=True)
        if found is None or not found.txts:
            return Printed("", 0.0, quad)
        return Printed(str(found.txts[0]).strip(), float(found.scores[0]), quad)


def _quad(box: Any) -> Quad:
    corners = [(float(x), float(y)) for x, y in box]
    return Quad((corners[0], corners[1], corners[2], corners[3]))


def _cut(image: Image, quad: Quad) -> Image:
    """The line set straight, at the recogniser's height where it is higher."""
    import cv2

    height = max(1.0, quad.height)
    scale = min(1.0, 1.5 * LINE_HEIGHT / height)
    wide, high = max(2, round(quad.width * scale)), max(2, round(height * scale))
    source = np.asarray(quad.corners, dtype=np.float32)
    target = np.asarray([(0, 0), (wide, 0), (wide, high), (0, high)], dtype=np.float32)
    turn = cv2.getPerspectiveTransform(source, target)
    return np.asarray(cv2.warpPerspective(image, turn, (wide, high), flags=cv2.INTER_CUBIC, borderValue=(255,) * 3))
