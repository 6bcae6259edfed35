"""andon train answer: the same questions closed book and through the product, as figures and as answers to judge."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from ui.terminal import Data, reader_lang, settings_with, tell
from ui.wording import say


def answer(
    questions: Annotated[
        list[Path],
        typer.Argument(help="Question files (docs/evaluate.md), or dev.jsonl and others of andon train faq."),
    ],
    out: Annotated[Path, typer.Option("--out", help="Folder for the answers and figures.")],
    model: Annotated[
        str, typer.Option(help="Model to ask: an id of models.toml, a GGUF file or an address (default: the setting).")
    ] = "",
    data: Data = None,
) -> None:
    """Ask a model the same questions closed book and through the product, with the manuals of the data folder.

    Writes closed-book.jsonl and manuals.jsonl, which andon train judge takes, and ways.json: facts told and refusals in
    each way, and the paired gain. No question is recorded.
    """
    from assistant.build import build
    from edge.models import file_sha256, resolve
    from edge.openai_api.options import is_endpoint
    from training.judge.given import write_given
    from training.judge.ways import CLOSED, MANUALS, ask_both_ways

    settings = settings_with(data=data, **({"model": model} if model else {}))
    andon = build(settings)
    try:
        if andon.model_failure is not None:
            raise andon.model_failure
        local = settings.model != "none" and not is_endpoint(settings.model)
        weights = file_sha256(resolve(settings.model, settings.models)) if local else ""
        ways = ask_both_ways(andon.assistant, questions, weights, _report)
    finally:
        andon.close()
    out.mkdir(parents=True, exist_ok=True)
    for name, way in (("closed-book", CLOSED), ("manuals", MANUALS)):
        write_given(out / f"{name}.jsonl", ways.given[way])
    (out / "ways.json").write_text(json.dumps(ways.report, ensure_ascii=False, indent=1) + "\n", "utf-8")
    _tell(ways.report)
    tell("train.written", path=out)


def _tell(report: dict[str, Any]) -> None:
    lang = reader_lang()
    for way, figures in report["ways"].items():
        if figures["right"] is not None:
            share, low, high = (f"{100 * value:.1f}" for value in figures["right"])
            name = say(f"ways.{way}", lang)
            tell("train.way", way=name, share=share, low=low, high=high, count=figures["told_by_facts"])
    for way, gained in report["gain_on_closed_book"].items():
        if gained is not None:
            share, low, high = (f"{100 * value:+.1f}" for value in gained["difference"])
            tell("train.way_gain", way=say(f"ways.{way}", lang), share=share, low=low, high=high, p=gained["p"])
    if report["left_out"]:
        tell("train.ways_left_out", count=report["left_out"])


def _report(done: int, total: int) -> None:
    if sys.stderr.isatty():
        end = "\r\x1b[K" if done == total else ""
        print(f"\r\x1b[K{say('evaluate.asking', reader_lang(), done=done, total=total)}", end=end, file=sys.stderr)
