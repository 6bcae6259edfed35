"""Tuning: the rows of a task through the stage of instruction tuning; base in, model folder out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from training.data.data_card import read_rows_of
from training.domain.base import open_base
from training.domain.launch import launch
from training.domain.recipe import AnswerStage, HardwarePart, LoraPart
from training.domain.stage import StageJob
from training.errors import TaskInvalid
from training.tasks.task import Task
from training.tasks.tuned_card import write_tuned_card

BUNDLED = Path(__file__).resolve().parents[2] / "models/andon-slm-ja-en.q8_0.gguf"


@dataclass(frozen=True, slots=True)
class Tuning:
    """``base``: a transformers folder or a GGUF file of a Llama, None for the bundled model; numbers as in recipes of
    domain adaptation. The prompts of the shipped tasks have up to 617 tokens of the bundled model."""

    base: Path | None = None
    stage: AnswerStage = field(default_factory=lambda: AnswerStage(epochs=3.0, tokens_per_step=8192))
    lora: LoraPart = field(default_factory=LoraPart)
    hardware: HardwarePart = field(default_factory=HardwarePart)
    seed: int = 1


def tune(
    task: Task, rows: Path, out: Path, tuning: Tuning, say: Callable[[dict[str, object]], None]
) -> dict[str, object]:
    """Train on ``rows``; the stage's report. ``out``/sft/model is the tuned model, ``out``/model-card.md its card.
    A run that was cut off goes on from its newest checkpoint. Raises TaskInvalid, BaseUnfit and what the
    stage raises."""
    if not rows.is_file():
        raise TaskInvalid(f"{rows} is not there.", "andon train task rows TASK --out FOLDER")
    source = tuning.base or BUNDLED
    base = open_base(source, out / "base")
    _check_lengths(base, rows, tuning.stage.max_tokens)
    job = StageJob("sft", tuning.stage, base, rows, out / "sft", tuning.seed, tuning.lora, tuning.hardware)
    report = launch(job, say)
    write_tuned_card(task, source, rows, report, out)
    return report


def _check_lengths(base: Path, rows: Path, most: int) -> None:
    """The trainer would cut a longer row at its end, where the answer stands, without a word."""
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(base)
    longest = 0
    for row in read_rows_of(rows):
        text = tokenizer.apply_chat_template([*row["prompt"], *row["completion"]], tokenize=False)
        longest = max(longest, len(tokenizer(text, add_special_tokens=False)["input_ids"]))
    if longest > most:
        raise TaskInvalid(
            f"The longest row has {longest} tokens of {base.name}; a row may have {most}.",
            f"Give --max-tokens {longest}, or shorten the rules in the task file.",
        )
