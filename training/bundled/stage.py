"""One training stage: a plain loop with a budget of wall clock (or steps) and checkpoints a power cut cannot spoil."""

from __future__ import annotations

import json
import math
import shutil
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from training.bundled.items import Row
from training.bundled.model import load_model
from training.bundled.recipe import Stage
from training.bundled.tokenizer import PAD_ID
from training.errors import TrainingDiverged

Objective = Callable[[Any, Sequence[Row], Sequence[Row]], Any]
"""(model, a part of the rows, all rows of the step) -> the part's share of the step's loss, a tensor of one number."""

MARKER = "COMPLETE.json"
BETAS = (0.9, 0.95)
CLIP = 1.0
ROUND_TO = 64


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a stage stands: optimizer steps, tokens read (padding not counted) and seconds of training spent."""

    step: int = 0
    tokens: int = 0
    seconds: float = 0.0
    loss: float = math.nan


@dataclass(frozen=True, slots=True)
class Pool:
    """Threads, and into how many parts the rows of a step are cut for them."""

    threads: ThreadPoolExecutor
    parts: int


def learning_rate(stage: Stage, progress: Progress) -> float:
    """Warm-up by steps, then constant, then linear to 0 over the last ``decay_share`` of the budget."""
    peak = stage.learning_rate * min(1.0, (progress.step + 1) / max(1, stage.warmup_steps))
    left = 1.0 - spent(stage, progress)
    return peak * min(1.0, left / stage.decay_share) if stage.decay_share > 0 else peak


def spent(stage: Stage, progress: Progress) -> float:
    """The share of the budget that is used up, 0 to 1."""
    share = progress.step / stage.steps if stage.steps else progress.seconds / (stage.minutes * 60)
    return min(1.0, share)


def run_stage(
    model: Any,
    rows_of: Callable[[int], Sequence[Row]],
    stage: Stage,
    folder: Path,
    threads: int,
    say: Callable[[dict[str, object]], None],
    objective: Objective | None = None,
) -> tuple[Any, Progress]:
    """Train ``model`` until the budget is spent; the trained model and how far it got.

    ``rows_of(step)`` gives the rows of a step, ``objective`` what is made small (``answer_loss``). Where ``folder``
    holds a complete checkpoint, training goes on from it. ``say`` is told about the progress. Raises TrainingDiverged
    where the loss is not a number.
    """
    import torch

    progress = Progress()
    found = newest_checkpoint(folder)
    if found is not None:
        model = load_model(found)
        progress = Progress(**json.loads((found / MARKER).read_text("utf-8")))
    optimizer = _optimizer(model, stage)
    if found is not None:
        optimizer.load_state_dict(torch.load(found / "optimizer.pt", weights_only=True))
    model.train()
    saved_at = said_at = progress.seconds
    pool = Pool(ThreadPoolExecutor(threads), 2 * threads)
    while spent(stage, progress) < 1.0:
        began = time.monotonic()
        rows = rows_of(progress.step)
        for group in optimizer.param_groups:
            group["lr"] = learning_rate(stage, progress)
        loss = _step(model, optimizer, rows, pool, objective or answer_loss)
        progress = Progress(
            step=progress.step + 1,
            tokens=progress.tokens + sum(len(r.ids) for r in rows),
            seconds=progress.seconds + time.monotonic() - began,
            loss=loss if math.isnan(progress.loss) else 0.95 * progress.loss + 0.05 * loss,
        )
        if not math.isfinite(loss):
            raise TrainingDiverged(f"The loss is {loss} at step {progress.step}.", "Lower learning_rate in the recipe.")
        if progress.seconds - said_at > 20:
            said_at = progress.seconds
            say({"stage": folder.name, **asdict(progress), "learning_rate": learning_rate(stage, progress)})
        if progress.seconds - saved_at > stage.checkpoint_minutes * 60:
            saved_at = progress.seconds
            save_checkpoint(model, optimizer, progress, folder)
    pool.threads.shutdown()
    save_checkpoint(model, optimizer, progress, folder)
    return model, replace(progress, seconds=round(progress.seconds, 1))


def _optimizer(model: Any, stage: Stage) -> Any:
    import torch

    matrices = [p for n, p in model.named_parameters() if p.ndim > 1 and "embed" not in n]
    others = [p for n, p in model.named_parameters() if p.ndim <= 1 or "embed" in n]
    groups = [{"params": matrices, "weight_decay": stage.weight_decay}, {"params": others, "weight_decay": 0.0}]
    return torch.optim.AdamW(groups, lr=stage.learning_rate, betas=BETAS, eps=1e-8, fused=True)


def answer_loss(model: Any, part: Sequence[Row], rows: Sequence[Row]) -> Any:
    """The share of ``part`` in the mean loss a weighted token of ``rows``, in nats."""
    losses, weights = token_losses(model, part)
    return (losses * weights).sum() / sum(sum(r.weights) for r in rows)


def _step(model: Any, optimizer: Any, rows: Sequence[Row], pool: Pool, objective: Objective) -> float:
    """One optimizer step over ``rows``; what the objective came to.

    The rows are cut by length into twice as many parts as there are threads and a thread takes one part after the
    other. On a machine shared with others that is far quicker than two threads inside every matrix product, where the
    whole product waits for whichever core is busy with something else.
    """
    import torch

    parameters = [p for p in model.parameters() if p.requires_grad]

    def part_gradients(part: Sequence[Row]) -> tuple[float, Sequence[Any]]:
        torch.set_num_threads(1)
        loss = objective(model, part, rows)
        return float(loss.detach()), torch.autograd.grad(loss, parameters)

    loss_sum = 0.0
    for loss, gradients in pool.threads.map(part_gradients, _equal_parts(rows, pool.parts)):
        loss_sum += loss
        for parameter, gradient in zip(parameters, gradients, strict=True):
            parameter.grad = gradient if parameter.grad is None else parameter.grad + gradient
    torch.nn.utils.clip_grad_norm_(parameters, CLIP)
    optimizer.step()
    optimizer.zero_grad(set_to_none=True)
    return loss_sum


def _equal_parts(rows: Sequence[Row], parts: int) -> list[Sequence[Row]]:
    """``rows`` sorted by length and cut into up to ``parts`` runs of about as many tokens each."""
    ordered = sorted(rows, key=lambda r: len(r.ids))
    share = sum(len(r.ids) for r in rows) / parts
    found: list[list[Row]] = [[]]
    for row in ordered:
        if len(found) < parts and found[-1] and sum(len(r.ids) for r in found[-1]) + len(row.ids) / 2 > share:
            found.append([])
        found[-1].append(row)
    return list(found)


def token_losses(model: Any, rows: Sequence[Row]) -> tuple[Any, Any]:
    """Cross-entropy in nats and weight of each counted token of ``rows``: two float tensors of shape (n,)."""
    import torch

    logits, labels, weights = counted_logits(model, rows)
    return torch.nn.functional.cross_entropy(logits, labels, reduction="none"), weights


def counted_logits(model: Any, rows: Sequence[Row]) -> tuple[Any, Any, Any]:
    """Logits (n, vocabulary), labels (n,) and weights (n,) of the tokens of ``rows`` whose weight is above 0.

    The output layer runs for these tokens only: on prompts most tokens do not count. Lengths are rounded up, because
    every new shape of a matrix product costs the processor's library a compilation and a place in its cache.
    """
    import torch

    length = -(-max(len(r.ids) for r in rows) // ROUND_TO) * ROUND_TO
    ids = torch.tensor([r.ids + [PAD_ID] * (length - len(r.ids)) for r in rows])
    branches = torch.tensor([r.branches + [0] * (length - len(r.ids)) for r in rows])
    positions = torch.tensor([r.positions + [0] * (length - len(r.ids)) for r in rows])
    weights = torch.tensor([r.weights + [0.0] * (length - len(r.ids)) for r in rows])
    with torch.autocast("cpu", dtype=torch.bfloat16):
        hidden = model.model(
            input_ids=ids, attention_mask=tree_mask(branches), position_ids=positions, use_cache=False
        ).last_hidden_state
        counted = (weights > 0).flatten().nonzero().squeeze(1)
        places = torch.nn.functional.pad(counted, (0, -len(counted) % ROUND_TO))
        logits = model.lm_head(hidden.flatten(0, 1)[places])[: len(counted)]
    return logits.float(), ids.roll(-1, dims=1).flatten()[counted], weights.flatten()[counted]


def tree_mask(branches: Any) -> Any:
    """Who sees whom, (rows, 1, length, length) bool: what came before in the trunk (branch 0) or in the own branch."""
    import torch

    length = branches.shape[1]
    before = torch.ones(length, length, dtype=torch.bool).tril()
    reader, source = branches[:, :, None], branches[:, None, :]
    return (before & ((source == 0) | (source == reader)))[:, None]


def save_checkpoint(model: Any, optimizer: Any, progress: Progress, folder: Path) -> Path:
    """Write a checkpoint; its marker comes last, so a checkpoint without one is never resumed from. Keeps two."""
    import torch

    target = folder / f"step-{progress.step:07d}"
    if target.exists():
        shutil.rmtree(target)
    target.mkdir(parents=True)
    model.save_pretrained(target)
    torch.save(optimizer.state_dict(), target / "optimizer.pt")
    (target / MARKER).write_text(json.dumps(asdict(progress)) + "\n", "utf-8")
    for old in sorted(p for p in folder.glob("step-*") if p != target)[:-1]:
        shutil.rmtree(old)
    return target


def newest_checkpoint(folder: Path) -> Path | None:
    """The newest complete checkpoint of a stage, None where there is none."""
    complete = [p for p in folder.glob("step-*") if (p / MARKER).is_file()]
    return max(complete, default=None)
