"""Mutations: small changes that make a true sentence of a manual false."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator

Mutate = Callable[[str, random.Random], "str | None"]

_NUMBER = re.compile(r"(?<![A-Za-z0-9.\-])\d+(?:\.\d+)?(?![0-9.]*[A-Za-z\-])")
_CODE = re.compile(r"(?<![A-Za-z])[A-Z]{1,3}[.\-]?[A-Z]?\d{1,4}(?![0-9])")
_UNITS = (
    ("N·m", "N"), ("ms", "s"), ("mm", "cm"), ("m/min", "mm/s"), (" s", " min"), ("kPa", "MPa"), ("MPa", "kPa"),
    ("kW", "W"), ("°C", "K"), ("℃", "K"), ("A", "mA"), ("V", "kV"), ("kg", "g"), ("Hz", "kHz"), ("分", "秒"),
    ("秒", "分"), ("時間", "分"), ("か月", "年"), ("minutes", "seconds"), ("seconds", "minutes"), ("hours", "minutes"),
    ("months", "years"),
)  # fmt: skip
_OPPOSITES = (
    ("ON", "OFF"), ("open", "close"), ("increase", "decrease"), ("raise", "lower"), ("before", "after"), ("on", "off"),
    ("left", "right"), ("Tighten", "Loosen"), ("tighten", "loosen"), ("more than", "less than"), ("up", "down"),
    ("at least", "at most"), ("or more", "or less"), ("above", "below"), ("front", "rear"), ("until", "unless"),
    ("clockwise", "counterclockwise"), ("always", "never"), ("must", "need not"),
    ("開け", "閉め"), ("開く", "閉じる"), ("上げ", "下げ"), ("前に", "後に"), ("左", "右"), ("入口", "出口"),
    ("締め", "緩め"), ("以上", "以下"), ("超え", "下回り"), ("前進", "後退"), ("上昇", "下降"), ("長い", "短い"),
    ("高い", "低い"), ("時計回り", "反時計回り"), ("上流", "下流"),
)  # fmt: skip


def change_number(text: str, rng: random.Random) -> str | None:
    """One digit of one number becomes another, or its decimal point moves."""
    found = list(_NUMBER.finditer(text))
    if not found:
        return None
    match = rng.choice(found)
    value = match[0]
    ways = [value + "0", str(float(value) / 10) if float(value) else "7"]
    place = rng.randrange(len(value))
    if value[place].isdigit():
        ways.append(value[:place] + rng.choice([d for d in "123456789" if d != value[place]]) + value[place + 1 :])
    return text[: match.start()] + rng.choice(ways) + text[match.end() :]


def change_unit(text: str, rng: random.Random) -> str | None:
    ways = []
    for old, new in _UNITS:
        end = r"(?![A-Za-z·/])" if old.strip().isascii() else ""
        for match in re.finditer(rf"(?<=\d)\s?{re.escape(old.strip())}{end}", text):
            ways.append(text[: match.start()] + " " + new.strip() + text[match.end() :])
    return rng.choice(ways) if ways else None


def drop_unit(text: str, rng: random.Random) -> str | None:
    found = list(re.finditer(r"(?<=\d)\s?(?:N·m|mm|ms|kPa|MPa|kW|℃|°C|kg|Hz|m/min|s)(?![A-Za-z·/²])", text))
    match = rng.choice(found) if found else None
    return text[: match.start()] + text[match.end() :] if match else None


def change_code(text: str, rng: random.Random) -> str | None:
    found = list(_CODE.finditer(text))
    if not found:
        return None
    match = rng.choice(found)
    last = match[0][-1]
    return text[: match.end() - 1] + rng.choice([d for d in "0123456789" if d != last]) + text[match.end() :]


def swap_two(text: str, rng: random.Random) -> str | None:
    """Two different numbers, or two different codes, change places."""
    for pattern in rng.sample((_NUMBER, _CODE), 2):
        found = list(pattern.finditer(text))
        pairs = [(a, b) for a in found for b in found if a.start() < b.start() and a[0] != b[0]]
        if pairs:
            a, b = rng.choice(pairs)
            return text[: a.start()] + b[0] + text[a.end() : b.start()] + a[0] + text[b.end() :]
    return None


def drop_negation(text: str, rng: random.Random) -> str | None:
    pairs = (
        (r"\b(?:Do|do) not ", ""), (r"\b(must|may|can|is|are|will|should|does|do|has) not\b", r"\1"),
        (r"\bNever ", ""), (r"cannot", "can"), (r"\bnever\b", "always"), (r"\bno longer\b", ""),
        (r"\bwithout\b", "with"), (r"\bonly\b", ""), (r"[かさたらまがわな]ないでください", "ってください"),
        (r"ないこと", "ること"), (r"てはいけない", "てよい"), (r"てはいけません", "てください"), (r"ない", "る"),
        (r"ません", "ます"), (r"禁止", "許可"), (r"ずに", "て"),
    )  # fmt: skip
    ways = [changed for old, new in pairs if (changed := re.sub(old, new, text, count=1)) != text]
    return rng.choice(ways) if ways else None


def add_negation(text: str, rng: random.Random) -> str | None:
    pairs = (
        (r"\b(must|is|are|can|may|should|will)\b(?! not)", r"\1 not"), (r"てください", "ないでください"),
        (r"ます。", "ません。"), (r"(?<=する)。", "ことは禁止である。"), (r"(?<=[すくるむぐつぶ])。", "な。"),
        (r"する。", "しない。"), (r"ある。", "ない。"), (r"^(\d+\. )?([A-Z][a-z]+) (?=the )", r"\1Do not \2 "),
        (r"^(\d+\. )?([A-Z][a-z]+) (?=the )", r"\1Never \2 "),
    )  # fmt: skip
    ways = [changed for old, new in pairs if (changed := re.sub(old, new, text, count=1)) != text]
    return rng.choice(ways) if ways else None


def turn_round(text: str, rng: random.Random) -> str | None:
    """One word becomes its opposite."""
    ways = []
    for one, other in _OPPOSITES:
        edge = r"\b" if one.isascii() and one.islower() else ""
        for old, new in ((one, other), (other, one)):
            changed = re.sub(f"{edge}{re.escape(old)}{edge}", new, text, count=1)
            if changed != text and not (old in new and new in text):
                ways.append(changed)
    return rng.choice(ways) if ways else None


def add_part(text: str, rng: random.Random) -> str | None:
    """A part that is not there."""
    end = re.search(r"[。.]$", text)
    if not end:
        return None
    extra = "その後、プランジャも交換する" if re.search(r"[ぁ-ん]", text) else " and replace the plunger gasket"
    return text[: end.start()] + ("。" if re.search(r"[ぁ-ん]", text) else "") + extra + text[end.start() :]


MUTATIONS: tuple[Mutate, ...] = (
    change_number, change_unit, drop_unit, change_code, swap_two, drop_negation, add_negation, turn_round, add_part,
)  # fmt: skip


def mutants(text: str, rng: random.Random, tries: int = 3) -> Iterator[tuple[str, str]]:
    """Each kind of change that applies to ``text``, up to ``tries`` ways of it: (name of the change, changed text)."""
    for mutate in MUTATIONS:
        made = {mutate(text, rng) for _ in range(tries)} - {None, text}
        yield from ((mutate.__name__, changed) for changed in sorted(str(m) for m in made))
