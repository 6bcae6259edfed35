"""BatchCosts: what a batch of tokens takes against single steps, on this box and with this model.

On a processor a batch of eight takes four to six steps (more than half of the gain of guessing is eaten by it), on a
GPU hardly more than one; sizes that are no multiple of four are computed as slowly as the next one that is
(llama.cpp 0.3.36, AVX-512: 9 MB model 4: 2.5, 5: 3.8, 8: 5.1 steps; 110 MB model 4: 2.5, 8: 3.7, 16: 6.8 steps).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from edge.llama.context import LlamaContext

SIZES = (4, 8, 16, 32, 64)  # of batches that are considered
ROUNDS = 4
PATIENCE_S = 0.5  # of measuring; after that each size is computed once, since a step of a large model takes 0.2 s
GRAIN = 4  # costs are rounded to quarters of a step: measured again, they come out the same nearly always


@dataclass(frozen=True, slots=True)
class BatchCosts:
    """In single steps, by size. ``first``: of a batch between single steps, ``further``: of one behind another as
    large, which saves making the graph of the computation anew."""

    first: Mapping[int, float]
    further: Mapping[int, float]


def measure(context: LlamaContext, most: int, clock: Callable[[], float]) -> BatchCosts:
    """Of batches of up to ``most`` tokens, no more than one ``decode`` of ``context`` takes and half of what it holds;
    it is empty before and after. ``clock`` in seconds: of the process where a processor computes, which others that are
    at work there disturb least (a box begins everything at once), else of the wall. Errors: GenerationFailed."""
    begun = clock()
    context.keep(0)
    context.decode([0] * most, 0, want_logits=False)

    def took(size: int) -> float:
        context.keep(most)
        begin = clock()
        context.decode_each([0] * size, most)
        return clock() - begin

    def least(sizes: tuple[int, ...]) -> float:
        """Seconds of ``sizes`` one after the other, once they have been computed in that order before."""
        rounds = [sum(map(took, sizes))]
        while len(rounds) <= ROUNDS and clock() - begun < PATIENCE_S:
            rounds.append(sum(map(took, sizes)))
        return min(rounds)

    took(1)  # makes its graph
    step = least((1,))
    first, further = {}, {}
    for size in [size for size in SIZES if size <= most] or [most]:
        further[size] = _grain(least((size,)) / step)
        first[size] = further[size]
        if clock() - begun < PATIENCE_S:  # to make a graph takes a large model's step no longer
            first[size] = max(further[size], _grain(least((1, size)) / step - 1))
    context.keep(0)
    return BatchCosts(first, further)


def _grain(cost: float) -> float:
    return max(1.0, round(cost * GRAIN) / GRAIN)
