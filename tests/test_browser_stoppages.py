"""The admin page's stoppages in a real browser: looked through, corrected, switched by line, deleted; on a phone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from browser_site import Visitor, answered, ask, expect, says

from assistant.records.audit import Wanted
from assistant.records.stoppages import Stoppage

pytest_plugins = ("browser",)
pytestmark = pytest.mark.browser

FIXED = Stoppage("", 12, "継ぎ目が切れた。", "ロールを<b>貼り直した</b>。", "E-401", "E-401 で止まった", "L1", "PK-7")
RECORD = "#stoppages .a-record"


@pytest.fixture
def records(visitor: Visitor) -> Iterator[Any]:
    records = visitor.site.andon.records
    records.close_stoppage(FIXED, "sato")
    records.close_stoppage(replace(FIXED, code="", line="", remedy="ドアスイッチを短絡して運転した。"), "kato")
    yield records
    for one in records.stoppages.all():
        records.delete_stoppage(one.id)
    for line in records.stoppages.off():
        records.enable_stoppages(line, True)


def earlier(visitor: Visitor) -> list[str]:
    page = visitor.signed_in("operator")
    ask(page, "E-401 が出た")
    answered(page)
    page.wait_for_selector(".a-feedback")  # comes last of all
    told: list[str] = page.locator(".a-earlier .a-wrote").all_inner_texts()
    return told


def test_an_admin_corrects_a_record_and_the_next_question_shows_it(visitor: Visitor, records: Any) -> None:
    page = visitor.signed_in("admin", "/admin/#stoppages")
    page.wait_for_selector(RECORD)
    says(page.locator("#stoppages"), "ロールを<b>貼り直した</b>。")
    says(page.locator("#stoppages"), "記録者 sato")
    expect(page.locator(".a-held-back")).to_have_count(1)  # what tells how a safety device was defeated
    assert earlier(visitor) == ["継ぎ目が切れた。", "ロールを<b>貼り直した</b>。"]
    record = page.locator(RECORD, has=page.locator("h3", has_text="E-401"))
    record.locator("summary").click()
    record.locator("textarea[name=remedy]").fill("ガイドを直した。")
    record.locator("button[type=submit]").click()
    page.wait_for_selector("#stoppages-said [role=status]")
    assert earlier(visitor)[1] == "ガイドを直した。"
    record.locator("summary").click()
    record.locator("textarea[name=remedy]").fill(" ")
    record.locator("button[type=submit]").click()
    page.wait_for_selector("#stoppages-said [role=alert]")
    expect(record.locator("textarea[name=remedy]")).to_have_value(" ")  # what was typed stays


def test_a_line_is_switched_off_and_a_record_deleted(visitor: Visitor, records: Any) -> None:
    number = records.stoppages.all("貼り直した")[0].id
    page = visitor.signed_in("admin", "/admin/#stoppages", lang="en")
    page.click(".a-lines [data-line=L1]")
    page.wait_for_selector(".a-lines [data-line=L1][aria-checked=false]")
    assert earlier(visitor) == []
    page.click(".a-lines [data-line=L1]")
    page.wait_for_selector(".a-lines [data-line=L1][aria-checked=true]")
    page.fill("#stoppages .a-look input", "貼り直した e-401")
    page.click("#stoppages .a-look .a-save")
    page.wait_for_selector("#stoppages p[role=status] >> text=records: 1")
    page.click(f"{RECORD} .a-delete-stop")
    page.click("#stops-dialog .a-yes")
    page.wait_for_selector("#stoppages >> text=None holds these words.")
    assert earlier(visitor) == []
    assert [one.subject for one in records.audit.entries(Wanted(kind="stoppage"))][:3] == [
        f"{number}: deleted", "L1: on", "L1: off",
    ]  # fmt: skip


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_it_fits_a_phone(visitor: Visitor, records: Any, lang: str) -> None:
    page = visitor.signed_in("admin", "/admin/#stoppages", lang=lang, width=390, height=844)
    page.wait_for_selector(RECORD)
    page.locator(f"{RECORD} summary").first.click()
    page.wait_for_function("document.documentElement.scrollWidth <= innerWidth")
    for control in page.locator("#stoppages :is(button, summary, textarea, input:not([type=hidden]))").all():
        if control.is_visible():
            assert control.bounding_box()["height"] >= 48
