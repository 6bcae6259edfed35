"""andon train judge, facets, export-items: answers against references, what else they show, items for others."""

from __future__ import annotations

import json
import sys
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ui.terminal import Data, reader_lang, settings_with, tell
from ui.wording import say

if TYPE_CHECKING:
    from training.judge.given import Given
    from training.judge.labels import Labels
    from training.judge.replies import Replies


class Form(str, Enum):
    """Whose evaluation program an export is for."""

    lm_eval = "lm-eval"
    llm_jp_eval = "llm-jp-eval"


def judge(
    answers: Annotated[Path, typer.Argument(help="Answers as JSON lines, such as andon train answer writes.")],
    out: Annotated[Path, typer.Option("--out", help="JSON file for verdicts and figures.")],
    judge_model: Annotated[
        str,
        typer.Option("--judge", help="http://HOST/v1#NAME, or a GGUF file of another family; without: rules alone."),
    ] = "",
    against: Annotated[
        Path | None, typer.Option(help="Another model's answers to the same questions: which of the two is better.")
    ] = None,
    sheet: Annotated[
        Path | None, typer.Option(help="Write a random sample as CSV for people to fill in, and judge nothing.")
    ] = None,
    sheet_rows: Annotated[int, typer.Option(min=1, help="Rows of that sample.")] = 120,
    labels: Annotated[
        list[Path] | None, typer.Option(help="Filled-in sheets: the share right is corrected for the judge's mistakes.")
    ] = None,
    replies: Annotated[
        Path | None, typer.Option(help="File that keeps the judge's replies (default: beside --out).")
    ] = None,
    context: Annotated[int, typer.Option(min=1024, help="Context of the judge in tokens.")] = 4096,
    seed: Annotated[int, typer.Option(help="Decides which rows the sample holds.")] = 1,
    data: Data = None,
) -> None:
    """Judge answers against their references: codes, values and opposites by rules, the rest by a language model.

    Point by point, at temperature 0, reason first. With --against two models are compared in both orders; what changes
    with the order is a tie. What the judge said is kept; a second run asks only for what is new. The key of an endpoint
    comes from ANDON_MODEL_KEY; one outside private networks needs ANDON_ALLOW_REMOTE_MODEL, and the answers leave.
    """
    from training.judge.given import read_given
    from training.judge.labels import read_labels, write_sheet

    rows = read_given(answers)
    if sheet is not None:
        tell("train.sheet", rows=write_sheet(sheet, rows, sheet_rows, reader_lang(), seed), path=sheet)
        return
    said = read_labels(labels) if labels else None
    other = read_given(against) if against is not None else None
    kept = replies or out.with_suffix(".replies.jsonl")
    report = _judged(rows, answers, other, against, said, (judge_model, context, kept, data))
    _write_json(out, report)
    (_tell_pairs if other is not None else _tell_points)(report["figures"], report.get("people"))
    tell("train.written", path=out)


def facets(
    results: Annotated[
        list[Path], typer.Argument(help="Files of andon train judge, train score --json, or scores/ of train run.")
    ],
    out: Annotated[Path | None, typer.Option("--out", help="JSON file for all figures.")] = None,
    page: Annotated[Path | None, typer.Option(help="Page for people (Markdown).")] = None,
    against: Annotated[
        Path | None, typer.Option(help="A result to compare with, such as the model's before quantisation.")
    ] = None,
) -> None:
    """Show what a share of right answers hides: consistency over wordings, diversity, refusals, calibration.

    One row a result and never one weighted number. With --against also on how many items two runs get the same verdict.
    """
    from training.facets.results import read_results
    from training.facets.table import facets as facets_of
    from ui.facets_page import against_lines, facets_page, table_lines

    report = facets_of([read_results(path) for path in results], read_results(against) if against else None)
    lang = reader_lang()
    print("\n".join([*table_lines(report, lang), *against_lines(report, lang)]))
    if out is not None:
        _write_json(out, report)
        tell("train.written", path=out)
    if page is not None:
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(facets_page(report, lang), "utf-8")
        tell("train.written", path=page)


def export_items(
    items: Annotated[Path, typer.Argument(help="items.jsonl of andon train two-choice or of a run's data folder.")],
    out: Annotated[Path, typer.Option("--out", help="Folder for the files.")],
    form: Annotated[Form, typer.Option("--form", help="Whose program is to read them.")] = Form.lm_eval,
) -> None:
    """Write two-choice items as tasks of lm-evaluation-harness or as data sets of llm-jp-eval, by pool and language."""
    from training.exports.choice_rows import read_choices
    from training.exports.llm_jp_eval import write_datasets
    from training.exports.lm_eval import write_tasks

    written = (write_tasks if form is Form.lm_eval else write_datasets)(read_choices(items), out)
    for name, count in written.items():
        tell("train.rows", name=name, rows=count)
    tell("train.written", path=out)


def _judged(
    rows: list[Given], answers: Path, other: list[Given] | None, against: Path | None, said: Labels | None,
    how: tuple[str, int, Path, Path | None],
) -> dict[str, Any]:  # fmt: skip
    from training.errors import AnswersWrong
    from training.judge.replies import Replies
    from training.judge.run import compare_answers, judge_answers, open_judge

    model, context, kept, data = how
    if not model:
        if other is not None:
            raise AnswersWrong("Two models are compared by a judge.", "Name one: --judge http://HOST/v1#NAME")
        return judge_answers(rows, answers.name, None, said)
    opened = open_judge(settings_with(data=data, model=model, context_tokens=context))
    try:
        asked: Replies = Replies(opened, kept)
        if other is not None and against is not None:
            return compare_answers(rows, other, (answers.name, against.name), asked)
        return judge_answers(rows, answers.name, asked, said, _report)
    finally:
        opened.runner.close()


def _tell_points(figures: dict[str, Any], people: dict[str, Any] | None) -> None:
    if figures["not_asked"]:
        wrong = figures["judged"] - figures["right"]
        tell("train.rules_alone", right=figures["right"], wrong=wrong, left=figures["not_asked"])
        return
    share, low, high = (f"{100 * value:.1f}" for value in figures["share"] or (0, 0, 1))
    tell("train.judged", answers=figures["answers"], judged=figures["judged"], share=share, low=low, high=high)
    by = figures["by"]
    tell("train.judged_by", rules=by.get("rule", 0), judge=by.get("judge", 0), kept=figures["kept"])
    undecided = figures["answers"] - figures["judged"]
    if undecided:
        worst, best = (f"{100 * value:.1f}" for value in figures["if_missing"])
        failed = sum(figures["errors"].values())
        tell(
            "train.undecided", count=undecided, unparsable=figures["unparsable"], failed=failed, worst=worst, best=best
        )
    if people is not None:
        fixed = people["corrected"]
        share, low, high = (f"{100 * fixed[name]:.1f}" for name in ("share", "low", "high"))
        found = {name: f"{100 * fixed[name]:.0f}" for name in ("sensitivity", "specificity")}
        tell("train.corrected", share=share, low=low, high=high, labels=people["labels"], **found)


def _tell_pairs(figures: dict[str, Any], _: object) -> None:
    tell("train.pairs", pairs=figures["pairs"], first=figures["first"], second=figures["second"], ties=figures["tie"],
         p=figures["p"], changed=f"{100 * figures['changed_with_order']:.0f}")  # fmt: skip
    if figures["undecided"]:
        tell("train.pairs_undecided", count=figures["undecided"])


def _report(done: int, total: int) -> None:
    if sys.stderr.isatty():
        end = "\r\x1b[K" if done == total else ""
        print(f"\r\x1b[K{say('train.judging', reader_lang(), done=done, total=total)}", end=end, file=sys.stderr)


def _write_json(path: Path, value: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
