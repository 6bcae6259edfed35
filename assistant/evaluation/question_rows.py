"""Rows of a question file: JSON lines, or the rows of a CSV, TSV or XLSX table under the names of its first row."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from assistant.errors import QuestionsWrong
from index.manuals.plain import read_text

_WORKBOOKS, _TABLES = (".xlsx", ".xlsm"), (".csv", ".tsv")
Row = tuple[int, Mapping[str, Any] | str]


def rows_of(path: Path) -> Iterator[Row]:
    """(line number, its values, or why it cannot be read) for each line of ``path``, in whatever encoding. Raises
    QuestionsWrong where the file as a whole cannot be read, ManualUnreadable where it holds no text."""
    suffix = path.suffix.lower()
    if suffix in (".jsonl", ".ndjson"):
        return _json_rows(read_text(path))
    if suffix in _TABLES:
        return _table_rows(read_text(path), "\t" if suffix == ".tsv" else ",")
    if suffix in _WORKBOOKS:
        return _sheet_rows(path)
    raise QuestionsWrong(
        f"{path.name} is none of the formats that questions are read from.", "Give .jsonl, .csv, .tsv or .xlsx."
    )


def _json_rows(text: str) -> Iterator[Row]:
    for line, written in enumerate(text.split("\n"), start=1):
        if not written.strip():
            continue
        try:
            row = json.loads(written)
        except ValueError as reason:
            yield line, f"no JSON ({reason})"
            continue
        yield line, row if isinstance(row, dict) else "no JSON object"


def _table_rows(text: str, delimiter: str) -> Iterator[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    numbered = ((reader.line_num, cells) for cells in reader)
    yield from _rows_under_names(numbered)


def _sheet_rows(path: Path) -> Iterator[Row]:
    import zipfile

    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except (OSError, KeyError, ValueError, InvalidFileException, zipfile.BadZipFile) as reason:
        raise QuestionsWrong(
            f"{path.name} cannot be read as a workbook ({reason}).", "Save it again as XLSX."
        ) from reason
    try:
        rows = book.worksheets[0].iter_rows(values_only=True)
        yield from _rows_under_names((line, list(cells)) for line, cells in enumerate(rows, start=1))
    finally:
        book.close()


def _rows_under_names(rows: Iterable[tuple[int, list[Any]]]) -> Iterator[Row]:
    """The rows as values under the names of the first row that is not blank; blank rows are left out."""
    names: list[str] = []
    for line, cells in rows:
        if not any(cell is not None and str(cell).strip() for cell in cells):
            continue
        if not names:
            names = [str(cell or "").strip().casefold() for cell in cells]
            if "question" not in names:
                yield line, 'the first row names no column "question"'
                return
            continue
        yield line, dict(zip(names, cells, strict=False))
