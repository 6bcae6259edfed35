"""Tokens a second of our CPT stage against a plain transformers Trainer, on the same rows in the same run.

    python -m tests.bench_training_speed RESULT.json

The plain one is what a guide shows: rows cut at the same length and padded to the longest of a batch, batches of eight,
labels as the collator makes them. Tokens are those of the text, padding not counted. Both train the bundled model and
take turns.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from assistant.settings import ROOT
from training.domain.base import open_base
from training.domain.general import general_text
from training.domain.recipe import HardwarePart, LoraPart, TextStage
from training.domain.stage import StageJob, run_job
from training.domain.trl_adapter import stay_offline

ROWS, LENGTH, TURNS = 360, 512, 3


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("result", type=Path)
    given = parser.parse_args()
    stay_offline()
    ours, plain = [], []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        base = open_base(ROOT / "models/andon-slm-ja-en.q8_0.gguf", folder / "base")
        texts = list(general_text(None).replay)
        random.Random(1).shuffle(texts)
        rows = folder / "rows.jsonl"
        rows.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts[:ROWS]), encoding="utf-8")
        for turn in range(TURNS):
            ours.append(our_stage(base, rows, folder / f"ours-{turn}"))
            plain.append(plain_trainer(base, texts[:ROWS], folder / f"plain-{turn}"))
            print(f"ours {ours[-1]:.0f}, plain {plain[-1]:.0f} tokens/s", flush=True)
    report = {
        "rows": ROWS,
        "ours_tokens_per_s": [round(one, 1) for one in ours],
        "plain_tokens_per_s": [round(one, 1) for one in plain],
        "ratio": round(statistics.median(ours) / statistics.median(plain), 3),
    }
    given.result.parent.mkdir(parents=True, exist_ok=True)
    given.result.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    print(report)


def our_stage(base: Path, rows: Path, out: Path) -> float:
    """Whole stage: reading rows, packing, steps, writing the model."""
    stage = TextStage(epochs=1, learning_rate=1e-4, tokens_per_step=8 * LENGTH, max_tokens=LENGTH, save_steps=10_000)
    began = time.monotonic()
    run_job(StageJob("cpt", stage, base, rows, out, 1, LoraPart(), HardwarePart(device="cpu")))
    return counted(base, [json.loads(line)["text"] for line in rows.read_text("utf-8").splitlines()]) / (
        time.monotonic() - began
    )


def plain_trainer(base: Path, texts: list[str], out: Path) -> float:
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer, DataCollatorForLanguageModeling, Trainer
    from transformers import TrainingArguments as Arguments

    began = time.monotonic()
    tokenizer = AutoTokenizer.from_pretrained(base)
    made: list[dict[str, Any]] = [
        {"input_ids": tokenizer(text + tokenizer.eos_token, truncation=True, max_length=LENGTH)["input_ids"]}
        for text in texts
    ]
    settings = Arguments(
        output_dir=str(out), per_device_train_batch_size=8, num_train_epochs=1, learning_rate=1e-4, bf16=True,
        use_cpu=True, save_strategy="no", report_to="none", disable_tqdm=True, dataloader_pin_memory=False,
    )  # fmt: skip
    trainer = Trainer(
        model=AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32),
        args=settings,
        train_dataset=made,
        data_collator=DataCollatorForLanguageModeling(tokenizer, mlm=False),
    )
    trainer.train()
    trainer.save_model(str(out / "model"))
    return sum(len(row["input_ids"]) for row in made) / (time.monotonic() - began)


def counted(base: Path, texts: list[str]) -> int:
    """Tokens of the rows, their ends included."""
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(base)
    return sum(len(tokenizer(text + tokenizer.eos_token)["input_ids"]) for text in texts)


if __name__ == "__main__":
    main()
