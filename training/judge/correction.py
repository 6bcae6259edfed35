"""Correction: the share of right answers that a judge's mistakes do not bend, from what people said of a sample.

A judge that takes ``1 - q0`` of the wrong answers for right ones and misses ``1 - q1`` of the right ones sees the share
p = theta q1 + (1 - theta)(1 - q0); solved for theta (Rogan, Gladen: Estimating prevalence from the results of a
screening test, 1978; for language models Lee et al.: How to Correctly Report LLM-as-a-Judge Evaluations, 2025,
arXiv 2511.21140). Rules and judge are corrected together: what they say is the verdict.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from training.errors import LabelsTooFew
from training.two_choice.statistics import Z95, wilson

FEWEST = 100  # labels
FEWEST_OF_A_KIND = 10  # answers that people found right, and wrong
LEAST_WORTH = 0.1  # of q0 + q1 - 1: below it the judge hardly knows right from wrong


@dataclass(frozen=True, slots=True)
class Corrected:
    """``share`` with its 95 % interval carries the sampling of the judged answers and of the labels. ``specificity``
    (q0): of the answers that people found wrong, those that the judge did; ``sensitivity`` (q1): of the right ones."""

    share: float
    low: float
    high: float
    raw: float
    specificity: float
    sensitivity: float
    judged: int
    labels: int

    def as_json(self) -> dict[str, Any]:
        return {name: round(value, 4) if isinstance(value, float) else value
                for name in type(self).__slots__ for value in (getattr(self, name),)}  # fmt: skip


def correct(verdicts: Sequence[bool], labelled: Sequence[tuple[bool, bool]]) -> Corrected:
    """``verdicts`` are of answers without a label, so that the two samples are independent; ``labelled``: (the judge's,
    the people's) of a random sample. Raises LabelsTooFew."""
    wrong = [judge for judge, people in labelled if not people]
    right = [judge for judge, people in labelled if people]
    if len(labelled) < FEWEST or min(len(wrong), len(right)) < FEWEST_OF_A_KIND or not verdicts:
        raise LabelsTooFew(
            f"{len(labelled)} labels ({len(right)} right, {len(wrong)} wrong) and {len(verdicts)} answers without one "
            f"do not correct a judge: {FEWEST} labels are needed, {FEWEST_OF_A_KIND} of each kind, and answers beside.",
            "Fill in more rows of the sheet, or judge more answers.",
        )
    p, q0, q1 = sum(verdicts) / len(verdicts), wrong.count(False) / len(wrong), sum(right) / len(right)
    if q0 + q1 - 1 < LEAST_WORTH:
        raise LabelsTooFew(
            f"The judge agrees with people hardly more often than chance (it finds {q1:.0%} of the right answers and "
            f"{q0:.0%} of the wrong ones).",
            "Take a stronger judge; these verdicts say nothing.",
        )
    share = min(1.0, max(0.0, (p + q0 - 1) / (q0 + q1 - 1)))
    low, high = interval(p, q0, q1, len(verdicts), len(wrong), len(right))
    return Corrected(share, low, high, p, q0, q1, len(verdicts), len(labelled))


def interval(p: float, q0: float, q1: float, n: int, m0: int, m1: int) -> tuple[float, float]:
    """By the delta method on shares drawn towards one half (Agresti, Coull 1998; one of each kind added to the labels),
    as 2511.21140 proposes: with the plain shares the interval is too narrow where one of them is near 0 or 1."""
    square = Z95 * Z95
    p, n_drawn = (n * p + square / 2) / (n + square), n + square
    q0, q1, m0_drawn, m1_drawn = (m0 * q0 + 1) / (m0 + 2), (m1 * q1 + 1) / (m1 + 2), m0 + 2, m1 + 2
    worth = q0 + q1 - 1
    share = (p + q0 - 1) / worth
    of_q0, of_q1 = q0 * (1 - q0) / m0_drawn, q1 * (1 - q1) / m1_drawn
    shift = 2 * square * (share * of_q1 - (1 - share) * of_q0)
    error = math.sqrt(p * (1 - p) / n_drawn + (1 - share) ** 2 * of_q0 + share**2 * of_q1) / worth
    centre = share + shift
    return max(0.0, min(1.0, centre - Z95 * error)), min(1.0, max(0.0, centre + Z95 * error))


def agreement(labelled: Sequence[tuple[bool, bool]]) -> dict[str, Any]:
    """How often the two agree, with its interval, and Cohen's kappa (1960); kappa None where chance alone agrees."""
    same = sum(one == other for one, other in labelled)
    low, high = wilson(same, len(labelled))
    count = max(1, len(labelled))
    first, second = sum(one for one, _ in labelled) / count, sum(other for _, other in labelled) / count
    chance = first * second + (1 - first) * (1 - second)
    kappa = (same / count - chance) / (1 - chance) if chance < 1 else None
    return {
        "pairs": len(labelled), "same": [round(value, 4) for value in (same / count, low, high)],
        "kappa": None if kappa is None else round(kappa, 4),
    }  # fmt: skip
