"""Hand numbers: paragraphs that somebody numbered by hand ("① ...", "(2) ...") become steps.

HTML and Markdown have lists of their own, and still many are typed: "①" in one paragraph, "②" in the next, or both in
one with line breaks. A number alone proves nothing (a parts list names "(15)" too); a row of them from 1 on does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from index.manuals import signs
from index.manuals.block import Block

_FEWEST = 2
_BETWEEN = 4  # notes, warnings and captions between two steps; more is a section under a numbered title


def with_steps(blocks: Sequence[Block]) -> list[Block]:
    """``blocks`` with hand-numbered paragraphs as steps; nothing else changes."""
    parts = [part for block in blocks for part in _parted(block)]
    out = list(parts)
    for run in _runs(parts):
        for at in run:
            label, text = signs.step(parts[at].text) or ("", parts[at].text)
            out[at] = replace(parts[at], kind="step", text=text, label=label)
    return out


def _runs(parts: Sequence[Block]) -> Iterator[list[int]]:
    """Places of paragraphs that are numbered 1, 2, 3 ... in one form, near each other and under one heading."""
    run: list[int] = []
    form = ""
    for at, part in enumerate(parts):
        label = _label(part)
        number = signs.ordinal(label)
        if part.kind == "heading" or number == 1:
            yield from [run] if len(run) >= _FEWEST else []
            run, form = ([at], _form(label)) if number == 1 else ([], "")
        elif run and number == len(run) + 1 and at - run[-1] <= _BETWEEN + 1 and _form(label) == form:
            run.append(at)
    yield from [run] if len(run) >= _FEWEST else []


def _parted(block: Block) -> Iterator[Block]:
    """A paragraph in which several lines are numbered one after the other, a block a number."""
    lines = block.text.split("\n")
    starts = [at for at, line in enumerate(lines) if at == 0 or signs.step(line)]
    numbers = [signs.ordinal(found[0]) for at in starts if (found := signs.step(lines[at]))]
    if block.kind != "paragraph" or len(numbers) < _FEWEST or any(b != a + 1 for a, b in pairwise(numbers)):
        yield block
        return
    for start, end in pairwise([*starts, len(lines)]):
        yield replace(block, text="\n".join(lines[start:end]))


def _label(part: Block) -> str:
    found = signs.step(part.text) if part.kind == "paragraph" else None
    return found[0] if found else ""


def _form(label: str) -> str:
    return re.sub(r"\d+|[^\W\d_]|[①-⑳❶-❿⓫-⓴⑴-⒇]", "#", label)
