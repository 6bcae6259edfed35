"""Tables: the rows between two other blocks as passages; an alarm's, a symptom's or a parameter's row is its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from index.codes.entry import number_code
from index.passage import Kind
from index.passages.placed import Placed
from index.passages.procedure import procedure_parts
from index.passages.rows import AlarmTable, RowGroup, entry_code, row_line, row_lines
from index.passages.sentences import CountTokens, pieces
from index.passages.step_table import is_step_table

TABLE_TOKENS = 150  # a few rows: a whole table in one passage hides the row that was asked for


@dataclass(frozen=True, slots=True)
class OwnRow:
    """What a row's passage has beside its text: its own ``code`` ("" for none), and the captions of its table, which
    for it are headings."""

    code: str
    captions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TablePart:
    """A passage of a table: its text, the blocks it is made of, and for a row that stands alone its ``row``."""

    text: str
    blocks: tuple[Placed, ...]
    kind: Kind
    row: OwnRow | None = None


def table_parts(blocks: Sequence[Placed], above: Sequence[str], count_tokens: CountTokens) -> Iterator[TablePart]:
    """The passages of one table: ``blocks`` are its captions and rows, ``above`` the title and headings over it. A
    caption over alarms only is a title like a heading, and like a heading it is no passage of its own."""
    caption = [p for p in blocks if p.block.kind == "caption"]
    rows = [p for p in blocks if p.block.kind == "row"]
    captions = tuple(p.block.text for p in caption)
    context = (*above, *captions)
    for of_steps, run in groupby(_by_names(rows), key=lambda run: is_step_table([p.block for p in run])):
        together = [placed for one in run for placed in one]
        if not of_steps:
            yield from _rows(caption, together, context, count_tokens)
            continue
        for part in procedure_parts(together, count_tokens):
            yield TablePart("\n".join((*captions, *(row_line(p.block) for p in part))), (*caption, *part), "steps")


def _by_names(rows: Sequence[Placed]) -> list[list[Placed]]:
    """Rows that follow each other under one name of the first column."""
    return [list(run) for _, run in groupby(rows, key=lambda p: p.block.cells[0][0] if p.block.cells else "")]


def _rows(
    caption: Sequence[Placed], rows: Sequence[Placed], context: tuple[str, ...], count_tokens: CountTokens
) -> Iterator[TablePart]:
    """The passages of rows to look things up in."""
    captions = tuple(p.block.text for p in caption)
    held: list[Placed] = []
    for group in AlarmTable(context).groups([p.block for p in rows]):
        placed = rows[group.start : group.end]
        if group.kind != "table":
            yield from _grouped(caption, held, count_tokens)
            held = []
            yield _own(group, placed, captions, context)
            continue
        text = "\n".join((*captions, *(row_line(p.block) for p in [*held, *placed])))
        if held and count_tokens(text) > TABLE_TOKENS:
            yield from _grouped(caption, held, count_tokens)
            held = []
        held += placed
    yield from _grouped(caption, held, count_tokens)


def _own(group: RowGroup, rows: Sequence[Placed], captions: tuple[str, ...], context: tuple[str, ...]) -> TablePart:
    """The passage of one alarm, symptom, question or parameter."""
    if group.kind == "parameter" or group.kind == "table":
        line = "\n".join(row_line(p.block) for p in rows)
        return TablePart(line, tuple(rows), "table", OwnRow(number_code(*rows[0].block.cells[0], context), captions))
    own = OwnRow(entry_code(rows[0].block, context), captions if group.kind == "alarm" else ())
    return TablePart("\n".join(row_lines(p.block) for p in rows), tuple(rows), group.kind, own)


def _grouped(caption: Sequence[Placed], rows: Sequence[Placed], count_tokens: CountTokens) -> Iterator[TablePart]:
    if rows:
        text = "\n".join([*(p.block.text for p in caption), *(row_line(p.block) for p in rows)])
        same_page = [p for p in caption if p.page == rows[0].page]
        for piece in pieces(text, 2 * TABLE_TOKENS, count_tokens):
            yield TablePart(piece, (*same_page, *rows), "table")
