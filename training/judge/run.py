"""A run of judging: a file of answers -> verdicts, figures and, with people's labels, the corrected share, as JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from assistant.build import open_runner
from assistant.settings import Settings
from edge.models import file_sha256, resolve
from edge.openai_api.options import is_endpoint, split_model
from training.errors import AnswersWrong
from training.judge.correction import agreement, correct
from training.judge.given import Given
from training.judge.labels import Labels
from training.judge.pair_wise import compare_all, pair_figures
from training.judge.point_wise import Judged, figures, judge_all
from training.judge.prompt import prompt_sha256
from training.judge.replies import Judge, Replies
from training.two_choice.statistics import wilson

VERSION = 1
Json = dict[str, Any]
Report = Callable[[int, int], None]


def open_judge(settings: Settings) -> Judge:
    """The model that ``settings.model`` names, an address or a GGUF file, loaded. Close its runner when done. Raises
    edge.errors."""
    runner = open_runner(settings)
    if runner is None:
        raise AnswersWrong("No judge is named.", "Name one: --judge http://HOST/v1#NAME, or a GGUF file.")
    try:
        runner.load()
        if is_endpoint(settings.model):
            return Judge(runner, runner.name, where=split_model(settings.model)[0])
        return Judge(runner, runner.name, file_sha256(resolve(settings.model, settings.models)))
    except BaseException:
        runner.close()
        raise


def judge_answers(
    rows: Sequence[Given], name: str, replies: Replies | None, labels: Labels | None = None,
    report: Report | None = None,
) -> Json:  # fmt: skip
    """The report over ``rows``, the answers of the file ``name``. Raises LabelsTooFew, JudgeRefused, JudgeFailed."""
    judged = judge_all(rows, replies, report)
    return {
        "what": "judged", "version": VERSION, "file": name, **_who(replies),
        "models": sorted({row.model for row in rows if row.model}),
        "figures": figures(judged, replies),
        "people": _people(judged, labels) if labels is not None else None,
        "rows": [one.as_row() for one in judged],
    }  # fmt: skip


def _who(replies: Replies | None) -> Json:
    judge = replies.judge if replies is not None else None
    told = {"name": judge.name, "weights": judge.weights, "where": judge.where} if judge is not None else None
    return {"judge": told, "prompt_sha256": prompt_sha256(), "temperature": 0}


def _people(judged: Sequence[Judged], labels: Labels) -> Json:
    """What people found, how they agree with the verdicts and each other, and the corrected share of the rest."""
    both = [(bool(one.right), labels.said[one.given.key]) for one in judged
            if one.right is not None and one.given.key in labels.said]  # fmt: skip
    rest = [bool(one.right) for one in judged if one.right is not None and one.given.key not in labels.said]
    right = sum(people for _, people in both)
    low, high = wilson(right, len(both))
    return {
        "labels": len(both), "other_answers": len(labels.said) - len(both), "disputed": labels.disputed,
        "found_right": [round(value, 4) for value in (right / max(1, len(both)), low, high)],
        "with_verdicts": agreement(both), "among_people": agreement(labels.pairs) if labels.pairs else None,
        "corrected": correct(rest, both).as_json(),
    }  # fmt: skip


def compare_answers(first: Sequence[Given], second: Sequence[Given], names: tuple[str, str], replies: Replies) -> Json:
    """The report of two files' answers held against each other."""
    compared = compare_all(first, second, replies)
    return {
        "what": "judged-pairs", "version": VERSION, "files": list(names), **_who(replies),
        "figures": pair_figures(compared), "rows": [asdict(one) for one in compared],
    }  # fmt: skip


def read_judged(path: Path) -> Json:
    """A report that this module wrote. Raises AnswersWrong where the file is none."""
    try:
        held = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as reason:
        raise AnswersWrong(
            f"{path} cannot be read ({reason}).", "Give a file that andon train judge wrote."
        ) from reason
    if not isinstance(held, Mapping) or held.get("what") != "judged":
        raise AnswersWrong(f"{path} is no result of andon train judge.", "Give a file that andon train judge wrote.")
    return dict(held)
