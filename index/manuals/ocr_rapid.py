"""RapidOCR: finds and reads printed lines in a picture, by the models in its wheel. The only door to rapidocr.

Models: PP-OCRv6 small, detection and recognition (Apache-2.0, PaddlePaddle), inside the wheel of rapidocr (Apache-2.0):
nothing is fetched, and a test runs it with the network cut. One recogniser knows Latin letters, kana, the Chinese
characters of Japanese and Chinese, and Greek.
"""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

import numpy as np

from index.manuals.ocr import Image, Printed, Quad

FIND_AT = (
    1600  # longest side in pixels at which lines are looked for; 2000 found no more lines and took 1.6 times as long
)
LINE_HEIGHT = 48  # pixels, the recogniser's input
_LEAST_SIZE = 32  # pixels: a smaller picture holds no line


def is_present() -> bool:
    return find_spec("rapidocr") is not None


class RapidOcr:
    """An engine as index.manuals.ocr.Engine. Its models take about 0.5 GB with their working memory. One thread: a box
    answers questions beside it."""

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

    def turned(self, image: Image) -> int | None:
        """Not known without reading: see index.manuals.ocr_page."""
        return None

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
