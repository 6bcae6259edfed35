"""Nearest rows: for each vector the most similar others, exactly for small sets, by cells for large ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from index.embedders.embedder import Vectors

EXACT = 12_000  # rows up to which all are compared with all: 12,000 x 12,000 x 640 take 4 s on two cores
_BLOCK = 2_000
_ENTRIES = 24_000_000  # of one block of scores: some 200 MB with what choosing the best takes beside it
_STEPS = 6  # of k-means; more move few rows
_SAMPLE = 40_000
PROBED = 12  # cells looked into; tests/bench_mining.py tells what share of the exact neighbours that finds


@dataclass(frozen=True, slots=True)
class Near:
    """``places`` (n, k) int32, best first, -1 where there is no further one; ``scores`` (n, k) float32 cosines."""

    places: NDArray[np.int32]
    scores: NDArray[np.float32]


def nearest(queries: Vectors, base: Vectors, k: int, *, exact: int = EXACT, at_once: int = _ENTRIES) -> Near:
    """For each row of ``queries`` the ``k`` most similar rows of ``base``, never the one at its own place. Both are
    (n, dim) of unit length. ``at_once``: scores held at one time, where the rows are more than ``exact``."""
    k = max(1, min(k, len(base) - 1))
    return _exact(queries, base, k) if len(base) <= exact else _by_cells(queries, base, k, at_once)


def _exact(queries: Vectors, base: Vectors, k: int) -> Near:
    import numpy as np

    places = np.full((len(queries), k), -1, np.int32)
    scores = np.full((len(queries), k), -1.0, np.float32)
    for start in range(0, len(queries), _BLOCK):
        block = queries[start : start + _BLOCK] @ base.T
        rows = np.arange(len(block))
        block[rows, start + rows] = -np.inf
        _put_best(block, np.arange(len(base), dtype=np.int32), start + rows, Near(places, scores))
    return Near(places, scores)


def _by_cells(queries: Vectors, base: Vectors, k: int, at_once: int) -> Near:
    """An inverted file (Jégou, Douze, Schmid 2011): rows of ``base`` in cells about their centres, and for the queries
    of each cell only the rows of the PROBED nearest cells are compared."""
    import numpy as np

    centres = _centres(base, round(len(base) ** 0.5))
    home = _nearest_centre(base, centres)
    members = _by_number(home, len(centres))
    places = np.full((len(queries), k), -1, np.int32)
    scores = np.full((len(queries), k), -1.0, np.float32)
    asked = _by_number(_nearest_centre(queries, centres), len(centres))
    beside = np.argsort(-(centres @ centres.T), axis=1)[:, :PROBED]
    for cell, rows in enumerate(asked):
        if not len(rows):
            continue
        held = np.concatenate([members[near] for near in beside[cell]])
        step = max(1, at_once // max(1, len(held)))  # a cell may hold a large share of all: texts much alike
        for start in range(0, len(rows), step):
            part = rows[start : start + step]
            block = queries[part] @ base[held].T
            block[part[:, None] == held[None, :]] = -np.inf
            _put_best(block, held.astype(np.int32), part, Near(places, scores))
    return Near(places, scores)


def cosines(
    first: Vectors, second: Vectors, rows: NDArray[np.integer[Any]], places: NDArray[np.integer[Any]],
    at_once: int = 50_000,
) -> NDArray[np.float32]:  # fmt: skip
    """Cosine of first[rows[n]] and second[places[n]] for each n, without holding all of them at once."""
    import numpy as np

    found = np.empty(len(rows), np.float32)
    for start in range(0, len(rows), at_once):
        part = slice(start, start + at_once)
        found[part] = np.einsum("nd,nd->n", first[rows[part]], second[places[part]])
    return found


def _put_best(block: NDArray[np.float32], held: NDArray[np.int32], rows: NDArray[np.int64], into: Near) -> None:
    """The best columns of ``block`` (len(rows), len(held)) into the rows of ``into``."""
    import numpy as np

    k = min(into.places.shape[1], block.shape[1])
    best = np.argpartition(-block, k - 1, axis=1)[:, :k]
    found = np.take_along_axis(block, best, axis=1)
    order = np.argsort(-found, axis=1, kind="stable")
    best, found = np.take_along_axis(best, order, axis=1), np.take_along_axis(found, order, axis=1)
    there = np.isfinite(found)
    into.places[rows[:, None], np.arange(k)] = np.where(there, held[best], -1)
    into.scores[rows[:, None], np.arange(k)] = np.where(there, found, -1.0)


def _centres(base: Vectors, count: int) -> Vectors:
    import numpy as np

    random = np.random.default_rng(1)
    sample = base[random.choice(len(base), size=min(_SAMPLE, len(base)), replace=False)]
    centres = sample[random.choice(len(sample), size=count, replace=False)].copy()
    for _ in range(_STEPS):
        home = _nearest_centre(sample, centres)
        sums = np.zeros_like(centres)
        np.add.at(sums, home, sample)
        lengths = np.linalg.norm(sums, axis=1, keepdims=True)
        centres = np.where(lengths > 0, sums / np.maximum(lengths, 1e-9), centres).astype(np.float32)
    return centres


def _nearest_centre(rows: Vectors, centres: Vectors) -> NDArray[np.int64]:
    import numpy as np

    parts = [np.argmax(rows[at : at + _BLOCK] @ centres.T, axis=1) for at in range(0, len(rows), _BLOCK)]
    return np.concatenate(parts)


def _by_number(numbers: NDArray[np.int64], count: int) -> list[NDArray[np.int64]]:
    import numpy as np

    order = np.argsort(numbers, kind="stable")
    borders = np.searchsorted(numbers[order], np.arange(count + 1))
    return [order[borders[n] : borders[n + 1]] for n in range(count)]
