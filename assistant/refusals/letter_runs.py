"""Letter runs: which runs of two to four letters a text holds, hashed into a vector of unit length."""

from __future__ import annotations

import zlib

import numpy as np
from numpy.typing import NDArray

LENGTHS = (2, 3, 4)


def letter_runs(text: str, size: int) -> NDArray[np.float32]:
    """(size,) for ``text``, capitals as small letters, blanks as one: a place for each run, counted up or down by its
    hash so that runs which share a place cancel out on average (feature hashing, Weinberger 2009)."""
    told = f" {' '.join(text.lower().split())} "
    found = np.zeros(size, np.float32)
    for length in LENGTHS:
        for start in range(len(told) - length + 1):
            code = zlib.crc32(told[start : start + length].encode("utf-8", "replace"))
            found[code % size] += 1.0 if code >> 31 else -1.0
    norm = float(np.linalg.norm(found))
    return found / np.float32(norm) if norm else found
