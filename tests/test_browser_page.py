"""The page of a quote in a real browser: beside it or as a sheet, the passage marked, turned, enlarged, closed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browser_site import Site, Visitor, answered, ask, expect, says, serve, still
from waiting import wait_for

pytest_plugins = ("browser",)
pytestmark = pytest.mark.browser

MANUALS = Path(__file__).resolve().parents[1] / "demo" / "manuals"
ALARM = "AL.33 が出て止まった"
LOADED = ".a-paper img[src]"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with serve(tmp_path_factory.mktemp("pages"), [MANUALS / "sc200.pdf"]) as served:
        yield served


def asked(visitor: Visitor, question: str = ALARM, **options: Any) -> Any:
    page = visitor.signed_in(**options)
    ask(page, question)
    answered(page)
    return page


def loaded(page: Any) -> None:
    page.wait_for_function(f"document.querySelector('{LOADED}')?.naturalWidth > 0")


def test_the_page_stands_beside_the_quote_with_the_passage_marked(visitor: Visitor) -> None:
    page = asked(visitor)
    loaded(page)
    quote, view = still(page.locator("#quote-1")), still(page.locator(".a-view"))
    assert view["x"] >= quote["x"] + quote["width"]
    wait_for(lambda: page.inner_text(".a-view-told").split("\n")[0] == "9-2 ページ")
    says(page.locator("#quote-1 .a-place"), "9-2 ページ")
    mark, room = still(page.locator(".a-mark-box")), still(page.locator(".a-view-room"))
    assert room["y"] < mark["y"] < room["y"] + room["height"]  # in sight without scrolling
    assert mark["height"] < 80  # the row, not the table
    assert "9-2" in (page.get_attribute(LOADED, "alt") or "")
    # what is marked on the picture is dark with letters: the row, and not an empty place
    dark = page.evaluate(
        """() => { const img = document.querySelector('.a-paper img'), canvas = document.createElement('canvas');
        canvas.width = img.naturalWidth; canvas.height = img.naturalHeight;
        const pen = canvas.getContext('2d'); pen.drawImage(img, 0, 0);
        const m = document.querySelector('.a-mark-box').style, part = (t) => parseFloat(t) / 100;
        const d = pen.getImageData(part(m.left) * canvas.width, part(m.top) * canvas.height,
          part(m.width) * canvas.width, part(m.height) * canvas.height).data;
        let n = 0; for (let i = 0; i < d.length; i += 4) n += d[i] < 100; return n / (d.length / 4); }"""
    )
    assert 0.01 < dark < 0.5


@pytest.mark.parametrize("width", [1024, 1600])
def test_it_stays_in_sight_while_the_answer_is_read(visitor: Visitor, width: int) -> None:
    page = asked(visitor, width=width, height=768)
    loaded(page)
    page.wait_for_selector("#fixed .a-fixed")
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    page.wait_for_function("scrollY > 200")
    box = still(page.locator(".a-view"))
    assert -60 < box["y"] < 40 and box["height"] > 600  # the foot of the page pushes it up a little


def test_pages_turn_and_grow_and_come_back(visitor: Visitor) -> None:
    page = asked(visitor, lang="en")
    loaded(page)
    page.click(".a-view-next")
    page.wait_for_function("document.querySelector('.a-view-told').innerText.includes('25 of 29')")
    expect(page.locator(".a-mark-box")).to_have_count(0)
    page.locator(".a-view-room").press("PageUp")
    page.wait_for_selector(".a-mark-box")
    width = still(page.locator(".a-paper"))["width"]
    page.keyboard.press("+")
    wait_for(lambda: page.locator(".a-paper").bounding_box()["width"] > 1.2 * width)
    for _ in range(9):
        page.keyboard.press("-")
    expect(page.locator(".a-view-smaller")).to_be_disabled()
    page.click(".a-view-next")
    page.click(".a-view-mark")
    page.wait_for_selector(".a-mark-box")


def test_closed_it_stays_closed_until_it_is_asked_for(visitor: Visitor) -> None:
    page = asked(visitor)
    loaded(page)
    narrow = still(page.locator("#quote-1"))["width"]
    page.click(".a-view-close")
    expect(page.locator(".a-view")).to_be_hidden()
    wait_for(lambda: page.locator("#quote-1").bounding_box()["width"] > 1.5 * narrow)
    page.wait_for_selector(".a-feedback")
    visitor.watch.settle(page)
    page.reload()
    page.wait_for_selector("html[data-ready] .a-top")
    ask(page, ALARM)
    answered(page)
    expect(page.locator(".a-view")).to_be_hidden()
    page.click("#quote-1 .a-show")
    loaded(page)
    expect(page.locator(".a-view")).to_be_visible()


def test_a_citation_brings_its_page(visitor: Visitor) -> None:
    page = asked(visitor)
    loaded(page)
    page.click("#quote-2 summary")
    page.click("#quote-2 .a-show")
    page.wait_for_function("!document.querySelector('.a-view-told').innerText.includes('9-2')")
    page.locator(".a-cite[data-quote='1']").first.click()
    page.wait_for_function("document.querySelector('.a-view-told').innerText.includes('9-2')")
    page.wait_for_selector(".a-mark-box")


def test_on_a_phone_it_is_a_sheet_that_gives_the_focus_back(visitor: Visitor) -> None:
    page = asked(visitor, width=390, height=844)
    expect(page.locator(".a-view")).to_be_hidden()
    page.click("#quote-1 .a-show")
    loaded(page)
    box = still(page.locator(".a-view"))
    assert (box["x"], box["y"], box["width"], box["height"]) == (0, 0, 390, 844)
    page.wait_for_function("document.querySelector('.a-view').matches(':modal')")
    page.keyboard.press("Escape")
    expect(page.locator(".a-view")).to_be_hidden()
    page.wait_for_function("document.activeElement.matches('#quote-1 .a-show')")


def test_the_language_of_the_page_view_switches_with_the_page(visitor: Visitor) -> None:
    page = asked(visitor)
    loaded(page)
    page.click("button[data-lang=en]")
    page.wait_for_selector(".a-view[lang=en]")
    page.wait_for_function("document.querySelector('.a-view-told').innerText.includes('Page 9-2')")
    expect(page.locator(".a-mark-box")).to_have_count(1)


def test_a_format_without_pages_shows_its_text(visitor: Visitor) -> None:
    page = asked(visitor, "フィルムロールの交換の手順は?")
    page.wait_for_selector(".a-text-page .a-quoted")
    says(page.locator(".a-view-note"), "印刷ページがない")
    says(page.locator(".a-quoted"), "空の紙管を抜く")
    expect(page.locator(".a-view-larger")).to_be_hidden()
