"""Real manuals, asked through the browser: indexes open manual sets and asks twenty questions on the operator page.

    python -m tests.bench_open_manuals docs/results/open-manuals.json --shots DIR

Reads the sets from ANDON_SHARED_DATA, or ../shared/data beside the repository. Adds them with `andon index add`, serves
them with `andon serve`, asks with Chromium and saves a screenshot of each answer to DIR, to be looked at. The result
holds pages, passages and seconds of each set, and for each question whether the expected file is among the first
three quotes and how long its quote took.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from browser import CHROMIUM, FLAGS

ROOT = Path(__file__).resolve().parents[1]
ANDON = Path(sys.executable).parent / "andon"
SETS = {
    "linuxcnc-en": "linuxcnc-en/docs", "akari-ja": "akari-ja/docs", "odrive-en": "odrive-en/docs",
    "pdf-manuals": "pdf-manuals",
}  # fmt: skip
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
    args = parser.parse_args()
    data = Path(os.environ.get("ANDON_SHARED_DATA", ROOT.parent / "shared" / "data"))
    if not data.is_dir():
        sys.exit(f"The open manuals are not at {data}; set ANDON_SHARED_DATA.")
    args.shots.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "ANDON_DATA": folder, "ANDON_MODEL": args.model, "ANDON_PORT": "0"}
        sets = {name: add(data / place, environment) for name, place in SETS.items()}
        with serving(environment) as address:
            questions = ask_all(address, args.shots)
    found = sum(question["found"] for question in questions)
    report = {"sets": sets, "asked": len(questions), "expected_file_quoted": found, "questions": questions}
    args.result.write_text(json.dumps(report, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(report, ensure_ascii=False, indent=2))


def add(place: Path, environment: dict[str, str]) -> dict[str, Any]:
    """Index one set with the command a person would use; files that cannot be read are listed with the error's code."""
    start = time.perf_counter()
    files = run_json(environment, "index", "add", "--json", place)["files"]
    by_id = {manual["id"]: manual for manual in run_json(environment, "index", "list", "--json")["manuals"]}
    manuals = [by_id[file["manual"]] for file in files if "manual" in file]
    return {
        "files": len(manuals), "pages": sum(m["pages"] for m in manuals),
        "passages": sum(m["passages"] for m in manuals),
        "seconds": round(time.perf_counter() - start, 1),
        "not_read": {file["name"]: file["error"] for file in files if file["change"] == "failed"},
    }  # fmt: skip


def run_json(environment: dict[str, str], *command: str | Path) -> dict[str, Any]:
    """What an andon command prints as JSON; index add exits with 1 where a file cannot be read, and still prints."""
    done = subprocess.run([ANDON, *command], env=environment, capture_output=True, text=True, check=False)
    result: dict[str, Any] = json.loads(done.stdout)
    return result


@contextmanager
def serving(environment: dict[str, str]) -> Iterator[str]:
    """andon serve with one account; yields its address."""
    subprocess.run(
        [ANDON, "user", "add", "visitor"], env={**environment, "ANDON_NEW_PASSWORD": "visitor-password"}, check=True
    )
    unbuffered = {**environment, "PYTHONUNBUFFERED": "1"}
    process = subprocess.Popen([ANDON, "serve"], env=unbuffered, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        for line in process.stdout:
            if match := re.search(r"http://\S+", line):
                urllib.request.urlopen(match[0] + "/health", timeout=10).close()
                yield match[0]
                break
    finally:
        process.terminate()
        process.wait(20)


def ask_all(address: str, shots: Path) -> list[dict[str, Any]]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        page = browser.new_page(viewport={"width": 1024, "height": 1366}, locale="ja-JP")
        page.goto(address + "/login")
        page.fill("input[name=name]", "visitor")
        page.fill("input[name=password]", "visitor-password")
        page.press("input[name=password]", "Enter")
        rows = [ask(page, number, shots) for number in range(len(QUESTIONS))]
        browser.close()
    return rows


def ask(page: Any, number: int, shots: Path) -> dict[str, Any]:
    """Ask one question on the page and wait until the answer has ended."""
    name, question, expected = QUESTIONS[number]
    box = page.locator("textarea, input[type=text]").first
    box.fill(question)
    box.press("Enter")
    page.wait_for_selector(f"[data-question={json.dumps(question)}][data-done=true]", timeout=120_000)
    page.screenshot(path=shots / f"{number + 1:02d}-{name}.png", full_page=True)
    quoted = page.eval_on_selector_all("[data-file]", "nodes => nodes.map(node => node.dataset.file)")
    return {
        "set": name, "question": question, "expected": list(expected), "quoted": quoted,
        "found": any(file in expected for file in quoted[:3]),
    }  # fmt: skip


if __name__ == "__main__":
    main()
