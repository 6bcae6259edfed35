"""Looks in a real browser: nothing lies on anything else and no label is torn, on a phone, a tablet and a screen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from admin_journeys import PARTS_SHOWN
from browser_site import Site, Visitor, answered, ask, go, serve
from page_looks import CLEAN, looks

from assistant.records.stoppages import Stoppage

pytest_plugins = ("browser",)
pytestmark = pytest.mark.browser

MANUALS = Path(__file__).resolve().parents[1] / "demo" / "manuals"
FIXED = Stoppage("", 12, "端子のゆるみ。", "RB1 の端子を締めた。", "AL.33", "AL.33", "L1", "SC-200")
IN_SIGHT = """() => { const row = document.querySelector('.a-turns').getBoundingClientRect();
  const now = document.querySelector('.a-turn[aria-current]').getBoundingClientRect();
  return now.left >= row.left - 1 && now.right <= row.right + 1; }"""
WIDTHS = ((390, "ja"), (390, "en"), (1024, "ja"), (1024, "en"), (1600, "ja"))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with serve(tmp_path_factory.mktemp("looks"), [MANUALS / "sc200.pdf"]) as served:
        served.andon.records.close_stoppage(FIXED, "sato")
        yield served


@pytest.mark.parametrize(("width", "lang"), WIDTHS)
def test_nothing_overlaps_and_no_word_is_torn(visitor: Visitor, width: int, lang: str) -> None:
    page = visitor.signed_in(lang=lang, width=width, height=844)
    page.wait_for_selector(".a-ask-this")
    assert looks(page) == CLEAN
    if width > 700:  # a row of alarms begins beside its name, however many there are
        for row in page.locator(".a-quick").all():
            name, chips = row.locator(".a-quick-label").bounding_box(), row.locator(".a-chips").bounding_box()
            assert chips["x"] > name["x"] + name["width"]
    for at, question in enumerate(("AL.33 が出て止まった", "フィルムロールの交換の手順は?", "Z-999 が出た"), start=1):
        ask(page, question)
        page.wait_for_selector(f".a-turn >> nth={at - 1}" if at > 1 else ".a-earlier")
        page.wait_for_selector("#feedback .a-thumb")
        assert looks(page) == CLEAN
    now = page.locator(".a-turn[aria-current]")
    assert now.inner_text() == "3 Z-999 が出た"
    page.wait_for_function(IN_SIGHT)  # however many there are
    others = page.locator(".a-turn:not([aria-current])").first
    assert style(now, "borderTopColor") != style(others, "borderTopColor")


@pytest.mark.parametrize(("width", "lang"), [(390, "ja"), (390, "en"), (1024, "ja"), (1024, "en")])
def test_every_part_of_the_admin_page_looks_so(visitor: Visitor, width: int, lang: str) -> None:
    page = visitor.signed_in("admin", "/admin/", lang=lang, width=width)
    page.wait_for_selector("#manuals .a-switch")
    assert looks(page) == CLEAN
    for part, there in PARTS_SHOWN:
        go(page, part)
        page.wait_for_selector(there)
        assert (part, looks(page)) == (part, CLEAN)


def test_a_stoppage_that_is_closed_looks_so(visitor: Visitor) -> None:
    page = visitor.signed_in(width=390, height=844)
    ask(page, "AL.33 が出て止まった")
    answered(page)
    page.click("#fixed .a-fixed")
    page.wait_for_selector(".a-stoppage")
    assert looks(page) == CLEAN


SHIFTS = """new PerformanceObserver((list) => { for (const one of list.getEntries()) if (!one.hadRecentInput)
  window.shifted = (window.shifted || 0) + one.value; }).observe({ type: 'layout-shift' })"""


def test_on_a_slow_network_nothing_leaps_when_the_reply_comes(visitor: Visitor) -> None:
    """What gives way to an answer does so with the tap, not with the reply, when a reader is about to tap again."""
    page = visitor.signed_in()
    page.wait_for_selector(".a-ask-this")
    throttle = page.context.new_cdp_session(page)
    slow = {"offline": False, "latency": 900, "downloadThroughput": -1, "uploadThroughput": -1}
    throttle.send("Network.emulateNetworkConditions", slow)
    page.evaluate(SHIFTS)
    for question in ("AL.33 が出て止まった", "フィルムロールの交換の手順は?"):
        ask(page, question)
        assert not page.locator("#quick, .a-best, .a-welcome").filter(visible=True).count()  # nothing of before
        searching = "getComputedStyle(document.querySelector('#results'), '::before').content"
        assert "マニュアルを調べています…" in page.evaluate(searching)
        answered(page)
        page.wait_for_selector("#feedback .a-thumb")
        assert page.evaluate("window.shifted || 0") < 0.1
    throttle.send("Network.emulateNetworkConditions", {**slow, "latency": 0})
    ask(page, "")
    page.wait_for_selector(".a-notice")
    assert page.locator(".a-turn[aria-current]").bounding_box()["width"] >= 48
    assert not page.locator("#quick").is_visible()  # within a conversation it would push down what is read
    page.click("#new")
    page.wait_for_selector(".a-ask-this >> visible=true")


def style(place: Any, name: str) -> str:
    found: str = place.evaluate(f"(e) => getComputedStyle(e).{name}")
    return found
