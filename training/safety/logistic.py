"""Logistic regression: rows of numbers -> weights and an offset, by numpy alone; folds that keep blocks whole."""

from __future__ import annotations

import random
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.float32]
Column = NDArray[np.float32]
Truth = NDArray[np.bool_]
MOST_STEPS = 300
STILL = 1e-3  # mean change of a score in one step, below which the next ones change nothing that counts
POWER_STEPS = 12
SURELY = 1.1  # the power method comes from below


def fit(products: Rows, is_true: Truth, counts: Column, l2: float) -> tuple[Column, float]:
    """Shares (n,) and offset of the regression over rows whose scalar products are ``products`` (n, n): the weights are
    the rows times their shares. ``counts`` (n,) is how much each row counts; ``l2`` holds the weights small, not the
    offset.

    Gradient steps as long as the largest curvature allows, which is the one at 0, with Nesterov's momentum for what
    ``l2`` makes convex. The rows are centred, so that weights and offset do not disturb each other. Products are made
    once for all folds, and a step reads them once: a third of what steps over the rows themselves take."""
    usual = counts / counts.sum()
    beside = products @ usual  # of each row with the mean one
    centred = products - beside[:, None] - beside + usual @ beside
    top = _curvature(centred, counts) + l2
    pace, offset_pace = np.float32(1 / top), float(4 / counts.sum())
    root = float(np.sqrt(l2 / top))
    push = np.float32((1 - root) / (1 + root))
    shares: Column = np.zeros(len(counts), np.float32)
    ahead = shares
    offset = offset_ahead = 0.0
    last = np.full(len(counts), np.inf, np.float32)
    for _ in range(MOST_STEPS):
        score = centred @ ahead + np.float32(offset_ahead)
        wrong = counts * (1 / (1 + np.exp(-np.clip(score, -30, 30))) - is_true)
        fresh = (ahead - pace * (wrong + np.float32(l2) * ahead)).astype(np.float32)
        offset_fresh = offset_ahead - offset_pace * float(wrong.sum())
        ahead = (fresh + push * (fresh - shares)).astype(np.float32)
        offset_ahead = offset_fresh + float(push) * (offset_fresh - offset)
        shares, offset = fresh, offset_fresh
        if float(np.abs(score - last).mean()) < STILL:
            break
        last = score
    shares = (shares - shares.sum() * usual).astype(np.float32)
    return shares, offset - float(shares @ beside)


def _curvature(centred: Rows, counts: Column) -> float:
    """The largest curvature of the loss, a little over, by the power method."""
    found = np.random.default_rng(0).normal(size=len(counts)).astype(np.float32)
    size = 1.0
    for _ in range(POWER_STEPS):
        found = (counts * (centred @ found) / 4).astype(np.float32)
        size = float(np.linalg.norm(found))
        found = found / np.float32(size)
    return size * SURELY


def balanced(is_true: Truth) -> Column:
    """How much each row counts so that both kinds count the same; 1 on average."""
    share = is_true.mean()
    counts: Column = np.where(is_true, 0.5 / share, 0.5 / (1 - share)).astype(np.float32)
    return counts


def fold_of(blocks: Sequence[int], folds: int, seed: int) -> NDArray[np.int64]:
    """The fold (0 to folds - 1) of each row, where rows of a block stay together."""
    numbers = sorted(set(blocks))
    random.Random(seed).shuffle(numbers)
    place = {block: place % folds for place, block in enumerate(numbers)}
    return np.array([place[block] for block in blocks])
