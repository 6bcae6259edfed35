"""Section: what stands between two headings, and which alarm its headings name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from index.codes.find import find_codes
from index.manuals.block import Page
from index.passages.placed import Placed
from index.passages.rows import speaks_of_alarms


@dataclass(frozen=True, slots=True)
class Section:
    """Blocks between two headings. ``headings`` is the path: (level, text); ``opened`` are the headings that stand
    directly above the blocks, where they are printed."""

    headings: tuple[tuple[int, str], ...]
    blocks: tuple[Placed, ...]
    opened: tuple[Placed, ...] = ()

    @property
    def path(self) -> tuple[str, ...]:
        return tuple(text for _, text in self.headings)

    @property
    def alarm_headings(self) -> tuple[str, ...]:
        """Headings of the path that name exactly one alarm: by number ("9.3.1 F-013 Air pressure low"), or by a named
        flag where the path speaks of errors ("Error codes" > "CURRENT_LIMIT_VIOLATION")."""
        named: list[str] = []
        for text in self.path:
            kinds = [code.kind for code in find_codes(text)]
            flagged = kinds.count("flag") == 1 and speaks_of_alarms(self.path)
            if kinds.count("alarm") == 1 or (flagged and "alarm" not in kinds):
                named.append(text)
        return tuple(named)

    @property
    def named_by_headings(self) -> tuple[str, ...]:
        """Headings whose code is what the section is about: a heading of two codes ("E-301 to E-308") names a range."""
        leaf = tuple(text for text in self.path[-1:] if len(find_codes(text)) == 1)
        return tuple(dict.fromkeys(self.alarm_headings + leaf))


def sections(pages: Iterable[Page]) -> Iterator[Section]:
    """The sections of a manual in reading order, as its pages are read."""
    headings: list[tuple[int, str]] = []
    held, opened = list[Placed](), list[Placed]()
    for page in pages:
        for block in page.blocks:
            if block.kind != "heading":
                held.append(Placed(block, page.number, page.label))
                continue
            if held:
                yield Section(tuple(headings), tuple(held), tuple(opened))
                held, opened = [], []
            headings = [(level, text) for level, text in headings if level < max(1, block.level)]
            headings.append((max(1, block.level), block.text))
            opened.append(Placed(block, page.number, page.label))
    if held:
        yield Section(tuple(headings), tuple(held), tuple(opened))
