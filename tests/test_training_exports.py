"""Exports: the YAML holds only keys that the harness documents and its templates yield the items; JSON both orders."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import pytest
import yaml
from jinja2 import Environment, StrictUndefined
from typer.testing import CliRunner

from training.errors import ItemsMissing
from training.exports.choice_rows import ChoiceRow, read_choices
from training.exports.llm_jp_eval import dataset_of, write_datasets
from training.exports.lm_eval import METRICS, write_tasks
from training.two_choice.items import Item, write_items
from ui.cli import app

# the fields of a task in lm-evaluation-harness's docs/task_guide.md, and of a group there
TASK_KEYS = {
    "task", "task_alias", "tag", "dataset_path", "dataset_name", "dataset_kwargs", "training_split", "validation_split",
    "test_split", "fewshot_split", "process_docs", "use_prompt", "description", "doc_to_text", "doc_to_target",
    "doc_to_choice", "fewshot_delimiter", "target_delimiter", "num_fewshot", "batch_size", "metric_list", "output_type",
    "generation_kwargs", "repeats", "filter_list", "should_decontaminate", "doc_to_decontamination_query", "metadata",
}  # fmt: skip
GROUP_KEYS = {"group", "group_alias", "task", "aggregate_metric_list", "metadata"}
OUTPUT_TYPES = {"generate_until", "loglikelihood", "loglikelihood_rolling", "multiple_choice"}

ITEMS = [
    Item("a>b", "搬送軸の上限温度は?", "85 ℃", "65 ℃", "ja", "unseen", "m.pdf", "a|b", "t1", True, "unseen"),
    Item("b>a", 'Say "yes: no" # {{7*7}}?', "65 °C", "85 °C", "ja", "unseen", "m.pdf", "a|b", "t1", False, "unseen"),
    Item("c>d", "What is the limit of the press?", "null", "5 bar", "en", "text_only", "m.pdf", "c|d", "t", False, "x"),
]


def test_tasks_say_what_the_guide_allows_and_yield_the_items(tmp_path: Path) -> None:
    write_items(tmp_path / "items.jsonl", ITEMS)
    written = write_tasks(read_choices(tmp_path / "items.jsonl"), tmp_path / "out")
    assert written == {"andon_two_choice_text_only_en": 1, "andon_two_choice_unseen_ja": 2}
    seen = {}
    for name in written:
        task = yaml.safe_load((tmp_path / f"out/{name}.yaml").read_text("utf-8"))
        assert set(task) <= TASK_KEYS
        assert task["output_type"] in OUTPUT_TYPES
        assert task["task"] == name
        assert task["target_delimiter"] == ("" if name.endswith("ja") else " ")
        assert [metric["metric"] for metric in task["metric_list"]] == list(METRICS)
        data = tmp_path / "out" / task["dataset_kwargs"]["data_files"]["test"]
        assert task["test_split"] in task["dataset_kwargs"]["data_files"]
        for line in data.read_text("utf-8").splitlines():
            doc = json.loads(line)
            # as the harness does it: a name of a column is that column, else a template
            assert {task["doc_to_choice"], task["doc_to_target"]} <= set(doc)
            template = Environment(undefined=StrictUndefined, autoescape=False, keep_trailing_newline=True)
            asked = template.from_string(task["doc_to_text"]).render(**doc)
            right = doc[task["doc_to_choice"]][doc[task["doc_to_target"]]]
            seen[doc["id"]] = asked + task["target_delimiter"] + right
    assert seen == {
        "a>b": "質問: 搬送軸の上限温度は?\n回答:85 ℃",
        "b>a": '質問: Say "yes: no" # {{7*7}}?\n回答:65 °C',
        "c>d": "Question: What is the limit of the press?\nAnswer: null",
    }
    group = yaml.safe_load((tmp_path / "out/andon_two_choice.yaml").read_text("utf-8"))
    assert set(group) <= GROUP_KEYS
    assert group["task"] == list(written)


def test_data_sets_have_the_common_form_and_both_orders(tmp_path: Path) -> None:
    write_items(tmp_path / "items.jsonl", ITEMS)
    rows = read_choices(tmp_path / "items.jsonl")
    assert write_datasets(rows, tmp_path / "out") == {
        "andon_two_choice_text_only_en": 2,
        "andon_two_choice_unseen_ja": 4,
    }
    held = json.loads((tmp_path / "out/andon_two_choice_unseen_ja.json").read_text("utf-8"))
    assert set(held) == {"instruction", "output_length", "metrics", "few_shots", "samples"}
    assert all(set(sample) == {"input", "output"} for sample in held["samples"])
    first, turned = held["samples"][:2]
    assert (first["output"], turned["output"]) == ("0", "1")
    assert first["input"].endswith("0: 85 ℃\n1: 65 ℃")
    assert turned["input"].endswith("0: 65 ℃\n1: 85 ℃")


@pytest.mark.parametrize("text", ["", "{", '{"id": "x"}', "[]"])
def test_what_is_no_items_file_says_so(tmp_path: Path, text: str) -> None:
    path = tmp_path / "items.jsonl"
    path.write_text(text)
    with pytest.raises(ItemsMissing, match=r"items\.jsonl"):
        read_choices(path)


def test_the_command_writes_either_form(tmp_path: Path) -> None:
    path = tmp_path / "items.jsonl"
    path.write_text("".join(json.dumps(asdict(item)) + "\n" for item in ITEMS), "utf-8")
    for form, suffix in (("lm-eval", "yaml"), ("llm-jp-eval", "json")):
        out = tmp_path / form
        done = CliRunner().invoke(app, ["train", "export-items", str(path), "--out", str(out), "--form", form])
        assert done.exit_code == 0, (done.output, done.exception)
        assert (out / f"andon_two_choice_unseen_ja.{suffix}").is_file()
    row = ChoiceRow("x", "q", ("r", "w"), 0, "en", "p")
    assert row.turned().turned().choices == row.choices
    assert dataset_of([row], "en")["samples"][1]["output"] == "1"
