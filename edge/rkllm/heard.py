"""Heard: what the runtime says in its callback, made safe to hand to another thread: bytes in order, tokens counted."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from queue import Empty, SimpleQueue

from edge.rkllm.abi import ERROR, FINISH, GO_ON, NORMAL, PAUSE, WAITING


@dataclass(frozen=True, slots=True)
class Token:
    """One token. ``spelled``: the bytes that are now whole, b"" while a character is being spelled."""

    number: int
    spelled: bytes


@dataclass(frozen=True, slots=True)
class Usage:
    """What a run cost, as the runtime tells it. ``prefill_tokens``: tokens of the prompt that were read; fewer than
    ``prompt_tokens`` where a part of it was known. ``memory_mb``: greatest resident size of the process so far."""

    prompt_tokens: int
    prefill_tokens: int
    prefill_ms: float
    generated_tokens: int
    generate_ms: float
    memory_mb: float


@dataclass(frozen=True, slots=True)
class Ended:
    """The run is over: ``code`` is what rkllm_run returned, ``failed`` whether the callback told an error. ``usage``
    is None where the run was stopped or told nothing."""

    code: int
    failed: bool
    usage: Usage | None


class Spelling:
    """Characters of several tokens. The documents leave open whether WAITING brings the bytes so far or none, and
    whether what follows is the whole character or its rest; a rest begins with a continuation byte, so it is told."""

    def __init__(self) -> None:
        self._held = b""

    def add(self, text: bytes | None, waiting: bool) -> bytes:
        """The bytes that ``text`` makes whole."""
        text = text or b""
        together = self._held + text if text and 0x80 <= text[0] < 0xC0 else text or self._held
        self._held = together if waiting else b""
        return b"" if waiting else together


class Hearing:
    """One run as its two threads see it: the runtime's calls ``hear``, whoever wants the tokens calls ``next``.
    ``most`` is how many tokens may come; ``pause_at_most`` whether the runtime must be told so."""

    def __init__(self, prompt_tokens: int, most: int, end_ids: frozenset[int], pause_at_most: bool) -> None:
        self.over = threading.Event()
        self.stopped = threading.Event()
        self.paused = False  # the runtime was told to pause
        self.loaded = False  # the prompt cache that was to begin from
        self._queue: SimpleQueue[Token | Ended] = SimpleQueue()
        self._spelling = Spelling()
        self._prompt_tokens = prompt_tokens
        self._most = most
        self._end_ids = end_ids
        self._pause_at_most = pause_at_most
        self._count = 0
        self._enough = False
        self._failed = False
        self._usage: Usage | None = None

    def hear(self, result: object, state: int) -> int:
        """What the callback returns. ``result`` is the runtime's own memory, gone when this returns."""
        if state in (NORMAL, WAITING) and not self.stopped.is_set():
            token: int = result.token_id  # type: ignore[attr-defined]
            if token not in self._end_ids and self._count < self._most:
                self._count += 1
                spelled = self._spelling.add(result.text, state == WAITING)  # type: ignore[attr-defined]
                self._queue.put(Token(self._count, spelled))
            elif token not in self._end_ids:
                self._enough = True  # it goes on beyond what it was asked for
        elif state == FINISH:
            perf = result.perf  # type: ignore[attr-defined]
            self._usage = Usage(
                self._prompt_tokens, perf.prefill_tokens, perf.prefill_ms, perf.generate_tokens, perf.generate_ms,
                perf.memory_mb,
            )  # fmt: skip
        elif state == ERROR:
            self._failed = True
        if self.stopped.is_set() or self._enough or (self._pause_at_most and self._count >= self._most):
            self.paused = True
            return PAUSE
        return GO_ON

    def end(self, code: int) -> None:
        """rkllm_run has returned ``code``."""
        self._queue.put(Ended(code, self._failed, self._usage))

    def next(self, wait_s: float) -> Token | Ended | None:
        """What was said next; None when nothing was within ``wait_s`` seconds."""
        try:
            return self._queue.get(timeout=wait_s)
        except Empty:
            return None
