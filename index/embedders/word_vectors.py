"""Word vectors: a short vector for each word of a text, and how well a passage's words answer to a question's.

A passage of several lines has one vector for all of them, in which the line that answers is a small part. Here each
word of the question (a token of the embedder) looks for its best match among the passage's words; the measure is the
mean of those matches, each word of the question weighing what the model gives it (late interaction, arXiv 2004.12832).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from index.embedders.embedder import Reading, Vectors

STEPS = 127  # of a stored number, for 1.0


def packed(words: Vectors) -> bytes:
    """``words`` (t, word_dim) as one byte a number: 32 bytes a word at 32 numbers."""
    return bytes(np.round(words * STEPS).astype(np.int8).tobytes())


def matches(asked: Reading, told: Sequence[bytes]) -> NDArray[np.float32]:
    """How well each packed passage answers to the question's words, about -1 to 1; 0 where either has none."""
    total = float(asked.weights.sum())
    lengths = np.array([len(one) for one in told], dtype=np.int64) // max(1, asked.words.shape[1])
    found = np.zeros(len(told), dtype=np.float32)
    some = np.flatnonzero(lengths)
    if not len(some) or total <= 0:
        return found
    words = np.frombuffer(b"".join(told), dtype=np.int8).reshape(-1, asked.words.shape[1])
    near = words.astype(np.float32) @ asked.words.T
    starts = np.concatenate([[0], np.cumsum(lengths[some])[:-1]])
    found[some] = np.maximum.reduceat(near, starts, axis=0) @ (asked.weights / (total * STEPS))
    return found
