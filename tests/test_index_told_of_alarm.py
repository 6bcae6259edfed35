"""A question for an alarm's cause or remedy prefers the passage of its entry that tells it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from index.passage import Passage
from index.search.fuse import CodeMatch
from index.search.told_of_alarm import ASKED, told_by, told_points

PASSAGE = Passage("p", "", "m", 1, 1, (1,), ("1",), ("Alarm 5",), "alarm", "en", (), ())


def passage(text: str, *section: str) -> Passage:
    return replace(PASSAGE, text=text, section=section or ("Alarm 5",))


@pytest.mark.parametrize(
    "question", ["how do I fix alarm 5", "AL.5 の対処方法", "alarm 5, what to do?", "AL.5 を解除するには"]
)
def test_a_remedy_is_asked_for(question: str) -> None:
    assert told_by(question, passage("Remedy\nReplace the hose.")) == ASKED
    assert told_by(question, passage("処置\nホースを交換する。")) == ASKED
    assert told_by(question, passage("番号: AL.5\n処置: ホースを交換する。")) == 0.0
    assert told_by(question, passage("1. Replace it.", "Alarm 5", "Corrective action")) == ASKED
    assert told_by(question, passage("Cause\nThe hose is cut.")) == ASKED / 2
    assert told_by(question, passage("Alarm 5 has the value 0x5.")) == 0.0


def test_a_cause_is_asked_for() -> None:
    assert told_by("why does alarm 5 come", passage("原因：\n断線")) == ASKED
    assert told_by("AL.5 の原因は何ですか", passage("Possible causes\n- a cut cable")) == ASKED


def test_what_alarm_5_is_asks_for_neither() -> None:
    assert told_by("what is alarm 5", passage("Remedy\nReplace the hose.")) == 0.0


def test_only_the_entries_of_the_code_gain() -> None:
    passages = {1: passage("Remedy\nReplace the hose."), 2: passage("Remedy\nOil it.")}
    codes = [CodeMatch(1, "AL5", True), CodeMatch(2, "AL5", False), CodeMatch(3, "AL5", True)]
    assert told_points("how do I fix alarm 5", codes, passages) == {1: ASKED}
