"""What was said: shown in order, never shown where what it goes on from was withheld."""

from __future__ import annotations

import threading

import pytest
from assistant_sources import quote

from assistant.answer import Piece, Sentence
from assistant.verification.premise import PREMISE, goes_on, step_missing
from assistant.verification.said import Said, loops
from edge.runner import Piece as Spoken

STEPS = quote(
    "ベルトを交換する。\n1. 主電源 QS1 を OFF にする。\n2. カバーを外す。ボルトは保管する。\n3. ベルトを取り付ける。\n"
    "その後、カバーを取り付ける。\n交換は年に 1 回行う。",
    number=1,
    section=("4.1 ベルトの交換",),
)
PROSE = quote("The pump runs at 24 V. It must not run dry. Then check the filter.", number=1, section=("3 Pump",))


def said(text: str, source: object = STEPS) -> tuple[list[str], Said]:
    """What is shown of ``text``, spoken three characters at a time."""
    made = Said((source,))  # type: ignore[arg-type]
    spoken = [Spoken(text[at : at + 3], at + 1) for at in range(0, len(text), 3)]
    return [piece.text for piece in made.listen(iter([*spoken, Spoken("", 99, "stop")]), threading.Event())], made


def test_a_step_is_shown_only_behind_the_step_before_it() -> None:
    shown, made = said("主電源 QS2 を OFF にする。[1]カバーを外す。[1]ベルトを取り付ける。[1]")
    assert shown == []
    assert [sentence.reason for sentence in made.sentences[1:]] == [PREMISE] * 2
    assert not any(sentence.citations for sentence in made.sentences)
    shown, _ = said("主電源 QS1 を OFF にする。[1]QS9 を押す。[1]カバーを外す。[1]")
    assert shown == ["主電源 QS1 を OFF にする。", "カバーを外す。"], "its premise is there"
    shown, _ = said("主電源 QS1 を OFF にする。[1]カバーを 9 個外す。[1]ベルトを取り付ける。[1]")
    assert shown == ["主電源 QS1 を OFF にする。"]


def test_the_first_step_and_what_is_no_step_may_stand_behind_a_gap() -> None:
    assert said("QS9 を押す。[1]主電源 QS1 を OFF にする。[1]")[0] == ["主電源 QS1 を OFF にする。"]
    assert said("QS9 を押す。[1]ベルトを交換する。[1]")[0] == ["ベルトを交換する。"]


def test_a_sentence_within_a_step_needs_the_one_before_it() -> None:
    assert said("カバーを 9 個外す。[1]ボルトは保管する。[1]")[0] == []
    assert (
        said("主電源 QS1 を OFF にする。[1]QS9 を押す。[1]カバーを外す。[1]ボルトは保管する。[1]")[0][-1]
        == "ボルトは保管する。"
    )


def test_a_sentence_that_goes_on_from_a_withheld_one_is_withheld() -> None:
    shown, made = said("The pump runs at 48 V. [1] It must not run dry. [1] Then check the filter. [1]", PROSE)
    assert shown == []
    assert made.sentences[1].reason == made.sentences[2].reason == PREMISE
    shown, _ = said("The pump runs at 24 V. [1] It must not run dry. [1] Then check the filter. [1]", PROSE)
    assert len(shown) == 3
    shown, _ = said("The pump is blue. [1] The pump runs at 24 V. [1] It must not run dry. [1]", PROSE)
    assert len(shown) == 2


def test_what_is_shown_is_shown_in_the_order_it_was_said() -> None:
    text = "The pump runs at 24 V. [1] The pump is red. [1] The pump runs at 24 V. [1] The pump runs at 9 V. [1]"
    shown, made = said(text, PROSE)
    assert shown == [sentence.text for sentence in made.sentences if sentence.supported] == ["The pump runs at 24 V."]
    assert [sentence.supported for sentence in made.sentences] == [True, False, False]


def test_a_sentence_withheld_for_its_citation_may_come_again_with_the_right_one() -> None:
    shown, made = said("The pump runs at 24 V. [7] The pump runs at 24 V. [1] The pump runs at 24 V. [7]", PROSE)
    assert shown == ["The pump runs at 24 V."]
    assert [sentence.supported for sentence in made.sentences] == [False, True]


def test_what_stop_cuts_short_was_not_said() -> None:
    stop = threading.Event()
    made = Said((PROSE,))

    def pieces() -> object:
        yield Spoken("The pump runs at 24 V. [1] It must not run", 9)
        stop.set()
        yield Spoken(" dry", 10)

    assert list(made.listen(pieces(), stop)) == [Piece("The pump runs at 24 V.", (1,))]  # type: ignore[arg-type]
    assert made.sentences == [Sentence("The pump runs at 24 V.", (1,), True)]


@pytest.mark.parametrize(
    "text",
    ["Then check it.", "It stops.", "After that, wait.", "If not, call.", "And close it.", "その後、閉める。",
     "次に押す。", "これを外す。", "ただし、冬は除く。", "また、油を差す。"],
)  # fmt: skip
def test_what_goes_on(text: str) -> None:
    assert goes_on(text)


@pytest.mark.parametrize(
    "text",
    [
        "Check the filter.",
        "The item stops.",
        "Items are kept.",
        "Andon lights.",
        "主電源を切る。",
        "次回点検は 4 月である。",
    ],
)
def test_what_stands_alone(text: str) -> None:
    assert not goes_on(text)


def test_a_place_that_cannot_be_told_counts_as_in_the_middle() -> None:
    source = "1. Turn the main switch off.\n2. Open the cover slowly."
    assert step_missing("Open cover.", source, ())
    assert not step_missing("Open the cover slowly.", source, ("Turn the main switch off.",))
    assert not step_missing("Open cover.", "Turn off. Open the cover.", ())


def test_loops() -> None:
    assert loops("abc" + "32." * 6)
    assert loops("あ" * 6)
    assert loops("0123456789abcdef" * 6)
    assert not loops("32." * 5)
    assert not loops("The pump runs at 24 V and the fan at 12 V, both from the same supply, as figure 3 shows.")
    assert not loops("")
