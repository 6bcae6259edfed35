"""Other thing: a true sentence about the like of what was asked for is neither offered nor shown."""

from __future__ import annotations

import pytest
from assistant_sources import quote
from fake_runner import FakeRunner

from assistant.answer import Sentence
from assistant.extract import choices_of
from assistant.other_thing import OtherThing
from assistant.prompt import Excerpt
from assistant.verification.said import ANOTHER, Said

TEXT = (
    "The upper spring is replaced every 2 years. The lower spring is replaced every 6 months. "
    "Motor M1 is protected by F4. Motor M2 is protected by F6. Springs are never oiled."
)


@pytest.mark.parametrize(
    ("question", "line", "another"),
    [
        ("When is the lower spring replaced?", "The upper spring is replaced every 2 years.", True),
        ("When is the lower spring replaced?", "The lower spring is replaced every 6 months.", False),
        ("When is the lower spring replaced?", "Springs are never oiled.", False),
        ("Which fuse protects M2?", "Motor M1 is protected by F4.", True),
        ("Which fuse protects M2?", "Motors M1 to M3 are protected by F4.", False),
        ("SF-40: which fuse protects the motor?", "Motor M1 is protected by F4.", False),
        ("AL.32 が出た。原因は?", "放置すると AL.50 になる。", False),
        ("B レーンの幅は?", "A レーンは幅 200 mm までの製品に使います。", True),
        ("段取り替えの後にすることは?", "段取り替えの前には、ノズルを下げます。", True),
        ("点滅する黄ランプは?", "黄ランプの点灯は洗剤切れです。", True),
        ("the arm does not rise, why?", "Lower the pressure at R1.", False),
    ],
)
def test_which_lines_tell_of_another(question: str, line: str, another: bool) -> None:
    assert OtherThing(question).tells(line, quote(line)) is another


def test_of_a_procedure_nothing_is_left_out() -> None:
    steps = quote("1. Open the upper clamp.\n2. Open the lower clamp.", kind="steps")
    assert not OtherThing("How do I take out the lower clamp?").tells("1. Open the upper clamp.", steps)
    assert OtherThing("torque of the lower clamp?").tells("1. Open the upper clamp.", steps)


def test_what_stands_above_settles_the_side() -> None:
    under = quote("The switch sits behind the left hinge.", section=("5.2 Rear door", "Front of the machine"))
    assert not OtherThing("Where is the switch of the rear door?").tells(under.text, under)


def test_the_like_is_not_offered() -> None:
    source = quote(TEXT)
    offered = choices_of("When is the lower spring replaced?", [Excerpt(1, "", TEXT)], [source]).lines
    assert not any("upper" in choice.text for choice in offered)
    assert any("lower spring" in choice.text for choice in offered)


def test_a_model_that_tells_of_the_like_is_not_shown() -> None:
    source = quote(TEXT)
    said = Said([source], other=OtherThing("Which fuse protects M2?"))
    runner = FakeRunner(lambda messages: "Motor M1 is protected by F4. [1] Motor M2 is protected by F6. [1]")
    pieces = [piece for sentence in runner._script([]).split("] ") for piece in said.take(sentence.rstrip("]") + "]")]
    assert [piece.text for piece in pieces] == ["Motor M2 is protected by F6."]
    assert said.sentences[0] == Sentence("Motor M1 is protected by F4.", (), False, ANOTHER)
