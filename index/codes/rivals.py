"""Rivals: entries of the same code in several manuals or tables; the question's words decide, or it is a choice."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from index.codes.entry import own_cell
from index.codes.find import family_in
from index.passage import Lang, Manual, Passage
from index.search.question import TRANSLATED, Concept, Question, machine_names
from index.text import terms

_KINDS = frozenset(("設定", "set"))  # like "alarm" and "parameter", which index.codes.find knows
TITLED = 0.5  # what a word of the manual's title counts beside one of the headings


@dataclass(frozen=True, slots=True)
class Choice:
    """An entry that a question may mean as well as others: its ``code``, the manual with its title, the headings above
    it, and the passage to show."""

    code: str
    manual_id: str
    title: str
    section: tuple[str, ...]
    passage_id: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A passage that is the entry of ``code``; ``exact``: the question names the code in that very form."""

    number: int
    code: str
    exact: bool
    passage: Passage
    manual: Manual


def settle(asked: Question, entries: Sequence[Entry]) -> tuple[list[Entry], tuple[Choice, ...]]:
    """The entries that the question means, and what a person should choose among where they are several things.

    A machine's manual decides that is named by its product name (entries of others stay entries: that manual counts
    more anyway), then the question's language among translations, then a machine named in words, then the words that
    stand over one entry and not over all ("servo error 23"), then the exact form.
    """
    own = [entry for entry in entries if entry.manual.id in asked.named]
    others = [entry for entry in entries if entry not in own] if own else []
    entries = _in_language(asked.lang, own or entries)
    entries = [entry for entry in entries if entry.manual.id in asked.meant] or entries
    if len(entries) > 1:
        fits = _fits(asked, entries)
        best = max(fits.values())
        meant = [entry for entry in entries if fits[entry.number] == best]
        # the row of the list and the section that says more about it are no rivals
        entries = [entry for entry in entries if any(entry is one or _is_same(entry, one) for one in meant)]
    entries = [entry for entry in entries if entry.exact] or entries
    different: list[Entry] = []
    for entry in entries:
        if not any(_is_same(entry, other) for other in different):
            different.append(entry)
    choices = tuple(Choice(e.code, e.manual.id, e.manual.title, e.passage.section, e.passage.id) for e in different)
    return [*entries, *others], choices if len(choices) > 1 else ()


def _fits(asked: Question, entries: Sequence[Entry]) -> Mapping[int, float]:
    """How much of the question stands over each entry and not over all of them; a heading says more than a title."""
    fits = dict.fromkeys((entry.number for entry in entries), 0.0)
    codes = _KINDS.union(*(terms(asked.text[code.start : code.end]) for code in asked.codes))
    for titled in (False, True):
        places = {entry.number: _place(entry, titled) for entry in entries}
        shared = frozenset.intersection(*places.values())
        for entry in entries:
            own = (1.0 if entry.passage.lang == asked.lang else TRANSLATED) * (TITLED if titled else 1.0)
            concepts = asked.concepts[entry.passage.lang]
            place = places[entry.number] - shared - codes
            fits[entry.number] += own * sum(c.weight for c in concepts if _tells(c, place))
    return fits


def _place(entry: Entry, titled: bool) -> frozenset[str]:
    """The words that stand over an entry: of its headings below the manual's title, or of the title too."""
    title = entry.manual.title
    headings = [heading for heading in entry.passage.section if titled or heading != title]
    return frozenset(terms(" ".join((title if titled else "", *headings, *_before(entry))).replace("_", " ")))


def _before(entry: Entry) -> list[str]:
    """The cells of a row before that of its code: the part that a flag is of."""
    cells = _cells(entry.passage)
    at = next((place for place, cell in enumerate(cells) if _plain(entry.code) in _plain(cell)), 0)
    return cells[:at]


def _cells(passage: Passage) -> list[str]:
    """The first cells of a row, up to what its code is called."""
    lines = passage.text.replace(" / ", "\n").split("\n")
    return [line.partition(": ")[2] or line for line in lines[:3]]


def _plain(text: str) -> str:
    return re.sub(r"[^A-Z0-9]", "", text.upper())


def _tells(concept: Concept, place: frozenset[str]) -> bool:
    """Whether the concept stands in ``place`` in words: numbers and words for alarms tell nothing about which."""
    for variant in concept.variants:
        said = [term for term in variant.terms if not any(c.isdigit() for c in term) and not family_in(term)]
        if said and len(said) == len(variant.terms) and place.issuperset(said):
            return True
    return False


def _in_language(lang: Lang, entries: Sequence[Entry]) -> Sequence[Entry]:
    """Without those of which there is a translation in the question's language."""
    own = [entry for entry in entries if entry.passage.lang == lang]
    return [e for e in entries if e.passage.lang == lang or not any(_is_translation(e, other) for other in own)]


def _is_translation(entry: Entry, other: Entry) -> bool:
    """Whether two entries in two languages may be one: nothing names two machines."""
    if entry.passage.lang == other.passage.lang or entry.code != other.code:
        return False
    names, others = machine_names(entry.manual), machine_names(other.manual)
    return not names or not others or bool(names & others)


def _is_same(entry: Entry, other: Entry) -> bool:
    if entry.manual.id != other.manual.id:
        return _is_translation(entry, other)
    if entry.code != other.code:
        return False
    a, b = entry.passage, other.passage
    rows = [bool(own_cell(passage)[1]) for passage in (a, b)]
    if rows[0] != rows[1]:
        return True  # a row of the list, and the section that says more about it
    if all(rows):
        return _name(entry) == _name(other) or (a.section == b.section and _before(entry) == _before(other))
    if a.section == b.section:
        return True
    return a.section[:-1] == b.section[:-1] or set(a.section) <= set(b.section) or set(b.section) <= set(a.section)


def _name(entry: Entry) -> list[str]:
    """What a row calls its code: the cell behind it, and those before."""
    before = _before(entry)
    return [*before, *_cells(entry.passage)[len(before) + 1 : len(before) + 2]]
