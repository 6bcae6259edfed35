"""VectorFile: one embedder's vectors as a search goes through them: every one is compared, none is missed.

It lies beside the store and is a copy of what the store holds. Segments (vector_segment) are added with every manual
and put together when there are many; a list (vector_list) says which of them count. Only the writer of the index
changes it; any process may search it meanwhile, and sees at its next question what the list says then.
"""

from __future__ import annotations

import math
import os
import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from index.embedders.embedder import Vectors
from index.errors import IndexStale
from index.vectors.vector_list import (
    Listed,
    VectorList,
    list_path,
    read_list,
    segment_name,
    short_name,
    spans,
    write_list,
)
from index.vectors.vector_search import Part, keys_of, nearest
from index.vectors.vector_segment import ROWS_AT_ONCE, Batch, VectorSegment, write_batch, write_merged

FAN = 8  # so many segments of one order of size become one: a vector is written once for each order
SMALL = 64  # rows: the least order
GONE_SHARE = 1 / 3  # of a segment's rows that no longer count, it is written again without them
Batches = tuple[str, Sequence[str], Sequence[str], Vectors]  # language, passage ids, their manuals, their vectors
SAME_WITHIN = 1e-4  # of a number of a vector: what Chroma gives back of what it was given
_HELP = "Run: andon index verify --repair"


@dataclass(frozen=True, slots=True)
class _Held:
    """The list as it was read, with what it names opened. ``file`` is the list's own descriptor."""

    file: int
    inode: int
    listed: VectorList
    parts: tuple[Part, ...]


class VectorFile:
    """Opens the vectors of ``embedder`` in ``folder``; IndexStale where there are none, or they cannot be read, until
    ``start`` makes a new list. Safe to use from several threads; one process changes it (the index's writer lock)."""

    def __init__(self, folder: Path, embedder: str) -> None:
        self.folder = folder
        self._embedder = embedder
        self._path = list_path(folder, embedder)
        self._guard = threading.Lock()
        self._held: _Held | None = None

    # reading

    @property
    def version(self) -> str | None:
        """The state of the store that this agrees with; None where there is nothing that could be read."""
        try:
            return self._now().listed.version
        except IndexStale:
            return None

    @property
    def by_language(self) -> bool:
        """Whether every vector lies with those of its language."""
        return all(part.listed.lang for part in self._now().parts)

    def count(self) -> int:
        return sum(part.listed.left for part in self._now().parts)

    def ids(self) -> set[str]:
        return {passage for part in self._now().parts for passage in part.segment.ids(part.rows)}

    def batches(self) -> Iterator[Batches]:
        """All of it: (language, passage ids, manuals, vectors), some at a time."""
        for part in self._now().parts:
            for start in range(0, part.listed.left, ROWS_AT_ONCE):
                rows, segment = part.rows[start : start + ROWS_AT_ONCE], part.segment
                manuals = [segment.manuals[of] for of in segment.manual_of[rows].tolist()]
                yield part.listed.lang, segment.ids(rows), manuals, segment.exact(rows)

    def vectors(self, ids: Iterable[str]) -> dict[str, Vectors]:
        """The vectors as they were given, each of shape (dim,); ids that are not there are left out."""
        wanted, found = set(ids), dict[str, Vectors]()
        keys = keys_of(wanted)
        for part in self._now().parts:
            rows = part.find(keys)
            for passage, vector in zip(part.segment.ids(rows), part.segment.exact(rows), strict=True):
                if passage in wanted:
                    found[passage] = vector
        return found

    def unlike(self, kept: Callable[[Sequence[str]], Mapping[str, Vectors]]) -> set[str]:
        """The passages whose vectors here are not those that ``kept`` gives, or whose codes are not their vectors'."""
        found: set[str] = set()
        for part in self._now().parts:
            for start in range(0, part.listed.left, ROWS_AT_ONCE):
                rows = part.rows[start : start + ROWS_AT_ONCE]
                ids, exact = part.segment.ids(rows), part.segment.exact(rows)
                theirs = kept(ids)
                found |= {i for i, row in zip(ids, exact, strict=True) if not _same(row, theirs.get(i))}
                found |= set(part.segment.ids(part.segment.unsound(rows)))
        return found

    def nearest(
        self,
        vector: Vectors,
        k: int,
        manual_ids: Collection[str] = (),
        only: Sequence[str] | None = None,
        lang: str | None = None,
    ) -> list[tuple[str, float]]:
        """The ``k`` nearest passage ids with cosine similarity, best first, see index.search.neighbours."""
        parts = [part for part in self._now().parts if lang is None or part.listed.lang == lang]
        return nearest(parts, vector, k, manual_ids, only)

    # changing

    def start(self) -> None:
        """Begin anew, without a vector; files that no list names go."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self._put(VectorList(self._embedder, serial=self._next_serial()))
        self.sweep()

    def remake(self, batches: Iterable[Batches], version: str) -> None:
        """Put these vectors in the place of all that is there, in one step."""
        self.folder.mkdir(parents=True, exist_ok=True)
        serial, segments = self._next_serial(), list[Listed]()
        for lang, ids, manuals, vectors in batches:
            name = segment_name(self._embedder, serial)
            write_batch(self.folder / name, Batch(ids, manuals, vectors))
            segments.append(Listed(name, len(ids), lang))
            serial += 1
        self._put(VectorList(self._embedder, version, serial, tuple(segments)))
        self.sweep()
        self._put_together()

    def add(self, ids: Sequence[str], manuals: Sequence[str], vectors: Vectors, lang: str, version: str) -> None:
        """Put vectors in the place of what these passages had in that language."""
        if not ids:
            return self.agree(version)
        last = {passage: place for place, passage in enumerate(ids)}  # of one that is named twice, the last
        places = sorted(last.values())
        batch = Batch([ids[n] for n in places], [manuals[n] for n in places], vectors[places])
        held = self._now()
        name = segment_name(self._embedder, held.listed.serial)
        write_batch(self.folder / name, batch)
        kept = self._without(batch.ids, held, lang)
        segments = (*kept, Listed(name, len(batch.ids), lang))
        self._put(replace(held.listed, version=version, serial=held.listed.serial + 1, segments=segments))
        self._put_together()
        return None

    def delete(self, ids: Collection[str], version: str) -> None:
        held = self._now()
        self._put(replace(held.listed, version=version, segments=self._without(ids, held)))
        self._put_together()

    def agree(self, version: str) -> None:
        """The store's state is another, its vectors are the same."""
        held = self._now()
        if held.listed.version != version:
            self._put(replace(held.listed, version=version))

    def drop_others(self) -> None:
        """Throw away what other embedders have here."""
        for path in self.folder.iterdir():
            if not path.name.startswith(short_name(self._embedder)):
                path.unlink(missing_ok=True)

    def sweep(self) -> None:
        """Throw away files of this embedder that the list does not name, as a kill leaves them."""
        named = {one.file for one in self._now().listed.segments}
        for path in self._files():
            if path.name not in named:
                path.unlink(missing_ok=True)

    def _next_serial(self) -> int:
        """One that no file has, whatever the list says."""
        return max((int(path.stem.rpartition("-")[2]) for path in self._files()), default=-1) + 1

    def _files(self) -> list[Path]:
        return sorted(self.folder.glob(f"{short_name(self._embedder)}-*.rows"))

    def _without(self, ids: Collection[str], held: _Held, lang: str | None = None) -> tuple[Listed, ...]:
        """The listed segments, of which the rows of these passages no longer count."""
        wanted, keys = frozenset(ids), keys_of(ids)
        kept: list[Listed] = []
        for part in held.parts:
            rows = part.find(keys) if lang is None or part.listed.lang == lang else np.empty(0, np.int64)
            gone = [int(row) for row in rows if part.segment.id(int(row)) in wanted]
            if gone:
                before = [row for start, end in part.listed.gone for row in range(start, end)]
                kept.append(replace(part.listed, gone=spans(sorted([*before, *gone]))))
            else:
                kept.append(part.listed)
        return tuple(one for one in kept if one.left)

    def _put_together(self) -> None:
        """Write segments again where there are many of one size, or much of one no longer counts."""
        while chosen := _to_merge(self._now().parts):
            held = self._now()
            name = segment_name(self._embedder, held.listed.serial)
            write_merged(self.folder / name, [(part.segment, part.rows) for part in chosen])
            merged = Listed(name, sum(part.listed.left for part in chosen), chosen[0].listed.lang)
            names = {part.listed.file for part in chosen}
            kept = (*(one for one in held.listed.segments if one.file not in names), merged)
            self._put(replace(held.listed, serial=held.listed.serial + 1, segments=kept))

    def _put(self, changed: VectorList) -> None:
        before = {one.file for one in self._held.listed.segments} if self._held is not None else set()
        write_list(self.folder, changed)
        self._now()
        for name in before - {one.file for one in changed.segments}:
            (self.folder / name).unlink(missing_ok=True)

    def _now(self) -> _Held:
        """What the list says at this moment. Raises IndexStale."""
        inode = self._inode()
        with self._guard:
            if self._held is None or self._held.inode != inode:
                held = self._read()
                if self._held is not None:
                    os.close(self._held.file)
                self._held = held
            return self._held

    def _read(self) -> _Held:
        """A list whose segments are put together while this opens them is read again, in its new form."""
        opened = {part.listed.file: part.segment for part in self._held.parts} if self._held is not None else {}
        while True:
            file = self._open_list()
            try:
                listed = read_list(os.pread(file, os.fstat(file).st_size, 0), self._path)
                parts = tuple(
                    Part(opened.get(one.file) or VectorSegment(self.folder / one.file), one) for one in listed.segments
                )
                return _Held(file, os.fstat(file).st_ino, listed, parts)
            except IndexStale:
                inode = os.fstat(file).st_ino
                os.close(file)
                if self._inode() == inode:
                    raise

    def _open_list(self) -> int:
        try:
            return os.open(self._path, os.O_RDONLY | os.O_CLOEXEC)
        except OSError as error:
            raise IndexStale(f"There is no {self._path} ({error.strerror}).", _HELP) from error

    def _inode(self) -> int:
        try:
            return self._path.stat().st_ino
        except OSError as error:
            raise IndexStale(f"There is no {self._path} ({error.strerror}).", _HELP) from error

    def close(self) -> None:
        with self._guard:
            if self._held is not None:
                os.close(self._held.file)
                self._held = None


def _same(row: Vectors, kept: Vectors | None) -> bool:
    return kept is not None and kept.shape == row.shape and bool(np.abs(kept - row).max(initial=0) < SAME_WITHIN)


def _to_merge(parts: Sequence[Part]) -> list[Part]:
    """Those that are to become one next; none where all is well."""
    alike: dict[tuple[str, int, int], list[Part]] = {}
    for part in parts:
        if part.listed.rows - part.listed.left > GONE_SHARE * part.listed.rows:
            return [part]
        order = int(math.log(max(part.listed.left / SMALL, 1), FAN))
        alike.setdefault((part.listed.lang, part.segment.dim, order), []).append(part)
    return next((some for some in alike.values() if len(some) >= FAN), [])
