"""Asked names: which names and numbered things of a question stand in none of the first hits.

Shares of words do not tell a thing that is not there from one that is: a question about the ShuttlePRO5 has all its
other words in the section about the ShuttlePRO2. So a name (letters with digits, capitals or joints inside) must stand
somewhere as it is written, and a number behind a word ("parameter 7") must stand behind that word where others do.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from index.passage import Hit
from index.search.question import Question
from index.text import normalise

LOOKED_AT = 6  # hits
_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_./:\-]*[A-Za-z0-9])?")
_AMOUNT = re.compile(r"\d+(?:[.,/x]\d+)*[A-Za-zΩµ]{0,4}|[A-Za-z]{1,2}|\d[\d.]*(?:st|nd|rd|th)", re.IGNORECASE)
_CAPITAL_INSIDE = re.compile(r"[a-z][A-Z]|[A-Z]{2,}[a-z]|[A-Za-z]-[A-Z]")
_LETTERS_JOINED = re.compile(r"[A-Za-z]_|_[A-Za-z]|[a-z]\.[a-z]")
_LIKE_CODE = re.compile(r"[A-Za-z]{1,4}[-_. ]?\d{1,5}")
LEAST_CAPITALS = 4  # letters; shorter ones (USB, LED) are words
_ASIDE = re.compile(r"[^a-z0-9]")
_LABELLED = re.compile(
    r"(?P<label>[a-z]{4,}|[ァ-ヺー]{2,}|[一-鿿]{2,})(?:の|番号)?\s*(?:no\.?\s*|#)?(?P<number>\d{1,4})"
    r"(?![\w.,:%℃°Ω/]|\s?[-~〜]\s?\d"
    r"|\s?(?:[kmµun]?[msvawng]|k?hz|k?w|[kmh]?pa|nm|rpm|k?bps|v[ad]c|[kmgt]b|db|in|l|h|min|sec|bar|ohms?)(?![a-z])"
    r"|\s?(?:seconds?|minutes?|hours?|days?|weeks?|months?|years?|times|volts?|amps?|metres?|meters?|inch|degrees?)\b"
    r"|\s?(?:[か箇ヶ]所|[度個回分秒本枚台段年月日つ番点時人件行列種]))"
)
_NO_LABEL = frozenset({
    "than", "over", "under", "about", "only", "with", "from", "into", "last", "check", "least", "most", "more", "each",
    "every", "when", "until",
})  # fmt: skip
_SAME_LABEL = {"parameter": "パラメータ", "パラメータ": "parameter"}  # as normalise() leaves them


@dataclass(frozen=True, slots=True)
class AskedNames:
    """``unknown``: names of the question that stand in none of the first hits; ``beyond``: numbers behind a word
    ("parameter 7") where the first hits number that word and have not this number."""

    unknown: tuple[str, ...] = ()
    beyond: tuple[str, ...] = ()

    @classmethod
    def of(cls, asked: Question, hits: Sequence[Hit], known: Sequence[str]) -> AskedNames:
        """``known``: the codes of the question that stand in the manuals, which are not looked for again."""
        first = hits[:LOOKED_AT]
        return cls(tuple(_unknown(asked, first, bool(known))), tuple(_beyond(asked.text, first)))


NO_NAMES = AskedNames()


def _unknown(asked: Question, hits: Sequence[Hit], has_codes: bool) -> Iterable[str]:
    names = [name for name in _names(asked) if not (has_codes and _LIKE_CODE.fullmatch(name))]
    if not names:
        return
    held = [_squeezed(_place(hit)) for hit in hits]
    for name in names:
        if not any(_squeezed(name) in place for place in held):
            yield name


def _names(asked: Question) -> Iterable[str]:
    """The names that the question says in letters, but for words of the site's own list."""
    taken = [(word.start, word.end) for word in asked.site]
    shouts = sum(c.isupper() for c in asked.text) > sum(c.islower() for c in asked.text)
    shouts = shouts and asked.lang == "en"
    for match in _NAME.finditer(asked.text):
        free = not any(start < match.end() and match.start() < end for start, end in taken)
        if free and _is_name(match[0], shouts):
            yield match[0]


def _is_name(word: str, shouts: bool) -> bool:
    letters = sum(character.isalpha() for character in word)
    if _AMOUNT.fullmatch(word) or not letters or len(_squeezed(word)) < 2:
        return False
    if any(character.isdigit() for character in word) or _LETTERS_JOINED.search(word):
        return True
    if shouts:
        return False
    return bool(_CAPITAL_INSIDE.search(word)) or (word.isupper() and letters >= LEAST_CAPITALS)


def _beyond(text: str, hits: Sequence[Hit]) -> Iterable[str]:
    places: list[str] = []
    for match in _LABELLED.finditer(normalise(text)):
        label = match["label"]
        if label in _NO_LABEL:
            continue
        places = places or [_normal(_place(hit)) for hit in hits]
        ways = "|".join(re.escape(way) for way in (label, _SAME_LABEL.get(label)) if way)
        numbered = re.compile(rf"(?:{ways})s?[^\d\w]{{0,4}}(?:no\.? ?|番号 ?)?(\d{{1,4}})(?![\d.])")
        there = {number.lstrip("0") for place in places for number in numbered.findall(place)}
        if there and match["number"].lstrip("0") not in there:
            yield match[0]


def _place(hit: Hit) -> str:
    """What stands in a hit and over it, with what its manual is called."""
    manual = hit.manual
    return " ".join(
        (hit.passage.text, *hit.passage.section, manual.title, manual.name, *manual.machines, *manual.lines)
    )


@lru_cache(maxsize=2048)
def _normal(text: str) -> str:
    return normalise(text)


@lru_cache(maxsize=2048)
def _squeezed(text: str) -> str:
    """The letters and digits of ``text`` alone, without case."""
    return _ASIDE.sub("", normalise(text))
