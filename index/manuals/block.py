"""Block and Page: what every reader makes of a file, whatever its format."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from index.manuals.coverage import Skipped
from index.passage import Box

BlockKind = Literal["heading", "paragraph", "step", "bullet", "row", "warning", "caption", "code"]


@dataclass(frozen=True, slots=True)
class Block:
    """One element in reading order.

    ``level``: heading depth (1 is a chapter) or list depth (0 is the outermost); of other text, how many list entries
    it stands in. ``cells``: for a table row, its
    (header, cell) pairs in column order, header "" where the table has none; ``text`` is then the row as printed,
    cells joined by " | ". A warning's text starts with its printed signal word. ``label`` of a step: "3." or "(2)".
    ``recognised``: how sure OCR was of it (0 to 1), None where the file itself holds the text.
    """

    kind: BlockKind
    text: str
    level: int = 0
    label: str = ""
    cells: tuple[tuple[str, str], ...] = ()
    box: Box | None = None
    recognised: float | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """A physical page: 1-based ``number``, the printed ``label`` ("3-12"; the number as text where none is printed,
    "~12" where it is an estimate, "" where the format has no pages). Formats without pages are one page, a workbook one
    page a sheet. ``skipped``: what of this page was not read; ``by_ocr``: its text was recognised in a picture."""

    number: int
    label: str
    blocks: tuple[Block, ...]
    skipped: tuple[Skipped, ...] = ()
    by_ocr: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """A file opened for reading: its title and page count are known, its pages come one at a time. ``skipped``: what
    of the file as a whole is not read, such as hidden sheets."""

    title: str
    page_count: int
    pages: Iterator[Page]
    skipped: tuple[Skipped, ...] = ()


ReportPage = Callable[[int, int, bool], None]  # pages done, pages in all, whether OCR read the last one


class ManualReader(Protocol):
    """Reads files of one format. Raises index.errors.ManualUnreadable (or a subclass): what, where, remedy."""

    suffixes: tuple[str, ...]

    def open(self, path: Path) -> Reading: ...


def pair_cells(header: Sequence[str], row: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Cells of a row beside the headers of their columns; a column without header has ""."""
    return tuple((header[at] if at < len(header) else "", cell) for at, cell in enumerate(row))
