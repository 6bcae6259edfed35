"""Steps: which step is asked for, and its verbatim lines."""

from __future__ import annotations

import pytest
from assistant_sources import demo_passages

from assistant.steps import LAST, asked_step, step_of
from index.manuals import signs

TEXT = """WARNING
Lock out the machine first.
Do it in this order.
1. Turn QS1 OFF.
2. Remove the cover.
  a) Four screws M5.
  b) Keep the washers.
3. Wait 15 minutes.
Then go on with 6.2."""


def test_a_step_comes_with_its_own_parts_only() -> None:
    step = step_of(TEXT, 2)
    assert step is not None
    assert step.lines == ("2. Remove the cover.", "a) Four screws M5.", "b) Keep the washers.")
    assert step.count == 3


@pytest.mark.parametrize(("number", "lines"), [(LAST, ("3. Wait 15 minutes.",)), (4, ()), (1, ("1. Turn QS1 OFF.",))])
def test_the_last_and_one_that_is_not_there(number: int, lines: tuple[str, ...]) -> None:
    step = step_of(TEXT, number)
    assert step is not None
    assert step.lines == lines


def test_a_text_without_steps_has_none() -> None:
    assert step_of("The belt tension is 120 N.\n3.5 mm is the limit.", 1) is None


def test_other_marks_and_two_procedures() -> None:
    circled, lettered = step_of("① 電源を切る。\n② 待つ。", 2), step_of("a) Off.\nb) Wait.", 2)
    assert circled is not None and circled.lines == ("② 待つ。",)
    assert lettered is not None and lettered.lines == ("b) Wait.",)
    twice = step_of("Remove:\n1. Off.\n2. Pull.\nFit:\n1. Push.\n2. On.", 2)
    assert twice is not None and twice.lines == ("2. Pull.", "2. On.")


def test_every_step_of_the_demo_manuals_is_found_verbatim() -> None:
    seen = 0
    for passage in demo_passages():
        if passage.kind != "steps":
            continue
        for line in passage.text.split("\n"):
            mark = signs.step(line)
            if mark is None or not mark[0].rstrip(".").isdigit():
                continue
            step = step_of(passage.text, int(mark[0].rstrip(".")))
            assert step is not None
            assert line.strip() in step.lines
            seen += 1
    assert seen > 200


@pytest.mark.parametrize("text", ["the box", "ステップ状の変化", "2番目のローラ", "step by step", "手順を教えて"])
def test_no_step_is_asked_for(text: str) -> None:
    assert asked_step(text) is None
