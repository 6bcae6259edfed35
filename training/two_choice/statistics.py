"""Statistics of shares: intervals, paired tests, and the smallest gap that a test of this size would show.

Items of one fact or document go wrong together, so differences are resampled by cluster (Miller: Adding Error Bars to
Evals, 2024), and two models are compared on the same items only.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from assistant.evaluation.compare import sign_test

Z95 = 1.959964  # two-sided 95 % of the normal distribution
SAMPLES = 2000
SEED = 20
POWER = 0.8


def wilson(right: int, count: int) -> tuple[float, float]:
    """95 % interval of a share (Wilson: Probable inference, 1927); (0, 1) without any item."""
    if not count:
        return 0.0, 1.0
    share, square = right / count, Z95 * Z95
    centre = (share + square / (2 * count)) / (1 + square / count)
    half = Z95 / (1 + square / count) * math.sqrt(share * (1 - share) / count + square / (4 * count * count))
    return max(0.0, centre - half), min(1.0, centre + half)


@dataclass(frozen=True, slots=True)
class Compared:
    """``difference``: new share less old share, with its 95 % interval by clusters. ``gained``, ``lost``: items that
    only the new, only the old model has right. ``mcnemar``: exact two-sided p; ``permuted``: p by exchanging the two
    models' results cluster by cluster."""

    items: int
    difference: float
    low: float
    high: float
    gained: int
    lost: int
    mcnemar: float
    permuted: float


def compare_paired(old: Sequence[bool], new: Sequence[bool], clusters: Sequence[Hashable]) -> Compared:
    """Two models on the same items; ``clusters`` tells which items belong together. Raises ValueError where there are
    none, or the three are not of one length."""
    import numpy as np

    if not old or not len(old) == len(new) == len(clusters):
        raise ValueError(f"{len(old)}, {len(new)} and {len(clusters)} results cannot be paired")
    sums: defaultdict[Hashable, float] = defaultdict(float)
    sizes: defaultdict[Hashable, int] = defaultdict(int)
    for before, after, cluster in zip(old, new, clusters, strict=True):
        sums[cluster] += float(after) - float(before)
        sizes[cluster] += 1
    difference, size = np.array([sums[c] for c in sizes]), np.array([sizes[c] for c in sizes], float)
    random = np.random.default_rng(SEED)
    weights = random.multinomial(len(size), np.full(len(size), 1 / len(size)), size=SAMPLES)
    drawn = (weights @ difference) / np.maximum(weights @ size, 1)
    low, high = np.percentile(drawn, (2.5, 97.5))
    gained = sum(after and not before for before, after in zip(old, new, strict=True))
    lost = sum(before and not after for before, after in zip(old, new, strict=True))
    signs = random.integers(0, 2, size=(SAMPLES, len(size))) * 2 - 1
    as_far = int((np.abs(signs @ difference) >= abs(difference.sum()) - 1e-9).sum())
    return Compared(
        len(old), float(difference.sum() / len(old)), float(low), float(high), gained, lost,
        mcnemar(gained, lost), (as_far + 1) / (SAMPLES + 1),
    )  # fmt: skip


def mcnemar(gained: int, lost: int) -> float:
    """Exact two-sided p of McNemar's test (1947); 1 where nothing changed."""
    return sign_test(gained, lost)


def holm(tests: Mapping[str, float]) -> dict[str, float]:
    """p values adjusted for their number (Holm: A simple sequentially rejective multiple test procedure, 1979)."""
    adjusted: dict[str, float] = {}
    highest = 0.0
    for rank, (name, p) in enumerate(sorted(tests.items(), key=lambda test: test[1])):
        highest = max(highest, min(1.0, (len(tests) - rank) * p))
        adjusted[name] = highest
    return {name: adjusted[name] for name in tests}


@lru_cache(maxsize=4096)
def mcnemar_power(items: int, gap: float, discordant: float) -> float:
    """How often the exact test at 5 % finds a true ``gap`` (new less old share) where the two models differ on a share
    ``discordant`` of ``items``. ``gap`` at most ``discordant``."""
    if not 0 <= gap <= discordant <= 1:
        raise ValueError(f"a gap of {gap} needs at least as many differing items, not {discordant}")
    if discordant == 0:
        return 0.0
    gain = (discordant + gap) / (2 * discordant)
    power = 0.0
    for changed in range(items + 1):
        chance = _binomial(items, changed, discordant)
        if chance > 1e-9:
            critical = _critical(changed)
            if critical >= 0:
                tails = sum(_binomial(changed, k, gain) for k in range(critical + 1))
                tails += sum(_binomial(changed, k, gain) for k in range(changed - critical, changed + 1))
                power += chance * min(1.0, tails)
    return power


@lru_cache(maxsize=8192)
def _critical(changed: int) -> int:
    """The most of the fewer changes at which the exact test still says 5 %; -1 where none does."""
    critical, tail = -1, 0.0
    for fewer in range(changed // 2 + 1):
        tail += math.comb(changed, fewer) / 2**changed
        if 2 * tail > 0.05:
            break
        critical = fewer
    return critical


def _binomial(count: int, successes: int, share: float) -> float:
    if share in (0.0, 1.0):
        return float(successes == round(count * share))
    logs = math.lgamma(count + 1) - math.lgamma(successes + 1) - math.lgamma(count - successes + 1)
    return math.exp(logs + successes * math.log(share) + (count - successes) * math.log(1 - share))


def smallest_gap(items: int, discordant: float = 0.2, power: float = POWER) -> float:
    """The smallest true gap, to a tenth of a point, that the paired test finds with ``power``; above it ``discordant``
    grows with the gap. 1 where no gap would be found."""
    step = 0.001
    low, high = 0, round(1 / step)
    if mcnemar_power(items, 1.0, 1.0) < power:
        return 1.0
    while low < high:
        middle = (low + high) // 2
        gap = middle * step
        if mcnemar_power(items, gap, max(discordant, gap)) >= power:
            high = middle
        else:
            low = middle + 1
    return round(low * step, 3)
