"""Bench of task tuning: a teacher writes, filters decide, and a model judges the hand-written texts.

Both models are what the setting ``model`` takes. Where enough texts were kept and a base is named, the base is tuned on
them and compared with itself; else the record says why not. Run:

    python -m tests.bench_tasks docs/results/tasks.json [--teacher MODEL] [--model MODEL] [--count 16] [--base FOLDER]

The bundled model, which is the default of both, is no teacher: the record shows what the filters make of it.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from assistant.build import open_runner  # noqa: E402
from assistant.settings import read_settings  # noqa: E402
from edge.runner import Runner  # noqa: E402
from training.tasks.evaluate import Asked, result_of  # noqa: E402
from training.tasks.generate import REJECTS, TEXTS, Wanted, generate  # noqa: E402
from training.tasks.handwritten import read_items  # noqa: E402
from training.tasks.judges import Speak, by_folder, by_runner, judge  # noqa: E402
from training.tasks.rows import ROWS, make_rows  # noqa: E402
from training.tasks.task import Task, read_task  # noqa: E402
from training.tasks.tune import Tuning, tune  # noqa: E402
from training.teacher import Teacher  # noqa: E402

TASKS = ("loto", "insurance")
FEWEST = 64  # texts worth tuning on


@dataclass(frozen=True)
class Given:
    teacher: Runner
    model: Runner
    count: int
    base: Path | None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--teacher", default="")
    parser.add_argument("--model", default="")
    parser.add_argument("--count", type=int, default=16)
    parser.add_argument("--base", type=Path)
    asked = parser.parse_args()
    model = opened(asked.model)
    given = Given(opened(asked.teacher) if asked.teacher else model, model, asked.count, asked.base)
    found = {name: one_task(read_task(name), given) for name in TASKS}
    record = {"repeat": "python -m tests.bench_tasks docs/results/tasks.json", "tasks": found}
    asked.out.write_text(json.dumps(record, ensure_ascii=False, indent=1) + "\n", "utf-8")


def opened(name: str) -> Runner:
    runner = open_runner(read_settings(**({"model": name} if name else {})))
    assert runner is not None
    runner.load()
    return runner


def one_task(task: Task, given: Given) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder)
        judged = evaluated(task, given.model.name, by_runner(task, given.model), None)
        print(task.name, judged["accuracy"], judged["unread"], f"{judged['seconds']} s", flush=True)
        teacher = Teacher(given.teacher, out / "replies.jsonl", max_tokens=300)
        start = time.monotonic()
        made = generate(task, Wanted(given.count), teacher, teacher, out, lambda news: None)
        seconds = round(time.monotonic() - start, 1)
        written = {"teacher": given.teacher.name, "asked": given.count, "kept": len(made.kept),
                   "rejected": made.rejected, "requests": teacher.asked, "seconds": seconds,
                   "a_reject": first_of(out / REJECTS)}  # fmt: skip
        print(task.name, written, flush=True)
        return {"judged": judged, "generated": written, "tuned": tuned(task, given, out, len(made.kept))}


def tuned(task: Task, given: Given, out: Path, kept: int) -> dict[str, Any]:
    if given.base is None or kept < FEWEST:
        return {"not": f"{kept} texts kept, {FEWEST} wanted; base {given.base}"}
    make_rows(task, out / TEXTS, out / ROWS, 1)
    before = evaluated(task, "base", by_folder(given.base), None)
    report = tune(task, out / ROWS, out, Tuning(given.base), lambda news: None)
    after = evaluated(task, "tuned", by_folder(out / "sft" / "model"), before)
    return {"stage": report, "before": before, "after": after}


def evaluated(task: Task, name: str, speak: Speak, earlier: dict[str, Any] | None) -> dict[str, Any]:
    start = time.monotonic()
    judged = list(judge(task, read_items(task), speak))
    return result_of(task, judged, Asked(name, time.monotonic() - start), earlier)


def first_of(path: Path) -> dict[str, Any] | None:
    lines = path.read_text("utf-8").splitlines()
    if not lines:
        return None
    held: dict[str, Any] = json.loads(lines[0])
    return {**held, "text": held["text"][:200]}


if __name__ == "__main__":
    main()
