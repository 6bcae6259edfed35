"""Chances: what the model thought of a token before it was chosen: log-probabilities, told where they are asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from edge.runner import TokenChance

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def log_shares(logits: NDArray[np.float32]) -> NDArray[np.float64]:
    """Log-probabilities (natural logarithm) of all tokens."""
    import numpy as np

    shifted = logits.astype(np.float64) - float(logits.max())
    found: NDArray[np.float64] = shifted - np.log(np.exp(shifted).sum())
    return found


def chance_of(logits: NDArray[np.float32], token: int, others: int, piece: Callable[[int], bytes]) -> TokenChance:
    """``token``'s chance by ``logits``, and the ``others`` likeliest ones, the lower id first among equals."""
    import numpy as np

    shares = log_shares(logits)
    best: list[int] = []
    if others > 0:
        count = min(others, len(shares))
        lowest = np.partition(shares, len(shares) - count)[len(shares) - count]
        near = np.flatnonzero(shares >= lowest)
        best = [int(i) for i in near[np.argsort(-shares[near], kind="stable")][:count]]
    return TokenChance(piece(token), float(shares[token]), tuple((piece(i), float(shares[i])) for i in best))
