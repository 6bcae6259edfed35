"""Guessing ahead: guesses come from what was said, each token stays the model's own, free text loses little."""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from bench_drafting import BUNDLED, expected
from contract_runner import ASK, OTHER, RunnerContract, text_of
from drafting_workload import workload
from numpy.typing import NDArray
from test_edge_runners import tiny_gguf

from edge.llama.batch_costs import BatchCosts, measure
from edge.llama.drafting import Drafting, Plan
from edge.llama.lookup import LONGEST, Lookup, Match
from edge.llama.runner import LlamaCppRunner
from edge.llama.speaker import FreeSpeaker
from edge.options import EdgeOptions
from edge.runner import Piece, Runner, Sampling

__all__ = ["tiny_gguf"]
COSTS = BatchCosts({4: 2.5, 8: 3.75, 16: 8.0}, {4: 2.5, 8: 3.5, 16: 7.75})  # single steps, as a processor's
PASSAGE = list(b"Turn the main power off. Wait 15 minutes. Remove the cover (4 screws). Check the belt.")


def longest_match(tokens: Sequence[int]) -> Match:
    """The same by looking everywhere."""
    best, place = 0, 0
    for end in range(1, len(tokens)):
        length = 0
        while length < min(end, LONGEST) and tokens[end - 1 - length] == tokens[-1 - length]:
            length += 1
        if length and length >= best:
            best, place = length, end
    return Match(best, place)


def test_a_match_is_the_longest_at_its_latest_place() -> None:
    lookup = Lookup([1, 2, 3, 7, 9, 2, 3, 8, 1, 2])
    assert lookup.add(3) == Match(1, 7), "what was said alone counts, not how the prompt ends"
    for token in (5, 1, 2):
        lookup.add(token)
    assert lookup.add(3) == Match(3, 11) and lookup.behind(11, 2) == [5, 1], "of equal runs the latest"
    assert lookup.behind(14, 5) == [3, 3, 3, 3, 3], "what repeats itself goes on doing so"
    assert Lookup([]).add(1) == Match(0, 0)


def test_matches_are_those_of_looking_everywhere() -> None:
    draw = random.Random(2)
    for _ in range(300):
        tokens = [draw.randrange(3) for _ in range(draw.randrange(1, 16))]
        lookup = Lookup([])
        for at, token in enumerate(tokens, start=1):
            assert lookup.add(token) == longest_match(tokens[:at])


def test_a_long_prompt_takes_no_longer_for_each_token() -> None:
    def seconds(length: int) -> float:
        lookup = Lookup([5, 6, 7] * (length // 3))  # the worst: each token stood everywhere
        begin = time.thread_time()
        for at in range(600):
            lookup.add(5 + at % 3)
        return time.thread_time() - begin

    seconds(3000)
    assert min(seconds(12_000) for _ in range(3)) < 4 * min(seconds(3000) for _ in range(3))


def letter(token: int) -> bytes:
    return bytes([token])


def draft(
    prompt: Sequence[int],
    answer: Sequence[int],
    costs: BatchCosts = COSTS,
    most: int = 15,
    piece: Callable[[int], bytes] = letter,
) -> list[int]:
    """The batches in which ``answer`` is said: of each the tokens computed."""
    drafting, batches = Drafting(prompt, Plan(costs, most), piece), []
    drafting.said(answer[0])
    at = 1
    while at < len(answer):
        guesses = drafting.guess(len(answer) - at)
        assert len(guesses) <= min(most, len(answer) - at)
        right = 0
        while right < len(guesses) and guesses[right] == answer[at + right]:
            right += 1
        batches.append(1 + len(guesses))
        drafting.checked(len(guesses), right)
        for token in answer[at : at + right + 1]:
            drafting.said(token)
        at += right + 1
    return batches


def test_a_quote_is_guessed_after_few_tokens_and_in_batches_that_pay() -> None:
    batches = draft(PASSAGE, PASSAGE)
    assert batches[0] == 1 and batches.index(8) < 8, "not before a run of it has been said"
    assert set(batches[:-1]) <= {1, 4, 8}, "sixteen cost more than they gain"
    assert len(batches) < len(PASSAGE) / 3


def test_a_quote_goes_on_behind_a_citation_which_is_guessed_too() -> None:
    answer = list(re.sub(rb"\.", b".[1]", bytes(PASSAGE)))
    plain = list(re.sub(rb"\.", b".<1>", bytes(PASSAGE)))  # an end that is no sign of an insertion
    assert answer.count(b"["[0]) == 4
    drafting = Drafting(PASSAGE, Plan(COSTS, 15), letter)
    first = answer.index(b"]"[0]) + 2
    for token in answer[:first]:
        drafting.said(token)
    assert bytes(drafting.guess(99)).startswith(b"Wait 15"), "though this space stands elsewhere, too"
    second = answer.index(b"]"[0], first)
    for token in answer[first : second - 4]:
        drafting.said(token)
    assert bytes(answer[second - 6 : second - 4]) == b"te" and bytes(drafting.guess(99)) == b"s.[1] R"
    assert len(draft(PASSAGE, answer)) < len(draft(PASSAGE, plain))


def test_free_text_is_hardly_ever_guessed() -> None:
    """Words of the passage, but none of its sentences."""
    for text in (b"The belt is checked by hand: first switch power off, then take off the four screws of the cover.",
                 b"nothing like it at all 0123456789", b"Power is off when the lamp is dark; wait."):  # fmt: skip
        batches = draft(PASSAGE, list(text))
        lost = sum(COSTS.first[size] - 1 for size in batches if size in COSTS.first) - (len(text) - 1 - len(batches))
        assert lost <= 0.05 * len(text), bytes(text)


def test_what_was_believed_is_forgotten_where_copies_break_off() -> None:
    drafting, drawn = Drafting(PASSAGE, Plan(COSTS, 15), letter), random.Random(4)
    for token in PASSAGE:
        drafting.said(token)
    guessed = []
    for _ in range(60):  # three copied letters, then another
        at = drawn.randrange(len(PASSAGE) - 4)
        for token in (*PASSAGE[at : at + 3], 250):
            guessed.append(bool(drafting.guess(99)))
            drafting.said(token)
    assert any(guessed[:60]) and not any(guessed[120:])


@pytest.mark.parametrize(
    ("costs", "least"),
    # 9 MB on one thread, 110 MB on two, and as a GPU may have it; single steps
    [({4: 2.5, 8: 5.0, 16: 10.75}, 1.25), ({4: 2.5, 8: 3.75, 16: 6.5}, 1.4), ({4: 1.25, 8: 1.25, 16: 1.5}, 4.0)],
)
def test_quotes_gain_and_free_text_does_not_lose(costs: dict[int, float], least: float) -> None:
    """On the workload for development, by batches counted: docs/results/drafting.json has the other half, computed."""
    runner = LlamaCppRunner(EdgeOptions(BUNDLED, context_tokens=256))
    piece = runner._loaded()[0].piece
    priced = BatchCosts({**costs, 4: costs[4] + 0.25}, costs)
    for quoted in (True, False):
        tokens, decodes, steps = 0, 0, 0.0
        for script in workload(runner, quoted=quoted, odd=True, most=20):
            batches = draft(script.prompt, script.answer, priced, piece=piece)
            tokens, decodes = tokens + len(script.answer) - 1, decodes + len(batches)
            steps += expected(batches, priced)
        if quoted:
            assert tokens / steps > least and tokens / decodes > 2.4
        else:
            assert tokens / steps > 0.97 and (tokens / decodes < 1.05 or least == 4.0)
    runner.close()


def test_where_batches_cost_little_more_is_guessed() -> None:
    """As on a GPU."""
    cheap = BatchCosts(dict.fromkeys((4, 8, 16), 1.25), dict.fromkeys((4, 8, 16), 1.25))
    assert max(draft(PASSAGE, PASSAGE, cheap)) == 16
    assert max(draft(PASSAGE, PASSAGE, cheap, 7)) == 8
    dear = BatchCosts({4: 4.0, 8: 8.0}, {4: 4.0, 8: 8.0})
    assert set(draft(PASSAGE, PASSAGE, dear)) == {1}, "nothing can be gained"


def test_the_same_tokens_give_the_same_batches_whatever_was_said_before() -> None:
    plan, told = Plan(COSTS, 15), []
    for answer in (PASSAGE, list(b"The belt is checked by hand."), PASSAGE):
        drafting, sizes = Drafting(PASSAGE, plan, letter), []
        for token in answer:
            drafting.said(token)
            sizes.append(len(drafting.guess(99)))
        told.append(sizes)
    assert told[0] == told[2] and any(told[0])


def test_costs_are_measured_in_steps_and_rounded() -> None:
    """By a clock that only the context moves; a batch whose size changes makes its graph anew."""

    class Slow:
        now, size, held = 0.0, 0, 300

        def __init__(self, step: float) -> None:
            self.step = step

        def clock(self) -> float:
            return self.now

        def keep(self, length: int) -> bool:
            self.held = length
            return True

        def decode(self, tokens: Sequence[int], start: int, *, want_logits: bool) -> None:
            self.decode_each(tokens, start)

        def decode_each(self, tokens: Sequence[int], start: int) -> None:
            assert start == self.held and len(tokens) <= 16
            assert start == 300, "behind the prompt"
            self.now += self.step * (0.6 + 0.4 * len(tokens) + (0.1 if len(tokens) != self.size else 0))
            self.size = len(tokens)

    slow = Slow(0.001)
    costs = measure(slow, 300, 16, 1, slow.clock, slow.clock)  # type: ignore[arg-type]
    assert costs.further == {4: 2.25, 8: 3.75, 16: 7.0} and costs.first == {4: 2.5, 8: 4.0, 16: 7.25}
    assert slow.held == 300, "the prompt is still there"
    assert measure(slow, 300, 3, 1, slow.clock, slow.clock).further == {3: 1.75}  # type: ignore[arg-type]
    large = Slow(0.2)  # a step of 4 billion parameters on a small board
    assert measure(large, 300, 16, 0, large.clock, lambda: 0).first == {4: 2.25, 8: 4.0, 16: 7.0}  # type: ignore[arg-type]
    assert large.now < 5, "seconds"
    half = measure(slow, 300, 16, 2, slow.clock, slow.clock)  # type: ignore[arg-type]
    assert half is None, "two threads were at work for the time of one"


class Letters:
    end_ids = frozenset((0,))

    def tokenize(self, text: str) -> list[int]:
        return list(text.encode())

    def piece(self, token: int) -> bytes:
        return bytes([token])


class Script:
    """A memory of a model that says ``script`` after the prompt, and something else after what it would not say; it
    counts its batches."""

    def __init__(self, prompt: Sequence[int], script: Sequence[int]) -> None:
        self.held, self.prompt, self.script = list(prompt), len(prompt), [*script, 0]
        self.batches: list[int] = []

    def logits(self) -> NDArray[np.float32]:
        said = self.held[self.prompt :]
        out = np.zeros(256, np.float32)
        out[self.script[len(said)] if said == self.script[: len(said)] else 1] = 9
        return out

    def keep(self, length: int) -> bool:
        self.held = self.held[:length]
        return True

    def decode(self, tokens: Sequence[int], start: int, *, want_logits: bool) -> NDArray[np.float32] | None:
        return self.decode_each(tokens, start)[-1]

    def decode_each(self, tokens: Sequence[int], start: int) -> list[NDArray[np.float32]]:
        assert start == len(self.held), "wrong guesses have been forgotten"
        self.batches.append(len(tokens))
        rows = []
        for token in tokens:
            self.held.append(token)
            rows.append(self.logits())
        return rows


def speak(script: bytes, **sampling: object) -> tuple[list[Piece], Script]:
    memory = Script(PASSAGE, list(script))
    asked = Sampling(**({"max_tokens": 200} | sampling))  # type: ignore[arg-type]
    letters = Letters()
    speaker = FreeSpeaker(letters, memory, asked, None, Drafting(PASSAGE, Plan(COSTS, 15), letters.piece))
    return list(speaker.speak(PASSAGE, memory.logits(), lambda: False)), memory


@pytest.mark.parametrize(
    "script",
    [bytes(PASSAGE), b"Wait 15 minutes. Then remove the cover, and check.", b"nothing like it at all 0123456789",
     b"Turn the main power on. Turn the main power on.", b""],
)  # fmt: skip
def test_an_answer_is_the_models_own_whatever_was_guessed(script: bytes) -> None:
    pieces, memory = speak(script)
    assert text_of(pieces) == script.decode() and pieces[-1].finish == "stop"
    assert [piece.tokens for piece in pieces[:-1]] == list(range(1, len(script) + 1)), "a piece for each token"
    for most in (1, 5, 20):
        some, _ = speak(script, max_tokens=most)
        assert text_of(some) == script[:most].decode()
        assert some[-1].tokens == min(most, len(script))
    if script == bytes(PASSAGE):
        assert len(memory.batches) < len(script) / 4, "a quote takes few batches"


def test_a_stop_string_inside_guesses_ends_it() -> None:
    pieces, _ = speak(bytes(PASSAGE), stop=("minutes",))
    assert text_of(pieces) == "Turn the main power off. Wait 15 " and pieces[-1].finish == "stop"


class TestDraftingRunner(RunnerContract):
    @pytest.fixture
    def make(self, tiny_gguf: Path) -> object:
        return lambda: drafting_runner(tiny_gguf)


def drafting_runner(gguf: Path, most: int = 7) -> LlamaCppRunner:
    options = EdgeOptions(gguf, context_tokens=256, threads=1, batch_tokens=16, kv_type="f32", draft_tokens=most)
    return LlamaCppRunner(options)


def test_a_model_says_the_same_with_and_without(tiny_gguf: Path) -> None:
    """A random model in float32 repeats itself, so that guesses are right and wrong; its choices are far apart."""
    with_guesses, without = drafting_runner(tiny_gguf), drafting_runner(tiny_gguf, 0)
    for messages in (ASK, OTHER):
        for extra in ({}, {"temperature": 0.8, "seed": 5}, {"logprobs": 0}, {"repeat_penalty": 1.2}):
            sampling = Sampling(max_tokens=60, **extra)  # type: ignore[arg-type]
            told = [list(runner.stream(messages, sampling)) for runner in (with_guesses, without)]
            assert text_of(told[0]) == text_of(told[1])
            assert [piece.tokens for piece in told[0]] == [piece.tokens for piece in told[1]]
    with_guesses.close()
    without.close()


def test_where_there_is_no_room_to_measure_usual_costs_stand_in_and_the_answer_is_whole(tiny_gguf: Path) -> None:
    room = drafting_runner(tiny_gguf)
    prompt = len(room.prompt_tokens(ASK))
    options = EdgeOptions(
        tiny_gguf, context_tokens=prompt + 6, threads=1, batch_tokens=16, kv_type="f32", draft_tokens=7
    )
    tight = LlamaCppRunner(options)
    said = [text_of(list(runner.stream(ASK, Sampling(max_tokens=5)))) for runner in (tight, room)]
    assert said[0] == said[1] and tight._plan is None
    room.close()
    tight.close()


def test_a_grammar_binds_guesses_too(tiny_gguf: Path) -> None:
    runner: Runner = drafting_runner(tiny_gguf)
    sampling = Sampling(max_tokens=80, grammar='root ::= ("AL-16 " "ON "){8}')
    assert text_of(list(runner.stream(ASK, sampling))) == "AL-16 ON " * 8
    runner.close()
