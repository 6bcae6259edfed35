"""Stopwatch: a runner that measures how long the runner inside it takes to speak."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import Any

from edge.runner import Message, Piece, Runner, Sampling


class TimedRunner:
    """``generation_ms``: time spent inside the runner since ``start``; what the asker does between two pieces, the
    prompt and the verification, is not in it. Closing it closes the runner inside."""

    def __init__(self, inner: Runner) -> None:
        self.inner = inner
        self.name = inner.name
        self.context_tokens = inner.context_tokens
        self.keeps_choices = inner.keeps_choices
        self.generation_ms = 0.0

    def start(self) -> None:
        self.generation_ms = 0.0

    def load(self) -> None:
        begin = time.perf_counter()
        self.inner.load()
        self.add(begin)

    def count_tokens(self, text: str) -> int:
        return self.inner.count_tokens(text)

    def stream(self, messages: Sequence[Message], sampling: Sampling) -> Iterator[Piece]:
        begin = time.perf_counter()
        pieces = self.inner.stream(messages, sampling)
        self.add(begin)
        return _TimedPieces(self, pieces)

    def close(self) -> None:
        self.inner.close()

    def add(self, begin: float) -> None:
        """Count the time since ``begin``, seconds of time.perf_counter()."""
        self.generation_ms += (time.perf_counter() - begin) * 1000


class _TimedPieces:
    """The pieces of the runner inside; closing, from any thread, closes them there."""

    def __init__(self, runner: TimedRunner, pieces: Iterator[Piece]) -> None:
        self._runner = runner
        self._pieces = pieces

    def __iter__(self) -> Iterator[Piece]:
        return self

    def __next__(self) -> Piece:
        begin = time.perf_counter()
        try:
            return next(self._pieces)
        finally:
            self._runner.add(begin)

    def close(self) -> None:
        close: Any = getattr(self._pieces, "close", lambda: None)
        close()
