"""Feedback under an answer in a real browser, and the admin page's gaps, reviews and log."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from browser_site import Visitor, answered, ask, expect, reads, says

pytest_plugins = ("browser",)
pytestmark = pytest.mark.browser

THUMBS = "#feedback .a-thumb"


def give(page: Any, thumb: str) -> None:
    page.click(f"{THUMBS}[data-thumb={thumb}]")


def test_a_thumb_up_is_one_touch(visitor: Visitor) -> None:
    page = visitor.signed_in("operator")
    expect(page.locator(THUMBS)).to_have_count(0)
    ask(page, "E-401 の処置は?")
    answered(page)
    page.wait_for_selector(THUMBS)
    for box in [page.locator(THUMBS).nth(at).bounding_box() for at in (0, 1)]:
        assert box["height"] >= 48
        assert box["width"] >= 48
    give(page, "up")
    page.wait_for_selector("#feedback [role=status] >> text=ありがとうございます")
    expect(page.locator(f"{THUMBS}[data-thumb=up]")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#feedback form")).to_have_count(0)
    feedback = visitor.site.andon.records.feedback.all()[0]
    assert (feedback.thumb, feedback.who, feedback.question) == ("up", "operator", "E-401 の処置は?")
    ask(page, "E-402 の処置は?")
    page.wait_for_selector(f"{THUMBS}[data-thumb=up][aria-pressed=false]")


def test_a_thumb_down_asks_why(visitor: Visitor) -> None:
    page = visitor.signed_in("second")
    ask(page, "フィルムロールの交換手順は?")
    answered(page)
    page.wait_for_selector(THUMBS)
    give(page, "down")
    page.wait_for_selector("#feedback form")
    records = visitor.site.andon.records
    assert records.feedback.all()[0].reason == "", "the thumb counts, also where nobody fills in the form"
    page.click("#feedback label >> text=足りない")
    page.fill("#feedback textarea[name=comment]", "<b>図</b>がない")
    page.fill("#feedback textarea[name=corrected]", "主電源スイッチを OFF にする。")
    page.click("#feedback button[type=submit]")
    page.wait_for_selector("#feedback [role=status] >> text=管理者が確認します")
    expect(page.locator("#feedback form")).to_have_count(0)
    said = records.feedback.all()[0]
    assert (said.who, said.thumb, said.reason, said.comment) == ("second", "down", "not_complete", "<b>図</b>がない")
    assert said.corrected == "主電源スイッチを OFF にする。"
    page.click("button[data-lang=en]")
    page.wait_for_selector("#feedback >> text=An admin will look at it")
    reads(page.locator(THUMBS), ["It helped", "It did not help"])


def test_a_question_asked_in_between_takes_the_buttons_away(visitor: Visitor) -> None:
    visitor.site.runner.hang.set()
    page = visitor.signed_in("operator")
    ask(page, "フィルムロールの交換手順は?")
    page.wait_for_selector(".a-best")
    ask(page, "E-401 の処置は?")
    page.wait_for_selector("#quote-1 >> text=フィルムがなくなった")
    visitor.site.runner.hang.clear()
    page.wait_for_selector(THUMBS)
    answered(page)
    give(page, "up")
    page.wait_for_selector("#feedback [role=status]")
    assert visitor.site.andon.records.feedback.all()[0].question == "E-401 の処置は?"


def test_a_declined_question_can_be_judged_and_is_a_gap(visitor: Visitor) -> None:
    page = visitor.signed_in("operator")
    ask(page, "E-987 が出た")
    page.wait_for_selector(".a-refusal")
    page.wait_for_selector(THUMBS)
    assert [gap.questions[0] for gap in visitor.site.andon.records.gaps.all("open")] == ["E-987 が出た"]


@pytest.mark.parametrize("width", [390, 1024, 1600])
def test_the_form_fits(visitor: Visitor, width: int, tmp_path: Path) -> None:
    page = visitor.signed_in("operator", width=width, height=900)
    ask(page, "E-401 の処置は?")
    answered(page)
    page.wait_for_selector(THUMBS)
    give(page, "down")
    page.wait_for_selector("#feedback form")
    page.wait_for_function("document.documentElement.scrollWidth <= innerWidth")
    for control in page.locator("#feedback button, #feedback .a-choice, #feedback textarea").all():
        assert control.bounding_box()["height"] >= 48
    page.screenshot(path=tmp_path / f"form-{width}.png", full_page=True)


# The admin page


def test_a_gap_is_seen_and_settled(visitor: Visitor) -> None:
    records = visitor.site.andon.records
    page = visitor.signed_in("operator")
    ask(page, "E-976 が出て止まった")
    page.wait_for_selector(".a-refusal")
    page.wait_for_selector(THUMBS)
    page = visitor.signed_in("admin", "/admin/#gaps")
    gap = page.locator("#gaps .a-record", has_text="E-976 が出て止まった")
    gap.wait_for()
    gap.locator("button[data-state=manual_added]").click()
    gap.wait_for(state="detached")
    page.click("#gaps .a-pick[data-state=manual_added]")
    gap.wait_for()
    settled = next(each for each in records.gaps.all("manual_added") if "E-976 が出て止まった" in each.questions)
    assert settled.changed_by == "admin"
    page.click("button[data-lang=en]")
    page.wait_for_selector("#gaps >> text=Gaps in the manuals")


def test_feedback_is_reviewed_and_the_pairs_come_as_a_file(visitor: Visitor) -> None:
    page = visitor.signed_in("second")
    ask(page, "E-402 の処置は?")
    answered(page)
    page.wait_for_selector(THUMBS)
    give(page, "down")
    page.fill("#feedback textarea[name=comment]", "<b onclick=x()>評価九</b>")
    page.click("#feedback button[type=submit]")
    page.wait_for_selector("#feedback [role=status] >> text=管理者が確認します")
    page = visitor.signed_in("admin", "/admin/#reviews")
    said = page.locator("#reviews .a-record", has_text="評価九")
    said.locator("summary >> text=訂正").click()
    said.locator("textarea").fill("")
    said.locator("button[type=submit]").click()
    page.wait_for_selector("#part-reviews [role=alert]")
    said.locator("textarea").fill("電磁弁 SV2 の不良。")
    said.locator("button[type=submit]").click()
    said.wait_for(state="detached")
    page.click("#reviews .a-pick[data-state=corrected]")
    said.wait_for()
    says(said.locator("dl"), "電磁弁 SV2 の不良。")
    with page.expect_download() as started:
        page.click("#reviews a[href='/feedback/pairs']")
    assert "電磁弁 SV2 の不良" in Path(started.value.path()).read_text(encoding="utf-8")


@pytest.mark.parametrize("width", [390, 1024, 1600])
def test_the_log_is_narrowed_and_taken_home(visitor: Visitor, width: int, tmp_path: Path) -> None:
    site = visitor.site
    page = visitor.signed_in("second")
    ask(page, f"E-401 の原因は {width}?")
    answered(page)
    page = visitor.signed_in("admin", "/admin/#log", width=width, height=900)
    page.wait_for_selector(f"#log >> text=E-401 の原因は {width}?")
    page.fill("#log-form input[name=who]", "nobody")
    page.click("#log-form button[type=submit]")
    page.wait_for_selector("#log >> text=該当する記録はありません")
    page.fill("#log-form input[name=who]", "second")
    page.fill("#log-form input[name=words]", f"e-401 {width}")
    page.press("#log-form input[name=words]", "Enter")
    page.wait_for_selector("#log tbody tr")
    expect(page.locator("#log tbody tr")).to_have_count(1)
    says(page.locator("#log tbody tr"), "包装機 PK-7")
    with page.expect_download() as started:
        page.click("#log a[href*='format=csv']")
    assert Path(started.value.path()).read_text(encoding="utf-8-sig").count(f"E-401 の原因は {width}?") == 1
    page.wait_for_function("document.documentElement.scrollWidth <= innerWidth")
    assert site.andon.records.missed() is None
    page.screenshot(path=tmp_path / f"admin-{width}.png", full_page=True)
