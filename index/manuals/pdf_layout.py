"""PDF layout: the reading order of what stands on a page, in one column or several."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from index.manuals.pdf_ink import Segment
from index.manuals.pdf_legend import in_columns
from index.manuals.pdf_tables import Table

_GUTTER = 10.0  # points of white between columns
_FEWEST_LINES = 3  # of each column
_FULL = 0.55  # mean line width over column width from which a column is running text, not a column of a table


@dataclass(frozen=True, slots=True)
class Line:
    """One printed line of a column; more than one segment where wide gaps part it."""

    segments: tuple[Segment, ...]

    @property
    def text(self) -> str:
        return " ".join(s.text for s in self.segments)

    @property
    def x0(self) -> float:
        return self.segments[0].x0

    @property
    def x1(self) -> float:
        return max(s.x1 for s in self.segments)

    @property
    def top(self) -> float:
        return min(s.top for s in self.segments)

    @property
    def bottom(self) -> float:
        return max(s.bottom for s in self.segments)

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2

    @property
    def size(self) -> float:
        return max(self.segments, key=lambda s: len(s.text)).size

    @property
    def bold(self) -> bool:
        return all(s.bold for s in self.segments)


@dataclass(frozen=True, slots=True)
class Framed:
    """Lines inside a drawn frame: a warning or a note."""

    lines: tuple[Line, ...]
    x0: float
    top: float
    x1: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Figure:
    """Lettering inside a drawing."""

    lines: tuple[Line, ...]
    x0: float
    top: float
    x1: float
    bottom: float


Solid = Table | Framed | Figure
Item = Line | Table | Framed | Figure
Part = Segment | Table | Framed | Figure


def _span(item: Part) -> tuple[float, float, float, float]:
    if isinstance(item, Table):
        return item.xs[0], item.top, item.xs[-1], item.bottom
    return item.x0, item.top, item.x1, item.bottom


def in_order(segments: Sequence[Segment], solids: Sequence[Solid]) -> list[Item]:
    """Lines, tables and frames of a page in reading order: columns from left to right, each from top to bottom; what
    is wider than a column parts what is above it from what is below."""
    return _ordered([*segments, *solids], 0)


def _ordered(parts: Sequence[Part], depth: int) -> list[Item]:
    if not parts:
        return []
    gutter = _gutter(parts) if depth < 8 else None
    if gutter is not None:
        left, right, above, below = _around(parts, gutter)
        if left and right and len(left) + len(right) > 1 and (len(left) < len(parts)):
            return [item for group in (above, left, right, below) for item in _ordered(group, depth + 1)]
    return _stacked(parts)


def _gutter(parts: Sequence[Part]) -> tuple[float, float, float] | None:
    """(x, top, bottom) of a white lane with running text on both sides, or None."""
    spans = [_span(part) for part in parts]
    left_edge, right_edge = min(s[0] for s in spans), max(s[2] for s in spans)
    width = right_edge - left_edge
    best: tuple[float, float, float] | None = None
    most = 0
    for x in sorted({round(s[2]) for s in spans if left_edge + 0.25 * width < s[2] < left_edge + 0.75 * width}):
        lane = x + _GUTTER / 2 + 0.5
        crossing = [s for s in spans if s[0] < lane + _GUTTER / 2 - 1 and s[2] > lane - _GUTTER / 2 + 1]
        left = [s for s in spans if s[2] <= lane - _GUTTER / 2 + 1]
        right = [s for s in spans if s[0] >= lane + _GUTTER / 2 - 1]
        for top, bottom in _free_bands(crossing, spans):
            inside_left = [s for s in left if top <= s[1] and s[3] <= bottom]
            inside_right = [s for s in right if top <= s[1] and s[3] <= bottom]
            fewest = min(len(inside_left), len(inside_right))
            if fewest >= _FEWEST_LINES and _running(inside_left) and _running(inside_right) and fewest > most:
                most, best = fewest, (lane, top, bottom)
    return best


def _free_bands(
    crossing: Sequence[tuple[float, float, float, float]], spans: Sequence[tuple[float, float, float, float]]
) -> list[tuple[float, float]]:
    """Vertical stretches in which nothing crosses the lane."""
    top, last = min(s[1] for s in spans) - 1, max(s[3] for s in spans) + 1
    bands = []
    for span in sorted(crossing, key=lambda s: s[1]):
        if span[1] > top:
            bands.append((top, span[1] + 1))
        top = max(top, span[3] - 1)
    bands.append((top, last))
    return bands


def _running(spans: Sequence[tuple[float, float, float, float]]) -> bool:
    width = max(s[2] for s in spans) - min(s[0] for s in spans)
    return width > 60 and sum(s[2] - s[0] for s in spans) / len(spans) >= _FULL * width


def _around(parts: Sequence[Part], gutter: tuple[float, float, float]) -> tuple[list[Part], ...]:
    lane, top, bottom = gutter
    left, right, above, below = [], [], [], []
    for part in parts:
        x0, y0, x1, y1 = _span(part)
        if y0 < top:
            above.append(part)
        elif y1 > bottom:
            below.append(part)
        elif (x0 + x1) / 2 < lane:
            left.append(part)
        else:
            right.append(part)
    return left, right, above, below


def _stacked(parts: Sequence[Part]) -> list[Item]:
    """One column: lines by their level, tables and frames by their top."""
    segments = sorted((p for p in parts if isinstance(p, Segment)), key=lambda s: (s.middle[1], s.x0))
    solids = [p for p in parts if not isinstance(p, Segment)]
    items: list[Item] = list(lines_of(segments))
    items = sorted([*items, *solids], key=lambda i: (i.top if not isinstance(i, Line) else i.middle, _left(i)))
    out: list[Item] = []
    for _, run in groupby(items, lambda item: isinstance(item, Line)):
        alike = list(run)
        printed = [item.segments for item in alike if isinstance(item, Line)]
        out += [Line(entry) for entry in in_columns(printed)] if printed else alike
    return out


def _left(item: Item) -> float:
    return item.xs[0] if isinstance(item, Table) else item.x0


def lines_of(segments: Sequence[Segment]) -> list[Line]:
    """Segments on one level as one line, from top to bottom."""
    groups: list[list[Segment]] = []
    for segment in sorted(segments, key=lambda s: (s.middle[1], s.x0)):
        last = groups[-1] if groups else None
        if last and abs(last[-1].middle[1] - segment.middle[1]) < 0.4 * max(last[-1].size, segment.size):
            last.append(segment)
        else:
            groups.append([segment])
    return [Line(tuple(sorted(group, key=lambda s: s.x0))) for group in groups]
