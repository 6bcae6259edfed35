"""AskedCell: the table row that a question asks for, and which of its cells is the answer."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from index.passage import Hit, Kind
from index.search.cells import rows_of
from index.search.quantity import asked_quantities, gives
from index.text import informative, normalise, terms
from ui.whole_codes import whole_codes
from ui.wording import Lang, say

Pairs = tuple[tuple[str, str], ...]
ENTRIES: frozenset[Kind] = frozenset(("alarm", "symptom", "faq"))  # one row, told in several lines
LEAST_NAMED = 0.6  # a column of whose name the question holds less is not named
_UNIT = re.compile(r"\s*[\[［(（][^\])）］]{1,14}[\])）］]\s*$")


@dataclass(frozen=True, slots=True)
class AskedCell:
    """``line`` of the passage's text (from 0) is the row, None where the whole passage is; ``pairs`` are its labels and
    values, ``headers`` the labels asked for, () where the question names none; ``alone``: no other row stands in the
    passage."""

    line: int | None
    pairs: Pairs
    headers: tuple[str, ...]
    alone: bool


def asked_cell(hit: Hit, question: str) -> AskedCell | None:
    """The row of ``hit`` that ``question`` asks for, None where it asks for none. An alarm's or symptom's entry is such
    a row where the question names one of its labels."""
    rows = rows_of(hit.passage.text, hit.passage.kind in ENTRIES)
    row = next((one for one in rows if one.line == hit.row), None)
    if row is None:
        return None
    headers = named_headers(row.cells, question)
    if row.line is None:
        told = tuple(header for header in headers if _said(header, question))
        return AskedCell(None, row.cells, told, True) if told else None
    return AskedCell(row.line, row.cells, headers, sum(one.line is not None for one in rows) == 1)


def named_headers(cells: Sequence[tuple[str, str]], question: str) -> tuple[str, ...]:
    """The labels that a question names word for word, else the one whose kind of value it asks for ("how many N·m"),
    else the one most of whose words it holds. A cell that the question itself holds names the row and is no answer."""
    open_cells = [(header, cell) for header, cell in cells if cell.strip() and not _holds(question, cell)]
    said = tuple(dict.fromkeys(header for header, _ in open_cells if _said(header, question)))
    if said:
        return said
    quantities = asked_quantities(question)
    given = [header for header, cell in open_cells if quantities and gives(quantities, cell, header)]
    if given:
        return (given[0],)
    words = set(_words(question))
    shares = [(_share(header, words), header) for header, _ in open_cells]
    share, header = max(shares, default=(0.0, ""), key=lambda one: one[0])
    return (header,) if share >= LEAST_NAMED else ()


def row_html(asked: AskedCell, lang: Lang) -> str:
    """The row by itself, as labels and values, the cells that are the answer marked."""
    items = "".join(
        f"<div{MARKED if header in asked.headers else ''}><dt>{escape(header)}</dt>"
        f"<dd><p>{marked(cell, header in asked.headers)}</p></dd></div>"
        for header, cell in asked.pairs
    )
    title = escape(say("quote.asked_row", lang))
    return f'<section class="a-asked-row"><h4 lang="{lang}">{title}</h4><dl class="a-fields">{items}</dl></section>'


MARKED = ' class="a-asked"'


def marked(text: str, asked: bool) -> str:
    """``text`` as HTML, in a mark where it is what was asked for."""
    return f"<mark>{whole_codes(text)}</mark>" if asked else whole_codes(text)


def _said(header: str, question: str) -> bool:
    return _holds(question, _UNIT.sub("", header) or header)


def _holds(question: str, words: str) -> bool:
    """Whether the question holds ``words`` as they are; one character alone could stand in any word."""
    words, question = normalise(words), normalise(question)
    if len(words) < 2:
        return False
    return re.search(rf"(?<![a-z0-9]){re.escape(words)}(?![a-z0-9])", question) is not None


def _share(header: str, words: set[str]) -> float:
    said = _words(_UNIT.sub("", header) or header)
    return sum(term in words for term in said) / (len(said) or 1)


def _words(text: str) -> list[str]:
    return [term for term in dict.fromkeys(terms(text)) if informative(term)]
