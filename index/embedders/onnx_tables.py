"""OnnxTables: the large tables of words in an ONNX file stay in the file; a text gets the rows of its own tokens.

Two thirds of the bundled embedder are tables, of which a text needs one row a token. The nodes that look them up are
left out of the graph, and what they would give is an input, fed with the same bytes: vectors are the same to the last
bit. Tables that a graph uses in any other way stay in memory.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.embedders.embedder import EmbedderMissing
from index.embedders.onnx_graph import Node, NotOnnx, OnnxGraph, Weights

LEAST_BYTES = 1 << 20  # smaller tables are not worth it
ROWS_KEPT = 1024  # of each table, those read last
_KINDS: dict[int, np.dtype[Any]] = {
    1: np.dtype("<f4"),
    2: np.dtype("u1"),
    3: np.dtype("i1"),
    10: np.dtype("<f2"),
}  # of TensorProto.DataType
_WHOLE: dict[int, np.dtype[Any]] = {6: np.dtype("<i4"), 7: np.dtype("<i8")}
_IDS = "input_ids"


@dataclass(frozen=True, slots=True)
class Table:
    """``feed`` is the input that takes its rows, the first of which lies ``at`` in the file. ``row_of``: token -> row;
    None where they are the same."""

    feed: str
    at: int
    rows: int
    width: int
    kind: int
    row_of: NDArray[Any] | None

    def of(self, ids: NDArray[Any], row: Callable[[int], bytes]) -> NDArray[Any]:
        """The rows of ``ids`` (b, t), as (b, t, width)."""
        numbers: NDArray[Any] = ids if self.row_of is None else self.row_of[ids]
        joined = b"".join(map(row, numbers.reshape(-1).tolist()))
        found: NDArray[Any] = np.frombuffer(joined, _KINDS[self.kind])
        return found.reshape(*ids.shape, self.width)


class TableSession:
    """``session`` is an onnxruntime session over what ``tables_apart`` left of ``file``. It is asked as any other is,
    from several threads."""

    def __init__(self, session: Any, tables: Sequence[Table], file: Path) -> None:
        self._session = session
        self._name = file.name
        self._file = file.open("rb", buffering=0)
        self._state = self._seen()
        self._tables = [(table, lru_cache(ROWS_KEPT)(self._reader(table))) for table in tables]

    def get_inputs(self) -> list[Any]:
        feeds = {table.feed for table, _ in self._tables}
        return [given for given in self._session.get_inputs() if given.name not in feeds]

    def get_outputs(self) -> list[Any]:
        return list(self._session.get_outputs())

    def get_modelmeta(self) -> Any:
        return self._session.get_modelmeta()

    def run(self, outputs: Sequence[str] | None, feed: dict[str, NDArray[Any]]) -> list[Any]:
        """Raises EmbedderMissing where the file cannot be read any more, and IndexError for a token beyond its
        table."""
        try:
            if self._seen() != self._state:
                raise OSError("it was written over while it was in use")
            rows = {table.feed: table.of(feed[_IDS], row) for table, row in self._tables}
        except OSError as error:
            raise EmbedderMissing(
                f"{self._name} cannot be read any more ({error}).", "Copy it there again, and start Andon again."
            ) from error
        return list(self._session.run(outputs, {**feed, **rows}))

    def _seen(self) -> tuple[int, int]:
        """What changes where the file is written over; one that takes its name by a rename changes nothing here."""
        state = os.fstat(self._file.fileno())
        return state.st_size, state.st_mtime_ns

    def _reader(self, table: Table) -> Callable[[int], bytes]:
        size, file, name = table.width * _KINDS[table.kind].itemsize, self._file.fileno(), self._name

        def row(number: int) -> bytes:
            if not 0 <= number < table.rows:
                raise IndexError(f"{name} has {table.rows} rows, and none of number {number}")
            found = os.pread(file, size, table.at + number * size)
            if len(found) != size:
                raise OSError("it ends early")
            return found

        return row


@contextmanager
def small_model(file: Path) -> Iterator[tuple[str, list[Table]]]:
    """The path of the model in ``file`` without its large tables, and these; ``file`` itself and none where there are
    none that can be set apart. It lies in memory: onnxruntime would keep bytes that it was given."""
    apart = tables_apart(file) if hasattr(os, "memfd_create") else None
    if apart is None:
        yield str(file), []
        return
    left, tables = apart
    del apart
    with os.fdopen(os.memfd_create("onnx"), "wb", buffering=0) as small:
        rest = memoryview(left)
        while rest:
            rest = rest[small.write(rest) or 0 :]
        del left, rest
        yield f"/proc/self/fd/{small.fileno()}", tables


def tables_apart(file: Path) -> tuple[bytes, list[Table]] | None:
    """The model in ``file`` without its large tables, and these; None where there are none that can be set apart."""
    if not file.stat().st_size:
        return None
    try:
        with file.open("rb") as opened:
            data = memoryview(mmap(opened.fileno(), 0, access=ACCESS_READ))
        graph = OnnxGraph(data)
    except NotOnnx:  # onnxruntime will say what is wrong with it
        return None
    if any(node.holds_graph for node in graph.nodes):
        return None
    uses = Counter(name for node in graph.nodes for name in node.inputs)
    row_of: dict[str, NDArray[Any] | None] = {_IDS: None}
    for node in graph.nodes:
        numbers = _numbers(data, graph.weights.get(node.inputs[0])) if _looks_up(node) else None
        if numbers is not None and node.inputs[1] == _IDS:
            row_of[node.outputs[0]] = numbers
    gone, tables = set[int](), list[Table]()
    for node in graph.nodes:
        weights = graph.weights.get(node.inputs[0]) if _looks_up(node) else None
        if weights is None or node.inputs[1] not in row_of or uses[weights.name] > 1:
            continue
        if _is_table(weights) and not {weights.name, node.outputs[0]} & graph.ends:
            rows, width = weights.shape
            tables.append(Table(node.outputs[0], weights.at, rows, width, weights.kind, row_of[node.inputs[1]]))
            gone |= {node.start, weights.start}
    if not tables:
        return None
    return graph.without(gone, [(table.feed, table.kind, table.width) for table in tables]), tables


def _looks_up(node: Node) -> bool:
    return node.kind == "Gather" and node.axis == 0 and len(node.inputs) == 2 and len(node.outputs) == 1


def _is_table(weights: Weights) -> bool:
    if len(weights.shape) != 2 or weights.kind not in _KINDS or weights.at < 0:
        return False
    size = weights.end - weights.at
    return size >= LEAST_BYTES and size == weights.shape[0] * weights.shape[1] * _KINDS[weights.kind].itemsize


def _numbers(data: memoryview, weights: Weights | None) -> NDArray[Any] | None:
    """Rows by token, where ``weights`` are that: one whole number each, none of them counted from the end."""
    if weights is None or len(weights.shape) != 1 or weights.kind not in _WHOLE or weights.at < 0:
        return None
    numbers: NDArray[Any] = np.frombuffer(bytes(data[weights.at : weights.end]), _WHOLE[weights.kind])
    return numbers if numbers.size == weights.shape[0] and numbers.size and numbers.min() >= 0 else None
