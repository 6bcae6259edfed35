"""Day lines: a line for each series over the days; a day without a value interrupts it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from html import escape

from ui.charts.chart import Framing, Table, at_day, at_height, drawn, framed, round_top, series_class, undrawn

LEAST_TOP = 0.02


def day_lines(
    framing: Framing,
    days: Sequence[date],
    series: Mapping[str, Sequence[float | None]],
    day_name: str,
    unit: str = "",
    top: float | None = None,
) -> str:
    """``series``: name -> a value for each of ``days``, None where there is none; ``top``: the end of the scale."""
    highest = max((value for values in series.values() for value in values if value is not None), default=0.0)
    top = top or round_top(highest, LEAST_TOP)
    marks = []
    for number, (name, values) in enumerate(series.items()):
        for stretch in _stretches(values):
            points = " ".join(f"{at_day(at, len(days)):.1f},{at_height(value, top):.1f}" for at, value in stretch)
            marks.append(f'<polyline class="a-line {series_class(number)}" points="{points}"/>')
            marks += [
                f'<circle class="{series_class(number)}" cx="{at_day(at, len(days)):.1f}" '
                f'cy="{at_height(value, top):.1f}" r="4"><title>'
                f"{escape(f'{days[at].isoformat()} {name}: {value:.3g}{unit}')}</title></circle>"
                for at, value in stretch
            ]
    if not marks and framing.nothing:
        return undrawn(framing)
    rows = tuple(
        (day.isoformat(), *("–" if values[at] is None else f"{values[at]:.3g}{unit}" for values in series.values()))
        for at, day in reversed(list(enumerate(days)))
    )
    table = Table((day_name, *series), rows)
    return framed(framing, drawn(framing, "".join(marks), days, top, unit), table, list(series))


def _stretches(values: Sequence[float | None]) -> Iterator[list[tuple[int, float]]]:
    """(place, value) of the values that follow each other."""
    stretch: list[tuple[int, float]] = []
    for at, value in enumerate([*values, None]):
        if value is not None:
            stretch.append((at, value))
        elif stretch:
            yield stretch
            stretch = []
