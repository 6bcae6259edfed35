"""VectorSegment: some passages' vectors in a file that never changes: short codes to compare with, exact rows behind.

A code is a vector of unit length in 8 bits a number, with the factor that makes them numbers again; ``slack`` is how
long the rest is that the codes leave out: the true cosine is no farther than that from the coded one (Cauchy-Schwarz).
Codes lie number by number, as one product over all of them reads them. What a search goes through is in front and is
mapped; the exact rows lie behind and are read by place for the few that may be among the nearest, so that they need no
memory of this process.
"""

from __future__ import annotations

import hashlib
import json
import mmap
import os
import weakref
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.embedders.embedder import Vectors
from index.errors import IndexStale
from index.vectors.code_product import Codes, Rounded

Rows = NDArray[np.int64]  # places in a segment

FORMAT = 2
HEAD_BYTES = 4096
ALIGNED = 64
ROWS_AT_ONCE = 1024  # exact rows that are read at once
NUMBERS_AT_ONCE = 64  # of all rows' codes that are copied at once
ROUNDING = 1e-5  # of a cosine, by single precision


def key_of(passage_id: str) -> int:
    """64 bits of a passage's id, by which it is looked up."""
    return int.from_bytes(hashlib.blake2b(passage_id.encode(), digest_size=8).digest(), "little")


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows to be written: ``vectors`` (n, dim) as they were given, of passages ``ids`` of ``manuals``."""

    ids: Sequence[str]
    manuals: Sequence[str]
    vectors: Vectors


class VectorSegment:
    """Opens a segment for reading. Raises IndexStale where the file is not there or not what it should be."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
            weakref.finalize(self, os.close, self._fd)
            head = json.loads(os.pread(self._fd, HEAD_BYTES, 0).rstrip(b"\0"))
            self.rows, self.dim = int(head["rows"]), int(head["dim"])
            places: Mapping[str, Sequence[int]] = head["sections"]
            size = os.fstat(self._fd).st_size
            self._exact_at = int(head["exact"])
            if head["format"] != FORMAT or size != self._exact_at + 4 * self.rows * self.dim:
                raise ValueError(f"it has {size} bytes")
            mapped = mmap.mmap(self._fd, self._exact_at, prot=mmap.PROT_READ)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise IndexStale(f"The vectors in {path} cannot be read ({error}).", "Run: andon index verify") from error

        def section(name: str, kind: Any) -> Any:
            at, length = places[name]
            return np.frombuffer(mapped, kind, length // np.dtype(kind).itemsize, at)

        self.codes: Codes = section("codes", np.int8).reshape(self.dim, self.rows)
        self.sums: NDArray[np.int32] = section("sums", np.int32)
        self.scale: Vectors = section("scale", np.float32)
        self.slack: Vectors = section("slack", np.float32)
        self.length: Vectors = section("length", np.float32)
        self.manual_of: NDArray[np.uint32] = section("manual_of", np.uint32)
        self.manuals: tuple[str, ...] = tuple(json.loads(section("manuals", np.uint8).tobytes()))
        self._keys: NDArray[np.uint64] = section("keys", np.uint64)
        self._key_rows: NDArray[np.uint32] = section("key_rows", np.uint32)
        self._id_ends: NDArray[np.uint32] = section("id_ends", np.uint32)
        self._id_bytes: NDArray[np.uint8] = section("id_bytes", np.uint8)

    def id(self, row: int) -> str:
        start = int(self._id_ends[row - 1]) if row else 0
        return self._id_bytes[start : int(self._id_ends[row])].tobytes().decode()

    def ids(self, rows: Rows) -> list[str]:
        if len(rows) * 4 < self.rows:
            return [self.id(int(row)) for row in rows]
        ends, held = [0, *self._id_ends.tolist()], self._id_bytes.tobytes()
        return [held[ends[row] : ends[row + 1]].decode() for row in rows.tolist()]

    def find(self, keys: NDArray[np.uint64]) -> Rows:
        """The rows whose keys are among ``keys``, which are sorted, each once: nearly always those of the passages."""
        first, last = np.searchsorted(self._keys, keys, "left"), np.searchsorted(self._keys, keys, "right")
        many = np.flatnonzero(last - first > 1)
        found = [self._key_rows[first[last - first == 1]].astype(np.int64)]
        found += [self._key_rows[first[at] : last[at]].astype(np.int64) for at in many]
        return np.sort(np.concatenate(found))

    def near(self, unit: Rounded) -> Vectors:
        """The coded cosine with all rows; right within ``slack`` and what the question was rounded by."""
        return unit.times(self.codes, self.sums) * self.scale

    def cosines(self, unit: Vectors, rows: Rows) -> Vectors:
        """The cosine of ``unit`` with the exact vectors of ``rows``."""
        found = np.zeros(len(rows), np.float32)
        for start in range(0, len(rows), ROWS_AT_ONCE):
            part = rows[start : start + ROWS_AT_ONCE]
            length = self.length[part]
            found[start : start + len(part)] = self.exact(part) @ unit / np.where(length > 0, length, 1)
        return found

    def exact(self, rows: Rows) -> Vectors:
        """The vectors of ``rows`` as they were given, (n, dim)."""
        wide = 4 * self.dim
        held = np.empty((len(rows), self.dim), np.float32)
        for place, row in enumerate(rows.tolist()):
            if os.preadv(self._fd, [held[place]], self._exact_at + wide * row) != wide:
                raise IndexStale(f"The vectors in {self.path} are cut off.", "Run: andon index verify")
        return held

    def unsound(self, rows: Rows) -> Rows:
        """Those of ``rows`` whose codes are not what their exact vectors give."""
        length = self.length[rows, None]
        unit = self.exact(rows) / np.where(length > 0, length, 1)
        apart = np.linalg.norm(unit - self.scale[rows, None] * self.codes[:, rows].T, axis=1)
        summed = self.codes[:, rows].sum(axis=0, dtype=np.int32) == self.sums[rows]
        wrong: Rows = rows[~(apart <= self.slack[rows]) | ~summed]
        return wrong


def write_batch(path: Path, batch: Batch) -> None:
    """Write a segment of new rows, to the disk itself."""
    length = np.linalg.norm(batch.vectors, axis=1).astype(np.float32)
    unit = batch.vectors / np.where(length > 0, length, 1)[:, None]
    scale = (np.abs(unit).max(axis=1, initial=0) / 127).astype(np.float32)
    codes = np.rint(unit / np.where(scale > 0, scale, 1)[:, None]).astype(np.int8)
    slack = np.linalg.norm(unit - scale[:, None] * codes, axis=1).astype(np.float32) + np.float32(ROUNDING)
    sums = codes.sum(axis=1, dtype=np.int32)
    columns = {"codes": codes.T, "sums": sums, "scale": scale, "slack": slack, "length": length}
    exact = np.ascontiguousarray(batch.vectors, np.float32)
    _write(path, batch.ids, batch.manuals, {name: [column] for name, column in columns.items()}, [exact], exact.shape)


def write_merged(path: Path, parts: Sequence[tuple[VectorSegment, Rows]]) -> None:
    """Write a segment of the named rows of others."""
    ids = [name for segment, rows in parts for name in segment.ids(rows)]
    manuals = [segment.manuals[of] for segment, rows in parts for of in segment.manual_of[rows].tolist()]

    def column(name: str) -> Iterator[NDArray[Any]]:
        for segment, rows in parts:
            for start in range(0, len(rows), ROWS_AT_ONCE):
                yield getattr(segment, name)[rows[start : start + ROWS_AT_ONCE]]

    def exact() -> Iterator[Vectors]:
        for segment, rows in parts:
            for start in range(0, len(rows), ROWS_AT_ONCE):
                yield segment.exact(rows[start : start + ROWS_AT_ONCE])

    def codes() -> Iterator[Codes]:
        for start in range(0, parts[0][0].dim, NUMBERS_AT_ONCE):
            yield np.hstack([segment.codes[start : start + NUMBERS_AT_ONCE, rows] for segment, rows in parts])

    columns = {"codes": codes(), **{name: column(name) for name in ("sums", "scale", "slack", "length")}}
    _write(path, ids, manuals, columns, exact(), (len(ids), parts[0][0].dim))


def _write(
    path: Path,
    ids: Sequence[str],
    manuals: Sequence[str],
    columns: Mapping[str, Iterable[NDArray[Any]]],
    exact: Iterable[Vectors],
    shape: tuple[int, ...],
) -> None:
    names = sorted(set(manuals))
    number = {name: place for place, name in enumerate(names)}
    encoded = [one.encode() for one in ids]
    keys = np.array([key_of(one) for one in ids], np.uint64)
    order = np.argsort(keys, kind="stable")
    known: dict[str, Iterable[NDArray[Any]]] = {
        **columns,
        "manual_of": [np.array([number[manual] for manual in manuals], np.uint32)],
        "manuals": [np.frombuffer(json.dumps(names).encode(), np.uint8)],
        "keys": [keys[order]],
        "key_rows": [order.astype(np.uint32)],
        "id_ends": [np.cumsum([len(one) for one in encoded]).astype(np.uint32)],
        "id_bytes": [np.frombuffer(b"".join(encoded), np.uint8)],
    }
    sections: dict[str, tuple[int, int]] = {}
    with path.open("wb") as file:
        file.write(bytes(HEAD_BYTES))
        for name, pieces in known.items():
            start = file.tell()
            for piece in pieces:
                file.write(np.ascontiguousarray(piece).data)
            sections[name] = (start, file.tell() - start)
            file.write(bytes(-file.tell() % ALIGNED))
        file.write(bytes(-file.tell() % mmap.PAGESIZE))
        head = {"format": FORMAT, "rows": shape[0], "dim": shape[1], "sections": sections, "exact": file.tell()}
        for rows in exact:
            file.write(np.ascontiguousarray(rows).data)
        file.seek(0)
        file.write(json.dumps(head).encode())
        file.flush()
        os.fsync(file.fileno())
