"""Drafting: how many tokens are guessed ahead, and when it does not pay and stops.

It hangs on the tokens alone, never on the clock: the same messages give the same batches and so the same text.
"""

from __future__ import annotations

from collections.abc import Sequence

from edge.llama.lookup import Lookup

SHORTEST = 3  # tokens that must have stood before
FIRST = 3  # tokens of a first guess; with the one before it a batch of four, which llama.cpp computes as a block
COST = 0.5
"""What a guessed token costs, in single steps: a batch of eight took 3.5 to 4.1 steps of a 110 MB model on two cores
and 4.4 to 6.3 of a 9 MB model; a GPU takes less."""
BUDGET = 3.0  # single steps that may be lost before it pauses
CREDIT = 12.0  # so many where as many were gained before: the end of a quote costs a long guess
PAUSE = 32  # tokens of a first pause; each further one is twice as long


class Drafting:
    """Guesses for one answer to ``prompt``, ``most`` tokens at once."""

    def __init__(self, prompt: Sequence[int], most: int) -> None:
        self._most = most
        self._lookup = Lookup(prompt, SHORTEST)
        self._length = min(FIRST, most)
        self._balance = BUDGET
        self._pause = PAUSE
        self._wait = 0
        self.guessed = self.accepted = 0

    def said(self, token: int) -> None:
        """``token`` stands in the answer."""
        self._lookup.add(token)
        self._wait -= 1

    def guess(self, room: int) -> list[int]:
        """What may come next, ``room`` tokens at most; [] where nothing is known, or while it does not pay."""
        return [] if self._wait > 0 else self._lookup.guess(min(self._length, room))

    def checked(self, guessed: int, accepted: int) -> None:
        """Of ``guessed`` tokens the model would have said the first ``accepted`` itself."""
        self.guessed += guessed
        self.accepted += accepted
        whole = accepted == guessed
        self._length = min(self._most, 2 * self._length + 1) if whole else min(FIRST, self._most)
        self._balance = min(CREDIT, self._balance + accepted - COST * guessed)
        if self._balance <= 0:
            self._wait, self._pause, self._balance = self._pause, 2 * self._pause, BUDGET
