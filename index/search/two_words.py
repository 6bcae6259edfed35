"""Two words: names of two words that a question and a manual both use ("press plates", 入口ガイド), and rows with half.

"Mandrel plates" hold the second word of "press plates" and are another thing: in such a row the word says nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import pairwise

from index.text import informative, normalise, terms

Name = tuple[frozenset[str], frozenset[str]]
_RUN = re.compile(r"[一-鿿々ァ-ヺーA-Za-z0-9]+")
_PART = re.compile(r"[一-鿿々]+|[ァ-ヺー]+|[A-Za-z]+[\-.]?\d*|\d+")
_LATIN = re.compile(r"[a-z][a-z\-]+|[^a-z\s]+")


def names_in(question: str, texts: Iterable[str]) -> list[Name]:
    """The terms of the first and of the second word of each such name."""
    plain = normalise(question)
    words: list[tuple[str, str, str]] = []
    for run in _RUN.finditer(plain):
        words += [(one + other, one, other) for one, other in pairwise(_PART.findall(run[0]))]
    latin = [word if word[0].isascii() and word[0].isalpha() else "" for word in _LATIN.findall(plain)]
    words += [(f"{one} {other}", one, other) for one, other in pairwise(latin) if one and other]
    told = [(whole, _said(one), _said(other)) for whole, one, other in words]
    told = [one for one in told if one[1] and one[2]]
    if not told:
        return []
    joined = "\n".join(map(_plain, texts))
    return [(one, other) for whole, one, other in told if _stands(whole, joined)]


def broken_names(names: Sequence[Name], there: frozenset[str], over: frozenset[str]) -> frozenset[str]:
    """The terms of second words that ``there`` holds without the first one, which does not stand ``over`` it either."""
    lost = [second for first, second in names if first.isdisjoint(there | over) and not second.isdisjoint(there)]
    return frozenset().union(*lost)


def _stands(whole: str, text: str) -> bool:
    if not whole.isascii():
        return whole in text
    return re.search(rf"(?<![a-z0-9]){re.escape(whole.removesuffix('s'))}", text) is not None


def _said(word: str) -> frozenset[str]:
    return frozenset(term for term in terms(word) if informative(term))


@lru_cache(maxsize=8192)
def _plain(text: str) -> str:
    return normalise(text)
