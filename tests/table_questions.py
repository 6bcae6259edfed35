"""Table questions: single cells asked by row name and column name, as an operator would word them."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from table_truth import TrueTable, folded, number_of

TRANSLATED = Path(__file__).parent / "data/table_questions.jsonl"
_NUMBERED = re.compile(
    r"^(?:表|図|Table|Fig\.?)\s*[A-Z]?\d*[-.‐]?\d*\s+|^(?:付録|第|Appendix)?\s*[A-Z]?[\d.\-]*章?\s+(?=\S)"
)
_UNIT = re.compile(r"\s*[\[［(（][^\])）］]{1,14}[\])）］]\s*$")
_JA = ("{row}の{column}は?", "{row}の{column}を教えてください", "{row} {column}")
_JA_VALUE = ("{row}の{column}はいくつですか", "{row}の{column}は?", "{row} {column} いくつ")
_EN = ("What is the {column} of {row}?", "{row}: what is the {column}?", "{column} for {row}?")
_WITHIN = {
    "ja": ("{within}の{question}", "{within}で、{question}"),
    "en": ("{within}: {question}", "{question} ({within})"),
}


@dataclass(frozen=True)
class TableQuestion:
    """``row`` and ``column`` of ``table`` are asked for; ``translated``: in the other language than the table's."""

    text: str
    table: TrueTable
    row: int
    column: int
    translated: bool = False

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """(header, cell) of the row, empty cells left out."""
        named = zip(self.table.header, self.table.rows[self.row], strict=True)
        return tuple((name.replace("|", " "), cell) for name, cell in named if cell)


def ask(tables: Sequence[TrueTable], a_table: int) -> Iterator[TableQuestion]:
    """Up to ``a_table`` questions for each table, chosen and worded by hash. A row whose name and column stand in
    another table too is asked with what tells them apart (machine, then caption or heading), or not at all."""
    plain = Counter(key for table in tables for key in _keys(table, ""))
    full = Counter(key for table in tables for key in _keys(table, _within(table, True)))
    by_machine = Counter(key for table in tables for key in _keys(table, table.product))
    for table in tables:
        cells = sorted(_cells(table), key=lambda cell: number_of(f"{table.key}|{cell}"))
        asked: set[int] = set()
        for label, row, column in cells:
            if row in asked or len(asked) == a_table:
                continue
            name, wanted = _row_name(table, label, row), table.header[column]
            key = (folded(name), folded(wanted))
            chance = number_of(f"{table.key}|{row}|{column}")
            within = table.product if chance % 2 else ""
            if plain[(*key, "")] > 1 or name[-1:].isdigit():
                within = table.product
                if not within or by_machine[(*key, folded(within))] > 1:
                    within = _within(table, True)
                    if full[(*key, folded(within))] > 1:
                        continue
            asked.add(row)
            yield TableQuestion(_worded(table, name, row, column, within, chance), table, row, column)


def translated(tables: Sequence[TrueTable]) -> Iterator[TableQuestion]:
    """The questions of TRANSLATED, written by hand in the other language; raises LookupError for a row that is gone."""
    for line in TRANSLATED.read_text(encoding="utf-8").splitlines():
        asked = json.loads(line)
        found = [
            (table, row, table.header.index(asked["column"]))
            for table in tables
            if table.place == asked["place"] and asked["column"] in table.header
            for row, cells in enumerate(table.rows)
            if asked["row"] in cells[:2]
        ]
        if not found:
            raise LookupError(
                f"{TRANSLATED.name}: {asked['place']} has no row {asked['row']!r} with {asked['column']!r}."
            )
        yield TableQuestion(asked["question"], *found[0], translated=True)


def _cells(table: TrueTable) -> Iterator[tuple[tuple[int, ...], int, int]]:
    for label in table.label_columns:
        for row, cells in enumerate(table.rows):
            for column, cell in enumerate(cells):
                numbering = re.fullmatch(r"No\.?|番号|#", table.header[column])
                if column not in label and cell.strip("-— ー–") and not numbering:
                    yield label, row, column


def _keys(table: TrueTable, within: str) -> Iterator[tuple[str, str, str]]:
    for label in table.label_columns:
        for row in range(len(table.rows)):
            for name in table.header:
                yield folded(_row_name(table, label, row)), folded(name), folded(within)


def _row_name(table: TrueTable, label: tuple[int, ...], row: int) -> str:
    names = [table.rows[row][c].split("\n")[0] for c in label]
    if len(names) == 1 and not re.search(r"[^\W\d_]", names[0]):  # "3" alone names nothing
        return f"{table.header[label[0]]} {names[0]}"
    return ("の" if table.lang == "ja" else ", ").join(names)


def _within(table: TrueTable, full: bool) -> str:
    over = _NUMBERED.sub("", table.caption or table.heading)
    if table.product and full:
        return f"{table.product} {over}"
    return over


def _worded(table: TrueTable, name: str, row: int, column: int, within: str, chance: int) -> str:
    wanted = _UNIT.sub("", table.header[column].replace("|", " ")) or table.header[column]
    if table.lang == "en":
        forms = _EN
        words = [w if any(c.isupper() or c.isdigit() or c == "_" for c in w[1:]) else w.lower() for w in wanted.split()]
        wanted = " ".join(words)
    else:
        forms = _JA_VALUE if re.match(r"[+\-±]?\d", table.rows[row][column]) else _JA
    question = forms[chance // 2 % len(forms)].format(row=name, column=wanted)
    if within:
        wordings = _WITHIN[table.lang]
        question = wordings[chance // 7 % len(wordings)].format(within=within, question=question)
    return question[:1].upper() + question[1:] if table.lang == "en" and question[:1].islower() else question
