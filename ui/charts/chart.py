"""Chart: the frame of a picture of figures: title, what it shows in words, legend, the same as a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from html import escape

WIDTH, HEIGHT = 720, 220  # of the picture, in its own units; the page shows it at that width or wider
LEFT, RIGHT, TOP, BOTTOM = 8, 50, 10, 28  # room for the scale, the days and the highest mark; the scale stands beside
# the latest days, which are in sight first where the picture is wider than its screen
COLOURS = 6  # --a-series-1 to -6 of admin.css; further series share the last
LABELLED = 8  # days that are named below the picture


@dataclass(frozen=True, slots=True)
class Table:
    """The figures of a chart as rows, for whoever reads rather than looks."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Framing:
    """What stands around a picture. ``summary`` says in a sentence what it shows; ``as_table`` opens the table;
    ``nothing`` stands in the picture's place where there is nothing to draw."""

    title: str
    summary: str
    as_table: str
    nothing: str = ""


def framed(framing: Framing, picture: str, table: Table, legend: Sequence[str] = ()) -> str:
    """The chart as HTML; ``legend`` names the series in their colours."""
    keys = "".join(
        f'<li><i class="a-key a-key-{_colour(at)}"></i>{escape(name)}</li>' for at, name in enumerate(legend)
    )
    listed = f'<ul class="a-legend">{keys}</ul>' if len(legend) > 1 else ""
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in table.head)
    rows = "".join(f"<tr>{''.join(f'<td>{escape(value)}</td>' for value in row)}</tr>" for row in table.rows)
    return (
        f'<figure class="a-card a-chart"><figcaption><h3>{escape(framing.title)}</h3><p>{escape(framing.summary)}</p>'
        f"</figcaption>{listed}{picture}<details><summary>{escape(framing.as_table)}</summary>"
        f'<div class="a-scroll a-tall" tabindex="0" role="region" aria-label="{escape(framing.title)}">'
        f'<table class="a-figures"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div></details></figure>'
    )


def undrawn(framing: Framing) -> str:
    """The chart of nothing: a sentence, and no empty axes."""
    return (
        f'<figure class="a-card a-chart"><figcaption><h3>{escape(framing.title)}</h3><p>{escape(framing.summary)}</p>'
        f'</figcaption><p class="a-blank">{escape(framing.nothing)}</p></figure>'
    )


def drawn(framing: Framing, marks: str, days: Sequence[date], top: float, unit: str = "") -> str:
    """The picture itself: ``marks`` over a scale from 0 to ``top`` and the days below."""
    lines = "".join(
        f'<line class="a-grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{at_height(value, top):.1f}" '
        f'y2="{at_height(value, top):.1f}"/><text class="a-tick" x="{WIDTH - RIGHT + 6}" '
        f'y="{at_height(value, top) + 4:.1f}">{value:g}{escape(unit)}</text>'
        for value in (0, top / 2, top)
    )
    every = -(-len(days) // LABELLED)
    names = "".join(
        f'<text class="a-tick" x="{at_day(place, len(days)):.1f}" y="{HEIGHT - 8}" text-anchor="middle">'
        f"{day.month}/{day.day}</text>"
        for place, day in enumerate(days) if (len(days) - 1 - place) % every == 0
    )  # fmt: skip
    label = f"{framing.title}: {framing.summary}"
    return (
        f'<div class="a-picture" tabindex="0" role="region" aria-label="{escape(framing.title)}">'
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(label)}">{lines}{names}{marks}</svg></div>'
    )


def at_height(value: float, top: float) -> float:
    """Where a value lies, downwards from the picture's upper edge."""
    return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * (value / top if top else 0)


def at_day(place: int, count: int) -> float:
    """The middle of a day's room, from the picture's left edge."""
    return LEFT + (WIDTH - LEFT - RIGHT) * (place + 0.5) / max(count, 1)


def day_width(count: int) -> float:
    return (WIDTH - LEFT - RIGHT) / max(count, 1)


def round_top(highest: float, least: float = 2.0) -> float:
    """The end of a scale: the next of 2, 4, 6, 8, 10, then 20, 30 ... 100, 200 ... at or above ``highest`` and
    ``least``; of a count its half is a whole number, too."""
    wanted = max(highest, least)
    tops = (
        step * 10.0**power for power in range(-3, 12) for step in ((2, 4, 6, 8, 10) if power == 0 else range(2, 11))
    )
    return next((round(top, 6) for top in tops if top >= wanted), wanted)


def series_class(at: int) -> str:
    return f"a-series-{_colour(at)}"


def _colour(at: int) -> int:
    return min(at, COLOURS - 1) + 1
