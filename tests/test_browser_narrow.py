"""Narrowing in a real browser: chosen once, remembered, cleared, asked of all; the row asked for; a place in line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from browser_site import Site, Visitor, answered, ask, expect, reads, says, still
from waiting import wait_for

from index.library import Attributes

pytest_plugins = ("browser",)
pytestmark = pytest.mark.browser

PARTS = """# 梱包機 SW-310 保守マニュアル

## 8 保守部品

| 部品名 | 型式 | 交換周期 |
|---|---|---|
| サーボモータ | SGM7J | 20,000 時間 |
| 吸着パッド | PAD-30 | 3 か月 |
| エアフィルタ | AF-20 | 6 か月 |
"""
LINE, MACHINE = ".a-narrow-fields select[name=line]", ".a-narrow-fields select[name=machine]"
NARROWED, EVERYWHERE = ".a-narrow-on", ".a-narrow:not(.a-narrow-on)"


@pytest.fixture(scope="module", autouse=True)
def lines(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """PK-7 stands in line L1, SW-310 in L2."""
    file = tmp_path_factory.mktemp("parts") / "sw310.md"
    file.write_text(PARTS, encoding="utf-8")
    library = site.andon.library
    library.add(file)
    library.describe("sw310.md", Attributes.of(["L2"], ["2号機"]))
    library.describe("pk7.md", Attributes.of(["L1"], None))
    yield


def open_at_line_2(visitor: Visitor, **options: Any) -> Any:
    page = visitor.signed_in(**options)
    page.click(".a-narrow-open")
    page.select_option(LINE, "L2")
    page.wait_for_selector(NARROWED)
    return page


def test_line_and_machine_are_chosen_once_and_remembered(visitor: Visitor) -> None:
    page = open_at_line_2(visitor)
    expect(page.locator(MACHINE)).to_be_visible()  # the fields stay open for the next choice
    page.wait_for_function("document.activeElement.name === 'line'")
    reads(page.locator(f"{MACHINE} option"), ["すべて", "2号機"])
    page.select_option(MACHINE, "2号機")
    page.wait_for_selector(".a-narrow[data-machine='2号機']")
    visitor.watch.settle(page)
    page.reload()
    page.wait_for_selector(f"html[data-ready] {NARROWED}")
    reads(page.locator(".a-narrow-said b"), ["L2", "2号機"])
    expect(page.locator(LINE)).to_be_hidden()
    ask(page, "吸着パッドの交換周期は?")
    answered(page)
    says(page.locator(".a-within"), "L2・2号機 に絞って調べました。")
    assert set(page.locator("#quotes cite").all_text_contents()) == {"梱包機 SW-310 保守マニュアル"}
    page.click("button[data-lang=en]")
    page.wait_for_selector("text=Looked only in: L2, 2号機")
    reads(page.locator(".a-narrow-said b"), ["L2", "2号機"])


def test_another_browser_is_not_narrowed(visitor: Visitor) -> None:
    open_at_line_2(visitor)
    other = visitor.signed_in("second")
    expect(other.locator(EVERYWHERE)).to_have_count(1)
    ask(other, "E-401 が出て止まった")
    other.wait_for_selector("#quote-1")
    answered(other)


def test_it_is_cleared_by_one_touch(visitor: Visitor) -> None:
    page = open_at_line_2(visitor)
    page.click(".a-narrow-clear")
    page.wait_for_selector(EVERYWHERE)
    expect(page.locator(".a-narrow-clear")).to_have_count(0)
    page.wait_for_function("document.activeElement.className === 'a-narrow-open'")
    ask(page, "E-401 が出て止まった")
    answered(page)
    expect(page.locator(".a-within")).to_have_count(0)
    page.wait_for_selector("#feedback .a-feedback")
    visitor.watch.settle(page)
    page.reload()
    page.wait_for_selector(f"html[data-ready] {EVERYWHERE}")
    page.click(".a-narrow-open")
    expect(page.locator(LINE).first).to_have_value("")


def test_what_is_not_found_there_can_be_asked_of_all(visitor: Visitor) -> None:
    page = open_at_line_2(visitor)
    ask(page, "E-401 が出て止まった")
    page.wait_for_selector(".a-notice")
    says(page.locator(".a-notice"), "絞り込んだ範囲に、答えが見つかりません")
    page.wait_for_selector(".a-notice >> text=「マニュアルに足りない内容」に記録しました")
    page.click(".a-widen")
    page.wait_for_selector(".a-best >> text=フィルムロールを交換する。")
    answered(page)
    expect(page.locator(NARROWED)).to_have_count(1)  # the line stays chosen for the next question


@pytest.mark.parametrize(("width", "lang"), [(390, "ja"), (390, "en"), (820, "ja"), (1024, "en")])
def test_the_bar_is_compact_and_every_target_large(visitor: Visitor, width: int, lang: str) -> None:
    page = open_at_line_2(visitor, lang=lang, width=width, height=844)
    for target in page.locator(".a-narrow button, .a-narrow select").all():
        box = target.bounding_box()
        assert box["height"] >= 48 and box["width"] >= 48
    page.wait_for_function("document.documentElement.scrollWidth <= innerWidth")
    page.click(".a-narrow-open")
    wait_for(lambda: page.locator(".a-narrow").bounding_box()["height"] < 60)
    assert page.locator(".a-narrow").bounding_box()["y"] < page.locator("#question textarea").bounding_box()["y"]


def test_the_row_that_was_asked_for_stands_first_with_its_cell_marked(visitor: Visitor) -> None:
    page = visitor.signed_in()
    ask(page, "吸着パッドの交換周期は?")
    answered(page)
    row = page.locator("#quote-1 .a-asked-row")
    reads(row.locator("dt"), ["部品名", "型式", "交換周期"])
    reads(row.locator("mark"), ["3 か月"])
    reads(page.locator("#quote-1 tr.a-asked mark"), ["3 か月"])
    says(page.locator("#quote-1 .a-table"), "20,000 時間")  # the whole table stays


def test_who_waits_is_told_the_place_and_nothing_moves(visitor: Visitor) -> None:
    first, second, third = (visitor.signed_in(name) for name in ("operator", "second", "admin"))
    visitor.site.runner.hang.set()
    for page in (first, second, third):
        ask(page, "E-401 が出て止まった")
        page.wait_for_selector(".a-wait >> text=回答")
    assert third.evaluate("scrollY") == 0, "the quote begins in sight"
    third.wait_for_selector(".a-wait >> text=/前に\\s2\\s件あります/")
    top = still(third.locator("#quote-1"))["y"]
    first.click("#stop")
    third.wait_for_selector(".a-wait >> text=ほかの端末の回答を作成中です")
    visitor.site.runner.hang.clear()
    answered(third)
    assert third.locator("#quote-1").bounding_box()["y"] == top


def test_an_answer_that_was_withheld_leads_to_the_manuals_words(visitor: Visitor) -> None:
    page = visitor.signed_in(width=390, height=844)
    runner = visitor.site.andon.assistant.runner
    visitor.site.andon.assistant.runner = None
    try:
        ask(page, "E-401 が出て止まった")
        page.click(".a-instead a")
    finally:
        visitor.site.andon.assistant.runner = runner
    page.wait_for_function("document.activeElement.id === 'quote-1'")


def test_the_nearest_sections_are_links_to_their_page(visitor: Visitor) -> None:
    page = visitor.signed_in(width=390, height=844)
    ask(page, "Z-999 が出てフィルム切れで止まった")
    page.wait_for_selector(".a-notice")
    near = page.locator(".a-near").first
    link = near.locator("a.a-to")
    assert (link.get_attribute("href") or "").startswith("/manuals/")
    assert link.get_attribute("target") == "_blank"
    box = link.bounding_box()
    assert box["height"] >= 48 and box["width"] >= 48
    near.locator("summary").click()
    expect(near.locator(".a-verbatim")).to_be_visible()
