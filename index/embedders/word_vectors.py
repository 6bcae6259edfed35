"""Word vectors: a short vector for each word of a text, and how well a passage's words answer to a question's.

A passage of several lines has one vector for all of them, in which the line that answers is a small part. Here each
word of the question (a token of the embedder) looks for its best match among the passage's words; the measure is the
mean of those matches, each word of the question weighing what the model gives it (late interaction, arXiv 2004.12832).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.embedders.embedder import Reading, Vectors

STEPS = 127  # of a stored number, for 1.0
FAR = 0.5  # cosine below which a word has found nothing like it
ONE_THREAD = 200_000  # multiplications; OpenBLAS starts its other threads from 262,144 on
NEAR = 0.6  # from which it has found itself or what means the same


def packed(words: Vectors) -> bytes:
    """``words`` (t, word_dim) as one byte a number, so 48 bytes a word at 48 numbers."""
    return bytes(np.round(words * STEPS).astype(np.int8).tobytes())


def _products(words: NDArray[np.int8], asked: Vectors) -> Vectors:
    """(n, width) @ (width, t), in pieces that numpy's BLAS takes on one thread: with more, its workers go on spinning
    for a while after each product, and a question cost twice its time of processor."""
    near = np.empty((len(words), asked.shape[1]), dtype=np.float32)
    rows = max(1, ONE_THREAD // max(1, asked.size))
    for start in range(0, len(words), rows):
        part = slice(start, start + rows)
        np.matmul(words[part].astype(np.float32), asked, out=near[part])
    return near


@dataclass(frozen=True, slots=True)
class WordMatch:
    """How well a passage's words answer to a question's: ``match`` (about -1 to 1), the mean of each word's best match
    by weight; ``unmatched`` (0 to 1), the share of the weight that lies on words whose best match is below FAR;
    ``missed`` (0 to 1), the share of the heaviest word whose best match is below NEAR."""

    match: float
    unmatched: float
    missed: float


def word_matches(asked: Reading, told: Sequence[bytes]) -> list[WordMatch]:
    """Of each packed passage; where it has no words, or the question none, nothing is told: 0."""
    total = float(asked.weights.sum())
    width = max(1, asked.words.shape[1])
    lengths = np.array([len(one) // width for one in told], dtype=np.int64)
    found = np.zeros((len(told), 3), dtype=np.float32)
    some = np.flatnonzero(lengths)
    if len(some) and total > 0:
        words = np.frombuffer(b"".join(told), dtype=np.int8).reshape(-1, width)
        near = _products(words, asked.words.T / np.float32(STEPS))
        starts = np.concatenate([[0], np.cumsum(lengths[some])[:-1]])
        best = np.maximum.reduceat(near, starts, axis=0)
        shares = asked.weights / total
        found[some, 0] = best @ shares
        found[some, 1] = (best < FAR) @ shares
        found[some, 2] = ((best < NEAR) * shares).max(axis=1)
    return [WordMatch(*map(float, row)) for row in found]
