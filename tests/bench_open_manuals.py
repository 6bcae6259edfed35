"""Real manuals, asked through the browser: indexes open manual sets and asks twenty questions on the operator page.

    python tests/bench_open_manuals.py docs/results/open-manuals.json --shots DIR [--model none] [--data FOLDER]

Reads the sets from ANDON_SHARED_DATA, or ../shared/data beside the repository. Adds them with `andon index add`, serves
them with `andon serve`, asks with Chromium and saves a screenshot of each answer to DIR, every quote unfolded, to be
looked at. The result holds pages, passages and seconds of each set, the files that were refused and why, the pages of
the others that gave no passage (scanned or drawn pages of a PDF that has text elsewhere), and for each question at
which place the expected file is quoted and how long the quote and the answer took in the browser. With --data the index
stays there, and a second run asks at once.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from browser import CHROMIUM, FLAGS

from assistant.settings import read_settings
from index.library import Library
from index.options import IndexOptions

ROOT = Path(__file__).resolve().parents[1]
ANDON = Path(sys.executable).parent / "andon"
SETS = {
    "linuxcnc-en": "linuxcnc-en/docs", "akari-ja": "akari-ja/docs", "odrive-en": "odrive-en/docs",
    "pdf-manuals": "pdf-manuals/*.pdf",
}  # fmt: skip
PATIENCE_MS = 120_000
ACCOUNT, PASSWORD = "visitor", "visitor-password"
PHONE_WIDTH, PHONE_HEIGHT = 390, 844  # CSS pixels of a common telephone; the first question of each set
# (set, question, files of which one must be quoted)
QUESTIONS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("akari-ja", "M5の画面が真っ暗なまま起動しない", ("troubleshoot/fix_m5.md",)),
    ("akari-ja", "webコンソールに繋がらない", ("troubleshoot/restart_akira.md",)),
    ("akari-ja", "Jupyter Notebookが立ち上がらないときは?", ("troubleshoot/jupyter_error.md",)),
    ("akari-ja", "ヘッドの向きを初期位置に戻したい", ("troubleshoot/reset_servo.md",)),
    ("akari-ja", "APIの実行に失敗する", ("troubleshoot/restart_rpc_server.md",)),
    ("akari-ja", "カメラの焦点範囲はどれくらい?", ("spec/hard_spec.md", "spec/hard_spec_light.md")),
    ("akari-ja", "ソフトを最新版に更新する手順", ("update/main.md",)),
    ("akari-ja", "FeetechサーボのIDを設定する方法", ("assembly_light/setup_soft/setup_feetech.md",)),
    ("akari-ja", "外部のパソコンから動かすにはどうする?", ("dev/remote_api/main.md",)),
    ("akari-ja", "モータのストールトルクはいくつ?", ("spec/hard_spec.md", "spec/hard_spec_light.md")),
    ("linuxcnc-en", "How do I check whether the latency of my PC is good enough?", ("install/latency-test.md",)),
    (
        "linuxcnc-en", "The stepper motor stalls at high speed, what can I tune?",
        ("motion/tweaking-steppers.md", "integrator/steppers.md", "config/stepper-diagnostics.md"),
    ),
    ("linuxcnc-en", "How is a G92 offset cleared?", ("gcode/coordinates.md", "gcode/g-code.md")),
    ("linuxcnc-en", "joint following error, what is the cause?", ("config/stepper-diagnostics.md",)),
    ("linuxcnc-en", "Can home and limit switch share one input?", ("config/ini-homing.md", "config/stepconf.md")),
    ("linuxcnc-en", "GS2 VFD parameters for serial communication", ("drivers/gs2.md",)),
    ("linuxcnc-en", "Which M code changes the tool?", ("gcode/m-code.md",)),
    ("linuxcnc-en", "How do I tune a PID loop?", ("motion/pid-theory.md",)),
    ("linuxcnc-en", "arc lost while cutting with QtPlasmaC", ("plasma/qtplasmac.md",)),
    ("linuxcnc-en", "How do timers work in ClassicLadder?", ("ladder/classic-ladder.md",)),
)  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("result", type=Path)
    parser.add_argument("--shots", type=Path, required=True)
    parser.add_argument("--model", default="andon-slm-ja-en")
    parser.add_argument("--data", type=Path)
    args = parser.parse_args()
    shared = Path(os.environ.get("ANDON_SHARED_DATA", ROOT.parent / "shared" / "data"))
    if not shared.is_dir():
        sys.exit(f"The open manuals are not at {shared}; set ANDON_SHARED_DATA.")
    args.shots.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as passing:
        folder = (args.data or Path(passing)).resolve()
        environment = {**os.environ, "ANDON_DATA": str(folder), "ANDON_MODEL": args.model, "ANDON_PORT": "0"}
        sets = {name: add(shared, place, environment) for name, place in SETS.items()}
        with serving(environment) as address:
            questions = ask_all(address, args.shots, names_by_id(environment))
    report = {"summary": summary(sets, questions, args.model), "sets": sets, "questions": questions}
    args.result.parent.mkdir(parents=True, exist_ok=True)
    args.result.write_text(json.dumps(report, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(report["summary"], ensure_ascii=False, indent=2))


def summary(sets: dict[str, Any], rows: list[dict[str, Any]], model: str) -> dict[str, Any]:
    quote_ms = sorted(row["quote_ms"] for row in rows)
    return {
        "files": sum(one["files"] for one in sets.values()),
        "pages": sum(one["pages"] for one in sets.values()),
        "passages": sum(one["passages"] for one in sets.values()),
        "files_refused": sum(len(one["refused"]) for one in sets.values()),
        "pages_without_passage": sum(
            len(pages) for one in sets.values() for pages in one["pages_without_passage"].values()
        ),
        "model": model,
        "asked": len(rows),
        "expected_file_first": sum(row["place"] == 1 for row in rows),
        "expected_file_in_first_3": sum(0 < row["place"] <= 3 for row in rows),
        "declined": sum(row["declined"] for row in rows),
        "quote_ms_median": statistics.median(quote_ms),
        "quote_ms_slowest": quote_ms[-1],
    }


def add(shared: Path, place: str, environment: dict[str, str]) -> dict[str, Any]:
    """Index one set with the command a person would use. Files that were refused are listed with code and message;
    a file that is neither in the index nor refused ends the benchmark."""
    paths = sorted(shared.glob(place)) if "*" in place else [shared / place]
    start = time.perf_counter()
    files = run_json(environment, "index", "add", "--json", *paths)["files"]
    seconds = time.perf_counter() - start
    by_id = {manual["id"]: manual for manual in manuals_of(environment)}
    manuals = [by_id[file["manual"]] for file in files if file["change"] != "failed"]
    return {
        "files": len(manuals), "pages": sum(m["pages"] for m in manuals),
        "passages": sum(m["passages"] for m in manuals), "seconds": round(seconds, 1),
        "changes": dict(Counter(file["change"] for file in files)),
        "pages_without_passage": silent_pages(manuals, environment),
        "refused": {
            file["name"]: {"error": file["error"], "message": file["message"]}
            for file in files
            if file["change"] == "failed"
        },
    }  # fmt: skip


def silent_pages(manuals: list[dict[str, Any]], environment: dict[str, str]) -> dict[str, list[int]]:
    """Of each manual of several pages, the pages from which nothing can be quoted; no command tells them."""
    options = IndexOptions(folder=read_settings(data=environment["ANDON_DATA"]).index_folder, embedder="none")
    silent = {}
    with Library(options) as library:
        for manual in manuals:
            quotable = {page for passage in library.passages(manual["id"]) for page in passage.pages}
            silent[manual["name"]] = [page for page in range(1, manual["pages"] + 1) if page not in quotable]
    return {name: pages for name, pages in silent.items() if pages}


def manuals_of(environment: dict[str, str]) -> list[dict[str, Any]]:
    manuals: list[dict[str, Any]] = run_json(environment, "index", "list", "--json")["manuals"]
    return manuals


def names_by_id(environment: dict[str, str]) -> dict[str, str]:
    return {manual["id"]: manual["name"] for manual in manuals_of(environment)}


def run_json(environment: dict[str, str], *command: str | Path) -> dict[str, Any]:
    """What an andon command prints as JSON; index add exits with 1 where a file cannot be read, and still prints."""
    done = subprocess.run([ANDON, *command], env=environment, stdout=subprocess.PIPE, text=True, check=False)
    if not done.stdout.strip():
        sys.exit(f"andon {command[0]} {command[1]} ended with {done.returncode} and printed nothing.")
    result: dict[str, Any] = json.loads(done.stdout)
    return result


@contextmanager
def serving(environment: dict[str, str]) -> Iterator[str]:
    """andon serve with one account; yields its address once it answers."""
    subprocess.run(
        [ANDON, "user", "add", ACCOUNT], env={**environment, "ANDON_NEW_PASSWORD": PASSWORD}, check=True,
        stdout=subprocess.DEVNULL,
    )  # fmt: skip
    unbuffered = {**environment, "PYTHONUNBUFFERED": "1"}
    process = subprocess.Popen([ANDON, "serve"], env=unbuffered, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        address = next((found[0] for line in process.stdout if (found := re.search(r"http://[\w.:]+", line))), "")
        if not address:
            sys.exit(f"andon serve ended with {process.wait(20)} before it answered.")
        yield address
    finally:
        process.terminate()
        process.wait(30)


def ask_all(address: str, shots: Path, names: dict[str, str]) -> list[dict[str, Any]]:
    """Ask every question on a page of its own, in the language of its set; first one that only warms up."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        context = browser.new_context(viewport={"width": 1024, "height": 1366})
        context.set_default_timeout(PATIENCE_MS)
        page = context.new_page()
        page.goto(address + "/login")
        page.fill("#name", ACCOUNT)
        page.fill("#password", PASSWORD)
        page.click("button.button")
        page.wait_for_selector("html[data-ready] #question textarea")
        put_question(page, address, "warm up", "en")
        rows = [ask(page, address, number, shots, names) for number in range(len(QUESTIONS))]
        for name in dict.fromkeys(name for name, _, _ in QUESTIONS):
            number = next(at for at, question in enumerate(QUESTIONS) if question[0] == name)
            page.set_viewport_size({"width": PHONE_WIDTH, "height": PHONE_HEIGHT})
            put_question(page, address, QUESTIONS[number][1], name[-2:])
            save(page, shots / f"{number + 1:02d}-{name}-phone.png")
        browser.close()
    return rows


def put_question(page: Any, address: str, question: str, lang: str) -> tuple[float, float]:
    """Ask on a fresh page and wait for the end of the answer: (ms until the quote stood there, ms until the end)."""
    page.context.add_cookies([{"name": "andon_lang", "value": lang, "url": address}])
    page.goto(address + "/")
    page.wait_for_selector("html[data-ready] #question textarea")
    page.fill("#question textarea", question)
    start = time.perf_counter()
    page.click("#send")
    page.wait_for_selector("#quotes .a-card:not(.a-welcome)")
    quoted = time.perf_counter()
    page.wait_for_selector("#answer .a-times")  # stands there once the answer has ended, also where it was declined
    return (quoted - start) * 1000, (time.perf_counter() - start) * 1000


def ask(page: Any, address: str, number: int, shots: Path, names: dict[str, str]) -> dict[str, Any]:
    name, question, expected = QUESTIONS[number]
    quote_ms, total_ms = put_question(page, address, question, name[-2:])
    quoted = [file_of(href, names) for href in hrefs(page, "[id^=quote-] a.a-open")]
    nearest = [] if quoted else [file_of(href, names) for href in hrefs(page, "#quotes a.a-open")]
    place = next((at for at, file in enumerate(quoted, 1) if file in expected), 0)
    save(page, shots / f"{number + 1:02d}-{name}.png")
    return {
        "set": name, "question": question, "expected": list(expected), "quoted": quoted, "place": place,
        "declined": not quoted, "nearest_where_declined": nearest,
        "answer": page.locator("#answer .a-sentence").all_inner_texts(),
        "verdict": " ".join(page.locator("#answer .a-verdict").all_inner_texts()),
        "quote_ms": round(quote_ms), "total_ms": round(total_ms),
    }  # fmt: skip


def save(page: Any, path: Path) -> None:
    """A screenshot of the whole page, every folded quote opened."""
    page.eval_on_selector_all("#quotes details", "all => all.forEach(one => { one.open = true; })")
    page.screenshot(path=path, full_page=True)


def hrefs(page: Any, selector: str) -> list[str]:
    found: list[str] = page.eval_on_selector_all(selector, "links => links.map(link => link.getAttribute('href'))")
    return found


def file_of(href: str, names: dict[str, str]) -> str:
    """The file name of the manual that a card links to: "/manuals/ID/original#page=1"."""
    return names[href.split("/")[2]]


if __name__ == "__main__":
    main()
