"""Fixtures of the tests that drive Chromium: the browser, a site, and a visitor who may not leave this machine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browser_site import Site, Tabs, Visitor, Watch, serve

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = (
    "--headless", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    if not CHROMIUM.exists():
        pytest.skip(f"no {CHROMIUM}: install Chromium to run the browser tests")
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: pip install andon[dev]")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS), timeout=120_000)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def tabs(chromium: Any) -> Tabs:
    return Tabs(chromium)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with serve(tmp_path_factory.mktemp("site")) as served:
        yield served


@pytest.fixture
def visitor(chromium: Any, tabs: Tabs, site: Site) -> Iterator[Visitor]:
    """Opens tabs; at the end no tab may have left this machine, nor complained in its console."""
    site.runner.hang.clear()
    site.runner.pause_s = 0.0
    visitor = Visitor(chromium, site, Watch(), tabs)
    yield visitor
    visitor.close()
    assert visitor.watch.outside == []
    assert visitor.watch.unforgiven() == []
