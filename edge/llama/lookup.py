"""Lookup: guesses how an answer goes on from what prompt and answer hold already, as an answer that quotes does.

Saxena 2023, "Prompt Lookup Decoding": where the last words stood before, the words behind them are guessed to follow.
The model then checks all guesses in one batch (edge.llama.speaker), and what it would have said itself stands.
"""

from __future__ import annotations

from collections.abc import Sequence

LONGEST = 8  # tokens of the end that are compared; more does not tell places apart any better
CANDIDATES = 8  # latest places that are compared, so that a token takes the same time at the end of a long prompt


class Lookup:
    """Over ``tokens``, and what is ``add``-ed to them: for each run of ``shortest`` tokens, where it stood."""

    def __init__(self, tokens: Sequence[int], shortest: int) -> None:
        self._shortest = shortest
        self._tokens = list(tokens)
        self._ends: dict[tuple[int, ...], list[int]] = {}
        # all at once, four times as quick as one by one: a small model answers in the time that this would take
        runs = zip(*(self._tokens[at:-1] for at in range(shortest)), strict=False)
        for end, run in enumerate(runs, start=shortest):
            self._ends.setdefault(run, []).append(end)

    def add(self, token: int) -> None:
        """``token`` comes next."""
        tokens, shortest = self._tokens, self._shortest
        if len(tokens) >= shortest:  # what ends before it may be found from now on
            self._ends.setdefault(tuple(tokens[-shortest:]), []).append(len(tokens))
        tokens.append(token)

    def guess(self, most: int) -> list[int]:
        """Up to ``most`` tokens that stood behind the longest run with which it ends now, at its latest place; []
        where the run of ``shortest`` tokens did not stand before."""
        tokens = self._tokens
        if most <= 0 or len(tokens) < self._shortest:
            return []
        best, place = 0, 0
        for end in reversed(self._ends.get(tuple(tokens[-self._shortest :]), ())[-CANDIDATES:]):
            length = self._common_end(end)
            if length > best:
                best, place = length, end
        if not best:
            return []
        guess = tokens[place : place + most]
        while len(guess) < most:  # the place is near the end: what repeats itself goes on doing so
            guess.append(guess[len(guess) - (len(tokens) - place)])
        return guess

    def _common_end(self, end: int) -> int:
        """How many tokens before ``end`` are those that stand at the very end, LONGEST at most."""
        tokens, length = self._tokens, self._shortest
        while length < LONGEST and end > length and tokens[end - length - 1] == tokens[-length - 1]:
            length += 1
        return length
