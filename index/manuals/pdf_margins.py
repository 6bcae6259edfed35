"""PDF margins: running heads and feet are found by what repeats over pages, and page labels are read from them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from index.manuals.pdf_ink import Ink, Segment

_EDGE = 0.12  # of the page's height, above and below, where running heads and feet stand
_LEVEL = 3.0  # points by which the place of a running head may vary
_LABEL = re.compile(
    r"^(?:[-–—(\[]\s*)?(?:page|p\.|ページ)?\s*(?P<label>\d{1,4}|[A-Z]{1,2}[\-–]\d{1,3}|\d{1,2}[\-–]\d{1,3}|"
    r"[ivxl]{1,7})\s*(?:(?:/|of)\s*\d+)?(?:\s*(?:ページ|頁))?(?:\s*[-–—)\]])?$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class EdgeLine:
    """What stands on one level at a page's edge. ``level`` is points from the top edge."""

    level: float
    texts: tuple[str, ...]


@dataclass
class Margins:
    """Learns from the edges of all pages (``add`` each once), then tells which levels of a page are running heads."""

    pages: int = 0
    counts: Counter[tuple[int, str]] = field(default_factory=Counter)
    edges: list[tuple[EdgeLine, ...]] = field(default_factory=list)

    def add(self, ink: Ink) -> None:
        lines = tuple(edge_lines(ink))
        self.pages += 1
        self.edges.append(lines)
        seen = {(round(line.level / _LEVEL), _pattern(text)) for line in lines for text in line.texts}
        self.counts.update(seen)

    def is_running(self, line: EdgeLine) -> bool:
        """True where a text on this level comes back, numbers aside, on several pages (two of a short document, a
        fifth of a long one)."""
        if self.pages < 2:
            return False
        enough = max(2, min(5, self.pages // 5)) if self.pages > 3 else 2
        level = round(line.level / _LEVEL)
        return any(
            sum(self.counts[at, _pattern(text)] for at in (level - 1, level, level + 1)) >= enough
            for text in line.texts
        )

    def running_levels(self, page: int) -> list[float]:
        """Levels (points from the top) of the running heads and feet of a page, counted from 0."""
        return [line.level for line in self.edges[page] if self.is_running(line)]

    def printed_label(self, page: int) -> str:
        """The page label printed in a running head or foot; the foot first; "" where there is none."""
        for line in reversed(self.edges[page]):
            if self.is_running(line):
                for text in reversed(line.texts):
                    match = _LABEL.match(text)
                    if match and (match["label"].isdigit() or not match["label"].isalpha() or len(line.texts) <= 3):
                        return match["label"]
        return ""


def _pattern(text: str) -> str:
    """The text with what counts pages taken out."""
    if _LABEL.match(text):
        return "#"
    return re.sub(r"\d+", "#", " ".join(text.split()))


def edge_lines(ink: Ink) -> list[EdgeLine]:
    """Lines at the top and bottom edge of a page, from top to bottom."""
    lines: list[list[Segment]] = []
    at_edge = [s for s in ink.segments if s.middle[1] < _EDGE * ink.height or s.middle[1] > (1 - _EDGE) * ink.height]
    for segment in sorted(at_edge, key=lambda s: s.middle[1]):
        if lines and abs(lines[-1][0].middle[1] - segment.middle[1]) < _LEVEL:
            lines[-1].append(segment)
        else:
            lines.append([segment])
    return [EdgeLine(line[0].middle[1], tuple(s.text for s in sorted(line, key=lambda s: s.x0))) for line in lines]


def without_running(ink: Ink, levels: Sequence[float]) -> tuple[Segment, ...]:
    """Segments of the page that do not stand on one of the running ``levels``."""
    return tuple(s for s in ink.segments if all(abs(s.middle[1] - level) >= _LEVEL for level in levels))
