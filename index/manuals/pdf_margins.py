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
    at_top: bool


@dataclass
class Margins:
    """Learns from the edges of all pages (``add`` each once), then tells which levels of a page are running heads."""

    pages: int = 0
    exact: Counter[tuple[int, str]] = field(default_factory=Counter)
    counted: Counter[tuple[int, str]] = field(default_factory=Counter)
    edges: list[tuple[EdgeLine, ...]] = field(default_factory=list)

    def add(self, ink: Ink, in_tables: frozenset[int] = frozenset()) -> None:
        """``in_tables``: places in ink.segments of what stands in a table; the head of a table that goes on over
        pages comes back on each of them and is no running head."""
        lines = tuple(edge_lines(ink, in_tables))
        self.pages += 1
        self.edges.append(lines)
        self.exact.update({(round(line.level / _LEVEL), text) for line in lines for text in line.texts})
        self.counted.update({(round(line.level / _LEVEL), _pattern(text)) for line in lines for text in line.texts})

    def is_running(self, line: EdgeLine) -> bool:
        """True where a text on this level comes back on several pages (two of a short document, a fifth of a long one),
        or on half of the pages with only its numbers changed."""
        if self.pages < 2:
            return False
        enough = max(2, min(5, self.pages // 5))
        level = round(line.level / _LEVEL)

        def pages_with(counter: Counter[tuple[int, str]], text: str) -> int:
            return sum(counter[at, text] for at in (level - 1, level, level + 1))

        return any(
            (pages_with(self.exact, text) >= enough and not text.isdigit())
            or pages_with(self.counted, _pattern(text)) >= max(2, 0.5 * self.pages)
            for text in line.texts
        )

    def running_lines(self, page: int) -> list[EdgeLine]:
        """Running heads and feet of a page, counted from 0: from the edge inwards up to the first line of the body."""
        out: list[EdgeLine] = []
        lines = self.edges[page]
        heads = [line for line in lines if line.at_top]
        for inwards in (heads, [line for line in reversed(lines) if not line.at_top]):
            for line in inwards:
                if not self.is_running(line):
                    break
                out.append(line)
        return out

    def printed_label(self, page: int) -> str:
        """The page label printed in a running head or foot; the foot first; "" where there is none."""
        for line in sorted(self.running_lines(page), key=lambda line: line.at_top):
            for text in reversed(line.texts):
                match = _LABEL.match(text)
                if match:
                    return match["label"]
        return ""


def _pattern(text: str) -> str:
    """The text with what counts pages taken out."""
    if _LABEL.match(text):
        return "#"
    return re.sub(r"\d+", "#", " ".join(text.split()))


def edge_lines(ink: Ink, in_tables: frozenset[int] = frozenset()) -> list[EdgeLine]:
    """Lines at the top and bottom edge of a page, from top to bottom, leaving out what stands in tables."""
    lines: list[list[Segment]] = []
    at_edge = [
        segment
        for place, segment in enumerate(ink.segments)
        if place not in in_tables and not _EDGE * ink.height <= segment.middle[1] <= (1 - _EDGE) * ink.height
    ]
    for segment in sorted(at_edge, key=lambda s: s.middle[1]):
        if lines and abs(lines[-1][0].middle[1] - segment.middle[1]) < _LEVEL:
            lines[-1].append(segment)
        else:
            lines.append([segment])
    return [
        EdgeLine(
            line[0].middle[1],
            tuple(s.text for s in sorted(line, key=lambda s: s.x0)),
            line[0].middle[1] < ink.height / 2,
        )
        for line in lines
    ]


def without_running(ink: Ink, running: Sequence[EdgeLine]) -> tuple[Segment, ...]:
    """Segments of the page that do not stand in one of the ``running`` heads and feet."""
    return tuple(s for s in ink.segments if all(abs(s.middle[1] - line.level) >= _LEVEL for line in running))
