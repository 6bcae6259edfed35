"""Mining a prepared FAQ: train.jsonl of a folder -> pairs-RULE.jsonl, the report and the card beside it."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import cast

from edge.runner import Runner
from training.data.data_card import DataCard, write_rows
from training.data.index_vectors import LiveIndex, index_vectors
from training.data.prepare import read_part
from training.errors import RecipeInvalid
from training.mining.mine import mine
from training.mining.on_policy import sample
from training.mining.options import RULES, VIEWS, MiningOptions, Rule, View
from training.mining.report import MiningReport
from training.mining.rows import counts_by, row_of
from training.provenance import sha256_of

_OFF: Mapping[str, Callable[[MiningOptions], MiningOptions]] = {
    "window": lambda options: replace(options, margin=None, floor=None),
    "equivalence": lambda options: replace(options, doubtful=None),
    "length": lambda options: replace(options, length_ratio=None),
    "reciprocity": lambda options: replace(options, reciprocal=False),
    "product": lambda options: replace(options, other_products=True),
    "alike": lambda options: replace(options, alike=None),
    "quotas": lambda options: replace(options, quotas={"mined": 1.0}),
}
RULE = (
    "Only the part `train` is read: no fact that scores a model is chosen, rejected or shown here. "
    "A rejected answer is true of another question; the loss's label_smoothing should be the share that a person finds "
    "to be right after all in an audit of 100 rows."
)


def options_of(rule: str, without: Sequence[str], views: Sequence[str], seed: int) -> MiningOptions:
    """The options that a command line names. Raises RecipeInvalid."""
    for given, known, what in (([rule], RULES, "rule"), (views, VIEWS, "view"), (without, tuple(_OFF), "step")):
        for name in given:
            if name not in known:
                raise RecipeInvalid(f"There is no {what} {name!r}.", f"Known are: {', '.join(known)}.")
    options = MiningOptions(rule=cast(Rule, rule), seed=seed)
    if views:
        options = replace(options, views=cast("tuple[View, ...]", tuple(dict.fromkeys(views))))
    for step in without:
        options = _OFF[step](options)
    return options


def mine_folder(folder: Path, index: LiveIndex, options: MiningOptions, runner: Runner | None = None) -> MiningReport:
    """Mine ``folder``'s trained entries and write what came of it; vectors are remembered in ``vectors.npz``. With a
    ``runner`` its own wrong answers are rejected too."""
    entries, _ = read_part(folder, "train")
    vectors = index_vectors(entries, index, folder / "vectors.npz")
    said = sample(entries, runner, seed=options.seed) if runner is not None else []
    mined = mine(entries, vectors, options, said)
    rng = random.Random(f"{options.seed}:rows")
    rows = [row_of(one, entries, mined.groups.of, rng) for one in mined.rejections]
    rng.shuffle(rows)
    name = f"pairs-{options.rule}.jsonl"
    files = {name: write_rows(folder / name, rows)}
    report = mined.report
    (folder / f"mining-{options.rule}.json").write_text(
        json.dumps(report.as_json(), ensure_ascii=False, indent=1) + "\n", "utf-8"
    )
    (folder / f"mining-{options.rule}.md").write_text("\n".join(report.lines()) + "\n", "utf-8")
    DataCard(
        name=f"Rejected answers, rule {options.rule}",
        made_by=f"andon train mine --rule {options.rule}",
        licence="the site's own; as its source documents",
        inputs={"train.jsonl": sha256_of(folder / "train.jsonl")},
        funnel=[("candidates", report.candidates), ("rows", len(rows))],
        settings=asdict(options),
        files=files,
        rule=RULE,
        gaps=[] if runner is not None else ["No model was sampled: the share of on-policy rows is empty."],
        figures={"kinds": counts_by(rows, "neg_type"), "vectors": dict(vectors.counted)},
    ).write(folder, f"pairs-{options.rule}.card")
    return report
