"""How a page was read: the frames lie over the picture where the passages stand, and everything typed is text."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from ui_made import MANUAL, make_hit

from index.page_images import PageImage
from index.passage import Box
from ui.admin.reading import View, reading_html
from ui.wording import LANGS, Lang

BAD = '<img src=x onerror="hack()">'
IMAGE = PageImage(Path("x.png"), 600.0, 800.0)


def _view(**changes: object) -> View:
    first = make_hit(
        "交換する。", "steps", pages=(42, 43), boxes=(Box(42, 60, 80, 360, 160), Box(43, 0, 0, 600, 8))
    ).passage
    second = make_hit("AL.32", "alarm", pages=(42,), boxes=(Box(42, 60, 400, 360, 480),)).passage
    return replace(View(MANUAL, 42, 80, (first, second), IMAGE), **changes)  # type: ignore[arg-type]


def test_each_frame_lies_where_its_passage_stands_on_this_page() -> None:
    html = reading_html(_view(), [MANUAL], "en")
    style = r"left:([\d.]+)%;top:([\d.]+)%;width:([\d.]+)%;height:([\d.]+)%"
    places = re.findall(rf'data-pair="(\d)" title="[^"]*" style="{style}', html)
    assert places == [("1", "10.00", "10.00", "50.00", "10.00"), ("2", "10.00", "50.00", "50.00", "10.00")]
    assert '/manuals/m1/pages/42.png?scale=2"' in html
    assert 'alt="Picture of page 42 of' in html
    assert re.findall(r'<li data-pair="(\d)"', html) == ["1", "2"]
    assert "Procedure" in html and "Alarm" in html
    assert 'href="#reading/m1/41"' in html and 'href="#reading/m1/43"' in html


@pytest.mark.parametrize("lang", LANGS)
def test_a_format_without_pages_shows_its_passages_and_says_so(lang: Lang) -> None:
    html = reading_html(_view(image=None, problem="page_without_picture", page=80), [MANUAL], lang)
    assert "<img" not in html
    assert html.count("<li data-pair") == 2
    assert html.count('aria-disabled="true"') == 1, "there is no page after the last"
    assert reading_html(_view(passages=()), [MANUAL], lang).count("<li") == 0
    assert "<select" in reading_html(None, [MANUAL], lang)


def test_what_a_file_holds_is_text() -> None:
    manual = replace(MANUAL, title=BAD, name=BAD)
    passage = make_hit(BAD, section=(BAD,), codes=(BAD,), recognised=0.5, boxes=(Box(42, 0, 0, 1, 1),)).passage
    html = reading_html(_view(manual=manual, passages=(passage,)), [manual], "ja")
    assert "<img src=x" not in html
    assert "50 %" in html
