"""What every embedder keeps to; test classes of embedders inherit it and give ``embedder``."""

from __future__ import annotations

import numpy as np
import pytest

from index.embedders.embedder import Embedder
from index.embedders.word_vectors import packed, word_matches

TEXTS = [
    "AL.32 Overcurrent: cut the power and check the motor cable.",
    "アラーム AL.32 過電流。電源を切り、モータケーブルを確認する。",
    "x",
    "",
    "half a pair \ud83d and a whole one 😀",
    "torque " * 2000,
]


class EmbedderContract:
    @pytest.fixture
    def embedder(self) -> Embedder:
        raise NotImplementedError("the inheriting class gives the embedder")

    def test_says_what_it_is(self, embedder: Embedder) -> None:
        assert embedder.name
        assert embedder.dim > 0
        assert embedder.languages <= {"ja", "en"}
        assert embedder.languages

    @pytest.mark.parametrize("kind", ["query", "passage"])
    def test_rows_are_float32_of_unit_length(self, embedder: Embedder, kind: str) -> None:
        vectors = embedder.embed(TEXTS, kind)  # type: ignore[arg-type]
        assert vectors.shape == (len(TEXTS), embedder.dim)
        assert vectors.dtype == np.float32
        assert np.allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)

    def test_a_batch_is_its_texts_one_by_one(self, embedder: Embedder) -> None:
        together = embedder.embed(TEXTS, "passage")
        alone = np.concatenate([embedder.embed([text], "passage") for text in TEXTS])
        assert np.abs(together - alone).max() < 1e-5

    def test_nothing_gives_no_rows(self, embedder: Embedder) -> None:
        assert embedder.embed([], "passage").shape == (0, embedder.dim)

    def test_a_text_is_nearest_to_itself(self, embedder: Embedder) -> None:
        texts = ["Grease the chain every week.", "Reset the overcurrent alarm.", "The belt slips on the pulley."]
        similarity = embedder.embed(texts, "query") @ embedder.embed(texts, "passage").T
        assert similarity.argmax(axis=1).tolist() == [0, 1, 2]

    def test_reading_gives_the_same_vectors(self, embedder: Embedder) -> None:
        readings = embedder.read(TEXTS, "passage")
        assert np.abs(np.stack([one.vector for one in readings]) - embedder.embed(TEXTS, "passage")).max() < 1e-5
        assert embedder.read([], "query") == []

    def test_words_are_of_unit_length_with_a_weight_each(self, embedder: Embedder) -> None:
        for reading in embedder.read(TEXTS, "query"):
            assert reading.words.shape[1] == embedder.word_dim
            assert reading.weights.shape == (len(reading.words) if embedder.word_dim else 0,)
            assert reading.words.dtype == reading.weights.dtype == np.float32
            assert (reading.weights >= 0).all()
            if len(reading.words) and embedder.word_dim:
                assert np.allclose(np.linalg.norm(reading.words, axis=1), 1.0, atol=1e-4)

    def test_words_that_are_the_same_match_best(self, embedder: Embedder) -> None:
        if not embedder.word_dim:
            pytest.skip("this embedder has no words")
        told = [
            packed(one.words)
            for one in embedder.read(["Grease the chain every week.", "Reset the overcurrent alarm."], "passage")
        ]
        for place, question in enumerate(["grease chain", "reset alarm"]):
            found = [one.match for one in word_matches(embedder.read([question], "query")[0], told)]
            assert found.index(max(found)) == place
