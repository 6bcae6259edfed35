"""Names of machines: what a manual's machine is called, and where a text names it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path

from index.codes.find import Code
from index.passage import Manual
from index.search.synonyms import word_pattern

# a product name in a title: letters, then digits, no further parts ("HPS-SC200-OM-J" is a document number)
_PRODUCT = re.compile(r"(?<![A-Za-z0-9-])([A-Z]{1,6}(?:-[A-Z]{1,2})?)-?(\d{1,5}[A-Z]{0,3})(?![A-Za-z0-9-])")
_ASIDE = bytes(code for code in range(128) if not re.match("[A-Z0-9]", chr(code)))
MOST_KEPT = 20_000  # manuals whose names are remembered between questions
_STEM = re.compile(r"[A-Z]{2,6}\d{1,5}[A-Z]{0,3}")


def machine_names(manual: Manual) -> frozenset[str]:
    """The product names in a manual's title, its file name and the machines an admin set, without separators (SC-200
    is SC200)."""
    return _names(manual.title, manual.name, manual.machines)


@lru_cache(maxsize=MOST_KEPT)
def _names(title: str, file: str, machines: tuple[str, ...]) -> frozenset[str]:
    title = unicodedata.normalize("NFKC", title)
    names = {match[1].replace("-", "") + match[2] for match in _PRODUCT.finditer(title)}
    for given in machines:
        names |= {match[1].replace("-", "") + match[2] for match in _PRODUCT.finditer(given.upper())}
    plain = re.sub(r"[^A-Z0-9]", "", Path(file).stem.upper())
    return frozenset(names | ({plain} if _STEM.fullmatch(plain) else set()))


def squeezed(text: str) -> str:
    """The letters A to Z and digits of ``text`` alone, as ``machine_names`` are written."""
    plain = unicodedata.normalize("NFKC", text).upper()
    return plain.encode("ascii", "ignore").translate(None, _ASIDE).decode()


def machine_labels(manual: Manual) -> tuple[str, ...]:
    """What the manual's machines are called, for a person: the names that an admin set, else those of its title."""
    title = unicodedata.normalize("NFKC", manual.title)
    return manual.machines or tuple(dict.fromkeys(match[0] for match in _PRODUCT.finditer(title)))


def mentions(text: str, manuals: Iterable[Manual], codes: Sequence[Code]) -> list[tuple[str, int, int]]:
    """(manual id, start, end) wherever ``text`` (in form NFKC) names a machine; a longer code that begins like it
    (SC-200-BRK) does not."""
    found = []
    letters = squeezed(text.lower())  # a quick look first: most manuals' names stand nowhere in it
    for manual in manuals:
        if not manual.machines and not any(name in letters for name in machine_names(manual)):
            continue
        for pattern in _patterns(manual.title, manual.name, manual.machines):
            for match in pattern.finditer(text):
                inside = any(c.start <= match.start() and match.end() < c.end for c in codes)
                if not inside:
                    found.append((manual.id, match.start(), match.end()))
    return found


@lru_cache(maxsize=MOST_KEPT)
def _patterns(title: str, file: str, machines: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    """What names the machine of a manual of that title and file name, with the machines an admin set."""
    return tuple(_patterns_of(_names(title, file, machines), machines))


def _patterns_of(names: Iterable[str], machines: Iterable[str]) -> Iterator[re.Pattern[str]]:
    for name in names:
        letters, digits = re.fullmatch(r"([A-Z]+)(.*)", name).groups()  # type: ignore[union-attr]
        yield re.compile(rf"(?<![A-Za-z0-9]){'-?'.join(letters)}[\s\-‐ー]?{digits}(?![A-Za-z0-9])", re.IGNORECASE)
    for given in machines:
        if not _PRODUCT.search(given.upper()):
            yield word_pattern(given)
