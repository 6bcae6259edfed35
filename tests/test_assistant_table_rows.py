"""Table rows: no model chooses a row that was not told, and of a told one it reads and cites nothing but that row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest
from fake_runner import FakeRunner
from ui_made import make_hit

from assistant.answer import Answer, Found, Quote
from assistant.ask import AskOptions, Assistant
from assistant.http.wire import answer_json
from assistant.plain_text import PlainText
from assistant.records.kept_answer import answer_json as kept_json
from assistant.records.kept_answer import answer_of
from assistant.table_rows import row_choices, told_row_only
from edge.runner import Message
from index.library import Library
from index.options import IndexOptions
from ui.answers import answer_html
from ui.follow_up import asked_for, follow_up_html
from ui.seats import view_of

MANUAL = """# Sealer QX-70

## 3.1 Tightening torques

| Place | Screw | Torque |
|---|---|---|
| Sealing head, upper clamp | M8 | 24 N·m |
| Sealing head, lower clamp | M8 | 19 N·m |
| Film roller bearing | M6 | 8 N·m |

## 7 Cleaning

Wipe the film roller once a day.
"""
TOLD = "QX-70: torque of the film roller bearing"
ALIKE = "QX-70: torque of the sealing head clamp"
NEIGHBOUR = "Place: Sealing head, upper clamp / Screw: M8 / Torque: 24 N·m [1]"


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder = tmp_path_factory.mktemp("rows")
    (folder / "qx-70.md").write_text(MANUAL, encoding="utf-8")
    with Library(IndexOptions(folder / "index", embedder="none"), write=True) as made:
        made.add(folder / "qx-70.md")
        yield made


def asked(library: Library, question: str, says: str = NEIGHBOUR) -> tuple[Found, Answer, list[Sequence[Message]]]:
    """What comes of ``question`` with a model that says a row of the table, whichever was asked for."""
    runner = FakeRunner(lambda messages: says)
    found, *_, answer = Assistant(library, runner, AskOptions(excerpts=3, prompt_tokens=1200)).ask(question)
    assert isinstance(found, Found) and isinstance(answer, Answer)
    return found, answer, list(runner.asked)


def test_of_rows_that_fit_alike_no_model_chooses(library: Library) -> None:
    found, answer, messages = asked(library, ALIKE)
    assert not messages and answer.text == "" and answer.verdict == "choose_row"
    assert [row.name for row in answer.rows] == ["Sealing head, upper clamp M8", "Sealing head, lower clamp M8"]
    assert found.rows == answer.rows and found.quotes[0].hit.row is None
    for row in found.rows:
        assert row.text == found.quotes[row.quote - 1].text.split("\n")[row.line]


def test_asked_again_by_its_name_the_row_is_told(library: Library) -> None:
    found, _, _ = asked(library, ALIKE)
    for row in found.rows:
        again, answer, messages = asked(library, asked_for(found, row), row.text + " [1]")
        assert again.quotes[0].hit.row == row.line and messages
        assert (answer.verdict, answer.text) == ("supported", row.text + " [1]")


def test_where_no_row_fits_all_rows_of_a_short_table_are_named() -> None:
    rows = [f"Place: bolt {number} / Torque: {number} N·m" for number in range(1, 14)]
    hit = replace(make_hit("\n".join(["Table 3", *rows[:3]]), "table"), untold="unsure")
    choices = row_choices([Quote(1, hit)])
    assert [(row.line, row.name) for row in choices] == [(n, f"bolt {n} {n} N·m") for n in (1, 2, 3)]
    assert told_row_only(Quote(1, hit)) is None
    assert row_choices([Quote(1, replace(make_hit("\n".join(rows), "table"), untold="unsure"))]) == ()
    assert row_choices([Quote(1, replace(hit, untold=""))]) == row_choices([]) == ()


def test_of_a_told_row_the_neighbours_are_neither_read_nor_cited(library: Library) -> None:
    found, answer, messages = asked(library, TOLD)
    assert "Film roller bearing" in messages[0][-1].content
    assert "upper clamp" not in messages[0][-1].content
    assert "upper clamp" in found.quotes[0].text  # people see the whole table
    assert answer.text == "" and answer.verdict == "quote_only"
    right = "Place: Film roller bearing / Screw: M6 / Torque: 8 N·m"
    assert asked(library, TOLD, right + " [1]")[1].text == right + " [1]"


def test_programs_and_pages_are_told_the_rows(library: Library) -> None:
    found, answer, _ = asked(library, ALIKE)
    plain = PlainText("en")
    text = plain.take(found) + plain.take(answer)
    assert text.count("\n- Place: Sealing head") == 2 and "Which one is it?" in text and "Source: " in text
    told = answer_json(answer)
    assert [row["name"] for row in told["rows"]] == [row.name for row in answer.rows]
    assert told["quotes"][0]["untold"] == "alike" and told["quotes"][0]["alike"] == [0, 1]
    assert answer_of(kept_json(answer)).rows == answer.rows
    assert view_of(answer).found == found.__class__(**{**_fields(found), "found_ms": answer.timing.found_ms})


def _fields(found: Found) -> dict[str, object]:
    return {name: getattr(found, name) for name in found.__dataclass_fields__}


def test_each_row_is_a_button_that_asks_for_it(library: Library) -> None:
    found, answer, _ = asked(library, ALIKE)
    html = follow_up_html(found, "en")
    assert html.count("a-row-choice a-ask-this") == 2 and "Which row of the table?" in html
    assert f'data-question="{ALIKE} (Sealing head, lower clamp M8)"' in html
    assert "no model was asked" in answer_html(view_of(answer), "en")
    assert "モデルには聞いていません" in answer_html(view_of(answer), "ja")
