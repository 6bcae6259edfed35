"""TermRows: the search terms of passages as the keyword index holds them, read once for all that a question asks."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from index.search.lookalikes import MARK
from index.truth import Truth


class TermRow:
    """``place`` and ``body``: the terms of where a passage stands (its manual's title and file, its headings) and of
    its text, as index.text.terms gives them, without the work (a search over 8,000 passages took 95 ms of one core with
    it and 12 ms without); of what OCR read, the marked terms as well. ``wanted``: the terms that are counted."""

    __slots__ = ("_apart", "_body", "_counts", "_place", "_said", "_terms", "_wanted")

    def __init__(self, place: str, body: str, wanted: Collection[str]) -> None:
        self._place = place
        self._body = body
        self._wanted = wanted
        self._terms: list[str] | None = None
        self._said: list[str] | None = None
        self._counts: tuple[dict[str, int], dict[str, int]] | None = None
        self._apart: tuple[str, str] | None = None

    @property
    def place(self) -> list[str]:
        return self._place.split()

    @property
    def body(self) -> list[str]:
        if self._terms is None:
            self._terms = self._body.split()
        return self._terms

    @property
    def said(self) -> list[str]:
        """The body without marked terms."""
        if self._said is None:
            marked = MARK in self._body
            self._said = [term for term in self.body if term[0] != MARK] if marked else self.body
        return self._said

    @property
    def counts(self) -> tuple[dict[str, int], dict[str, int]]:
        """How often each of the ``wanted`` stands in the place and in the body; those that do not are left out."""
        if self._counts is None:
            self._counts = self._counted(self.place), self._counted(self.body)
        return self._counts

    def _counted(self, held: Iterable[str]) -> dict[str, int]:
        wanted, counts = self._wanted, dict[str, int]()
        for term in [term for term in held if term in wanted]:
            counts[term] = counts.get(term, 0) + 1
        return counts

    @property
    def apart(self) -> tuple[str, str]:
        """Place and body with a blank of its own on either side of each term: " term " is counted in them as often as
        the term stands there, for two or three terms in a third of the time that counting all takes."""
        if self._apart is None:
            self._apart = _apart(self._place), _apart(self._body)
        return self._apart


def _apart(text: str) -> str:
    return f" {text.replace(' ', '  ')} "


class TermRows:
    """Those of one truth, for one question in one snapshot. ``wanted``: its terms in every language."""

    def __init__(self, truth: Truth, wanted: Iterable[str]) -> None:
        self._truth = truth
        self._wanted = frozenset(wanted)
        self._held: dict[int, TermRow] = {}

    def of(self, numbers: Iterable[int]) -> dict[int, TermRow]:
        """By passage number; passages that are gone are left out."""
        wanted = list(dict.fromkeys(numbers))
        unread = [number for number in wanted if number not in self._held]
        if unread:
            rows = self._truth.keyword_rows(unread)
            self._held |= {number: TermRow(place, body, self._wanted) for number, place, body in rows}
        return {number: self._held[number] for number in wanted if number in self._held}
