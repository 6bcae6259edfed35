"""AsciiDoc tables: cells by bars, spans, header rows; also tables written as CSV."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from index.manuals.block import Block
from index.manuals.grid import Line, row_blocks

_SPEC = re.compile(
    r"(?:^|(?<=\s))(?P<spec>(?:(?P<times>\d+)\*|(?P<across>\d+)?(?:\.(?P<down>\d+))?\+)?"
    r"[<^>]?(?:\.[<^>])?[adehlmsv]?)$"
)
_MAX_SPAN = 64


@dataclass(frozen=True, slots=True)
class _Cell:
    text: str
    across: int
    down: int


@dataclass(slots=True)
class TableText:
    """A table as written: its lines between the delimiters. ``columns``: 0 where only its first line tells; ``header``:
    None where the file does not say; ``clean`` makes a cell's text readable."""

    lines: Sequence[str]
    clean: Callable[[str], str]
    columns: int = 0
    header: bool | None = None
    separator: str = "|"
    _covered: dict[tuple[int, int], str] = field(default_factory=dict)

    def blocks(self) -> Iterator[Block]:
        rows = list(self._csv_rows() if self.separator in (",", ";", ":", "\t") else self._bar_rows())
        header = self.header
        if header is None and self._implied():
            header = True
        yield from row_blocks(rows, None if header is None else int(header))

    def _implied(self) -> bool:
        """The first line is a header where a blank line follows it and none stands before it."""
        first = next((at for at, line in enumerate(self.lines) if line.strip()), None)
        return first == 0 and len(self.lines) > 1 and not self.lines[1].strip()

    def _csv_rows(self) -> Iterator[Line]:
        text = "\n".join(line for line in self.lines if line.strip())
        for row in csv.reader(io.StringIO(text), delimiter=self.separator):
            yield Line(tuple(self.clean(cell.strip()) for cell in row))

    def _bar_rows(self) -> Iterator[Line]:
        cells = list(self._cells())
        if not cells:
            return
        columns = self.columns or self._first_line_columns() or len(cells)
        at, row = 0, 0
        while at < len(cells):
            texts: list[str] = [""] * columns
            down: set[int] = set()
            right: set[int] = set()
            column = 0
            while column < columns:
                if (row, column) in self._covered:
                    texts[column] = self._covered.pop((row, column))
                    down.add(column)
                    column += 1
                    continue
                if at >= len(cells):
                    break
                cell = cells[at]
                at += 1
                for across in range(min(cell.across, columns - column)):
                    texts[column + across] = cell.text
                    if across:
                        right.add(column + across)
                    for below in range(1, cell.down):
                        self._covered[row + below, column + across] = cell.text
                column += cell.across
            yield Line(tuple(texts), frozenset(down), frozenset(right))
            row += 1

    def _first_line_columns(self) -> int:
        """The number of cells on the first line that holds any."""
        line = next((line for line in self.lines if self.separator in line), "")
        parts = _split(line, self.separator)
        return sum(spec_times * across for spec_times, across, _ in (_spec(part) for part in parts[:-1]))

    def _cells(self) -> Iterator[_Cell]:
        parts = _split("\n".join(self.lines), self.separator)
        for at, (before, part) in enumerate(pairwise(parts), start=2):
            times, across, down = _spec(before)
            text = part if at == len(parts) else part[: len(part) - len(_found(part))]
            for _ in range(times):
                yield _Cell(self.clean(text.strip()), across, down)


def _split(text: str, separator: str) -> list[str]:
    parts = re.split(rf"(?<!\\){re.escape(separator)}", text)
    return [part.replace(f"\\{separator}", separator) for part in parts]


def _found(before: str) -> str:
    match = _SPEC.search(before.split("\n")[-1] if before else "")
    return match["spec"] if match else ""


def _spec(before: str) -> tuple[int, int, int]:
    """(how often the cell is repeated, columns, rows) by what stands before its bar."""
    match = _SPEC.search(before.split("\n")[-1])
    if match is None:
        return 1, 1, 1
    times, across, down = (min(_MAX_SPAN, int((match[name] or "1")[:9])) for name in ("times", "across", "down"))
    return max(1, times), max(1, across), max(1, down)
