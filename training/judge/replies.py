"""Replies: what a judge said, kept line by line in a file that only grows, so that nothing is asked or paid twice.

A line is keyed by the judge, the whole text that it was asked and the length allowed. A power cut costs at most the
line that was being written; what failed is not kept and is asked again by the next run.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from edge.errors import EdgeFailed
from edge.runner import Message, Runner, Sampling
from training.errors import JudgeFailed

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
        self._path = path
        self._held = _read(path) if path is not None else {}
        self._failed = 0

    def ask(self, messages: Sequence[Message]) -> str | Failure:
        """The reply, "" where the model ended at once. Raises JudgeFailed after GIVE_UP_AFTER failures in a row."""
        key = self._key(messages)
        if key in self._held:
            self.kept += 1
            return self._held[key]
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
        self._keep(key, reply)
        return reply

    def _key(self, messages: Sequence[Message]) -> str:
        asked = json.dumps(
            [self.judge.identity, MAX_TOKENS, *((message.role, message.content) for message in messages)],
            ensure_ascii=False,
        )
        return hashlib.sha256(asked.encode("utf-8", "replace")).hexdigest()

    def _keep(self, key: str, reply: str) -> None:
        self._held[key] = reply
        if self._path is None:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        line = json.dumps({"key": key, "judge": self.judge.identity, "reply": reply}, ensure_ascii=False)
        with self._path.open("ab+") as file:
            if file.tell() and not _ends_whole(self._path):
                file.write(b"\n")  # behind a line that a power cut tore
            file.write(line.encode("utf-8", "replace") + b"\n")
            file.flush()
            os.fsync(file.fileno())


def _ends_whole(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read(1) == b"\n"


def _read(path: Path) -> dict[str, str]:
    """The replies by their keys; torn lines are left out."""
    if not path.is_file():
        return {}
    found: dict[str, str] = {}
    for line in path.read_bytes().split(b"\n"):
        try:
            row = json.loads(line)
            found[str(row["key"])] = str(row["reply"])
        except (ValueError, KeyError, TypeError):
            continue
    return found
