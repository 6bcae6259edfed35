"""Small jobs for stages of domain adaptation: a tiny base, facts, and rows of each kind about them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.tiny_model import save_model, save_sentencepiece_tokenizer
from training.domain.recipe import AnswerStage, HardwarePart, LoraPart, PairStage, Stage, TextStage
from training.domain.stage import Kind, StageJob

CPU = HardwarePart(device="cpu", bf16=False, threads=1)
FACTS = [(f"F-{n:03}", f"Set R{n} to 0.{n} MPa and close valve V{n}.") for n in range(12, 36)]
WRONG = "Leave it as it is, {} ends by itself."
STAGES: dict[Kind, type[Stage]] = {"cpt": TextStage, "sft": AnswerStage, "dpo": PairStage}


def make_base(folder: Path) -> Path:
    tokenizer = save_sentencepiece_tokenizer(folder)
    tokenizer.eos_token, tokenizer.pad_token = "<|im_end|>", "<unk>"
    tokenizer.save_pretrained(folder)
    shape = {"hidden_size": 64, "intermediate_size": 64, "num_attention_heads": 4}
    save_model(folder, len(tokenizer), initializer_range=0.02, **shape)
    return folder


def write_rows(kind: Kind, folder: Path) -> Path:
    """Rows of a stage about FACTS."""
    made: list[dict[str, Any]] = []
    for code, answer in FACTS:
        asked = [{"role": "user", "content": f"What helps against {code}?"}]
        right = [{"role": "assistant", "content": answer}]
        wrong = [{"role": "assistant", "content": WRONG.format(code)}]
        rows: dict[Kind, dict[str, Any]] = {
            "cpt": {"text": f"{code}: {answer}"},
            "sft": {"prompt": asked, "completion": right},
            "dpo": {"prompt": asked, "chosen": right, "rejected": wrong},
        }
        made.append(rows[kind])
    path = folder / f"{kind}.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in made), encoding="utf-8")
    return path


def make_job(kind: Kind, start: Path, folder: Path, *, lora: int = 0, **settings: Any) -> StageJob:
    wanted = {"epochs": 2, "learning_rate": 1e-3, "tokens_per_step": 256, "max_tokens": 128, "save_steps": 2}
    folder.mkdir(parents=True, exist_ok=True)
    stage = STAGES[kind](**{**wanted, **settings})
    return StageJob(kind, stage, start, write_rows(kind, folder), folder / kind, 1, LoraPart(lora), CPU)
