"""Tokens a second of our stages against a plain transformers Trainer, on the same rows in the same run.

    python -m tests.bench_training_speed docs/results/training-speed.json

The plain one is what a guide shows: rows cut at the same length and padded to the longest of a batch, batches of eight,
labels as the collator makes them, those of a prompt masked. CPT reads general text; SFT the demo's FAQ, ``EPOCHS``
times. Whole stages: reading rows, packing, steps, writing the model. Tokens are those of the text, padding not counted.
Both train the bundled model and take turns. Exits with 1 where ours are slower.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from assistant.settings import ROOT
from training.domain.base import open_base
from training.domain.general import general_text
from training.domain.recipe import AnswerStage, HardwarePart, LoraPart, TextStage
from training.domain.stage import Kind, StageJob, run_job
from training.domain.trl_adapter import stay_offline

ROWS, LENGTH, TURNS, EPOCHS = 360, 512, 3, 6
BATCH = 8
Row = dict[str, Any]
PLAIN = HardwarePart(device="cpu")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("result", type=Path)
    given = parser.parse_args()
    stay_offline()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        base = open_base(ROOT / "models/andon-slm-ja-en.q8_0.gguf", folder / "base")
        report = {
            "cpt": in_turns(base, text_rows(), 1, folder / "cpt"),
            "sft": in_turns(base, answer_rows(), EPOCHS, folder / "sft"),
        }
    given.result.parent.mkdir(parents=True, exist_ok=True)
    given.result.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    return 0 if all(one["ratio"] >= 1 for one in report.values()) else 1


def text_rows() -> list[Row]:
    texts = list(general_text(None).replay)
    random.Random(1).shuffle(texts)
    return [{"text": text} for text in texts[:ROWS]]


def answer_rows() -> list[Row]:
    entries = [json.loads(line) for line in (ROOT / "demo/faq.jsonl").read_text("utf-8").splitlines()]
    return [
        {
            "prompt": [{"role": "user", "content": entry["question"]}],
            "completion": [{"role": "assistant", "content": entry["answer"]}],
        }
        for entry in entries
    ]


def in_turns(base: Path, rows: list[Row], epochs: int, folder: Path) -> dict[str, Any]:
    """Both ways of training on ``rows``, ``TURNS`` times each."""
    folder.mkdir()
    tokens = epochs * sum(len(ids) for ids, _ in encoded(base, rows))
    ours, plain = [], []
    for turn in range(TURNS):
        ours.append(tokens / our_stage(base, rows, epochs, folder / f"ours-{turn}"))
        plain.append(tokens / plain_trainer(base, rows, epochs, folder / f"plain-{turn}"))
        print(f"{folder.name}: ours {ours[-1]:.0f}, plain {plain[-1]:.0f} tokens/s", flush=True)
    return {
        "rows": len(rows),
        "tokens": tokens,
        "ours_tokens_per_s": [round(one, 1) for one in ours],
        "plain_tokens_per_s": [round(one, 1) for one in plain],
        "ratio": round(statistics.median(ours) / statistics.median(plain), 3),
    }


def encoded(base: Path, rows: list[Row]) -> list[tuple[list[int], int]]:
    """Ids of each row, its end included, and how many of them are a prompt's."""
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(base)
    found = []
    for row in rows:
        asked = (
            tokenizer.apply_chat_template(row["prompt"], add_generation_prompt=True, tokenize=False)
            if "prompt" in row
            else ""
        )
        said = row["completion"][0]["content"] if "completion" in row else row["text"]
        prompt = tokenizer(asked, add_special_tokens=False)["input_ids"]
        rest = tokenizer(said + tokenizer.eos_token, add_special_tokens=False)["input_ids"]
        found.append(([*prompt, *rest], len(prompt)))
    return found


def our_stage(base: Path, rows: list[Row], epochs: int, out: Path) -> float:
    """Seconds of a whole stage."""
    file = out.parent / "rows.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    kind: Kind = "sft" if "prompt" in rows[0] else "cpt"
    stage = (AnswerStage if kind == "sft" else TextStage)(
        epochs=epochs, learning_rate=1e-4, tokens_per_step=BATCH * LENGTH, max_tokens=LENGTH, save_steps=10_000
    )
    began = time.monotonic()
    run_job(StageJob(kind, stage, base, file, out, 1, LoraPart(), PLAIN))
    return time.monotonic() - began


def plain_trainer(base: Path, rows: list[Row], epochs: int, out: Path) -> float:
    """Seconds of a guide's Trainer, its model written."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer, DataCollatorForSeq2Seq, Trainer
    from transformers import TrainingArguments as Arguments

    began = time.monotonic()
    made = [
        {
            "input_ids": ids[:LENGTH],
            "labels": [-100] * asked + ids[asked:LENGTH],
            "attention_mask": [1] * len(ids[:LENGTH]),
        }
        for ids, asked in encoded(base, rows)
    ]
    settings = Arguments(
        output_dir=str(out), per_device_train_batch_size=BATCH, num_train_epochs=epochs, learning_rate=1e-4, bf16=True,
        use_cpu=True, save_strategy="no", report_to="none", disable_tqdm=True, dataloader_pin_memory=False,
    )  # fmt: skip
    trainer = Trainer(
        model=AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32),
        args=settings,
        train_dataset=made,
        data_collator=DataCollatorForSeq2Seq(AutoTokenizer.from_pretrained(base)),
    )
    trainer.train()
    trainer.save_model(str(out / "model"))
    return time.monotonic() - began


if __name__ == "__main__":
    sys.exit(main())
