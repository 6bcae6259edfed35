"""FAQ table: the rows of a CSV, TSV, XLSX or JSONL file as entries, each row that cannot be used told with its line.

Columns, by their usual names in both languages: question and answer must be there; id, lang, document (manual), product
(machine), section, page and same_as may be. Rows of one ``same_as`` name state one fact.
"""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.manuals.plain import read_text
from index.passage import Lang
from index.text import language
from training.errors import FaqUnusable

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "question": ("question", "questions", "q", "inquiry", "質問", "質問内容", "問い", "問い合わせ", "問合せ",
                 "お問い合わせ"),
    "answer": ("answer", "answers", "a", "reply", "response", "回答", "回答内容", "答え", "返答", "対応", "対処",
               "処置"),
    "id": ("id", "no", "no.", "number", "番号", "管理番号"),
    "lang": ("lang", "language", "言語"),
    "document": ("document", "manual", "file", "source", "文書", "マニュアル", "取扱説明書", "資料", "出典"),
    "product": ("product", "machine", "model", "機種", "機械", "製品", "製品名", "装置", "型式"),
    "section": ("section", "chapter", "章", "節", "項", "項目"),
    "page": ("page", "page_label", "ページ", "頁"),
    "same_as": ("same_as", "group", "fact", "同義", "同じ回答", "グループ"),
}  # fmt: skip
_SUFFIXES = (".csv", ".tsv", ".xlsx", ".xlsm", ".jsonl", ".ndjson")
_DELIMITERS = ",\t;|"
_LOOK_CHARACTERS = 1 << 14
# UTF-8 that was read as Western or as Shift_JIS text and saved so, or characters already lost
_GARBLED = re.compile("[ãâ][\u0080-\u00bf‚€™œ]|縺|繧|繝|譁|�|\\?{4,}")
_GARBLED_SHARE = 0.02  # of the rows; a single odd row is somebody's typing
_SAVE_AS = 'In Excel save as "CSV UTF-8", or give the XLSX itself.'


@dataclass(frozen=True, slots=True)
class FaqEntry:
    """One question with its answer, verbatim but for white space at the ends. ``document`` and ``product`` are "" where
    the table does not tell; ``line`` is where it stands in the file, from 1."""

    id: str
    question: str
    answer: str
    lang: Lang
    document: str = ""
    product: str = ""
    section: str = ""
    page: str = ""
    same_as: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class FaqRow:
    """A row as it stands in the file: its values by our column names."""

    line: int
    values: Mapping[str, str]


def read_rows(path: Path) -> list[FaqRow]:
    """The rows of ``path``, blank ones left out, values trimmed. Raises FaqUnusable where the file as a whole is no
    table of questions and answers, and index.errors where it cannot be opened or decoded."""
    if path.suffix.lower() not in _SUFFIXES:
        raise FaqUnusable(
            f"{path.name} is no table that FAQs are read from.", "Give .csv, .tsv, .xlsx or .jsonl.", "file"
        )
    rows = list(_json_rows(path) if path.suffix.lower() in (".jsonl", ".ndjson") else _table_rows(path))
    if not rows:
        raise FaqUnusable(
            f"{path.name} holds no rows below its column names.", "Check that the right file was given.", "empty"
        )
    garbled = [row.line for row in rows if _GARBLED.search(" ".join(row.values.values()))]
    if len(garbled) > max(1, _GARBLED_SHARE * len(rows)):
        raise FaqUnusable(
            f"{path.name}: {len(garbled)} of {len(rows)} rows hold garbled characters (first on line {garbled[0]}): "
            "the text was saved or read in a wrong encoding.",
            f"Export it again from its source. {_SAVE_AS}",
            "garbled",
        )
    return rows


def entry_of(row: FaqRow, source: str) -> FaqEntry:
    """The entry of a row that has question and answer."""
    value = row.values
    lang = value.get("lang", "").lower()[:2]
    return FaqEntry(
        id=value.get("id") or f"{source}:{row.line}",
        question=value["question"],
        answer=value["answer"],
        lang=_lang(lang) or language(value["question"] + " " + value["answer"]),
        document=value.get("document", ""),
        product=value.get("product", ""),
        section=value.get("section", ""),
        page=value.get("page", ""),
        same_as=value.get("same_as", ""),
        line=row.line,
    )


def _lang(code: str) -> Lang | None:
    return "ja" if code in ("ja", "jp") else "en" if code == "en" else None


def column_names(header: Sequence[str]) -> dict[int, str]:
    """Which of our columns each place of ``header`` is; a column is taken once, the exact name first."""
    found: dict[int, str] = {}
    plain = [unicodedata.normalize("NFKC", name).strip().strip("*:：").casefold() for name in header]
    for column, names in COLUMNS.items():
        for name in names:
            if name in plain and plain.index(name) not in found:
                found[plain.index(name)] = column
                break
    return found


def _json_rows(path: Path) -> Iterator[FaqRow]:
    seen = False
    for line, written in enumerate(read_text(path).split("\n"), start=1):
        if not written.strip():
            continue
        try:
            row = json.loads(written)
        except ValueError as reason:
            raise FaqUnusable(f"{path.name}, line {line} is no JSON ({reason}).", "Mend this line.", "json") from reason
        if not isinstance(row, dict):
            raise FaqUnusable(f"{path.name}, line {line} is no JSON object.", _json_remedy(), "json")
        names = column_names(list(row))
        seen = seen or {"question", "answer"} <= set(names.values())
        cells = list(row.values())
        yield FaqRow(line, {column: _text(cells[place]) for place, column in names.items()})
    if not seen:
        raise FaqUnusable(f"{path.name}: no line has both a question and an answer.", _json_remedy(), "columns")


def _json_remedy() -> str:
    return 'A line looks like {"question": "...", "answer": "...", "document": "..."}.'


def _table_rows(path: Path) -> Iterator[FaqRow]:
    lines = _sheet(path) if path.suffix.lower().startswith(".xls") else _delimited(path)
    names: dict[int, str] = {}
    for line, cells in lines:
        if not any(cells):
            continue
        if not names:
            names = column_names(cells)
            _must_name_both(path.name, names, cells)
            continue
        yield FaqRow(line, {column: cells[place] for place, column in names.items() if place < len(cells)})


def _must_name_both(name: str, names: Mapping[int, str], header: Sequence[str]) -> None:
    missing = [column for column in ("question", "answer") if column not in names.values()]
    if not missing:
        return
    filled = [cell for cell in header if cell]
    if _GARBLED.search(" ".join(filled)):
        raise FaqUnusable(
            f"{name}: the first row holds garbled characters (it reads: {', '.join(filled)[:60]}): "
            "the text was saved or read in a wrong encoding.",
            f"Export it again from its source. {_SAVE_AS}",
            "garbled",
        )
    remedy = 'Name the columns in the first row: "question" and "answer" (or 質問 and 回答).'
    if len(filled) < 2:
        raise FaqUnusable(
            f"{name} has one column only: an answer belongs beside each question.",
            f"{remedy} If the columns stand apart by a sign other than , ; | or a tab, save it as XLSX.",
            "one_column",
        )
    raise FaqUnusable(
        f"{name}: the first row names no column for the {' and the '.join(missing)} "
        f"(it reads: {', '.join(filled)[:120]}).",
        remedy,
        "columns",
    )


def _delimited(path: Path) -> Iterator[tuple[int, list[str]]]:
    text = read_text(path)
    head = text[:_LOOK_CHARACTERS]
    first = next((line for line in head.split("\n") if line.strip()), "")
    best = max(_DELIMITERS, key=first.count)
    delimiter = "\t" if path.suffix.lower() == ".tsv" and "\t" in first else best
    before = csv.field_size_limit(1 << 20)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        for cells in reader:
            yield reader.line_num, [cell.strip() for cell in cells]
    except csv.Error as reason:
        raise FaqUnusable(
            f"{path.name}, line {reader.line_num} is no table row ({reason}).", _SAVE_AS, "file"
        ) from reason
    finally:
        csv.field_size_limit(before)


def _sheet(path: Path) -> Iterator[tuple[int, list[str]]]:
    import zipfile

    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except (OSError, KeyError, ValueError, InvalidFileException, zipfile.BadZipFile) as reason:
        raise FaqUnusable(
            f"{path.name} cannot be read as a workbook ({reason}).", "Save it again as XLSX.", "file"
        ) from reason
    try:
        rows: Iterable[Sequence[Any]] = book.worksheets[0].iter_rows(values_only=True)
        for line, cells in enumerate(rows, start=1):
            yield line, [_text(cell) for cell in cells]
    finally:
        book.close()


def _text(cell: object) -> str:
    return "" if cell is None else str(cell).strip()
