"""Files for llm-jp-eval: two-choice items in its common form, each item in both orders so that a taste for one place
earns half.

The form (instruction, output_length, metrics, few_shots, samples of input and output) is that of its documentation for
own data sets (DATASET.md there).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from index.passage import Lang
from training.exports.choice_rows import ChoiceRow, by_pool_and_lang

METRICS = ["exact_match"]
OUTPUT_TOKENS = 1
INSTRUCTION: Mapping[Lang, str] = {
    "ja": "工場設備についての質問と 2 つの選択肢を読み、正しい方の番号(0 または 1)だけを出力してください。",
    "en": "Read the question about a machine of a factory and the two choices. Output only the number of the right one "
    "(0 or 1).",
}
_INPUT: Mapping[Lang, str] = {
    "ja": "質問: {question}\n選択肢:\n0: {first}\n1: {second}",
    "en": "Question: {question}\nChoices:\n0: {first}\n1: {second}",
}


def write_datasets(rows: Sequence[ChoiceRow], out: Path, name: str = "andon_two_choice") -> dict[str, int]:
    """NAME_POOL_LANG.json for each pool and language into ``out``; how many samples each has, two an item."""
    out.mkdir(parents=True, exist_ok=True)
    written: dict[str, int] = {}
    for (pool, lang), own in by_pool_and_lang(rows).items():
        dataset = f"{name}_{pool}_{lang}"
        held = dataset_of(own, lang)
        (out / f"{dataset}.json").write_text(json.dumps(held, ensure_ascii=False, indent=1) + "\n", "utf-8")
        written[dataset] = len(held["samples"])
    return written


def dataset_of(rows: Sequence[ChoiceRow], lang: Lang) -> dict[str, Any]:
    """Without examples before the question: each would be an item that must not be shown."""
    return {
        "instruction": INSTRUCTION[lang],
        "output_length": OUTPUT_TOKENS,
        "metrics": METRICS,
        "few_shots": [],
        "samples": [_sample(shown) for row in rows for shown in (row, row.turned())],
    }


def _sample(row: ChoiceRow) -> dict[str, str]:
    first, second = row.choices
    asked = _INPUT[row.lang].format(question=row.question, first=first, second=second)
    return {"input": asked, "output": str(row.label)}
