"""Evaluating a model on two-choice items, and comparing two results item by item."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from assistant.build import open_runner
from assistant.settings import Settings
from edge.models import resolve
from training.errors import ItemsMissing
from training.two_choice.gguf_scorer import GgufScorer
from training.two_choice.items import read_items, some
from training.two_choice.scoring import PRIMARY, ChoiceScorer, as_rows, score_items, summary
from training.two_choice.statistics import compare_paired, holm
from training.two_choice.torch_scorer import TorchScorer

Json = dict[str, Any]


def evaluate(path: Path, settings: Settings, most: int, spoken: bool = False) -> Json:
    """Score ``settings.model`` on the items of ``path``: a transformers folder by torch, else a GGUF file by llama.cpp,
    which with ``spoken`` also answers in its own words."""
    items = some(read_items(path), most)
    folder = Path(settings.model)
    if (folder / "config.json").is_file():
        return _result(path, items, TorchScorer.of_folder(folder), None)
    runner = open_runner(settings) if spoken else None
    with closing(GgufScorer(resolve(settings.model, settings.models))) as scorer:
        try:
            return _result(path, items, scorer, runner)
        finally:
            if runner is not None:
                runner.close()


def _result(path: Path, items: Any, scorer: ChoiceScorer, runner: Any) -> Json:
    scored = score_items(items, scorer, runner)
    rows = [{**row, "pool": item.pool, "cluster": item.cluster, "right": result.right}
            for row, item, result in zip(as_rows(scored), items, scored, strict=True)]  # fmt: skip
    return {"what": "two-choice", "model": scorer.name, "file": path.name, **summary(items, scored), "items": rows}


def read_result(path: Path) -> Json:
    """A result of an earlier run. Raises ItemsMissing where the file is none."""
    try:
        result = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as reason:
        raise ItemsMissing(f"{path} cannot be read ({reason}).", "Give a file of andon train score --json.") from reason
    if not isinstance(result, dict) or result.get("what") != "two-choice":
        raise ItemsMissing(f"{path} is no result of andon train score.", "Give a file that it wrote with --json.")
    return result


def compare_results(old: Mapping[str, Any], new: Mapping[str, Any]) -> Json:
    """By pool and over all, on the items that both have: the paired difference by PRIMARY, with p adjusted for the
    number of pools. Raises ItemsMissing where they have none in common."""
    before = {row["id"]: row for row in old["items"]}
    both = [row for row in new["items"] if row["id"] in before]
    if not both:
        raise ItemsMissing("The two results have no item in common.", "Score both models on the same items.jsonl.")
    found: Json = {}
    for pool in ("all", *dict.fromkeys(row["pool"] for row in both)):
        own = [row for row in both if pool in ("all", row["pool"])]
        compared = compare_paired(
            [before[row["id"]]["right"] for row in own], [row["right"] for row in own], [row["cluster"] for row in own]
        )
        found[pool] = {name: getattr(compared, name) for name in type(compared).__slots__} | {"measure": PRIMARY}
    for pool, p in holm({pool: part["permuted"] for pool, part in found.items()}).items():
        found[pool]["adjusted"] = p
    return found
