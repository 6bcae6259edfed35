"""Sheet: the rows of a spreadsheet or CSV file become titles, tables, steps and prose, as people lay them out."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from index.manuals import signs
from index.manuals.block import Block
from index.manuals.grid import LOOK_AHEAD, Line, header_rows, row_block, stacked

_TITLE_CHARACTERS = 60
_LINES_ABOVE = 6  # title, date, author, note: what may stand between a title and its table
_BAND_SHARE = 0.5  # a cell merged over this share of the columns parts a table: "Power supply"


def sheet_blocks(lines: Iterable[Line], level: int = 2) -> Iterator[Block]:
    """Blocks of a sheet from its rows, streamed. ``level``: depth of a table's title. Blank rows part what does not
    belong together; a table that goes on behind one keeps its column names."""
    ahead = _Ahead(iter(lines))
    names: list[str] = []
    while (line := ahead.peek()) is not None:
        count = len(line.filled)
        if count == 0:
            ahead.take()
        elif count == 1:
            names = []
            yield from _lone(ahead, level)
        else:
            names = _names(ahead, names)
            yield from _table(ahead, names, level + 1)


@dataclass(slots=True)
class _Ahead:
    """Rows with a look at the next few."""

    rows: Iterator[Line]
    held: deque[Line] = field(default_factory=deque)

    def look(self, count: int) -> list[Line]:
        while len(self.held) < count:
            line = next(self.rows, None)
            if line is None:
                break
            self.held.append(line)
        return list(self.held)[:count]

    def peek(self) -> Line | None:
        seen = self.look(1)
        return seen[0] if seen else None

    def take(self) -> Line:
        self.look(1)
        return self.held.popleft()


def _lone(ahead: _Ahead, level: int) -> Iterator[Block]:
    """Rows of one cell: the first is a title if a table follows soon, what else there is is text."""
    first = True
    while (line := ahead.peek()) is not None and len(line.filled) == 1:
        text = line.filled[0]
        if first and _is_title(text) and any(len(after.filled) > 1 for after in ahead.look(_LINES_ABOVE)):
            yield Block("heading", " ".join(text.split()), level)
        else:
            yield from text_blocks(text)
        first = False
        ahead.take()


def _names(ahead: _Ahead, before: list[str]) -> list[str]:
    """The names of the columns of the table that begins here; its header rows are taken. Without a header it has those
    of the table before it, if that was as wide."""
    seen: list[Line] = []
    for line in ahead.look(LOOK_AHEAD):
        if not line.filled:
            break
        seen.append(line)
    count = header_rows(seen)
    if count == 0:
        return before if max(len(line.cells) for line in seen) <= len(before) else []
    names = stacked(seen[:count])
    for _ in range(count):
        ahead.take()
    return names


def _table(ahead: _Ahead, names: list[str], level: int) -> Iterator[Block]:
    while (line := ahead.peek()) is not None and line.filled:
        ahead.take()
        filled = line.filled
        if names and [cell for cell in stacked([line]) if cell] == [name for name in names if name]:
            continue  # the header again, as on each printed page
        wide = len(line.merged_right) >= _BAND_SHARE * max(2, len(names))
        if len(filled) == 1 and (wide or line.strong) and line.cells[0] and _is_title(filled[0]):
            yield Block("heading", " ".join(filled[0].split()), level)
            continue
        block = row_block(names, line)
        if block is not None:
            yield block


def text_blocks(text: str) -> Iterator[Block]:
    """A cell's text as what its beginning says it is, line by line; a signal word that is a line of its own goes with
    what it warns of, up to the next step, bullet or sign."""
    parts = deque(part.strip() for part in text.split("\n") if part.strip())
    while parts:
        part = parts.popleft()
        step, bullet, sign = signs.step(part), signs.bullet(part), signs.warning(part)
        if sign:
            lines = [part]
            while not sign[1] and parts and not _begins_own(parts[0]):
                lines.append(parts.popleft())
            yield Block("warning", "\n".join(lines))
        elif step:
            yield Block("step", step[1], 0, label=step[0])
        elif bullet:
            yield Block("bullet", bullet)
        else:
            yield Block("paragraph", part)


def _begins_own(part: str) -> bool:
    return bool(signs.step(part) or signs.bullet(part) or signs.warning(part))


def _is_title(text: str) -> bool:
    ends = text.rstrip()[-1:] in tuple("。.!?:：、,")
    return len(text) <= _TITLE_CHARACTERS and not ends and not (signs.step(text) or signs.warning(text))
