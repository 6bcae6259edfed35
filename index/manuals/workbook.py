"""XLSX manuals: a sheet is a section, its tables become rows with their column names; streamed by openpyxl.

Values are shown as their cells show them; formulas by the result that was saved with them.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from index.errors import ManualUnreadable
from index.manuals.block import Block, Page, Reading
from index.manuals.coverage import Skipped, SkipReason
from index.manuals.grid import Line
from index.manuals.number_format import displayed
from index.manuals.package import EXCEL, empty, opened, unreadable
from index.manuals.sheet import sheet_blocks, text_blocks
from index.manuals.table_file import MAX_ROWS, too_many_rows
from index.manuals.workbook_shapes import Drawn, Shape, drawn_on, with_shapes

MAX_COLUMNS = 128  # a table that people read; a cell far out must not make every row long
_EXCEL_ROWS = 1_048_576
_MAX_MERGES = 50_000
_BLOCK = 1 << 20
_MERGE = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"')
_NO_RESULT = re.compile(rb"(?:</(?:\w+:)?f>|<(?:\w+:)?f(?:\s[^>]*)?/>)\s*(?:<v\s*/>|<v>\s*</v>)?\s*</(?:\w+:)?c>")
_PLACE = re.compile(rb'<(?:c|row)\s[^>]*?\br="[A-Z]{0,3}(\d{1,7})"[^>]*>$')
_VALUES = (b"<v>", b"<v ", b"<t>", b"<t ")
_OVERLAP = 400  # bytes
_SUFFIXES = (".xlsx", ".xlsm")
_BLANK = Line(())


class WorkbookReader:
    """Reads .xlsx and .xlsm files, a page a sheet; hidden sheets and charts are left out and told."""

    suffixes: tuple[str, ...] = _SUFFIXES

    def open(self, path: Path) -> Reading:
        with opened(path, EXCEL) as package:
            extras = {name: _extras(package, name) for name in package.namelist() if _is_sheet(name)}
        with _workbook(path) as book:
            shown, skipped = _shown(book)
            title = str(book.properties.title or "").strip()
        if not shown:
            raise empty(path)
        return Reading(title or path.stem, len(shown), _pages(path, shown, extras), tuple(skipped))


@dataclass(frozen=True, slots=True)
class _Extras:
    """What stands in a sheet's file but is not told while streaming: merged cells as (top, left, bottom, right), all
    from 1; how many formulas were saved without their result; the last row that holds a value, behind which formatted
    rows may go on to the end of what a sheet can hold; and what is drawn over the cells."""

    merges: tuple[tuple[int, int, int, int], ...] = ()
    unresolved: int = 0
    last_row: int = _EXCEL_ROWS
    drawn: Drawn = field(default=Drawn())

    def skipped(self, title: str) -> tuple[Skipped, ...]:
        counts: tuple[tuple[SkipReason, int], ...] = (
            ("formula", self.unresolved), ("picture", self.drawn.pictures), ("chart", self.drawn.charts),
            ("note", self.drawn.notes),
        )  # fmt: skip
        return tuple(Skipped(reason, title, count) for reason, count in counts if count)


class _workbook:
    """The workbook, closed at the end; a parser's error becomes one that names the file."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> Any:
        import openpyxl

        try:
            self._book = openpyxl.load_workbook(self._path, read_only=True, data_only=True, keep_links=False)
        except Exception as cause:  # openpyxl raises whatever a wrong part makes it stumble over
            raise unreadable(self._path, cause) from cause
        return self._book

    def __exit__(self, *error: object) -> None:
        self._book.close()


def _is_sheet(name: str) -> bool:
    return posixpath.dirname(name) == "xl/worksheets" and name.endswith(".xml")


def _shown(book: Any) -> tuple[list[str], list[Skipped]]:
    shown, skipped = [], []
    for sheet in book.worksheets:
        if sheet.sheet_state == "visible":
            shown.append(str(sheet.title))
        else:
            skipped.append(Skipped("hidden_sheet", str(sheet.title)))
    skipped += [Skipped("chart", str(sheet.title)) for sheet in book.chartsheets]
    return shown, skipped


def _extras(package: zipfile.ZipFile, name: str) -> _Extras:
    merges: list[tuple[int, int, int, int]] = []
    unresolved = 0
    rows = _LastRow()
    with package.open(name) as file:
        kept = b""
        while block := file.read(_BLOCK):
            text = kept + block
            last = len(kept)
            for found in _MERGE.finditer(text):
                if found.end() > last and len(merges) < _MAX_MERGES:
                    left, top, right, bottom = found.groups()
                    merges.append((int(top), _column(left), int(bottom), _column(right)))
            unresolved += sum(found.end() > last for found in _NO_RESULT.finditer(text))
            rows.look(text)
            kept = text[-_OVERLAP:]
    return _Extras(tuple(sorted(set(merges))), unresolved, rows.last, drawn_on(package, name))


@dataclass(slots=True)
class _LastRow:
    """The last row in which a value stands, found without reading the rows: ``last``. Where a file does not tell the
    places of its cells, or writes its tags in another way, the last that a sheet can have."""

    last: int = 1
    _sure: bool = True

    def look(self, text: bytes) -> None:
        """``text``: the next block of the sheet's file, begun with the end of the one before."""
        at = max(text.rfind(mark) for mark in _VALUES)
        if b":row " in text or b":c " in text:
            self._sure = False
        if not self._sure:
            self.last = _EXCEL_ROWS
        elif at >= 0:
            begins = text.rfind(b"<c ", 0, at)
            place = _PLACE.search(text, begins, text.find(b">", begins) + 1) if begins >= 0 else None
            self._sure = place is not None
            self.last = max(self.last, int(place[1])) if place is not None else _EXCEL_ROWS


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _pages(path: Path, shown: list[str], extras: dict[str, _Extras]) -> Iterator[Page]:
    counted = 0
    found = False
    with _workbook(path) as book:
        for number, title in enumerate(shown, start=1):
            sheet = book[title]
            more = extras.get(str(sheet._worksheet_path).lstrip("/"), _Extras())
            rows = _Rows(sheet, more, path)
            over: list[Shape] = []
            blocks = list(sheet_blocks(with_shapes(rows.lines(), more.drawn.shapes, over)))
            if over and blocks and title.strip():  # beside a table, and no part of it
                blocks.append(Block("heading", title.strip(), 1))
            blocks += (block for shape in over for block in text_blocks(shape.text))
            counted += rows.filled
            if counted > MAX_ROWS:
                raise too_many_rows(path.name)
            found = found or bool(blocks)
            if number == len(shown) and not found:
                raise empty(path)
            heading = [Block("heading", title.strip(), 1)] if blocks and title.strip() else []
            skipped = more.skipped(title) or (() if blocks else (Skipped("blank", title),))
            yield Page(number, "", (*heading, *blocks), skipped)


@dataclass(slots=True)
class _Rows:
    """Rows of one sheet as lines of a grid."""

    sheet: Any
    extras: _Extras
    path: Path
    filled: int = 0
    _open: list[tuple[tuple[int, int, int, int], str]] = field(default_factory=list)

    def lines(self) -> Iterator[Line]:
        self.sheet.reset_dimensions()  # what a file says of its size may be wrong
        merges = iter(self.extras.merges)
        waiting = next(merges, None)
        blank: tuple[Any, ...] | None = None
        try:
            for number, row in enumerate(
                self.sheet.iter_rows(max_row=self.extras.last_row, max_col=MAX_COLUMNS), start=1
            ):
                if number > _EXCEL_ROWS or self.filled > MAX_ROWS:
                    raise too_many_rows(self.path.name)
                if row is blank and not self._open and (waiting is None or waiting[0] > number):
                    yield _BLANK
                    continue
                cells = [displayed(cell.value, cell.number_format or "") for cell in row]
                blank = (
                    blank if any(cells) else row
                )  # openpyxl gives one and the same for rows that are not in the file
                self._open = [merge for merge in self._open if merge[0][2] >= number]
                while waiting is not None and waiting[0] <= number:
                    if waiting[0] == number and waiting[1] <= len(cells):
                        self._open.append((waiting, cells[waiting[1] - 1]))
                    waiting = next(merges, None)
                yield self._line(number, cells, row)
        except ManualUnreadable:
            raise
        except Exception as cause:  # see _workbook
            raise unreadable(self.path, cause) from cause

    def _line(self, number: int, cells: list[str], row: tuple[Any, ...]) -> Line:
        down: set[int] = set()
        right: set[int] = set()
        for (top, left, _, last), text in self._open:
            for column in range(left, min(last, MAX_COLUMNS) + 1):
                cells[column - 1] = text
                if number > top:
                    down.add(column - 1)
                if column > left:
                    right.add(column - 1)
        while cells and not cells[-1]:
            cells.pop()
        shown = range(len(cells))
        if any(cells):
            self.filled += 1
        return Line(
            tuple(cells), frozenset(at for at in down if at in shown), frozenset(at for at in right if at in shown),
            bool(cells) and all(_bold(cell) for cell in row if cell.value is not None),
        )  # fmt: skip


def _bold(cell: Any) -> bool:
    return bool(cell.font is not None and cell.font.b)
