"""SentencePieceFile: the same as the packages sentencepiece and protobuf read, and damage told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from edge.errors import ConversionRefused
from edge.sentencepiece_file import read_sentencepiece

pytest.importorskip("sentencepiece")


@pytest.mark.parametrize(
    "options",
    [{}, {"dummy_prefix": True}, {"model_type": "unigram", "vocab_size": 400}, {"normalization_rule_name": "nmt_nfkc"},
     {"byte_fallback": False}],
)  # fmt: skip
def test_it_reads_what_protobuf_reads(tmp_path: Path, options: dict[str, Any]) -> None:
    from sentencepiece import sentencepiece_model_pb2
    from tiny_model import train_sentencepiece

    path = train_sentencepiece(tmp_path, **options)
    proto = sentencepiece_model_pb2.ModelProto()
    proto.ParseFromString(path.read_bytes())
    found = read_sentencepiece(path)
    assert found.tokens == tuple(piece.piece for piece in proto.pieces)
    assert found.scores == tuple(piece.score for piece in proto.pieces)
    assert found.types == tuple(piece.type for piece in proto.pieces)
    assert found.model_type == proto.trainer_spec.model_type
    assert found.byte_fallback == proto.trainer_spec.byte_fallback
    assert bool(found.normalises) == bool(proto.normalizer_spec.precompiled_charsmap)
    assert found.dummy_prefix == proto.normalizer_spec.add_dummy_prefix


def test_damage_is_told(tmp_path: Path) -> None:
    from tiny_model import train_sentencepiece

    whole = train_sentencepiece(tmp_path).read_bytes()
    path = tmp_path / "bad.model"
    for content in (whole[: len(whole) // 2 + 3], b"", b"\xff" * 40, b"<html>"):
        path.write_bytes(content)
        with pytest.raises(ConversionRefused, match=r"bad\.model"):
            read_sentencepiece(path)
