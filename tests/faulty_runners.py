"""Runners that crash or hang on purpose, at a place and for as long as a test says."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence

from fake_runner import FakeRunner

from edge.errors import GenerationFailed
from edge.runner import Message, Piece, Sampling
from edge.turns import Generation, Turns

HANGS_S = 120.0  # a runner that nobody wakes
PLACES = ("load", "count", "stream", "first piece", "middle")
CRASHES = (
    GenerationFailed("The GPU is gone.", "Look after it."), RuntimeError("boom"), MemoryError(), RecursionError(),
    UnicodeDecodeError("utf-8", b"\xff", 0, 1, "broken"), OSError(5, "Input/output error"), StopIteration("odd"),
    AssertionError(),
)  # fmt: skip


class CrashingRunner(FakeRunner):
    """Raises ``error`` at ``place``; "" for a runner that is well."""

    def __init__(self, said: str) -> None:
        super().__init__(lambda messages: said)
        self.place = ""
        self.error: Exception = RuntimeError("boom")

    def load(self) -> None:
        self._break("load")
        super().load()

    def count_tokens(self, text: str) -> int:
        self._break("count")
        return super().count_tokens(text)

    def stream(self, messages: Sequence[Message], sampling: Sampling) -> Iterator[Piece]:
        self._break("stream")
        asked = tuple(messages)
        return Generation(self._turns, lambda cancelled: self._crash(self._speak(asked, sampling, cancelled)))

    def _crash(self, pieces: Iterator[Piece]) -> Iterator[Piece]:
        self._break("first piece")
        for piece in pieces:
            if piece.tokens > 20:
                self._break("middle")
            yield piece

    def _break(self, place: str) -> None:
        if self.place == place:
            raise self.error


class HangingRunner(FakeRunner):
    """Where ``deaf`` is set, it comes to ``place`` and does not come back, whoever closes it, until ``wake`` is set;
    its turn is passed on ``grace_s`` seconds after it was told to stop."""

    def __init__(self, said: str, grace_s: float) -> None:
        super().__init__(lambda messages: said)
        self._turns = Turns(grace_s)
        self.place = "first piece"
        self.deaf, self.wake = threading.Event(), threading.Event()
        self.hung = 0

    def load(self) -> None:
        self._hang("load")

    def count_tokens(self, text: str) -> int:
        self._hang("count")
        return super().count_tokens(text)

    def stream(self, messages: Sequence[Message], sampling: Sampling) -> Iterator[Piece]:
        self._hang("stream")
        asked = tuple(messages)
        return Generation(self._turns, lambda cancelled: self._stall(self._speak(asked, sampling, cancelled)))

    def _stall(self, pieces: Iterator[Piece]) -> Iterator[Piece]:
        self._hang("first piece")
        for piece in pieces:
            if piece.tokens > 20:
                self._hang("middle")
            yield piece

    def _hang(self, place: str) -> None:
        if self.deaf.is_set() and self.place == place:
            self.hung += 1
            self.wake.wait(HANGS_S)
