"""The whole assistant on the demo questions and on 200 over open manuals, each over its own library.

    python -m tests.bench_answers docs/results/answers.json [--model ID] [--data FOLDER] [--against OLD.json]

With --data the index of the open manuals stays in that folder, and a second run asks at once. Beside the result lies
the page for people. demo/questions.jsonl and tests/data/open_questions.jsonl are for scoring only.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))  # tests are flat: their modules are named without the folder

from open_library import ROOT, add_manuals, manual_files, write_questions

from assistant.build import build
from assistant.evaluation.answers import evaluate_answers
from assistant.evaluation.compare import compare_answers, read_run
from assistant.evaluation.questions import read_questions
from assistant.heap import settle
from assistant.settings import read_settings
from index.library import Library
from ui.answers_page import answer_summary, answers_page


def evaluate(data: Path, model: str | None, fill: Callable[[Library], object], questions: Path) -> dict[str, Any]:
    """The report on ``questions``; ``fill`` adds the manuals where the library is still empty."""
    andon = build(read_settings(data=data, model=model), write=True)
    try:
        if andon.model_problem:
            print(andon.model_problem, file=sys.stderr)
        if not andon.library.manuals():
            begin = time.perf_counter()
            fill(andon.library)
            print(f"indexed in {time.perf_counter() - begin:.0f} s", file=sys.stderr, flush=True)
        settle()  # as the service does
        return evaluate_answers(andon.assistant, [read_questions(questions)], _tell)
    finally:
        andon.close()


def add_demo(library: Library) -> None:
    for file in sorted((ROOT / "demo/manuals").glob("*.pdf")):
        library.add(file)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("result", type=Path)
    parser.add_argument("--model")
    parser.add_argument("--data", type=Path)
    parser.add_argument("--against", type=Path)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        report = evaluate(scratch / "demo", args.model, add_demo, ROOT / "demo/questions.jsonl")
        if any(manual_files()):
            questions = write_questions(scratch / "open_questions.jsonl")
            other = evaluate(args.data or scratch / "open", args.model, add_manuals, questions)
            for row in other["questions"]:
                row["answer"] = ""  # the manuals' own words stay with the manuals: they have their own licences
            for part in ("files", "questions"):
                report[part] += other[part]
            for count in ("manuals", "passages"):
                report[count] += other[count]
        else:
            print("The open manuals are not here (ANDON_SHARED_DATA): the demo alone.", file=sys.stderr)
    if args.against is not None:
        report["against"] = compare_answers(read_run(args.against, "answers"), report)
    args.result.parent.mkdir(parents=True, exist_ok=True)
    args.result.write_text(json.dumps(report, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    command = f"python -m tests.bench_answers {args.result}"
    args.result.with_suffix(".md").write_text(answers_page(report, "en", command), encoding="utf-8")
    print("\n".join(answer_summary(report, "en")))


def _tell(done: int, total: int) -> None:
    if done % 20 == 0:
        print(f"{done}/{total}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
