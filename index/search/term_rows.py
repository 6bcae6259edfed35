"""TermRows: the counted search terms of passages, read once for all that a question asks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from index.passage import Lang, Manual, Passage
from index.search.rank import Fields
from index.search.scope import Within
from index.truth.counted_terms import Counted, counted, packed
from index.truth.headings import HeadingTerms, terms_of
from index.truth.postings import Numbers, listed_numbers
from index.truth.truth import Truth


class TermRows:
    """Those of one truth, for one question in one snapshot. ``wanted``: its terms in every language."""

    def __init__(self, truth: Truth, wanted: Iterable[str]) -> None:
        self._truth = truth
        self._wanted = tuple(dict.fromkeys(wanted))
        self._held: dict[int, bytes] = {}
        self._within: dict[Within, Numbers] = {}

    def counted(self, numbers: Iterable[int], terms: Iterable[str] | None = None) -> Counted:
        """How often each of ``terms``, else of the question's, stands in these passages; those that are gone are left
        out."""
        return counted(self._read(numbers), self._wanted if terms is None else tuple(terms))

    def within(self, within: Within) -> Numbers:
        """The numbers of the passages ``within``, upwards. Read once: both languages of a question ask for them."""
        if within not in self._within:
            where, values = within.where()
            row = self._truth.db.execute(f"SELECT group_concat(number) FROM passage WHERE TRUE {where}", values)
            self._within[within] = np.sort(listed_numbers(row.fetchone()[0]))
        return self._within[within]

    def _read(self, numbers: Iterable[int]) -> dict[int, bytes]:
        wanted = list(dict.fromkeys(numbers))
        unread = [number for number in wanted if number not in self._held]
        if unread:
            self._held |= self._truth.counted_terms(unread)
            self._make([number for number in unread if number not in self._held])
        return {number: self._held[number] for number in wanted if number in self._held}

    def _make(self, numbers: list[int]) -> None:
        """Those that were never counted, as before an index of an older Andon is completed by a writer."""
        passages = self._truth.numbered(numbers, boxes=False) if numbers else {}
        words = {number: (place, body) for number, place, body in self._truth.keyword_rows(passages)}
        for number, passage in passages.items():
            self._held[number] = packed(*words.get(number, ("", "")), HeadingTerms.of(passage))


def fields_of(
    passages: Mapping[int, Passage],
    manuals: Mapping[str, Manual],
    rows: TermRows,
    terms: Iterable[str] | None = None,
) -> dict[Lang, Fields]:
    """Where ``terms``, else the question's, stand in ``passages`` (by number), those of each language in the order
    given."""
    wanted = None if terms is None else tuple(terms)
    of_lang: dict[Lang, dict[int, Passage]] = {}
    for number, passage in passages.items():
        of_lang.setdefault(passage.lang, {})[number] = passage
    return {lang: _fields(mine, manuals, rows.counted(mine, wanted)) for lang, mine in of_lang.items()}


def _fields(passages: Mapping[int, Passage], manuals: Mapping[str, Manual], held: Counted) -> Fields:
    title = np.zeros(held.own.shape, dtype=bool)
    of_manual: dict[str, list[int]] = {}
    for column, passage in enumerate(passages.values()):
        of_manual.setdefault(passage.manual_id, []).append(column)
    for manual, columns in of_manual.items():
        for term in terms_of((manuals[manual].title,)) & held.rows.keys():
            title[held.rows[term], columns] = True
    ids = tuple(passage.id for passage in passages.values())
    return Fields(ids, held.rows, held.body, held.lengths, held.own, held.above, title)
