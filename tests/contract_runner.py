"""RunnerContract: what every Runner keeps to. A test class inherits it and gives the fixture ``make``."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from waiting import joined, wait_for

from assistant.prompt import most_tokens
from edge.errors import AdapterUnknown, AskRefused, PromptTooLong
from edge.runner import Message, Piece, Runner, Sampling

ASK = (Message("system", "Answer briefly."), Message("user", "AL-16 が出た。 What now?"))
OTHER = (Message("system", "Answer briefly."), Message("user", "The cover is open. 🔥"))


def text_of(pieces: list[Piece]) -> str:
    return "".join(piece.text for piece in pieces)


def close(stream: Iterator[Piece]) -> None:
    stream.close()  # type: ignore[attr-defined]


def queued(runner: Any) -> int:
    """How many callers stand in a runner's queue, with the one who has the turn."""
    return len(getattr(runner, "inner", runner)._turns._tickets)


class RunnerContract:
    """The fixture ``make`` returns a fresh, unloaded runner that answers ASK and OTHER with at least 8 tokens each."""

    @pytest.fixture
    def make(self) -> Callable[[], Runner]:
        raise NotImplementedError

    @pytest.fixture
    def runner(self, make: Callable[[], Runner]) -> Iterator[Runner]:
        made = make()
        yield made
        made.close()

    def test_making_is_light_and_loading_repeats(self, make: Callable[[], Runner]) -> None:
        begin = time.thread_time()
        runner = make()
        assert time.thread_time() - begin < 0.5
        assert runner.name and runner.context_tokens > 0
        runner.load()
        runner.load()
        runner.close()
        runner.close()

    def test_exactly_one_finish_and_it_is_last(self, runner: Runner) -> None:
        pieces = list(runner.stream(ASK, Sampling(max_tokens=16)))
        assert [bool(p.finish) for p in pieces] == [False] * (len(pieces) - 1) + [True]
        assert [p.tokens for p in pieces] == sorted(p.tokens for p in pieces)
        assert all(p.text for p in pieces[:-1])

    def test_max_tokens_ends_with_length(self, runner: Runner) -> None:
        last = list(runner.stream(ASK, Sampling(max_tokens=3)))[-1]
        assert (last.tokens, last.finish) == (3, "length")

    def test_temperature_0_repeats_itself_whatever_came_between(self, runner: Runner) -> None:
        first = list(runner.stream(ASK, Sampling(max_tokens=16)))
        other = list(runner.stream(OTHER, Sampling(max_tokens=16)))
        assert list(runner.stream(ASK, Sampling(max_tokens=16))) == first
        assert text_of(first) and text_of(other)

    def test_a_seed_repeats_itself(self, runner: Runner) -> None:
        sampling = Sampling(max_tokens=12, temperature=1.0, top_p=0.9, top_k=50, seed=3, repeat_penalty=1.1)
        assert list(runner.stream(ASK, sampling)) == list(runner.stream(ASK, sampling))

    def test_stop_strings_never_show(self, runner: Runner) -> None:
        whole = text_of(list(runner.stream(ASK, Sampling(max_tokens=16))))
        for start in (1, len(whole) // 2):
            stop = whole[start : start + 4]
            pieces = list(runner.stream(ASK, Sampling(max_tokens=16, stop=("never there", stop))))
            assert text_of(pieces) == whole[: whole.index(stop)]
            assert pieces[-1].finish == "stop"

    def test_closing_early_frees_it(self, runner: Runner) -> None:
        stream = runner.stream(ASK, Sampling(max_tokens=16))
        assert next(stream).tokens >= 1
        close(stream)
        close(stream)
        assert list(stream) == []
        assert list(runner.stream(OTHER, Sampling(max_tokens=4)))[-1].finish

    def test_a_forgotten_stream_frees_it(self, runner: Runner) -> None:
        next(runner.stream(ASK, Sampling(max_tokens=16)))
        assert list(runner.stream(OTHER, Sampling(max_tokens=4)))[-1].finish

    def test_a_stream_never_begun_holds_nobody_up(self, runner: Runner) -> None:
        idle = runner.stream(ASK, Sampling(max_tokens=16))
        assert list(runner.stream(OTHER, Sampling(max_tokens=4)))[-1].finish
        close(idle)

    def test_callers_are_served_in_order(self, runner: Runner) -> None:
        runner.load()
        holding = runner.stream(ASK, Sampling(max_tokens=16))
        next(holding)
        served: list[str] = []

        def ask(name: str) -> None:
            for piece in runner.stream(OTHER, Sampling(max_tokens=4)):
                if piece.finish:
                    served.append(name)

        threads = []
        for name in "abc":
            threads.append(threading.Thread(target=ask, args=(name,)))
            threads[-1].start()
            wait_for(lambda: queued(runner) == 1 + len(threads))
        assert served == []
        close(holding)
        joined(*threads)
        assert served == ["a", "b", "c"]

    def test_a_waiting_caller_can_give_up(self, runner: Runner) -> None:
        holding = runner.stream(ASK, Sampling(max_tokens=16))
        next(holding)
        waiting = runner.stream(OTHER, Sampling(max_tokens=4))
        seen: list[Piece] = []
        thread = threading.Thread(target=lambda: seen.extend(waiting))
        thread.start()
        wait_for(lambda: queued(runner) == 2)
        close(waiting)
        joined(thread)
        assert [p.finish for p in seen] == ["cancelled"]
        assert text_of(list(holding)) != ""

    def test_closing_the_runner_ends_its_streams(self, runner: Runner) -> None:
        stream = runner.stream(ASK, Sampling(max_tokens=16))
        next(stream)
        runner.close()
        assert list(stream) == []

    def test_counting_tokens(self, runner: Runner) -> None:
        assert runner.count_tokens("") == 0
        once = runner.count_tokens("アラーム AL-16 を確認する。")
        assert once > 0 and once == runner.count_tokens("アラーム AL-16 を確認する。")
        assert runner.count_tokens("アラーム AL-16 を確認する。\n" * 10) >= 8 * once
        for text in ("?", "質問: なぜ止まった？\r\n", "\u200b🔧 x\t%%%"):
            assert runner.count_tokens(text) <= most_tokens(text), "no token is shorter than a byte"

    def test_counting_does_not_wait_for_a_generation(self, runner: Runner) -> None:
        stream = runner.stream(ASK, Sampling(max_tokens=16))
        next(stream)
        counted: list[Any] = []
        thread = threading.Thread(target=lambda: counted.append(runner.count_tokens("cover")))
        thread.start()
        joined(thread)
        assert counted and counted[0] > 0
        close(stream)

    def test_an_adapter_that_was_not_loaded_is_refused(self, runner: Runner) -> None:
        with pytest.raises(AdapterUnknown, match="nobody's"):
            list(runner.stream(ASK, Sampling(max_tokens=2, adapter="nobody's")))
        assert list(runner.stream(ASK, Sampling(max_tokens=2)))[-1].finish == "length"

    def test_too_long_prompts_are_refused(self, runner: Runner) -> None:
        runner.load()
        long = (Message("user", "停止 stop " * runner.context_tokens),)
        with pytest.raises(PromptTooLong) as caught:
            list(runner.stream(long, Sampling(max_tokens=1)))
        assert caught.value.remedy
        with pytest.raises(PromptTooLong):
            list(runner.stream(ASK, Sampling(max_tokens=runner.context_tokens)))
        assert list(runner.stream(ASK, Sampling(max_tokens=2)))[-1].finish == "length"

    def test_a_grammar_binds_or_is_refused(self, runner: Runner) -> None:
        asked = (
            (Sampling(max_tokens=16, grammar='root ::= "AL-" [0-9] [0-9]'), r"AL-\d\d"),
            (Sampling(max_tokens=16, json_schema='{"enum": ["OFF", "ON"]}'), r'\s*"(OFF|ON)"\s*'),
        )
        for sampling, wanted in asked:
            try:
                said = text_of(list(runner.stream(ASK, sampling)))
            except AskRefused as refused:
                assert refused.remedy and refused.details["asked"] == "grammar"
            else:
                assert re.fullmatch(wanted, said)
        assert list(runner.stream(OTHER, Sampling(max_tokens=2)))[-1].finish, "it goes on"

    def test_chances_are_told_or_refused(self, runner: Runner) -> None:
        assert not any(piece.chances for piece in runner.stream(ASK, Sampling(max_tokens=6)))
        try:
            pieces = list(runner.stream(ASK, Sampling(max_tokens=6, logprobs=2)))
        except AskRefused as refused:
            assert refused.remedy and refused.details["asked"] == "logprobs"
            return
        chances = [chance for piece in pieces for chance in piece.chances]
        assert len(chances) == pieces[-1].tokens
        assert all(chance.logprob <= 0 and len(chance.others) == 2 for chance in chances)
