"""Translation: what errors of lower floors say, message and remedy, in Japanese; their English is the key.

A key is written as the source has it, its places as {}: "Known: {}." is "登録されているもの: {}". What a place holds is
translated as well where it has a key itself; names and figures stay.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Literal

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

Part = Literal["messages", "remedies"]
WORDING = Path(__file__).parent / "wording"
PLACE = "{}"


def in_japanese(part: Part, english: str) -> str:
    """``english`` in Japanese; what has no translation stays as it is."""
    return _Table.of(part).translated(english)


@cache
def translations(part: Part) -> dict[str, str]:
    """English -> Japanese, both with their places."""
    return {key: str(said) for key, said in tomllib.loads((WORDING / f"{part}.ja.toml").read_text("utf-8")).items()}


class _Table:
    """Finds the key that a text was made from: the one that shares most with it where several do."""

    def __init__(self, table: Mapping[str, str]) -> None:
        self._table = table
        ordered = sorted((key for key in table if PLACE in key), key=lambda key: -len(key.replace(PLACE, "")))
        self._patterns = [(_pattern(key), key) for key in ordered]

    @staticmethod
    @cache
    def of(part: Part) -> _Table:
        return _Table(translations(part))

    def translated(self, english: str) -> str:
        said = self._table.get(english)
        if said is not None:
            return said
        for pattern, key in self._patterns:
            found = pattern.fullmatch(english)
            if found:
                return _filled(self._table[key], [self.translated(text) for text in found.groups()])
        return english


def _filled(text: str, places: Sequence[str]) -> str:
    first, *rest = text.split(PLACE)
    return first + "".join(place + after for place, after in zip(places, rest, strict=True))


def _pattern(key: str) -> re.Pattern[str]:
    return re.compile("(.*?)".join(map(re.escape, key.split(PLACE))), re.DOTALL)
