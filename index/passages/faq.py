"""Faq: questions printed as lines of their own, each above its answer, are the headings of these answers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from index.passages.placed import Placed
from index.passages.section import Section

FEWEST = 3  # questions up to the end of a section; a single one is a turn of phrase
LONGEST = 200  # characters
_MARK = re.compile(r"(?:Q|問|質問)\s?\d{0,3}\s?[.:：．、)）]\s*\S|【?(?:Q|問)\d{0,3}】?[ 　]\s*\S")
_ENDS = re.compile(r"[?？][\s」』）)\"']*$|(?:です|ます|でしょう|ました|ません)か[。.]?$")


def with_questions_as_headings(found: Iterable[Section]) -> Iterator[Section]:
    """``found``, the sections of one manual, in order; one that holds questions with answers becomes one section for
    each."""
    seen = 0
    for section in found:
        places = _questions(section.blocks)
        seen += len(places)
        if places and seen >= FEWEST:
            yield from _apart(section, places)
        else:
            yield section


def _questions(blocks: Sequence[Placed]) -> list[int]:
    """The places of the questions: each has an answer below it that is no question."""
    asked = [_is_question(placed) for placed in blocks]
    return [at for at in range(len(blocks) - 1) if asked[at] and not asked[at + 1]]


def _is_question(placed: Placed) -> bool:
    block = placed.block
    if block.kind != "paragraph" or len(block.text) > LONGEST or "\n" in block.text.strip():
        return False
    return bool(_MARK.match(block.text) or _ENDS.search(block.text))


def _apart(section: Section, places: Sequence[int]) -> Iterator[Section]:
    if places[0] > 0:
        yield Section(section.headings, section.blocks[: places[0]], section.opened)
    level = section.headings[-1][0] + 1 if section.headings else 1
    for at, end in zip(places, [*places[1:], len(section.blocks)], strict=True):
        question = section.blocks[at]
        headings = (*section.headings, (level, question.block.text.strip()))
        yield Section(headings, section.blocks[at + 1 : end], (question,))
