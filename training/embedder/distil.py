"""Training the student: nearer to the teacher on translations, and right among many on headings and sections."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.embedder.student import PAD, batch_of, contrast, distance, framed
from training.errors import TrainingDiverged

Ids = Sequence[NDArray[np.int32]]
Say = Callable[[dict[str, object]], None]
POOL = 8  # batches drawn at once and cut by length, so that little is padded
CLIP = 1.0
SAVE_SECONDS = 240
TRANSLATED = ("aligned", "words")
ASKED = "asked"  # kinds that begin like this: few passages, several questions each


@dataclass(frozen=True, slots=True)
class Phase:
    """One stretch of training. ``minutes`` of wall clock, or ``steps`` where above 0. ``body_rate`` 0 leaves the
    teacher's layers and its English pieces as they are, and trains Japanese pieces alone. ``shares``: how often a
    batch is of each kind; ``near``: the share of batches whose pairs are all of one subject, so that a pair's rivals
    are hard; ``longest``: tokens of a text at most."""

    minutes: float
    body_rate: float
    word_rate: float
    batch: int = 48
    longest: int = 80
    steps: int = 0
    warmup: int = 20
    near: float = 0.5
    shares: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Examples:
    """Tokenized pairs, grouped: ``groups`` has for each kind ("aligned", "words", "found-ja", "found-en", "crossed",
    "asked-ja-ja" and so on) the numbers of its pairs, ``subjects`` a cluster number for each pair."""

    left: Ids
    right: Ids
    groups: Mapping[str, NDArray[np.int64]]
    subjects: NDArray[np.int32]


class Batches:
    """Draws batches of one kind: pools cut by length, some of them of one subject."""

    def __init__(self, examples: Examples, phase: Phase, seed: int) -> None:
        self._examples, self._phase = examples, phase
        self._rng = random.Random(seed)
        self._waiting: dict[str, list[list[int]]] = {}
        self._by_subject = {kind: _split(numbers, examples.subjects) for kind, numbers in examples.groups.items()}

    def next(self) -> tuple[str, list[int]]:
        kinds = list(self._phase.shares)
        kind = self._rng.choices(kinds, [self._phase.shares[k] for k in kinds])[0]
        if not self._waiting.get(kind):
            self._waiting[kind] = self._pool(kind)
        return kind, self._waiting[kind].pop()

    def _pool(self, kind: str) -> list[list[int]]:
        size = self._phase.batch
        numbers = self._examples.groups[kind]
        if kind.startswith(ASKED):
            return [self._distinct(numbers, size)]
        if kind not in TRANSLATED and self._rng.random() < self._phase.near:
            subjects = self._by_subject[kind]
            chosen = self._rng.choice(subjects)
            picked = self._rng.sample(range(len(chosen)), min(len(chosen), 2 * size))
            pool = [int(chosen[i]) for i in picked]
        else:
            pool = [int(numbers[self._rng.randrange(len(numbers))]) for _ in range(POOL * size)]
        pool.sort(key=lambda n: len(self._examples.right[n]))
        batches = [pool[i : i + size] for i in range(0, len(pool), size)]
        batches = [b for b in batches if len(b) > size // 2]
        self._rng.shuffle(batches)
        return batches

    def _distinct(self, numbers: NDArray[np.int64], size: int) -> list[int]:
        """Pairs of as many passages: several questions have the same one, and it must not be its own rival."""
        chosen: dict[bytes, int] = {}
        for place in self._rng.sample(range(len(numbers)), len(numbers)):
            chosen.setdefault(self._examples.right[numbers[place]].tobytes(), int(numbers[place]))
            if len(chosen) == size:
                break
        return list(chosen.values())


def _split(numbers: NDArray[np.int64], subjects: NDArray[np.int32]) -> list[NDArray[np.int64]]:
    order = numbers[np.argsort(subjects[numbers], kind="stable")]
    cuts = np.flatnonzero(np.diff(subjects[order])) + 1
    return [part for part in np.split(order, cuts) if len(part) >= 64] or [numbers]


def train_phase(
    student: Any, teacher: Any, examples: Examples, japanese: NDArray[np.bool_], phase: Phase, threads: int, seed: int,
    folder: Path, say: Say,
) -> dict[str, object]:  # fmt: skip
    """Train ``student`` in place; a report. ``japanese``: which word rows are Japanese pieces. Checkpoints go to
    ``folder``/student.pt. Raises TrainingDiverged."""
    import torch

    torch.set_num_threads(1)
    words = student.embeddings["word_embeddings"].weight
    body = [p for n, p in student.named_parameters() if "word_embeddings" not in n]
    for p in body:
        p.requires_grad_(phase.body_rate > 0)
    trained = [words, *(body if phase.body_rate > 0 else [])]
    groups = [{"params": [words], "peak": phase.word_rate}]
    if phase.body_rate > 0:
        groups.append({"params": body, "peak": phase.body_rate})
    optimizer = torch.optim.AdamW(groups, lr=1e-4, betas=(0.9, 0.99), weight_decay=0.0, fused=True)
    frozen_rows = None if phase.body_rate > 0 else torch.from_numpy(~japanese)
    batches, pool = Batches(examples, phase, seed), ThreadPoolExecutor(threads)
    begin = saved = said = time.monotonic()
    step, texts, seen = 0, 0, dict[str, list[float]]()
    while (share := step / phase.steps if phase.steps else (time.monotonic() - begin) / (60 * phase.minutes)) < 1:
        for group in optimizer.param_groups:
            group["lr"] = group["peak"] * min(1.0, (step + 1) / phase.warmup) * max(0.02, 1 - share)
        drawn = [batches.next() for _ in range(threads)]
        results = list(pool.map(lambda d: _gradients(student, teacher, examples, phase, d, trained), drawn))
        for place, parameter in enumerate(trained):
            parameter.grad = sum(g[place] for _, g in results) / len(results)
        if frozen_rows is not None:
            words.grad[frozen_rows] = 0
        torch.nn.utils.clip_grad_norm_(trained, CLIP)
        optimizer.step()
        step, texts = step + 1, texts + sum(2 * len(numbers) for _, numbers in drawn)
        for (kind, _), (loss, _) in zip(drawn, results, strict=True):
            if not np.isfinite(loss):
                raise TrainingDiverged(f"The loss is {loss} at step {step}.", "Lower the rates in the recipe.")
            seen.setdefault(kind, []).append(loss)
        now = time.monotonic()
        if now - said > 30:
            said = now
            losses = {kind: round(float(np.mean(found[-40:])), 3) for kind, found in sorted(seen.items())}
            say({"step": step, "texts": texts, "seconds": round(now - begin), **losses})
        if now - saved > SAVE_SECONDS:
            saved = now
            save_student(student, folder)
    pool.shutdown()
    save_student(student, folder)
    return {"steps": step, "texts": texts, "seconds": round(time.monotonic() - begin)}


def _gradients(
    student: Any, teacher: Any, examples: Examples, phase: Phase, drawn: tuple[str, list[int]], trained: list[Any]
) -> tuple[float, list[Any]]:
    import torch

    kind, numbers = drawn
    left = [examples.left[n] for n in numbers]
    right = [examples.right[n] for n in numbers]
    if kind in TRANSLATED:
        left, right = _same_share(left, right, phase.longest)
    a, b = (batch_of([framed(t, phase.longest) for t in side], PAD) for side in (left, right))
    with torch.autocast("cpu", dtype=torch.bfloat16):
        loss = _loss(kind, student, teacher, a, b, phase.body_rate > 0)
    found = torch.autograd.grad(loss, trained, allow_unused=True)
    return float(loss.detach()), [torch.zeros_like(p) if g is None else g for p, g in zip(trained, found, strict=True)]


def _loss(kind: str, student: Any, teacher: Any, a: Any, b: Any, tuned: bool) -> Any:
    """Translations: Japanese (and, with a tuned body, English) near the teacher's English, and right among the batch.
    Headings and sections: right among the batch; English ones stay near the teacher as well."""
    import torch

    if kind in TRANSLATED:
        with torch.no_grad():
            wanted = teacher(*b)
        ours = student(*a)
        loss = 2 * distance(ours, wanted) + 0.5 * contrast(ours, wanted)
        return loss + 2 * distance(student(*b), wanted) if tuned else loss
    left, right = student(*a), student(*b)
    loss = contrast(left, right)
    if kind == "found-en":
        with torch.no_grad():
            asked, told = teacher(*a), teacher(*b)
        loss = loss + 2 * (distance(left, asked) + distance(right, told))
    return loss


def _same_share(left: Ids, right: Ids, longest: int) -> tuple[list[NDArray[np.int32]], list[NDArray[np.int32]]]:
    """Translations cut at about the same place."""
    cut_left, cut_right = [], []
    for a, b in zip(left, right, strict=True):
        share = min(1.0, longest / len(a), longest / len(b))
        cut_left.append(a[: max(1, int(len(a) * share))])
        cut_right.append(b[: max(1, int(len(b) * share))])
    return cut_left, cut_right


def save_student(student: Any, folder: Path) -> None:
    """student.pt, written whole: a new file renamed over the old."""
    import torch

    fresh = folder / "student.pt.new"
    torch.save(student.state_dict(), fresh)
    fresh.replace(folder / "student.pt")
