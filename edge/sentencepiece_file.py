"""SentencePieceFile: what a tokenizer.model holds, read without the packages sentencepiece and protobuf.

The file is one protobuf message (github.com/google/sentencepiece, src/sentencepiece_model.proto); of it only the pieces
and the few switches that decide how text is split are read. The wire format is protobuf.dev, "Encoding".
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from edge.errors import ConversionRefused

BPE = 2  # TrainerSpec.ModelType; 1 is unigram


@dataclass(frozen=True, slots=True)
class SentencePieceFile:
    """``tokens``, ``scores`` and ``types`` (1 normal, 2 unknown, 3 control, 4 user-defined, 5 unused, 6 byte) run in
    parallel over the ids. ``normalises``: the name of the rule that changes text before it is split; "" for none."""

    tokens: tuple[str, ...]
    scores: tuple[float, ...]
    types: tuple[int, ...]
    model_type: int
    byte_fallback: bool
    normalises: str
    dummy_prefix: bool


def read_sentencepiece(path: Path) -> SentencePieceFile:
    """Errors: ConversionRefused for a file that is no SentencePiece model or is cut off."""
    try:
        message = dict[int, list[bytes | int | float]]()
        for number, value in _fields(path.read_bytes()):
            message.setdefault(number, []).append(value)
        pieces = [dict(_fields(_bytes(one))) for one in message[1]]
        trainer = dict(_fields(_bytes(message.get(2, [b""])[-1])))
        normalizer = dict(_fields(_bytes(message.get(3, [b""])[-1])))
        name = _bytes(normalizer.get(1, b"")).decode()
        return SentencePieceFile(
            tokens=tuple(_bytes(piece[1]).decode("utf-8") for piece in pieces),
            scores=tuple(float(piece.get(2, 0.0)) for piece in pieces),
            types=tuple(int(piece.get(3, 1)) for piece in pieces),
            model_type=int(trainer.get(3, 1)),
            byte_fallback=bool(trainer.get(35, 0)),
            normalises=(name or "unnamed") if normalizer.get(2) else "",
            dummy_prefix=bool(normalizer.get(3, 1)),
        )
    except (ValueError, KeyError, TypeError, IndexError, struct.error) as exc:
        raise ConversionRefused(
            f"{path} is no SentencePiece model, or it is damaged ({exc}).", "Copy it again from where the model is."
        ) from exc


def _fields(data: bytes) -> Iterator[tuple[int, bytes | int | float]]:
    """Number and value of each field. Raises ValueError where ``data`` ends too early."""
    at = 0
    while at < len(data):
        key, at = _varint(data, at)
        number, wire = key >> 3, key & 7
        if wire == 0:
            value: bytes | int | float
            value, at = _varint(data, at)
        elif wire == 2:
            length, at = _varint(data, at)
            value, at = data[at : at + length], at + length
        elif wire == 5:
            value, at = struct.unpack("<f", data[at : at + 4])[0], at + 4
        elif wire == 1:
            value, at = struct.unpack("<d", data[at : at + 8])[0], at + 8
        else:
            raise ValueError(f"a field of wire type {wire}")
        if at > len(data):
            raise ValueError("it ends too early")
        yield number, value


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7
        if shift > 63:
            raise ValueError("a number is too long")


def _bytes(value: bytes | int | float) -> bytes:
    if not isinstance(value, bytes):
        raise TypeError("a number where text is expected")
    return value
