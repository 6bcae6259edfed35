"""PDF regions: what on a page is table, framed warning, lettering of a figure or contents, before the rest is read."""

from __future__ import annotations

import re
from collections.abc import Sequence

from index.manuals import signs
from index.manuals.pdf_blocks import Style, folded
from index.manuals.pdf_drawing import Panel, Rule
from index.manuals.pdf_ink import Ink, Segment
from index.manuals.pdf_layout import Figure, Framed, Item, Line, Solid, in_order, lines_of
from index.manuals.pdf_margins import EdgeLine, without_running
from index.manuals.pdf_tables import Table, ruled_tables
from index.manuals.pdf_unruled import unruled_tables

_LEADERS = re.compile(r"(?:\.\s?){4,}|…{2,}|・{4,}|‥{2,}|(?:\s\.){3,}")
_LONG_LEADERS = re.compile(r"(?:\.\s?){12,}")
_FIGURE = re.compile(r"^(?:図|Fig\.|Figure|FIGURE)\s?[A-Z]?\d")
_WHITE_IN_FIGURE = 30.0  # points
_LONGEST_LETTERING = 60  # characters: a longer text is prose that happens to stand among lines
_CONTENTS_LINES = 4  # lines of a table of contents on a page from which they are left out


def page_items(ink: Ink, running: Sequence[EdgeLine], style: Style) -> list[Item]:
    """Everything on the page but its running heads and contents lines, in reading order."""
    kept = without_running(ink, running)
    ink = Ink(ink.width, ink.height, kept, ink.rules, ink.panels)
    tables = ruled_tables(ink)
    in_table = {place for _, places in tables for place in places}
    solids: list[Solid] = [table for table, _ in tables]
    free = [segment for place, segment in enumerate(ink.segments) if place not in in_table]
    frames, free = _frames(ink, free, [table for table, _ in tables])
    figures, free = _figures(ink, free, [*solids, *frames])
    loose, free = _unruled(ink, free, style)
    items = in_order(free, [*solids, *loose, *frames, *figures])
    return _without_contents(items, style)


def _frames(ink: Ink, segments: list[Segment], tables: list[Table]) -> tuple[list[Framed], list[Segment]]:
    """Frames whose first line is a signal word, smallest first, and the segments that are in none."""
    out: list[Framed] = []
    left = segments
    for panel in sorted(ink.panels, key=lambda p: (p.x1 - p.x0) * (p.bottom - p.top)):
        if panel.bottom - panel.top > 0.8 * ink.height or any(_overlap(panel, table) for table in tables):
            continue
        inside = [s for s in left if _inside(s, panel)]
        lines = lines_of(inside)
        if len(lines) > 1 and (signs.warning(lines[0].text + "\n") or signs.note(lines[0].text)):
            out.append(Framed(tuple(lines), panel.x0, panel.top, panel.x1, panel.bottom))
            left = [s for s in left if not _inside(s, panel)]
    return out, left


def _figures(ink: Ink, segments: list[Segment], solids: list[Solid]) -> tuple[list[Figure], list[Segment]]:
    """Lettering of the drawing above each figure caption: a drawing is what is drawn there without wide white between.
    Captions above their figures are left alone."""
    out: list[Figure] = []
    left = segments
    drawn = [(p.x0, p.top, p.x1, p.bottom) for p in ink.panels] + [_extent(rule) for rule in ink.rules]
    drawn = [d for d in drawn if not any(s.top - 2 < d[3] and d[1] < s.bottom + 2 for s in solids)]
    for caption in [s for s in segments if _FIGURE.match(s.text)]:
        top = caption.top
        for x0, y0, x1, y1 in sorted(drawn, key=lambda d: -d[3]):
            if y1 <= caption.top + 2 and y1 > top - _WHITE_IN_FIGURE and x1 - x0 < 0.9 * ink.width:
                top = min(top, y0)
        inside = [s for s in left if top - 2 <= s.middle[1] < caption.top - 1 and not _FIGURE.match(s.text)]
        if len(inside) > 1 and not any(len(s.text) > _LONGEST_LETTERING for s in inside):
            lines = tuple(lines_of(inside))
            x0, x1 = min(s.x0 for s in inside), max(s.x1 for s in inside)
            out.append(Figure(lines, x0, min(s.top for s in inside), x1, max(s.bottom for s in inside)))
            left = [s for s in left if s not in inside]
    return out, left


def _unruled(ink: Ink, segments: list[Segment], style: Style) -> tuple[list[Table], list[Segment]]:
    """Tables without a grid, and the segments that are in none."""

    def ends(line: Line) -> bool:
        return style.heading_level(line) is not None or _is_contents_line(line, style)

    found = unruled_tables(segments, ink.rules, ends)
    taken = {id(segment) for _, inside in found for segment in inside}
    return [table for table, _ in found], [segment for segment in segments if id(segment) not in taken]


def _extent(rule: Rule) -> tuple[float, float, float, float]:
    if rule.upright:
        return rule.at, rule.start, rule.at, rule.end
    return rule.start, rule.at, rule.end, rule.at


def _inside(segment: Segment, panel: Panel) -> bool:
    x, y = segment.middle
    return panel.x0 <= x <= panel.x1 and panel.top <= y <= panel.bottom


def _overlap(panel: Panel, table: Table) -> bool:
    return panel.top < table.bottom - 2 and table.top < panel.bottom - 2


def _without_contents(items: list[Item], style: Style) -> list[Item]:
    """The page without the lines of a table of contents: they repeat the headings and answer nothing."""
    listed = [item for item in items if isinstance(item, Line) and _is_contents_line(item, style)]
    if len(listed) < _CONTENTS_LINES and not any(_LONG_LEADERS.search(line.text) for line in listed):
        return items
    return [item for item in items if item not in listed]


def _is_contents_line(line: Line, style: Style) -> bool:
    if _LEADERS.search(line.text) and re.search(r"[\dA-Za-z]\s*$", line.text):
        return True
    return len(line.segments) > 1 and folded(" ".join(s.text for s in line.segments[:-1])) in style.outline
