"""Telling: the steps of one answer come in the manual's order."""

from __future__ import annotations

from assistant_sources import quote

from assistant.verification.telling import OUT_OF_ORDER, Telling
from assistant.verification.verified import Verified

STEPS = "1. Switch off QS1.\n2. Open the door. The lamp goes out.\n3. Replace the fuse.\nNote the date. Sign the sheet."


def shown(*sentences: str, text: str = STEPS) -> list[bool]:
    telling = Telling([quote(text), quote("1. Wait 5 min.\n2. Press RESET.", number=2)])
    return [telling.verify(sentence).supported for sentence in sentences]


def test_steps_in_order_are_told() -> None:
    assert shown("Switch off QS1. [1]", "Open the door. [1]", "Then replace the fuse. [1]") == [True] * 3
    assert shown("Open the door. [1]", "Open the door. [1]") == [True] * 2


def test_a_step_after_a_later_one_is_withheld() -> None:
    telling = Telling([quote(STEPS)])
    assert telling.verify("Replace the fuse. [1]").supported
    late = telling.verify("Switch off QS1. [1]")
    assert not late.supported
    assert late.reason == OUT_OF_ORDER
    assert shown("The lamp goes out. [1]", "Open the door. [1]") == [True, False]


def test_prose_may_be_told_in_any_order_unless_it_claims_one() -> None:
    assert shown("Sign the sheet. [1]", "Note the date. [1]") == [True, True]
    assert shown("Sign the sheet. [1]", "Then note the date. [1]") == [True, False]
    assert shown("Press RESET. [2]", "Switch off QS1. [1]") == [True, True]


def test_then_does_not_follow_on_what_was_withheld() -> None:
    assert shown("Remove the gasket. [1]", "Then replace the fuse. [1]") == [False, False]
    assert shown("Remove the gasket. [1]", "Replace the fuse. [1]") == [False, True]


def test_two_procedures_of_one_passage_are_two() -> None:
    two = "1. Open the door.\n2. Replace the fuse.\n1. Press RESET.\n2. Press START."
    assert shown("Press START. [1]", "Open the door. [1]", text=two) == [True, True]
    assert shown("Press START. [1]", "Press RESET. [1]", text=two) == [True, False]


def test_nothing_needs_to_come_behind_what_is_withheld_for_another_reason() -> None:
    telling = Telling([quote(STEPS)])
    assert telling.verify("Replace the fuse. [1]").supported
    telling.withhold()
    assert not telling.verify("Then open the door. [1]").supported
    assert telling.verify("Switch off QS1. [1]").supported
    assert telling.verify("Open the door. [1]").supported


def test_a_heading_without_words_shifts_no_place() -> None:
    telling = Telling([quote("1. Open the door.\n2. Replace the fuse.\nNote the date.", section=("5.1 ", "Fuses"))])
    assert telling.verify("Replace the fuse. [1]").supported
    assert telling.verify("Open the door. [1]").reason == OUT_OF_ORDER


def test_what_is_remembered_keeps_its_place() -> None:
    verify = Verified().over([quote(STEPS)])
    assert verify("Open the door. [1]") is verify("Open the door. [1]")
    for _ in range(2):
        telling = Telling([quote(STEPS)], verify)
        assert telling.verify("Replace the fuse. [1]").supported
        assert telling.verify("Open the door. [1]").reason == OUT_OF_ORDER


def test_a_step_that_stands_twice_is_told_where_it_fits() -> None:
    text = "1. Press RESET.\n2. Open the door.\n3. Press RESET."
    assert shown("Open the door. [1]", "Press RESET. [1]", text=text) == [True, True]
