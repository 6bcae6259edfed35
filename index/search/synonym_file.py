"""Synonym file: the site's words as CSV or TSV, one group a line, and as a person types a group."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence

from index.errors import ManualUnreadable, SynonymsRefused, SynonymsUnreadable
from index.manuals.plain import decode_text
from index.search.synonym_table import SEPARATORS, checked_words
from index.search.synonyms import Group

MOST_BYTES = 1 << 20
_BETWEEN = re.compile(f"[{re.escape(SEPARATORS)}]")


def words_of_line(line: str) -> list[str]:
    """The words of a line as a person types it: "2号機 = 梱包機 = SW-310", or with commas."""
    return [word for part in _BETWEEN.split(line) if (word := part.strip())]


def read_groups(data: bytes, name: str) -> list[tuple[str, ...]]:
    """The groups of a file in any encoding of index.manuals.plain: words in cells, or with = between. Empty lines and
    those that begin with "#" are left out. Raises SynonymsRefused with the line that is wrong, and SynonymsUnreadable
    for what is no such list."""
    if len(data) > MOST_BYTES:
        raise SynonymsUnreadable(
            f"{name} has {len(data):,} bytes; a list of words may have {MOST_BYTES:,}.",
            "Check that it is the right file.",
        )
    try:
        text = decode_text(data, name)
    except ManualUnreadable as cause:
        raise SynonymsUnreadable(cause.message, "Save it as CSV in UTF-8 and try again.") from cause
    groups = []
    rows = csv.reader(io.StringIO(text), delimiter="\t" if "\t" in text else ",")
    try:
        for row in rows:
            if any(cell.strip() for cell in row) and not row[0].lstrip().startswith("#"):
                groups.append(_checked([word for cell in row for word in words_of_line(cell)], rows.line_num))
    except csv.Error as cause:
        raise SynonymsUnreadable(
            f"{name}: line {rows.line_num} cannot be read ({cause}).", "Save it as CSV in UTF-8 and try again."
        ) from cause
    if not groups:
        raise SynonymsUnreadable(f"{name} holds no words.", "Write one group a line: 2号機,梱包機,SW-310")
    return groups


def _checked(words: Sequence[str], line: int) -> tuple[str, ...]:
    try:
        return checked_words(words)
    except SynonymsRefused as refused:
        details = {**refused.details, "line": str(line)}
        raise type(refused)(f"Line {line}: {refused.message}", refused.remedy, **details) from refused


def file_of_groups(groups: Iterable[Group], *, tabs: bool = False) -> bytes:
    """The groups as CSV (or TSV) in UTF-8 with a byte order mark, without which Excel garbles Japanese."""
    text = io.StringIO()
    csv.writer(text, delimiter="\t" if tabs else ",", lineterminator="\r\n").writerows(group.words for group in groups)
    return text.getvalue().encode("utf-8-sig")
