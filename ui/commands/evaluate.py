"""andon evaluate: how well this library's manuals are found."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from ui.terminal import Data, reader_lang, settings_with, tell
from ui.wording import say

app = typer.Typer(help="Measure how well the manuals are found.", no_args_is_help=True)


@app.command("retrieval")
def retrieval(
    questions: Annotated[
        list[Path], typer.Argument(help="Question files: JSONL, CSV, TSV or XLSX (docs/evaluate.md tells the columns).")
    ],
    as_json: Annotated[Path | None, typer.Option("--json", help="Write all figures and ranks to this file.")] = None,
    page: Annotated[
        Path | None, typer.Option("--page", help="Write a page for people (Markdown) to this file.")
    ] = None,
    against: Annotated[
        Path | None, typer.Option("--against", help="Compare with an earlier result that --json wrote.")
    ] = None,
    data: Data = None,
) -> None:
    """Ask the questions of the manuals in the data folder and measure where the right passages stand.

    Recall, MRR and nDCG with intervals, by language, kind and code; how well answerable questions are told from others;
    time; the misses. With --against, what changed and whether chance explains it.
    """
    from assistant.build import open_library
    from assistant.evaluation.compare import compare, read_run
    from assistant.evaluation.questions import read_questions
    from assistant.evaluation.retrieval import evaluate_retrieval
    from ui.evaluation_page import comparison_lines, retrieval_page, summary_lines

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
        print("\n".join(("", *comparison_lines(report["against"], lang))))
    if as_json is not None:
        _write(as_json, json.dumps(report, ensure_ascii=False, indent=1) + "\n")
    if page is not None:
        command = " ".join(["andon evaluate retrieval", *(str(path) for path in questions)])
        _write(page, retrieval_page(report, lang, command))


@app.callback()
def evaluate() -> None:
    """Measure how well the manuals are found."""


def _report_asked(done: int, total: int) -> None:
    if sys.stderr.isatty():
        end = "\r\x1b[K" if done == total else ""
        print(f"\r\x1b[K{say('evaluate.asking', reader_lang(), done=done, total=total)}", end=end, file=sys.stderr)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    tell("evaluate.written", path=path)
