"""Hearing: what a runner says, heard from a thread of its own, so that nobody waits longer for it than was agreed."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from queue import Empty, Full, Queue
from typing import Any

from edge.runner import Piece

LOOK_S = 0.1  # how often a wait looks whether it shall end
AHEAD = 16  # pieces that the runner may be ahead of its reader


class AnswerLate(Exception):
    """The time is up before the answer is whole."""

    code = "answer_late"  # for the wording in the reader's language


class Hearing(Iterator[Piece]):
    """The pieces of ``begin()``, which is called on the thread too. Ends when ``stop`` is set; raises AnswerLate where
    they are not all there at ``until`` (seconds of time.monotonic()), and whatever the work raises.

    The reader is never held by a runner that hangs: the stream is closed, which frees its turn, and the thread is left
    behind; ``left_since`` tells it apart from one that only needs a moment to end.
    """

    def __init__(self, begin: Callable[[], Iterator[Piece]], stop: threading.Event, until: float) -> None:
        self._begin = begin
        self._stop = stop
        self._until = until
        self._said: Queue[Piece | Exception | None] = Queue(AHEAD)
        self._over = threading.Event()
        self._closed_at = 0.0
        self._pieces: Iterator[Piece] | None = None
        self._thread = threading.Thread(target=self._work, name="andon-write", daemon=True)
        self._thread.start()

    def __next__(self) -> Piece:
        while not self._over.is_set():
            left = self._until - time.monotonic()
            if self._stop.is_set() or left <= 0:
                self.close()
                if self._stop.is_set():
                    break
                raise AnswerLate
            try:
                said = self._said.get(timeout=min(LOOK_S, left))
            except Empty:
                continue
            if isinstance(said, Piece):
                return said
            self.close()
            if isinstance(said, StopIteration):
                raise RuntimeError("The runner's work ended where it should have begun.") from said
            if said is not None:
                raise said
        raise StopIteration

    def close(self) -> None:
        """Ends it, from any thread; returns at once."""
        if self._over.is_set():
            return
        self._closed_at = time.monotonic()
        self._over.set()
        if self._pieces is not None:
            _close(self._pieces)

    def left_since(self, seconds: float) -> bool:
        """Whether it was closed so long ago, and its thread is still at work."""
        return self._over.is_set() and self._thread.is_alive() and time.monotonic() - self._closed_at >= seconds

    @property
    def at_work(self) -> bool:
        return self._thread.is_alive()

    def _work(self) -> None:
        try:
            self._pieces = self._begin()
            for piece in () if self._over.is_set() else self._pieces:
                if not self._put(piece):
                    return
            self._put(None)
        except Exception as failed:  # noqa: BLE001  raised again where it is heard
            self._put(failed)
        finally:
            if self._pieces is not None:
                _close(self._pieces)

    def _put(self, said: Piece | Exception | None) -> bool:
        while not self._over.is_set():
            with suppress(Full):
                self._said.put(said, timeout=LOOK_S)
                return True
        return False


def _close(pieces: Iterator[Piece]) -> None:
    close: Any = getattr(pieces, "close", lambda: None)
    with suppress(ValueError):  # a plain generator that is at work: it ends at its next piece
        close()
