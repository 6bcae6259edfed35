"""The one door to TRL: text, answers or pairs -> a trained model in a folder, resumable.

Everything that is particular to TRL 1.16 stands here and nowhere else:
packing by "bfd_split", since "bfd" throws the tails of long documents away; completions as conversations, whose loss
then counts the answer alone; a robust DPO loss beside the plain loss on the wanted answers; the reference is the model
that the stage starts from, read from its folder.
"""

from __future__ import annotations

import json
import math
import os
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from training.domain.adapter_file import write_adapter
from training.domain.base import copy_tokenizer
from training.domain.checkpoints import mark_complete, newest_complete
from training.domain.counted_head import count_labels_only
from training.domain.recipe import HardwarePart, LoraPart, PairStage, Stage
from training.errors import DiskFull, TrainingDiverged, TrainingFailed

Say = Callable[[dict[str, object]], None]
SPARE = 3.5  # a stage needs the model this often on disk: two checkpoints with optimizer, the result
OPTIMIZER_SHARE = 2.0  # AdamW keeps two numbers a weight


@dataclass(frozen=True, slots=True)
class Job:
    """A stage about to run: ``start`` is the transformers folder it begins with, ``rows`` a JSONL file, ``out`` its
    folder, which ends up with ``model``; ``seed`` orders the rows."""

    start: Path
    rows: Path
    out: Path
    seed: int
    lora: LoraPart
    hardware: HardwarePart
    say: Say


def train_texts(job: Job, stage: Stage) -> dict[str, object]:
    """Continual pre-training on rows {"text"}, packed without dropping a token."""
    from trl import SFTConfig, SFTTrainer

    config = SFTConfig(
        **_arguments(job, stage),
        dataset_text_field="text",
        packing=True,
        packing_strategy="bfd_split",
        max_length=stage.max_tokens,
    )
    return _trained(job, stage, lambda model, given: SFTTrainer(model=model, args=config, **given))


def train_answers(job: Job, stage: Stage) -> dict[str, object]:
    """Instruction tuning on rows {"prompt": [messages], "completion": [messages]}; only the completion is learned."""
    from trl import SFTConfig, SFTTrainer

    config = SFTConfig(
        **_arguments(job, stage),
        packing=True,
        packing_strategy="bfd",
        max_length=stage.max_tokens,
        completion_only_loss=True,
    )
    return _trained(job, stage, lambda model, given: SFTTrainer(model=model, args=config, **given))


def train_pairs(job: Job, stage: PairStage) -> dict[str, object]:
    """DPO on rows {"prompt", "chosen", "rejected"}, each [messages]."""
    from trl import DPOConfig, DPOTrainer

    config = DPOConfig(
        **_arguments(job, stage, pairs=True),
        loss_type=["robust", "sft"],
        loss_weights=[1.0, stage.answer_weight],
        label_smoothing=stage.flip_rate,
        beta=stage.beta,
        max_length=stage.max_tokens,
    )

    def make(model: Any, given: dict[str, Any]) -> Any:
        reference = None if job.lora.rank else _load(job.start)
        return DPOTrainer(model=model, ref_model=reference, args=config, **given)

    return _trained(job, stage, make)


def _trained(job: Job, stage: Stage, make: Callable[[Any, dict[str, Any]], Any]) -> dict[str, object]:
    """Run the trainer that ``make`` builds, from the newest whole checkpoint on, and write the model last."""
    from datasets import Dataset
    from transformers import AutoTokenizer
    from transformers.utils import logging as transformers_logging

    transformers_logging.disable_progress_bar()
    job.out.mkdir(parents=True, exist_ok=True)
    _check_disk(job)
    if job.hardware.threads:
        import torch

        torch.set_num_threads(job.hardware.threads)
    rows = [json.loads(line) for line in job.rows.read_text("utf-8").splitlines() if line]
    if not rows:
        raise TrainingFailed(f"{job.rows} holds no rows.", "Look at the data card beside it for what was left out.")
    tokenizer = AutoTokenizer.from_pretrained(job.start)
    given = {
        "train_dataset": Dataset.from_list(rows),
        "processing_class": tokenizer,
        "callbacks": [_callback(job)],
        "peft_config": _lora(job.lora),
    }
    began = time.monotonic()
    trainer = make(_load(job.start), given)
    if trainer.args.use_cpu:
        _count_labels_only(trainer, job.hardware.bf16)
    resume = newest_complete(job.out)
    result = trainer.train(resume_from_checkpoint=str(resume) if resume else None)
    loss = float(result.training_loss)
    if not math.isfinite(loss):
        raise TrainingDiverged(f"The loss of {job.out.name} is {loss}.", "Lower its learning_rate in the recipe.")
    _save(job, trainer, tokenizer)
    steps = int(trainer.state.global_step)
    history = [entry for entry in trainer.state.log_history if "loss" in entry]
    return {
        "rows": len(rows),
        "steps": steps,
        "tokens": int(trainer.state.num_input_tokens_seen or 0),
        "seconds": round(time.monotonic() - began, 1),
        "resumed_from_step": int(resume.name.rpartition("-")[2]) if resume else 0,
        "first_loss": round(float(history[0]["loss"]), 4) if history else None,
        "last_loss": round(float(history[-1]["loss"]), 4) if history else round(loss, 4),
        "peak_memory_mb": _peak_mb(),
    }


def _count_labels_only(trainer: Any, bf16: bool) -> None:
    """Both models of a trainer, below their adapters."""
    for model in (trainer.model, getattr(trainer, "ref_model", None)):
        if model is not None:
            whole = trainer.accelerator.unwrap_model(model)
            count_labels_only(whole.get_base_model() if hasattr(whole, "get_base_model") else whole, bf16)


def _arguments(job: Job, stage: Stage, pairs: bool = False) -> dict[str, Any]:
    """What all trainers take."""
    import torch

    cpu = job.hardware.device == "cpu" or (not job.hardware.device and not torch.cuda.is_available())
    rows = max(1, stage.tokens_per_step // stage.max_tokens)
    at_once = min(rows, job.hardware.rows_at_once) if not pairs else min(rows, max(4, job.hardware.rows_at_once))
    return {
        "output_dir": str(job.out),
        "num_train_epochs": stage.epochs,
        "learning_rate": stage.learning_rate,
        "per_device_train_batch_size": at_once,
        "gradient_accumulation_steps": max(1, rows // at_once),
        "lr_scheduler_type": "cosine_with_min_lr",
        "lr_scheduler_kwargs": {"min_lr_rate": stage.least_rate},
        "warmup_steps": stage.warmup_share,
        "weight_decay": stage.weight_decay,
        "bf16": job.hardware.bf16,
        "use_cpu": cpu,
        "gradient_checkpointing": job.hardware.gradient_checkpointing,
        "seed": job.seed,
        "data_seed": job.seed,
        "save_steps": stage.save_steps,
        "save_total_limit": 2,
        "logging_steps": 10,
        "report_to": "none",
        "disable_tqdm": True,
        "include_num_input_tokens_seen": "all",
        "dataloader_pin_memory": False,
    }


def _load(folder: Path) -> Any:
    import torch
    from transformers import AutoModelForCausalLM

    return AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)


def _lora(part: LoraPart) -> Any:
    if not part.rank:
        return None
    from peft import LoraConfig

    return LoraConfig(
        r=part.rank,
        lora_alpha=part.alpha,
        lora_dropout=part.dropout,
        target_modules="all-linear",
        use_rslora=True,
        task_type="CAUSAL_LM",
    )


def _callback(job: Job) -> Any:
    """Marks checkpoints and tells how far the stage is."""
    from transformers import TrainerCallback

    class Marks(TrainerCallback):  # type: ignore[misc,unused-ignore]
        def on_save(self, args: Any, state: Any, control: Any, **_: Any) -> None:
            mark_complete(Path(args.output_dir) / f"checkpoint-{state.global_step}")

        def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **_: Any) -> None:
            told = {key: value for key, value in (logs or {}).items() if key in _TOLD}
            if told:
                job.say({"stage": job.out.name, "step": state.global_step, "of": state.max_steps, **told})

    return Marks()


_TOLD = ("loss", "learning_rate", "logps/chosen", "rewards/accuracies", "rewards/margins")


def _save(job: Job, trainer: Any, tokenizer: Any) -> None:
    """The model into ``out``/model, whole or not at all; a LoRA is kept as ``adapter``, and as ``adapter.gguf`` for
    llama.cpp over the model that the stage began with, and merged."""
    part, done = job.out / "model.part", job.out / "model"
    shutil.rmtree(part, ignore_errors=True)
    model = trainer.accelerator.unwrap_model(trainer.model)
    if job.lora.rank:
        model.save_pretrained(job.out / "adapter")
        write_adapter(job.out / "adapter", job.start, job.out / "adapter.gguf")
        model = model.merge_and_unload()
    model.save_pretrained(part)
    tokenizer.save_pretrained(part)
    copy_tokenizer(job.start, part)
    mark_complete(part)
    shutil.rmtree(done, ignore_errors=True)
    part.rename(done)
    for checkpoint in job.out.glob("checkpoint-*"):
        shutil.rmtree(checkpoint)


def _check_disk(job: Job) -> None:
    """Raises DiskFull before hours are spent, not after."""
    weights = sum(path.stat().st_size for path in job.start.glob("*.safetensors"))
    wanted = int(weights * (SPARE + 2 * OPTIMIZER_SHARE))
    free = shutil.disk_usage(job.out).free
    if free < wanted:
        raise DiskFull(
            f"{job.out} has {free / 1e9:.1f} GB free; two checkpoints and the result need {wanted / 1e9:.1f} GB.",
            "Free space there, or name another folder with out in the recipe.",
        )


def _peak_mb() -> int:
    import resource
    import sys

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return int(peak / (1024 if sys.platform != "darwin" else 1024 * 1024))


def stay_offline() -> None:
    """No part of the Hugging Face stack asks the network from here on."""
    for name in ("HF_HUB_OFFLINE", "HF_DATASETS_OFFLINE", "TRANSFORMERS_OFFLINE"):
        os.environ.setdefault(name, "1")
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
