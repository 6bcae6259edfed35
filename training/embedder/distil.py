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

from training.embedder.late import late_scores
from training.embedder.student import PAD, batch_of, contrast, distance, framed, pooled
from training.errors import TrainingDiverged

Ids = Sequence[NDArray[np.int32]]
Say = Callable[[dict[str, object]], None]
POOL = 8  # batches drawn at once and cut by length, so that little is padded
CLIP = 1.0
SAVE_SECONDS = 240
TRANSLATED = ("aligned", "words")
LEAST_OF_SUBJECT = 64  # pairs; a smaller cluster is no subject of its own
ASKED = "asked-"  # kinds that begin like this, and go on with the language of the passage
QUESTIONS = {"ja": {"ja": 2, "en": 1}, "en": {"en": 2, "ja": 1}}  # of a passage in a batch, by its language and theirs
UNANSWERED = 3  # questions of a section in a batch


@dataclass(frozen=True, slots=True)
class Phase:
    """One stretch of training. ``minutes`` of wall clock, or ``steps`` where above 0. ``body_rate`` 0 leaves the
    teacher's layers and its English pieces as they are, and trains Japanese pieces alone. ``shares``: how often a
    batch is of each kind; ``near``: the share of batches whose pairs are all of one subject, so that a pair's rivals
    are hard; ``longest``: tokens of a text at most; ``late_rate``: of the head for late interaction, 0 trains none."""

    minutes: float
    body_rate: float
    word_rate: float
    batch: int = 48
    longest: int = 80
    steps: int = 0
    warmup: int = 20
    near: float = 0.5
    late_rate: float = 0.0
    shares: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Asked:
    """An asked fact as rows: its passage and its questions by language, and the number of its section."""

    section: int
    told: Mapping[str, NDArray[np.int32]]
    questions: Mapping[str, Ids]


@dataclass(frozen=True, slots=True)
class Examples:
    """Tokenized pairs, grouped: ``groups`` has for each kind ("aligned", "words", "found-ja", "found-en", "crossed")
    the numbers of its pairs, ``subjects`` a cluster number for each pair. ``asked``: facts with their questions;
    ``unanswered``: section -> questions of either language that it does not answer."""

    left: Ids
    right: Ids
    groups: Mapping[str, NDArray[np.int64]]
    subjects: NDArray[np.int32]
    asked: Sequence[Asked] = ()
    unanswered: Mapping[int, Ids] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Drawn:
    """One batch. Of questions there may be several for each passage: ``left`` are the first of all passages, then the
    second of all, and so on; and behind them ``unanswered``, as many as there are. ``sections`` (empty where they are
    not known) are those of the passages, then those of the unanswered questions."""

    kind: str
    left: Ids
    right: Ids
    unanswered: Ids = ()
    sections: tuple[int, ...] = ()


class Batches:
    """Draws batches of one kind: pools cut by length, some of them of one subject; asked facts by whole sections."""

    def __init__(self, examples: Examples, phase: Phase, seed: int) -> None:
        self._examples, self._phase = examples, phase
        self._rng = random.Random(seed)
        self._waiting: dict[str, list[list[int]]] = {}
        self._by_subject = {kind: _split(numbers, examples.subjects) for kind, numbers in examples.groups.items()}
        self._sections: dict[int, list[Asked]] = {}
        for fact in examples.asked:
            self._sections.setdefault(fact.section, []).append(fact)
        self._order: list[int] = []

    def next(self) -> Drawn:
        kinds = list(self._phase.shares)
        kind = self._rng.choices(kinds, [self._phase.shares[k] for k in kinds])[0]
        if kind.startswith(ASKED):
            return self._asked(kind)
        if not self._waiting.get(kind):
            self._waiting[kind] = self._pool(kind)
        numbers = self._waiting[kind].pop()
        left, right = ([side[n] for n in numbers] for side in (self._examples.left, self._examples.right))
        return Drawn(kind, left, right)

    def _pool(self, kind: str) -> list[list[int]]:
        size = self._phase.batch
        numbers = self._examples.groups[kind]
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

    def _asked(self, kind: str) -> Drawn:
        """Whole sections, since what stands beside a passage is its hardest rival: each passage once, in the language
        ``kind`` ends with, and several of its questions in both, which are short and so cost little."""
        told = kind.rpartition("-")[2]
        facts: list[Asked] = []
        unanswered: list[tuple[int, NDArray[np.int32]]] = []
        used: set[int] = set()
        while len(facts) < self._phase.batch and len(used) < len(self._sections):
            if not self._order:
                self._order = self._rng.sample(list(self._sections), len(self._sections))
            section = self._order.pop()
            if section in used:
                continue
            used.add(section)
            facts += self._sections[section]
            near = list(self._examples.unanswered.get(section, ()))
            unanswered += [(section, q) for q in self._rng.sample(near, min(UNANSWERED, len(near)))]
        del facts[2 * self._phase.batch :]
        left: list[NDArray[np.int32]] = []
        for lang, times in sorted(QUESTIONS[told].items()):
            picked = [self._some(fact.questions[lang], times) for fact in facts]
            left += [questions[turn] for turn in range(times) for questions in picked]
        sections = (*(fact.section for fact in facts), *(section for section, _ in unanswered))
        return Drawn(kind, left, [fact.told[told] for fact in facts], [q for _, q in unanswered], sections)

    def _some(self, questions: Ids, times: int) -> list[NDArray[np.int32]]:
        """So many of them, each once where there are enough."""
        return [*self._rng.sample(list(questions), len(questions)), *list(questions) * times][:times]


def _split(numbers: NDArray[np.int64], subjects: NDArray[np.int32]) -> list[NDArray[np.int64]]:
    order = numbers[np.argsort(subjects[numbers], kind="stable")]
    cuts = np.flatnonzero(np.diff(subjects[order])) + 1
    return [part for part in np.split(order, cuts) if len(part) >= LEAST_OF_SUBJECT] or [numbers]


def train_phase(
    student: Any, teacher: Any, examples: Examples, japanese: NDArray[np.bool_], phase: Phase, threads: int, seed: int,
    folder: Path, say: Say, late: Any = None,
) -> dict[str, object]:  # fmt: skip
    """Train ``student`` in place; a report. ``japanese``: which word rows are Japanese pieces; ``late``: the head that
    is trained with it where the phase says so. Checkpoints go to ``folder``/student.pt and late.pt. Raises
    TrainingDiverged."""
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
    if not phase.late_rate:
        late = None
    if late is not None:
        trained += list(late.parameters())
        groups.append({"params": list(late.parameters()), "peak": phase.late_rate})
    models = Models(student, teacher, late)
    optimizer = torch.optim.AdamW(groups, lr=1e-4, betas=(0.9, 0.99), weight_decay=0.0, fused=True)
    frozen_rows = None if phase.body_rate > 0 else torch.from_numpy(~japanese)
    batches, pool = Batches(examples, phase, seed), ThreadPoolExecutor(threads)
    begin = saved = said = time.monotonic()
    step, texts, seen = 0, 0, dict[str, list[float]]()
    while (share := step / phase.steps if phase.steps else (time.monotonic() - begin) / (60 * phase.minutes)) < 1:
        for group in optimizer.param_groups:
            group["lr"] = group["peak"] * min(1.0, (step + 1) / phase.warmup) * max(0.02, 1 - share)
        drawn = [batches.next() for _ in range(threads)]
        results = list(pool.map(lambda d: _gradients(models, phase, d, trained), drawn))
        for place, parameter in enumerate(trained):
            parameter.grad = sum(g[place] for _, g in results) / len(results)
        if frozen_rows is not None:
            words.grad[frozen_rows] = 0
        torch.nn.utils.clip_grad_norm_(trained, CLIP)
        optimizer.step()
        step, texts = step + 1, texts + sum(len(d.left) + len(d.right) + len(d.unanswered) for d in drawn)
        for d, (loss, _) in zip(drawn, results, strict=True):
            if not np.isfinite(loss):
                raise TrainingDiverged(f"The loss is {loss} at step {step}.", "Lower the rates in the recipe.")
            seen.setdefault(d.kind, []).append(loss)
        now = time.monotonic()
        if now - said > 30:
            said = now
            losses = {kind: round(float(np.mean(found[-40:])), 3) for kind, found in sorted(seen.items())}
            say({"step": step, "texts": texts, "seconds": round(now - begin), **losses})
        if now - saved > SAVE_SECONDS:
            saved = now
            save_student(student, folder, late)
    pool.shutdown()
    save_student(student, folder, late)
    return {"steps": step, "texts": texts, "seconds": round(time.monotonic() - begin)}


@dataclass(frozen=True, slots=True)
class Models:
    """What is trained and who teaches; ``late`` may be None."""

    student: Any
    teacher: Any
    late: Any


@dataclass(frozen=True, slots=True)
class Read:
    """A side of a batch as the models read it: unit vectors (b, width), and what the late head gives (or None)."""

    vectors: Any
    words: Any


def _gradients(models: Models, phase: Phase, drawn: Drawn, trained: list[Any]) -> tuple[float, list[Any]]:
    import torch

    left, right = drawn.left, drawn.right
    if drawn.kind in TRANSLATED:
        left, right = _same_share(left, right, phase.longest)
    asks = [*left, *drawn.unanswered]
    a, b = (batch_of([framed(t, phase.longest) for t in side], PAD) for side in (asks, right))
    with torch.autocast("cpu", dtype=torch.bfloat16):
        asked, told = _read(models, a), _read(models, b)
        loss = _loss(drawn.kind, models, a, b, asked, told, phase.body_rate > 0)
        if models.late is not None:
            loss = loss + _late_loss(models.late, asked, told, drawn)
    found = torch.autograd.grad(loss, trained, allow_unused=True)
    return float(loss.detach()), [torch.zeros_like(p) if g is None else g for p, g in zip(trained, found, strict=True)]


def _read(models: Models, batch: Any) -> Read:
    hidden = models.student.hidden(*batch)
    return Read(pooled(hidden, batch[1]), None if models.late is None else models.late(batch[0], hidden, batch[1]))


def _loss(kind: str, models: Models, a: Any, b: Any, asked: Read, told: Read, tuned: bool) -> Any:
    """Of the vectors. Translations: Japanese (and, with a tuned body, English) near the teacher's English, and right
    among the batch. Headings and sections: right among the batch; English ones stay near the teacher as well."""
    import torch

    if kind in TRANSLATED:
        with torch.no_grad():
            wanted = models.teacher(*b)
        loss = 2 * distance(asked.vectors, wanted) + 0.5 * contrast(asked.vectors, wanted)
        return loss + 2 * distance(told.vectors, wanted) if tuned else loss
    left, right = asked.vectors, told.vectors
    turns = [left[at : at + len(right)] for at in range(0, len(left) - len(right) + 1, len(right))]
    loss = sum(contrast(turn, right) for turn in turns) / len(turns)
    if kind == "found-en":
        with torch.no_grad():
            near, far = models.teacher(*a), models.teacher(*b)
        loss = loss + 2 * (distance(left, near) + distance(right, far))
    return loss


def _late_loss(late: Any, asked: Read, told: Read, drawn: Drawn) -> Any:
    """Right among the batch, both ways; and where the sections are known, whether a passage of the question's section
    is an answer at all, answers and others counting the same."""
    import torch
    from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy

    scores = late_scores(asked.words, told.words)
    count = scores.shape[1]
    turns = len(drawn.left) // count
    goal = torch.arange(count)
    loss: Any = 0.0
    for turn in range(turns):
        square = scores[turn * count : (turn + 1) * count] * late.sharpness.exp()
        loss = loss + (cross_entropy(square, goal) + cross_entropy(square.T, goal)) / (2 * turns)
    if drawn.sections:
        own, apart = np.array(drawn.sections[:count]), np.array(drawn.sections[count:], np.int64)
        labels = np.where(np.concatenate([np.tile(own, turns), apart])[:, None] == own[None, :], 0, -1)
        for turn in range(turns):
            labels[turn * count + np.arange(count), np.arange(count)] = 1
        answers = (scores - late.even) * late.firm.exp()
        for label in (0, 1):
            chosen = answers[torch.from_numpy(labels == label)]
            if len(chosen):
                truth = torch.full_like(chosen, float(label))
                loss = loss + 0.5 * binary_cross_entropy_with_logits(chosen, truth)
    return loss


def _same_share(left: Ids, right: Ids, longest: int) -> tuple[list[NDArray[np.int32]], list[NDArray[np.int32]]]:
    """Translations cut at about the same place."""
    cut_left, cut_right = [], []
    for a, b in zip(left, right, strict=True):
        share = min(1.0, longest / len(a), longest / len(b))
        cut_left.append(a[: max(1, int(len(a) * share))])
        cut_right.append(b[: max(1, int(len(b) * share))])
    return cut_left, cut_right


def save_student(student: Any, folder: Path, late: Any = None) -> None:
    """student.pt, and late.pt where there is such a head, each written whole: a new file renamed over the old."""
    import torch

    for name, module in (("late.pt", late), ("student.pt", student)):
        if module is not None:
            fresh = folder / f"{name}.new"
            torch.save(module.state_dict(), fresh)
            fresh.replace(folder / name)
