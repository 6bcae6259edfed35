"""Teacher: a larger model, any Runner, asked for texts to train on; each reply is kept on disk at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

from edge.errors import AskRefused, EdgeFailed
from edge.runner import Message, Runner, Sampling
from training.errors import TeacherFailed
from training.reply_file import ReplyFile, key_of

IN_A_ROW = 3  # requests that fail one after the other before the run stops
MOST_TOKENS = 700


class Teacher:
    """``runner``: the local model or an OpenAI-compatible endpoint, which tries again by itself; ``replies``: the file
    that remembers what it said, by messages, model and sampling. ``asked`` and ``remembered`` count. A runner that
    cannot be bound to a JSON Schema is asked freely; the form is checked by whoever reads the reply."""

    def __init__(self, runner: Runner, replies: Path, max_tokens: int = MOST_TOKENS, top_p: float = 0.95) -> None:
        self.runner, self.max_tokens, self.top_p = runner, max_tokens, top_p
        self.asked = self.remembered = 0
        self._failed = 0
        self._bound = True
        self._replies = ReplyFile(replies, runner.name)

    def ask(self, messages: Sequence[Message], seed: int, temperature: float, schema: str = "") -> str:
        """The reply, "" where the model gave none. Raises TeacherFailed after IN_A_ROW failures."""
        sampling = Sampling(self.max_tokens, temperature, self.top_p, seed=seed, json_schema=schema)
        key = key_of(self.runner.name, [asdict(message) for message in messages], asdict(sampling))
        known = self._replies.get(key)
        if known is not None:
            self.remembered += 1
            return known
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
        self._replies.keep(key, said)
        return said

    def _speak(self, messages: Sequence[Message], sampling: Sampling) -> str:
        if self._bound:
            try:
                return "".join(piece.text for piece in self.runner.stream(messages, sampling))
            except AskRefused:
                if not sampling.json_schema:
                    raise
                self._bound = False
        return "".join(piece.text for piece in self.runner.stream(messages, replace(sampling, json_schema="")))
