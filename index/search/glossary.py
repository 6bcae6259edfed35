"""Glossary: factory words in both languages, so that a question in one finds a page in the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from index.passage import Lang
from index.search.synonyms import Synonyms
from index.text import informative, language, normalise, terms

_MOST_TITLES = 20_000  # kept
_MOST_LIBRARIES = 4  # a narrowed search has manuals of its own
FILE = Path(__file__).with_name("glossary.tsv")


@dataclass(frozen=True, slots=True)
class Known:
    """A phrase of a text that the glossary knows: other ways to say it in the same language, and in the other one."""

    phrase: str
    synonyms: tuple[str, ...]
    translations: tuple[str, ...]


class Glossary:
    """Looks up the longest known phrases of a text. File format: English variants, tab, Japanese variants, each
    separated by " | "; lines that start with "#" are left out, and the variants of one that starts with "=" are
    translations of the other side and no synonyms. ``site``: the words that mean the same on this site."""

    site = Synonyms()

    def __init__(self, lines: Sequence[str]) -> None:
        self._entries: dict[Lang, dict[tuple[str, ...], Known]] = {"ja": {}, "en": {}}
        for line in lines:
            if not line.strip() or line.startswith("#"):
                continue
            sides = line.removeprefix("=").rstrip("\n").split("\t")
            english, japanese = (tuple(v.strip() for v in side.split("|")) for side in sides)
            apart = line.startswith("=")
            for own in [(said,) for said in english] if apart else [english]:
                self._put("en", own, japanese)
            for own in [(said,) for said in japanese] if apart else [japanese]:
                self._put("ja", own, english)
        self._titles: dict[str, frozenset[tuple[Lang, str]]] = {}
        self._titled: dict[tuple[tuple[str, str], ...], dict[tuple[Lang, str], list[str]]] = {}
        self._longest = {lang: max(map(len, entries), default=0) for lang, entries in self._entries.items()}

    def _put(self, lang: Lang, own: Sequence[str], other: Sequence[str]) -> None:
        entries = self._entries[lang]
        for variant in own:
            key = self._key(variant, lang)
            before = entries.get(key, Known(variant, (), ()))
            synonyms = dict.fromkeys([*before.synonyms, *(v for v in own if v != variant)])
            entries[key] = Known(variant, tuple(synonyms), tuple(dict.fromkeys([*before.translations, *other])))

    @staticmethod
    def _key(text: str, lang: Lang) -> tuple[str, ...]:
        """Characters of Japanese text, which has no word borders; stemmed words of English text."""
        return tuple(normalise(text)) if lang == "ja" else tuple(terms(text))

    def phrases_of(self, title: str) -> frozenset[tuple[Lang, str]]:
        """The known phrases of a manual's title, in form normal, with its language. Titles come back with every
        question, so they are kept."""
        held = self._titles.get(title)
        if held is None:
            lang = language(title)
            held = frozenset((lang, normalise(entry.phrase)) for entry in self.look_up(title, lang))
            if len(self._titles) < _MOST_TITLES:
                self._titles[title] = held
        return held

    def titled(self, manuals: tuple[tuple[str, str], ...]) -> Mapping[tuple[Lang, str], Sequence[str]]:
        """Which of ``manuals``, told as (id, title), have each known phrase in their titles. Kept for the manuals that
        were asked for last: looking through 400 titles takes a millisecond."""
        held = self._titled.get(manuals)
        if held is None:
            held = {}
            for manual, title in manuals:
                for phrase in self.phrases_of(title):
                    held.setdefault(phrase, []).append(manual)
            if len(self._titled) >= _MOST_LIBRARIES:
                self._titled.clear()
            self._titled[manuals] = held
        return held

    def with_site(self, site: Synonyms) -> Glossary:
        """This glossary with the site's own words beside it."""
        other = copy(self)
        other.site = site
        return other

    def said_else(self, word: str) -> dict[Lang, tuple[str, ...]]:
        """Other ways to say ``word``, whole, by language: what is known of it, or its parts put together in the other
        language ("robot palletiser": "ロボット パレタイザ")."""
        lang = language(word)
        other: Lang = "en" if lang == "ja" else "ja"
        known = self.look_up(word, lang)
        if len(known) == 1 and normalise(known[0].phrase) == normalise(word):
            return {lang: known[0].synonyms, other: known[0].translations}
        covered = {term for entry in known for term in terms(entry.phrase)}
        if known and all(entry.translations for entry in known) and covered.issuperset(_told(word)):
            return {lang: (), other: (" ".join(entry.translations[0] for entry in known),)}
        return {lang: (), other: ()}

    def look_up(self, text: str, lang: Lang) -> list[Known]:
        """The phrases of ``text`` (written in ``lang``) that are known, longest first at each place, none
        overlapping."""
        units, entries = self._key(text, lang), self._entries[lang]
        found, place = [], 0
        while place < len(units):
            for length in range(min(self._longest[lang], len(units) - place), 0, -1):
                known = entries.get(units[place : place + length])
                if known is not None:
                    found.append(known)
                    place += length
                    break
            else:
                place += 1
        return found


def _told(word: str) -> list[str]:
    return [term for term in terms(word) if informative(term)]


@lru_cache(maxsize=1)
def bundled() -> Glossary:
    """The glossary that comes with Andon."""
    return Glossary(FILE.read_text(encoding="utf-8").splitlines())
