"""Table rows: of a quoted table the model reads the row that is asked for, and people are shown which rows there are.

Where search could not tell the row, no model chooses one: the torque of another bolt would be true and wrong.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from assistant.answer import Quote, RowChoice
from index.search.cells import Row, rows_of

MOST_ROWS = 12  # more are no choice: the quote shows them
LONGEST_NAME = 60  # characters
_EMPTY = frozenset("-—―ー–")


def row_choices(quotes: Sequence[Quote]) -> tuple[RowChoice, ...]:
    """Which rows the asker may mean, where the best of ``quotes`` is a table and its row was not told: those that fit
    alike, in all quotes, else all of the table; () where it was told, or there is no choice."""
    if not quotes or not quotes[0].hit.untold:
        return ()
    alike = tuple(choice for quote in quotes for choice in _of(quote, quote.hit.alike))
    if len(alike) > 1:
        return alike[:MOST_ROWS]
    every = tuple(_of(quotes[0], (row.line for row in _rows(quotes[0]) if row.line is not None)))
    return every if 1 < len(every) <= MOST_ROWS else ()


def told_row_only(quote: Quote) -> Quote | None:
    """``quote`` as a model may read and cite it: of a table the row that is asked for, with its caption; None where the
    row was not told."""
    hit = quote.hit
    if hit.untold:
        return None
    rows = {row.line for row in _rows(quote)}
    if hit.row is None or hit.row not in rows or len(rows) < 2:
        return quote
    lines = [(at, line) for at, line in enumerate(quote.text.split("\n")) if at == hit.row or at not in rows]
    place = next(place for place, (at, _) in enumerate(lines) if at == hit.row)
    passage = replace(hit.passage, text="\n".join(line for _, line in lines))
    return replace(quote, hit=replace(hit, passage=passage, row=place))


def _of(quote: Quote, lines: Iterable[int]) -> Iterator[RowChoice]:
    rows = {row.line: row for row in _rows(quote)}
    printed = quote.text.split("\n")
    for line in lines:
        if line in rows:
            yield RowChoice(quote.number, line, printed[line].strip(), _name(rows[line]))


def _rows(quote: Quote) -> list[Row]:
    return [row for row in rows_of(quote.text) if row.line is not None]


def _name(row: Row) -> str:
    """The first two cells: what a row is called stands in front."""
    cells = [cell for _, cell in row.cells if cell.strip() and not _EMPTY.issuperset(cell.strip())]
    return " ".join(cells[:2])[:LONGEST_NAME].strip()
