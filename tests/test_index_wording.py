"""What a passage gains for holding a question word for word, or under a heading that is the question."""

from __future__ import annotations

from index.search.glossary import bundled
from index.search.question import understand
from index.search.wording import HEADED, SAID, Wording, longest_run
from index.text import terms


def wording(text: str) -> Wording:
    asked = understand(text, [], bundled())
    return Wording.of(asked, dict.fromkeys(terms(text), 1.0))


def row(text: str) -> str:
    return " ".join(terms(text))


MESSAGE = "Unexpected realtime delay on task 1"


def test_a_message_that_stands_there_whole_gains_most() -> None:
    said = wording(MESSAGE)
    whole = said.points(row(f"When this is shown: {MESSAGE}. Measure the latency."), ())
    scattered = said.points(row("A delay of the task is unexpected: realtime threads need time."), ())
    assert whole == SAID and scattered == 0.0


def test_part_of_a_message_gains_less() -> None:
    part = wording("unexpected realtime delay, robot stands still").points(row(MESSAGE), ())
    assert 0.0 <= part < SAID


def test_a_heading_that_is_the_question_gains() -> None:
    said = wording("Why does the gripper drop boxes")
    assert said.points(row("Low vacuum."), terms("Why does the gripper drop boxes?")) == HEADED
    assert said.points(row("Low vacuum."), terms("The gripper")) == 0.0


def test_japanese_messages_are_known_again() -> None:
    said = wording("原点復帰が完了していません")
    assert said.points(row("画面に「原点復帰が完了していません」と出たら、原点復帰を行う。"), ()) > 0.9 * SAID


def test_two_words_tell_nothing() -> None:
    assert not wording("motor stops").tells


def test_longest_run() -> None:
    assert longest_run(("a", "b", "c", "d"), " x b c y a ") == (1, 3)
    assert longest_run(("a",), " b ") == (0, 0)
