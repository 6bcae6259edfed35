"""Every journey on the pages at four widths, in both languages, light and dark: what a reader would stumble over.

    python -m tests.bench_pages docs/results/pages.json --axe build/axe.min.js --shots build/page-shots

For each state that a journey (tests/page_journeys.py) reaches: axe-core's findings, targets under 48 px, what runs off
the side, text that is cut off, layout shifts that nobody caused, complaints in the console, requests that leave the
machine. Then how long the first view takes, and how long an event of an answer takes to the screen. axe-core (MPL-2.0)
is not part of this repository: `npm pack axe-core` brings it, --axe names its axe.min.js; without it that part is left
out, and the result says so. Screenshots go into --shots. The whole takes
half an hour; parts of it (--looks "390 ja") are put together by --join, and --looks none measures the times alone.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from browser import CHROMIUM, FLAGS  # noqa: E402
from browser_site import Site, Tabs, Visitor, Watch, ask  # noqa: E402
from page_journeys import ASKED, JOURNEYS, Journey  # noqa: E402
from page_looks import looks  # noqa: E402
from rare_journeys import sites  # noqa: E402
from waiting import wait_for  # noqa: E402

WIDTHS, HEIGHT = (390, 820, 1024, 1600), {390: 844, 820: 1180, 1024: 768, 1600: 1000}
DARK = ((390, "ja", "dark"), (1024, "ja", "dark"), (1600, "en", "dark"))
LOOKS = (*((width, lang, "light") for width in WIDTHS for lang in ("ja", "en")), *DARK)
IMPACTS = ("critical", "serious", "moderate", "minor")
MANUALS = ("sc200.pdf", "cf40.pdf")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
LOOKED = """() => {
  const seen = (e) => e.checkVisibility({ checkVisibilityCSS: true, checkOpacity: true });
  const small = [...document.querySelectorAll('button, a[href], summary, textarea, select, input:not([type=hidden])')]
    .filter((e) => seen(e) && !e.matches('.a-cite, .a-tick input, .a-choice input, .a-unseen, [role=combobox]'))
    .map((e) => [e.outerHTML.slice(0, 90), e.getBoundingClientRect()])
    .filter(([, box]) => box.width > 0 && (box.height < 47.5 || box.width < 47.5)).map(([html]) => html);
  const cut = [...document.querySelectorAll('button, .a-kind, .a-section, label, h1, h2, h3')]
    .filter((e) => seen(e) && !e.matches('.a-turn, .a-unseen, .a-narrow-open'))
    .filter((e) => e.scrollWidth > e.clientWidth + 1
      && getComputedStyle(e).display !== 'inline')
    .map((e) => e.innerText.slice(0, 60));
  return { small, cut, off: document.documentElement.scrollWidth > innerWidth };
}"""
SHIFTS = """
if (!window.shifts) { window.shifts = [];
new PerformanceObserver((list) => { for (const one of list.getEntries()) if (!one.hadRecentInput)
  window.shifts.push(one.value); }).observe({ type: 'layout-shift', buffered: true }); }
"""
ARRIVALS = """() => { window.arrivals = [];
  new MutationObserver(() => {
    const at = performance.timeOrigin + performance.now();
    const said = document.querySelectorAll('#answer .a-sentence').length;
    const end = document.querySelector('#answer .a-end');
    requestAnimationFrame(() => window.arrivals.push([at, said, Boolean(end),
      performance.timeOrigin + performance.now()])); })
  .observe(document.querySelector('#answer'), { childList: true, subtree: true, characterData: true }); }"""


@dataclass
class Report:
    """What was found, over all looks."""

    states: int = 0
    findings: Counter[str] = field(default_factory=Counter)
    rules: dict[str, dict[str, Any]] = field(default_factory=dict)
    small: Counter[str] = field(default_factory=Counter)
    cut: Counter[str] = field(default_factory=Counter)
    looks: dict[str, Counter[str]] = field(default_factory=dict)
    off_the_side: list[str] = field(default_factory=list)
    shifts: dict[str, float] = field(default_factory=dict)
    broken_off: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)


@dataclass
class Stage:
    """One journey at one look."""

    report: Report
    lang: str
    axe: str
    shots: Path | None
    tabs: Tabs
    page: Any = None
    visitor: Any = None
    name: str = ""

    def state(self, name: str) -> None:
        report, where = self.report, f"{self.name}: {name}"
        report.states += 1
        if self.shots is not None:
            whole = not self.page.locator("dialog[open]").count()
            self.page.screenshot(path=self.shots / f"{where.replace(': ', '-').replace(' ', '_')}.png", full_page=whole)
        seen = self.page.evaluate(LOOKED)
        report.small.update(seen["small"])
        report.cut.update(seen["cut"])
        report.off_the_side += [where] if seen["off"] else []
        for kind, found in looks(self.page).items():
            report.looks.setdefault(kind, Counter()).update(found)
        shifts = self.page.evaluate("(window.shifts || []).splice(0)")
        report.shifts[where] = round(sum(shifts), 4)
        if self.axe:
            self._axe(where)

    def _axe(self, where: str) -> None:
        if not self.page.evaluate("Boolean(window.axe)"):
            self.page.evaluate(self.axe)
        asked = {"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"]}
        for found in self.page.evaluate("(asked) => axe.run(document, asked).then((r) => r.violations)", asked):
            self.report.findings[found["impact"]] += len(found["nodes"])
            rule = self.report.rules.setdefault(
                found["id"], {"impact": found["impact"], "help": found["help"], "nodes": 0, "first at": where,
                              "such as": found["nodes"][0]["html"][:160]}
            )  # fmt: skip
            rule["nodes"] += len(found["nodes"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("result", type=Path)
    parser.add_argument("--axe", type=Path, help="axe.min.js of axe-core")
    parser.add_argument("--shots", type=Path, help="a folder for screenshots")
    parser.add_argument("--only", default="", help="only journeys of these names, with commas between")
    parser.add_argument("--looks", default="", help='only looks that begin so, with commas between: "390 ja,1024 en"')
    parser.add_argument("--join", type=Path, nargs="+", help="results of parts, the one with the times first")
    args = parser.parse_args()
    if args.join:
        _write(args.result, joined([json.loads(part.read_text(encoding="utf-8")) for part in args.join]))
        return
    journeys = [one for one in JOURNEYS if not args.only or one.name in args.only.split(",")]
    chosen = [one for one in LOOKS if not args.looks or named(one).startswith(tuple(args.looks.split(",")))]
    axe = args.axe.read_text(encoding="utf-8") if args.axe else ""
    if args.shots:
        args.shots.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, _browser() as browser:
        more = [ROOT / "demo" / "manuals" / name for name in MANUALS]
        with sites(Path(folder), more, {"plain", *(one.site for one in journeys)}) as served:
            site = served["plain"]
            report, tabs = Report(), Tabs(browser)
            for look in chosen:
                for journey in journeys:
                    walk(browser, served[journey.site], journey, look, Stage(report, look[1], axe, args.shots, tabs))
            result = {
                "browser": f"Chromium {browser.version}, headless", "axe-core": bool(axe),
                "looks": [f"{width} px, {lang}, {scheme}" for width, lang, scheme in chosen],
                **told(report), "first view": first_views(browser, site),
                "event to screen": delays(browser, site),
            }  # fmt: skip
    _write(args.result, result)


def _write(file: Path, result: dict[str, Any]) -> None:
    file.write_text(json.dumps(result, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(result, ensure_ascii=False, indent=2))


def joined(parts: list[dict[str, Any]]) -> dict[str, Any]:
    """The results of runs over other looks as one; the times are those of the first, measured with nothing beside."""
    whole = parts[0]
    for part in parts[1:]:
        for key, value in part.items():
            if key in ("browser", "first view", "event to screen"):
                continue
            whole[key] = _sum(key, whole[key], value)
    return whole


def _sum(key: str, one: Any, other: Any) -> Any:
    if isinstance(one, dict):
        both = dict(one)
        for name, value in other.items():
            both[name] = _sum(name, both[name], value) if name in both else value
        return both
    if isinstance(one, bool):
        return one and other
    if isinstance(one, int | float):
        return max(one, other) if key.startswith("layout shift") else one + other
    return one if isinstance(one, str) else [*one, *other]


def named(look: tuple[int, str, str]) -> str:
    return " ".join(map(str, look))


@contextmanager
def _browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield browser
        browser.close()


def walk(browser: Any, site: Site, journey: Journey, look: tuple[int, str, Any], stage: Stage) -> None:
    width, lang, scheme = look
    stage.visitor = visitor = Visitor(browser, site, Watch(), stage.tabs)
    options = {} if scheme == "light" else {"color_scheme": scheme}  # any option makes it a tab of its own
    try:
        stage.page = visitor.tab(lang, width, HEIGHT[width], **options)
        stage.name = f"{width} {lang} {scheme} {journey.name}"
        stage.page.add_init_script(SHIFTS)
        if journey.who:
            _signed_in(stage.page, site, journey.who, journey.path)
        else:
            stage.page.goto(site.address + journey.path)
        journey.go(stage)
    except Exception as stopped:  # noqa: BLE001  the other journeys are still of use; the result names this one
        stage.report.broken_off.append(f"{stage.name}: {str(stopped).splitlines()[0]}")
        if stage.shots is not None:
            stage.page.screenshot(path=stage.shots / f"{stage.name.replace(' ', '_')}-broken_off.png")
    finally:
        visitor.close()
    stage.report.complaints += visitor.watch.unforgiven()
    stage.report.outside += visitor.watch.outside


def told(report: Report) -> dict[str, Any]:
    shifted = {where: value for where, value in report.shifts.items() if value > 0.001}
    return {
        "states looked at": report.states,
        "journeys broken off": report.broken_off,
        "findings of axe-core": {impact: report.findings[impact] for impact in IMPACTS},
        "rules of axe-core": report.rules,
        "targets under 48 px": dict(report.small.most_common(20)),
        "cut off": dict(report.cut.most_common(20)),
        "overlapping": dict(report.looks.get("overlapping", Counter()).most_common(20)),
        "last letter alone": dict(report.looks.get("alone", Counter()).most_common(20)),
        "page numbers in two": dict(report.looks.get("parted", Counter()).most_common(20)),
        "examples cut off": dict(report.looks.get("hint", Counter()).most_common(20)),
        "running off the side": report.off_the_side,
        "layout shift, most in a state": max(report.shifts.values(), default=0.0),
        "layout shift by state": shifted,
        "console errors": report.complaints[:20],
        "requests outside": report.outside[:20],
    }  # fmt: skip


def first_views(browser: Any, site: Site, times: int = 7) -> dict[str, float]:
    """Milliseconds from the address to the page as it is to be read, each time in a browser that knows nothing yet."""
    took = []
    for _ in range(times):
        visitor = Visitor(browser, site, Watch())
        page = visitor.tab("ja", 1024, 768)
        _signed_in(page, site, "operator", "/")
        page.wait_for_selector(".a-ask-this")
        took.append(page.evaluate("performance.now()"))
        visitor.close()
    return {"median ms": round(statistics.median(took)), "slowest ms": round(max(took)), "times": times}


def delays(browser: Any, site: Site, times: int = 4) -> dict[str, float]:
    """Milliseconds from an answer's event in the service to the page that holds it, and to the next frame drawn."""
    in_page: list[float] = []
    drawn: list[float] = []
    site.runner.pause_s = 0.08
    visitor = Visitor(browser, site, Watch())
    page = visitor.tab("ja", 1024, 768)
    _signed_in(page, site, "operator", "/")
    for _ in range(times):
        sent: list[tuple[float, int, bool]] = []
        page.evaluate(ARRIVALS)
        ask(page, ASKED["ja"][0])
        wait_for(lambda: bool(site.seats.line.turns))
        turn = site.seats.line.turns[0]
        turn.watch(lambda: sent.append((time.time() * 1000, len(turn.view.pieces), turn.view.done)))  # noqa: B023
        wait_for(lambda: turn.view.done)  # noqa: B023
        page.wait_for_timeout(300)
        arrivals = page.evaluate("window.arrivals")
        for at, pieces, done in sent:
            came = next((one for one in arrivals if one[1] >= pieces and one[2] >= done and one[0] >= at - 5), None)
            if came is not None and (pieces or done):
                in_page.append(came[0] - at)
                drawn.append(came[3] - at)
        page.click("#new")
        page.wait_for_timeout(300)
    site.runner.pause_s = 0.0
    visitor.close()
    ordered = sorted(in_page)
    return {
        "events": len(in_page), "median ms": round(statistics.median(in_page), 1),
        "95 % ms": round(ordered[int(0.95 * (len(ordered) - 1))], 1), "slowest ms": round(ordered[-1], 1),
        "to the next frame, median ms": round(statistics.median(drawn), 1),
    }  # fmt: skip


def _signed_in(page: Any, site: Site, who: str, path: str) -> None:
    from browser_site import ACCOUNTS

    token = site.andon.accounts.sign_in(who, ACCOUNTS[who])
    page.context.add_cookies([{"name": "andon_session", "value": token, "url": site.address}])
    page.goto(site.address + path)
    page.wait_for_selector("html[data-ready] .a-top")


if __name__ == "__main__":
    main()
