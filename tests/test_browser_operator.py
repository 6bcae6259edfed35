"""The operator page in a real browser: quote first, checked answer, stop, languages, two people, nothing outside."""

from __future__ import annotations

from typing import Any

import pytest
from browser_site import Visitor, answered, ask, wait_for

pytest_plugins = ("browser",)
pytestmark = pytest.mark.browser

QUESTION = "E-401 が出て止まった"
HOW = "フィルムロールの交換の手順は?"


def test_signs_in_and_comes_to_the_page_asked_for(visitor: Visitor) -> None:
    page = visitor.tab()
    page.goto(visitor.site.address + "/")
    assert page.url.endswith("/login")
    page.fill("#name", "operator")
    page.fill("#password", "wrong")
    # the browser itself reports the 401 of a wrong password; that is no complaint of the page
    page.click("button.button")
    assert "違います" in page.inner_text("[role=alert]")
    assert page.input_value("#name") == "operator"
    visitor.watch.complaints.clear()
    page.fill("#password", "operator-pass")
    page.click("button.button")
    page.wait_for_selector("html[data-ready] #question textarea")
    assert page.url == visitor.site.address + "/"
    assert page.title() == "Andon 操作支援"
    page.click(".a-top form button")
    page.wait_for_url("**/login")
    page.goto(visitor.site.address + "/")
    assert page.url.endswith("/login")


def test_the_quote_stands_there_before_the_answer(visitor: Visitor) -> None:
    page = visitor.signed_in()
    visitor.site.runner.hang.set()
    ask(page, QUESTION)
    page.wait_for_selector("#quote-1")
    card = page.locator("#quote-1")
    assert "2 アラーム一覧" in card.inner_text()
    assert card.locator("dt").all_inner_texts() == ["アラーム番号", "名称", "原因", "処置"]
    assert "フィルムロールを交換する。" in card.inner_text()
    assert "包装機 PK-7 取扱説明書" in card.locator(".a-place").inner_text()
    assert page.locator(".a-sentence").count() == 0
    assert page.locator(".a-wait").is_visible()
    top = card.bounding_box()["y"]
    visitor.site.runner.hang.clear()
    answered(page)
    assert card.bounding_box()["y"] == top  # nothing jumped
    assert "フィルムロールを交換する" in page.locator(".a-sentence").first.inner_text()
    assert "すべての文を原文と照合しました。" in page.inner_text(".a-verdict")


def test_the_original_opens_in_a_new_tab(visitor: Visitor) -> None:
    page = visitor.signed_in()
    ask(page, QUESTION)
    link = page.locator("#quote-1 a.a-open")
    assert (link.get_attribute("href") or "").endswith("/original")  # a Markdown file has no pages
    with page.context.expect_page() as opened:
        link.click()
    opened.value.wait_for_load_state()
    assert "| E-401 | フィルム切れ |" in opened.value.inner_text("body")
    answered(page)


def test_a_citation_leads_to_its_source_and_unfolds_it(visitor: Visitor) -> None:
    page = visitor.signed_in()
    ask(page, HOW)
    answered(page)
    cited = page.locator(".a-cite:not([data-quote='1'])").first
    number = cited.get_attribute("data-quote")
    source = page.locator(f"#quote-{number}")
    assert source.get_attribute("open") is None
    cited.click()
    assert source.get_attribute("open") is not None
    assert page.evaluate("document.activeElement.closest('details').id") == f"quote-{number}"


def test_steps_keep_their_numbers_and_warnings_their_colour(visitor: Visitor) -> None:
    page = visitor.signed_in()
    ask(page, HOW)
    answered(page)
    card = page.locator("#quote-1")
    assert card.locator(".a-label").all_inner_texts() == ["1.", "2.", "3."]
    warning = card.locator(".a-warning .a-signal-word")
    assert warning.inner_text() == "WARNING"
    assert warning.evaluate("e => getComputedStyle(e).backgroundColor") == "rgb(245, 130, 32)"


def test_stop_ends_the_answer_and_frees_the_runner(visitor: Visitor) -> None:
    page = visitor.signed_in()
    visitor.site.runner.pause_s = 0.15
    ask(page, HOW)
    page.wait_for_selector("#stop:not([disabled])")
    wait_for(lambda: visitor.site.runner.speaking == 1)
    page.click("#stop")
    answered(page)
    assert "途中で中止しました" in page.inner_text(".a-verdict")
    assert page.locator("#quote-1").is_visible()
    assert page.locator("#stop").is_disabled()
    wait_for(lambda: visitor.site.runner.speaking == 0 and len(visitor.site.seats.line) == 0)


def test_a_closed_tab_frees_the_runner(visitor: Visitor) -> None:
    page = visitor.signed_in()
    visitor.site.runner.pause_s = 0.1
    ask(page, HOW)
    wait_for(lambda: visitor.site.runner.speaking == 1)
    page.context.close()
    wait_for(lambda: visitor.site.runner.speaking == 0, timeout_s=3)


def test_two_people_see_only_their_own(visitor: Visitor) -> None:
    first, second = visitor.signed_in("operator"), visitor.signed_in("second", lang="en")
    visitor.site.runner.hang.set()
    ask(first, QUESTION)
    first.wait_for_selector("#quote-1")
    assert second.locator("#quote-1").count() == 0
    ask(second, "What to do about E-402?")
    second.wait_for_selector("#quote-1")
    assert "SV2" in second.inner_text("#quote-1")
    assert "yours is next" in second.inner_text(".a-wait")
    assert "照合しています" in first.inner_text(".a-wait")
    visitor.site.runner.hang.clear()
    answered(first)
    answered(second)
    assert "フィルムロール" in first.inner_text(".a-sentence >> nth=0")
    assert "シリンダスイッチ" in second.inner_text(".a-sentence >> nth=0")


def test_the_language_switches_while_an_answer_is_written_and_is_remembered(visitor: Visitor) -> None:
    page = visitor.signed_in()
    visitor.site.runner.hang.set()
    ask(page, QUESTION)
    page.wait_for_selector("#quote-1")
    page.click("button[data-lang=en]")
    page.wait_for_selector("text=The manual's own words >> visible=true")
    assert page.inner_text("#send") == "Ask"
    assert page.locator("#question textarea").get_attribute("placeholder").startswith("Example")
    assert page.evaluate("document.documentElement.lang") == "en"
    assert page.locator("#stop").is_enabled()
    visitor.site.runner.hang.clear()
    answered(page)
    assert page.inner_text(".a-verdict") == "Every sentence was checked against the manual."
    assert "フィルムロールを交換する。" in page.inner_text("#quote-1")  # the manual's words are never translated
    page.wait_for_selector(".a-feedback")  # what is under way would be broken off, and the console would tell
    page.reload()
    page.wait_for_selector("html[data-ready] #send")
    assert page.inner_text("#send") == "Ask"
    assert page.title() == "Andon operator help"


def test_a_quick_button_asks(visitor: Visitor) -> None:
    page = visitor.signed_in()
    button = page.locator("#quick button:visible").first
    assert button.inner_text() == "E-401 フィルム切れ"
    button.click()
    answered(page)
    assert page.input_value("#question textarea") == "E-401 フィルム切れ の原因と処置は?"
    assert "フィルム切れ" in page.inner_text("#quote-1")


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("", "質問が空です"),
        ("あ" * 301, "上限 300 文字"),
        ("Z-999 が出てフィルム切れで止まった", "マニュアルにありません"),
        ("今日の社員食堂の献立を教えて", "答えが見つかりません"),
    ],
)
def test_what_cannot_be_answered_is_said_plainly(visitor: Visitor, question: str, words: str) -> None:
    page = visitor.signed_in()
    ask(page, question)
    page.wait_for_selector(".a-notice")
    assert words in page.inner_text(".a-notice")
    assert page.locator(".a-sentence, .a-best").count() == 0


def test_html_in_manuals_and_questions_is_text(visitor: Visitor) -> None:
    page = visitor.signed_in(lang="en")
    assert "E-403 <img src=x onerror=hack()>" in page.locator("#quick button:visible").all_inner_texts()
    ask(page, "Clear the feeder <i onclick=window.hacked=6>jam</i> like this")
    page.wait_for_selector("#quote-1")
    card = page.inner_text("#quote-1")
    assert '${window.hacked=3} {{constructor}} <b onclick="window.hacked=4">bold</b> &' in card
    assert "<script>window.hacked=2</script>" in card
    assert '<img src=x onerror="window.hacked=1">' in card
    page.wait_for_selector(".a-end")
    assert page.locator("#results img, #results script, #quick img").count() == 0
    assert page.evaluate("window.hacked") is None


def test_keys_alone_are_enough_and_an_ime_may_use_enter(visitor: Visitor) -> None:
    page = visitor.signed_in()
    box = page.locator("#question textarea")
    box.focus()
    box.fill(QUESTION)
    box.dispatch_event("keydown", {"key": "Enter", "isComposing": True, "bubbles": True, "cancelable": True})
    box.dispatch_event("keypress", {"key": "Enter", "isComposing": True, "bubbles": True, "cancelable": True})
    page.wait_for_timeout(300)
    assert page.locator("#quote-1").count() == 0
    page.keyboard.press("Enter")
    answered(page)
    page.locator(".a-cite").first.focus()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "quote-1"


@pytest.mark.parametrize(("width", "lang"), [(390, "ja"), (390, "en"), (1024, "en"), (1600, "ja")])
def test_every_target_is_large_and_nothing_runs_off_the_side(visitor: Visitor, width: int, lang: str) -> None:
    page = visitor.signed_in(lang=lang, width=width, height=844)
    ask(page, HOW)
    answered(page)
    small = page.evaluate(
        """() => [...document.querySelectorAll('button, a[href], summary, textarea')]
            .filter((e) => e.checkVisibility() && !e.classList.contains('a-cite'))
            .map((e) => [e.outerHTML.slice(0, 80), e.getBoundingClientRect()])
            .filter(([, box]) => box.height < 47.5 || box.width < 47.5).map(([html]) => html)"""
    )
    assert small == []
    after = "e => [getComputedStyle(e, '::after').minWidth, getComputedStyle(e, '::after').minHeight]"
    assert page.locator(".a-cite").first.evaluate(after) == ["48px", "48px"]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    cut = "es => es.filter((e) => e.scrollWidth > e.clientWidth + 1).map((e) => e.innerText)"
    assert page.locator("button:visible, .a-kind:visible, .a-section:visible").evaluate_all(cut) == []


def test_a_sign_in_that_has_ended_leads_back_to_the_door(visitor: Visitor) -> None:
    page = visitor.signed_in()
    page.context.clear_cookies(name="andon_session")
    ask(page, QUESTION)
    page.wait_for_url("**/login?next=%2F")
    visitor.watch.complaints.clear()  # the browser reports the 401 itself


def texts_of(page: Any, selector: str) -> list[str]:
    return [text.strip() for text in page.locator(selector).all_inner_texts()]


def test_the_answer_is_announced(visitor: Visitor) -> None:
    page = visitor.signed_in()
    region = page.locator("#answer [aria-live=polite]")
    assert region.count() == 1
    region.evaluate("e => { window.kept = e; }")
    ask(page, QUESTION)
    answered(page)
    assert page.evaluate("window.kept.isConnected && window.kept.innerText.length > 0")
    assert texts_of(page, ".a-cite")[0] == "[1]"
