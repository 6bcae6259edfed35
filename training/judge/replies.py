"""Replies: what a judge says at temperature 0, remembered by judge, all that it was asked and length allowed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from edge.errors import EdgeFailed
from edge.runner import Message, Runner, Sampling
from training.errors import JudgeFailed
from training.reply_file import ReplyFile, key_of

MAX_TOKENS = 400  # of a reply
GIVE_UP_AFTER = 5  # failures in a row: the endpoint is away, not one question odd


@dataclass(frozen=True, slots=True)
class Judge:
    """``runner`` is loaded. ``name`` is the model's, ``weights`` the SHA-256 of its file ("" behind an endpoint),
    ``where`` the endpoint's address ("" for a file)."""

    runner: Runner
    name: str
    weights: str = ""
    where: str = ""

    @property
    def identity(self) -> str:
        return self.weights or f"{self.where}#{self.name}"


@dataclass(frozen=True, slots=True)
class Failure:
    """A question that got no reply: the stable ``code`` of the error and its message."""

    code: str
    message: str


class Replies:
    """Asks ``judge`` at temperature 0 and keeps its replies in ``path`` (None: only in memory). ``asked`` and ``kept``
    count the replies that were computed and those that were there."""

    def __init__(self, judge: Judge, path: Path | None) -> None:
        self.judge = judge
        self.asked = 0
        self.kept = 0
        self._held = ReplyFile(path, judge.identity)
        self._failed = 0

    def ask(self, messages: Sequence[Message]) -> str | Failure:
        """The reply, "" where the model ended at once. Raises JudgeFailed after GIVE_UP_AFTER failures in a row."""
        key = key_of(self.judge.identity, MAX_TOKENS, *((message.role, message.content) for message in messages))
        known = self._held.get(key)
        if known is not None:
            self.kept += 1
            return known
        try:
            pieces = self.judge.runner.stream(messages, Sampling(max_tokens=MAX_TOKENS, temperature=0.0))
            reply = "".join(piece.text for piece in pieces)
        except EdgeFailed as failed:
            self._failed += 1
            if self._failed >= GIVE_UP_AFTER:
                raise JudgeFailed(
                    f"{self.judge.name} failed {self._failed} times in a row: {failed}",
                    "What it said before is kept. Mend it and run the same command again.",
                ) from failed
            return Failure(failed.code, failed.message)
        self._failed = 0
        self.asked += 1
        self._held.keep(key, reply)
        return reply
