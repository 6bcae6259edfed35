"""A whole site on a free port, its slow model, and visitors whose tabs are watched."""

from __future__ import annotations

import re
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from fake_runner import FakeRunner
from waiting import LIMIT_S, wait_for

from assistant.accounts import Accounts
from assistant.ask import AskOptions, Assistant
from assistant.build import Andon, open_library, open_precedents, open_records
from assistant.settings import read_settings
from edge.runner import Message, Piece, Sampling

STREAM_S = 4.0  # longer than an answer of the fake model takes
PATIENCE_MS = 60_000  # a machine may be five times as slow as one on which a page takes a second or two
ACCOUNTS = {"operator": "operator-pass", "second": "second-pass", "admin": "admin-pass"}

MACHINE = """# 包装機 PK-7 取扱説明書

## 1 安全

> [!DANGER]
> カバーの中に手を入れないでください。死亡または重傷を負います。

## 2 アラーム一覧

| アラーム番号 | 名称 | 原因 | 処置 |
|---|---|---|---|
| E-401 | フィルム切れ | フィルムがなくなった。 | フィルムロールを交換する。 |
| E-402 | クランプ異常 | 電磁弁 SV2 の不良。 | シリンダスイッチの位置を直す。 |
| E-403 | &lt;img src=x onerror=hack()&gt; | 試験用。 | なし。 |

## 3 フィルムロールの交換

> [!WARNING]
> 交換の前に主電源を切ってください。

次の手順でフィルムロールを交換してください。

1. 主電源スイッチを OFF にする。
2. 空の紙管を抜く。
3. 新しいフィルムロールを下部チャックに差し込む。
"""
HOSTILE = """<img src=x onerror="window.hacked=1"> Feeder FD-2 manual

1.1 Jam <script>window.hacked=2</script>

Clear the feeder jam like this: ${window.hacked=3} {{constructor}} <b onclick="window.hacked=4">bold</b> &
<svg/onload=window.hacked=5>.
"""


class SlowRunner(FakeRunner):
    """Says the first line of each excerpt, token by token with a pause. ``speaking`` counts the streams under way."""

    def __init__(self, pause_s: float = 0.0) -> None:
        super().__init__(excerpts_said, name="fake-slm")
        self.pause_s = pause_s
        self.speaking = 0

    def _speak(
        self, messages: tuple[Message, ...], sampling: Sampling, cancelled: Callable[[], bool]
    ) -> Iterator[Piece]:
        self.speaking += 1
        try:
            for piece in super()._speak(messages, sampling, cancelled):
                time.sleep(self.pause_s)
                yield piece
        finally:
            self.speaking -= 1


def excerpts_said(messages: Sequence[Message]) -> str:
    """A faithful answer: each excerpt's last line, with its citation."""
    said = []
    for excerpt in re.split(r"\n(?=\[\d\] )", messages[-1].content.rpartition("\n\n")[0]):
        number = re.match(r"\s*\[(\d)\]", excerpt)
        last = excerpt.strip().splitlines()[-1]
        if number:
            said.append(re.sub(r"^\d+\. |^[^:]{1,8}: ", "", last).rstrip("。.") + f" [{number[1]}]。")
    return "".join(said)


@dataclass
class Site:
    """A served site. ``seats`` are the pages that are open."""

    address: str
    andon: Andon
    runner: SlowRunner
    seats: Any


@contextmanager
def serve(folder: Path, more: Sequence[Path] = ()) -> Iterator[Site]:
    """The whole application over an index in ``folder``, with three accounts and two manuals, and ``more`` of them."""
    import uvicorn

    from ui.app import make_app

    settings = read_settings(data=folder, embedder="none", model="none", max_question=300)
    library = open_library(settings, write=True)
    for name, text in (("pk7.md", MACHINE), ("fd2.txt", HOSTILE)):
        folder.mkdir(parents=True, exist_ok=True)
        source = folder / name
        source.write_text(text, encoding="utf-8")
        library.add(source)
    for file in more:
        library.add(file)
    accounts = Accounts(settings.accounts_file)
    for name, password in ACCOUNTS.items():
        accounts.put(name, password, "admin" if name == "admin" else "operator")
    runner = SlowRunner()
    options = AskOptions(max_question=300, excerpts=3, prompt_tokens=1500)
    records = open_records(settings, library)
    precedents = open_precedents(settings, library, records, write=True)
    assistant = Assistant(library, runner, options, precedents=precedents)
    andon = Andon(settings, library, assistant, accounts, records=records, precedents=precedents)
    app = make_app(andon)
    library.jobs.start()
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    config = uvicorn.Config(app, log_level="error", access_log=False, timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    try:
        wait_for(lambda: server.started)
        yield Site(f"http://127.0.0.1:{listening.getsockname()[1]}", andon, runner, app.state.seats)
    finally:
        server.should_exit = True
        thread.join(60)
        andon.close()
        listening.close()


@dataclass
class Watch:
    """What went on in the tabs of a test."""

    outside: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    under_way: set[Any] = field(default_factory=set)  # requests, but for the one that stays open with the page
    _forgiven: list[str] = field(default_factory=list)

    def look_at(self, page: Any) -> None:
        for event, told in self._events():
            page.on(event, told)

    def look_away(self, page: Any) -> None:
        for event, told in self._events():
            page.remove_listener(event, told)

    def _events(self) -> tuple[tuple[str, Any], ...]:
        return (
            ("request", self._request), ("requestfinished", self._over), ("requestfailed", self._over),
            ("pageerror", self._error), ("console", self._said),
        )  # fmt: skip

    def settle(self, page: Any) -> None:
        """Until nothing is under way that leaving the page would break off, of which the console would tell. Gradio now
        and then keeps a stream of events open that has nothing left to tell: it is left after STREAM_S, and what Gradio
        complains of that is forgiven."""
        calm = 0
        began = time.monotonic()
        while calm < 3:
            streams = {request for request in self.under_way if urlsplit(request.url).path.endswith("/queue/data")}
            others = self.under_way - streams
            assert time.monotonic() < began + LIMIT_S, [request.url for request in others]
            page.wait_for_timeout(50)
            calm = 0 if others or (streams and time.monotonic() < began + STREAM_S) else calm + 1
        if self.under_way:
            assert self.unforgiven() == []
            self._forgiven += ["AbortError: signal is aborted without reason", "Connection errored out."]

    def forgive(self, status: int) -> None:
        """Of a request that is refused on purpose the browser itself tells, sooner or later."""
        self._forgiven.append(f"the server responded with a status of {status}")

    def forgive_offline(self) -> None:
        """Of what could not be sent without a network the browser tells as well."""
        self._forgiven += ["net::ERR_INTERNET_DISCONNECTED", "net::ERR_NETWORK_CHANGED"]

    def unforgiven(self) -> list[str]:
        return [said for said in self.complaints if not any(one in said for one in self._forgiven)]

    def _error(self, error: Any) -> None:
        self.complaints.append(str(error))

    def _said(self, said: Any) -> None:
        if said.type == "error":
            self.complaints.append(said.text)

    def _over(self, request: Any) -> None:
        self.under_way.discard(request)

    def _request(self, request: Any) -> None:
        parts = urlsplit(request.url)
        if "/heartbeat/" not in parts.path and parts.scheme not in ("data", "blob"):
            self.under_way.add(request)
        if parts.scheme not in ("data", "blob") and parts.hostname != "127.0.0.1":
            self.outside.append(request.url)


class Tabs:
    """Tabs, each with cookies of its own. One that is given back is emptied and taken again: it has the scripts of the
    pages at hand, which a new one takes seconds to load."""

    def __init__(self, browser: Any) -> None:
        self._browser = browser
        self._free: dict[str, list[Any]] = {}

    def take(self, lang: str, width: int, height: int, *, fresh: bool = False, **options: Any) -> Any:
        free = self._free.setdefault(lang, [])
        if free and not fresh and not options:
            page = free.pop()
            page.set_viewport_size({"width": width, "height": height})
            return page
        locale = "ja-JP" if lang == "ja" else "en-US"
        context = self._browser.new_context(viewport={"width": width, "height": height}, locale=locale, **options)
        context.set_default_timeout(PATIENCE_MS)
        return context.new_page()

    def give_back(self, page: Any, lang: str, address: str) -> None:
        """``address``: the site of which it forgets all."""
        context = page.context
        for other in context.pages:
            if other is not page:
                other.close()
        page.goto("about:blank")
        context.clear_cookies()
        forgetting = context.new_cdp_session(page)
        forgetting.send("Storage.clearDataForOrigin", {"origin": address, "storageTypes": "all"})
        forgetting.detach()
        page.evaluate("0")  # whatever it still had to tell was told before this is answered
        self._free[lang].append(page)


class Visitor:
    """Opens tabs for people."""

    def __init__(self, browser: Any, site: Site, watch: Watch, tabs: Tabs | None = None) -> None:
        self.site = site
        self.watch = watch
        self._tabs = tabs or Tabs(browser)
        self._opened: list[tuple[Any, str, bool]] = []

    def tab(self, lang: str = "ja", width: int = 1024, height: int = 768, **options: Any) -> Any:
        """``fresh``: one that nobody had before, and nobody has afterwards; also with any option of a context's."""
        page = self._tabs.take(lang, width, height, **options)
        self._opened.append((page, lang, not options))
        self.watch.look_at(page)
        return page

    def signed_in(self, name: str = "operator", path: str = "/", **options: Any) -> Any:
        """A tab of ``name`` on the page at ``path``, its texts there."""
        page = self.tab(**options)
        token = self.site.andon.accounts.sign_in(name, ACCOUNTS[name])
        page.context.add_cookies([{"name": "andon_session", "value": token, "url": self.site.address}])
        page.goto(self.site.address + path, timeout=2 * PATIENCE_MS)  # a new tab has megabytes of scripts to read first
        page.wait_for_selector("html[data-ready] .a-top", timeout=2 * PATIENCE_MS)
        return page

    def close(self) -> None:
        for page, lang, again in self._opened:
            if again and not page.is_closed():
                page.evaluate("0")
                self.watch.look_away(page)
                self._tabs.give_back(page, lang, self.site.address)
            else:
                page.context.close()


def go(page: Any, part: str) -> None:
    """To a part of the admin page, by its bar."""
    page.click(f".a-parts a[data-part={part}]")


def ask(page: Any, question: str) -> None:
    page.evaluate("for (const end of document.querySelectorAll('.a-end')) end.dataset.before = 'it'")
    page.press("#question textarea", "End")  # as one who types: the field grows because of that
    page.fill("#question textarea", question)
    page.click("#send")


def ask_until(page: Any, question: str, there: str) -> None:
    """Until ``there`` (a selector) is shown for ``question``, and not still for the one before."""
    page.evaluate("(there) => { for (const old of document.querySelectorAll(there)) old.dataset.before = 'it' }", there)
    ask(page, question)
    page.wait_for_selector(", ".join(f"{one}:not([data-before])" for one in there.split(", ")))


def answered(page: Any) -> None:
    """Until the answer to what was asked last has ended."""
    page.wait_for_selector(".a-end:not([data-before])")


def expect(locator: Any) -> Any:
    """What must become true of it; it is looked at again and again until it is, or too late."""
    from playwright.sync_api import expect as playwrights

    playwrights.set_options(timeout=PATIENCE_MS)
    return playwrights(locator)


def says(locator: Any, text: str) -> None:
    """The first one comes to show ``text`` somewhere."""
    expect(locator.first).to_contain_text(text, use_inner_text=True)


def reads(locator: Any, text: str | list[str]) -> None:
    """The first one comes to show ``text`` and nothing else; a list has the text of each of all."""
    expect(locator if isinstance(text, list) else locator.first).to_have_text(text, use_inner_text=True)


def still(locator: Any) -> dict[str, float]:
    """Its box, once the page has settled around it."""
    box: dict[str, float] = {}
    end = time.monotonic() + LIMIT_S
    while (now := locator.bounding_box()) is None or now != box:
        assert time.monotonic() < end, "it moves and moves"
        box = now or {}
        locator.page.wait_for_timeout(150)
    return box
