"""Reranker: the contract for tiny models made here, the order it gives, entries that stay ahead, and its time cap."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import pytest
from assistant_sources import quote
from contract_reranker import RerankerContract
from manual_texts import SERVO_EN, write
from tiny_embedder import VOCABULARY, write_tokenizer

from assistant.build import open_library
from assistant.settings import Settings
from index.library import Library
from index.options import IndexOptions
from index.passage import Hit, Why
from index.search.reranker import FIRST, Reranker, RerankerMissing, make_reranker, rerank

needs_onnx = pytest.mark.skipif(find_spec("onnx") is None, reason="not installed: onnx (pip install 'andon[train]')")
needs_torch = pytest.mark.skipif(
    find_spec("sentence_transformers") is None,
    reason="not installed: sentence-transformers (pip install 'andon[minilm]')",
)


def write_onnx(folder: Path, outputs: int = 1) -> Path:
    """tiny.onnx: a random weight for each byte of both texts, summed; its tokenizer beside it."""
    import numpy as np
    from onnx import TensorProto, helper, numpy_helper, save

    write_tokenizer(folder / "tiny.tokenizer.json")
    rows = np.random.default_rng(0).normal(0.0, 0.1, (len(VOCABULARY), outputs)).astype(np.float32)
    nodes = [
        helper.make_node("Gather", ["rows", "input_ids"], ["gathered"]),
        helper.make_node("ReduceSum", ["gathered", "middle"], ["logits"], keepdims=0),
    ]
    graph = helper.make_graph(
        nodes, "tiny", [helper.make_tensor_value_info("input_ids", TensorProto.INT64, ["b", "t"])],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["b", outputs])],
        [numpy_helper.from_array(rows, "rows"), numpy_helper.from_array(np.array([1], np.int64), "middle")],
    )  # fmt: skip
    path = folder / "tiny.onnx"
    save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), str(path))
    return path


def write_folder(folder: Path) -> Path:
    """A random two-layer BERT with one number a pair, as CrossEncoder.save_pretrained writes it."""
    import torch
    from tokenizers import Tokenizer
    from transformers import BertConfig, BertForSequenceClassification, PreTrainedTokenizerFast

    write_tokenizer(folder / "bytes.json")
    words = PreTrainedTokenizerFast(
        tokenizer_object=Tokenizer.from_file(str(folder / "bytes.json")), pad_token="[PAD]", cls_token="[CLS]",
        sep_token="[SEP]", unk_token="[PAD]",
    )  # fmt: skip
    torch.manual_seed(0)
    shape = BertConfig(
        vocab_size=len(VOCABULARY), hidden_size=16, num_hidden_layers=2, num_attention_heads=2, intermediate_size=16,
        max_position_embeddings=512, num_labels=1, initializer_range=1.0,
    )  # fmt: skip
    path = folder / "model"
    BertForSequenceClassification(shape).save_pretrained(path)
    words.save_pretrained(path)
    return path


@needs_onnx
class TestOnnx(RerankerContract):
    @pytest.fixture(scope="class")
    def file(self, tmp_path_factory: pytest.TempPathFactory) -> Path:
        return write_onnx(tmp_path_factory.mktemp("onnx"))

    @pytest.fixture
    def reranker(self, file: Path) -> Reranker:
        made = make_reranker(str(file))
        assert made is not None
        return made


@needs_onnx
def test_two_logits_are_their_difference(tmp_path: Path) -> None:
    made = make_reranker(str(write_onnx(tmp_path, outputs=2)))
    assert made is not None
    assert len(set(made.score("a", ["b", "c"]))) == 2


@needs_onnx
@pytest.mark.parametrize("broken", ["file", "tokenizer", "content", "outputs"])
def test_a_model_that_cannot_be_used_is_refused(tmp_path: Path, broken: str) -> None:
    file = write_onnx(tmp_path, outputs=3 if broken == "outputs" else 1)
    if broken == "file":
        file.unlink()
    elif broken == "tokenizer":
        (tmp_path / "tiny.tokenizer.json").unlink()
    elif broken == "content":
        file.write_bytes(b"no model")
    made = make_reranker(str(file))
    assert made is not None
    with pytest.raises(RerankerMissing) as raised:
        made.load()
    assert raised.value.remedy


@needs_torch
class TestFolder(RerankerContract):
    @pytest.fixture(scope="class")
    def folder(self, tmp_path_factory: pytest.TempPathFactory) -> Path:
        return write_folder(tmp_path_factory.mktemp("folder"))

    @pytest.fixture
    def reranker(self, folder: Path) -> Reranker:
        made = make_reranker(str(folder))
        assert made is not None
        return made


def test_what_a_setting_means(tmp_path: Path) -> None:
    assert make_reranker("none") is None
    for setting in ("bm25", str(tmp_path)):
        with pytest.raises(RerankerMissing, match="no reranker") as raised:
            make_reranker(setting)
        assert "CrossEncoder" in raised.value.remedy


class ByLength:
    """Longer is better; ``seconds`` pass with each text; ``fails`` raises."""

    name = "by-length"

    def __init__(self, seconds: float = 0.0, fails: bool = False) -> None:
        self.now, self._seconds, self._fails, self.read = 0.0, seconds, fails, 0

    def load(self) -> None:
        """There is nothing to read."""

    def score(self, question: str, texts: Sequence[str]) -> list[float]:
        if self._fails:
            raise RuntimeError("out of memory")
        self.now += self._seconds * len(texts)
        self.read += len(texts)
        return [float(len(text)) for text in texts]


class TestByLength(RerankerContract):
    @pytest.fixture
    def reranker(self) -> Reranker:
        return ByLength()


def hits(*lengths: int, entries: Sequence[int] = ()) -> tuple[Hit, ...]:
    """Hits of those lengths, best first; those at ``entries`` are about a code that the question names."""
    why = {True: (Why("code", 1, "AL32"),), False: (Why("keyword", 1, "0.50"),)}
    return tuple(
        replace(quote("x" * length, number=place).hit, score=1.0 - place / 100, why=why[place in entries])
        for place, length in enumerate(lengths)
    )


def order(found: Sequence[Hit]) -> list[int]:
    return [len(hit.passage.text) for hit in found]


def test_the_first_hits_are_reordered_and_say_so() -> None:
    found = rerank("?", hits(1, 3, 2), ByLength())
    assert order(found) == [3, 2, 1]
    assert [hit.why[-1].by for hit in found] == ["reranker"] * 3
    assert [hit.why[-1].rank for hit in found] == [1, 2, 3]
    assert [hit.score for hit in found] == [1.0, 0.99, 0.98], "scores go on falling"
    assert rerank("?", (), ByLength()) == ()


def test_an_entry_of_a_code_stays_before_what_is_none() -> None:
    found = rerank("AL.32", hits(1, 9, 2, 8, entries=(0, 2)), ByLength())
    assert order(found) == [2, 1, 9, 8]


def test_hits_beyond_the_first_stay_where_they_are() -> None:
    model = ByLength()
    lengths = list(range(1, FIRST + 6))
    found = rerank("?", hits(*lengths), model)
    assert model.read == FIRST
    assert order(found) == [*range(FIRST, 0, -1), *lengths[FIRST:]]
    assert found[-1].why[-1].by == "keyword"


def test_the_fused_order_stands_where_the_time_is_up() -> None:
    model = ByLength(seconds=0.3)
    found = rerank("?", hits(*range(1, 15)), model, seconds=1.0, clock=lambda: model.now)
    assert order(found) == list(range(1, 15))
    assert model.read < 14
    assert found[0].why[-1].detail == "stopped after 1 s"


def test_a_failure_costs_the_new_order_only(caplog: pytest.LogCaptureFixture) -> None:
    found = rerank("?", hits(1, 2), ByLength(fails=True))
    assert order(found) == [1, 2]
    assert found[0].why[-1].detail == "failed"
    assert "out of memory" in caplog.text


def test_a_library_reorders_what_it_finds(tmp_path: Path) -> None:
    file = write(tmp_path, "sv20.md", SERVO_EN)
    with Library(IndexOptions(tmp_path / "index"), write=True) as plain:
        plain.add(file)
        before = plain.search("clean the fan filter and check the motor cable", 20).hits
    with Library(IndexOptions(tmp_path / "index"), reranker=ByLength()) as library:
        after = library.search("clean the fan filter and check the motor cable", 20).hits
        assert len(library.search("clean the fan filter", 1).hits) == 1
    assert {hit.passage.id for hit in after} == {hit.passage.id for hit in before}
    assert len(after) > 2
    read = [len(f"{hit.manual.title}\n{' > '.join(hit.passage.section)}\n{hit.passage.text}") for hit in after]
    assert read == sorted(read, reverse=True)


def test_a_reranker_that_is_missing_is_logged_and_search_goes_on(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings = Settings(data=tmp_path, embedder="none", model="none", reranker=str(tmp_path / "gone.onnx"))
    with caplog.at_level(logging.WARNING), open_library(settings, write=True) as library:
        library.add(write(tmp_path, "sv20.md", SERVO_EN))
        assert library.reranker is None
        assert library.search("AL.45").hits
    assert "gone.onnx" in caplog.text
