"""Answers to guess ahead in: those that quote the prompt, and free text about what it does not hold.

Both are the answers of demo/faq.jsonl, each sentence cited: with the passage that holds it among three excerpts, or
with three neighbours of that passage, by the same authors about the same machine. A small model would write neither;
so what is said is given, and what saying it takes is computed by a real model (``Told``). Rows with an odd place are
for development (the shares in edge.llama.drafting are theirs: ``bench_drafting.py --shares``), the others are measured
on.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from numpy import float32
from numpy.typing import NDArray

from assistant.prompt import Excerpt, build_messages
from edge.llama.constrained import Memory
from edge.llama.drafting import QUOTED
from edge.llama.lookup import Lookup, Match
from edge.llama.runner import LlamaCppRunner
from edge.runner import Message

ROOT = Path(__file__).resolve().parents[1]
EXCERPTS = 3


@dataclass(frozen=True, slots=True)
class Scripted:
    """An answer to say to a prompt, in tokens."""

    prompt: list[int]
    answer: list[int]


def rows() -> list[dict[str, Any]]:
    return [json.loads(line) for line in (ROOT / "demo/faq.jsonl").read_text(encoding="utf-8").splitlines()]


def messages_of(at: int, *, quoted: bool) -> tuple[Message, ...]:
    """The prompt of row ``at``: with its own passage first, or without it."""
    found = rows()
    near = [found[(at + step + (not quoted)) % len(found)] for step in range(EXCERPTS)]
    excerpts = [Excerpt(n, f"{one['manual']}, p. {one['page_label']}", f"{one['question']}\n{one['answer']}")
                for n, one in enumerate(near, start=1)]  # fmt: skip
    return build_messages(found[at]["question"], excerpts, found[at]["lang"])


def cited(answer: str) -> str:
    """Each sentence with its citation, as answers have them."""
    gap = "" if re.search("[ぁ-ん]", answer) else " "
    return gap.join(f"{part} [1]" for part in re.split(r"(?<=[。.!?])\s*(?=\S)", answer) if part)


def workload(runner: LlamaCppRunner, *, quoted: bool, odd: bool = False, most: int | None = None) -> list[Scripted]:
    """Of every second row, ``most`` of them at most, spread."""
    places = range(1 if odd else 0, len(rows()), 2)
    places = places[:: max(1, len(places) // (most or len(places)))][:most]
    return [
        Scripted(runner.prompt_tokens(messages_of(at, quoted=quoted)), _spelt(runner, cited(rows()[at]["answer"])))
        for at in places
    ]


def _spelt(runner: LlamaCppRunner, text: str) -> list[int]:
    return runner._loaded()[0].tokenize(text)


class Told:
    """A memory that computes all that ``memory`` is asked for, and in which the likeliest token is always that of
    ``script``; it counts its batches by size."""

    def __init__(self, memory: Memory, script: Scripted, end: int) -> None:
        self._memory = memory
        self._begin = len(script.prompt)
        self._script = [*script.answer, end]
        self.batches: list[int] = []

    def keep(self, length: int) -> bool:
        return self._memory.keep(length)

    def decode(self, tokens: Sequence[int], start: int, *, want_logits: bool) -> NDArray[float32] | None:
        self.batches.append(len(tokens))
        row = self._memory.decode(tokens, start, want_logits=want_logits)
        return None if row is None else self.tell(row, start + len(tokens))

    def decode_each(self, tokens: Sequence[int], start: int) -> list[NDArray[float32]]:
        self.batches.append(len(tokens))
        found = self._memory.decode_each(tokens, start)
        return [self.tell(row, at) for at, row in enumerate(found, start=start + 1)]

    def tell(self, row: NDArray[float32], at: int) -> NDArray[float32]:
        """``row``, the logits of what comes at ``at``, in favour of the script."""
        place = at - self._begin
        if place < len(self._script):
            row[self._script[place]] = row.max() + 1
        return row


def shares(scripts: Sequence[Scripted]) -> list[tuple[float, int]]:
    """How often the token behind the longest match came next, and of how many, by the match's length."""
    hits, seen = [0] * (len(QUOTED) + 1), [0] * (len(QUOTED) + 1)
    for script in scripts:
        lookup, match = Lookup(script.prompt), Match(0, 0)
        for token in script.answer:
            length = min(match.length, len(QUOTED))
            if length:
                seen[length] += 1
                hits[length] += lookup[match.place] == token
            match = lookup.add(token)
    return [(round(hit / max(1, of), 2), of) for hit, of in zip(hits[1:], seen[1:], strict=True)]
