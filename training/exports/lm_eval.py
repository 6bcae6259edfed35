"""Tasks for lm-evaluation-harness: a YAML and a JSON lines file for each pool and language, and a group over all.

Written from the harness's task guide (docs/task_guide.md there). ``target_delimiter`` is a space by default, which no
Japanese answer begins with, so it is empty for Japanese. ``acc`` goes by the sum of log-probabilities, ``acc_norm`` by
the sum a character, as this program's own primary measure does, ``acc_bytes`` by that a byte.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from index.passage import Lang
from training.exports.choice_rows import ChoiceRow, by_pool_and_lang

VERSION = 1
METRICS = ("acc", "acc_norm", "acc_bytes")
_ASKED: Mapping[Lang, str] = {"ja": "質問: {{question}}\n回答:", "en": "Question: {{question}}\nAnswer:"}
_DELIMITER: Mapping[Lang, str] = {"ja": "", "en": " "}


def write_tasks(rows: Sequence[ChoiceRow], out: Path, name: str = "andon_two_choice") -> dict[str, int]:
    """NAME_POOL_LANG.yaml and .jsonl for each, NAME.yaml as their group, into ``out``; how many items each task has.
    The data files are named relative to ``out``, from where the harness must be started."""
    out.mkdir(parents=True, exist_ok=True)
    written: dict[str, int] = {}
    for (pool, lang), own in by_pool_and_lang(rows).items():
        task = f"{name}_{re.sub('[^a-z0-9]+', '_', pool.lower())}_{lang}"
        lines = [json.dumps({"id": row.id, "question": row.question, "choices": list(row.choices), "label": row.label},
                            ensure_ascii=False) for row in own]  # fmt: skip
        (out / f"{task}.jsonl").write_text("\n".join(lines) + "\n", "utf-8")
        (out / f"{task}.yaml").write_text(as_yaml(task_of(task, lang)), "utf-8")
        written[task] = len(own)
    (out / f"{name}.yaml").write_text(as_yaml(group_of(name, list(written))), "utf-8")
    return written


def task_of(task: str, lang: Lang) -> dict[str, Any]:
    return {
        "task": task,
        "dataset_path": "json",
        "dataset_kwargs": {"data_files": {"test": f"{task}.jsonl"}},
        "test_split": "test",
        "output_type": "multiple_choice",
        "doc_to_text": _ASKED[lang],
        "doc_to_choice": "choices",
        "doc_to_target": "label",
        "target_delimiter": _DELIMITER[lang],
        "num_fewshot": 0,
        "metric_list": [{"metric": metric, "aggregation": "mean", "higher_is_better": True} for metric in METRICS],
        "metadata": {"version": VERSION},
    }


def group_of(name: str, tasks: Sequence[str]) -> dict[str, Any]:
    """The pools are never averaged: a model that was trained on one must be at chance on another."""
    return {"group": name, "task": list(tasks), "metadata": {"version": VERSION}}


def as_yaml(value: Mapping[str, Any]) -> str:
    """A mapping as YAML, of which JSON is a part: each value stands as JSON behind its key, so that nothing is read as
    another type than it is."""
    return "".join(f"{key}: {json.dumps(held, ensure_ascii=False)}\n" for key, held in value.items())
