"""Telling: the sentences of one answer, verified one after the other; steps must come in the manual's order."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.answer import Quote, Sentence
from assistant.verification.atoms import Line, lines_of
from assistant.verification.copying import Place
from assistant.verification.premise import PREMISE
from assistant.verification.verified import Verified, Verify

OUT_OF_ORDER = "the steps stand in another order"
# such words claim an order, also where the source has no numbered steps
_CLAIMS_ORDER = re.compile(
    r"^\s*(?:次に|その後|続いて|それから|最後に|まず|(?:next|then|after that|afterwards|finally|first)\b)",
    re.IGNORECASE,
)


class Telling:
    """Verifies the sentences of one answer in the order in which they are told.

    A sentence that is true by itself is withheld where it tells a step after a later one of the same procedure, or
    says "then" of what stands before: each step would be right and the procedure wrong. Prose, bullets and rows of
    tables may be told in any order.
    """

    def __init__(self, quotes: Sequence[Quote], verify: Verify | None = None) -> None:
        """``verify``: checks a sentence by itself against ``quotes``, by default as verification.verify does."""
        self._quotes = quotes
        self._verify = verify or Verified().over(quotes)
        self._procedures: dict[int, list[int]] = {}
        self._last: dict[tuple[int, int], Place] = {}  # (quote, procedure) -> where the told step stands
        self._told: dict[int, Place] = {}  # quote -> where what was told last stands
        self._newest: tuple[int, Place] | None = None  # (quote, place) of the sentence verified last
        self._withheld = False  # the sentence before: "then" would follow on what nobody reads

    def verify(self, text: str) -> Sentence:
        """As verify_sentence, and in order with what was verified before."""
        self._keep()
        sentence, places = self._verify(text)
        claims = _CLAIMS_ORDER.match(sentence.text) is not None
        hangs, self._withheld = self._withheld and claims, not sentence.supported
        if not sentence.supported or not places:
            return sentence
        number = sentence.citations[0]
        fitting = [place for place in places if self._fits(number, place, claims=claims)]
        if hangs or not fitting:
            self._withheld = True
            return Sentence(sentence.text, (), False, PREMISE if hangs else OUT_OF_ORDER)
        self._newest = number, min(fitting)
        return sentence

    def withhold(self) -> None:
        """The sentence verified last is withheld for another reason, so that nothing needs to come behind it."""
        self._newest, self._withheld = None, True

    def _keep(self) -> None:
        """The sentence verified last was told."""
        if self._newest is None:
            return
        (number, place), self._newest = self._newest, None
        self._told[number] = place
        if procedure := self._procedure(number, place):
            self._last[number, procedure] = place

    def _fits(self, number: int, place: Place, *, claims: bool) -> bool:
        if claims and number in self._told and place < self._told[number]:
            return False
        procedure = self._procedure(number, place)
        return not procedure or place >= self._last.get((number, procedure), place)

    def _procedure(self, number: int, place: Place) -> int:
        """Which procedure of the quote the place is in, from 1; 0 for none."""
        if number not in self._procedures:
            text = next(quote.text for quote in self._quotes if quote.number == number)
            self._procedures[number] = _procedures(lines_of(text))
        return self._procedures[number][place.line]


def _procedures(lines: Sequence[Line]) -> list[int]:
    """For each line the procedure that it is a step of: numbers that rise are one, also with notes between them; a
    number that does not rise begins another."""
    out: list[int] = []
    procedure, last = 0, 0
    for line in lines:
        number = int(line.number) if line.number else 0
        if number:
            procedure += 1 if number <= last or not procedure else 0
            last = number
        out.append(procedure if number else 0)
    return out
