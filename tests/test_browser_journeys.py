"""Operators' journeys in a real browser: ticking off, copying, printing, closing a stoppage, conversations, voice."""

from __future__ import annotations

from typing import Any

import pytest
from browser_site import Visitor, answered, ask, expect, reads, says, still

pytest_plugins = ("browser",)
pytestmark = pytest.mark.browser

ALARM = "E-401 が出て止まった"
HOW = "フィルムロールの交換の手順は?"
# a recogniser as Chrome has it: on the device where its model is there
RECOGNISER = """
class Heard { stop() {} }
Heard.prototype.processLocally = false;
Heard.available = async (asked) => (asked.processLocally && asked.langs[0] === 'ja-JP' ? '%s' : 'unavailable');
window.SpeechRecognition = Heard;
Heard.prototype.start = function () { window.local = this.processLocally;
  this.onresult({ results: [[{ transcript: 'E-402 が出た' }]] }); this.onend(); };
"""
SHIFTS = """
window.shifts = [];
const keep = (entries) => { for (const one of entries) if (!one.hadRecentInput)
  window.shifts.push([one.value, [...one.sources].map((s) => s.node?.id || s.node?.className || s.node?.nodeName)]); };
const observer = new PerformanceObserver((list) => keep(list.getEntries()));
observer.observe({ type: 'layout-shift', buffered: true });
window.shiftsUntilNow = () => { keep(observer.takeRecords()); return window.shifts.splice(0); };
"""


def closing(page: Any) -> None:
    page.wait_for_selector("#fixed .a-fixed:visible")


def test_steps_are_ticked_off_until_another_question(visitor: Visitor) -> None:
    page = visitor.signed_in()
    ask(page, HOW)
    answered(page)
    boxes = page.locator("#quote-1 .a-tick input")
    boxes.nth(0).check()
    page.locator("#quote-1 .a-tick label").nth(1).click()
    told = page.locator("#quote-1 .a-progress output")
    reads(told, "3 手順中 2 済み")
    page.click("button[data-lang=en]")
    page.wait_for_selector("text=2 of 3 steps done")
    for at, checked in enumerate((True, True, False)):
        expect(boxes.nth(at)).to_be_checked(checked=checked)
    boxes.nth(2).press("Space")
    reads(told, "All steps are done")
    page.click("#quote-1 .a-untick")
    reads(told, "0 of 3 steps done")
    boxes.nth(0).check()
    ask(page, ALARM)
    page.wait_for_selector("#quote-1 >> text=2 アラーム一覧")
    answered(page)
    ask(page, HOW)
    page.wait_for_selector("#quote-1 .a-tick")
    answered(page)
    expect(boxes.nth(0)).not_to_be_checked()  # another stoppage: nothing of it is done yet


def test_a_quote_is_copied_without_https_and_printed_alone(visitor: Visitor) -> None:
    page = visitor.signed_in(lang="en")
    # browsers give the clipboard to secure pages only; a box in a plant has plain HTTP
    page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    page.evaluate("document.addEventListener('copy', () => { window.copied = document.activeElement.value; })")
    page.evaluate("() => { window.print = () => {}; }")
    ask(page, HOW)
    answered(page)
    page.locator("#quote-1 .a-tick input").nth(0).check()
    page.click("#quote-1 .a-copy")
    page.wait_for_selector("#quote-1 .a-copy >> text=Copied")
    copied = page.evaluate("window.copied")
    assert "2. 空の紙管を抜く。" in copied
    assert "WARNING" in copied
    assert "包装機 PK-7 取扱説明書" in copied.splitlines()[-1]
    page.click("#quote-1 .a-print")
    expect(page.locator(".a-print-sheet input[checked]")).to_have_count(1)
    page.emulate_media(media="print")
    expect(page.locator(".a-print-sheet")).to_be_visible()
    expect(page.locator("gradio-app")).to_be_hidden()
    sheet = page.inner_text(".a-print-sheet")
    for part in ("Printed from Andon on", "WARNING", "空の紙管を抜く。", "包装機 PK-7 取扱説明書", "upload 1"):
        assert part in sheet
    expect(page.locator(".a-print-sheet button")).to_have_count(0)
    expect(page.locator("main:visible")).to_have_count(1)
    page.evaluate("document.body.classList.add('dark')")  # as Gradio marks it
    looks = "e => [getComputedStyle(e).backgroundColor, getComputedStyle(e).color]"
    assert page.locator(".a-print-sheet .a-card").evaluate(looks)[0] == "rgb(255, 255, 255)"
    assert page.locator(".a-print-sheet cite").evaluate(looks)[1] == "rgb(21, 33, 44)"
    page.evaluate("document.body.classList.remove('dark')")
    levels = "es => es.map((e) => Number(e.ariaLevel || e.tagName[1]))"
    assert page.locator("main:visible :is(h1, h2, h3, h4)").evaluate_all(levels) == [1, 2]
    page.emulate_media(media="screen")


def test_this_fixed_it_closes_the_stoppage_and_is_shown_the_next_time(visitor: Visitor) -> None:
    page = visitor.signed_in()
    ask(page, ALARM)
    answered(page)
    closing(page)
    page.click("#fixed .a-fixed")
    page.click(".a-tap >> text=フィルムがなくなった。")
    page.click(".a-stoppage .a-save")
    says(page.locator(".a-stoppage .a-bad"), "「処置」を入れてください")  # what was typed stays
    expect(page.locator("textarea[name=cause]").first).to_have_value("フィルムがなくなった。")
    minutes = int(page.input_value("input[name=minutes_down]"))
    page.click("button[data-by='5']")
    page.fill("textarea[name=remedy]", "ロールを <b>2 本</b> 交換した")
    page.click(".a-stoppage .a-save")
    page.wait_for_selector("#fixed [role=status]")
    says(page.locator("#fixed"), "ロールを <b>2 本</b> 交換した")
    (kept,) = visitor.site.andon.records.stoppages.all()
    assert (kept.code, kept.minutes_down, kept.who) == ("E-401", minutes + 5, "operator")
    other = visitor.signed_in("second", lang="en")
    ask(other, "E-401?")
    answered(other)
    other.wait_for_selector(".a-earlier")
    says(other.locator(".a-earlier"), "ロールを <b>2 本</b> 交換した")
    before = other.inner_text(".a-earlier")
    assert before.startswith("What fixed it last time\n\nNoted by colleagues, not by the manufacturer.")
    assert "ロールを <b>2 本</b> 交換した" in before
    assert kept.day in before
    assert "operator" not in before
    quote, told = still(other.locator("#quote-1")), still(other.locator(".a-earlier"))
    assert told["y"] > quote["y"] + quote["height"]  # below the manual's words, whatever it says
    assert "2 本" not in other.inner_text("#quote-1") + other.inner_text("#answer")
    other.click("button[data-lang=ja]")
    other.wait_for_selector(".a-earlier >> text=前回の処置")


def test_conversations_are_found_opened_gone_on_with_and_deleted_by_their_owner(visitor: Visitor) -> None:
    page = visitor.signed_in("second")
    ask(page, ALARM)
    answered(page)
    ask(page, "E-402 は?")
    page.wait_for_selector("#quote-1 >> text=SV2")
    answered(page)
    reads(page.locator(".a-turn"), [f"1 {ALARM}", "2 E-402 は?"])
    page.locator(".a-turn").nth(0).click()
    page.wait_for_selector("#quote-1 >> text=フィルムロールを交換する。")
    closing(page)
    visitor.watch.settle(page)
    page.reload()
    page.wait_for_selector("html[data-ready] .a-top")
    page.click(".a-past-open")
    page.wait_for_selector(".a-past-one")
    page.fill(".a-past input", "sv2 どこにもない")
    page.wait_for_selector(".a-past-list >> text=ありません")
    page.fill(".a-past input", "e-402")
    page.click(f".a-past-one >> text={ALARM}")
    page.wait_for_selector("#quote-1 >> text=SV2")
    expect(page.locator(".a-turn")).to_have_count(2)
    says(page.locator(".a-verdict"), "照合しました")
    ask(page, "E-401 の原因は?")
    page.wait_for_selector(".a-turn >> nth=2")
    answered(page)
    stranger = visitor.signed_in("admin")
    stranger.click(".a-past-open")
    stranger.wait_for_selector(".a-past-list >> text=まだありません")
    page.click(".a-past-open")
    page.click(f".a-past-delete[aria-label*='{ALARM}']")
    says(page.locator(".a-past-delete[data-asked]"), "もう一度押すと削除")
    page.click(".a-past-delete[data-asked]")
    page.wait_for_selector(f".a-past-one >> text={ALARM}", state="detached")
    expect(page.locator(".a-past footer p")).to_be_visible()  # whose they are, and how long they stay
    if page.locator(".a-past-all").is_visible():  # of the tests before
        page.click(".a-past-all")
        page.click(".a-past-all[data-asked]")
    page.wait_for_selector(".a-past-list >> text=まだありません")
    page.keyboard.press("Escape")
    page.wait_for_function("document.activeElement.matches('.a-past-open')")
    assert visitor.site.andon.records.conversations("second").all() == []


def test_an_alarm_asked_about_is_a_recent_one_of_its_line(visitor: Visitor) -> None:
    page = visitor.signed_in()
    ask(page, "E-402")
    answered(page)
    expect(page.locator("#quick")).to_be_hidden()  # room for the answer
    closing(page)
    page.wait_for_selector(".a-feedback")
    visitor.watch.settle(page)
    page.reload()
    page.wait_for_selector("html[data-ready] .a-ask-this")
    page.locator(".a-ask-this", has_text="E-402").first.click()
    page.wait_for_selector("#quote-1 >> text=SV2")
    expect(page.locator("#question textarea").first).to_have_value("E-402 クランプ異常 の原因と処置は?")
    answered(page)
    page.click("#new")
    page.wait_for_selector(".a-ask-this:visible")


@pytest.mark.parametrize(("state", "shown"), [("available", True), ("downloadable", False), ("unavailable", False)])
def test_voice_is_offered_only_where_the_device_itself_understands(visitor: Visitor, state: str, shown: bool) -> None:
    page = visitor.tab(fresh=True)
    page.add_init_script(RECOGNISER % state)
    token = visitor.site.andon.accounts.sign_in("operator", "operator-pass")
    page.context.add_cookies([{"name": "andon_session", "value": token, "url": visitor.site.address}])
    page.goto(visitor.site.address)
    page.wait_for_selector("html[data-ready] .a-voice", state="attached")
    page.wait_for_timeout(200)
    if not shown:
        expect(page.locator(".a-voice")).to_be_hidden()
    else:
        page.click(".a-voice")
        expect(page.locator("#question textarea").first).to_have_value("E-402 が出た")
        page.wait_for_function("window.local === true")
        page.click("#send")
        page.wait_for_selector("#quote-1 >> text=SV2")
        answered(page)


def test_a_browser_that_would_send_the_voice_away_is_never_asked(visitor: Visitor) -> None:
    page = visitor.tab(fresh=True)
    page.add_init_script("window.webkitSpeechRecognition = class { start() { window.sent = true; } };")
    token = visitor.site.andon.accounts.sign_in("operator", "operator-pass")
    page.context.add_cookies([{"name": "andon_session", "value": token, "url": visitor.site.address}])
    page.goto(visitor.site.address)
    page.wait_for_selector("html[data-ready] .a-voice", state="attached")
    page.wait_for_timeout(200)
    expect(page.locator(".a-voice")).to_be_hidden()


@pytest.mark.parametrize("width", [390, 1024, 1600])
def test_nothing_shifts_while_an_answer_is_written(visitor: Visitor, width: int) -> None:
    page = visitor.signed_in(width=width, height=900)
    page.evaluate(SHIFTS)
    visitor.site.runner.pause_s = 0.05
    ask(page, HOW)
    page.wait_for_selector("#quote-1")
    page.wait_for_timeout(600)  # what a tap itself moves is no shift
    page.evaluate("window.shiftsUntilNow()")
    answered(page)
    closing(page)
    visitor.watch.settle(page)
    shifts = page.evaluate("window.shiftsUntilNow()")
    assert sum(value for value, _ in shifts) < 0.01, shifts
