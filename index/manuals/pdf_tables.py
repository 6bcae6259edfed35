"""PDF tables: grids of ruling lines, and rows whose cells stand in line without rules, become rows of cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from index.codes.find import find_codes
from index.manuals import signs
from index.manuals.grid import LOOK_AHEAD, header_rows, stacked
from index.manuals.grid import Line as GridLine
from index.manuals.pdf_drawing import Rule
from index.manuals.pdf_ink import Ink, Segment

_TOUCH = 2.5  # points by which drawn lines may miss each other
_SAME = 2.0  # lines closer than this are one
_COVER = 0.7  # share of a grid's lines that must be drawn: figures of boxes have far less
_MOST_RULES = 4000  # a page with more is a drawing; looking for tables there costs seconds and finds none
_HEADER_CHARACTERS = 40


@dataclass(frozen=True, slots=True)
class Cell:
    """``right``, ``down``: the cell is merged with the one to its left, or above it."""

    text: str
    bold: bool
    right: bool = False
    down: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table on one page: ``xs`` and ``ys`` are its column and row borders in points, ``rows`` its cells from top to
    bottom (a merged cell counts in each row and, in the header, in each column it spans). Not a ``grid``: its columns
    are lanes of print, ``xs`` the left edge of each and the last one's right. ``ruled_header``: how many rows stand
    above its first level line, 0 where there is none."""

    xs: tuple[float, ...]
    ys: tuple[float, ...]
    rows: tuple[tuple[Cell, ...], ...]
    grid: bool = True
    ruled_header: int = 0

    @property
    def top(self) -> float:
        return self.ys[0]

    @property
    def bottom(self) -> float:
        return self.ys[-1]

    def texts(self, row: int) -> tuple[str, ...]:
        return tuple(cell.text for cell in self.rows[row])


def ruled_tables(ink: Ink) -> list[tuple[Table, frozenset[int]]]:
    """Tables with ruling lines, and the places in ink.segments of the text inside each."""
    if len(ink.rules) > _MOST_RULES:
        return []
    out: list[tuple[Table, frozenset[int]]] = []
    for rules in _connected(_merged(ink.rules)):
        xs = _places([r.at for r in rules if r.upright])
        ys = _places([r.at for r in rules if not r.upright])
        if len(xs) < 3 or len(ys) < 2 or len(xs) * len(ys) > 20000 or not _is_grid(rules, xs, ys):
            continue
        inside = frozenset(
            place
            for place, segment in enumerate(ink.segments)
            if xs[0] - 1 <= segment.middle[0] <= xs[-1] + 1 and ys[0] - 1 <= segment.middle[1] <= ys[-1] + 1
        )
        rows = _rows(rules, xs, ys, [ink.segments[place] for place in sorted(inside)])
        if _is_of_columns(rows):
            out.append((Table(tuple(xs), tuple(ys), rows), inside))
    return out


def _merged(rules: Sequence[Rule]) -> list[Rule]:
    """Lines on one axis that touch or overlap are one line."""
    out: list[Rule] = []
    for rule in sorted(rules, key=lambda r: (r.upright, round(r.at / _SAME), r.start)):
        last = out[-1] if out else None
        near = last is not None and last.upright == rule.upright and abs(last.at - rule.at) <= _SAME
        if last is not None and near and rule.start <= last.end + _TOUCH:
            out[-1] = Rule(last.upright, last.at, last.start, max(last.end, rule.end))
        else:
            out.append(rule)
    return out


def _connected(rules: Sequence[Rule]) -> list[list[Rule]]:
    """Groups of lines that cross or touch."""
    leader = list(range(len(rules)))

    def find(place: int) -> int:
        while leader[place] != place:
            leader[place] = leader[leader[place]]
            place = leader[place]
        return place

    level = [place for place, rule in enumerate(rules) if not rule.upright]
    upright = [place for place, rule in enumerate(rules) if rule.upright]
    for h in level:
        for v in upright:
            a, b = rules[h], rules[v]
            if (
                a.start - _TOUCH <= b.at <= a.end + _TOUCH
                and b.start - _TOUCH <= a.at <= b.end + _TOUCH
                and find(h) != find(v)
            ):
                leader[find(h)] = find(v)
    groups: dict[int, list[Rule]] = {}
    for place, rule in enumerate(rules):
        groups.setdefault(find(place), []).append(rule)
    return [group for group in groups.values() if len(group) >= 5]


def _places(values: Sequence[float]) -> list[float]:
    out: list[float] = []
    for value in sorted(values):
        if not out or value - out[-1] > 2 * _SAME:
            out.append(value)
    return out


def _is_grid(rules: Sequence[Rule], xs: Sequence[float], ys: Sequence[float]) -> bool:
    width, height = xs[-1] - xs[0], ys[-1] - ys[0]
    if width < 40 or height < 10:
        return False
    drawn = sum(min(1.0, _covered(rules, True, x) / height) for x in xs)
    drawn += sum(min(1.0, _covered(rules, False, y) / width) for y in ys)
    return drawn / (len(xs) + len(ys)) >= _COVER


def _covered(rules: Sequence[Rule], upright: bool, at: float) -> float:
    return sum(r.end - r.start for r in rules if r.upright == upright and abs(r.at - at) <= 2 * _SAME)


def _has_line(rules: Sequence[Rule], upright: bool, at: float, across: float) -> bool:
    return any(
        r.upright == upright and abs(r.at - at) <= 2 * _SAME and r.start - 1 <= across <= r.end + 1 for r in rules
    )


def _rows(
    rules: Sequence[Rule], xs: Sequence[float], ys: Sequence[float], segments: Sequence[Segment]
) -> tuple[tuple[Cell, ...], ...]:
    """Cells by their borders; where no line parts two fields they are one merged cell."""
    columns, lines = len(xs) - 1, len(ys) - 1
    owner = {(r, c): (r, c) for r in range(lines) for c in range(columns)}
    for r in range(lines):
        for c in range(columns):
            middle_x, middle_y = (xs[c] + xs[c + 1]) / 2, (ys[r] + ys[r + 1]) / 2
            if c and not _has_line(rules, True, xs[c], middle_y):
                owner[r, c] = owner[r, c - 1]
            elif r and not _has_line(rules, False, ys[r], middle_x):
                owner[r, c] = owner[r - 1, c]
    held: dict[tuple[int, int], list[Segment]] = {}
    for segment in segments:
        x, y = segment.middle
        r = max((i for i in range(lines) if ys[i] <= y + 0.5), default=0)
        c = max((i for i in range(columns) if xs[i] <= x + 0.5), default=0)
        held.setdefault(owner[r, c], []).append(segment)
    rows: list[tuple[Cell, ...]] = []
    for r in range(lines):
        row = []
        for c in range(columns):
            spans_columns = c > 0 and owner[r, c] == owner[r, c - 1]
            spans_rows = r > 0 and owner[r, c] == owner[r - 1, c]
            told = () if spans_columns and r else held.get(owner[r, c], ())
            row.append(replace(_cell(told), right=spans_columns, down=spans_rows))
        if any(cell.text for cell in row):
            rows.append(tuple(row))
    return tuple(rows)


def _is_of_columns(rows: tuple[tuple[Cell, ...], ...]) -> bool:
    """False for boxes of one cell, as in a flow chart, and for a frame around a numbered list in several columns."""
    told = [cell.text.split("\n") for row in rows for cell in row if cell.text]
    listed = all(len(lines) > 1 and all(signs.step(line) for line in lines) for lines in told)
    return not listed and any(not cell.right for row in rows for cell in row[1:])


def _cell(segments: Sequence[Segment]) -> Cell:
    return Cell(joined_lines(text_lines(segments)), bool(segments) and all(s.bold for s in segments))


def text_lines(segments: Sequence[Segment]) -> list[str]:
    """Segments as lines from top to bottom; what stands on one level is one line."""
    lines: list[list[Segment]] = []
    for segment in sorted(segments, key=lambda s: (s.middle[1], s.x0)):
        if lines and abs(lines[-1][0].middle[1] - segment.middle[1]) < 0.5 * max(segment.size, 4):
            lines[-1].append(segment)
        else:
            lines.append([segment])
    return [" ".join(s.text for s in sorted(line, key=lambda s: s.x0)) for line in lines]


def joined_lines(lines: Sequence[str]) -> str:
    """Printed lines as running text; a step or a bullet begins a line of its own."""
    out = ""
    for line in lines:
        own_line = bool(out) and (signs.step(line) is not None or signs.bullet(line) is not None)
        out = f"{out}\n{line}" if own_line else signs.join(out, line)
    return out


def header_names(table: Table) -> tuple[tuple[str, ...], int]:
    """One name a column and how many rows hold them: two where a name above spans columns that the row below tells
    apart, none where the first row is no header."""
    over = _group_names(table)
    if over is not None:
        below = table.texts(1)
        whole = len(set(over)) == 1  # a title over all columns names none of them
        rows = [GridLine(below)] if whole else [GridLine(over), GridLine(below)]
        return tuple(stacked(rows)), 2
    if table.grid:
        return (table.texts(0), 1) if has_header(table) else ((), 0)
    lines = [GridLine(table.texts(row), strong=_is_bold(table.rows[row])) for row in range(len(table.rows))]
    count = table.ruled_header if 0 < table.ruled_header <= 2 else min(1, header_rows(lines[:LOOK_AHEAD]))
    return tuple(stacked(lines[:count])), count


def _group_names(table: Table) -> tuple[str, ...] | None:
    """The first row's names, each over all columns that it spans, where the second row holds names below them."""
    if len(table.rows) < 3:
        return None
    above, below = table.rows[0], table.rows[1]
    own = [cell.text for cell in below if cell.text and not cell.down]
    if not own or not all(_is_name(text) for text in own) or not any(cell.text for cell in above):
        return None
    goes_down = any(cell.down or (up.text and not cell.text) for up, cell in zip(above, below, strict=True))
    bold = _is_bold(below) and not all(_is_bold(row) for row in table.rows)
    spans = any(cell.right for cell in above)
    names = [cell.text for cell in above]
    if not table.grid:  # a group's name stands over the first of its columns, or over their middle
        for at in range(1, len(names)):
            if not names[at] and below[at].text and below[at - 1].text:
                names[at], spans = names[at - 1], True
    return tuple(names) if spans and (goes_down or bold) else None


def _is_bold(cells: Sequence[Cell]) -> bool:
    return all(cell.bold for cell in cells if cell.text)


def _is_name(text: str) -> bool:
    few_digits = sum(c.isdigit() for c in text) <= 0.4 * len(text)
    return len(text) <= _HEADER_CHARACTERS and few_digits and any(c.isalpha() for c in text)


def has_header(table: Table) -> bool:
    """True where the first row names columns: all cells short and filled, no alarm code, not mere numbers, and not
    followed by nothing."""
    if len(table.rows) < 2:
        return False
    first = table.texts(0)
    filled = [text for text in first if text]
    if len(filled) < max(2, len(first) - 1) or any(len(text) > _HEADER_CHARACTERS for text in filled):
        return False
    if all(cell.bold for cell in table.rows[0] if cell.text):
        return not all(cell.bold for row in table.rows for cell in row if cell.text)
    if any(code.kind in ("alarm", "parameter") for text in filled for code in find_codes(text)):
        return False
    numbers = sum(sum(c.isdigit() for c in text) > 0.4 * len(text) for text in filled)
    return numbers * 2 <= len(filled)


def same_columns(one: Table, other: Table) -> bool:
    """True where two tables have their column borders at the same places: one goes on on the next page."""
    if len(one.xs) != len(other.xs) or one.grid != other.grid:
        return False
    borders = list(zip(one.xs, other.xs, strict=True))  # the print's right edge changes from page to page
    return all(abs(a - b) < 4 for a, b in (borders if one.grid else borders[:-1]))
