"""The model's own process: loads a runner, counts and speaks for the service, and ends when the service does.

    python -m edge.isolated.child PARENT_PID

Lines come on stdin and go out on what was stdout (edge.isolated.wire). Whatever else prints there, a driver perhaps,
prints to stderr. Where memory runs out, the kernel takes this process before the service.
"""

from __future__ import annotations

import ctypes
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from edge.choose import make_runner
from edge.errors import EdgeFailed
from edge.isolated.wire import LONGEST_LINE, Json, failure_json, line_of, made, message_of, plain
from edge.options import EdgeOptions
from edge.runner import Piece, Runner

TAKEN_FIRST = 500  # oom_score_adj, -1000 to 1000: before the service, after what volunteers
_PR_SET_PDEATHSIG = 1  # linux/prctl.h
_OVER = Piece("", 0, "cancelled")
log = logging.getLogger(__name__)


class Child:
    """Serves one runner. Loading and speaking are one thread's work; counting and cancelling never wait for it."""

    def __init__(self, runner: Runner, out: int) -> None:
        self._runner = runner
        self._out = out
        self._writing = threading.Lock()
        self._works: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self._guard = threading.Lock()
        self._cancelled = -1  # the latest number that shall end
        self._speaking: tuple[int, Iterator[Piece]] | None = None
        threading.Thread(target=self._work, name="andon-model", daemon=True).start()

    def serve(self, lines: Iterable[bytes]) -> None:
        """Until there are no more lines, which means that the service has ended or wants this to end."""
        for line in lines:
            message = message_of(line)
            number = int(message["id"])
            match message["do"]:
                case "load":
                    self._works.put(partial(self._answer, number, self._load))
                case "count":
                    self._answer(number, partial(self._count, message["texts"]))
                case "stream":
                    self._works.put(partial(self._answer, number, partial(self._speak, number, message)))
                case "cancel":
                    self._cancel(number)

    def _work(self) -> None:
        while True:
            self._works.get()()

    def _load(self) -> Json:
        self._runner.load()
        return {
            "loaded": [self._runner.name, self._runner.context_tokens, self._runner.keeps_choices],
        }

    def _count(self, texts: list[str]) -> Json:
        return {"counts": [self._runner.count_tokens(text) for text in texts]}

    def _speak(self, number: int, message: Json) -> Json:
        """Sends the pieces but the last, which is the answer."""
        with self._guard:
            if self._cancelled >= number:
                return {"piece": plain(_OVER)}
            stream = self._runner.stream(made(message["messages"]), made(message["sampling"]))
            self._speaking = (number, stream)
        last = _OVER
        try:
            for piece in stream:
                if piece.finish:
                    last = piece
                    break
                last = replace(_OVER, tokens=piece.tokens)
                self._send({"id": number, "piece": plain(piece)})
        finally:
            with self._guard:
                self._speaking = None
        return {"piece": plain(last)}

    def _cancel(self, number: int) -> None:
        with self._guard:
            self._cancelled = max(self._cancelled, number)
            at_work = self._speaking
        if at_work is not None and at_work[0] <= number:
            close: Any = getattr(at_work[1], "close", lambda: None)
            close()

    def _answer(self, number: int, work: Callable[[], Json]) -> None:
        try:
            told = work()
        except EdgeFailed as failed:
            told = {"failed": failure_json(failed)}
        except Exception as broke:  # the service hears of it, and the next question is answered
            log.exception("The runner broke.")
            told = {"broke": f"{type(broke).__name__}: {broke}"}
        self._send({"id": number, **told})

    def _send(self, message: Json) -> None:
        rest = memoryview(line_of(message))
        with self._writing:
            while rest:
                try:
                    rest = rest[os.write(self._out, rest) :]
                except OSError:  # nobody listens any more
                    os._exit(0)


def end_with(parent: int) -> None:
    """From here on this process ends when ``parent`` does, and the kernel takes it first where memory runs out."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C in a terminal is meant for the service, which ends this
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
        try:
            Path("/proc/self/oom_score_adj").write_text(str(TAKEN_FIRST), encoding="ascii")
        except OSError:
            log.debug("The kernel does not let a process volunteer here.")
    if os.getppid() != parent:  # it ended before the line above
        os._exit(0)


def serve(make: Callable[[EdgeOptions], Runner]) -> None:
    """The whole life of the process, over what ``make`` makes of the options in the first line."""
    out = os.dup(1)
    os.dup2(2, 1)
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    end_with(int(sys.argv[1]))
    lines = iter(lambda: sys.stdin.buffer.readline(LONGEST_LINE), b"")
    options = made(message_of(next(lines))["options"])
    Child(make(replace(options, isolate=False)), out).serve(lines)
    os._exit(0)  # nothing is kept, and a computation may still be at work


if __name__ == "__main__":
    serve(make_runner)
