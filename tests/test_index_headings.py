"""Heading terms: of a passage's own heading, of an alarm's name, and of the headings above."""

from __future__ import annotations

from index.passage import Kind, Passage
from index.text import terms
from index.truth.headings import HeadingTerms, own_title


def of(section: tuple[str, ...], text: str, kind: Kind = "prose") -> HeadingTerms:
    return HeadingTerms.of(Passage("p", "m", 1, 0, text, (1,), ("1",), section, kind, "en"))


def test_the_last_heading_is_its_own_and_the_others_are_above() -> None:
    assert of((), "Grease it.") == HeadingTerms()
    held = of(("Care of the ram", "Greasing the nipple"), "Grease it.")
    assert held.own == set(terms("Greasing the nipple"))
    assert held.above == set(terms("Care of the ram"))


def test_an_alarm_is_called_by_its_code_and_its_name_and_a_symptom_by_itself() -> None:
    alarm = "Alarm: AL.32\nName: Ram overload\nCause: The die is blocked"
    assert own_title("alarm", alarm) == ("AL.32", "Ram overload")
    assert own_title("symptom", "Symptom: It hums\nCause: Dry") == ("It hums",)
    assert own_title("prose", alarm) == ()
    assert of(("Alarms",), alarm, "alarm").own == set(terms("Alarms AL.32 Ram overload"))
