"""Admin journeys: what the keeper of the manuals does on the admin page, state by state, for tests.bench_pages."""

from __future__ import annotations

from typing import Any

from browser_site import go

# each part that is looked at as it opens, and what is there then
PARTS_SHOWN = (
    ("gaps", "#gaps .a-states"), ("reviews", "#reviews .a-states"), ("stoppages", "#stoppages .a-title"),
    ("words", "#words-list .a-card"), ("figures", "#figures .a-chart"), ("log", "#log .a-card"),
    ("users", "#users .a-users"), ("box", "#box .a-facts"),
)  # fmt: skip
QUESTION = {"ja": "フィルムロールの交換の手順は?", "en": "How do I replace the suction cups?"}


def keeping(stage: Any) -> None:
    """The list, a manual switched off and on, how its pages were read, a search that is tried."""
    page = stage.page
    page.wait_for_selector("#manuals .a-switch")
    stage.state("manuals")
    page.locator("#manuals .a-switch").first.click()
    page.wait_for_selector("#said [role=status]")
    stage.state("manual switched off")
    page.locator("#manuals .a-switch").first.click()
    page.wait_for_selector("#manuals .a-switch[aria-checked=true]")
    page.locator("#manuals a[href^='#reading/']").first.click()
    page.wait_for_selector("#reading .a-reading")
    stage.state("how it was read")
    go(page, "search")
    page.fill("#search-question textarea, #search-question input", QUESTION[stage.lang])
    page.click("#search")
    page.wait_for_selector("#hits .a-hit")
    stage.state("search tried")


def looking(stage: Any) -> None:
    """Every other part, as it stands when it is opened."""
    page = stage.page
    page.wait_for_selector(".a-parts a")
    for part, there in PARTS_SHOWN:
        go(page, part)
        page.wait_for_selector(there)
        stage.state(part)
