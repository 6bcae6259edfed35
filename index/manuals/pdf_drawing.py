"""PDF drawing: the straight lines and rectangles drawn on a page, and from page to shown coordinates."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from typing import Any

_THIN = 3.0  # a filled rectangle thinner than this is a drawn line
_SHORT = 4.0  # shorter lines rule nothing


@dataclass(frozen=True, slots=True)
class Rule:
    """A straight horizontal or vertical line: its place across, and from where to where it runs."""

    upright: bool
    at: float
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Panel:
    """A rectangle drawn whole (stroked or filled)."""

    x0: float
    top: float
    x1: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Turn:
    """From the page's own coordinates (origin bottom left) to shown ones."""

    left: float
    bottom: float
    width: float
    height: float
    rotation: int

    def __call__(self, x: float, y: float) -> tuple[float, float]:
        x, y = x - self.left, y - self.bottom
        if self.rotation == 90:
            return y, x
        if self.rotation == 180:
            return self.width - x, y
        if self.rotation == 270:
            return self.width - y, self.height - x
        return x, self.height - y


def drawn(page: Any, turn: Turn) -> tuple[list[Rule], list[Panel]]:
    import pypdfium2.raw as raw

    rules: list[Rule] = []
    panels: list[Panel] = []
    for item in page.get_objects(filter=[raw.FPDF_PAGEOBJ_PATH], max_depth=1):
        lines, curved = _path_lines(item, turn)
        left, bottom, right, top = item.get_bounds()
        a, b = turn(left, top), turn(right, bottom)
        x0, x1, y0, y1 = min(a[0], b[0]), max(a[0], b[0]), min(a[1], b[1]), max(a[1], b[1])
        if x1 - x0 < _THIN and y1 - y0 >= _SHORT:
            rules.append(Rule(True, (x0 + x1) / 2, y0, y1))
        elif y1 - y0 < _THIN and x1 - x0 >= _SHORT:
            rules.append(Rule(False, (y0 + y1) / 2, x0, x1))
        else:
            if not curved:
                rules.extend(lines)
            if len(lines) >= 4 or (curved and x1 - x0 > 40):
                panels.append(Panel(x0, y0, x1, y1))
    return rules, panels


def _path_lines(item: Any, turn: Turn) -> tuple[list[Rule], bool]:
    """Straight horizontal and vertical strokes of a path, and whether it also has curves or slanted strokes."""
    import pypdfium2.raw as raw

    matrix = item.get_matrix()
    points: list[tuple[float, float]] = []
    rules: list[Rule] = []
    curved = False
    x, y = ctypes.c_float(), ctypes.c_float()
    start: tuple[float, float] | None = None
    for index in range(raw.FPDFPath_CountSegments(item.raw)):
        segment = raw.FPDFPath_GetPathSegment(item.raw, index)
        raw.FPDFPathSegment_GetPoint(segment, ctypes.byref(x), ctypes.byref(y))
        px = matrix.a * x.value + matrix.c * y.value + matrix.e
        py = matrix.b * x.value + matrix.d * y.value + matrix.f
        point = turn(px, py)
        kind = raw.FPDFPathSegment_GetType(segment)
        if kind == raw.FPDF_SEGMENT_MOVETO:
            start = point
        elif kind == raw.FPDF_SEGMENT_LINETO and points:
            curved |= _add_rule(rules, points[-1], point)
        else:
            curved = True
        points.append(point)
        if raw.FPDFPathSegment_GetClose(segment) and start is not None:
            curved |= _add_rule(rules, point, start)
    return rules, curved


def _add_rule(rules: list[Rule], a: tuple[float, float], b: tuple[float, float]) -> bool:
    """Add the stroke a-b if it is level or upright; True where it is slanted."""
    dx, dy = abs(a[0] - b[0]), abs(a[1] - b[1])
    if dx <= 0.8 and dy >= _SHORT:
        rules.append(Rule(True, (a[0] + b[0]) / 2, min(a[1], b[1]), max(a[1], b[1])))
    elif dy <= 0.8 and dx >= _SHORT:
        rules.append(Rule(False, (a[1] + b[1]) / 2, min(a[0], b[0]), max(a[0], b[0])))
    return dx > 0.8 and dy > 0.8
