"""Contradictions: the right answer with one amount or state changed to one that another entry really has.

The costly errors of a plant: the torque of the neighbouring bolt, the other alarm's code, open for closed. Chosen and
rejected then share nearly all words, so these rows want a loss that holds the chosen answer up (DPOP, Pal et al. 2024).
"""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from training.data.faq_table import FaqEntry
from training.data.slots import slots_of
from training.data.units import amounts

_NUMBER = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?")
FLIPS: Mapping[str, Sequence[tuple[str, str]]] = {
    "en": (("clockwise", "counterclockwise"), ("switched on", "switched off"), ("opened", "closed"), ("open", "closed"),
           ("Open", "Close"), ("upper", "lower"), ("left", "right"), ("before", "after"), ("above", "below"),
           ("at least", "at most"), ("Tighten", "Loosen"), ("raise", "lower"), ("higher", "lower"),
           ("flashes", "is lit")),
    "ja": (("時計回り", "反時計回り"), ("オン", "オフ"),
           ("ON", "OFF"), ("開け", "閉め"), ("開く", "閉じる"), ("上限", "下限"),
           ("以上", "以下"), ("左", "右"), ("締め付け", "緩め"), ("上げ", "下げ"), ("点滅", "点灯"), ("上側", "下側"),
           ("前", "後")),
}  # fmt: skip
"""Words of opposite states that take each other's place in a sentence and leave it well formed."""
MOST_SIBLINGS = 50  # looked at for one amount; with 100,000 entries one unit stands in tens of thousands
_JOINED = {"en": r"\b", "ja": ""}
_NOT_ALONE = "㐀-䶿一-鿿"  # 前 and 左 inside of a longer word (事前, 左右) are no states


@dataclass(frozen=True, slots=True)
class Contradiction:
    """``text``: the changed answer; ``slot``: what was changed ("torque", "state"); ``was``, ``became`` as written;
    ``source``: the entry that really says so, -1 for a state."""

    text: str
    slot: str
    was: str
    became: str
    source: int


class Siblings:
    """The amounts that the entries state, as they are written, by language, quantity and unit, and by product."""

    def __init__(self, entries: Sequence[FaqEntry]) -> None:
        self._written: defaultdict[tuple[str, ...], list[tuple[str, float, int]]] = defaultdict(list)
        self._entries = entries
        for place, entry in enumerate(entries):
            for (quantity, unit, value), written in _written_amounts(entry.answer):
                for key in ((entry.lang, quantity, unit), (entry.lang, quantity, unit, entry.product)):
                    self._written[key].append((written, value, place))

    def of(self, place: int, quantity: str, unit: str, rng: random.Random) -> list[tuple[str, float, int]]:
        """(as written, value, entry) of up to MOST_SIBLINGS other entries, of the same product where there are any."""
        own = self._entries[place]
        for key in ((own.lang, quantity, unit, own.product), (own.lang, quantity, unit)):
            held = self._written[key]
            found = held if len(held) <= MOST_SIBLINGS else rng.sample(held, MOST_SIBLINGS)
            if others := [one for one in found if one[2] != place]:
                return others
        return []


def contradictions(
    place: int, entries: Sequence[FaqEntry], siblings: Siblings, supported: str, rng: random.Random, most: int
) -> list[Contradiction]:
    """Up to ``most`` changed answers for the entry at ``place``, amounts first. ``supported`` is what else is known to
    be true here (all answers of the fact, the manual's passage): a change that it states is no contradiction."""
    entry = entries[place]
    known = slots_of(f"{entry.question} {entry.answer} {supported}").values
    found: list[Contradiction] = []
    spans = _written_amounts(entry.answer)
    rng.shuffle(spans)
    for (quantity, unit, _), written in spans:
        options = [one for one in siblings.of(place, quantity, unit, rng) if (quantity, one[1]) not in known]
        if not quantity or not options or entry.answer.count(written) != 1:
            continue
        became, _, source = rng.choice(options)
        found.append(Contradiction(entry.answer.replace(written, became), quantity, written, became, source))
    flipped = _flipped(entry, supported)
    return [*found[: most - (1 if flipped and most > 1 else 0)], *([flipped] if flipped else [])][:most]


def _written_amounts(text: str) -> list[tuple[tuple[str, str, float], str]]:
    """((quantity, unit, value), the number as ``text`` writes it) of amounts in digits that stand there as they are."""
    found = []
    for amount in amounts(text):
        for match in _NUMBER.finditer(text):
            if amount.unit and _same(match[0], text, amount.unit, match.end()):
                found.append(((amount.quantity, amount.unit, amount.value), match[0]))
                break
    return list(dict.fromkeys(found))


def _same(number: str, text: str, unit: str, end: int) -> bool:
    """Whether ``number`` is followed by ``unit``, and is the amount's: the first such in the text is taken."""
    return text[end:].lstrip().casefold().startswith(unit)


def _flipped(entry: FaqEntry, supported: str) -> Contradiction | None:
    """The answer with one state turned round; None where it tells none, or tells both sides."""
    for first, second in FLIPS[entry.lang]:
        for was, became in ((first, second), (second, first)):
            edge = _JOINED[entry.lang]
            alone = f"(?<![{_NOT_ALONE}]){was}(?![{_NOT_ALONE}])" if len(was) == 1 else f"{edge}{re.escape(was)}{edge}"
            if len(re.findall(alone, entry.answer)) == 1 and became not in entry.answer.replace(was, ""):
                text = re.sub(alone, became, entry.answer)
                if text not in supported:
                    return Contradiction(text, "state", was, became, -1)
    return None
