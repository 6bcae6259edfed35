"""What a process of its own costs the model: counting, first word, whole answers and memory, against the same model in
the service's process; and how long it takes to come back after a crash.

    python -m tests.bench_isolation docs/results/isolation.json

Each way is measured in a Python process of its own with the bundled model, the two in turn, ``ROUNDS`` times; figures
are medians over all rounds. Memory is PSS of the process and its child in MiB. Linux only.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

from assistant.settings import ROOT
from edge.choose import make_runner
from edge.options import EdgeOptions
from edge.runner import Choice, Choices, Message, Runner, Sampling
from tests.bench_memory import pss, tree

MODEL = ROOT / "models" / "andon-slm-ja-en.q8_0.gguf"
ROUNDS = 3
PROMPTS = 12
TEXT = "[1] SC-9, 5.1 AL.{0}\n主電源 QS1 を OFF にして 15 分以上待つ。モータの動力線の絶縁抵抗を測る。\n" * 6
LINES = tuple(Choice(f"{n} 分以上待ってから、カバー {n} を外して確認する。", n / 10) for n in range(8))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("result", type=Path)
    parser.add_argument("--measure", choices=("here", "isolated"), help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.measure:
        print(json.dumps(measure(args.measure == "isolated")))
        return
    rounds: dict[str, list[dict[str, float]]] = {"here": [], "isolated": []}
    for _ in range(ROUNDS):
        for way, found in rounds.items():
            command = [sys.executable, "-m", "tests.bench_isolation", "-", "--measure", way]
            done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
            found.append(json.loads(done.stdout))
    report: dict[str, Any] = {
        way: {name: round(median(one[name] for one in found), 3) for name in found[0]} for way, found in rounds.items()
    }
    report["isolated minus here"] = {
        name: round(value - report["here"][name], 3) for name, value in report["isolated"].items()
        if name in report["here"]
    }  # fmt: skip
    args.result.write_text(json.dumps(report, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(report, ensure_ascii=False, indent=2))


def measure(isolated: bool) -> dict[str, float]:
    runner = make_runner(EdgeOptions(MODEL, threads=1, isolate=isolated))
    found = {"load_ms": _ms(runner.load)}
    found["count_new_ms"] = median(_ms(lambda n=n: runner.count_tokens(TEXT.format(n))) for n in range(100))
    found["count_again_ms"] = median(_ms(lambda n=n: runner.count_tokens(TEXT.format(n))) for n in range(100))
    free = Sampling(max_tokens=48)
    bound = Sampling(max_tokens=100, choices=Choices(LINES, most=2))
    for name, sampling in (("free", free), ("chosen", bound)):
        times = [_answer(runner, number, sampling) for number in range(PROMPTS)]
        found[f"{name}_first_ms"] = median(first for first, _ in times)
        found[f"{name}_whole_ms"] = median(whole for _, whole in times)
    found["memory_mib"] = sum(map(pss, tree(os.getpid())))
    if isolated:
        os.kill(runner.pid, signal.SIGKILL)  # type: ignore[attr-defined]
        while runner.pid:  # type: ignore[attr-defined]
            time.sleep(0.001)
        found["again_after_a_crash_ms"] = _ms(lambda: list(runner.stream(_prompt(0), Sampling(max_tokens=1))))
    runner.close()
    return found


def _prompt(number: int) -> tuple[Message, ...]:
    return Message("system", "Answer briefly."), Message("user", TEXT.format(number) + "AL-16 が出た。")


def _answer(runner: Runner, number: int, sampling: Sampling) -> tuple[float, float]:
    begin, first = time.perf_counter(), 0.0
    for piece in runner.stream(_prompt(number), sampling):
        first = first or (time.perf_counter() if piece.text else 0.0)
    return (first - begin) * 1000, (time.perf_counter() - begin) * 1000


def _ms(work: Callable[[], Any]) -> float:
    begin = time.perf_counter()
    work()
    return (time.perf_counter() - begin) * 1000


if __name__ == "__main__":
    main()
