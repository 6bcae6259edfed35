"""Nicknames: which of the site's words a question says, which machines they name, and how else manuals may say them."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from index.codes.find import find_codes
from index.passage import Hit, Lang, Manual, Why
from index.search.glossary import Glossary
from index.search.names import machine_names, mentions
from index.search.synonyms import Spoken, says, word_key
from index.text import normalise

LANGS: tuple[Lang, ...] = ("ja", "en")


@dataclass(frozen=True, slots=True)
class SiteWord:
    """A word of the site's list where a question says it.

    ``others``: what it means here; ``named``: ids of the manuals whose machine one of them is, ``meant``: of those that
    it names in words, without telling which machine; ``known``: further ways to say it, from the glossary, by language;
    ``codes``: those among its words, where it is no machine.
    """

    said: str
    others: tuple[str, ...]
    start: int
    end: int
    named: frozenset[str]
    meant: frozenset[str]
    known: Mapping[Lang, tuple[str, ...]]
    codes: tuple[str, ...]


def site_words(text: str, manuals: Sequence[Manual], glossary: Glossary) -> tuple[SiteWord, ...]:
    """The site's words that ``text`` (in form NFKC) says; not those that are part of a longer word of the glossary."""
    spoken = glossary.site.find(text)
    if not spoken:
        return ()
    longer = [normalise(known.phrase) for lang in LANGS for known in glossary.look_up(text, lang)]
    return tuple(_read(one, manuals, glossary) for one in spoken if not _is_inside(one, text, longer))


def _is_inside(spoken: Spoken, text: str, phrases: Sequence[str]) -> bool:
    word = normalise(text[spoken.start : spoken.end])
    for phrase in phrases:
        if word != phrase and word in phrase:
            room = len(phrase) + 2
            if phrase in normalise(text[max(0, spoken.start - room) : spoken.end + room]):
                return True
    return False


def _read(spoken: Spoken, manuals: Sequence[Manual], glossary: Glossary) -> SiteWord:
    words = spoken.group.words
    named, meant = _machines(words, manuals)
    known = [glossary.said_else(word) for word in words]
    return SiteWord(
        spoken.word, spoken.others, spoken.start, spoken.end, named, meant,
        {lang: tuple(dict.fromkeys(phrase for ways in known for phrase in ways[lang])) for lang in LANGS},
        () if named else tuple(dict.fromkeys(code.canonical for word in spoken.others for code in find_codes(word))),
    )  # fmt: skip


def _machines(words: Sequence[str], manuals: Sequence[Manual]) -> tuple[frozenset[str], frozenset[str]]:
    """The manuals whose machine ``words`` name: by a product name, by what an admin set, by file name or title; or by
    words of the titles of one machine's manuals. Else those that only share such words with their title."""
    named = {manual for word in words for manual, _, _ in mentions(word, manuals, find_codes(word))}
    keys = {word_key(word) for word in words}
    named |= {manual.id for manual in manuals if keys & {word_key(manual.title), word_key(Path(manual.name).stem)}}
    if named:
        return frozenset(named), frozenset()
    titled = [manual for manual in manuals if any(says(word, manual.title) for word in words)]
    names = [machine_names(manual) for manual in titled]
    one = frozenset.intersection(*names) if names else frozenset()
    if one:
        return frozenset(manual.id for manual in manuals if one & machine_names(manual)), frozenset()
    return frozenset(), frozenset(m.id for m in titled) if len(titled) * 2 <= len(manuals) else frozenset()


def machines_named(words: Sequence[str], manuals: Sequence[Manual]) -> frozenset[str]:
    """Ids of the manuals whose machine one of ``words`` names."""
    return _machines(words, manuals)[0]


def with_reason(hit: Hit, applied: Sequence[SiteWord]) -> Hit:
    """``hit`` with the site's words that brought it among its reasons."""
    reasons = tuple(Why("word", 1, detail) for word in applied if (detail := _reason(word, hit)))
    return replace(hit, why=(*hit.why, *reasons)) if reasons else hit


def _reason(word: SiteWord, hit: Hit) -> str:
    place = unicodedata.normalize("NFKC", "\n".join((*hit.passage.section, hit.passage.text)))
    ways = [*word.others, *(phrase for phrases in word.known.values() for phrase in phrases)]
    there = next((way for way in ways if says(way, place)), "")
    if not there and hit.manual.id in word.named | word.meant:
        there = next((other for other in word.others if says(other, hit.manual.title)), word.others[0])
    return f"{word.said} = {there}" if there else ""
