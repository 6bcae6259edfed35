"""Facts to ask: the cells of manuals' tables and the answers of a FAQ, each with the column of answers it stands among.

A table's cell is asked by its row and the name of its column, so that the other rows' cells of that column are wrong
answers of the very same kind, and every one of them is the right answer of its own question.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from index.passage import Lang, Manual, Passage
from index.text import normalise
from training.data.faq_table import FaqEntry
from training.data.wordings import Cell

Pool = Literal["trained", "text_only", "unseen"]
POOLS: tuple[Pool, ...] = ("trained", "text_only", "unseen")
LONGEST_CELL = 90  # characters; a longer cell is a paragraph
LEAST_ROWS = 4  # of a table; in a smaller one each answer would be the wrong one of the same question
_NOTHING = {"", "-", "–", "—", "なし", "none", "n/a", "○", "×", "yes", "no", "あり"}


@dataclass(frozen=True, slots=True)
class Fact:
    """``question`` scores; ``trained_question`` is the wording in which a fact is trained, "" where ``question``
    itself is. ``column``: facts of one column have answers of one kind; ``group``: entries and cells that state one
    fact; ``context``: the row's cells, or question and answer; ``cell``: the cell of a table that it is."""

    id: str
    question: str
    trained_question: str
    answer: str
    lang: Lang
    document: str
    column: str
    group: str
    context: str
    cell: Cell | None = None


class Manuals(Protocol):
    """What is asked of index.library.Library."""

    def manuals(self) -> list[Manual]: ...

    def passages(self, id_or_name: str) -> list[Passage]: ...


def table_facts(library: Manuals) -> list[Fact]:
    """The cells of all tables, in the order of the manuals. A row is named by as many of its first cells as tell it
    from the others."""
    found: list[Fact] = []
    for manual in sorted(library.manuals(), key=lambda one: one.name):
        tables: defaultdict[tuple[str, ...], list[tuple[str, ...]]] = defaultdict(list)
        for passage in library.passages(manual.id):
            for headers, cells in rows_of(passage):
                table = (*passage.section[-1:], "\0", *headers)
                if cells not in tables[table]:
                    tables[table].append(cells)
        for number, (table, rows) in enumerate(tables.items()):
            headers = table[table.index("\0") + 1 :]
            if len(rows) >= LEAST_ROWS:
                found += _table(manual, f"{manual.name}#{number}", headers, rows)
    return found


def rows_of(passage: Passage) -> Iterable[tuple[tuple[str, ...], tuple[str, ...]]]:
    """(headers, cells) of each row of a passage: a line a row, or, of an alarm or symptom, a line a cell."""
    if passage.kind not in ("table", "alarm", "symptom"):
        return
    lines = [line for line in passage.text.split("\n") if line.strip()]
    if passage.kind in ("alarm", "symptom") and not any(" / " in line for line in lines):
        lines = [" / ".join(lines)]
    for line in lines:
        parts = [part.partition(": ") for part in line.split(" / ")]
        if len(parts) > 1 and all(colon for _, colon, _ in parts):
            headers = tuple(header.strip() for header, _, _ in parts)
            if len(set(headers)) == len(headers):
                yield headers, tuple(cell.strip() for _, _, cell in parts)


def _table(manual: Manual, name: str, headers: Sequence[str], rows: Sequence[tuple[str, ...]]) -> Iterable[Fact]:
    machine = machine_of(manual)
    width = next((n for n in range(1, len(headers)) if len({row[:n] for row in rows}) == len(rows)), 0)
    if not width:
        return
    for number, row in enumerate(rows):
        key = " ".join(row[:width])
        for column in range(width, len(headers)):
            if _askable(row[column]):
                cell = Cell(machine, key, headers[column], row[column], manual.lang)
                identity = f"{name}.{number}.{column}"
                yield Fact(
                    identity, cell.tested(), cell.asked(0), row[column], manual.lang, manual.name,
                    f"{name}.{column}", f"{name}.{number}", " / ".join(row), cell,
                )  # fmt: skip


def machine_of(manual: Manual) -> str:
    """What a manual's machine is called: its title without the document's number and kind."""
    machine = manual.title.partition("(")[0].partition("（")[0].strip() or manual.name
    for word in ("取扱説明書", "Operation and Maintenance Manual", "Manual"):
        machine = machine.removesuffix(word).strip()
    return machine


def _askable(cell: str) -> bool:
    return 0 < len(cell) <= LONGEST_CELL and normalise(cell) not in _NOTHING and any(c.isalnum() for c in cell)


def faq_facts(entries: Sequence[FaqEntry], groups: Sequence[int]) -> list[Fact]:
    """The entries of a FAQ; those of one product answer questions of one kind. Of a fact with several wordings the last
    one is asked here, and the first is the one that is trained."""
    first: dict[int, str] = {}
    for entry, group in zip(entries, groups, strict=True):
        first.setdefault(group, entry.question)
    return [
        Fact(
            f"faq:{entry.id}", entry.question, "" if first[group] == entry.question else first[group], entry.answer,
            entry.lang, entry.document, f"faq {entry.lang} {entry.product or entry.document}", f"faq {group}",
            f"{entry.question}\n{entry.answer}",
        )
        for entry, group in zip(entries, groups, strict=True)
    ]  # fmt: skip
