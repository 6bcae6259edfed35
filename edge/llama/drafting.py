"""Drafting: how many tokens are guessed ahead: as many as are expected to gain more than checking them costs.

An answer quotes or it does not. Each token tells: the lookup always names one that may come next, and that costs no
computing of the model. So nothing is guessed before a copied run has shown itself, and few guesses are lost on free
text. What is guessed hangs on the tokens and on the costs of batches (edge.llama.batch_costs), never on what was
answered before.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from edge.llama.batch_costs import BatchCosts
from edge.llama.lookup import LONGEST, Lookup, Match

# How often the token behind the longest match came next, by the match's length in tokens (1, 2 ... 8 and more): in
# answers that quote, and in answers of the same authors about what the prompt does not hold. Every second row of
# demo/faq.jsonl (python tests/bench_drafting.py --shares).
QUOTED = (0.76, 0.75, 0.77, 0.85, 0.90, 0.91, 0.94, 0.92)
FREE = (0.26, 0.48, 0.55, 0.55, 0.60, 0.60, 0.60, 0.60)  # the 193 cases of 5 and more taken together
GOES_ON = (
    0.80,
    0.10,
)  # the same for going on behind an insertion: a guess (0.7 to 0.9 gain the same), it is soon known
LEVELS = 8  # of belief that it quotes, either way; a step is half a natural log of the odds
BEGIN = 1  # before the first token
START = 1.3  # tokens for the cost of one, expected of the first batch; of a further one 1.0
BATCHES = 3  # of a run, among which what the first costs more than the others is shared out
RUN = 4  # copied tokens that make a run, which may go on behind an insertion
INSERTED = 8  # tokens of the longest insertion
CLOSING = tuple(mark.encode() for mark in ("]", ")", "］", "）", "】", "」", "\n"))  # what an insertion ends with


class Plan:
    """How many tokens to guess at each state, under ``costs`` and ``most`` at once. One for all answers of a runner."""

    def __init__(self, costs: BatchCosts, most: int) -> None:
        self.costs = costs
        self._most = most
        self._known: dict[tuple[int, int, bool, bool], int] = {}

    def count(self, level: int, length: int, going_on: bool, drafting: bool) -> int:
        """Tokens to guess; 0 where none pays. ``length`` of the match, 1 at least; ``going_on`` behind an insertion;
        ``drafting``: the batch before was one of guesses."""
        key = (level, min(length, len(QUOTED)), going_on, drafting)
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._best(*key)
        return found

    def _best(self, level: int, length: int, going_on: bool, drafting: bool) -> int:
        best, gain = 0, 1.0 if drafting else START
        for size, cost in self.costs.further.items():
            if size - 1 > self._most:
                continue
            if not drafting:
                cost += (self.costs.first[size] - cost) / BATCHES
            expected, whole = 1.0, 1.0
            for at in range(size - 1):
                whole *= chance(level, length + at, going_on and at == 0)
                expected += whole
            if expected / cost > gain:
                best, gain = size - 1, expected / cost
        return best


def chance(level: int, length: int, going_on: bool) -> float:
    """Of the token behind a match, where the belief that the answer quotes is at ``level``."""
    quotes = 1 / (1 + math.exp(-level / 2))
    quoted, free = _shares(length, going_on)
    return quotes * quoted + (1 - quotes) * free


def _shares(length: int, going_on: bool) -> tuple[float, float]:
    at = min(length, len(QUOTED)) - 1
    return GOES_ON if going_on else (QUOTED[at], FREE[at])


def _evidence(length: int, going_on: bool, hit: bool) -> int:
    quoted, free = _shares(length, going_on)
    return round(2 * math.log(quoted / free if hit else (1 - quoted) / (1 - free)))


_EVIDENCE = {
    (length, going_on, hit): _evidence(length, going_on, hit)
    for length in range(1, len(QUOTED) + 1)
    for going_on in (False, True)
    for hit in (False, True)
}


class Drafting:
    """Guesses for one answer to ``prompt``. ``piece``: the bytes of a token.

    A copied run that is broken off by a citation goes on behind it: where an insertion ends, the guess is what follows
    the place where the run was left; and once that was so, the insertion itself is guessed where its like stands."""

    def __init__(self, prompt: Sequence[int], plan: Plan, piece: Callable[[int], bytes]) -> None:
        self._lookup = Lookup(prompt)
        self._plan = plan
        self._piece = piece
        self._match = Match(0, 0)
        self._going_on = False
        self._left: tuple[int, int] | None = None  # where a run was left, and how long the answer was then
        self._insertions: dict[int, list[int]] = {}  # by the token that they stood behind
        self._level = BEGIN
        self._drafting = False
        self.guessed = self.accepted = 0

    def said(self, token: int) -> None:
        """``token`` stands in the answer."""
        match = self._match
        hit = bool(match.length) and self._lookup[match.place] == token
        if match.length:
            self._learn(match, hit)
        found = self._lookup.add(token)
        if hit and found.length <= match.length:  # it knows more than the lookup, behind an insertion
            found = Match(min(match.length + 1, LONGEST), match.place + 1)
        self._match, self._going_on = found, False
        if self._left is not None and found.length < RUN:
            self._look_behind_insertion(token, *self._left)

    def _learn(self, match: Match, hit: bool) -> None:
        step = _EVIDENCE[min(match.length, len(QUOTED)), self._going_on, hit]
        self._level = max(-LEVELS, min(LEVELS, self._level + step))
        before = self._lookup[match.place - 1]
        if self._going_on:
            if hit and self._left is not None:
                self._insertions[before] = self._lookup.behind(self._left[1], len(self._lookup) - self._left[1])
                self._left = None
        elif match.length >= RUN:
            if hit:
                self._insertions.pop(before, None)
            else:
                self._left = (match.place, len(self._lookup))

    def _look_behind_insertion(self, token: int, place: int, at: int) -> None:
        if len(self._lookup) - at > INSERTED:
            self._left = None
        elif self._piece(token).endswith(CLOSING):
            self._match, self._going_on = Match(RUN, place), True

    def guess(self, room: int) -> list[int]:
        """What may come next, ``room`` tokens at most; [] where none is expected to pay."""
        match, count = self._match, 0
        if match.length and room > 0:
            count = min(self._plan.count(self._level, match.length, self._going_on, self._drafting), room)
        self._drafting = count > 0
        if not count:
            return []
        copied = self._lookup.behind(match.place, count)
        if not self._insertions:
            return copied
        before = self._lookup[match.place - 1] if match.length >= RUN and not self._going_on else -1
        found: list[int] = []
        for token in copied:
            found += [*self._insertions.get(before, ()), token]
            before = token
        return found[:count]

    def checked(self, guessed: int, accepted: int) -> None:
        """Of ``guessed`` tokens the model would have said the first ``accepted`` itself."""
        self.guessed += guessed
        self.accepted += accepted
