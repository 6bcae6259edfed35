"""Guessing ahead: guesses come from what was said, each token stays the model's own, and what does not pay stops."""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from contract_runner import ASK, OTHER, RunnerContract, text_of
from numpy.typing import NDArray
from test_edge_runners import tiny_gguf

from edge.llama.drafting import BUDGET, COST, PAUSE, Drafting
from edge.llama.lookup import LONGEST, Lookup
from edge.llama.runner import LlamaCppRunner
from edge.llama.speaker import FreeSpeaker
from edge.options import EdgeOptions
from edge.runner import Piece, Runner, Sampling

__all__ = ["tiny_gguf"]
PASSAGE = list(b"Turn the main power off. Wait 15 minutes. Remove the cover (4 screws). Check the belt.")


def plain_guess(tokens: Sequence[int], shortest: int, most: int) -> list[int]:
    """The same by looking everywhere."""
    best, place = 0, 0
    for end in range(shortest, len(tokens)):
        length = 0
        while length < min(end, LONGEST) and tokens[end - 1 - length] == tokens[-1 - length]:
            length += 1
        if length >= shortest and length >= best:
            best, place = length, end
    whole = [*tokens]
    for at in range(place, place + most):
        whole[len(tokens) + at - place :] = [whole[at]]
    return whole[len(tokens) :] if best else []


def test_a_guess_is_what_stood_behind_the_longest_run_at_its_latest_place() -> None:
    lookup = Lookup([1, 2, 3, 7, 9, 2, 3, 8, 1, 2, 3], 2)
    assert lookup.guess(2) == [7, 9], "three tokens before 7, two before 8"
    for token in (5, 2, 3):
        lookup.add(token)
    assert lookup.guess(3) == [5, 2, 3], "of equal runs the latest"
    assert lookup.guess(0) == [] and Lookup([1, 2], 3).guess(4) == [] and Lookup([], 2).guess(4) == []


def test_guesses_are_those_of_looking_everywhere() -> None:
    draw = random.Random(2)
    for _ in range(300):
        tokens = [draw.randrange(3) for _ in range(draw.randrange(1, 14))]
        known = draw.randrange(len(tokens))
        lookup = Lookup(tokens[:known], 2)
        for at, token in enumerate(tokens[known:], start=known + 1):
            lookup.add(token)
            assert lookup.guess(4) == plain_guess(tokens[:at], 2, 4)


def test_a_long_prompt_takes_no_longer_for_each_token() -> None:
    def seconds(length: int) -> float:
        tokens = [5, 6, 7] * (length // 3)  # the worst: each run stood everywhere
        begin = time.process_time()
        lookup = Lookup(tokens, 3)
        for _ in range(300):
            lookup.add(5)
            lookup.guess(7)
        return time.process_time() - begin

    seconds(3000)
    assert min(seconds(12_000) for _ in range(3)) < 10 * min(seconds(3000) for _ in range(3))


def test_what_does_not_pay_stops_and_is_tried_again_later() -> None:
    drafting = Drafting([1, 2, 3, 4] * 30, 7)
    lost, tried = 0.0, []
    for at in range(400):
        if guesses := drafting.guess(100):
            drafting.checked(len(guesses), 0)
            lost += COST * len(guesses)
            tried.append(at)
        drafting.said((1, 2, 3, 4)[at % 4])
    assert lost <= 5 * (BUDGET + 2 * COST), "each pause is twice as long as the one before"
    assert tried[-1] > 4 * PAUSE


def test_right_guesses_grow() -> None:
    drafting = Drafting([1, 2, 3, 4, 5, 6] * 20, 15)
    sizes = []
    for _ in range(4):
        guesses = drafting.guess(100)
        sizes.append(len(guesses))
        drafting.checked(len(guesses), len(guesses))
    assert sizes == [3, 7, 15, 15]
    drafting.checked(15, 2)  # the quote ends; what was gained before pays for it
    assert len(drafting.guess(100)) == 3 and drafting.guess(1) == [1]


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
    speaker = FreeSpeaker(Letters(), memory, asked, None, Drafting(PASSAGE, 15))
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


def test_a_grammar_binds_guesses_too(tiny_gguf: Path) -> None:
    runner: Runner = drafting_runner(tiny_gguf)
    sampling = Sampling(max_tokens=80, grammar='root ::= ("AL-16 " "ON "){8}')
    assert text_of(list(runner.stream(ASK, sampling))) == "AL-16 ON " * 8
    runner.close()
