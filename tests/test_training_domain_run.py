"""A whole domain run on a made-up site: data, stages, scores, table, export; taken up where it stopped."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from tiny_model import save_model, save_sentencepiece_tokenizer
from typer.testing import CliRunner

from edge.llama.runner import LlamaCppRunner
from edge.options import EdgeOptions
from edge.runner import Message, Sampling
from training.domain.export import _check_ids
from training.domain.run import run_domain
from training.errors import ExportDiffers, FaqUnusable
from training.tokens.added import cutter_of
from training.two_choice.items import read_items

pytest.importorskip("torch")
pytest.importorskip("trl")
pytest.importorskip("gguf")

MACHINES = ("CF-40", "SC-20", "RP-18")
TERM = "真空センサ"
RECIPE = """
kind = "domain"
name = "plant"
out = "{folder}/run"
base = "{folder}/base"
compare = false
results_file = "{folder}/results/plant.json"
model_file = "{folder}/models/plant.gguf"
[data]
manuals = ["{folder}/manuals"]
faq = ["{folder}/faq.csv"]
held_out = 0.2
[tokenizer]
added_terms = 3
least_hits = 5
least_pieces = 2
[cpt]
epochs = 0.2
tokens_per_step = 256
max_tokens = 128
restatements = 1
replay_share = 0.0
[sft]
epochs = 0.2
tokens_per_step = 256
max_tokens = 128
with_excerpts = 0.0
[dpo]
rules = ["ours"]
epochs = 0.2
tokens_per_step = 256
max_tokens = 128
[hardware]
device = "cpu"
bf16 = false
threads = 1
[test]
general_texts = 2
"""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """Three manuals with an alarm list each, a FAQ over them, a base and a recipe; the recipe's file."""
    (tmp_path / "manuals").mkdir()
    asked = ["question,answer,document,product"]
    for number, machine in enumerate(MACHINES):
        rows = [
            f"| F-{number}{n:02} | Pressure of unit {n} low | Set regulator R{n} to 0.{n + 10} MPa |" for n in range(14)
        ]
        told = ["".join(f"{TERM}{n}を点検する。" for n in range(5)), ""]
        text = [
            f"# {machine} manual",
            "",
            "## 1 点検",
            "",
            *told,
            "## 9 Faults",
            "",
            "| Code | Cause | Action |",
            "|---|---|---|",
            *rows,
        ]
        (tmp_path / f"manuals/{machine}.md").write_text("\n".join(text), encoding="utf-8")
        asked += [
            f"Which valve is at unit {n} of the {machine}?,Valve V{number}{n} behind cover {n},{machine}.md,{machine}"
            for n in range(10)
        ]
    (tmp_path / "faq.csv").write_text("\n".join(asked) + "\n", encoding="utf-8")
    tokenizer = save_sentencepiece_tokenizer(tmp_path / "base")
    tokenizer.eos_token, tokenizer.pad_token = "<|im_end|>", "<unk>"
    tokenizer.save_pretrained(tmp_path / "base")
    shape = {"hidden_size": 64, "intermediate_size": 64, "num_attention_heads": 4}
    save_model(tmp_path / "base", len(tokenizer), initializer_range=0.02, **shape)
    path = tmp_path / "recipe.toml"
    path.write_text(RECIPE.format(folder=tmp_path.as_posix()), encoding="utf-8")
    return path


@pytest.mark.slow
def test_one_command_from_documents_to_the_model_and_its_table(site: Path, tmp_path: Path) -> None:
    from ui.cli import app

    told = CliRunner().invoke(app, ["train", "run", str(site)])
    assert told.exit_code == 0, told.output
    out = tmp_path / "run"
    record = json.loads((out / "run.json").read_text("utf-8"))
    assert record["status"] == "complete"
    assert list(record["steps"]) == ["base", "data", "added terms", "cpt", "cpt+sft", "+dpo ours", "export"]
    chain = [record["steps"][name]["weights_sha256"] for name in ("base", "cpt", "cpt+sft", "+dpo ours")]
    assert len(set(chain)) == 4
    held = json.loads((tmp_path / "results/plant.json").read_text("utf-8"))
    assert [row["name"] for row in held["rows"]] == ["base", "cpt", "cpt+sft", "+dpo ours"]
    assert held["items"]["trained"] and held["items"]["text_only"] and held["items"]["unseen"]
    assert "| cpt+sft |" in told.output
    assert "![stages](plant.svg)" in (tmp_path / "results/plant.md").read_text("utf-8")
    _nothing_leaks(out / "data")
    runner = LlamaCppRunner(EdgeOptions(tmp_path / "models/plant.gguf"))
    assert list(runner.stream([Message("user", "F-001?")], Sampling(max_tokens=2)))
    assert record["steps"]["added terms"]["terms"] == [TERM, "点検"]
    assert runner.count_tokens(f"{TERM}2") < len(cutter_of(tmp_path / "base").ids(f"{TERM}2"))
    assert "| site, Japanese |" in (out / "tokens.md").read_text("utf-8")
    runner.close()
    before = {path: path.stat().st_mtime_ns for path in (out / "stages").rglob("*.safetensors")}
    run_domain(site)  # nothing is done again
    assert before == {path: path.stat().st_mtime_ns for path in (out / "stages").rglob("*.safetensors")}
    other = save_sentencepiece_tokenizer(tmp_path / "other", dummy_prefix=True)
    other.save_pretrained(tmp_path / "other")
    with pytest.raises(ExportDiffers, match="as other tokens"):
        _check_ids(tmp_path / "other", tmp_path / "models/plant.gguf", read_items(out / "data/items.jsonl")[:3])


def _nothing_leaks(data: Path) -> None:
    """No stage reads a document that is kept from training, asks a fact that is only read, or sees a test's wording."""
    items = read_items(data / "items.jsonl")
    files = [path for path in data.glob("*.jsonl") if path.name.startswith(("cpt", "sft", "pairs"))]
    stages = {path.name: path.read_text("utf-8") for path in files}
    assert {"cpt.jsonl", "sft.jsonl", "sft-chosen.jsonl", "pairs-ours.jsonl"} <= set(stages)
    unseen = {item.document.removesuffix(".md") for item in items if item.pool == "unseen"}
    assert len(unseen) == 1
    for name, text in stages.items():
        assert not any(document in text for document in unseen), name
        for item in items:
            assert item.question not in text or item.id.startswith("faq"), name
            code = re.search(r"F-\d{3}", item.question)
            if code and (item.pool == "unseen" or (item.pool == "text_only" and name != "cpt.jsonl")):
                assert code[0] not in text, (name, item)


def test_a_faq_that_cannot_be_used_stops_the_run_before_anything_is_trained(site: Path, tmp_path: Path) -> None:
    (tmp_path / "faq.csv").write_text("question,answer\nonly one?,yes\n", encoding="utf-8")
    with pytest.raises(FaqUnusable):
        run_domain(site)
    assert not (tmp_path / "run/stages").exists()
