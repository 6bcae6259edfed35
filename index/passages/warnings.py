"""Warnings: which passages warn of what a procedure's section, or a heading above it, says before or beside it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from index.manuals import signs
from index.passage import Kind, Passage

STEPS: frozenset[Kind] = frozenset(("steps",))
_MOST = 6  # a page of warnings hides the steps; those of the nearest heading come first


def warnings_of(passage: Passage, manual: Iterable[Passage]) -> tuple[Passage, ...]:
    """The warnings among ``manual`` (passages of the same manual) that belong to ``passage`` and do not stand in it, in
    the order of reading: warnings of its own section, of the headings above it, and those printed within an earlier or
    later part of the same procedure. () for what tells nobody to do something."""
    if not tells_steps(passage):
        return ()
    found: dict[str, Passage] = {}
    for other in sorted(manual, key=lambda one: one.ordinal):
        if other.id == passage.id or passage.section[: len(other.section)] != other.section:
            continue
        if other.kind == "warning" and other.text not in passage.text:
            found.setdefault(other.text, other)
        elif other.kind in STEPS and other.section == passage.section:
            lines = [line for line in warning_lines(other.text) if line not in passage.text and line not in found]
            if lines:  # one passage, as it has one id
                text = "\n".join(lines)
                found.setdefault(text, replace(other, text=text, kind="warning"))
    nearest = sorted(found.values(), key=lambda one: len(one.section), reverse=True)[:_MOST]
    return tuple(sorted(nearest, key=lambda one: one.ordinal))


def tells_steps(passage: Passage) -> bool:
    """Whether a passage holds a procedure: steps, or an alarm's section with steps in it."""
    return passage.kind == "steps" or (
        passage.kind in ("alarm", "prose") and any(signs.step(line) for line in passage.text.split("\n"))
    )


def warning_lines(text: str) -> tuple[str, ...]:
    """The lines of ``text`` that begin with a signal word."""
    return tuple(line.strip() for line in text.split("\n") if signs.warning(line.strip()))
