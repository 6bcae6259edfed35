"""AlarmEntry: what a manual tells of one alarm under headings of its own ("Cause", "Remedy") is one section again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from index.codes.find import find_codes
from index.passages.placed import Placed, quoted_line
from index.passages.section import Section
from index.passages.sentences import CountTokens

_WHOLE = frozenset(("paragraph", "bullet", "step", "code", "warning"))


def whole_entries(found: Iterable[Section], most: int, count_tokens: CountTokens) -> Iterator[Section]:
    """``found`` in order, neighbours below the same alarm's heading joined up to ``most`` tokens: the number, the
    message, its cause and what to do are then quoted together. The headings within become lines. A section with a table
    stays apart: its rows have passages of their own."""
    held: list[Section] = []
    for section in found:
        if held and not _belongs(section, held, most, count_tokens):
            yield _joined(held)
            held = []
        held.append(section)
    if held:
        yield _joined(held)


def entry_depth(section: Section) -> int:
    """How many headings of the path lead to the alarm that the section tells of; 0 where it tells of none: no heading
    names one alarm, or two of them do ("Alarm 5" > "Alarm 5.2")."""
    named = section.alarm_headings
    if len(named) != 1 or any(_names_several(text) for text in section.path):
        return 0
    return section.path.index(named[0]) + 1


def _names_several(heading: str) -> bool:
    return len({code.canonical for code in find_codes(heading) if code.kind == "alarm"}) > 1


def _belongs(section: Section, held: Sequence[Section], most: int, count_tokens: CountTokens) -> bool:
    depth = entry_depth(section)
    if not depth or section.headings[:depth] != held[0].headings[:depth] or len(section.headings) == depth:
        return False
    if entry_depth(held[0]) != depth or not all(_is_plain(one) for one in (section, held[-1])):
        return False
    together = _lines([*held, section], depth)
    return count_tokens("\n".join(quoted_line(placed.block) for placed in together)) <= most


def _is_plain(section: Section) -> bool:
    return all(placed.block.kind in _WHOLE for placed in section.blocks)


def _joined(held: Sequence[Section]) -> Section:
    if len(held) == 1:
        return held[0]
    depth = entry_depth(held[0])
    return Section(held[0].headings[:depth], tuple(_lines(held, depth)), held[0].opened)


def _lines(held: Sequence[Section], depth: int) -> list[Placed]:
    """The blocks of ``held``, the headings below the alarm's own as paragraphs between them."""
    lines: list[Placed] = []
    for section in held:
        inner = section.opened[-(len(section.headings) - depth) :] if len(section.headings) > depth else ()
        lines += [replace(placed, block=replace(placed.block, kind="paragraph", level=0)) for placed in inner]
        lines += section.blocks
    return lines
