"""The operator page in a real browser: quote first, checked answer, stop, languages, two people, nothing outside."""

from __future__ import annotations

from typing import Any

import pytest
from browser_site import Visitor, answered, ask, expect, reads, says, still
from waiting import wait_for

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
    visitor.watch.forgive(401)  # of the wrong password
    page.click("button.button")
    says(page.locator("[role=alert]"), "違います")
    expect(page.locator("#name").first).to_have_value("operator")
    page.fill("#password", "operator-pass")
    page.click("button.button")
    page.wait_for_selector("html[data-ready] #question textarea")
    assert page.url == visitor.site.address + "/"
    expect(page).to_have_title("Andon 操作支援")
    visitor.watch.settle(page)
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
    says(card, "2 アラーム一覧")
    reads(card.locator("dt"), ["アラーム番号", "名称", "原因", "処置"])
    says(card, "フィルムロールを交換する。")
    says(card.locator(".a-place"), "包装機 PK-7 取扱説明書")
    expect(page.locator(".a-sentence")).to_have_count(0)
    expect(page.locator(".a-wait")).to_be_visible()
    top = still(card)["y"]
    visitor.site.runner.hang.clear()
    answered(page)
    assert card.bounding_box()["y"] == top  # nothing jumped
    says(page.locator(".a-sentence"), "フィルムロールを交換する")
    says(page.locator(".a-verdict"), "すべての文を原文と照合しました。")


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
    expect(source).to_have_attribute("open", "")
    page.wait_for_function("id => document.activeElement.closest('details')?.id === id", arg=f"quote-{number}")


def test_steps_keep_their_numbers_and_warnings_their_colour(visitor: Visitor) -> None:
    page = visitor.signed_in()
    ask(page, HOW)
    answered(page)
    card = page.locator("#quote-1")
    reads(card.locator(".a-label"), ["1.", "2.", "3."])
    warning = card.locator(".a-warning .a-signal-word")
    reads(warning, "WARNING")
    assert warning.evaluate("e => getComputedStyle(e).backgroundColor") == "rgb(245, 130, 32)"


def test_stop_ends_the_answer_and_frees_the_runner(visitor: Visitor) -> None:
    page = visitor.signed_in()
    visitor.site.runner.pause_s = 0.5  # half a minute in all
    ask(page, HOW)
    page.wait_for_selector("#stop:not([disabled])")
    wait_for(lambda: visitor.site.runner.speaking == 1)
    page.click("#stop")
    answered(page)
    says(page.locator(".a-verdict"), "途中で中止しました")
    expect(page.locator("#quote-1")).to_be_visible()
    expect(page.locator("#stop")).to_be_disabled()
    wait_for(lambda: visitor.site.runner.speaking == 0 and len(visitor.site.seats.line) == 0)


def test_a_closed_tab_frees_the_runner(visitor: Visitor) -> None:
    page = visitor.signed_in()
    visitor.site.runner.pause_s = 1.0  # over a minute in all
    ask(page, HOW)
    wait_for(lambda: visitor.site.runner.speaking == 1)
    page.context.close()
    wait_for(lambda: visitor.site.runner.speaking == 0, limit_s=30)


def test_two_people_see_only_their_own(visitor: Visitor) -> None:
    first, second = visitor.signed_in("operator"), visitor.signed_in("second", lang="en")
    visitor.site.runner.hang.set()
    ask(first, QUESTION)
    first.wait_for_selector("#quote-1")
    expect(second.locator("#quote-1")).to_have_count(0)
    ask(second, "What to do about E-402?")
    second.wait_for_selector("#quote-1")
    says(second.locator("#quote-1"), "SV2")
    says(second.locator(".a-wait"), "yours is next")
    says(first.locator(".a-wait"), "照合しています")
    visitor.site.runner.hang.clear()
    answered(first)
    answered(second)
    says(first.locator(".a-sentence"), "フィルムロール")
    says(second.locator(".a-sentence"), "シリンダスイッチ")


def test_the_language_switches_while_an_answer_is_written_and_is_remembered(visitor: Visitor) -> None:
    page = visitor.signed_in()
    visitor.site.runner.hang.set()
    ask(page, QUESTION)
    page.wait_for_selector("#quote-1")
    page.click("button[data-lang=en]")
    page.wait_for_selector("text=The manual's own words >> visible=true")
    reads(page.locator("#send"), "Ask")
    assert page.locator("#question textarea").get_attribute("placeholder").startswith("Example")
    page.wait_for_function("document.documentElement.lang === 'en'")
    expect(page.locator("#stop")).to_be_enabled()
    visitor.site.runner.hang.clear()
    answered(page)
    reads(page.locator(".a-verdict"), "Every sentence was checked against the manual.")
    says(page.locator("#quote-1"), "フィルムロールを交換する。")  # the manual's words are never translated
    page.wait_for_selector(".a-feedback")
    visitor.watch.settle(page)
    page.reload()
    page.wait_for_selector("html[data-ready] #send")
    reads(page.locator("#send"), "Ask")
    expect(page).to_have_title("Andon operator help")


def test_a_quick_button_asks(visitor: Visitor) -> None:
    page = visitor.signed_in()
    button = page.locator("#quick button:visible", has_text="E-401").first  # what was asked last may stand before it
    reads(button, "E-401 フィルム切れ")
    button.click()
    answered(page)
    expect(page.locator("#question textarea").first).to_have_value("E-401 フィルム切れ の原因と処置は?")
    says(page.locator("#quote-1"), "フィルム切れ")


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
    says(page.locator(".a-notice"), words)
    expect(page.locator(".a-sentence, .a-best")).to_have_count(0)


def test_html_in_manuals_and_questions_is_text(visitor: Visitor) -> None:
    page = visitor.signed_in(lang="en")
    wait_for(lambda: "E-403 <img src=x onerror=hack()>" in page.locator("#quick button:visible").all_inner_texts())
    ask(page, "Clear the feeder <i onclick=window.hacked=6>jam</i> like this")
    page.wait_for_selector("#quote-1")
    card = page.inner_text("#quote-1")
    assert '${window.hacked=3} {{constructor}} <b onclick="window.hacked=4">bold</b> &' in card
    assert "<script>window.hacked=2</script>" in card
    assert '<img src=x onerror="window.hacked=1">' in card
    page.wait_for_selector(".a-end")
    expect(page.locator("#results img, #results script, #quick img")).to_have_count(0)
    assert page.evaluate("window.hacked") is None


def test_keys_alone_are_enough_and_an_ime_may_use_enter(visitor: Visitor) -> None:
    page = visitor.signed_in()
    box = page.locator("#question textarea")
    expect(box).to_be_focused()  # nothing need be tapped first
    box.fill(QUESTION)
    box.dispatch_event("keydown", {"key": "Enter", "isComposing": True, "bubbles": True, "cancelable": True})
    box.dispatch_event("keypress", {"key": "Enter", "isComposing": True, "bubbles": True, "cancelable": True})
    page.wait_for_timeout(300)
    expect(page.locator("#quote-1")).to_have_count(0)
    page.keyboard.press("Enter")
    answered(page)
    page.locator(".a-cite").first.press("Enter")
    page.wait_for_function("document.activeElement.id === 'quote-1'")


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
    page.wait_for_function("document.documentElement.scrollWidth <= innerWidth")
    cut = "es => es.filter((e) => e.scrollWidth > e.clientWidth + 1).map((e) => e.innerText)"
    assert page.locator("button:visible, .a-kind:visible, .a-section:visible").evaluate_all(cut) == []


def test_a_sign_in_that_has_ended_leads_back_to_the_door(visitor: Visitor) -> None:
    page = visitor.signed_in()
    page.context.clear_cookies(name="andon_session")
    ask(page, QUESTION)
    page.wait_for_url("**/login?next=%2F")
    visitor.watch.forgive(401)


def test_without_a_network_the_reader_is_told_and_the_question_is_kept(visitor: Visitor) -> None:
    page = visitor.signed_in()
    page.wait_for_selector(".a-ask-this")
    visitor.watch.forgive_offline()
    page.context.set_offline(True)
    ask(page, QUESTION)
    says(page.locator("#lost[role=alert]"), "ネットワークにつながりません。")
    page.wait_for_selector(".toast-wrap > *", state="attached")  # Gradio has noticed it too, and says so in English
    expect(page.locator(".toast-wrap")).to_be_hidden()
    page.evaluate("window.before = true")
    page.context.set_offline(False)
    page.wait_for_function("!window.before && document.documentElement.dataset.ready")  # it is opened anew
    expect(page.locator("#question textarea").first).to_have_value(QUESTION)
    expect(page.locator("#lost")).to_have_count(0)
    page.click("#send")
    answered(page)
    says(page.locator("#quote-1"), "フィルムロールを交換する。")


def test_a_refused_sign_in_moves_nothing_above_its_notice(visitor: Visitor) -> None:
    page = visitor.tab()
    page.goto(visitor.site.address + "/login")
    before = page.locator("h1").bounding_box()
    page.fill("#name", "nobody")
    page.fill("#password", "wrong")
    visitor.watch.forgive(401)
    page.click("button.button")
    says(page.locator("[role=alert]"), "違います")
    assert page.locator("h1").bounding_box() == before


def texts_of(page: Any, selector: str) -> list[str]:
    return [text.strip() for text in page.locator(selector).all_inner_texts()]


def test_the_answer_is_announced(visitor: Visitor) -> None:
    page = visitor.signed_in()
    region = page.locator("#answer [aria-live=polite]")
    assert region.count() == 1
    region.evaluate("e => { window.kept = e; }")
    ask(page, QUESTION)
    answered(page)
    page.wait_for_function("window.kept.isConnected && window.kept.innerText.length > 0")
    assert texts_of(page, ".a-cite")[0] == "[1]"
