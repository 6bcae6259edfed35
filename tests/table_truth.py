"""True tables: those of the demo manuals' sources and of open manuals, read without Andon's own readers."""

from __future__ import annotations

import csv
import hashlib
import importlib
import io
import re
import sys
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from index.passage import Lang

ROOT = Path(__file__).resolve().parents[1]
_HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*#*$")
_MARKS = re.compile(
    r"\*\*|__|`|~~|\[\[[^\]]*\]\]|</?(?:a|b|br|code|div|em|i|img|kbd|p|span|strong|sub|sup|u)\b[^>]*>"
    r"|\^|(?<=[^\s:]\s)\+(?=\s+\w|\s*$)"
)
_LINK = re.compile(r"\[([^\]]+)\]\([^)]+\)")
_LETTERS = re.compile(r"[^\W\d_]{2}")
_NUMBERING = re.compile(r"^(?:no\.?|#|番号|番|連番|画像)$", re.IGNORECASE)
_NAME = re.compile(r"名称|品名|部品名|\bname\b", re.IGNORECASE)
_SKIPPED = ("画像", "購入先リンク", "備考")  # columns of pictures and links, which the prints below leave out
LONGEST_CELL, LONGEST_LABEL, FEWEST_ROWS = 240, 60, 2


@dataclass(frozen=True)
class TrueTable:
    """A table as its author wrote it. ``place`` is its file below its set, ``title`` that of the manual, ``heading``
    and ``caption`` what stands over it ("" for none), ``product`` the machine's name."""

    lang: Lang
    place: str
    title: str
    heading: str
    caption: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    product: str = ""

    @cached_property
    def key(self) -> str:
        return f"{self.place}|{self.heading}|{self.caption}|{'|'.join(self.header)}|{'|'.join(self.rows[0])}"

    @property
    def held_back(self) -> bool:
        """Half of all tables, by hash: nothing was tuned on them."""
        return number_of(self.key) % 2 == 1

    @property
    def label_columns(self) -> tuple[tuple[int, ...], ...]:
        """The columns by which a person names a row: a short name among the first columns, the first column where it
        is more than a count; else whatever tells the rows apart, one column or the first two together."""
        told = [c for c in range(min(3, len(self.header))) if self._tells_apart((c,))]
        named = [c for c in told if not (_NUMBERING.match(self.header[c]) and self.rows[0][c].isdigit())]
        worded = [c for c in named if self._is_worded(c) and (c < 2 or _NAME.search(self.header[c]))]
        chosen: list[tuple[int, ...]] = [(c,) for c in dict.fromkeys([*worded[:1], *(c for c in named if c == 0)])]
        if not chosen and len(self.header) > 2 and self._tells_apart((0, 1)):
            chosen = [(0, 1)]
        return tuple(chosen or [(c,) for c in told[:1]])

    def _is_worded(self, column: int) -> bool:
        cells = [row[column] for row in self.rows]
        return all(_LETTERS.search(cell) for cell in cells) and sum(map(len, cells)) <= 30 * len(cells)

    def _tells_apart(self, columns: tuple[int, ...]) -> bool:
        labels = [tuple(row[c] for c in columns) for row in self.rows]
        short = all(0 < len(cell) <= LONGEST_LABEL for label in labels for cell in label)
        return short and len({tuple(map(folded, label)) for label in labels}) == len(labels)


def number_of(text: str) -> int:
    """A number that only depends on ``text``."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:6], "big")


def folded(text: str) -> str:
    """Text without white space, marks and width, for comparing what was written with what was read."""
    text = unicodedata.normalize("NFKC", _MARKS.sub("", _LINK.sub(r"\1", text))).casefold()
    return re.sub(r"[\s\u00ad\u200b/*_\\]+", "", text).replace("‐", "-")


def demo_tables() -> list[TrueTable]:
    """The tables of the demo manuals' sources; needs reportlab only because the sources' reader stands beside it."""
    if str(ROOT / "demo") not in sys.path:
        sys.path.insert(0, str(ROOT / "demo"))
    source: Any = importlib.import_module("manual_source")
    out = []
    for path in sorted((ROOT / "demo/sources").glob("*/manual.md")):
        manual, heading = source.read_source(path), ""
        for element in manual.elements:
            if isinstance(element, source.Heading):
                heading = element.text
            elif isinstance(element, source.Table):
                rows = tuple(tuple(cell.replace("<br>", "\n") for cell in row) for row in element.rows)
                front = manual.front
                out.append(
                    TrueTable(
                        front["lang"], f"{manual.slug}.pdf", front["title"], heading, element.caption,
                        tuple(element.header), rows, front["product"],
                    )
                )  # fmt: skip
    return out


def open_tables(folder: Path, lang: Lang) -> list[TrueTable]:
    """Tables of the Markdown pages below ``folder``, written as lines of bars or of commas and quotes; only those whose
    rows all have the header's number of cells, so that nothing is guessed."""
    out: list[TrueTable] = []
    for path in sorted(folder.rglob("*.md")):
        out += _of_page(path.read_text(encoding="utf-8").splitlines(), path.relative_to(folder).as_posix(), lang)
    return out


def _of_page(lines: list[str], place: str, lang: Lang) -> Iterator[TrueTable]:
    title = heading = ""
    held: list[str] = []
    for line in [*lines, ""]:
        if line.lstrip().startswith("|") or (line.startswith('"') and not held) or (held and '"' in line):
            held.append(line)
            continue
        rows = list(_rows(held))
        if len(rows) > FEWEST_ROWS and _is_table(rows):
            yield _table(rows, place, title, heading, lang)
        held = []
        found = _HEADING.match(line)
        if found:
            heading = clean(found[1])
            title = title or heading


def _table(rows: list[list[str]], place: str, title: str, heading: str, lang: Lang) -> TrueTable:
    keep = [at for at, name in enumerate(rows[0]) if name not in _SKIPPED]
    header, *body = (tuple(row[at] for at in keep) for row in rows)
    return TrueTable(lang, place, title, heading, "", header, tuple(body))


def _rows(lines: Iterable[str]) -> Iterator[list[str]]:
    lines = list(lines)
    if lines and lines[0].startswith('"'):
        for row in csv.reader(io.StringIO("\n".join(lines))):
            yield [cell.strip() for cell in row]
        return
    for line in lines:
        inner = line.strip().removeprefix("|").removesuffix("|")
        if not re.fullmatch(r"[\s|:\-]+", inner):
            yield [clean(cell) for cell in inner.split("|")]


def clean(text: str) -> str:
    return " ".join(_MARKS.sub("", _LINK.sub(r"\1", text)).split())


def _is_table(rows: list[list[str]]) -> bool:
    header = rows[0]
    names = [name for name in header if name]
    worded = all(any(c.isalpha() for c in name) and len(name) <= 30 for name in names)
    even = all(len(row) == len(header) for row in rows)
    short = all(len(cell) <= LONGEST_CELL for row in rows for cell in row)
    return len(names) == len(header) >= 2 and len(set(names)) == len(names) and worded and even and short
