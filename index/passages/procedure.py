"""Procedure: where steps with their intro and warnings begin and end, and where too long ones are cut."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from index.manuals import signs
from index.passages.placed import Placed, kind_at, quoted_line
from index.passages.sentences import CountTokens

_MOST_BEFORE = 24  # warnings and paragraphs; a manual of nothing but paragraphs must not be looked through from each
_LETTER = re.compile(r"[(（]?[a-zア-コ][.)）]")
PROCEDURE_TOKENS = 1200  # longer ones are cut between steps, half as long again within a step's list


def group_end(blocks: Sequence[Placed], at: int) -> int | None:
    """Where the procedure that begins at ``at`` ends, or None where none begins. It may begin with warnings and one
    intro paragraph directly before its first step (three with a warning among them: the warning must not be parted from
    its steps), and goes on over notes, pictures and warnings between steps."""
    start = at
    while kind_at(blocks, start) in ("warning", "paragraph") and start - at <= _MOST_BEFORE:
        start += 1
    before = [placed.block.kind for placed in blocks[at:start]]
    most = 3 if "warning" in before else 1
    if kind_at(blocks, start) != "step" or before.count("paragraph") > most:
        return None
    end = start + 1
    last = blocks[start].block
    ahead = end
    while ahead < len(blocks):
        block = blocks[ahead].block
        if block.kind == "step":
            if block.level == 0 and last.level == 0 and _begins(block.label):
                break  # the next procedure
            if block.level <= last.level:
                last = block
            end = ahead + 1
        elif block.kind == "row":
            break
        elif block.kind == "bullet" and (block.level > 0 or ahead == end):
            end = ahead + 1
        elif block.level > 0 and ahead == end and block.kind != "heading":
            end = ahead + 1  # the format says that it stands inside the step
        ahead += 1
    # What follows the last step is part of the procedure only where it was printed inside it; but the command that a
    # last step announces is often written without the indent that would say so.
    while kind_at(blocks, end) == "code":
        end += 1
    return end


def procedure_parts(blocks: Sequence[Placed], count_tokens: CountTokens) -> Iterator[list[Placed]]:
    """The blocks of one procedure, cut where it is too long for one passage."""
    held: list[Placed] = []
    for placed in blocks:
        top = placed.block.kind in ("step", "row") and placed.block.level == 0
        cost = count_tokens("\n".join(quoted_line(p.block) for p in [*held, placed]))
        if held and (cost > 1.5 * PROCEDURE_TOKENS or (top and cost > PROCEDURE_TOKENS)):
            yield held
            held = []
        held.append(placed)
    yield held


def _begins(label: str) -> bool:
    """Whether a label is the first of a procedure: "a)" and "(ア)" often stand below "1." without an indent."""
    return signs.ordinal(label) == 1 and _LETTER.match(label) is None
