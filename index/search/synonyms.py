"""Synonyms: groups of words that mean the same on this site, and where a question says one of them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from index.text import normalise

_DASH = r"\-‐‑‒–—―−ー_"
_JOIN = re.compile(r"[\s\-_・·.]+")
_KATAKANA = "ァ-ヺー"
_IS_KATAKANA = re.compile(f"[{_KATAKANA}]")


@dataclass(frozen=True, slots=True)
class Group:
    """Words that mean the same here, in the order in which an admin gave them; ``id`` stays while the group does."""

    id: int
    words: tuple[str, ...]

    def __str__(self) -> str:
        return " = ".join(self.words)


@dataclass(frozen=True, slots=True)
class Spoken:
    """A place of a text (``start`` to ``end``, in characters) where ``word`` of ``group`` is said."""

    word: str
    group: Group
    start: int
    end: int

    @property
    def others(self) -> tuple[str, ...]:
        """The group's other words."""
        return tuple(other for other in self.group.words if other != self.word)


class Synonyms:
    """Finds the words of ``groups`` in a text, however they are written there: in any width and case, with or without
    separators ("SW310", "SW-310"), long vowels and middle dots."""

    def __init__(self, groups: Iterable[Group] = ()) -> None:
        self._words = {word_key(word): (word, group) for group in groups for word in group.words}

    def __bool__(self) -> bool:
        return bool(self._words)

    def group_of(self, word: str) -> Group | None:
        """The group in which ``word`` stands."""
        held = self._words.get(word_key(word))
        return held[1] if held else None

    def find(self, text: str) -> list[Spoken]:
        """Where ``text`` (in form NFKC) says one of the words, the longest first at each place, none overlapping.

        A word in Latin letters or digits is found whole ("2号機" not in 12号機), a katakana word not in a longer one.
        """
        whole = word_key(text)
        # a quick look first: a thousand patterns a question would cost more than all the rest of a search
        near = [held for key, held in self._words.items() if key in whole]
        found = [
            Spoken(word, group, match.start(), match.end())
            for word, group in near
            for match in word_pattern(word).finditer(text)
        ]
        return sorted(_longest(found), key=lambda spoken: spoken.start)


@lru_cache(maxsize=4096)
def word_key(word: str) -> str:
    """The form in which two words are the same word: folded as search does, without separators."""
    return _JOIN.sub("", normalise(word))


@lru_cache(maxsize=4096)
def word_pattern(word: str) -> re.Pattern[str]:
    """Finds ``word`` in a text of form NFKC, however it is written there."""
    folded = normalise(word)
    first, last = folded[:1], folded[-1:]
    return re.compile(_before(first) + "".join(_pieces(folded)) + _after(last), re.IGNORECASE)


def says(word: str, text: str) -> bool:
    """Whether ``text`` says ``word``, however it is written."""
    return word_pattern(word).search(unicodedata.normalize("NFKC", text)) is not None


def _pieces(folded: str) -> Iterator[str]:
    before = ""
    for character in folded:
        if _JOIN.fullmatch(character):
            yield rf"[\s{_DASH}・.]*"
        else:
            if _IS_KATAKANA.match(before) and _IS_KATAKANA.match(character):
                yield "[・·]?"
            elif before.isascii() and before.isalpha() and character.isdigit():
                yield rf"[\s{_DASH}]?"
            elif _IS_KATAKANA.match(before):
                yield "ー*"  # folded away at the end of a katakana word
            yield re.escape(character)
        before = character


def _before(first: str) -> str:
    if first.isascii() and first.isalnum():
        return r"(?<![A-Za-z0-9])"
    return f"(?<![{_KATAKANA}])" if _IS_KATAKANA.match(first) else ""


def _after(last: str) -> str:
    if last.isascii() and last.isalpha():
        return r"(?:e?s)?(?![A-Za-z0-9])"
    if last.isascii() and last.isdigit():
        return r"(?![A-Za-z0-9]|-[A-Za-z0-9])"  # SW-310-BRK is a part of SW-310, not the machine
    return f"ー*(?![{_KATAKANA}])" if _IS_KATAKANA.match(last) else ""


def _longest(found: Sequence[Spoken]) -> Iterator[Spoken]:
    taken: list[Spoken] = []
    for spoken in sorted(found, key=lambda one: (one.start - one.end, one.start)):
        if not any(spoken.start < other.end and other.start < spoken.end for other in taken):
            taken.append(spoken)
            yield spoken
