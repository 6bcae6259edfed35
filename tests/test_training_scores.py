"""Scores of answers: what counts as copied, cited and refused."""

from __future__ import annotations

import pytest

from assistant.prompt import NOT_FOUND, Excerpt
from training.bundled.items import Item
from training.bundled.scores import Judged, judge, summary

EXCERPTS = (
    Excerpt(1, "A, p. 1", "E-1: Close the door. Press reset."),
    Excerpt(2, "B, p. 2", "| E-2 | Belt worn |"),
)
ITEM = Item("en", EXCERPTS, "E-1?", " Close the door. [1]", 1, "alarm")
MISSING = Item("en", EXCERPTS, "E-9?", NOT_FOUND["en"], 0, "alarm")


def test_the_wanted_answer_is_right() -> None:
    assert judge(ITEM, " Close the door. [1]") == Judged(True, False, True, True, True, True)


@pytest.mark.parametrize(
    ("answer", "verbatim", "right_source", "exact"),
    [
        ("Press reset. [1]", True, True, False),
        ("Close the door. [2]", False, False, False),
        ("Belt worn. [2]", True, False, False),
        ("Close the window. [1]", False, True, False),
        ("Close the door.", False, False, False),
        ("Close the door. [1] And more", False, True, False),
        ("", False, False, False),
    ],
)
def test_other_answers(answer: str, verbatim: bool, right_source: bool, exact: bool) -> None:
    judged = judge(ITEM, answer)
    assert (judged.verbatim, judged.right_source, judged.exact) == (verbatim, right_source, exact)


def test_summary_counts_each_share_among_its_own() -> None:
    judged = [
        judge(ITEM, " Close the door. [1]"),
        judge(ITEM, NOT_FOUND["en"]),
        judge(MISSING, NOT_FOUND["en"]),
        judge(MISSING, "Press reset. [1]"),
    ]
    assert summary(judged) == {
        "questions": 4,
        "answerable": 2,
        "verbatim": 1.0,
        "right_source": 1.0,
        "answered_right": 0.5,
        "exact": 0.5,
        "refusal_precision": 0.5,
        "refusal_recall": 0.5,
    }
