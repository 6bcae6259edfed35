"""Headings: the search terms of what stands over a passage, which are kept with those of its text."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from index.passage import Passage
from index.text import terms

_NOTHING = frozenset[str]()


@dataclass(frozen=True, slots=True)
class HeadingTerms:
    """``own``: of the passage's own heading, for an alarm or symptom its name too; ``above``: of the headings above."""

    own: frozenset[str] = _NOTHING
    above: frozenset[str] = _NOTHING

    @classmethod
    def of(cls, passage: Passage) -> HeadingTerms:
        return cls(
            terms_of((*passage.section[-1:], *own_title(passage.kind, passage.text))), terms_of(passage.section[:-1])
        )


@lru_cache(maxsize=32_768)
def terms_of(headings: tuple[str, ...]) -> frozenset[str]:
    """The terms of ``headings`` together. The same ones stand over many passages."""
    return frozenset(terms(" ".join(headings)))


def own_title(kind: str, text: str) -> tuple[str, ...]:
    """What an alarm or symptom row is called, which for it is what a heading is for a section."""
    if kind not in ("alarm", "symptom"):
        return ()
    rows = [line.partition(": ") for line in text.split("\n")[:2]]
    return tuple(value for _, _, value in (rows if kind == "alarm" else rows[:1]) if value)
