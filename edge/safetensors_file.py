"""Weights: the tensors of a Hugging Face folder (.safetensors, one file or many), read one at a time with numpy alone.

The format is a little-endian u64 with the header's length, a JSON header, then raw bytes
(github.com/huggingface/safetensors, "Format"). Reading it here avoids torch for bfloat16, which numpy does not know.
"""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edge.errors import ConversionRefused, FolderIncomplete
from edge.llama_shape import read_json

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_HEADER_LIMIT_BYTES = 100_000_000  # the format's own limit
_KINDS = {"F32": ("<f4", 4), "F16": ("<f2", 2), "BF16": ("<u2", 2), "F64": ("<f8", 8)}


@dataclass(frozen=True, slots=True)
class Slot:
    """Where a tensor lies: its file, byte offset, element kind ("F32", "BF16", ...) and shape."""

    path: Path
    offset: int
    kind: str
    shape: tuple[int, ...]


class Weights:
    """The tensors of a folder by name. Opening reads headers only; ``read`` gives one tensor as float32.

    Errors: FolderIncomplete without weights, ConversionRefused for damaged files and unknown element kinds.
    """

    def __init__(self, folder: Path) -> None:
        self._slots: dict[str, Slot] = {}
        for path in _weight_files(folder):
            self._slots.update(_read_header(path))

    def names(self) -> frozenset[str]:
        return frozenset(self._slots)

    def shape(self, name: str) -> tuple[int, ...]:
        return self._slots[name].shape

    def read(self, name: str) -> NDArray[np.float32]:
        """The tensor as float32 in its own shape; exact for F32, F16 and BF16."""
        import numpy as np

        slot = self._slots[name]
        dtype, _size = _KINDS[slot.kind]
        raw = np.memmap(slot.path, dtype=dtype, mode="r", offset=slot.offset, shape=slot.shape)
        if slot.kind == "BF16":  # bfloat16 is the upper half of a float32
            return (raw.astype(np.uint32) << np.uint32(16)).view(np.float32)
        return raw.astype(np.float32)


def _weight_files(folder: Path) -> list[Path]:
    index = folder / "model.safetensors.index.json"
    if index.is_file():
        files = sorted({folder / name for name in read_json(index).get("weight_map", {}).values()})
    else:
        files = [folder / "model.safetensors"]
    for path in files:
        if not path.is_file():
            raise FolderIncomplete(
                f"{path} is missing.", "Save the model with save_pretrained(..., safe_serialization=True)."
            )
    return files


def _read_header(path: Path) -> dict[str, Slot]:
    size = path.stat().st_size
    try:
        with path.open("rb") as file:
            (length,) = struct.unpack("<Q", file.read(8))
            if length > min(size, _HEADER_LIMIT_BYTES):
                raise ValueError("its header is longer than the file")
            header: dict[str, Any] = json.loads(file.read(length))
        return {
            name: _slot(path, name, entry, 8 + length, size) for name, entry in header.items() if name != "__metadata__"
        }
    except (ValueError, KeyError, TypeError, struct.error) as exc:
        raise ConversionRefused(f"{path} is damaged: {exc}.", "Copy or save the file again.") from exc


def _slot(path: Path, name: str, entry: dict[str, Any], start: int, size: int) -> Slot:
    kind = entry["dtype"]
    if kind not in _KINDS:
        raise ConversionRefused(
            f"{path}: tensor {name} has elements of kind {kind}.", "Save the model as float32, float16 or bfloat16."
        )
    begin, end = entry["data_offsets"]
    shape = tuple(int(n) for n in entry["shape"])
    count = 1
    for n in shape:
        count *= n
    if end - begin != count * _KINDS[kind][1] or start + end > size:
        raise ValueError(f"tensor {name} does not fit into the file")
    return Slot(path, start + begin, kind, shape)
