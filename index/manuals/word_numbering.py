"""Word numbering: the numbers and bullets that Word shows before list entries and headings but does not write there.

Source: ECMA-376 part 1, 17.9 (numbering) and 17.18.59 (ST_NumberFormat).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

_AIUEO = "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワヲン"
_IROHA = "イロハニホヘトチリヌルヲワカヨタレソツネナラムウヰノオクヤマケフコエテアサキユメミシヱヒモセスン"
_MOST_SPOKEN = 3999  # no list is longer; as letters or Roman numbers a larger one would fill the page
_PLACE = re.compile(r"%([1-9])")
_ROMAN = ((1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"),
          (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Level:
    form: str
    text: str
    start: int


@dataclass(slots=True)
class Numbering:
    """Counts lists as Word does. ``lists``: by number id, the id of its definition and the starts that it sets anew."""

    levels: dict[str, dict[int, _Level]] = field(default_factory=dict)
    lists: dict[str, tuple[str, dict[int, int]]] = field(default_factory=dict)
    _counts: dict[str, dict[int, int]] = field(default_factory=dict)
    _begun: set[tuple[str, int]] = field(default_factory=set)

    @classmethod
    def of(cls, element: Any, w: Callable[[str], str]) -> Numbering:
        """From a numbering part's root element; ``w`` gives a tag's full name. An empty one for None."""
        out = cls()
        if element is None:
            return out
        linked: dict[str, str] = {}
        styles: dict[str, str] = {}
        for abstract in element.iter(w("abstractNum")):
            key = str(abstract.get(w("abstractNumId")))
            out.levels[key] = {int(lvl.get(w("ilvl"), "0")): _level(lvl, w) for lvl in abstract.iter(w("lvl"))}
            for tag, into in (("numStyleLink", linked), ("styleLink", styles)):
                found = abstract.find(w(tag))
                if found is not None:
                    into[key if tag == "numStyleLink" else str(found.get(w("val")))] = (
                        str(found.get(w("val"))) if tag == "numStyleLink" else key
                    )
        for key, style in linked.items():
            out.levels[key] = out.levels.get(styles.get(style, ""), {})
        for num in element.iter(w("num")):
            abstract = num.find(w("abstractNumId"))
            if abstract is None:
                continue
            starts = {}
            for override in num.iter(w("lvlOverride")):
                start = override.find(w("startOverride"))
                if start is not None:
                    starts[int(override.get(w("ilvl"), "0"))] = int(start.get(w("val"), "1"))
            out.lists[str(num.get(w("numId")))] = (str(abstract.get(w("val"))), starts)
        return out

    def next(self, list_id: str, depth: int) -> str | None:
        """The label of the next entry of that list at that depth (0 is the outermost): "3.", "(2)", "・" for a bullet;
        None where it has none."""
        abstract, starts = self.lists.get(list_id, ("", {}))
        levels = self.levels.get(abstract, {})
        level = levels.get(depth)
        if level is None or level.form == "none":
            return None
        counts = self._counts.setdefault(abstract, {})
        if depth in starts and (list_id, depth) not in self._begun:
            counts[depth] = starts[depth] - 1
        self._begun.add((list_id, depth))
        counts[depth] = counts.get(depth, level.start - 1) + 1
        for deeper in [other for other in counts if other > depth]:
            del counts[deeper]
        if level.form == "bullet":
            return "・"

        def shown(match: re.Match[str]) -> str:
            at = int(match[1]) - 1
            of = levels.get(at, level)
            return numeral(counts.get(at, of.start), of.form)

        return _PLACE.sub(shown, level.text).strip() or None


def _level(lvl: Any, w: Callable[[str], str]) -> _Level:
    def value(tag: str, usual: str) -> str:
        found = lvl.find(w(tag))
        return usual if found is None else str(found.get(w("val"), usual))

    start = value("start", "1")
    return _Level(
        value("numFmt", "decimal"), value("lvlText", "%1."), int(start) if start.isdecimal() and len(start) < 10 else 1
    )


def numeral(number: int, form: str) -> str:
    """``number`` in one of Word's forms; digits for a form that is not known here."""
    if not 0 < number <= _MOST_SPOKEN:
        return str(number)
    if form in ("upperLetter", "lowerLetter"):
        letter = chr(65 + (number - 1) % 26) * ((number - 1) // 26 + 1)
        return letter if form == "upperLetter" else letter.lower()
    if form in ("upperRoman", "lowerRoman"):
        roman, rest = "", number
        for value, letters in _ROMAN:
            roman += letters * (rest // value)
            rest %= value
        return roman if form == "upperRoman" else roman.lower()
    if form.startswith("decimalEnclosedCircle") and 1 <= number <= 20:
        return chr(ord("①") + number - 1)
    if form == "decimalZero":
        return f"{number:02}"
    if form.startswith("aiueo"):
        return _AIUEO[(number - 1) % len(_AIUEO)]
    if form.startswith("iroha"):
        return _IROHA[(number - 1) % len(_IROHA)]
    if form in ("japaneseCounting", "ideographDigital", "chineseCounting") and 1 <= number <= 99:
        ten, one = divmod(number, 10)
        digits = " 一二三四五六七八九"
        return (("" if ten < 2 else digits[ten]) + "十" if ten else "") + (digits[one] if one else "")
    return str(number)
