"""Driver: what a measurement asks of a runner or an endpoint: to count a prompt, and to speak beside a clock."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from edge.runner import Message, Runner, Sampling


@dataclass(frozen=True, slots=True)
class Timed:
    """One answer. ``first_s`` from the request to the first text, ``last_s`` to the last; ``tokens`` of the answer, of
    which ``first_tokens`` came with the first text; ``prompt_tokens`` of the whole prompt. ``counted_by`` says who
    counted: pieces of a stream are never taken for tokens."""

    first_s: float
    last_s: float
    first_tokens: int
    tokens: int
    prompt_tokens: int
    counted_by: str

    @property
    def prompt_per_s(self) -> float:
        return self.prompt_tokens / self.first_s

    @property
    def tokens_per_s(self) -> float | None:
        """None where too few came after the first to time."""
        after = self.tokens - self.first_tokens
        return after / (self.last_s - self.first_s) if after >= 4 and self.last_s > self.first_s else None


class Driver(Protocol):
    """``context_tokens`` 0: not known. Errors: edge.errors."""

    context_tokens: int

    def count(self, messages: Sequence[Message]) -> int: ...

    def speak(self, messages: Sequence[Message], tokens: int, *, reuse: bool) -> Timed:
        """Exactly ``tokens`` tokens where the other side can be told to go on past its end, at temperature 0.
        ``reuse`` says whether what an earlier prompt left may be used."""
        ...


class RunnerDriver:
    """A Runner of this process. It reuses what it can of the prompt before, always: cold prompts begin unlike."""

    def __init__(self, runner: Runner) -> None:
        runner.load()
        self.context_tokens = runner.context_tokens
        self._runner = runner

    def count(self, messages: Sequence[Message]) -> int:
        whole = getattr(self._runner, "prompt_tokens", None)  # with what the template adds, where the runner can tell
        if whole is not None:
            return len(whole(messages))
        return sum(self._runner.count_tokens(message.content) for message in messages)

    def speak(self, messages: Sequence[Message], tokens: int, *, reuse: bool) -> Timed:
        prompt_tokens = self.count(messages)
        first_s = last_s = 0.0
        first_tokens = said = 0
        start = time.perf_counter()
        for piece in self._runner.stream(messages, Sampling(max_tokens=tokens, ignore_end=True)):
            if piece.tokens > said or piece.text:
                last_s, said = time.perf_counter() - start, piece.tokens
            if piece.text and not first_tokens:
                first_s, first_tokens = last_s, piece.tokens
        if not first_tokens:  # no character came of them: the time of the first text is that of the last
            first_s, first_tokens = last_s or time.perf_counter() - start, said
        return Timed(first_s, last_s, first_tokens, said, prompt_tokens, self._runner.name)
