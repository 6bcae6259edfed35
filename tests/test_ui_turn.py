"""Turns and seats: a page watches its own question; stop, a second question and leaving free the runner."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from ui_made import PIECE, make_answer, make_found
from waiting import wait_for as until

from assistant.answer import Event
from assistant.errors import QuestionEmpty
from index.codes.rivals import Choice
from index.library import Scope
from ui.seats import MOST_TURNS, Seats
from ui.turn import Turn, View
from ui.wording import Lang


class FakeAssistant:
    """Finds at once, says one piece, then waits for ``go`` (or the stop) before it answers."""

    def __init__(self) -> None:
        self.go = threading.Event()
        self.raises: Exception | None = None
        self.walking = 0
        self.asked: list[tuple[str, Any, Any]] = []
        self.found = make_found()
        self.precedents: Any = None

    def ask(self, question: str, scope: Any = None, stop: Any = None, history: Any = ()) -> Iterator[Event]:
        if self.raises is not None:
            raise self.raises
        self.walking += 1
        self.asked.append((question, scope, tuple(history)))
        try:
            yield self.found
            yield PIECE
            while not self.go.is_set() and not stop.is_set():
                time.sleep(0.005)
            yield make_answer(make_found(), "stopped" if stop.is_set() else "supported")
        finally:
            self.walking -= 1


@pytest.fixture
def assistant() -> FakeAssistant:
    return FakeAssistant()


@pytest.fixture
def seats(assistant: FakeAssistant) -> Seats:
    return Seats(assistant)  # type: ignore[arg-type]


def watched(seats: Seats, key: str, turn: Turn, then: Callable[[], object] = lambda: None) -> list[tuple[View, Lang]]:
    """All that a page is shown until the turn is done; ``then`` is done each time it was shown something."""

    async def walk() -> list[tuple[View, Lang]]:
        seen = []
        async for shown in seats.watch(key, turn):
            seen.append(shown)
            then()
        return seen

    # in a thread of its own: a browser that another test left open has a loop running in this one
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, walk()).result(60)


def test_a_watcher_sees_the_quote_then_the_pieces_then_the_answer(seats: Seats, assistant: FakeAssistant) -> None:
    assistant.go.set()
    turn = seats.ask("a", "E-401?")
    views = [view for view, _ in watched(seats, "a", turn)]
    assert views[-1].answer is not None
    assert views[-1].pieces == (PIECE,)
    assert seats.view("a") == views[-1]


def test_a_refused_question_ends_with_its_code(seats: Seats, assistant: FakeAssistant) -> None:
    assistant.raises = QuestionEmpty("The question is empty.", "Type.")
    views = [view for view, _ in watched(seats, "a", seats.ask("a", ""))]
    assert views[-1].failure is not None
    assert views[-1].failure.code == "question_empty"


def test_a_defect_ends_the_turn_and_is_logged(
    seats: Seats, assistant: FakeAssistant, caplog: pytest.LogCaptureFixture
) -> None:
    assistant.raises = ZeroDivisionError("a defect")
    views = [view for view, _ in watched(seats, "a", seats.ask("a", "E-401?"))]
    assert views[-1].failure is not None
    assert views[-1].failure.code == "unexpected"
    assert "ZeroDivisionError" in caplog.text


def test_stop_says_so_at_once_and_then_ends(seats: Seats) -> None:
    turn = seats.ask("a", "E-401?")
    until(lambda: bool(turn.view.pieces))
    stopped = seats.stop("a")
    assert stopped is not None
    assert stopped.stopping
    turn.join(60)
    assert turn.view.answer is not None
    assert turn.view.answer.verdict == "stopped"
    assert not turn.view.stopping


def test_leaving_frees_the_runner_though_nobody_watches(seats: Seats, assistant: FakeAssistant) -> None:
    turn = seats.ask("a", "E-401?")
    until(lambda: assistant.walking == 1)
    seats.leave("a")
    turn.join(60)
    assert assistant.walking == 0
    assert len(seats.line) == 0
    assert seats.view("a") is None


def test_a_second_question_stops_the_first_and_its_watcher(seats: Seats, assistant: FakeAssistant) -> None:
    first = seats.ask("a", "one")
    second = seats.ask("a", "two")
    assert watched(seats, "a", first) == []
    first.join(60)
    assert first.view.answer is not None
    assert first.view.answer.verdict == "stopped"
    assistant.go.set()
    assert [view for view, _ in watched(seats, "a", second)][-1].question == "two"


def test_seats_do_not_see_each_other_and_the_second_is_told_to_wait(seats: Seats, assistant: FakeAssistant) -> None:
    first = seats.ask("a", "one")
    until(lambda: len(seats.line) == 1)
    assert seats.view("b") is None
    second = seats.ask("b", "two")
    until(lambda: len(seats.line) == 2)
    assert second.view.question == "two"
    assert not first.view.busy
    seats.stop("b")
    second.join(60)
    assert first.view.answer is None
    assistant.go.set()
    first.join(60)
    assert first.view.answer is not None
    assert first.view.answer.verdict == "supported"


def test_waiting_is_over_when_the_one_before_is_done(seats: Seats) -> None:
    first, second = seats.ask("a", "one"), seats.ask("b", "two")
    until(lambda: bool(second.view.pieces))
    second.view = View("two", second.view.found, busy=True)
    seats.stop("a")
    first.join(60)
    assert not second.view.busy


def test_each_turn_knows_how_many_come_before_it(seats: Seats) -> None:
    turns = [seats.ask(key, key) for key in "abc"]
    until(lambda: all(turn.view.found is not None for turn in turns) and len(seats.line) == 3)
    seats.stop("a")
    turns[0].join(60)
    assert len(seats.line) == 2
    fourth = seats.ask("d", "d")
    until(lambda: len(seats.line) == 3)
    assert seats.line._turns[-1] is fourth
    for key, turn in zip("bcd", (*turns[1:], fourth), strict=True):
        seats.stop(key)
        turn.join(60)


def test_a_seat_asks_within_what_it_is_narrowed_to(seats: Seats, assistant: FakeAssistant) -> None:
    assistant.go.set()
    scope = Scope.of(lines=["L1"], machines=["PK-7"])
    seats.narrow("a", scope)
    turn = seats.ask("a", "one")
    turn.join(60)
    seats.ask("b", "two").join(60)
    assert turn.view.scope == scope
    assert [asked for _, asked, _ in assistant.asked] == [scope, Scope()]
    wide = seats.widen("a")
    assert wide is not None
    wide.join(60)
    assert assistant.asked[-1][:2] == ("one", Scope())
    seats.ask("a", "three").join(60)
    assert assistant.asked[-1][1] == scope, "the next question is narrowed again"
    assert seats.widen("nobody") is None


def test_a_machine_is_chosen_within_what_the_seat_is_narrowed_to(seats: Seats, assistant: FakeAssistant) -> None:
    assistant.go.set()
    assistant.found = make_found(choices=(Choice("E401", "m2", "FD-2", (), "p2"),))
    seats.narrow("a", Scope.of(lines=["L1"]))
    seats.ask("a", "E-401").join(60)
    chosen = seats.choose("a", "m2")
    assert chosen is not None
    chosen.join(60)
    assert assistant.asked[-1][1] == Scope.of(lines=["L1"], manuals=["m2"])


def test_a_change_of_language_reaches_the_watcher(seats: Seats, assistant: FakeAssistant) -> None:
    seats.sit("a", "ja")
    turn = seats.ask("a", "E-401?")
    until(lambda: bool(turn.view.pieces))
    next_steps = iter([lambda: seats.sit("a", "en"), assistant.go.set, lambda: None])
    shown = watched(seats, "a", turn, lambda: next(next_steps)())
    assert [(view.done, lang) for view, lang in shown] == [(False, "ja"), (False, "en"), (True, "en")]


def test_a_seat_remembers_its_own_turns_and_no_other(seats: Seats, assistant: FakeAssistant) -> None:
    assistant.go.set()
    for key, question in (("a", "one"), ("b", "other"), ("a", "two"), ("b", "another")):
        seats.ask(key, question).join(60)
    histories = {question: history for question, _, history in assistant.asked}
    assert histories["one"] == histories["other"] == ()
    assert [turn.manual for turn in histories["two"]] == ["m1"]
    assert len(histories["another"]) == 1
    seats.clear("a")
    assert seats.view("a") is None
    seats.ask("a", "anew").join(60)
    seats.ask("b", "third").join(60)
    assert assistant.asked[-2] == ("anew", Scope(), ())
    assert len(assistant.asked[-1][2]) == 2
    seats.leave("b")
    seats.ask("b", "somebody else").join(60)
    assert assistant.asked[-1][2] == ()


def test_a_stopped_turn_is_remembered_and_clearing_stops(seats: Seats, assistant: FakeAssistant) -> None:
    first = seats.ask("a", "one")
    until(lambda: bool(first.view.pieces))
    second = seats.ask("a", "two")
    until(lambda: bool(second.view.pieces))
    assert [turn.passage for turn in assistant.asked[-1][2]] == ["p1"]
    seats.clear("a")
    until(lambda: second.view.done)
    until(lambda: assistant.walking == 0)


def test_only_an_offered_machine_can_be_chosen(seats: Seats, assistant: FakeAssistant) -> None:
    assistant.go.set()
    assert seats.choose("a", "m1") is None
    assistant.found = make_found(
        choices=(Choice("E401", "m1", "PK-7", (), "p1"), Choice("E401", "m2", "FD-2", (), "p2"))
    )
    seats.ask("a", "E-401").join(60)
    assert seats.choose("a", "m3") is None
    assert seats.choose("b", "m1") is None
    chosen = seats.choose("a", "m2")
    assert chosen is not None
    chosen.join(60)
    assert assistant.asked[-1] == ("E-401", Scope.of(manuals=["m2"]), ())
    assert len(assistant.asked) == 2


def test_many_turns_are_not_kept_for_ever(seats: Seats, assistant: FakeAssistant) -> None:
    assistant.go.set()
    for number in range(MOST_TURNS + 3):
        seats.ask("a", f"question {number}").join(60)
    assert len(assistant.asked[-1][2]) == MOST_TURNS
