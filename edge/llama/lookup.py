"""Lookup: where the last words of an answer stood before, in its prompt or in itself, and what came behind them there.

Saxena 2023, "Prompt Lookup Decoding". Kept up from token to token: places that go on as the answer does stay, the
others fall out, so that a token costs the same at the end of a long prompt.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

LATEST = 16  # places of a token that are looked at, the latest ones; a comma stands everywhere
LONGEST = 16  # tokens of a match that count; more does not tell places apart any better


class Match(NamedTuple):
    """The last ``length`` tokens stood before ``place`` already; 0 for nowhere."""

    length: int
    place: int


class Lookup:
    """Over ``tokens`` and what is ``add``-ed to them."""

    def __init__(self, tokens: Sequence[int]) -> None:
        self._tokens = list(tokens)
        self._places: dict[int, list[int]] = {}  # of each token: the places behind it
        for place, token in enumerate(self._tokens, start=1):
            self._places.setdefault(token, []).append(place)
        self._matches: dict[int, int] = {}  # place -> how many tokens before it are those of the end

    def __len__(self) -> int:
        return len(self._tokens)

    def __getitem__(self, place: int) -> int:
        return self._tokens[place]

    def add(self, token: int) -> Match:
        """``token`` comes next; where the end stands now: the longest match, of equal ones the latest."""
        before = self._matches
        places = self._places.setdefault(token, [])
        known = places[-LATEST:]
        if before:
            tokens = self._tokens
            old = [place + 1 for place in before if tokens[place] == token]
            known = [*(place for place in old if place < known[0]), *known] if known else old
        self._matches = {place: min(before.get(place - 1, 0) + 1, LONGEST) for place in known}
        self._tokens.append(token)
        places.append(len(self._tokens))
        best, at = 0, 0
        for place, length in self._matches.items():
            if length >= best:
                best, at = length, place
        return Match(best, at)

    def behind(self, place: int, count: int) -> list[int]:
        """The ``count`` tokens behind ``place``; where it is near the end, what repeats itself goes on doing so."""
        tokens = self._tokens
        found = tokens[place : place + count]
        while len(found) < count:
            found.append(found[len(found) - (len(tokens) - place)])
        return found
