"""Measures: known values, intervals that hold them, comparisons that tell chance from change."""

from __future__ import annotations

import json
import math
import random
from pathlib import Path

import pytest

from assistant.errors import QuestionsWrong
from assistant.evaluation.compare import compare, differences, permutation_test, read_run, sign_test
from assistant.evaluation.measures import MEASURES, NOT_FOUND, auroc, gains, measure_ranks, percentile


def test_gains_of_a_rank() -> None:
    assert gains(1) == (1, 1, 1, 1, 1, 1)
    assert gains(4) == pytest.approx((0, 0, 1, 1, 0.25, 1 / math.log2(5)))
    assert gains(NOT_FOUND) == gains(11) == (0,) * len(MEASURES)


def test_means_with_intervals() -> None:
    found = measure_ranks([1, 2, 4, NOT_FOUND])
    assert found["recall_at_1"].value == 0.25
    assert found["recall_at_3"].value == 0.5
    assert found["mrr"].value == pytest.approx((1 + 0.5 + 0.25) / 4)
    assert all(one.low <= one.value <= one.high for one in found.values())
    assert found == measure_ranks([1, 2, 4, NOT_FOUND]), "the same draws every time"
    assert measure_ranks([]) == {}
    sure = measure_ranks([1] * 50)["mrr"]
    assert (sure.low, sure.high) == (1, 1)


def test_an_interval_is_as_wide_as_the_binomial_says() -> None:
    found = measure_ranks([1] * 80 + [NOT_FOUND] * 20)["recall_at_1"]
    spread = 1.96 * math.sqrt(0.8 * 0.2 / 100)
    assert found.high - found.low == pytest.approx(2 * spread, rel=0.15)


def test_auroc() -> None:
    perfect, none, half = auroc([2, 3], [0, 1]), auroc([0], [1]), auroc([1, 1], [1])
    assert perfect is not None
    assert none is not None
    assert half is not None
    assert (perfect.value, none.value, half.value) == (1, 0, 0.5)
    assert auroc([], [1]) is None
    mixed = auroc([1, 3], [2, 0])
    assert mixed is not None
    assert mixed.value == 0.75
    assert mixed.low <= 0.75 <= mixed.high


def test_percentiles_by_the_nearest_rank() -> None:
    assert percentile([5, 1, 3, 2, 4], 50) == 3
    assert percentile(list(range(1, 101)), 95) == 95
    assert percentile([], 50) == 0


def test_no_change_is_no_difference() -> None:
    found = differences([(1, 1), (3, 3), (0, 0)])
    assert found["mrr"]["difference"] == [0, 0, 0]
    assert found["mrr"]["p"] == 1
    assert differences([]) == {}


def test_chance_is_told_from_change() -> None:
    chance = random.Random(1)
    noise = [(chance.randint(1, 10), chance.randint(1, 10)) for _ in range(200)]
    assert differences(noise)["mrr"]["p"] > 0.05
    better = [(old, max(1, old - 2)) for old, _ in noise]
    found = differences(better)["mrr"]
    assert found["p"] < 0.001
    assert found["difference"][1] > 0


def test_permutation_and_sign_test_agree_with_counting() -> None:
    import numpy as np

    assert permutation_test(np.array([1.0] * 5)) == pytest.approx(2 / 32, abs=0.01)
    assert permutation_test(np.zeros(5)) == 1
    assert sign_test(5, 0) == 2 / 32
    assert sign_test(3, 3) == 1
    assert sign_test(0, 0) == 1
    assert sign_test(8, 1) == pytest.approx(2 * (1 + 9) / 512)


def run(**ranks: int | None) -> dict[str, object]:
    rows = [{"file": "q", "id": name, "text": f"{name}?", "rank": rank} for name, rank in ranks.items()]
    return {"what": "retrieval", "embedder": "e", "questions": rows}


def test_who_got_better_and_worse() -> None:
    found = compare(run(a=1, b=4, c=NOT_FOUND, d=2, gone=1, u=None), run(a=1, b=1, c=3, d=5, new=1, u=None))
    assert found["questions"] == 4
    assert (found["only_old"], found["only_new"]) == (1, 1)
    assert [(one["id"], one["old"], one["new"]) for one in found["better"]] == [("b", 4, 1), ("c", None, 3)]
    assert [one["id"] for one in found["worse"]] == ["d"]
    assert found["measures"]["recall_at_1"]["old"] == 0.25
    assert found["measures"]["recall_at_1"]["new"] == 0.5


def test_a_question_in_other_words_is_another_question() -> None:
    old = run(a=1)
    old["questions"][0]["text"] = "in other words?"  # type: ignore[index]
    assert compare(old, run(a=1))["questions"] == 0


@pytest.mark.parametrize("content", ["", "[]", '{"what": "answers", "questions": []}'])
def test_what_is_no_result_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "old.json").write_text(content)
    with pytest.raises(QuestionsWrong, match=r"old\.json") as raised:
        read_run(tmp_path / "old.json")
    assert "--json" in raised.value.remedy
    with pytest.raises(QuestionsWrong):
        read_run(tmp_path / "nowhere.json")
    (tmp_path / "run.json").write_text(json.dumps(run(a=1)))
    assert read_run(tmp_path / "run.json")["embedder"] == "e"
