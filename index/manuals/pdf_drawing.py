"""PDF drawing: the straight lines and rectangles drawn on a page, and from page to shown coordinates."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass, field
from itertools import repeat
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from index.manuals.pdf_calls import address, calls

_THIN = 3.0  # a filled rectangle thinner than this is a drawn line
_SHORT = 4.0  # shorter lines rule nothing

_Place = TypeVar("_Place", float, NDArray[np.float64])  # one place, or many at once


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

    def __call__(self, x: _Place, y: _Place) -> tuple[_Place, _Place]:
        x, y = x - self.left, y - self.bottom
        if self.rotation == 90:
            return y, x
        if self.rotation == 180:
            return self.width - x, y
        if self.rotation == 270:
            return self.width - y, self.height - x
        return x, self.height - y


def drawn(page: Any, turn: Turn) -> tuple[list[Rule], list[Panel]]:
    """The rules and panels of a pypdfium2 page. Raises pypdfium2.PdfiumError where it cannot be told what is drawn."""
    import pypdfium2
    import pypdfium2.raw as raw

    call, handle, asked = calls(), address(page.raw), _Asked()
    rules: list[Rule] = []
    panels: list[Panel] = []
    for item in map(call.object_at, repeat(handle), range(call.count_objects(handle))):
        kind = call.object_type(item)
        if not item or kind == raw.FPDF_PAGEOBJ_UNKNOWN:
            raise pypdfium2.PdfiumError("Failed to determine what is drawn.")
        if kind != raw.FPDF_PAGEOBJ_PATH:
            continue
        lines, curved = asked.lines(item, turn)
        left, bottom, right, top = asked.bounds(item)
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


@dataclass(frozen=True, slots=True)
class _Asked:
    """Asks pdfium about a drawn path; keeps the places that it writes to."""

    numbers: Any = field(default_factory=(ctypes.c_float * 6))

    def bounds(self, item: int) -> tuple[float, float, float, float]:
        """(left, bottom, right, top) on the page."""
        import pypdfium2

        first = ctypes.addressof(self.numbers)
        if not calls().bounds(item, first, first + 4, first + 8, first + 12):
            raise pypdfium2.PdfiumError("Failed to locate what is drawn.")
        left, bottom, right, top, _, _ = self.numbers
        return left, bottom, right, top

    def lines(self, item: int, turn: Turn) -> tuple[list[Rule], bool]:
        """Straight horizontal and vertical strokes of a path, and whether it also has curves or slanted strokes."""
        import pypdfium2
        import pypdfium2.raw as raw

        call = calls()
        x = ctypes.addressof(self.numbers)
        y = x + 4
        if not call.matrix(item, x):
            raise pypdfium2.PdfiumError("Failed to get the matrix of what is drawn.")
        xx, xy, yx, yy, dx, dy = self.numbers
        point = last = start = None
        rules: list[Rule] = []
        curved = False
        for part in map(call.path_part, repeat(item), range(call.count_path(item))):
            call.part_point(part, x, y)
            px, py = self.numbers[0], self.numbers[1]
            point = turn(xx * px + yx * py + dx, xy * px + yy * py + dy)
            kind = call.part_kind(part)
            if kind == raw.FPDF_SEGMENT_MOVETO:
                start = point
            elif kind == raw.FPDF_SEGMENT_LINETO and last is not None:
                curved |= _add_rule(rules, last, point)
            else:
                curved = True
            last = point
            if call.part_closes(part) and start is not None:
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
