"""Follow-up: what stands above the quotes, the marked step, and what is said of it."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

from ui_made import make_answer, make_found, make_hit

from assistant.answer import RowChoice
from assistant.steps import Step
from index.codes.rivals import Choice
from ui.answers import answer_html
from ui.cards import quotes_html
from ui.follow_up import follow_up_html, marked_step, one_per_manual
from ui.found_html import found_html
from ui.turn import View

CHOICES = (
    Choice("E401", "m1", "PK-7 <b>", ("5.1 E-401",), "p1"),
    Choice("E401", "m1", "PK-7 <b>", ("9 E-401",), "p3"),
    Choice("E401", 'm"2', "FD-2", (), "p2"),
)


def test_headings_go_down_one_by_one_whatever_was_found() -> None:
    """A screen reader goes from heading to heading; axe-core looks at the whole page, and this at what is put together
    from a question's outcome."""
    twice = (make_hit(), make_hit("二つ目。"))
    for changes in (
        {}, {"choices": CHOICES}, {"rows": (RowChoice(1, 0, "M1: 5 A", "M1"),)},
        {"declined": "unknown_code", "nearest": twice},
    ):  # fmt: skip
        found = make_found(*twice, **changes)
        levels = [2, *map(int, re.findall(r"<h([2-6])", found_html(View("E-401?", found), "ja")))]
        assert len(levels) > 2
        assert all(below <= above + 1 for above, below in pairwise(levels)), (changes, levels)


def test_a_question_that_stands_alone_has_nothing_above_it() -> None:
    assert follow_up_html(make_found(), "ja") == ""


def test_how_it_was_understood_is_said_and_escaped() -> None:
    html = follow_up_html(make_found(understood="<PK-7> なぜ?", dropped=2), "ja")
    assert "&lt;PK-7&gt; なぜ?" in html
    assert "古い 2 件" in html
    assert "Understood as:" in follow_up_html(make_found(understood="why?"), "en")


def test_one_button_a_machine() -> None:
    assert [choice.passage_id for choice in one_per_manual(CHOICES)] == ["p1", "p2"]
    html = follow_up_html(make_found(choices=CHOICES), "en")
    assert html.count("<button") == 2
    assert "Which machine?" in html
    assert "PK-7 &lt;b&gt;" in html
    assert 'data-manual="m&quot;2"' in html
    assert "E-401 stands" in follow_up_html(replace(make_found(choices=CHOICES), question="E-401?"), "en")
    waiting = answer_html(View("q", make_found(choices=CHOICES)), "ja")
    assert "どの機械ですか" in waiting
    assert "a-wait" not in waiting


def test_the_step_is_marked_in_its_place() -> None:
    hit = make_hit("次の順に行う。\n1. 電源を切る。\n2. <待つ>。\n3. 電源を入れる。", "steps")
    step = Step(2, ("2. <待つ>。",), 3)
    found = make_found(hit, step=step)
    html = marked_step(quotes_html(found, "ja"), found.step)
    assert "<mark>&lt;待つ&gt;。</mark>" in html
    assert html.count("<mark>") == 1
    assert html.replace("<mark>", "").replace("</mark>", "") == quotes_html(found, "ja")


def test_a_missing_step_is_said_plainly() -> None:
    missing = make_found(step=Step(9, (), 3))
    view = View("q", missing, (), make_answer(missing, "quote_only", step=Step(9, (), 3)))
    assert "手順は 3 まで" in answer_html(view, "ja")
    shown = View("q", missing, (), make_answer(missing, step=Step(2, ("2. A",), 3)))
    assert "no model was used" in answer_html(shown, "en")
