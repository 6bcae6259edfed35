"""Charts: the marks have the sizes of their figures, every figure stands in a table too, and nothing is run."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest

from assistant.records.figures import AskedThen
from ui.admin.figures import figures_html
from ui.charts.chart import HEIGHT, TOP, Framing, at_height, round_top
from ui.charts.day_bars import day_bars
from ui.charts.day_lines import day_lines
from ui.charts.ranking import ranking
from ui.wording import LANGS, Lang

DAYS = [date(2026, 5, 18) + timedelta(days=n) for n in range(3)]
FRAMING = Framing("Questions", "7 in 3 days", "Show as a table")


@pytest.mark.parametrize(
    ("highest", "top"), [(0, 2), (2, 2), (3, 4), (5, 6), (11, 20), (24, 30), (45, 50), (101, 200), (1000, 1000)]
)
def test_a_scale_ends_round(highest: float, top: float) -> None:
    assert round_top(highest) == top


def test_bars_stand_upon_each_other_and_are_as_high_as_their_counts() -> None:
    html = day_bars(FRAMING, DAYS, {"L1": [3, 0, 1], "L2": [1, 0, 0]}, ("Day", "Total"))
    heights = [float(height) for height in re.findall(r'<rect [^>]*height="([\d.]+)"', html)]
    assert len(heights) == 3, "a count of nothing has no bar"
    assert heights[0] == pytest.approx(3 * heights[1], abs=0.2)
    assert heights[1] == pytest.approx(at_height(0, 4) - at_height(1, 4), abs=0.2)
    upper = min(float(y) for y in re.findall(r'<rect [^>]*y="([\d.]+)"', html))
    assert upper == pytest.approx(TOP, abs=0.1), "4 is the top of the scale"
    assert "<title>2026-05-18 L1: 3</title>" in html
    rows = re.findall(r"<tr>(.*?)</tr>", html)
    assert [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row) for row in rows] == [
        ["Day", "L1", "L2", "Total"], ["2026-05-20", "1", "0", "1"], ["2026-05-19", "0", "0", "0"],
        ["2026-05-18", "3", "1", "4"],
    ]  # fmt: skip
    assert 'role="img" aria-label="Questions: 7 in 3 days"' in html


def test_a_day_without_a_value_interrupts_a_line() -> None:
    html = day_lines(FRAMING, DAYS, {"median": [1.0, None, 0.5]}, "Day", " s")
    assert html.count("<polyline") == html.count("<circle") == 2
    assert "<td>–</td>" in html
    assert "<td>0.5 s</td>" in html
    assert f'y2="{at_height(0, 2):.1f}"' in html and at_height(0, 2) < HEIGHT


def test_a_ranking_is_a_list_with_its_counts() -> None:
    html = ranking(FRAMING, [("E401", 4), ("AL32", 1)], "none")
    assert re.findall(r"width:([\d.]+)%", html) == ["100.0", "25.0"]
    assert "<b>4</b>" in html
    assert "nothing yet" in ranking(FRAMING, [], "nothing yet")


@pytest.mark.parametrize("lang", LANGS)
def test_what_people_typed_is_text(lang: Lang) -> None:
    from datetime import datetime, timezone

    now = datetime(2026, 5, 20, tzinfo=timezone.utc)
    bad = '<img src=x onerror="hack()">'
    asked = [AskedThen(now, DAYS[2], f"{bad}{n}", (bad,), False, 1.0, 2.0) for n in range(9)]
    html = figures_html(asked, DAYS, 7, lang)
    assert "<img" not in html and "<script" not in html
    assert html.count("<figure") == 7
    assert html.count('role="img"') == 5  # nobody noted how long a line stood still
    empty = figures_html([], DAYS, 7, lang)
    assert empty.count("<figure") == 7
    assert "<svg" not in empty  # a sentence, and no axes with nothing over them
