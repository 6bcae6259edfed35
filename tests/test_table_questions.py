"""Table questions: what counts as the right row, how rows are named, and what is never asked."""

from __future__ import annotations

from bench_tables import holds
from table_questions import ask
from table_truth import TrueTable

HEADER = ("Bolt", "Torque (N·m)", "Note")
ROWS = (("M5 cover bolt", "6", "oiled"), ("M6 foot bolt", "10", ""))


def table(place: str = "a.pdf", product: str = "", rows: tuple[tuple[str, ...], ...] = ROWS) -> TrueTable:
    return TrueTable("en", place, "Pump", "Bolts", "", HEADER, rows, product)


def test_a_row_counts_only_where_each_cell_stands_behind_its_name() -> None:
    pairs = (("Bolt", "M5 cover bolt"), ("Torque (N·m)", "6"))
    assert holds("Bolt: M5 cover bolt / Torque (N·m): 6", "table", pairs)
    assert holds("Bolt: M5 cover bolt\nTorque (N·m): 6", "alarm", pairs)
    assert not holds("Bolt: M5 cover bolt\nTorque (N·m): 6", "table", pairs)
    assert not holds("Bolt: M5 cover bolt / 6", "table", pairs)
    assert not holds("Bolt: M6 foot bolt / Torque (N·m): 6", "table", pairs)


def test_a_question_names_row_and_column_without_its_unit() -> None:
    for question in ask([table()], 9):
        assert table().rows[question.row][0] in question.text
        assert "(" not in question.text
        assert question.table.header[question.column] != "Bolt"


def test_empty_cells_are_not_asked() -> None:
    asked = list(ask([table()], 9))
    assert asked
    assert all(table().rows[question.row][question.column] for question in asked)


def test_rows_of_two_machines_are_told_apart_by_the_machine_or_not_asked() -> None:
    told = list(ask([table("a.pdf", "GP-7"), table("b.pdf", "GP-9")], 9))
    assert told
    assert all(question.table.product in question.text for question in told)
    assert not list(ask([table("a.pdf"), table("b.pdf")], 9))
