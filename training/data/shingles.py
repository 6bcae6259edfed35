"""Shingles: which texts share nearly all of their letter runs, found among 100,000 without comparing every two."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import combinations
from typing import TYPE_CHECKING
from zlib import crc32

from index.text import normalise

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LENGTH = 5  # characters of a shingle (Broder: On the resemblance and containment of documents, 1997)
BANDS, ROWS = 16, 4
"""MinHash bands (Leskovec, Rajaraman, Ullman: Mining of Massive Datasets, ch. 3): two texts of Jaccard 0.85 meet in one
of 16 bands of 4 with a probability above 0.9999, two of 0.4 with 0.34."""
_PRIME = (1 << 31) - 1
_CROWD = 50  # texts in one bucket that are compared all with all; more are compared with their first only
_SEED = 20
_REMEMBERED = 4_096  # texts; the set of one takes 10 to 50 KB, so those of 100,000 would take gigabytes


def shingles(text: str, length: int = LENGTH) -> frozenset[int]:
    """The runs of ``length`` characters of ``text`` in its normal form without white space, hashed to 32 bits."""
    return _shingles("".join(normalise(text).split()), length)


@lru_cache(maxsize=_REMEMBERED)
def _shingles(plain: str, length: int) -> frozenset[int]:
    if len(plain) <= length:
        return frozenset((crc32(plain.encode()),))
    return frozenset(crc32(plain[at : at + length].encode()) for at in range(len(plain) - length + 1))


def jaccard(first: frozenset[int], second: frozenset[int]) -> float:
    """Shared shingles over all of both, 0 to 1."""
    shared = len(first & second)
    return shared / (len(first) + len(second) - shared) if shared else 0.0


def near_copies(texts: Sequence[str], least: float) -> Iterator[tuple[int, int]]:
    """Pairs (i < j) of ``texts`` whose Jaccard is at least ``least``. Of each text its bands are held, and its shingles
    made again where they meet another's."""
    keys = _band_keys(texts)
    seen: set[tuple[int, int]] = set()
    for band in range(BANDS):
        buckets: defaultdict[int, list[int]] = defaultdict(list)
        for place, key in enumerate(keys[:, band].tolist()):
            buckets[key].append(place)
        for held in buckets.values():
            pairs = combinations(held, 2) if len(held) <= _CROWD else ((held[0], other) for other in held[1:])
            for pair in pairs:
                if pair not in seen:
                    seen.add(pair)
                    if jaccard(shingles(texts[pair[0]]), shingles(texts[pair[1]])) >= least:
                        yield pair


def _band_keys(texts: Sequence[str]) -> NDArray[np.uint64]:
    """(texts, BANDS): equal where all ROWS minima of a band are."""
    import numpy as np

    random = np.random.default_rng(_SEED)
    scale = random.integers(1, _PRIME, size=BANDS * ROWS, dtype=np.uint64)
    shift = random.integers(0, _PRIME, size=BANDS * ROWS, dtype=np.uint64)
    keys = np.zeros((len(texts), BANDS), dtype=np.uint64)
    mixer = np.array([1, 1_000_003, 998_244_353, 2_654_435_761], dtype=np.uint64)
    for place, text in enumerate(texts):
        held = shingles(text)
        hashes = np.fromiter(held, dtype=np.uint64, count=len(held)) % np.uint64(_PRIME)
        minima = ((hashes[:, None] * scale + shift) % np.uint64(_PRIME)).min(axis=0)
        keys[place] = (minima.reshape(BANDS, ROWS) * mixer).sum(axis=1)
    return keys
