"""BatchCosts: what a batch of tokens takes against single steps, on this box and with this model.

On a processor a batch of eight takes four to six steps (more than half of the gain of guessing is eaten by it), on a
GPU hardly more than one; sizes that are no multiple of four are computed as slowly as the next one that is
(llama.cpp 0.3.36, AVX-512, behind 16 tokens: 9 MB model 4: 2.5, 5: 3.8, 8: 5.1 steps; 110 MB model 4: 2.5, 8: 3.7,
16: 6.8 steps). The longer the prompt, the dearer: docs/log/drafting.md.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from edge.llama.context import LlamaContext

SIZES = (4, 8, 16, 32, 64)  # of batches that are considered
ROUNDS = 10  # the quickest counts
PATIENCE_S = 0.5  # of measuring; after that each size is computed once, since a step of a large model takes 0.2 s
BUSY = 0.75  # of the cores' time, at least, when nobody else is at work; two threads in turns come to half
GRAIN = 4  # costs are rounded to quarters of a step: measured again, they come out the same nearly always


@dataclass(frozen=True, slots=True)
class BatchCosts:
    """In single steps, by size. ``first``: of a batch between single steps, ``further``: of one behind another as
    large, which saves making the graph of the computation anew."""

    first: Mapping[int, float]
    further: Mapping[int, float]


# As processors have it, a little dear: for as long as a box has been too busy to be measured.
USUAL = BatchCosts({4: 3.0, 8: 5.0, 16: 10.0}, {4: 2.75, 8: 5.0, 16: 10.0})


def measure(
    context: LlamaContext,
    held: int,
    most: int,
    threads: int,
    clock: Callable[[], float] = time.perf_counter,
    spent: Callable[[], float] = time.process_time,
) -> BatchCosts | None:
    """Of batches of up to ``most`` tokens behind the ``held`` ones of a prompt, which ``context`` holds before and
    after, with room for ``most`` + 1 more. How long the prompt is counts: attention is computed for each token of a
    batch anew, and over 400 tokens it is a third of a small model's step. None where others took the cores meanwhile,
    so that times mean nothing: ``threads`` (0 where a GPU computes) would have been at work for all of the ``clock``'s
    seconds, and ``spent`` tells that they were not. Errors: GenerationFailed."""
    begun, spent_before = clock(), spent()

    def took(size: int) -> float:
        context.keep(held)
        begin = clock()
        context.decode_each([0] * size, held)
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
    context.keep(held)
    if spent() - spent_before < BUSY * threads * (clock() - begun):
        return None
    return BatchCosts(first, further)


def _grain(cost: float) -> float:
    return max(1.0, round(cost * GRAIN) / GRAIN)
