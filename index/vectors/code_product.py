"""CodeProduct: one row of 8-bit numbers times many columns, as onnxruntime does it: at the pace that memory is read.

numpy has no such product: its 8-bit numbers have to become float32 first, which took four times as long (12.7 against
3.3 ms for 100,000 columns of 640, in processor time of one core with VNNI). onnxruntime is there for the embedder.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.embedders.embedder import Vectors
from index.embedders.onnx_graph import message, varint_field

Codes = NDArray[np.int8]  # (dim, columns), contiguous
_UINT8, _INT8, _INT32 = 2, 3, 6  # TensorProto.DataType of ONNX
_IR_VERSION, _OPSET = 8, 13


@dataclass(frozen=True, slots=True)
class Rounded:
    """A row as ``step`` times (``levels`` - ``zero``); ``off``: how long the rest is that this leaves out."""

    levels: NDArray[np.uint8]  # (1, dim)
    zero: int
    step: float
    off: float

    @classmethod
    def of(cls, row: Vectors, most: int = 0) -> Rounded:
        """``most``: of the levels' numbers; by default as many as this processor multiplies without running over."""
        most = most or (127 if _takes_eight_bits() else 63)
        step = float(np.abs(row).max(initial=0)) / most or 1.0
        whole = np.rint(row / step)
        off = float(np.linalg.norm(row - whole * step))
        return cls((whole + (most + 1)).astype(np.uint8)[None], most + 1, step, off)

    def times(self, codes: Codes, sums: NDArray[np.int32]) -> Vectors:
        """The product with each column; ``sums`` are those of the columns' numbers."""
        product = _session().run(None, {"row": self.levels, "codes": codes})[0][0]
        product -= self.zero * sums
        found: Vectors = product.astype(np.float32) * np.float32(self.step)
        return found


@lru_cache(maxsize=1)
def _takes_eight_bits() -> bool:
    """Without VNNI, x86 adds two products in 16 bits, which 255 * 127 twice runs over: then 7 bits have to do."""
    row, codes = np.full((1, 256), 255, np.uint8), np.full((256, 64), 127, np.int8)
    return bool((_session().run(None, {"row": row, "codes": codes})[0] == 256 * 255 * 127).all())


@lru_cache(maxsize=1)
def _session() -> Any:
    """ONNX's MatMulInteger; any number of threads may run it."""
    from index.embedders.onnx_file import open_session

    return open_session(_model())


def _model() -> bytes:
    """A ModelProto of one node."""

    def value(name: str, kind: int) -> bytes:
        two_of_any_size = message(2, message(1, b"") * 2)
        return message(1, name.encode()) + message(2, message(1, varint_field(1, kind) + two_of_any_size))

    node = message(1, b"row") + message(1, b"codes") + message(2, b"product") + message(4, b"MatMulInteger")
    inputs = message(11, value("row", _UINT8)) + message(11, value("codes", _INT8))
    graph = message(1, node) + message(2, b"product") + inputs + message(12, value("product", _INT32))
    return varint_field(1, _IR_VERSION) + message(7, graph) + message(8, varint_field(2, _OPSET))
