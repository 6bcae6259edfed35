"""Trust in margins: whether a model is as often right as its two-choice likelihoods promise.

A margin m (nats by which the right choice is likelier than the wrong one) means confidence c = 1 / (1 + exp(-|m|)) in
the choice taken. Expected calibration error over bins b of equal width from 0.5 to 1 (Guo et al.: On Calibration of
Modern Neural Networks, 2017): ECE = sum over b of n_b / N |right_b - c_b|, with the share right and the mean confidence
of the bin. It is above 0 also for a model that is perfectly calibrated, by chance, so what such a model would show on
as many items stands beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from training.two_choice.statistics import SEED

BINS = 10
DRAWS = 500


def margin_trust(margins: Sequence[float], measure: str) -> dict[str, Any] | None:
    """``by_chance``: the mean and the 95th percentile of the ECE of a calibrated model with these confidences; an
    ``ece`` above the latter is shown. ``brier``: mean of (c - right)^2. ``measure`` "sum" is the model's own
    probability between the two choices; of a measure per character the confidences are only an order. None without
    margins."""
    import numpy as np

    if not margins:
        return None
    m = np.asarray(margins, float)
    right = (m > 0).astype(float)
    confidence = 1 / (1 + np.exp(-np.minimum(np.abs(m), 50.0)))
    place = np.minimum(((confidence - 0.5) * 2 * BINS).astype(int), BINS - 1)
    weights = np.stack([place == n for n in range(BINS)]).astype(float) / len(m)
    random = np.random.default_rng(SEED)
    calibrated = (random.random((DRAWS, len(m))) < confidence).astype(float)
    chance = np.abs((calibrated - confidence) @ weights.T).sum(axis=1)
    ece = float(np.abs(weights @ (right - confidence)).sum())
    return {
        "items": len(m), "measure": measure, "ece": round(ece, 4),
        "by_chance": [round(float(value), 4) for value in (chance.mean(), np.percentile(chance, 95))],
        "confidence": round(float(confidence.mean()), 4), "right": round(float(right.mean()), 4),
        "brier": round(float(((confidence - right) ** 2).mean()), 4),
        "bins": [
            {"from": round(0.5 + n / (2 * BINS), 3), "items": int((place == n).sum()),
             "confidence": round(float(confidence[place == n].mean()), 4),
             "right": round(float(right[place == n].mean()), 4)}
            for n in range(BINS) if (place == n).any()
        ],
    }  # fmt: skip
