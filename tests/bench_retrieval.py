"""Retrieval as the product does it, with the default settings: over the demo plant, and over open text.

    python -m tests.bench_retrieval docs/results/retrieval-demo.json --demo
    python -m tests.bench_retrieval docs/results/retrieval-open.json [--sets klipper jsquad ...] [--sample 600]
                                    [--against OLD.json]

Writes the figures, and beside them the same as a page (.md). --demo asks demo/questions.jsonl (for scoring only),
demo/faq.jsonl and demo/development.jsonl, each reported apart. The open sets are those of tests/retrieval_sets.py, in
English, in Japanese, and with English titles asked of Japanese pages, read from ANDON_SHARED_DATA, or ../shared/data
beside the repository; and the half of what operators ask (tests/asked_sets.py) that nothing is tuned on. All are for
scoring only.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from assistant.build import open_library
from assistant.evaluation.compare import compare, read_run
from assistant.evaluation.questions import Question, QuestionFile, read_questions
from assistant.evaluation.retrieval import evaluate_retrieval
from assistant.settings import ROOT, read_settings
from index.library import Library
from tests.asked_sets import DIRECTIONS, asked_set
from tests.retrieval_sets import SETS, RetrievalSet, klipper_ja, manuals_of
from ui.evaluation_page import retrieval_page

DEMO = ("questions", "faq", "development")
OPEN: dict[str, Callable[[Path], RetrievalSet]] = {**SETS, "klipper-ja": klipper_ja}
OPEN |= {f"asked-{pair[0]}-{pair[1]}": lambda data, pair=pair: asked_set("held_back", *pair) for pair in DIRECTIONS}
DEFAULT = (
    *(name for name in OPEN if name.startswith("asked-")),
    "klipper",
    "klipper-ja",
    "jsquad",
    "dynamics-xling",
    "bugcheck-xling",
    "bugcheck-names-xling",
)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("result", type=Path)
    parser.add_argument("--demo", action="store_true")
    parser.add_argument("--sets", nargs="+", choices=list(OPEN), default=list(DEFAULT))
    parser.add_argument("--sample", type=int, default=600, help="questions of JSQuAD; 0 asks all")
    parser.add_argument("--embedder")
    parser.add_argument("--against", type=Path)
    args = parser.parse_args()
    earlier = read_run(args.against) if args.against else None
    report = of_demo(args.embedder) if args.demo else of_open_text(args.sets, args.sample, args.embedder)
    if earlier is not None:
        report["against"] = compare(earlier, report)
    args.result.parent.mkdir(parents=True, exist_ok=True)
    args.result.write_text(json.dumps(report, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    given = "--demo" if args.demo else f"--sets {' '.join(args.sets)} --sample {args.sample}"
    page = retrieval_page(report, "en", f"python -m tests.bench_retrieval {args.result} {given}")
    args.result.with_suffix(".md").write_text(page, encoding="utf-8")
    for file in report["files"]:
        print(json.dumps({file["file"]: file["ranks"]["all"]}), flush=True)


def of_demo(embedder: str | None) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder, opened(Path(folder), embedder) as library:
        for file in sorted((ROOT / "demo/manuals").glob("*.pdf")):
            library.add(file)
        return evaluate_retrieval(library, [read_questions(ROOT / f"demo/{name}.jsonl") for name in DEMO])


def of_open_text(names: list[str], sample: int, embedder: str | None) -> dict[str, Any]:
    """Each set in a library of its own; the figures of all in one report."""
    data = Path(os.environ.get("ANDON_SHARED_DATA") or ROOT.parent / "shared" / "data")
    if not data.is_dir():
        sys.exit(f"The open text is not at {data}; set ANDON_SHARED_DATA.")
    reports = []
    for name in names:
        one = OPEN[name](data).sampled(sample if name == "jsquad" else 0)
        with tempfile.TemporaryDirectory() as folder, opened(Path(folder), embedder) as library:
            add_manuals(library, one, Path(folder))
            reports.append(evaluate_retrieval(library, [as_questions(one)]))
        print(json.dumps({name: reports[-1]["files"][0]["ranks"]["all"]}), flush=True)
    together = {
        **reports[0],
        **{part: [row for report in reports for row in report[part]] for part in ("files", "questions")},
    }
    return {**together, **{part: sum(report[part] for report in reports) for part in ("manuals", "passages")}}


def opened(folder: Path, embedder: str | None) -> Library:
    return open_library(read_settings(data=folder / "data", embedder=embedder), write=True)


def add_manuals(library: Library, one: RetrievalSet, folder: Path) -> None:
    for manual, text in manuals_of(one.targets).items():
        file = folder / manual
        file.write_text(text, encoding="utf-8")
        library.add(file)


def as_questions(one: RetrievalSet) -> QuestionFile:
    """The set's questions; a target is the section under its neutral heading, or a whole page."""
    questions = []
    for number, asked in enumerate(one.questions, start=1):
        target = one.targets[asked.target]
        questions.append(
            Question(f"{one.name}-{number}", asked.text, one.asked_in, manual=target.manual, section=target.place)
        )
    return QuestionFile(one.name, "", tuple(questions))


if __name__ == "__main__":
    main()
