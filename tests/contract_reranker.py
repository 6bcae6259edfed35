"""What every reranker keeps to; test classes of rerankers inherit it and give ``reranker``."""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor

import pytest

from index.search.reranker import Reranker

QUESTION = "AL.32 が出た。モータケーブルは？"
TEXTS = ["AL.32 Overcurrent: check the motor cable.", "", "手を洗う。", "half a pair \ud83d", "torque " * 3000]


class RerankerContract:
    @pytest.fixture
    def reranker(self) -> Reranker:
        raise NotImplementedError("the inheriting class gives the reranker")

    def test_has_a_name(self, reranker: Reranker) -> None:
        assert reranker.name

    def test_one_finite_number_a_text(self, reranker: Reranker) -> None:
        scores = reranker.score(QUESTION, TEXTS)
        assert len(scores) == len(TEXTS)
        assert all(isinstance(score, float) and math.isfinite(score) for score in scores)
        assert len(set(scores)) > 1, "it tells texts apart"
        assert reranker.score(QUESTION, []) == []

    def test_together_is_as_alone(self, reranker: Reranker) -> None:
        alone = [reranker.score(QUESTION, [text])[0] for text in TEXTS]
        assert reranker.score(QUESTION, TEXTS) == pytest.approx(alone, abs=1e-5)

    def test_threads_get_what_one_gets(self, reranker: Reranker) -> None:
        alone = reranker.score(QUESTION, TEXTS[:3])
        with ThreadPoolExecutor(4) as pool:
            for together in pool.map(lambda _: reranker.score(QUESTION, TEXTS[:3]), range(8)):
                assert together == pytest.approx(alone, abs=1e-5)
