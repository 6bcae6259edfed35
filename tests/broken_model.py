"""A model's process that dies, hangs or talks nonsense when its messages say so: the child of the isolation's tests.

The options' model names a file; where it is there, its text says what breaks at loading.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator, Sequence

from fake_runner import FakeRunner

from edge.errors import ModelUnreadable
from edge.isolated.child import serve
from edge.options import EdgeOptions
from edge.runner import Message, Piece, Sampling
from edge.turns import Generation

SAID = "電源を切り、カバーを外して確認する。 Then switch it on again. [1]"
HANGS_S = 120.0
BREAKS = ("SIGSEGV", "SIGKILL", "SIGABRT", "SIGBUS", "exit", "nonsense", "silence")


def break_by(how: str) -> None:
    if how == "exit":
        os._exit(3)
    elif how == "nonsense":
        os.write(OUT, b'{"id": 1, "piece": \xff\xff\n')
        time.sleep(HANGS_S)
    elif how == "silence":  # closes its output and lives on
        os.close(OUT)
        time.sleep(HANGS_S)
    elif how == "hang":
        threading.Event().wait(HANGS_S)
    elif how == "hang with the interpreter":  # no other thread of it comes to run
        ctypes.PyDLL(None).sleep(int(HANGS_S))
    elif how == "no such value":
        os.write(OUT, b'{"id": 2, "piece": {"class": "Popen", "args": ["true"]}}\n')
        time.sleep(HANGS_S)
    elif how == "boom":
        raise RuntimeError("boom")
    else:
        os.kill(os.getpid(), getattr(signal, how))
        time.sleep(HANGS_S)


class BrokenModel(FakeRunner):
    """Says SAID; a user's message "middle SIGSEGV" makes it die of that in mid-answer, "first ..." before it."""

    def __init__(self, options: EdgeOptions) -> None:
        super().__init__(lambda messages: SAID, name=options.model.stem, context_tokens=options.context_tokens)
        self._options = options

    def load(self) -> None:
        how = self._options.model.read_text(encoding="utf-8").strip() if self._options.model.is_file() else ""
        if how == "unreadable":
            raise ModelUnreadable("It is no model.", "Copy it again.", file=self._options.model.name)
        if how:
            sys.stderr.write("about to break\n")
            break_by(how)
        super().load()

    def count_tokens(self, text: str) -> int:
        if text.startswith("count "):
            break_by(text.removeprefix("count "))
        return super().count_tokens(text)

    def stream(self, messages: Sequence[Message], sampling: Sampling) -> Iterator[Piece]:
        asked = tuple(messages)
        return Generation(self._turns, lambda cancelled: self._break(self._speak(asked, sampling, cancelled), asked))

    def _break(self, pieces: Iterator[Piece], asked: Sequence[Message]) -> Iterator[Piece]:
        where, _, how = asked[-1].content.partition(" ")
        if where == "first":
            break_by(how)
        for piece in pieces:
            if where == "middle" and piece.tokens > 5:
                self._options.model.with_suffix(".broken").touch()
                break_by(how)
            yield piece


if __name__ == "__main__":
    OUT = 3  # where serve() moves stdout to: the first number that is free
    serve(BrokenModel)
