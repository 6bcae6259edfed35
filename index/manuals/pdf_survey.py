"""PDF survey: what a first pass over all pages tells of the whole document: sizes, leading, headings, running heads."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise

from index.manuals import signs
from index.manuals.pdf_blocks import LARGER, Style, half
from index.manuals.pdf_ink import Ink
from index.manuals.pdf_layout import lines_of
from index.manuals.pdf_margins import Margins
from index.manuals.pdf_tables import ruled_tables
from index.manuals.pdf_unruled import opening_table

_WIDEST_LEADING = 2.3  # distance of lines over font size; double-spaced text has about 2.3


@dataclass
class Survey:
    """What a first pass over all pages learns; it keeps no page's text but its edges."""

    margins: Margins = field(default_factory=Margins)
    characters: int = 0
    sizes: Counter[float] = field(default_factory=Counter)
    leadings: Counter[float] = field(default_factory=Counter)
    numbered: Counter[tuple[float, int]] = field(default_factory=Counter)
    largest: tuple[float, str] = (0.0, "")

    def add(self, ink: Ink) -> None:
        lines = lines_of(ink.segments)
        inside = {id(segment) for segment in opening_table(lines)}
        tabled = frozenset(place for place, segment in enumerate(ink.segments) if id(segment) in inside)
        self.margins.add(ink, tabled.union(*(places for _, places in ruled_tables(ink))))
        for segment in ink.segments:
            self.characters += len(segment.text)
            # Running heads are small and on every page: they must not pass for the body of a short manual.
            at_edge = not 0.12 * ink.height <= segment.middle[1] <= 0.88 * ink.height
            self.sizes[half(segment.size)] += 1 if at_edge else 20 * len(segment.text)
        for before, after in pairwise(lines):
            ratio = (after.top + after.bottom - before.top - before.bottom) / 2 / max(1.0, after.size)
            if (
                abs(before.size - after.size) < 0.1
                and 1.0 <= ratio <= _WIDEST_LEADING
                and abs(before.x0 - after.x0) < 1
            ):
                self.leadings[round(ratio, 1)] += 1
        for line in lines:
            level = signs.heading_level(line.text)
            if level and not signs.step(line.text):
                self.numbered[half(line.size), level] += 1
        if self.margins.pages == 1 and lines:
            top = max(line.size for line in lines)
            text = " ".join(line.text for line in lines if line.size > top - 0.5)
            self.largest = (top, text)

    def style(self, outline: dict[str, int]) -> Style:
        body = max(self.sizes.items(), key=lambda item: (item[1], item[0]))[0]
        leading = self.leadings.most_common(1)[0][0] if self.leadings else 1.4
        larger = sorted((s for s, n in self.sizes.items() if s >= LARGER * body and n > 40), reverse=True)
        levels: dict[float, int] = {}
        for size in larger:
            known = [(n, -level) for (s, level), n in self.numbered.items() if s == size]
            if known:
                levels[size] = -max(known)[1]
        if not levels:
            levels = {size: min(4, rank) for rank, size in enumerate(larger[:6], start=1)}
        return Style(body, leading, levels, outline)
