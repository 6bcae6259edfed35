"""Day bars: a bar a day, of one part for each series, one upon the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from html import escape

from ui.charts.chart import (
    Framing,
    Table,
    at_day,
    at_height,
    day_width,
    drawn,
    framed,
    round_top,
    series_class,
    undrawn,
)

GAP = 0.25  # of a day's room, between two bars


def day_bars(framing: Framing, days: Sequence[date], series: Mapping[str, Sequence[int]], head: tuple[str, str]) -> str:
    """``series``: name -> a count for each of ``days``; ``head``: what the table calls the day and the sum."""
    sums = [sum(counts[at] for counts in series.values()) for at in range(len(days))]
    top, width = round_top(max(sums, default=0)), day_width(len(days)) * (1 - GAP)
    marks = []
    for at, day in enumerate(days):
        below = 0
        for number, (name, counts) in enumerate(series.items()):
            if counts[at]:
                upper, lower = at_height(below + counts[at], top), at_height(below, top)
                told = f"{day.isoformat()} {name}: {counts[at]}"
                marks.append(
                    f'<rect class="{series_class(number)}" x="{at_day(at, len(days)) - width / 2:.1f}" y="{upper:.1f}" '
                    f'width="{width:.1f}" height="{lower - upper:.1f}"><title>{escape(told)}</title></rect>'
                )
                below += counts[at]
    if not marks and framing.nothing:
        return undrawn(framing)
    rows = tuple(
        (day.isoformat(), *(str(counts[at]) for counts in series.values()), str(sums[at]))
        for at, day in reversed(list(enumerate(days)))
    )
    table = Table((head[0], *series, head[1]), rows)
    return framed(framing, drawn(framing, "".join(marks), days, top), table, list(series))
