"""Comparison of two runs over the same questions: the paired difference, whether chance explains it, who changed.

Per measure: the mean difference with a bootstrap interval, and the p-value of a sign-flip permutation test (Fisher's
randomisation test, as recommended by Smucker, Allan, Carterette: A comparison of statistical significance tests for
information retrieval evaluation, 2007). Over questions: how many got better and worse, with an exact sign test.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.errors import QuestionsWrong
from assistant.evaluation.measures import DEPTH, INTERVAL, MEASURES, NOT_FOUND, SEED, Measured, gains, resampled_means

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

FLIPS = 10_000
_AT_ONCE = 500
Json = dict[str, Any]
Key = tuple[str, str, str]


def read_run(path: Path, what: str = "retrieval") -> Json:
    """The report of an earlier run. Raises QuestionsWrong where the file is none."""
    try:
        run = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as reason:
        raise QuestionsWrong(
            f"{path} cannot be read ({reason}).", f"Give a file that andon evaluate {what} --json wrote."
        ) from reason
    if not isinstance(run, dict) or run.get("what") != what or not isinstance(run.get("questions"), list):
        raise QuestionsWrong(
            f"{path} is no result of andon evaluate {what}.", f"Give a file that andon evaluate {what} --json wrote."
        )
    return run


def compare(old: Mapping[str, Any], new: Mapping[str, Any]) -> Json:
    """What changed from ``old`` to ``new``, over the questions that both asked in the same words. ``better`` and
    ``worse`` name the questions whose rank changed, the largest change of reciprocal rank first."""
    before, after = _ranks(old), _ranks(new)
    both = [key for key in after if key in before]
    pairs = [(before[key], after[key]) for key in both]
    changed = sorted(
        (
            (gains(b)[-1] - gains(a)[-1], key, a, b)
            for key, (a, b) in zip(both, pairs, strict=True)
            if _capped(a) != _capped(b)
        ),
        key=lambda change: (-abs(change[0]), change[1]),
    )
    better, worse = ([_change(key, a, b) for gain, key, a, b in changed if (gain > 0) is up] for up in (True, False))
    return {
        "questions": len(both), "only_old": len(before) - len(both), "only_new": len(after) - len(both),
        "embedder": [old.get("embedder", ""), new.get("embedder", "")],
        "measures": differences(pairs), "sign_test_p": round(sign_test(len(better), len(worse)), 4),
        "better": better, "worse": worse,
    }  # fmt: skip


def compare_answers(old: Mapping[str, Any], new: Mapping[str, Any]) -> Json:
    """The same for two runs of answers: a measure is compared over the questions that have it in both, and a question
    got better if it was wrong and is right now."""
    before, after = ({_key(row): row for row in run["questions"]} for run in (old, new))
    both = [key for key in after if key in before]
    pairs = [(before[key], after[key]) for key in both]
    measures: Json = {}
    for name in dict.fromkeys(name for row in after.values() for name in row["shares"]):
        had = [(a["shares"].get(name), b["shares"].get(name)) for a, b in pairs]
        columns = [([float(a)], [float(b)]) for a, b in had if a is not None and b is not None]
        measures.update(_differences((name,), columns))
    better, worse = (
        [{"file": key[0], "id": key[1], "question": key[2], "old": a["right"], "new": b["right"]}
         for key, (a, b) in zip(both, pairs, strict=True) if (a["right"], b["right"]) == change]
        for change in ((False, True), (True, False))
    )  # fmt: skip
    return {
        "questions": len(both), "only_old": len(before) - len(both), "only_new": len(after) - len(both),
        "embedder": [f"{run.get('embedder', '')}, {run.get('model', '')}" for run in (old, new)],
        "measures": measures, "sign_test_p": round(sign_test(len(better), len(worse)), 4),
        "better": better, "worse": worse,
    }  # fmt: skip


def differences(pairs: Sequence[tuple[int, int]]) -> Json:
    """For each measure of ranks the (old, new) means, the difference with its interval, and p; empty without pairs."""
    return _differences(MEASURES, [(gains(a), gains(b)) for a, b in pairs])


def _differences(names: Sequence[str], pairs: Sequence[tuple[Sequence[float], Sequence[float]]]) -> Json:
    import numpy as np

    if not pairs:
        return {}
    first = np.array([a for a, _ in pairs], dtype=float)
    second = np.array([b for _, b in pairs], dtype=float)
    apart = second - first
    lows, highs = np.percentile(resampled_means(apart), INTERVAL, axis=0)
    found = {}
    for n, name in enumerate(names):
        difference = Measured(float(apart[:, n].mean()), float(lows[n]), float(highs[n]))
        found[name] = {
            "old": round(float(first[:, n].mean()), 4), "new": round(float(second[:, n].mean()), 4),
            "difference": difference.as_json(), "p": round(permutation_test(apart[:, n]), 4),
        }  # fmt: skip
    return found


def permutation_test(apart: NDArray[np.float64]) -> float:
    """How often differences as large arise when a coin throws each one's sign; two-sided. 1 where none differs."""
    import numpy as np

    apart = apart[apart != 0]
    if not len(apart):
        return 1.0
    random, observed, as_far = np.random.default_rng(SEED), abs(apart.sum()) - 1e-9, 0
    for _ in range(0, FLIPS, _AT_ONCE):
        signs = random.integers(0, 2, size=(_AT_ONCE, len(apart))) * 2 - 1
        as_far += int((np.abs(signs @ apart) >= observed).sum())
    return (as_far + 1) / (FLIPS + 1)


def sign_test(better: int, worse: int) -> float:
    """Two-sided exact probability of so uneven a split among ``better + worse`` changed questions."""
    changed = better + worse
    tail = sum(math.comb(changed, n) for n in range(min(better, worse) + 1)) / 2**changed
    return float(min(1.0, 2 * tail))


def _ranks(run: Mapping[str, Any]) -> dict[Key, int]:
    rows = run["questions"]
    return {_key(row): row["rank"] for row in rows if row.get("rank") is not None}


def _key(row: Mapping[str, Any]) -> Key:
    return row["file"], row["id"], row["text"]


def _capped(rank: int) -> int:
    return rank if rank <= DEPTH else NOT_FOUND


def _change(key: Key, old: int, new: int) -> Json:
    file, identity, text = key
    return {"file": file, "id": identity, "question": text, "old": old or None, "new": new or None}
