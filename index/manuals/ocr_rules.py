"""OCR rules: the ruling lines in the picture of a page, so that its tables are read as tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from index.manuals.ocr import Image, Point, Quad, rotated
from index.manuals.pdf_drawing import Rule

_SHORTEST = 0.025  # of the page's longer side; a stroke of a large letter is shorter
_THICKEST = 0.005  # of the page's longer side
_FOLDS = 0.004  # a break in a line up to this share of the longer side is bridged
_BAND = 0.06  # of the page's longer side
_DARKER = 12  # of 255
_ROOM = 0.6  # of a line's height: a rule nearer to its end does not part it


Band = tuple[float, float, float, float]  # x0, top, x1, bottom


@dataclass(frozen=True, slots=True)
class Stroke:
    """A level or upright line of the straightened picture, in pixels."""

    upright: bool
    at: float
    start: float
    end: float

    def scaled(self, points: float) -> Rule:
        return Rule(self.upright, self.at * points, self.start * points, self.end * points)


def strokes_of(image: Image, skew: float) -> list[Stroke]:
    """Strokes of the picture after it is rotated by -``skew`` degrees about its middle."""
    import cv2

    grey: Any = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    high, wide = grey.shape
    if skew:
        turn = cv2.getRotationMatrix2D((wide / 2, high / 2), skew, 1.0)
        grey = cv2.warpAffine(grey, turn, (wide, high), borderValue=255)
    longer = max(high, wide)
    around = 2 * max(1, longer // 120) + 1  # a thin grey line is darker than its surroundings, if not dark
    ink = cv2.adaptiveThreshold(grey, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, around, _DARKER)
    level, bands = _strokes(ink, longer, upright=False)
    for x0, top, x1, bottom in bands:  # the ground between light letters is no line
        ink[int(top) : int(bottom) + 1, max(0, int(x0)) : int(x1) + 1] = 0
    upright, _ = _strokes(ink, longer, upright=True)
    # a filled band, such as the head of a table, begins and ends where a line would be
    edges = [Stroke(False, at, x0, x1) for x0, top, x1, bottom in bands for at in (top, bottom)]
    return [*level, *edges, *(_through(stroke, bands, _FOLDS * longer) for stroke in upright)]


def _through(stroke: Stroke, bands: Sequence[Band], near: float) -> Stroke:
    """An upright stroke that ends at a filled band goes on through it: the head of a table has its columns too."""
    for x0, top, x1, bottom in bands:
        if x0 - near <= stroke.at <= x1 + near and abs(stroke.start - bottom) <= 2 * near:
            return Stroke(True, stroke.at, top, stroke.end)
    return stroke


def _strokes(ink: Any, longer: int, upright: bool) -> tuple[list[Stroke], list[Band]]:
    """Strokes; and, of the level ones, what is too thick for one: filled bands."""
    import cv2

    shortest, fold = max(12, round(_SHORTEST * longer)), max(3, round(_FOLDS * longer))
    across = np.ones((1, 3) if upright else (3, 1), np.uint8)  # a line that is not quite straight climbs by pixels
    lines = cv2.morphologyEx(cv2.dilate(ink, across), cv2.MORPH_OPEN, np.ones(_long(shortest, upright), np.uint8))
    lines = cv2.morphologyEx(lines, cv2.MORPH_CLOSE, np.ones(_long(fold, upright), np.uint8))
    count, _, stats, _ = cv2.connectedComponentsWithStats(lines, connectivity=8)
    thickest = max(6, round(_THICKEST * longer)) + 2
    out: list[Stroke] = []
    bands: list[Band] = []
    for x, y, wide, high, _ in stats[1:count].tolist():
        across_at, thick, start, long = (x, wide, y, high) if upright else (y, high, x, wide)
        if thick <= thickest and long > thick:
            out.append(Stroke(upright, across_at + thick / 2, start, start + long))
        elif not upright and thick <= _BAND * longer and long > thick:
            bands.append((x, y, x + wide, y + high))
    return out, _whole(bands, _BAND * longer / 3)


def _whole(bands: Sequence[Band], gap: float) -> list[Band]:
    """Bands that light letters part in two, above and below them, are one."""
    out: list[Band] = []
    for band in sorted(bands, key=lambda b: (b[1], b[0])):
        last = next((b for b in reversed(out) if abs(b[0] - band[0]) < gap and abs(b[2] - band[2]) < gap), None)
        if last is not None and 0 <= band[1] - last[3] <= gap:
            out[out.index(last)] = (min(last[0], band[0]), last[1], max(last[2], band[2]), band[3])
        else:
            out.append(band)
    return out


def _long(length: int, upright: bool) -> tuple[int, int]:
    return (length, 1) if upright else (1, length)


def split_at_rules(quad: Quad, rules: Sequence[Stroke], skew: float, middle: Point) -> list[Quad]:
    """A found line as the pieces left and right of each upright rule that crosses it whole: neighbouring cells."""
    (x0, y0), (x1, _), (_, y2), _ = (rotated(x, y, middle, -skew) for x, y in quad.corners)
    room = _ROOM * quad.height
    inner = 0.25 * (y2 - y0)
    cuts = sorted(
        rule.at
        for rule in rules
        if rule.upright and x0 + room < rule.at < x1 - room and rule.start <= y0 + inner and rule.end >= y2 - inner
    )
    if not cuts or x1 <= x0:
        return [quad]
    shares = [0.0, *((cut - x0) / (x1 - x0) for cut in cuts), 1.0]
    return [_part(quad, start, end) for start, end in pairwise(shares) if end - start > 0.01]


def _part(quad: Quad, start: float, end: float) -> Quad:
    a, b, c, d = quad.corners

    def between(p: Point, q: Point, share: float) -> Point:
        return p[0] + (q[0] - p[0]) * share, p[1] + (q[1] - p[1]) * share

    return Quad((between(a, b, start), between(a, b, end), between(d, c, end), between(d, c, start)))
