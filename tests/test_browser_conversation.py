"""Conversations in a real browser: a follow-up, a step, which machine, a new question; on small screens too."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browser_site import Site, Visitor, answered, ask, expect, reads, says

pytest_plugins = ("browser",)
pytestmark = pytest.mark.browser

RIVAL = """# 製函機 CE-5 取扱説明書

## 6 アラーム一覧

| アラーム番号 | 名称 | 原因 | 処置 |
|---|---|---|---|
| E-402 | シート切れ | シートがなくなった。 | シートを補充する。 |
"""
SHOTS = os.environ.get("ANDON_SHOTS", "")


@pytest.fixture(scope="module", autouse=True)
def rival(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Another machine that has E-402 too."""
    file = tmp_path_factory.mktemp("rival") / "ce5.md"
    file.write_text(RIVAL, encoding="utf-8")
    site.andon.library.add(file)
    yield


def understood(page: Any) -> Any:
    return page.locator(".a-understood strong").first


def shoot(page: Any, name: str) -> None:
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=True)


def test_a_follow_up_is_completed_and_a_step_is_marked(visitor: Visitor) -> None:
    page = visitor.signed_in()
    ask(page, "フィルムロールの交換の手順は?")
    answered(page)
    expect(page.locator(".a-understood")).to_have_count(0)
    ask(page, "2番目の手順は?")
    page.wait_for_selector("#quote-1 mark")
    answered(page)
    reads(page.locator("#quote-1 mark"), "空の紙管を抜く。")
    expect(page.locator("#quote-1 .a-label")).to_have_count(3)  # the whole procedure, with its warning
    expect(page.locator("#quote-1 .a-warning")).to_have_count(1)
    expect(page.locator(".a-sentence").first).to_have_text(re.compile(r"^2\. 空の紙管を抜く。"))
    says(understood(page), "PK-7")
    ask(page, "E-401 が出た")
    page.wait_for_selector("#quote-1 >> text=アラーム番号")
    expect(page.locator(".a-understood")).to_have_count(0)  # it stands alone


def test_two_people_do_not_share_a_conversation(visitor: Visitor) -> None:
    first, second = visitor.signed_in("operator"), visitor.signed_in("second")
    ask(first, "フィルムロールの交換の手順は?")
    answered(first)
    ask(second, "2番目の手順は?")
    second.wait_for_selector("#quotes .a-card")
    expect(second.locator("mark")).to_have_count(0)
    expect(second.locator(".a-understood")).to_have_count(0)


def test_a_new_question_forgets(visitor: Visitor) -> None:
    page = visitor.signed_in()
    ask(page, "PK-7 の E-402 の処置は?")
    answered(page)
    page.click("#new")
    page.wait_for_selector(".a-welcome")
    expect(page.locator("#question textarea").first).to_have_value("")
    ask(page, "なぜ?")
    page.wait_for_selector("#quotes .a-card:not(.a-welcome)")
    expect(page.locator(".a-understood")).to_have_count(0)


@pytest.mark.parametrize(("lang", "width"), [("ja", 390), ("en", 390), ("ja", 1024), ("en", 1600)])
def test_which_machine_is_asked_and_the_button_answers(visitor: Visitor, lang: str, width: int) -> None:
    page = visitor.signed_in(lang=lang, width=width, height=844 if width == 390 else 900)
    ask(page, "E-402 が出て止まった" if lang == "ja" else "E-402, the machine has stopped")
    page.wait_for_selector(".a-machine")
    buttons = page.locator(".a-machine")
    expect(buttons).to_have_count(2)
    for at in range(2):
        box = buttons.nth(at).bounding_box()
        assert box["height"] >= 48 and box["width"] >= 48
    assert page.locator("#new").bounding_box()["height"] >= 48
    for name in ("#new", "#stop"):
        assert page.locator(name).evaluate("e => e.scrollWidth <= e.clientWidth")  # its words stay inside
    expect(page.locator(".a-wait")).to_have_count(0)
    expect(page.locator(".a-best")).to_have_count(0)  # no machine's words stand open before it is settled
    says(buttons.filter(has_text="CE-5"), "E-402 シート切れ")
    page.wait_for_function("document.documentElement.scrollWidth <= innerWidth")
    shoot(page, f"choose-{lang}-{width}")
    buttons.filter(has_text="CE-5").click()
    page.wait_for_selector(".a-end")
    expect(page.locator(".a-machine")).to_have_count(0)
    says(page.locator("#quote-1"), "シートを補充する。")
    ask(page, "それでも直らないときは?" if lang == "ja" else "and if it comes back?")
    expect(understood(page)).to_have_text(re.compile("^CE-5 E-402"))
    reads(page.locator("#quotes cite").first, "製函機 CE-5 取扱説明書")
    page.wait_for_function("document.documentElement.scrollWidth <= innerWidth")
    shoot(page, f"follow-{lang}-{width}")
