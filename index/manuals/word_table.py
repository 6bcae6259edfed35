"""Word tables: merged cells, header rows, frames around a warning and frames that only lay out a page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from index.manuals import signs
from index.manuals.block import Block
from index.manuals.grid import Line, row_blocks
from index.manuals.word_styles import is_on
from index.manuals.word_text import spoken, w

_MAX_SPAN = 64


class Cells(Protocol):
    """Reads what stands in a cell."""

    def inner(self, node: Any) -> list[Block]: ...


@dataclass(frozen=True, slots=True)
class _Cell:
    blocks: tuple[Block, ...]
    span: int
    goes_on: bool  # merged with the cell above

    @property
    def text(self) -> str:
        return "\n".join(filled for filled in map(_line, self.blocks) if filled)


def table_blocks(element: Any, cells: Cells) -> list[Block]:
    """Blocks of a w:tbl element."""
    rows = list(_rows(element))
    read = [[_cell(tc, cells) for tc in _children(row, "tc")] for row in rows]
    if all(len(row) <= 1 for row in read):
        return _framed([block for row in read for cell in row for block in cell.blocks])
    if len(read) == 1 and (signal := _signal(read[0])):
        return [signal]
    header = 0
    for row in rows:
        marks = row.find(w("trPr"))
        if marks is None or not is_on(marks.find(w("tblHeader")), w):
            break
        header += 1
    lines = list(_lines(rows, read))
    return list(row_blocks(lines, header or None))


def _framed(blocks: list[Block]) -> list[Block]:
    """A frame of one column: one warning if it begins like one, else what it holds."""
    text = "\n".join(filled for filled in map(_line, blocks) if filled)
    if signs.warning(text) and all(block.kind not in ("row", "heading") for block in blocks):
        return [Block("warning", text)]
    return blocks


def _signal(row: list[_Cell]) -> Block | None:
    """A frame of one row whose first cell is a signal word: "警告 | 電源を切ること。"."""
    first, rest = row[0].text, [cell.text for cell in row[1:] if cell.text]
    if rest and signs.warning(first + "\n") and len(first) < 20:
        return Block("warning", "\n".join([first, *rest]))
    return None


def _lines(rows: list[Any], read: list[list[_Cell]]) -> Iterator[Line]:
    above: list[str] = []
    for row, cells in zip(rows, read, strict=True):
        texts: list[str] = [""] * _before(row)
        down: set[int] = set()
        right: set[int] = set()
        for cell in cells:
            at = len(texts)
            text = above[at] if cell.goes_on and at < len(above) else cell.text
            down |= set(range(at, at + cell.span)) if cell.goes_on else set()
            right |= set(range(at + 1, at + cell.span))
            texts += [text] * cell.span
        above = texts
        said = [spoken(paragraph) for paragraph in row.iter(w("p"))]
        strong = all(s.bold for s in said if s.text) and any(s.text for s in said)
        yield Line(tuple(texts), frozenset(down), frozenset(right), strong)


def _rows(element: Any) -> Iterator[Any]:
    yield from _children(element, "tr")


def _children(element: Any, tag: str) -> Iterator[Any]:
    """Rows or cells, also those inside content controls and insertions."""
    for child in element:
        if child.tag == w(tag):
            yield child
        elif child.tag in (w("sdt"), w("sdtContent"), w("customXml"), w("ins")):
            yield from _children(child, tag)


def _cell(tc: Any, cells: Cells) -> _Cell:
    marks = tc.find(w("tcPr"))
    span, merged = (None, None) if marks is None else (marks.find(w("gridSpan")), marks.find(w("vMerge")))
    wide = str(span.get(w("val"), "1")) if span is not None else "1"
    goes_on = merged is not None and merged.get(w("val"), "continue") == "continue"
    return _Cell(tuple(cells.inner(tc)), max(1, min(_MAX_SPAN, int(wide[:9]) if wide.isdecimal() else 1)), goes_on)


def _before(row: Any) -> int:
    """Columns that the row leaves free at its beginning."""
    marks = row.find(w("trPr"))
    free = None if marks is None else marks.find(w("gridBefore"))
    value = "0" if free is None else str(free.get(w("val"), "0"))
    return min(_MAX_SPAN, int(value[:9])) if value.isdecimal() else 0


def _line(block: Block) -> str:
    if block.kind == "step":
        return f"{block.label} {block.text}"
    if block.kind == "bullet":
        return f"・{block.text}"
    return block.text
