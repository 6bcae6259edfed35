"""VectorSearch: the nearest of all vectors in some segments, by comparing every one: none is missed.

Their 8-bit codes are compared first. The exact vectors are read of the best of these, and of every other that could
still be nearer than the last of them, by what the codes and the rounding of the question may be off.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from index.embedders.embedder import Vectors
from index.errors import IndexStale
from index.vectors.code_product import Rounded
from index.vectors.vector_list import Listed
from index.vectors.vector_segment import Rows, VectorSegment, key_of

SAMPLE = 16  # of so many rows one tells how near the nearest are
_HELP = "Run: andon index verify --repair"


@dataclass(frozen=True)
class Part:
    """A segment with its line in the list."""

    segment: VectorSegment
    listed: Listed

    @cached_property
    def counting(self) -> NDArray[np.bool_] | None:
        """Which rows count; None for all."""
        if not self.listed.gone:
            return None
        held = np.ones(self.segment.rows, np.bool_)
        for start, end in self.listed.gone:
            held[start:end] = False
        return held

    @property
    def rows(self) -> Rows:
        return np.arange(self.segment.rows) if self.counting is None else np.flatnonzero(self.counting)

    def find(self, keys: NDArray[np.uint64]) -> Rows:
        rows = self.segment.find(keys)
        return rows if self.counting is None else rows[self.counting[rows]]

    def within(self, manuals: Collection[str], keys: NDArray[np.uint64] | None) -> NDArray[np.bool_] | None:
        """Which rows count for a search in these manuals (all, where none is named) and passages; None for all."""
        held = self.counting
        if manuals:
            named = np.array([manual in manuals for manual in self.segment.manuals], np.bool_)
            if not named.all():
                held = named[self.segment.manual_of] if held is None else held & named[self.segment.manual_of]
        if keys is not None:
            asked = np.zeros(self.segment.rows, np.bool_)
            asked[self.segment.find(keys)] = True
            held = asked if held is None else held & asked
        return held


def nearest(
    parts: Sequence[Part], vector: Vectors, k: int, manual_ids: Collection[str] = (), only: Sequence[str] | None = None
) -> list[tuple[str, float]]:
    """The ``k`` nearest passage ids with cosine similarity, best first; of these manuals only, if any are named, and of
    the passages ``only``, if they are given."""
    length = float(np.linalg.norm(vector))
    if k <= 0 or not parts or length == 0 or (only is not None and not only):
        return []
    unit = np.ascontiguousarray(vector, np.float32) / np.float32(length)
    manuals, keys = frozenset(manual_ids), None if only is None else keys_of(only)
    asked = Rounded.of(unit)
    looked = [_look(part, asked, part.within(manuals, keys)) for part in parts]
    near, slack = (np.concatenate([getattr(one, name) for one in looked]) for name in ("near", "slack"))
    last = len(near) - k
    chosen = _greatest(near, k) if last > 0 else np.arange(len(near))
    cosines = _cosines(looked, chosen, unit)
    if last > 0:  # whatever may be nearer than the last of these
        bound = np.sort(cosines)[-k]
        may_be = near + slack * np.float32(1 + asked.off) + np.float32(asked.off) >= bound
        may_be[chosen] = False
        more = np.flatnonzero(may_be)
        chosen, cosines = np.append(chosen, more), np.append(cosines, _cosines(looked, more, unit))
    best = np.lexsort((chosen, -cosines))[:k]
    return list(zip(_ids(looked, chosen[best]), cosines[best].tolist(), strict=True))


def _greatest(near: Vectors, k: int) -> Rows:
    """The places, upwards, of what is not below the ``k``-th greatest. A sample says how great these may be, and the
    few that are so are sorted out instead of all."""
    sample = near[::SAMPLE]
    rank = 2 * (k // SAMPLE) + SAMPLE
    if rank < len(sample):
        places = np.flatnonzero(near >= np.partition(sample, len(sample) - rank)[len(sample) - rank])
        if len(places) >= k:
            near = near[places]
            best: Rows = places[near >= np.partition(near, len(near) - k)[len(near) - k]]
            return best
    return np.flatnonzero(near >= np.partition(near, len(near) - k)[len(near) - k])


@dataclass(frozen=True, slots=True)
class _Looked:
    """What the codes of a segment's ``rows`` say: the cosine, right within ``slack``."""

    segment: VectorSegment
    rows: Rows
    near: Vectors
    slack: Vectors


def _look(part: Part, asked: Rounded, within: NDArray[np.bool_] | None) -> _Looked:
    segment = part.segment
    if segment.dim != asked.levels.size:
        raise IndexStale(f"The vectors in {segment.path} have {segment.dim} numbers, not {asked.levels.size}.", _HELP)
    if within is None:
        return _Looked(segment, np.arange(segment.rows), segment.near(asked), segment.slack)
    rows = np.flatnonzero(within)
    near = segment.near(asked)[rows] if len(rows) else np.zeros(0, np.float32)
    return _Looked(segment, rows, near, segment.slack[rows])


def _each(looked: Sequence[_Looked], places: Rows) -> Iterator[tuple[VectorSegment, Rows, NDArray[np.bool_]]]:
    """Of places in all that was looked at, one after the other: segment, rows there, and which of the places."""
    start = 0
    for one in looked:
        own = (places >= start) & (places < start + len(one.rows))
        if own.any():
            yield one.segment, one.rows[places[own] - start], own
        start += len(one.rows)


def _cosines(looked: Sequence[_Looked], places: Rows, unit: Vectors) -> Vectors:
    found = np.zeros(len(places), np.float32)
    for segment, rows, own in _each(looked, places):
        found[own] = segment.cosines(unit, rows)
    return found


def _ids(looked: Sequence[_Looked], places: Rows) -> list[str]:
    found = np.empty(len(places), object)
    for segment, rows, own in _each(looked, places):
        found[own] = [segment.id(int(row)) for row in rows]
    return [str(one) for one in found]


def keys_of(ids: Iterable[str]) -> NDArray[np.uint64]:
    """What passages are looked up by, sorted, each once."""
    return np.unique(np.array([key_of(passage) for passage in ids], np.uint64))
