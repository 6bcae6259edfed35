"""Measures: recall, MRR and nDCG of ranks, AUROC of scores, each with a bootstrap interval; percentiles of times.

A rank is the place of the first right hit (1 is best), NOT_FOUND where none of the hits was right. The right place of a
question counts once, so its nDCG is 1 / log2(rank + 1) (Järvelin, Kekäläinen: Cumulated gain-based evaluation of IR
techniques, 2002, with one relevant document).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

NOT_FOUND = 0
DEPTH = 10  # hits that are looked at
AT = (1, 3, 5, 10)
MEASURES = (*(f"recall_at_{k}" for k in AT), "mrr", "ndcg_at_10")
SAMPLES = 1000  # of the bootstrap (Efron, Tibshirani: An Introduction to the Bootstrap, 1993: 1,000 for intervals)
SEED = 20
INTERVAL = (2.5, 97.5)  # percentiles
_AT_ONCE = 100  # samples drawn at once, so that thousands of questions do not fill the memory


@dataclass(frozen=True, slots=True)
class Measured:
    """A value with its 95 % interval from the bootstrap."""

    value: float
    low: float
    high: float

    def as_json(self) -> list[float]:
        return [round(part, 4) for part in (self.value, self.low, self.high)]


def gains(rank: int) -> tuple[float, ...]:
    """What one question gives to each of MEASURES, in their order."""
    found = rank != NOT_FOUND and rank <= DEPTH
    recalls = (float(found and rank <= k) for k in AT)
    return (*recalls, 1 / rank if found else 0.0, 1 / math.log2(rank + 1) if found else 0.0)


def measure_ranks(ranks: Sequence[int]) -> dict[str, Measured]:
    """Each of MEASURES over questions with these ranks; empty where there are none."""
    import numpy as np

    if not ranks:
        return {}
    table = np.array([gains(rank) for rank in ranks])
    means = resampled_means(table)
    lows, highs = np.percentile(means, INTERVAL, axis=0)
    values = table.mean(axis=0)
    return {
        name: Measured(float(values[n]), float(lows[n]), float(highs[n])) for n, name in enumerate(MEASURES)
    }  # fmt: skip


def measure_mean(values: Sequence[float]) -> Measured | None:
    """The mean of one value a question; None where there is none."""
    import numpy as np

    if not values:
        return None
    table = np.array(values, dtype=float)[:, None]
    low, high = np.percentile(resampled_means(table), INTERVAL)
    return Measured(float(table.mean()), float(low), float(high))


def resampled_means(table: NDArray[np.float64]) -> NDArray[np.float64]:
    """Means of the (questions, measures) ``table`` over SAMPLES draws of its rows with replacement."""
    import numpy as np

    random, count = np.random.default_rng(SEED), len(table)
    drawn = []
    for _ in range(0, SAMPLES, _AT_ONCE):
        weights = random.multinomial(count, np.full(count, 1 / count), size=_AT_ONCE)
        drawn.append(weights @ table / count)
    return np.concatenate(drawn)


def auroc(positive: Sequence[float], negative: Sequence[float]) -> Measured | None:
    """How often a score of ``positive`` is above one of ``negative``, ties counting half (Hanley, McNeil 1982); None
    where one of them is empty. The interval draws both with replacement."""
    import numpy as np

    if not positive or not negative:
        return None
    above, below = np.asarray(positive)[:, None], np.asarray(negative)[None, :]
    wins = (above > below) + 0.5 * (above == below)
    random, pairs = np.random.default_rng(SEED), wins.size
    shape = [np.full(size, 1 / size) for size in wins.shape]
    first, second = (random.multinomial(len(p), p, size=SAMPLES) for p in shape)
    drawn = np.einsum("si,ij,sj->s", first, wins, second, optimize=True) / pairs
    low, high = np.percentile(drawn, INTERVAL)
    return Measured(float(wins.mean()), float(low), float(high))


def percentile(values: Sequence[float], percent: float) -> float:
    """By the nearest rank; 0 where there are no values."""
    if not values:
        return 0.0
    return sorted(values)[max(0, math.ceil(percent / 100 * len(values)) - 1)]
