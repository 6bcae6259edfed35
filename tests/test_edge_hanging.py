"""A generation that hangs: the turn goes on without it, over the same weights, and nothing that it uses is freed."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from contract_runner import ASK, OTHER, close, text_of
from test_edge_runners import tiny, tiny_gguf
from waiting import LIMIT_S, joined

from edge.errors import GenerationStuck
from edge.llama.runner import MOST_LOST, LlamaCppRunner
from edge.runner import Piece, Sampling
from edge.turns import Generation, Turns

__all__ = ["tiny", "tiny_gguf"]


def run(stream: Iterator[Piece]) -> tuple[threading.Thread, list[Piece]]:
    """``stream`` read on a thread of its own, and what it has given so far."""
    seen: list[Piece] = []
    thread = threading.Thread(target=lambda: seen.extend(stream), daemon=True)
    thread.start()
    return thread, seen


class Deaf:
    """Work that hears no cancelling until ``wake`` is set."""

    def __init__(self) -> None:
        self.began, self.wake = threading.Event(), threading.Event()

    def work(self, cancelled: Callable[[], bool]) -> Iterator[Piece]:
        self.began.set()
        assert self.wake.wait(LIMIT_S)
        yield Piece("", 0, "cancelled")


def speak(cancelled: Callable[[], bool]) -> Iterator[Piece]:
    yield Piece("one", 1)
    yield Piece("", 1, "stop")


def test_the_turn_goes_on_without_a_holder_that_hangs() -> None:
    turns, deaf = Turns(grace_s=0.2), Deaf()
    hanging = Generation(turns, deaf.work)
    thread, seen = run(hanging)
    assert deaf.began.wait(LIMIT_S)
    waiting = [run(Generation(turns, speak)) for _ in range(5)]
    threading.Event().wait(0.5)
    assert [given for _, given in waiting] == [[]] * 5, "nobody told it to stop, so it may take its time"
    hanging.close()
    for other, given in waiting:
        joined(other)
        assert text_of(given) == "one"
    assert thread.is_alive()
    deaf.wake.set()
    joined(thread)
    assert [piece.finish for piece in seen] == ["cancelled"]
    assert text_of(list(Generation(turns, speak))) == "one"


def test_a_holder_that_stops_in_time_keeps_its_turn_until_then() -> None:
    turns, deaf = Turns(grace_s=20), Deaf()
    slow = Generation(turns, deaf.work)
    thread, _ = run(slow)
    assert deaf.began.wait(LIMIT_S)
    slow.close()
    other, given = run(Generation(turns, speak))
    threading.Event().wait(0.2)
    assert given == []
    deaf.wake.set()
    joined(thread, other)
    assert text_of(given) == "one"


class Hang:
    """Keeps the decoding of a runner's present context from coming back."""

    def __init__(self, runner: LlamaCppRunner, monkeypatch: pytest.MonkeyPatch) -> None:
        assert runner._memory is not None
        self.context = runner._memory.context
        self.began, self.wake = threading.Event(), threading.Event()
        self.frees = 0
        decode, free = self.context.decode, self.context.close

        def hangs(*arguments: Any, **options: Any) -> Any:
            self.began.set()
            assert self.wake.wait(LIMIT_S)
            return decode(*arguments, **options)

        def counted() -> None:
            self.frees += 1
            free()

        monkeypatch.setattr(self.context, "decode", hangs)
        monkeypatch.setattr(self.context, "close", counted)


@pytest.fixture
def impatient(tiny: LlamaCppRunner) -> LlamaCppRunner:
    tiny._turns = Turns(grace_s=0.2)
    tiny.load()
    return tiny


def hang(runner: LlamaCppRunner, monkeypatch: pytest.MonkeyPatch) -> tuple[Hang, threading.Thread]:
    held = Hang(runner, monkeypatch)
    stream = runner.stream(ASK, Sampling(max_tokens=8))
    thread, _ = run(stream)
    assert held.began.wait(LIMIT_S)
    close(stream)
    return held, thread


def test_llama_cpp_answers_the_next_one_while_a_generation_hangs(
    impatient: LlamaCppRunner, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    before = text_of(list(impatient.stream(OTHER, Sampling(max_tokens=8))))
    held, thread = hang(impatient, monkeypatch)
    with caplog.at_level(logging.ERROR, "edge.llama.runner"):
        assert text_of(list(impatient.stream(OTHER, Sampling(max_tokens=8)))) == before
    assert "hangs" in caplog.text
    assert held.frees == 0, "the hanging one still uses it"
    held.wake.set()
    joined(thread)
    assert held.frees == 1
    assert impatient._lost == 0
    assert text_of(list(impatient.stream(OTHER, Sampling(max_tokens=8)))) == before


def test_llama_cpp_that_hangs_time_after_time_says_so_at_once(
    impatient: LlamaCppRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    hanging = [hang(impatient, monkeypatch)]
    for _ in range(MOST_LOST):
        # the next one makes itself a context, and hangs in turn
        stream = impatient.stream(OTHER, Sampling(max_tokens=8))
        next(stream)
        close(stream)
        hanging.append(hang(impatient, monkeypatch))
    with pytest.raises(GenerationStuck) as caught:
        list(impatient.stream(OTHER, Sampling(max_tokens=8)))
    assert caught.value.remedy
    with pytest.raises(GenerationStuck):
        list(impatient.stream(ASK, Sampling(max_tokens=8)))
    impatient.close()  # does not wait for them for ever, and frees nothing that they use
    assert [held.frees for held, _ in hanging] == [0] * len(hanging)
    for held, thread in hanging:
        held.wake.set()
        joined(thread)
        assert held.frees == 1
