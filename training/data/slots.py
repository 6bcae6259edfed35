"""Slots: what makes one fact of a plant differ from another that is told in nearly the same words.

Amounts with their units, codes and part numbers, names of parts with a number (V1, QS1), and which of two opposite
states is meant (open or closed, on or off, clockwise or not, yes or no). By rules alone: no model is asked.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from index.codes.find import find_codes
from training.data.units import amounts, fold

_NAME = re.compile(r"(?<![a-z0-9.\-])[a-z]{1,4}-?\d{1,4}[a-z]?(?![a-z0-9]|\.\d)")
_NOT_A_NAME = re.compile(r"^(?:m\d+|ip\d+|no-?\d+|ch\d+|v\d{3,}|rc\d+)$")
OPPOSITES: Mapping[str, tuple[re.Pattern[str], re.Pattern[str]]] = {
    name: (re.compile(first), re.compile(second))
    for name, (first, second) in {
        "valve": (r"\bopen(?:s|ed|ing)?\b|開(?!始)", r"\bclos(?:e|es|ed|ing)\b|\bshut(?!\s?down)\b|閉"),
        "power": (r"\bon\b(?=[.,;)]|$| (?:again|the power))|switch(?:ed)? on|オン(?![ァ-ヺー])|"
                  r"(?<![a-z])on(?=に|の|で|と|状態)|入れ",
                  r"\boff\b|オフ|(?<![a-z])off|切っ|切る"),
        "turn": (r"(?<!counter)(?<!anti)clockwise|(?<!反)時計回り|右回り|正転",
                 r"(?:counter|anti)-?clockwise|反時計|左回り|逆転"),
        "lamp": (r"\bblink|\bflash|点滅", r"\blit\b|\blights? up\b|\bsteady|点灯"),
        "more": (r"\brais(?:e|es|ed|ing)\b|\bincreas|\bhigher\b|上げ|増や",
                 r"\blower(?:s|ed|ing)?\b|\breduc|\bdecreas|下げ|減ら"),
        "bolt": (r"\btighten|締め付け|締付け|締める", r"\bloosen|\bslacken|緩め|ゆるめ"),
        "side": (r"\bleft\b|左(?!回)", r"\bright\b|右(?!回)"),
        "place": (r"\bupper\b|\btop\b|上側|上部", r"\blower\b(?= \w)|\bbottom\b|下側|下部"),
        "yes": (r"^(?:yes|はい)\b|^はい", r"^(?:no)\b|^いいえ"),
    }.items()
}  # fmt: skip
"""Pairs of states: a text that tells only the first contradicts one that tells only the second."""


@dataclass(frozen=True, slots=True)
class Slots:
    """``values``: (quantity, value on its scale), "" for a bare number. ``codes``: canonical. ``names``: parts with a
    number, folded. ``states``: for each pair of OPPOSITES that the text tells one side of, which (0 or 1)."""

    values: frozenset[tuple[str, float]]
    codes: frozenset[str]
    names: frozenset[str]
    states: frozenset[tuple[str, int]]

    def quantities(self) -> Mapping[str, frozenset[float]]:
        kinds = {quantity for quantity, _ in self.values}
        return {kind: frozenset(value for quantity, value in self.values if quantity == kind) for kind in kinds}


@lru_cache(maxsize=262_144)
def slots_of(text: str) -> Slots:
    """The slots of ``text``. Digits of codes and names are no amounts."""
    found = find_codes(text)
    bare = text
    for code in reversed(found):
        bare = f"{bare[: code.start]}#{bare[code.end :]}"
    plain = fold(bare)
    names = {m[0].replace("-", "") for m in _NAME.finditer(plain) if not _NOT_A_NAME.match(m[0])}
    values = {(amount.quantity, amount.value) for amount in amounts(_NAME.sub("#", plain))}
    folded = fold(text)
    states = set()
    for name, sides in OPPOSITES.items():
        told = [bool(side.search(folded)) for side in sides]
        if told[0] != told[1]:
            states.add((name, told.index(True)))
    return Slots(frozenset(values), frozenset(code.canonical for code in found), frozenset(names), frozenset(states))


def contradiction(first: Slots, second: Slots) -> str:
    """In which kind of slot two answers cannot both be the same fact: a quantity of which both give values and share
    none ("torque"), or "code"; "" where nothing speaks against it. States are not asked: "close V1 before" and
    "open V1 after" are one fact in other words."""
    ours, theirs = first.quantities(), second.quantities()
    for quantity in sorted(ours.keys() & theirs.keys()):
        if quantity and not ours[quantity] & theirs[quantity]:
            return quantity
    if first.codes and second.codes and not first.codes & second.codes:
        return "code"
    return ""


def asks_of_other(first: Slots, second: Slots) -> bool:
    """Whether two questions name different codes or different numbered parts, so that they ask of different things."""
    return bool(
        (first.codes and second.codes and not first.codes & second.codes)
        or (first.names and second.names and not first.names & second.names)
    )


def opposed(first: Slots, second: Slots) -> str:
    """The pair of states of which one text tells one side and the other text the other; "" for none."""
    return next((name for name, side in sorted(first.states) if (name, 1 - side) in second.states), "")


def same_slots(first: Slots, second: Slots) -> bool:
    """Whether two texts state the same amounts, codes and numbered parts."""
    return (first.values, first.codes, first.names) == (second.values, second.codes, second.names)
