"""OnnxEmbedder: the contract, odd texts, damaged and mismatched files, its name, and the vectors it remembers."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from contract_embedder import TEXTS, EmbedderContract
from tiny_embedder import write_embedder, write_tokenizer

from index.embedders.embedder import Embedder, EmbedderMissing, make_embedder
from index.embedders.onnx_file import MAX_TOKENS, OnnxEmbedder

pytest.importorskip("onnx", reason="the tiny model is written with onnx (pip install 'andon[train]')")


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_embedder(tmp_path_factory.mktemp("onnx"))


class TestOnnxEmbedder(EmbedderContract):
    @pytest.fixture
    def embedder(self, file: Path) -> Embedder:
        return OnnxEmbedder(file)

    def test_threads_get_what_one_gets(self, embedder: Embedder) -> None:
        alone = embedder.embed(TEXTS, "passage")
        with ThreadPoolExecutor(4) as pool:
            for together in pool.map(lambda n: embedder.embed(TEXTS, ("query", "passage")[n % 2]), range(16)):
                assert np.array_equal(together, alone)


ODD = {
    "empty": "", "blank": " \n\t ", "nul": "\0", "half a pair": "\ud800", "wrong pair": "\udfff\ud800",
    "symbols": "!?#%&()=~|", "Japanese marks": "。、・…", "beyond 16 bits": "𠮷野家 🏭",
    "1 MB of kanji": "漢" * 350_000,
    "1 MB of dashes": "- " * 500_000,
}  # fmt: skip


@pytest.mark.parametrize("kind", ["query", "passage"])
@pytest.mark.parametrize("text", ODD.values(), ids=ODD.keys())
def test_any_text_has_a_finite_unit_vector(file: Path, text: str, kind: str) -> None:
    vectors = OnnxEmbedder(file).embed([text, "AL.32"], kind)  # type: ignore[arg-type]
    assert np.isfinite(vectors).all()
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)


def test_a_text_is_read_up_to_the_limit_of_tokens(file: Path, tmp_path: Path) -> None:
    embedder = OnnxEmbedder(file)
    within = "a" * (MAX_TOKENS - 2)
    longer, other, shorter = embedder.embed([within + "zzz", within, within[:-1] + "z"], "passage")
    assert np.array_equal(longer, other)
    assert not np.allclose(shorter, other)
    short = OnnxEmbedder(write_embedder(tmp_path, max_tokens="8"))
    assert np.array_equal(*short.embed(["abcdefg", "abcdef!"], "passage"))


def test_where_a_model_gives_no_direction_there_is_still_a_unit_vector(tmp_path: Path) -> None:
    """Rows of zeros: the model itself divides zero by zero."""
    embedder = OnnxEmbedder(write_embedder(tmp_path, scale=0.0))
    assert embedder.embed(["", "x"], "passage")[:, 0].tolist() == [1.0, 1.0]


def test_name_follows_the_weights_and_the_tokenizer(tmp_path: Path) -> None:
    path = write_embedder(tmp_path, tokenizer_sha256="")
    first = OnnxEmbedder(path).name
    assert first.startswith("tiny@")
    assert len(first) == len("tiny@") + 12
    assert OnnxEmbedder(path).name == first
    write_tokenizer(tmp_path / "tiny.tokenizer.json", separator="[CLS]")
    second = OnnxEmbedder(path).name
    write_embedder(tmp_path, seed=1, tokenizer_sha256="")
    assert len({first, second, OnnxEmbedder(path).name}) == 3


def test_metadata_say_the_languages(tmp_path: Path) -> None:
    assert OnnxEmbedder(write_embedder(tmp_path, languages="en")).languages == {"en"}
    assert OnnxEmbedder(write_embedder(tmp_path, languages="")).languages == {"ja", "en"}, "chosen on purpose"
    assert OnnxEmbedder(write_embedder(tmp_path, dim=48)).dim == 48


def test_the_tokenizer_may_have_its_common_name(tmp_path: Path) -> None:
    path = write_embedder(tmp_path)
    named = OnnxEmbedder(path).embed(["text"], "query")
    (tmp_path / "tiny.tokenizer.json").rename(tmp_path / "tokenizer.json")
    assert np.array_equal(OnnxEmbedder(path).embed(["text"], "query"), named)


def test_missing_files_are_named(tmp_path: Path) -> None:
    path = write_embedder(tmp_path)
    (tmp_path / "tiny.tokenizer.json").unlink()
    with pytest.raises(EmbedderMissing, match=r"tiny\.tokenizer\.json is missing"):
        OnnxEmbedder(path).load()
    path.unlink()
    with pytest.raises(EmbedderMissing, match=r"tiny\.onnx is missing") as raised:
        assert OnnxEmbedder(path).name
    assert raised.value.remedy


def test_damaged_files_are_refused(tmp_path: Path) -> None:
    path = write_embedder(tmp_path, tokenizer_sha256="")
    whole = path.read_bytes()
    for content in (b"", b"no model", whole[: len(whole) // 2]):
        path.write_bytes(content)
        with pytest.raises(EmbedderMissing, match=r"tiny\.onnx"):
            OnnxEmbedder(path).embed(["text"], "query")
    path.write_bytes(whole)
    (tmp_path / "tiny.tokenizer.json").write_text("{}", encoding="utf-8")
    with pytest.raises(EmbedderMissing, match="cannot be used"):
        OnnxEmbedder(path).load()


def test_another_tokenizer_is_refused(tmp_path: Path) -> None:
    path = write_embedder(tmp_path)
    write_tokenizer(tmp_path / "tiny.tokenizer.json", separator="[CLS]")
    with pytest.raises(EmbedderMissing, match="not the tokenizer"):
        OnnxEmbedder(path).load()


def test_questions_asked_again_are_remembered_and_cannot_be_spoilt(file: Path) -> None:
    embedder = OnnxEmbedder(file)
    first = embedder.embed(["AL.32"], "query")
    first[:] = 0.0
    again = embedder.embed(["AL.32"], "query")
    assert np.linalg.norm(again) == pytest.approx(1.0)
    assert embedder.remembered == 1
    embedder.embed([f"question {n}" for n in range(300)], "query")
    assert embedder.remembered == 256


def test_embedder_of_a_setting(file: Path) -> None:
    made = make_embedder(str(file))
    assert isinstance(made, OnnxEmbedder)
