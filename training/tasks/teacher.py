"""TaskTeacher: asks a larger model, any Runner, for JSON and keeps each reply on disk at once.

A power cut costs one request, and no reply is paid for twice. Unlike training.data.teacher, whose replies are arrays of
questions about one passage, it asks what it is told to, each request with a seed of its own.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

from edge.errors import AskRefused, EdgeFailed
from edge.runner import Message, Runner, Sampling
from training.errors import TeacherFailed

IN_A_ROW = 3  # requests that fail one after the other before the run stops


class TaskTeacher:
    """``runner``: the local model or an OpenAI-compatible endpoint, which tries again by itself; ``replies``: a JSONL
    file that only grows, a reply a line under the hash of messages, model and sampling. A runner that cannot be bound
    to a JSON Schema is asked freely; the form is checked by whoever reads the reply."""

    def __init__(self, runner: Runner, replies: Path, max_tokens: int = 700) -> None:
        self.runner, self.replies, self.max_tokens = runner, replies, max_tokens
        self.asked = self.remembered = 0
        self._failed = 0
        self._bound = True
        self._known = _read(replies)

    def ask(self, messages: Sequence[Message], schema: str, seed: int, temperature: float) -> str:
        """The reply, "" where the model gave none. Raises TeacherFailed after IN_A_ROW failures."""
        sampling = Sampling(
            max_tokens=self.max_tokens, temperature=temperature, top_p=0.95, seed=seed, json_schema=schema
        )
        key = _key(self.runner.name, messages, sampling)
        if key in self._known:
            self.remembered += 1
            return self._known[key]
        try:
            said = self._speak(messages, sampling)
        except EdgeFailed as reason:
            self._failed += 1
            if self._failed >= IN_A_ROW:
                raise TeacherFailed(
                    f"{self.runner.name} failed {IN_A_ROW} times in a row: {reason.message}",
                    f"{reason.remedy} Then give the command again: replies that came are kept.".strip(),
                ) from reason
            return ""
        self._failed = 0
        self.asked += 1
        self._keep(key, said)
        return said

    def _speak(self, messages: Sequence[Message], sampling: Sampling) -> str:
        if self._bound:
            try:
                return "".join(piece.text for piece in self.runner.stream(messages, sampling))
            except AskRefused:
                self._bound = False
        return "".join(piece.text for piece in self.runner.stream(messages, replace(sampling, json_schema="")))

    def _keep(self, key: str, said: str) -> None:
        self._known[key] = said
        line = json.dumps({"key": key, "model": self.runner.name, "said": said}, ensure_ascii=False)
        self.replies.parent.mkdir(parents=True, exist_ok=True)
        with self.replies.open("ab") as file:
            file.write(line.encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())


def _key(model: str, messages: Sequence[Message], sampling: Sampling) -> str:
    asked = {"model": model, "messages": [asdict(message) for message in messages], "sampling": asdict(sampling)}
    return hashlib.sha256(json.dumps(asked, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def _read(path: Path) -> dict[str, str]:
    """The replies on disk. A last line that a power cut left torn is cut off; its request is made again."""
    if not path.is_file():
        return {}
    raw = path.read_bytes()
    whole = raw[: raw.rfind(b"\n") + 1]
    if len(whole) < len(raw):
        with path.open("r+b") as file:
            file.truncate(len(whole))
    found: dict[str, str] = {}
    for number, line in enumerate(whole.splitlines(), 1):
        try:
            held = json.loads(line)
            found[str(held["key"])] = str(held["said"])
        except (ValueError, KeyError, TypeError):
            raise TeacherFailed(f"{path}, line {number} is no reply.", "Delete that line and go on.") from None
    return found
