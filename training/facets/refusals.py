"""Refusals: whether a model declines where there is no answer, and only there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from training.two_choice.statistics import SAMPLES, SEED, wilson


def refusals(asked: Sequence[tuple[bool, bool]]) -> dict[str, Any] | None:
    """``asked``: (answerable, refused) of each question. Refusing is what is looked for: ``recall``: of the
    unanswerable those refused, ``precision``: of the refused those unanswerable, ``over``: of the answerable those
    refused, each with its Wilson interval; ``f1``: the harmonic mean of precision and recall, its interval by drawing
    the questions again (bootstrap). None where there is no unanswerable or no answerable question."""
    rightly = sum(refused and not answerable for answerable, refused in asked)
    wrongly = sum(refused and answerable for answerable, refused in asked)
    unanswerable = sum(not answerable for answerable, _ in asked)
    answerable_ = len(asked) - unanswerable
    if not unanswerable or not answerable_:
        return None
    cells = (rightly, wrongly, unanswerable - rightly, answerable_ - wrongly)
    return {
        "answerable": answerable_, "unanswerable": unanswerable,
        "recall": _share(rightly, unanswerable), "precision": _share(rightly, rightly + wrongly),
        "over": _share(wrongly, answerable_), "f1": [round(value, 4) for value in (_f1(*cells[:3]), *_drawn(cells))],
    }  # fmt: skip


def _f1(rightly: float, wrongly: float, missed: float) -> float:
    """2 TP / (2 TP + FP + FN); 0 where nothing is refused."""
    total = 2 * rightly + wrongly + missed
    return 2 * rightly / total if total else 0.0


def _drawn(cells: Sequence[int]) -> tuple[float, float]:
    import numpy as np

    count = sum(cells)
    drawn = np.random.default_rng(SEED).multinomial(count, np.array(cells) / count, size=SAMPLES)
    low, high = np.percentile([_f1(*row[:3]) for row in drawn], (2.5, 97.5))
    return float(low), float(high)


def _share(found: int, count: int) -> list[float] | None:
    if not count:
        return None
    low, high = wilson(found, count)
    return [round(value, 4) for value in (found / count, low, high)]
