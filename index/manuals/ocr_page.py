"""OCR page: a picture of a page, turned or skewed as it may be, becomes the ink of an upright page with its places.

What comes out is what the text layer of a PDF gives, so that one layout (columns, tables, headings, steps) serves both.
"""

from __future__ import annotations

import re
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from index.manuals.block import Block
from index.manuals.ocr import Engine, Image, Point, Printed, Quad, engine, rotated
from index.manuals.ocr_rules import split_at_rules, strokes_of
from index.manuals.pdf_blocks import half
from index.manuals.pdf_ink import Ink, Segment
from index.passage import Box

UNSURE = 0.5  # what the recogniser is less sure of is dirt, or a drawing (RapidOCR's own limit)
_UPRIGHT_SURE = 0.9  # mean confidence from which a page is not also tried upside down
_SAMPLE = 6  # of the longest lines
_TALL = 1.5  # height over width of a line that runs sideways
_LEAST_SKEW = 0.15  # degrees
_GLYPHS = 0.78  # font size over the height of a found line: the finder leaves a margin around the letters
# what may be the heading of a section: a number, with or without a blank behind it, and a few words
NUMBERED = re.compile(
    r"^(\d{1,2}(?:\.\d{1,3}){0,4}|第\d{1,2}章)\s?(?=[^\d\s.,、:：)）%％/~～-])(?!.*[。、]$)(\S.{1,60})$"
)
_USUAL = (0.82, 1.13)  # sizes in this range of the page's usual one are the usual one


@dataclass(frozen=True, slots=True)
class Pose:
    """How the page as shown is set upright: turned ``quarters`` times by 90 degrees against the clock, then rotated by
    ``skew`` degrees about its middle. ``width`` and ``height`` are of the upright page, all in points."""

    width: float
    height: float
    quarters: int = 0
    skew: float = 0.0

    def shown(self, box: Box) -> Box:
        """A box of the upright page on the page as shown."""
        corners = [self._back(x, y) for x in (box.x0, box.x1) for y in (box.y0, box.y1)]
        xs, ys = [x for x, _ in corners], [y for _, y in corners]
        wide, high = (self.width, self.height) if self.quarters % 2 == 0 else (self.height, self.width)
        return Box(box.page, max(0.0, min(xs)), max(0.0, min(ys)), min(wide, max(xs)), min(high, max(ys)))

    def _back(self, x: float, y: float) -> tuple[float, float]:
        x, y = rotated(x, y, (self.width / 2, self.height / 2), self.skew)
        if self.quarters == 1:  # the right edge had become the top
            return self.height - y, x
        if self.quarters == 2:
            return self.width - x, self.height - y
        if self.quarters == 3:
            return y, self.width - x
        return x, y


@dataclass(frozen=True, slots=True)
class Scanned:
    """A page read by OCR. ``ink``: as of the upright page; ``lines``: (segment, confidence)."""

    ink: Ink
    pose: Pose
    lines: tuple[tuple[Segment, float], ...]

    @property
    def characters(self) -> int:
        return sum(len(segment.text) for segment, _ in self.lines)

    @property
    def confidence(self) -> float:
        """Mean over all characters; 0 where nothing was read."""
        total = self.characters
        return sum(len(segment.text) * sure for segment, sure in self.lines) / total if total else 0.0

    def placed(self, block: Block) -> Block:
        """A block made of ``ink``, with its box on the page as shown and how sure OCR was of it."""
        box = block.box
        if box is None:
            return replace(block, recognised=round(self.confidence, 3))
        inside = [
            (len(segment.text), sure)
            for segment, sure in self.lines
            if box.x0 - 1 <= segment.middle[0] <= box.x1 + 1 and box.y0 - 1 <= segment.middle[1] <= box.y1 + 1
        ]
        total = sum(length for length, _ in inside)
        sure = sum(length * sure for length, sure in inside) / total if total else self.confidence
        return replace(block, box=self.pose.shown(box), recognised=round(sure, 3))


def read_page(image: Image, width: float, height: float, ocr: Engine | None = None) -> Scanned:
    """Read the picture of a page of ``width`` x ``height`` points. Raises OcrMissing."""
    ocr = ocr or engine()
    upright, quads, quarters = _upright(ocr, image)
    if quarters % 2:
        width, height = height, width
    skew = _skew(quads)
    pose = Pose(width, height, quarters, skew)
    high, wide = upright.shape[:2]
    rules = strokes_of(upright, skew)
    scale = width / wide
    middle = (wide / 2, high / 2)
    pieces = [piece for quad in quads for piece in split_at_rules(quad, rules, skew, middle)]
    printed = [line for line in (ocr.read(upright, piece) for piece in pieces) if line.text]
    kept = [line for line in printed if line.confidence >= UNSURE]
    segments = _sized([_segment(line, skew, middle, scale) for line in kept])
    ink = Ink(width, height, tuple(segments), tuple(rule.scaled(scale) for rule in rules), ())
    return Scanned(ink, pose, tuple((s, line.confidence) for s, line in zip(segments, kept, strict=True)))


def _upright(ocr: Engine, image: Image) -> tuple[Image, list[Quad], int]:
    """The picture turned so that its lines can be read, its lines, and how many quarter turns that took."""
    known = ocr.turned(image)
    if known is not None:
        image = np.ascontiguousarray(np.rot90(image, known)) if known else image
        return image, ocr.find(image), known
    quads = ocr.find(image)
    quarters = 0
    along = sum(q.width for q in quads if q.height <= _TALL * q.width)
    across = sum(q.height for q in quads if q.height > _TALL * q.width)
    if across > along:
        image, quarters = np.ascontiguousarray(np.rot90(image)), 1
        quads = ocr.find(image)
    sample = sorted(quads, key=lambda q: -q.width)[:_SAMPLE]
    if not sample:
        return image, quads, quarters
    sure = statistics.mean(ocr.read(image, quad).confidence for quad in sample)
    if sure < _UPRIGHT_SURE and statistics.mean(ocr.read(image, q, True).confidence for q in sample) > sure:
        image, quarters = np.ascontiguousarray(np.rot90(image, 2)), quarters + 2
        quads = ocr.find(image)
    return image, quads, quarters


def _skew(quads: Sequence[Quad]) -> float:
    """Degrees by which the lines of the page fall to the right; the long lines tell it best."""
    angles = sorted((quad.angle, quad.width) for quad in quads if quad.width > 4 * quad.height)
    half = sum(width for _, width in angles) / 2
    for angle, width in angles:
        half -= width
        if half <= 0:
            return angle if abs(angle) >= _LEAST_SKEW else 0.0
    return 0.0


def _segment(line: Printed, skew: float, middle: Point, scale: float) -> Segment:
    """A line at its place on the straightened page, in points, without the finder's margin."""
    corners = [rotated(x, y, middle, -skew) for x, y in line.quad.corners]
    xs, ys = [x for x, _ in corners], [y for _, y in corners]
    height = line.quad.height
    top, bottom = (min(ys) + max(ys) - height) / 2, (min(ys) + max(ys) + height) / 2
    margin = (1 - _GLYPHS) / 2 * height
    x0, x1 = min(xs) + margin, max(xs) - margin
    return Segment(
        line.text, x0 * scale, (top + margin) * scale, max(x0 + 1, x1) * scale, (bottom - margin) * scale,
        _GLYPHS * height * scale, False,
    )  # fmt: skip


def _sized(segments: Sequence[Segment]) -> list[Segment]:
    """The segments with sizes in half points, and those near the page's usual one set to it: found heights vary with
    ascenders and descenders."""
    if not segments:
        return []
    usual = half(_middle(sorted((s.size, len(s.text)) for s in segments)))
    low, high = _USUAL
    return [
        replace(s, size=usual if low * usual < s.size < high * usual and not NUMBERED.match(s.text) else half(s.size))
        for s in segments
    ]


def _middle(group: Sequence[tuple[float, int]]) -> float:
    """The median size by number of characters."""
    half = sum(length for _, length in group) / 2
    for size, length in group:
        half -= length
        if half <= 0:
            return size
    return group[-1][0]
