"""Large tables stay in the ONNX file: the same vectors to the last bit, and what happens when the file changes."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from contract_embedder import TEXTS, EmbedderContract
from tiny_embedder import VOCABULARY, write_embedder

from assistant.settings import ROOT
from index.embedders.embedder import Embedder, EmbedderMissing
from index.embedders.onnx_file import OnnxEmbedder, open_model
from index.embedders.onnx_tables import LEAST_BYTES, Table, TableSession, small_model, tables_apart

onnx = pytest.importorskip("onnx", reason="the models are written with onnx (pip install 'andon[train]')")
if not hasattr(os, "memfd_create"):
    pytest.skip("Linux alone has files in memory", allow_module_level=True)

DIM = 1100  # times 259 tokens and 4 bytes: large enough
WIDTH = 700
BUNDLED = ROOT / "models" / "andon-embed-ja-en.onnx"


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_embedder(tmp_path_factory.mktemp("tables"), dim=DIM)


class TestWithTables(EmbedderContract):
    @pytest.fixture
    def embedder(self, file: Path) -> Embedder:
        return OnnxEmbedder(file)


def whole(path: Path) -> Any:
    """The file as onnxruntime reads it by itself."""
    import onnxruntime

    return onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])


def write_mapped(
    path: Path, *, axis: int = 0, twice: bool = False, told: bool = False, least: int = 0, kind: type = np.int8
) -> Path:
    """A model whose table is looked up by way of a row for each token, as the bundled one's."""
    from onnx import TensorProto, helper, numpy_helper

    make = np.random.default_rng(1)
    rows: Any = make.integers(-127, 127, (2000, WIDTH)).astype(kind)
    number = make.permutation(2000)[: len(VOCABULARY)].astype(np.int32)
    number[-1] = least
    nodes = [
        helper.make_node("Gather", ["row_of", "input_ids"], ["row"]),
        helper.make_node("Gather", ["rows", "row"], ["found"], axis=axis),
        helper.make_node("Cast", ["found"], ["real"], to=TensorProto.FLOAT),
        helper.make_node("ReduceSum", ["real", "middle"], ["vector"], keepdims=0),
    ]
    given = [helper.make_tensor_value_info(n, TensorProto.INT64, ["b", "t"]) for n in ("input_ids", "attention_mask")]
    kinds = helper.np_dtype_to_tensor_dtype(np.dtype(kind))
    ends = [helper.make_tensor_value_info("vector", TensorProto.FLOAT, None)]
    if twice:
        nodes.append(helper.make_node("Cast", ["rows"], ["again"], to=TensorProto.FLOAT))
        ends.append(helper.make_tensor_value_info("again", TensorProto.FLOAT, None))
    if told:
        ends.append(helper.make_tensor_value_info("found", kinds, None))
    weights = [
        numpy_helper.from_array(number, "row_of"),
        numpy_helper.from_array(rows, "rows"),
        numpy_helper.from_array(np.array([1], np.int64), "middle"),
    ]
    graph = helper.make_graph(nodes, "mapped", given, ends, weights)
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), str(path))
    return path


@pytest.mark.parametrize("kind", [np.int8, np.uint8, np.float16, np.float32])
def test_rows_by_way_of_a_row_for_each_token(tmp_path: Path, kind: type) -> None:
    path = write_mapped(tmp_path / "mapped.onnx", kind=kind)
    ids = np.arange(len(VOCABULARY), dtype=np.int64)[None]
    feed = {"input_ids": ids, "attention_mask": np.ones_like(ids)}
    with small_model(path) as (small, tables):
        session = TableSession(whole(Path(small)), tables, path)
    assert [(table.feed, table.rows, table.width) for table in tables] == [("found", 2000, WIDTH)]
    assert {given.name for given in session.get_inputs()} == {given.name for given in whole(path).get_inputs()}
    assert np.array_equal(session.run(None, feed)[0], whole(path).run(None, feed)[0])


def test_the_bundled_embedder_gives_the_same_to_the_last_bit() -> None:
    session, tokenizer = open_model(BUNDLED)
    assert isinstance(session, TableSession)
    plain = whole(BUNDLED)
    assert session.get_modelmeta().custom_metadata_map == plain.get_modelmeta().custom_metadata_map
    for text in (*TEXTS, "漢字かな交じり文 SW-310 の E-401"):
        ids = np.array([tokenizer.encode(text.encode("utf-8", "replace").decode()).ids[:256]], np.int64)
        feed = {"input_ids": ids, "attention_mask": np.ones_like(ids)}
        for ours, theirs in zip(session.run(None, feed), plain.run(None, feed), strict=True):
            assert np.array_equal(ours, theirs)


def test_two_thirds_of_the_bundled_embedder_stay_in_its_file() -> None:
    apart = tables_apart(BUNDLED)
    assert apart is not None and [table.width for table in apart[1]] == [384, 256]
    assert len(apart[0]) < BUNDLED.stat().st_size * 0.36


@pytest.mark.parametrize("otherwise", [{"axis": 1}, {"twice": True}, {"told": True}, {"least": -1}], ids=str)
def test_a_table_used_in_another_way_stays_in_memory(tmp_path: Path, otherwise: dict[str, Any]) -> None:
    path = write_mapped(tmp_path / "mapped.onnx", **otherwise)
    with small_model(path) as (left, tables):
        assert (left, tables) == (str(path), [])


def test_small_tables_and_other_files_are_left_alone(tmp_path: Path) -> None:
    small = write_embedder(tmp_path)
    assert small.stat().st_size < LEAST_BYTES and tables_apart(small) is None
    large = write_embedder(tmp_path, "large", dim=DIM).read_bytes()
    for content in (b"", b"no model", b"\xff" * 64, large[: len(large) // 2]):
        small.write_bytes(content)
        assert tables_apart(small) is None


def test_a_token_beyond_its_table_is_refused(tmp_path: Path) -> None:
    path = write_embedder(tmp_path, dim=DIM)
    session, _ = open_model(path)
    ids = np.array([[len(VOCABULARY)]], np.int64)
    with pytest.raises(IndexError, match=f"tiny.onnx has {len(VOCABULARY)} rows"):
        session.run(None, {"input_ids": ids, "attention_mask": np.ones_like(ids)})


def test_a_file_written_over_is_noticed_and_one_renamed_is_not(tmp_path: Path) -> None:
    path = write_embedder(tmp_path, dim=DIM)
    embedder = OnnxEmbedder(path)
    before = embedder.embed(["text"], "passage")
    other = write_embedder(tmp_path, "other", dim=DIM, seed=1)
    kept = path.read_bytes()
    other.replace(path)
    assert np.array_equal(embedder.embed(["text"], "passage"), before)
    path.write_bytes(kept)
    again = OnnxEmbedder(path)
    assert np.array_equal(again.embed(["text"], "passage"), before)
    os.utime(path, ns=(1, 1))
    with pytest.raises(EmbedderMissing, match="written over") as raised:
        again.embed(["another"], "passage")
    assert "start Andon again" in str(raised.value.remedy)


def test_a_table_has_the_shape_of_its_tokens() -> None:
    table = Table("rows", 0, 3, 2, 3, np.array([2, 0], np.int32))
    found = table.of(np.array([[0, 1, 0]]), lambda number: bytes([number, number + 10]))
    assert found.tolist() == [[[2, 12], [0, 10], [2, 12]]]
