"""Figures: the admin page's part with charts: questions and stoppages, alarms, answer times, what is declined."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

import gradio as gr

from assistant.errors import AssistantFailed
from assistant.records.figures import (
    AskedThen,
    DayCount,
    answer_times,
    asked_since,
    days_of,
    declined_share,
    minutes_down,
    per_day,
    stoppages,
    top_alarms,
)
from assistant.records.stoppages import Stoppage, StoppageTable
from ui.admin.cells import failed_html, title, told
from ui.charts.chart import Framing
from ui.charts.day_bars import day_bars
from ui.charts.day_lines import day_lines
from ui.charts.ranking import ranking
from ui.wording import Lang, say, say_error

if TYPE_CHECKING:
    from assistant.build import Andon

SPANS = (7, 30, 90)  # days to look back
FIRST_SPAN = 30
MOST_CLOSED = 10_000  # stoppages that are read, the latest
MOST_LINES = 5  # series of their own; the others are put together
FIGURE_EVENTS = """
andon.shown(element, 'figures', () => trigger('span', { days: '' }));
andon.picks(element, 'button.a-pick', (b) => trigger('span', { days: b.dataset.days }));
"""


class FiguresPart:
    """Components and what they do. ``lang_of``: the language of the page that a request comes from. The figures are
    counted when they are looked at."""

    def __init__(self, andon: Andon, lang_of: Callable[[gr.Request], Lang]) -> None:
        self._andon = andon
        self._lang = lang_of

    def build(self) -> None:
        self._shown = gr.HTML(apply_default_css=False, elem_id="figures", js_on_load=FIGURE_EVENTS)
        self._span = gr.State(FIRST_SPAN)

    def wire(self, quiet: dict[str, Any]) -> None:
        self._shown.span(self._look, inputs=self._span, outputs=[self._span, self._shown], **quiet)

    def _look(self, span: int, request: gr.Request, event: gr.EventData) -> list[Any]:
        lang, given = self._lang(request), str(event.days)
        days = int(given) if given in map(str, SPANS) else span
        database = self._andon.records.database
        try:
            if database is None or not self._andon.records.days:
                return [days, title("figures.title", lang, note="figures.not_kept")]
            lines = {manual.id: manual.lines[0] for manual in self._andon.library.manuals() if manual.lines}
            asked = asked_since(database, days, lambda manual: lines.get(manual, ""))
            closed = StoppageTable(database).all(limit=MOST_CLOSED)
            return [days, figures_html(asked, days_of(days), days, lang, closed)]
        except AssistantFailed as failed:
            return [days, failed_html(say_error(failed.code, lang, failed.message))]


def figures_html(
    asked: Sequence[AskedThen], days: Sequence[date], span: int, lang: Lang, closed: Sequence[Stoppage] = ()
) -> str:
    """All charts, and the buttons that choose how far to look back."""
    buttons = "".join(
        f'<button type="button" class="a-pick" data-days="{count}" '
        f'aria-pressed="{"true" if count == span else "false"}">'
        f"{told('figures.days', lang, days=count)}</button>"
        for count in SPANS
    )
    states = f'<div class="a-states" role="group" aria-label="{told("figures.span", lang)}">{buttons}</div>'
    charts = [
        _bars("questions", per_day(asked, days), days, lang),
        _bars("stoppages", per_day(stoppages(asked), days), days, lang),
        _bars("minutes", minutes_down(closed, days), days, lang),
        _alarms(asked, lang), _times(asked, days, lang), _declined(asked, days, lang),
    ]  # fmt: skip
    return title("figures.title", lang, note="figures.note") + states + f'<div class="a-charts">{"".join(charts)}</div>'


def _bars(name: str, counted: Sequence[DayCount], days: Sequence[date], lang: Lang) -> str:
    total = sum(day.total for day in counted)
    summary = say(f"figures.{name}.sum", lang, total=f"{total:,}", days=len(days))
    head = (say("figures.day", lang), say("figures.total", lang))
    return day_bars(_framing(name, summary, lang), days, _series(counted, lang), head)


def _series(counted: Sequence[DayCount], lang: Lang) -> Mapping[str, Sequence[int]]:
    """The lines with most first; those beyond ``MOST_LINES`` together, and what belongs to no line."""
    sums: dict[str, int] = {}
    for day in counted:
        for line, count in day.by_line.items():
            sums[line] = sums.get(line, 0) + count
    named = sorted((line for line in sums if line), key=lambda line: (-sums[line], line))
    own = named[: MOST_LINES - 1] if len(named) > MOST_LINES else named
    series = {line: [day.by_line.get(line, 0) for day in counted] for line in own}
    if len(own) < len(named):
        rest = named[len(own) :]
        series[say("figures.other_lines", lang)] = [sum(day.by_line.get(x, 0) for x in rest) for day in counted]
    if sums.get("") or not series:
        series[say("figures.no_line", lang)] = [day.by_line.get("", 0) for day in counted]
    return series


def _alarms(asked: Sequence[AskedThen], lang: Lang) -> str:
    framing = _framing("alarms", say("figures.alarms.sum", lang), lang)
    return ranking(framing, top_alarms(asked), say("figures.alarms.none", lang))


def _times(asked: Sequence[AskedThen], days: Sequence[date], lang: Lang) -> str:
    times, charts = answer_times(asked, days), []
    for what in ("found", "total"):  # tens of milliseconds and seconds would not be seen on one scale
        series = {
            say(f"figures.times.{name}", lang): [_seconds(getattr(day, f"{what}{of}_ms")) for day in times]
            for name, of in (("middle", ""), ("p95", "_p95"))
        }
        framing = _framing(f"times.{what}", say("figures.times.sum", lang), lang)
        charts.append(day_lines(framing, days, series, say("figures.day", lang), " s"))
    return "".join(charts)


def _declined(asked: Sequence[AskedThen], days: Sequence[date], lang: Lang) -> str:
    shares = declined_share(asked, days)
    declined, total = sum(day.declined for day in shares), sum(day.asked for day in shares)
    percent = f"{100 * declined / total:.0f}" if total else "0"
    summary = say("figures.declined.sum", lang, declined=f"{declined:,}", total=f"{total:,}", percent=percent)
    values = [100 * day.declined / day.asked if day.asked else None for day in shares]
    series = {say("figures.declined", lang): values}
    return day_lines(_framing("declined", summary, lang), days, series, say("figures.day", lang), " %", top=100)


def _framing(name: str, summary: str, lang: Lang) -> Framing:
    return Framing(say(f"figures.{name}", lang), summary, say("figures.as_table", lang), say("figures.nothing", lang))


def _seconds(milliseconds: float | None) -> float | None:
    return None if milliseconds is None else milliseconds / 1000
