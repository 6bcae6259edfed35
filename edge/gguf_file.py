"""GgufFile: what the head of a GGUF file says of its model, and whether the rest of the file is all there.

Read here and not by llama.cpp, which tells of damage in its log alone, nor by the package gguf, which no box has.
Format: github.com/ggml-org/ggml, docs/gguf.md; little-endian, versions 2 and 3.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from edge.errors import ModelMissing, ModelTruncated, ModelUnreadable, NotAModel

# ggml type -> name, elements a block, bytes a block (ggml.h, ggml-common.h)
KINDS: Mapping[int, tuple[str, int, int]] = {
    0: ("F32", 1, 4), 1: ("F16", 1, 2), 2: ("Q4_0", 32, 18), 3: ("Q4_1", 32, 20), 6: ("Q5_0", 32, 22),
    7: ("Q5_1", 32, 24), 8: ("Q8_0", 32, 34), 10: ("Q2_K", 256, 84), 11: ("Q3_K", 256, 110),
    12: ("Q4_K", 256, 144), 13: ("Q5_K", 256, 176), 14: ("Q6_K", 256, 210),
    16: ("IQ2_XXS", 256, 66), 17: ("IQ2_XS", 256, 74), 18: ("IQ3_XXS", 256, 98), 19: ("IQ1_S", 256, 50),
    20: ("IQ4_NL", 32, 18), 21: ("IQ3_S", 256, 110), 22: ("IQ2_S", 256, 82), 23: ("IQ4_XS", 256, 136),
    24: ("I8", 1, 1), 25: ("I16", 1, 2), 26: ("I32", 1, 4), 27: ("I64", 1, 8), 28: ("F64", 1, 8),
    29: ("IQ1_M", 256, 56), 30: ("BF16", 1, 2), 34: ("TQ1_0", 256, 54), 35: ("TQ2_0", 256, 66), 39: ("MXFP4", 32, 17),
}  # fmt: skip
FLOATS = ("F32", "F16", "BF16", "F64")
_SCALARS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
_STRING, _ARRAY = 8, 9
_KEPT_ARRAY = 512  # longer ones (vocabularies) are counted and passed over
_MOST = 1 << 24  # of keys, tensors, characters: what is beyond is damage
# what other files begin with, and what to do about them
_OTHERS = (
    (b"version https://git-lfs", "a Git LFS pointer, not the file it points to", "Fetch the file: git lfs pull"),
    (b"PK\x03\x04", "a ZIP archive (perhaps a PyTorch checkpoint)", "Convert its folder: andon model convert FOLDER"),
    (b"<", "a web page", "Download the file itself, not the page that shows it."),
    (b"{", "JSON", "Name the model file; a folder of transformers is converted by: andon model convert FOLDER"),
)


@dataclass(frozen=True, slots=True)
class Tensor:
    """A tensor's name, kind ("Q4_K", ...), sizes (rows last, as the file has them) and place in bytes."""

    name: str
    kind: str
    dims: tuple[int, ...]
    offset: int
    bytes: int

    @property
    def elements(self) -> int:
        count = 1
        for dim in self.dims:
            count *= dim
        return count


@dataclass(frozen=True, slots=True)
class GgufFile:
    """The head of ``path``. ``keys``: its metadata, of long arrays only their lengths."""

    path: Path
    keys: Mapping[str, Any]
    tensors: tuple[Tensor, ...]

    @property
    def architecture(self) -> str:
        return str(self.keys.get("general.architecture", ""))

    @property
    def parameters(self) -> int:
        return sum(tensor.elements for tensor in self.tensors)

    @property
    def kind(self) -> str:
        """The element kind that holds most of the weights."""
        sums: dict[str, int] = {}
        for tensor in self.tensors:
            sums[tensor.kind] = sums.get(tensor.kind, 0) + tensor.elements
        return max(sums, key=sums.__getitem__, default="")

    @property
    def quantised(self) -> bool:
        return any(tensor.kind not in FLOATS for tensor in self.tensors)

    def number(self, name: str) -> int:
        """An integer of the architecture ("context_length"); 0 where the file does not say. Where layers differ, that
        of the largest."""
        found = self.keys.get(f"{self.architecture}.{name}", 0)
        if isinstance(found, list):
            found = max((n for n in found if isinstance(n, int)), default=0)
        return found if isinstance(found, int) else 0

    def kv_bytes(self, tokens: int, element_bytes: float = 2.0) -> int:
        """Memory of keys and values for ``tokens``: 2 x layers x key heads x head size; 2 bytes an element are f16."""
        heads = self.number("attention.head_count") or 1
        size = self.number("attention.key_length") or self.number("embedding_length") // heads
        return int(2 * self.number("block_count") * (self.number("attention.head_count_kv") or heads) * size * tokens
                   * element_bytes)  # fmt: skip


def read_gguf(path: Path) -> GgufFile:
    """The head of ``path``. Errors: ModelMissing; NotAModel, saying what it is instead; ModelTruncated where the end is
    missing; ModelUnreadable for a damaged head and for what llama.cpp of today does not know."""
    if not path.is_file():
        raise ModelMissing(f"There is no file {path}.", "Check the path.")
    size = path.stat().st_size
    with path.open("rb") as file:
        _check_magic(path, file.read(64))
        file.seek(4)
        head = _Head(path, file, size)
        version = head.number("I")
        if version not in (2, 3):
            raise ModelUnreadable(
                f"{path} is GGUF of version {version}.", "Convert the model again with a new version."
            )
        tensors, keys = head.count(), head.count()
        keys_of = {}
        for _ in range(keys):
            name = head.text()
            keys_of[name] = head.value(head.number("I"))
        found = tuple(head.tensor() for _ in range(tensors))
        alignment = int(keys_of.get("general.alignment") or 32)
        start = -(-file.tell() // alignment) * alignment
    end = start + max((tensor.offset + tensor.bytes for tensor in found), default=0)
    if end > size:
        raise ModelTruncated(f"{path} has {size} bytes and should have {end}: its end is missing.", "Copy it again.")
    if "general.architecture" not in keys_of:
        raise ModelUnreadable(f"{path} does not say which architecture it is of.", "Convert the model again.")
    return GgufFile(path, keys_of, found)


def _check_magic(path: Path, begin: bytes) -> None:
    if begin[:4] == b"GGUF":
        return
    if begin[:4] == b"FUGG":
        raise NotAModel(
            f"{path} is GGUF for big-endian machines.", "Convert the model again on a machine like this one."
        )
    for mark, what, remedy in _OTHERS:
        if begin.lstrip().startswith(mark):
            raise NotAModel(f"{path} is {what}.", remedy)
    if begin[8:9] == b"{":
        raise NotAModel(f"{path} holds weights as safetensors.", "Convert its folder: andon model convert FOLDER")
    what = "is empty" if not begin else "is not a GGUF file"
    raise NotAModel(f"{path} {what}.", "Name a file that ends with .gguf.")


class _Head:
    """Reads the parts of a head one after another. Errors: ModelTruncated, ModelUnreadable."""

    def __init__(self, path: Path, file: BinaryIO, size: int) -> None:
        self._path = path
        self._file = file
        self._size = size

    def take(self, count: int) -> bytes:
        found = self._file.read(count)
        if len(found) < count:
            raise ModelTruncated(f"{self._path} ends within its head.", "Copy it again.")
        return found

    def number(self, code: str) -> Any:
        return struct.unpack(f"<{code}", self.take(struct.calcsize(f"<{code}")))[0]

    def count(self) -> int:
        found = int(self.number("Q"))
        if found > _MOST:
            self.damaged(f"a count of {found}")
        if found > self._size:
            raise ModelTruncated(f"{self._path} ends within its head.", "Copy it again.")
        return found

    def text(self) -> str:
        return self.take(self.count()).decode("utf-8", "replace")

    def value(self, kind: int) -> Any:
        if kind in _SCALARS:
            return self.number(_SCALARS[kind])
        if kind == _STRING:
            return self.text()
        if kind == _ARRAY:
            return self._array()
        return self.damaged(f"a value of type {kind}")

    def _array(self) -> Any:
        """Short ones as lists, of long ones how many there are."""
        inner, count = self.number("I"), self.count()
        if inner in _SCALARS and count > _KEPT_ARRAY:
            self.skip(count * struct.calcsize(f"<{_SCALARS[inner]}"))
            return count
        if inner == _STRING and count > _KEPT_ARRAY:
            for _ in range(count):
                self.skip(self.count())
            return count
        return [self.value(inner) for _ in range(count)]

    def skip(self, count: int) -> None:
        if self._file.tell() + count > self._size:
            raise ModelTruncated(f"{self._path} ends within its head.", "Copy it again.")
        self._file.seek(count, 1)

    def tensor(self) -> Tensor:
        name, rank = self.text(), self.number("I")
        if rank > 4:
            self.damaged(f"a tensor of rank {rank}")
        dims = tuple(int(self.number("Q")) for _ in range(rank))
        kind, offset = self.number("I"), int(self.number("Q"))
        if kind not in KINDS:
            raise ModelUnreadable(
                f"{self._path}: {name} is of kind {kind}, which is not known here.", "Take another quantisation of it."
            )
        label, block, block_bytes = KINDS[kind]
        made = Tensor(name, label, dims, offset, 0)
        return Tensor(name, label, dims, offset, made.elements // block * block_bytes)

    def damaged(self, what: str) -> Any:
        raise ModelUnreadable(f"{self._path} is damaged: its head holds {what}.", "Copy it again.")
