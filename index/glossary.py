"""Glossary: factory words in both languages, so that a question in one finds a page in the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from index.passage import Lang
from index.text import normalise, terms

FILE = Path(__file__).with_name("glossary.tsv")


@dataclass(frozen=True, slots=True)
class Translation:
    """A phrase of a question and what it is called in the other language."""

    phrase: str
    variants: tuple[str, ...]


class Glossary:
    """Looks up the longest known phrases of a text. File format: English variants, tab, Japanese variants, each
    separated by " | "; lines that start with "#" are left out."""

    def __init__(self, lines: Sequence[str]) -> None:
        self._japanese: dict[str, tuple[str, ...]] = {}
        self._english: dict[tuple[str, ...], tuple[str, ...]] = {}
        for line in lines:
            if not line.strip() or line.startswith("#"):
                continue
            english, japanese = (tuple(v.strip() for v in side.split("|")) for side in line.rstrip("\n").split("\t"))
            for variant in japanese:
                key = normalise(variant)
                self._japanese[key] = (*self._japanese.get(key, ()), *english)
            for variant in english:
                words = tuple(terms(variant))
                self._english[words] = (*self._english.get(words, ()), *japanese)
        self._longest_japanese = max(map(len, self._japanese), default=0)
        self._longest_english = max(map(len, self._english), default=0)

    def translate(self, text: str, lang: Lang) -> list[Translation]:
        """The phrases of ``text`` (written in ``lang``) that are known, longest first at each place, none overlapping."""
        return self._from_japanese(normalise(text)) if lang == "ja" else self._from_english(terms(text))

    def _from_japanese(self, text: str) -> list[Translation]:
        found, place = [], 0
        while place < len(text):
            for length in range(min(self._longest_japanese, len(text) - place), 0, -1):
                phrase = text[place : place + length]
                if phrase in self._japanese:
                    found.append(Translation(phrase, tuple(dict.fromkeys(self._japanese[phrase]))))
                    place += length
                    break
            else:
                place += 1
        return found

    def _from_english(self, words: Sequence[str]) -> list[Translation]:
        found, place = [], 0
        while place < len(words):
            for length in range(min(self._longest_english, len(words) - place), 0, -1):
                phrase = tuple(words[place : place + length])
                if phrase in self._english:
                    found.append(Translation(" ".join(phrase), tuple(dict.fromkeys(self._english[phrase]))))
                    place += length
                    break
            else:
                place += 1
        return found


@lru_cache(maxsize=1)
def bundled() -> Glossary:
    """The glossary that comes with Andon."""
    return Glossary(FILE.read_text(encoding="utf-8").splitlines())
