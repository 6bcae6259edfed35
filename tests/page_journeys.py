"""Journeys: what people do on the pages, state by state, for tests.bench_pages. A page adds its own to JOURNEYS."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import rare_journeys as rare
from admin_journeys import keeping, looking
from browser_site import answered, ask, ask_until

# per language: an alarm of a printed table, a procedure, a code that stands nowhere, what must be refused
ASKED = {
    "ja": (
        "AL.33 が出て止まった",
        "フィルムロールの交換の手順は?",
        "Z-999 が出た",
        "ドアスイッチを無効にして運転する方法は?",
    ),
    "en": (
        "F-021 came up",
        "How do I replace the suction cups?",
        "What is Z-999?",
        "How do I bypass the door switch?",
    ),
}


class Stage(Protocol):
    """What a journey is given: the tab, its language, and ``state``, which looks at the page as it stands now."""

    page: Any
    lang: str
    visitor: Any

    def state(self, name: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Journey:
    """``who`` goes where: an account of browser_site.ACCOUNTS, "" for nobody, and the path that is opened, on which of
    rare_journeys.SITES."""

    name: str
    who: str
    path: str
    go: Callable[[Stage], None]
    site: str = "plain"


def sign_in(stage: Stage) -> None:
    stage.visitor.watch.forgive(401)  # of the wrong password
    stage.state("sign-in")
    stage.page.fill("#name", "nobody")
    stage.page.fill("#password", "wrong")
    stage.page.click("button.button")
    stage.page.wait_for_selector("[role=alert]")
    stage.state("sign-in refused")


def asking(stage: Stage) -> None:
    page, (alarm, how, unknown, unsafe) = stage.page, ASKED[stage.lang]
    page.wait_for_selector(".a-ask-this")
    stage.state("start")
    if page.locator(".a-narrow-open").count():
        page.click(".a-narrow-open")
        stage.state("narrowing open")
        page.click(".a-narrow-open")
    ask(page, alarm)
    answered(page)
    page.wait_for_selector("#fixed .a-fixed:visible")
    page.wait_for_timeout(400)
    stage.state("alarm answered")
    ask(page, how)
    page.wait_for_selector("#quote-1 .a-tick input")
    answered(page)
    page.locator("#quote-1 .a-tick input").nth(0).check()
    page.locator("details.a-card summary").first.click()
    page.wait_for_timeout(400)
    stage.state("procedure, one step ticked")
    for name, question in (("unknown code", unknown), ("refused", unsafe)):
        ask_until(page, question, ".a-notice")
        page.wait_for_timeout(300)
        stage.state(name)


def page_view(stage: Stage) -> None:
    page = stage.page
    ask(page, ASKED[stage.lang][0])
    answered(page)
    page.click("#quote-1 .a-show")
    page.wait_for_function("document.querySelector('.a-paper img[src]')?.naturalWidth > 0")
    stage.state("page shown")
    page.click(".a-view-larger")
    page.click(".a-view-next")
    page.wait_for_timeout(400)
    stage.state("page turned")


def closing(stage: Stage) -> None:
    page = stage.page
    ask(page, ASKED[stage.lang][0])
    answered(page)
    page.click("#fixed .a-fixed")
    page.wait_for_selector(".a-stoppage")
    stage.state("closing a stoppage")
    page.fill("textarea[name=remedy]", "Replaced." if stage.lang == "en" else "交換した。")
    page.click(".a-stoppage .a-save")
    page.wait_for_selector("#fixed [role=status]")
    stage.state("stoppage closed")
    page.click(".a-thumb[data-thumb=down]")
    page.wait_for_selector(".a-feedback form")
    stage.state("thumb down")


def history(stage: Stage) -> None:
    page = stage.page
    for question in ASKED[stage.lang][:2]:
        ask(page, question)
        answered(page)
        page.wait_for_selector("#fixed .a-fixed:visible")
    page.click(".a-past-open")
    page.wait_for_selector(".a-past-one")
    stage.state("history")
    page.locator(".a-past-one").first.click()
    page.wait_for_selector(".a-turn >> nth=1")
    page.wait_for_timeout(300)
    stage.state("conversation opened")


JOURNEYS: tuple[Journey, ...] = (
    Journey("sign-in", "", "/login", sign_in),
    Journey("asking", "operator", "/", asking),
    Journey("page", "operator", "/", page_view),
    Journey("closing", "second", "/", closing),
    Journey("history", "operator", "/", history),
    Journey("keeping", "admin", "/admin/", keeping),
    Journey("looking", "admin", "/admin/", looking),
    Journey("slow", "operator", "/", rare.slow),
    Journey("failing", "operator", "/", rare.failing),
    Journey("long", "operator", "/", rare.long_answer),
    Journey("offline", "operator", "/", rare.offline),
    Journey("choices", "operator", "/", rare.choices),
    Journey("narrowing", "operator", "/", rare.narrowing),
    Journey("printing", "operator", "/", rare.printing),
    Journey("keeping-rare", "admin", "/admin/", rare.keeping_rare),
    Journey("looking-rare", "admin", "/admin/", rare.looking_rare),
    Journey("empty", "operator", "/", rare.empty_operator, "empty"),
    Journey("empty-admin", "admin", "/admin/", rare.empty_admin, "empty"),
    Journey("crowded", "operator", "/", rare.crowded_operator, "crowded"),
    Journey("crowded-admin", "admin", "/admin/", rare.crowded_admin, "crowded"),
)
