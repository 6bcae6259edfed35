"""PDF tables without a grid: phrases that stand in lanes below each other, parted by white or by level lines only."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import pairwise

from index.manuals.pdf_drawing import Rule
from index.manuals.pdf_ink import Segment
from index.manuals.pdf_layout import Line, lines_of
from index.manuals.pdf_legend import is_legend
from index.manuals.pdf_tables import Cell, Table, joined_lines, text_lines

_WHITE = 3.0  # points: narrower white parts no lanes
_FAR = 2.0  # of the font size: lines further apart than this are not one table
_WRAPPED = 0.45  # of the font size: a cell's own lines are closer than this
_MOST_LANES = 14
_FEWEST_ROWS = 3  # header included; fewer at the page's top, where a table may go on
_TOP_LINES = 4  # of a page, among which the head of a table is looked for that goes on there
_LOOSER = 1.2  # rows are this much further apart than the lines of a cell
_FULL = 0.72  # mean width over lane width from which both of two lanes are running text
_LIST_MARK = re.compile(r"(?:[^\w\s]|[(（]?(?:\d{1,2}|[a-zA-Z]|[①-⑳])[.)）、]?)")

Span = tuple[float, float]


def unruled_tables(
    segments: Sequence[Segment], rules: Sequence[Rule], ends: Callable[[Line], bool]
) -> list[tuple[Table, tuple[Segment, ...]]]:
    """Tables among ``segments``, each with the segments it took. ``ends``: lines that are in no table (headings)."""
    lines = lines_of(segments)
    level = [rule for rule in rules if not rule.upright]
    out: list[tuple[Table, tuple[Segment, ...]]] = []
    at = 0
    while at < len(lines):
        end, lanes = _run(lines, at, ends)
        found = lines[at:end]
        fewest = _FEWEST_ROWS if at else 2
        if len(found) >= fewest and len(lanes) >= 2 and _is_table(found, lanes, level):
            out.append((_table(found, lanes, level), tuple(s for line in found for s in line.segments)))
            at = end
        else:
            at += 1
    return out


def opening_table(lines: Sequence[Line]) -> tuple[Segment, ...]:
    """All of a table that begins among the first of ``lines``. The names over its columns look like a running head
    where they come back on every page, and so do rows of numbers; but each name stands where the cells below begin."""
    for at, line in enumerate(lines[:_TOP_LINES]):
        end, lanes = _run(lines, at, lambda _: False)
        names = _spans(line)
        if end - at < _FEWEST_ROWS or len(names) != len(lanes) or len(names) < 2:
            continue
        below = _lanes([span for row in lines[at + 1 : end] for span in _spans(row)])
        if len(below) == len(names) and all(_aligned(*pair) for pair in zip(names, below, strict=True)):
            return tuple(segment for row in lines[at:end] for segment in row.segments)
    return ()


def _aligned(name: Span, lane: Span) -> bool:
    return any(abs(a - b) < _WHITE for a, b in ((name[0], lane[0]), (name[1], lane[1]), (sum(name) / 2, sum(lane) / 2)))


def _run(lines: Sequence[Line], at: int, ends: Callable[[Line], bool]) -> tuple[int, list[Span]]:
    """Where the table that begins with line ``at`` would end, and its lanes. A first line whose phrases stand over
    several lanes each is a header above the header."""
    if len(lines[at].segments) < 2 or ends(lines[at]):
        return at, []
    spans = _spans(lines[at])
    lanes = _lanes(spans)
    end, told = at + 1, 1
    while end < len(lines):
        line, before = lines[end], lines[end - 1]
        if line.top - before.bottom > _FAR * line.size or ends(line):
            break
        wider = _lanes([*spans, *_spans(line)])
        if end == at + 1 and len(line.segments) > max(len(lanes), len(wider)):
            spans, wider = [], _lanes(_spans(line))  # the first line's names stand over several lanes each
        elif len(wider) < len(lanes):
            break
        alone = len(line.segments) == 1 and line.x0 < lanes[0][1]
        close = line.top - before.bottom <= _WRAPPED * line.size or _is_wrapped(lines, end, lanes)
        if alone and not (close and line.bold == before.segments[0].bold):
            break
        spans += _spans(line)
        lanes = wider
        told += len(line.segments) > 1
        end += 1
    while end > at and len(lines[end - 1].segments) == 1 and lines[end - 1].x0 < lanes[0][1] and told < 3:
        end -= 1
    return (end, lanes) if told >= (_FEWEST_ROWS if at else 2) and len(lanes) <= _MOST_LANES else (at, [])


def _is_wrapped(lines: Sequence[Line], at: int, lanes: Sequence[Span]) -> bool:
    """Whether line ``at``, alone in the first lane, is nearer to the row above than the next row is to it."""
    if at + 1 >= len(lines):
        return False
    row, line, after = lines[at - 1 : at + 2]
    begins = len(after.segments) > 1 and after.x0 < lanes[0][1] and after.top - line.bottom <= _FAR * line.size
    return begins and line.x1 <= lanes[0][1] + _WHITE and after.top - line.top > _LOOSER * (line.top - row.top)


def _spans(line: Line) -> list[Span]:
    return [(segment.x0, segment.x1) for segment in line.segments]


def _lanes(spans: Sequence[Span]) -> list[Span]:
    out: list[Span] = []
    for x0, x1 in sorted(spans):
        if out and x0 < out[-1][1] + _WHITE:
            out[-1] = (out[-1][0], max(out[-1][1], x1))
        else:
            out.append((x0, x1))
    return out


def _is_table(lines: Sequence[Line], lanes: Sequence[Span], level: Sequence[Rule]) -> bool:
    """False for lists (marks in the first lane, then text and perhaps a page), also side by side, and for text in two
    columns."""
    if is_legend([line.segments for line in lines]):
        return False
    first = [s.text for line in lines for s in line.segments if s.x0 < lanes[0][1]]
    if len(lanes) < 4 and all(_LIST_MARK.fullmatch(text) for text in first):
        return False
    if len(lanes) > 3 or lines[0].bold != lines[-1].bold or any(_parts(rule, lines, lanes) for rule in level):
        return True
    return not all(_is_running(lines, lane) for lane in lanes)


def _is_running(lines: Sequence[Line], lane: Span) -> bool:
    widths = [s.x1 - s.x0 for line in lines for s in line.segments if lane[0] - 1 <= s.middle[0] <= lane[1] + 1]
    wide = lane[1] - lane[0]
    return wide > 90 and len(widths) > 0.7 * len(lines) and sum(widths) / len(widths) >= _FULL * wide


def _parts(rule: Rule, lines: Sequence[Line], lanes: Sequence[Span]) -> bool:
    """Whether a level line runs across the table's lanes between its lines."""
    wide = lanes[-1][1] - lanes[0][0]
    across = min(rule.end, lanes[-1][1]) - max(rule.start, lanes[0][0])
    return across >= 0.8 * wide and lines[0].top - 8 < rule.at < lines[-1].bottom + 8


def _table(lines: Sequence[Line], lanes: Sequence[Span], level: Sequence[Rule]) -> Table:
    groups = _grouped(lines, lanes, [rule.at for rule in level if _parts(rule, lines, lanes)])
    rows = []
    for number, group in enumerate(groups):
        held: list[list[Segment]] = [[] for _ in lanes]
        over: set[int] = set()
        for segment in (s for line in group for s in line.segments):
            reached = [n for n, (x0, x1) in enumerate(lanes) if segment.x0 < x1 and segment.x1 > x0]
            for place in reached or [_nearest(segment, lanes)]:
                held[place].append(segment)
            over.update(reached[1:])
        rows.append(tuple(_cell(found, n in over and number == 0) for n, found in enumerate(held)))
    ys = [min(s.top for line in group for s in line.segments) for group in groups]
    ys.append(max(line.bottom for line in lines))
    xs = (*(lane[0] for lane in lanes), lanes[-1][1])
    ruled = [rule.at for rule in level if _parts(rule, lines, lanes) and rule.at > lines[0].bottom - 2]
    headed = sum(y < min(ruled, default=0.0) - 1 for y in ys[:-1])
    return Table(xs, tuple(ys), tuple(rows), grid=False, ruled_header=headed if 0 < headed < len(groups) else 0)


def _nearest(segment: Segment, lanes: Sequence[Span]) -> int:
    middle = segment.middle[0]
    return min(range(len(lanes)), key=lambda n: abs((lanes[n][0] + lanes[n][1]) / 2 - middle))


def _cell(segments: Sequence[Segment], over: bool) -> Cell:
    text = joined_lines(text_lines(segments))
    return Cell(text, bool(segments) and all(s.bold for s in segments), right=over)


def _grouped(lines: Sequence[Line], lanes: Sequence[Span], rules: Sequence[float]) -> list[list[Line]]:
    """Lines by rows. A row begins where a level line parts it from the one above, or where the distance is larger than
    that of a cell's own lines; where all distances are alike, wherever the first lane holds text."""
    gaps = [after.top - before.top for before, after in pairwise(lines)]
    small = min(gaps)
    loose = sum(gap > _LOOSER * small for gap in gaps)
    by_gap = loose >= 0.3 * (len(gaps) - loose) and loose < len(gaps)
    parted = [any(a.bottom - 3 < rule < b.top + 3 for rule in rules) for a, b in pairwise(lines)]
    by_rule = sum(parted) >= 0.3 * len(parted) and sum(parted) > 2
    groups = [[lines[0]]]
    for number, line in enumerate(lines[1:]):
        if by_rule:
            begins = parted[number]
        elif by_gap:
            begins = parted[number] or gaps[number] > _LOOSER * small or len(line.segments) == len(lanes) > 2
        else:
            begins = parted[number] or line.x0 < lanes[0][1]
        below_group = number == 0 and len(line.segments) > len(lines[0].segments)  # its names, below wider ones
        if begins or below_group:
            groups.append([line])
        else:
            groups[-1].append(line)
    return groups
