"""CSV and TSV manuals: tables of alarms, questions, parts or settings; one row a passage with its column names."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from index.errors import EmptyManual, ManualDamaged, ManualTooLarge
from index.manuals.block import Block, Page, Reading
from index.manuals.grid import Line
from index.manuals.plain import read_text
from index.manuals.sheet import sheet_blocks

MAX_ROWS = 200_000  # a manual has fewer; a recording of measurements has more
_DELIMITERS = ",\t;|"
_TOLD = re.compile(r"sep=([,;|\t])", re.IGNORECASE)
_LOOK_LINES = 40
_AGREE = 0.6  # share of the lines that have as many cells as the table has columns
_CELL_CHARACTERS = 1 << 20


class TableFileReader:
    """Reads .csv and .tsv files, whatever their encoding and separator. One page without a label."""

    suffixes: tuple[str, ...] = (".csv", ".tsv")

    def open(self, path: Path) -> Reading:
        text, told = _separator_told(read_text(path))
        if not text.strip(" \n\t,;|\"'"):
            raise EmptyManual(f"{path.name} holds no text.", "Check that the right file was given.")
        delimiter = told or ("\t" if path.suffix.lower() == ".tsv" else _delimiter(text))
        rows = _rows(text, delimiter, path.name)
        blocks = tuple(table_blocks(_mended(rows, delimiter, _columns(text, delimiter))))
        return Reading(path.stem, 1, iter((Page(1, "", blocks),)))


def table_blocks(rows: Iterator[list[str]]) -> Iterator[Block]:
    """Blocks of a sheet's rows. Rows of one cell above a table are its title; a blank row ends it."""
    yield from sheet_blocks(Line(tuple(cell.strip() for cell in row)) for row in rows)


def _rows(text: str, delimiter: str, name: str) -> Iterator[list[str]]:
    before = csv.field_size_limit(_CELL_CHARACTERS)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        for count, row in enumerate(reader):
            if count >= MAX_ROWS:
                raise too_many_rows(name)
            yield row
    except csv.Error as cause:
        raise ManualDamaged(
            f"{name}: line {reader.line_num} is not a table row ({cause}).", "Export the table again as CSV (UTF-8)."
        ) from cause
    finally:
        csv.field_size_limit(before)


def too_many_rows(name: str) -> ManualTooLarge:
    return ManualTooLarge(
        f"{name} has more than {MAX_ROWS:,} rows: that is a recording, not a manual.",
        "Keep only the rows that people look up.",
    )


def _separator_told(text: str) -> tuple[str, str]:
    """The text without the line by which Excel tells its separator ("sep=;"), and that separator; "" where none is."""
    first, _, rest = text.partition("\n")
    told = _TOLD.fullmatch(first.strip('\ufeff \r"') if "\t" not in first else first)
    return (rest, told[1]) if told else (text, "")


def _columns(text: str, delimiter: str) -> int:
    """How many columns the table has, by most of its first lines; 0 where they do not agree."""
    widths = _widths(text, delimiter)
    usual = max(set(widths), key=widths.count, default=0)
    return usual if usual > 1 and widths.count(usual) > _AGREE * len(widths) else 0


def _mended(rows: Iterator[list[str]], delimiter: str, columns: int) -> Iterator[list[str]]:
    """Rows longer than the table, whose last cell was written without quotes though it holds the separator ("..., or
    check wiring."), with that cell whole again."""
    for row in rows:
        long = 1 < columns < len(row) and all(row[columns - 1 :])
        yield [*row[: columns - 1], delimiter.join(row[columns - 1 :])] if long else row


def _widths(text: str, delimiter: str) -> list[int]:
    """Cells of each of the first lines that has any; the last one may be cut."""
    rows = islice(csv.reader(io.StringIO(text[: 1 << 16], newline=""), delimiter=delimiter), _LOOK_LINES)
    try:
        widths = [len(row) for row in rows if any(row)]
    except csv.Error:
        return []
    return widths[:-1] or widths[:1]


def _delimiter(text: str) -> str:
    """The separator under which the first lines have the same number of cells, and most of them."""

    def evenness(delimiter: str) -> tuple[float, int]:
        widths = _widths(text, delimiter)
        usual = max(set(widths), key=widths.count, default=0)
        return (widths.count(usual) / len(widths) if usual > 1 else 0.0), usual

    return max(_DELIMITERS, key=evenness)
