"""Conversations in a real browser: a follow-up, a step, which machine, a new question; on small screens too."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browser_site import Site, Visitor, answered, ask

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


def understood(page: Any) -> str:
    page.wait_for_selector(".a-understood")
    return str(page.inner_text(".a-understood strong"))


def shoot(page: Any, name: str) -> None:
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=True)


def test_a_follow_up_is_completed_and_a_step_is_marked(visitor: Visitor) -> None:
    page = visitor.signed_in()
    ask(page, "フィルムロールの交換の手順は?")
    answered(page)
    assert page.locator(".a-understood").count() == 0
    ask(page, "2番目の手順は?")
    page.wait_for_selector("#quote-1 mark")
    answered(page)
    assert page.inner_text("#quote-1 mark") == "空の紙管を抜く。"
    assert page.locator("#quote-1 .a-label").count() == 3  # the whole procedure, with its warning
    assert page.locator("#quote-1 .a-warning").count() == 1
    assert page.inner_text(".a-sentence").startswith("2. 空の紙管を抜く。")
    assert "PK-7" in understood(page)
    ask(page, "E-401 が出た")
    page.wait_for_selector("#quote-1 >> text=アラーム番号")
    assert page.locator(".a-understood").count() == 0  # it stands alone


def test_two_people_do_not_share_a_conversation(visitor: Visitor) -> None:
    first, second = visitor.signed_in("operator"), visitor.signed_in("second")
    ask(first, "フィルムロールの交換の手順は?")
    answered(first)
    ask(second, "2番目の手順は?")
    second.wait_for_selector("#quotes .a-card")
    assert second.locator("mark").count() == 0
    assert second.locator(".a-understood").count() == 0


def test_a_new_question_forgets(visitor: Visitor) -> None:
    page = visitor.signed_in()
    ask(page, "PK-7 の E-402 の処置は?")
    answered(page)
    page.click("#new")
    page.wait_for_selector(".a-welcome")
    assert page.input_value("#question textarea") == ""
    ask(page, "なぜ?")
    page.wait_for_selector("#quotes .a-card:not(.a-welcome)")
    assert page.locator(".a-understood").count() == 0


@pytest.mark.parametrize(("lang", "width"), [("ja", 390), ("en", 390), ("ja", 1024), ("en", 1600)])
def test_which_machine_is_asked_and_the_button_answers(visitor: Visitor, lang: str, width: int) -> None:
    page = visitor.signed_in(lang=lang, width=width, height=844 if width == 390 else 900)
    ask(page, "E-402 が出て止まった" if lang == "ja" else "E-402, the machine has stopped")
    page.wait_for_selector(".a-machine")
    buttons = page.locator(".a-machine")
    assert buttons.count() == 2
    for at in range(2):
        box = buttons.nth(at).bounding_box()
        assert box["height"] >= 48 and box["width"] >= 48
    assert page.locator("#new").bounding_box()["height"] >= 48
    for name in ("#new", "#stop"):
        assert page.locator(name).evaluate("e => e.scrollWidth <= e.clientWidth")  # its words stay inside
    assert page.locator(".a-wait").count() == 0
    assert page.locator(".a-best").count() == 0  # no machine's words stand open before it is settled
    assert "E-402 シート切れ" in buttons.filter(has_text="CE-5").inner_text()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    shoot(page, f"choose-{lang}-{width}")
    buttons.filter(has_text="CE-5").click()
    page.wait_for_selector(".a-end")
    assert page.locator(".a-machine").count() == 0
    assert "シートを補充する。" in page.inner_text("#quote-1")
    ask(page, "それでも直らないときは?" if lang == "ja" else "and if it comes back?")
    assert understood(page).startswith("CE-5 E-402")
    assert page.locator("#quotes cite").all_inner_texts()[0] == "製函機 CE-5 取扱説明書"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    shoot(page, f"follow-{lang}-{width}")
