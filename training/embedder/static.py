"""Static vectors of both languages in one space: a mean of rows, trained in minutes; the student's start."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.embedder.recipe import Static

Ids = Sequence[NDArray[np.int32]]
Rows = NDArray[np.float32]
TEMPERATURE = 0.05


def train_static(
    left: Ids, right: Ids, size: int, plan: Static, seed: int, say: Callable[[dict[str, object]], None]
) -> Rows:
    """Rows (size, plan.dim) such that the mean of a text's rows is near that of its partner and far from the others'.

    ``left`` and ``right``: row ids of each pair, as many; loss: InfoNCE within the batch, both ways. Rows start random,
    scaled by how rare they are, so that words that training never sees still match themselves.
    """
    import torch

    counts = np.bincount(np.concatenate([*left[:50000], *right[:50000]]), minlength=size)
    rarity = np.log(1 + counts.sum() / (1 + counts)).astype(np.float32)
    dim, batch = plan.dim, plan.batch
    generator = torch.Generator().manual_seed(seed)
    start = torch.randn(size, dim, generator=generator) * torch.from_numpy(rarity / rarity.mean())[:, None] / dim**0.5
    table = torch.nn.EmbeddingBag.from_pretrained(start, mode="mean", freeze=False)
    optimizer = torch.optim.Adam(table.parameters(), lr=2e-3)
    rng = np.random.default_rng(seed)
    begin, step, losses = time.monotonic(), 0, []
    while (spent := step / plan.steps if plan.steps else (time.monotonic() - begin) / (60 * plan.minutes)) < 1:
        for group in optimizer.param_groups:
            group["lr"] = 2e-3 * max(0.05, 1 - spent)
        picked = rng.integers(0, len(left), batch)
        a = _unit(_bags(table, [left[i] for i in picked]))
        b = _unit(_bags(table, [right[i] for i in picked]))
        scores = a @ b.T / TEMPERATURE
        goal = torch.arange(batch)
        loss = (torch.nn.functional.cross_entropy(scores, goal) + torch.nn.functional.cross_entropy(scores.T, goal)) / 2
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(float(loss.detach()))
        step += 1
        if step % 100 == 0:
            say({"stage": "static", "step": step, "loss": round(float(np.mean(losses[-100:])), 3)})
    rows: Rows = table.weight.detach().numpy()
    return rows


def _bags(table: Any, texts: Ids) -> Any:
    import torch

    offsets = np.cumsum([0, *(len(t) for t in texts[:-1])])
    return table(torch.from_numpy(np.concatenate(texts)).long(), torch.from_numpy(offsets).long())


def _unit(vectors: Any) -> Any:
    import torch

    return torch.nn.functional.normalize(vectors, dim=-1)


def warm_start(static: Rows, teacher: Sequence[int], words: Rows, counts: NDArray[np.int64], nearest: int = 8) -> Rows:
    """The student's word rows (size, width): the teacher's own where it has them, else the mean of the teacher's rows
    of the ``nearest`` English pieces in the static space, each by its nearness.

    ``teacher``: per row the teacher's token id or -1; ``words``: the teacher's word embeddings; ``counts``: how often
    each row was seen: English pieces that training hardly saw are nobody's neighbour. Japanese pieces never seen get
    a mean of random English rows, so that they differ.
    """
    ids = np.asarray(teacher)
    rows = np.zeros((len(ids), words.shape[1]), np.float32)
    known = ids >= 0
    rows[known] = words[ids[known]]
    unit = static / np.linalg.norm(static, axis=1, keepdims=True)
    pool = np.flatnonzero(known & (counts >= 30))
    for place in np.array_split(np.flatnonzero(~known), 40):
        near = unit[place] @ unit[pool].T
        best = np.argpartition(-near, nearest, axis=1)[:, :nearest]
        weights = np.exp((np.take_along_axis(near, best, 1) - 1) / 0.06)
        weights /= weights.sum(1, keepdims=True)
        rows[place] = np.einsum("nk,nkd->nd", weights, words[ids[pool[best]]])
    size = np.linalg.norm(words, axis=1).mean()
    fresh = ~known
    rows[fresh] *= size / np.maximum(np.linalg.norm(rows[fresh], axis=1, keepdims=True), 1e-6)
    return rows


def subjects(static: Rows, texts: Ids, count: int, seed: int, rounds: int = 6) -> NDArray[np.int32]:
    """A cluster number (0 to count - 1) for each text, by k-means over its static vector."""
    rng = np.random.default_rng(seed)
    vectors = np.stack([static[t].mean(0) for t in texts])
    vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-6)
    sample = vectors[rng.choice(len(vectors), min(len(vectors), 60 * count), replace=False)]
    centres = sample[rng.choice(len(sample), count, replace=False)]
    for _ in range(rounds):
        nearest = (sample @ centres.T).argmax(1)
        for number in range(count):
            if (mine := nearest == number).any():
                mean = sample[mine].mean(0)
                centres[number] = mean / max(float(np.linalg.norm(mean)), 1e-6)
    parts = [(block @ centres.T).argmax(1) for block in np.array_split(vectors, max(1, len(vectors) // 20000))]
    return np.concatenate(parts).astype(np.int32)
