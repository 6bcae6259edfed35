"""The row that was asked for: its cell is found and marked, above a table and in its place; no word changes."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape

import pytest
from ui_made import make_found, make_hit

from index.passage import Hit
from ui.asked_cell import asked_cell, named_headers, row_html
from ui.cards import quotes_html
from ui.verbatim import verbatim_html

TABLE = """表 8-1 保守部品
部品名: サーボモータ / 型式: SGM7J / 交換周期: 20,000 時間 / 締付トルク [N·m]: 12.5
部品名: 吸着パッド / 型式: PAD-30 / 交換周期: 3 か月 / 締付トルク [N·m]: 1.8"""
ALARM = "番号: E-401\n名称: フィルム切れ\n原因: フィルムがない。\n処置: フィルムを\n交換する。"


def table_hit(row: int | None = 2, text: str = TABLE) -> Hit:
    return replace(make_hit(text, "table"), row=row)


@pytest.mark.parametrize(
    ("question", "headers"),
    [
        ("吸着パッドの交換周期は?", ("交換周期",)),
        ("吸着パッドの型式と交換周期は?", ("型式", "交換周期")),
        ("吸着パッドの締付トルクは?", ("締付トルク [N·m]",)),
        ("吸着パッドは何 N·m で締める?", ("締付トルク [N·m]",)),
        ("How many N·m for the 吸着パッド?", ("締付トルク [N·m]",)),
        ("交換する周期を知りたい。吸着パッド", ("交換周期",)),
        ("吸着パッドについて", ()),
        ("部品名 吸着パッド の型式", ("型式",)),  # the cell that names the row is no answer
    ],
)
def test_the_label_that_a_question_names(question: str, headers: tuple[str, ...]) -> None:
    asked = asked_cell(table_hit(), question)
    assert asked is not None
    assert asked.headers == headers
    assert dict(asked.pairs)["部品名"] == "吸着パッド"


def test_a_hit_without_a_row_has_no_asked_cell() -> None:
    assert asked_cell(table_hit(None), "吸着パッドの交換周期は?") is None
    assert asked_cell(table_hit(0), "吸着パッドの交換周期は?") is None, "a caption is no row"
    assert asked_cell(make_hit("ただの文。"), "ただの文は?") is None


def test_english_words_are_whole_words() -> None:
    cells = (("Part", "Belt"), ("Art", "x"), ("Torque", "4 N·m"))
    assert named_headers(cells, "partial torque of the belt") == ("Torque",)


def test_the_row_stands_above_the_table_with_its_cell_marked() -> None:
    found = make_found(table_hit())
    html = quotes_html(replace(found, question="吸着パッドの交換周期は?"), "ja")
    above, table = html.split('<div class="a-verbatim">')
    assert "お尋ねの項目" in above
    assert re.findall(r"<mark>(.*?)</mark>", above) == ["3 か月"]
    assert re.findall(r"<dt>(.*?)</dt>", above) == ["部品名", "型式", "交換周期", "締付トルク [N·m]"]
    assert re.findall(r'<tr class="a-asked">.*?</tr>', table)[0].count("<mark>3 か月</mark>") == 1
    assert table.count("<mark>") == 1
    assert "20,000 時間" in table, "the whole table stays"


def test_a_row_that_stands_alone_is_marked_in_its_place() -> None:
    alone = table_hit(1, "\n".join(TABLE.split("\n")[:2]))
    html = quotes_html(replace(make_found(alone), question="サーボモータの型式は?"), "ja")
    assert "お尋ねの項目" not in html
    assert re.findall(r"<mark>(.*?)</mark>", html) == ["SGM7J"]


def test_an_alarms_fields_are_marked_where_the_question_names_them() -> None:
    hit = make_hit(ALARM, "alarm")
    html = quotes_html(replace(make_found(hit), question="E-401 の処置は?"), "ja")
    assert re.findall(r"<mark>(.*?)</mark>", html) == ["フィルムを", "交換する。"]
    assert "<mark>" not in quotes_html(replace(make_found(hit), question="E-401 が出て止まった"), "ja")


def test_a_follow_up_is_read_as_it_was_understood() -> None:
    found = replace(make_found(table_hit()), question="型式は?", understood="吸着パッド 交換周期は?")
    assert re.findall(r"<mark>(.*?)</mark>", quotes_html(found, "ja")) == ["3 か月", "3 か月"]


def test_a_row_of_which_no_cell_is_named_is_shown_without_a_mark() -> None:
    html = quotes_html(replace(make_found(table_hit()), question="吸着パッドについて"), "en")
    assert "The row you asked for" in html
    assert "<mark>" not in html


def test_marking_changes_no_word_and_escapes() -> None:
    text = TABLE.replace("PAD-30", "<img src=x>")
    asked = asked_cell(table_hit(text=text), "吸着パッドの型式は?")
    assert asked is not None
    for html in (verbatim_html(text, "table", asked), row_html(asked, "ja")):
        assert "<img" not in html
        assert "<mark>&lt;img src=x&gt;</mark>" in html
    plain = [unescape(re.sub(r"<[^>]*>", "", verbatim_html(text, "table", one))) for one in (asked, None)]
    assert plain[0] == plain[1]
