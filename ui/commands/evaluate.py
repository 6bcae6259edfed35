"""andon evaluate: how well this library's manuals are found, and questions answered."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from ui.terminal import Data, reader_lang, settings_with, tell
from ui.wording import say

app = typer.Typer(help="Measure how well the manuals are found and questions are answered.", no_args_is_help=True)


Questions = Annotated[
    list[Path], typer.Argument(help="Question files: JSONL, CSV, TSV or XLSX (docs/evaluate.md tells the columns).")
]
ToJson = Annotated[Path | None, typer.Option("--json", help="Write all figures and questions to this file.")]
ToPage = Annotated[Path | None, typer.Option("--page", help="Write a page for people (Markdown) to this file.")]
Against = Annotated[Path | None, typer.Option("--against", help="Compare with an earlier result that --json wrote.")]


@app.command("retrieval")
def retrieval(
    questions: Questions, as_json: ToJson = None, page: ToPage = None, against: Against = None, data: Data = None
) -> None:
    """Ask the questions of the manuals in the data folder and measure where the right passages stand.

    Recall, MRR and nDCG with intervals, by language, kind and code; how well answerable questions are told from others;
    time; the misses. With --against, what changed and whether chance explains it.
    """
    from assistant.build import open_library
    from assistant.evaluation.compare import compare, read_run
    from assistant.evaluation.questions import read_questions
    from assistant.evaluation.retrieval import evaluate_retrieval
    from ui.evaluation_page import retrieval_comparison, retrieval_page, summary_lines

    files = [read_questions(path) for path in questions]
    earlier = read_run(against) if against is not None else None
    library = open_library(settings_with(data=data))
    try:
        report = evaluate_retrieval(library, files, _report_asked)
    finally:
        library.close()
    if earlier is not None:
        report["against"] = compare(earlier, report)
    lang = reader_lang()
    for line in summary_lines(report, lang):
        print(line)
    if earlier is not None:
        print("\n".join(("", *retrieval_comparison(report["against"], lang))))
    _keep(report, as_json, page, retrieval_page(report, lang, _command("retrieval", questions)))


@app.command("answers")
def answers(
    questions: Questions, as_json: ToJson = None, page: ToPage = None, against: Against = None, data: Data = None
) -> None:
    """Ask the questions of the whole assistant, with its language model, and measure what reaches the reader.

    Facts in quote and answer, citations, sentences without support, what is declined, language, time to the quote, the
    first sentence and the end, with intervals, by language and kind; the failures. With --against, what changed and
    whether chance explains it. No question is recorded.
    """
    from assistant.build import build
    from assistant.evaluation.answers import evaluate_answers
    from assistant.evaluation.compare import compare_answers, read_run
    from assistant.evaluation.questions import read_questions
    from ui.answers_page import answer_summary, answers_comparison, answers_page

    files = [read_questions(path) for path in questions]
    earlier = read_run(against, "answers") if against is not None else None
    andon = build(settings_with(data=data))
    try:
        for problem in (andon.model_problem, andon.embedder_problem):
            if problem:
                print(problem, file=sys.stderr)
        report = evaluate_answers(andon.assistant, files, _report_asked)
    finally:
        andon.close()
    if earlier is not None:
        report["against"] = compare_answers(earlier, report)
    lang = reader_lang()
    for line in answer_summary(report, lang):
        print(line)
    if earlier is not None:
        print("\n".join(("", *answers_comparison(report["against"], lang))))
    _keep(report, as_json, page, answers_page(report, lang, _command("answers", questions)))


@app.callback()
def evaluate() -> None:
    """Measure how well the manuals are found and questions are answered."""


def _report_asked(done: int, total: int) -> None:
    if sys.stderr.isatty():
        end = "\r\x1b[K" if done == total else ""
        print(f"\r\x1b[K{say('evaluate.asking', reader_lang(), done=done, total=total)}", end=end, file=sys.stderr)


def _command(name: str, questions: list[Path]) -> str:
    return " ".join([f"andon evaluate {name}", *(str(path) for path in questions)])


def _keep(report: dict[str, Any], as_json: Path | None, page: Path | None, written: str) -> None:
    """Write the report and its page to the files that were asked for."""
    if as_json is not None:
        _write(as_json, json.dumps(report, ensure_ascii=False, indent=1) + "\n")
    if page is not None:
        _write(page, written)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    tell("evaluate.written", path=path)
