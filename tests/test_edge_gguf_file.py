"""GgufFile: what a head says, and each way in which a file is none, or not whole."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from edge.errors import EdgeFailed, ModelMissing, ModelTruncated, ModelUnreadable, NotAModel
from edge.gguf_file import KINDS, read_gguf

ROOT = Path(__file__).resolve().parents[1]
BUNDLED = ROOT / "models/andon-slm-ja-en.q8_0.gguf"


def test_the_bundled_model() -> None:
    found = read_gguf(BUNDLED)
    assert (found.architecture, found.kind, found.quantised) == ("llama", "Q8_0", True)
    assert (found.number("context_length"), found.number("block_count")) == (2048, 6)
    assert found.number("never_there") == 0
    assert 8_000_000 < found.parameters < 9_000_000
    assert found.kv_bytes(100) == 2 * 6 * 4 * 64 * 100 * 2
    assert found.keys["tokenizer.ggml.tokens"] == 12000  # counted, not kept
    assert "<|im_start|>" in found.keys["tokenizer.chat_template"]


def test_it_agrees_with_the_package_gguf() -> None:
    gguf = pytest.importorskip("gguf")
    for number, (name, block, size) in KINDS.items():
        kind = gguf.GGMLQuantizationType(number)
        assert (kind.name, gguf.GGML_QUANT_SIZES[kind]) == (name, (block, size))
    read = gguf.GGUFReader(BUNDLED)
    found = read_gguf(BUNDLED)
    theirs = {(t.name, t.tensor_type.name, t.n_bytes, tuple(map(int, t.shape))) for t in read.tensors}
    assert {(t.name, t.kind, t.bytes, t.dims) for t in found.tensors} == theirs


@pytest.mark.parametrize("share", [0.0, 0.00001, 0.001, 0.3, 0.99999])
def test_a_file_that_was_cut_off_is_told(tmp_path: Path, share: float) -> None:
    content = BUNDLED.read_bytes()
    cut = tmp_path / "cut.gguf"
    cut.write_bytes(content[: int(len(content) * share)])
    expected = NotAModel if share == 0 else ModelTruncated
    with pytest.raises(expected) as caught:
        read_gguf(cut)
    assert caught.value.remedy


@pytest.mark.parametrize(
    ("begin", "says"),
    [
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "Git LFS"),
        (b"PK\x03\x04 and so on", "ZIP"),
        (b"\n<!DOCTYPE html><html>", "web page"),
        (b'{"error": "Repository not found"}', "JSON"),
        (struct.pack("<Q", 40) + b'{"__metadata__"', "safetensors"),
        (b"FUGG\x00\x00\x00\x03", "big-endian"),
        (b"RIFF....", "is not a GGUF file"),
        (b"", "is empty"),
    ],
)
def test_what_is_no_model_is_named(tmp_path: Path, begin: bytes, says: str) -> None:
    path = tmp_path / "model.gguf"
    path.write_bytes(begin)
    with pytest.raises(NotAModel, match=says) as caught:
        read_gguf(path)
    assert caught.value.remedy


def test_damage_of_any_byte_of_the_head_ends_in_an_error_or_a_head(tmp_path: Path) -> None:
    """No damage hangs, takes all memory, or comes out as anything but an error that says so."""
    head = BUNDLED.read_bytes()[:3000]
    path = tmp_path / "m.gguf"
    for at in range(4, 1600, 7):
        path.write_bytes(head[:at] + bytes([head[at] ^ 0xFF]) + head[at + 1 :])
        with pytest.raises(EdgeFailed):
            read_gguf(path)


def test_what_it_does_not_know(tmp_path: Path) -> None:
    path = tmp_path / "m.gguf"
    path.write_bytes(b"GGUF" + struct.pack("<IQQ", 9, 0, 0))
    with pytest.raises(ModelUnreadable, match="version 9"):
        read_gguf(path)
    name = struct.pack("<Q", 1) + b"w"
    path.write_bytes(b"GGUF" + struct.pack("<IQQ", 3, 1, 0) + name + struct.pack("<IQIQ", 1, 32, 77, 0))
    with pytest.raises(ModelUnreadable, match="kind 77"):
        read_gguf(path)
    path.write_bytes(b"GGUF" + struct.pack("<IQQ", 3, 0, 0) + b"\0" * 40)
    with pytest.raises(ModelUnreadable, match="architecture"):
        read_gguf(path)
    with pytest.raises(ModelMissing):
        read_gguf(tmp_path / "none.gguf")
