"""Opposites: which of two like things a text means: upper or lower, in or out, number 1 or number 2, 3 A or 5 A.

A row about the lower limit switch shares nearly all its words with a question about the upper one; it is another part
all the same. Told by three signs: words that take each other's place in any trade, the number or letter behind a name
(M1, LC-B, channel 2), and amounts with a unit. A text that tells both sides, or none, is at odds with nothing.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache

_PLACES = (
    (r"(?<![以向仕史])上(?![記述位限流昇げが])|\b(?:upper|top|above)\b",
     r"(?<![以地部])下(?![記述位限流降げがさ])|\b(?:lower(?!ing| the\b)|bottom|below)\b"),
    (r"左|\bleft\b", r"右|\bright\b"),
    (r"前(?:面|側|進|部|扉)|手前|\bfront\b|\bforwards?\b",
     r"後(?:面|ろ|側|退|部|扉)|背面|奥|\b(?:rear|back(?!ed)|backwards?|behind)\b"),
    (r"入口|搬入|流入|吸気|吸込|\b(?:inlet|infeed|entry|entrance|intake)\b",
     r"出口|搬出|排出|流出|排気|吐出|\b(?:outlet|outfeed|discharge|exit|exhaust)\b"),
    (r"上流|\bupstream\b", r"下流|\bdownstream\b"),
    (r"一次|\bprimary\b", r"二次|\bsecondary\b"),
    (r"駆動(?:側|プーリ|輪|ローラ)|\b(?:driving|drive) (?:pulley|roller|wheel|side)\b",
     r"従動|\b(?:driven|idler?) (?:pulley|roller|wheel|side)\b"),
    (r"内(?:側|径|部)|\b(?:inner|inside|internal)\b", r"外(?:側|径|部)|\b(?:outer|outside|external)\b"),
    (r"(?<!反)操作側|\boperator(?:'s)? side\b", r"反操作側|\b(?:opposite|far) side\b"),
    (r"点滅|チカチカ|\b(?:flash(?:es|ing)?|blink(?:s|ing)?)\b",
     r"点灯|点き|つきっぱなし|ついたまま|\b(?:steady|steadily|solid)\b"),
)  # fmt: skip
_STATES = (
    (r"上限|最大|最高|\b(?:maximum|max|upper limit|highest|at most)\b",
     r"下限|最小|最低|\b(?:minimum|min\.|lower limit|lowest|at least)\b"),
    (r"上昇|上が|上げ|\b(?:rais(?:e|es|ed|ing)|lifting|upwards?)\b",
     r"下降|下が|下げ|\b(?:lowering|lowered|downwards?)\b"),
    (r"開(?!始|発)|\bopen(?:s|ed|ing)?\b", r"閉|\bclos(?:e|es|ed|ing)\b"),
    (r"始め|始端|開始|\bbegin(?:s|ning)?\b|\bstart of\b", r"終わり|終端|終了|\bend(?:s|ing)? ?(?:of\b|$)"),
    (r"入力|\binputs?\b", r"出力|\boutputs?\b"),
    (r"送信|\btransmit(?:s|ter|ted|ting)?\b", r"受信|\breceiv(?:e|es|er|ed|ing)\b"),
    (r"高温|\bhot\b|\bhigh(?= (?:temperature|speed|pressure|level|limit))",
     r"低温|\bcold\b|\blow(?= (?:temperature|speed|pressure|level|limit))"),
    (r"長(?:い|手|辺)|\blong\b", r"短(?:い|手|辺)|\bshort\b(?! circuit)"),
    (r"正転|(?<!反)時計回り|(?<!counter)(?<!counter-)(?<!anti)\bclockwise\b",
     r"逆転|反時計回り|\b(?:counter|anti)-?clockwise\b"),
    (r"手動|\bmanual(?:ly)?\b(?! (?:page|says))", r"自動|\bautomatic(?:ally)?\b"),
    (r"\bread(?:s|ing)?\b|読み?出|読込", r"\bwrit(?:e|es|ing)\b|書き?込"),
    (r"正極|\bpositive\b", r"負極|\bnegative\b"),
)  # fmt: skip
"""Pairs of sides, both languages in one pattern: words of the trade in general, none of a certain manual. Those of
places name a thing wherever they stand; those of states do in a row, in a sentence they also tell what is done."""
_PAIRS = (*_PLACES, *_STATES)
_LETTER = re.compile("[A-Za-z]")
_Sides = tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]


def _alternatives(pattern: str) -> list[str]:
    """``pattern`` at the bars that stand outside of all brackets."""
    parts, depth = [""], 0
    for character in pattern:
        depth += (character in "([") - (character in ")]")
        if character == "|" and not depth:
            parts.append("")
        else:
            parts[-1] += character
    return parts


def _sides(latin: bool, japanese: bool) -> _Sides:
    """Both sides of each pair, as a text with these scripts may tell them: a word in letters needs a letter, one in
    Japanese what is not ASCII. Most cells have one script, and half of the patterns then need not be looked for."""

    def side(pattern: str) -> re.Pattern[str]:
        chosen = [one for one in _alternatives(pattern) if (latin if one.isascii() else japanese)]
        return re.compile("|".join(chosen) or r"(?!)", re.IGNORECASE)

    return tuple((side(one), side(other)) for one, other in _PAIRS)


_SIDES = {(latin, japanese): _sides(latin, japanese) for latin in (True, False) for japanese in (True, False)}

_COUNTS = {
    "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9",
}  # fmt: skip
_COUNTED = re.compile(rf"(?<=[a-z] )(?:{'|'.join(_COUNTS)})\b")
_LIST = r"(?:\s*(?:,|、|・|/|&|\band\b|\bor\b|と|や|または)\s*\d{1,3}(?![\d.]))*"
_RANGE = r"(?:\s*(?:[~～〜–-]|\bto\b|から)\s*[A-Za-z]{0,6}[.\-]?\d{1,4})?"
_COUNTER = r"\s?[A-Za-z%℃°つ個本枚台回年か月時分秒所]"  # behind a number it counts or measures, and names nothing
_NUMBERED = re.compile(
    rf"(?<![A-Za-z0-9])(?P<latin>[A-Za-z]{{1,12}})(?:\.|-|\s?)(?P<first>\d{{1,4}})(?![\d.]*\d)(?![A-Za-z])"
    rf"(?P<more>{_RANGE}{_LIST})"
    rf"|(?P<word>[ァ-ヺー一-鿿]{{1,12}})\s?(?P<number>\d{{1,3}})(?![\d.]*\d)(?!{_COUNTER})(?P<others>{_RANGE}{_LIST})"
)
_LETTERED = re.compile(
    r"(?<![A-Za-z0-9])(?P<latin>[A-Za-z]{2,12})[ \-](?P<letter>[A-Z])(?![A-Za-z0-9'])"
    r"|(?<![A-Za-z0-9])(?P<before>[A-Z])\s?(?P<word>相|軸|系|列|面|[ァ-ヺー]{2,12}|\bphase\b)"
)
_TIMED = re.compile(
    r"\b(?P<en>before|after) (?:the |an? )?(?P<thing>[a-z]{3,})"
    r"|(?P<matter>[一-鿿ァ-ヺー]{2,12}(?:[ぁ-ん]{1,2}[一-鿿]?[え])?)の?(?P<ja>前|後)(?=[にはのを、,]|$)",
    re.IGNORECASE,
)
_TIMES = {"前": "before", "後": "after"}
_NOT_NAMES = frozenset((
    "the", "of", "to", "is", "at", "in", "on", "for", "and", "or", "by", "a", "an", "as", "from", "than", "about",
    "with", "over", "until", "after",
))  # fmt: skip
_UNITS = {
    "アンペア": "a", "ボルト": "v", "ワット": "w", "キロ": "kg", "グラム": "g", "ミリ": "mm", "パーセント": "%",
    "amp": "a", "amps": "a", "ampere": "a", "amperes": "a", "volts": "v", "watts": "w", "percent": "%", "ohm": "ω",
    "ohms": "ω",
}  # fmt: skip
_AMOUNT = re.compile(
    r"(?<![\d.A-Za-z])(?P<value>\d[\d,]*(?:\.\d+)?)\s?(?P<unit>[kMmµμ]?(?:Ω|A|V|W|Hz|Pa|bps|B|bar|m|g|L)|kg|mm|cm|[℃°]C?|%"
    r"|アンペア|ボルト|ワット|キロ|グラム|ミリ|パーセント|amp(?:ere)?s?|volts|watts|percent|ohms?)(?![A-Za-z/²³·])"
)
_LOW = re.compile(r"\s*(?:を超え|超|以上|より)|\b(?:over|above|more than|from|at least)\b")
_OPEN = re.compile(r"\s*(?:を超え|超|未満|より)")
_OVER = re.compile(r"\b(?:over|above|more than)\s*$")
_BETWEEN = re.compile(r"^\s*(?:[~～〜–-]|to|から)\s*$")
_AT_MOST = re.compile(r"\s*(?:以下|未満|まで|以内)")
_UP_TO = re.compile(r"\b(?:up to|at most|below|under|max(?:imum)?\.?)\s*$")


@dataclass(frozen=True, slots=True)
class Marks:
    """What tells a thing from its like: ``sides`` as (pair, side), ``names`` the numbers or letters behind each name,
    and ``amounts`` as (value, unit)."""

    sides: frozenset[tuple[int, int]] = frozenset()
    names: Mapping[str, frozenset[str]] = field(default_factory=dict)
    amounts: frozenset[tuple[float, str]] = frozenset()


@lru_cache(maxsize=16_384)
def marks_of(text: str) -> Marks:
    """The marks of ``text``. Of a pair of which it tells both sides, none."""
    plain = _plain(text)
    amounts = frozenset((_value(m["value"]), _unit(m["unit"])) for m in _AMOUNT.finditer(plain))
    told = ((pair, _side(plain, sides)) for pair, sides in enumerate(_sides_in(plain)))
    sides = frozenset((pair, side) for pair, side in told if side is not None)
    return Marks(sides, _names(plain), amounts)


def of_another_thing(asked: Marks, text: str) -> bool:
    """Whether ``text`` is about another thing than the one ``asked`` for: another place, number or time; states and
    amounts, which tell what is done to it, are not looked for."""
    plain = _plain(text)
    sides = _sides_in(plain)
    if any(_side(plain, sides[pair]) == 1 - side for pair, side in asked.sides if pair < len(_PLACES)):
        return True
    return bool(asked.names) and at_odds(Marks(names=asked.names), Marks(names=_names(plain)), "")


def _plain(text: str) -> str:
    return _COUNTED.sub(lambda match: _COUNTS[match[0]], unicodedata.normalize("NFKC", text))


def _sides_in(plain: str) -> _Sides:
    """The pairs as this text's scripts may tell them."""
    return _SIDES[bool(_LETTER.search(plain)), not plain.isascii()]


def _side(plain: str, sides: tuple[re.Pattern[str], re.Pattern[str]]) -> int | None:
    """Which side of a pair a text tells; None for neither, and for both."""
    one, other = (side.search(plain) is not None for side in sides)
    return None if one == other else 1 - int(one)


def without_names(marks: Marks, machines: Collection[str]) -> Marks:
    """``marks`` without those of ``machines``, whose names are written without separators (SC200)."""
    names = {
        name: left
        for name, numbers in marks.names.items()
        if (left := frozenset(number for number in numbers if f"{name.upper()}{number}" not in machines))
    }
    return replace(marks, names=names)


def beyond(asked: Marks, above: Marks) -> Marks:
    """``asked`` without what stands ``above`` a row already: it does not tell one row from the next."""
    names = {name: numbers for name, numbers in asked.names.items() if numbers.isdisjoint(above.names.get(name, ()))}
    return Marks(asked.sides - above.sides, names, asked.amounts - above.amounts)


def at_odds(asked: Marks, told: Marks, cells: str) -> bool:
    """Whether what tells ``told`` (of ``cells``) is another thing than the one ``asked`` for."""
    if any((pair, 1 - side) in told.sides for pair, side in asked.sides):
        return True
    if any(name in told.names and not numbers & told.names[name] for name, numbers in asked.names.items()):
        return True
    return any(_other_amount(value, unit, cells) for value, unit in asked.amounts)


def shared(asked: Marks, told: Marks, cells: str) -> int:
    """How many of the marks ``asked`` for ``told`` (of ``cells``) has."""
    names = sum(bool(numbers & told.names.get(name, frozenset())) for name, numbers in asked.names.items())
    amounts = sum(_within(value, unit, cells) is True for value, unit in asked.amounts)
    return len(asked.sides & told.sides) + names + amounts


def _other_amount(value: float, unit: str, cells: str) -> bool:
    return _within(value, unit, cells) is False


@lru_cache(maxsize=16_384)
def _within(value: float, unit: str, cells: str) -> bool | None:
    """Whether ``value`` is an amount of ``cells`` or lies in one of their ranges; None where they have none of its
    unit."""
    plain = unicodedata.normalize("NFKC", cells)
    found = [match for match in _AMOUNT.finditer(plain) if _unit(match["unit"]) == unit]
    if not found:
        return None
    low, beyond = float("-inf"), False
    for place, match in enumerate(found):
        before = plain[found[place - 1].end() if place else 0 : match.start()]
        after = plain[match.end() : found[place + 1].start() if place + 1 < len(found) else len(plain)]
        amount = _value(match["value"])
        open_end = bool(_OPEN.match(after) or _OVER.search(before))
        if amount == value and not open_end:
            return True
        if _AT_MOST.match(after) or _UP_TO.search(before):
            if value < amount and (value > low or (value == low and not beyond)):
                return True
            low = float("-inf")
        elif _LOW.match(after) or _LOW.search(before):
            low, beyond = amount, open_end
            if place + 1 == len(found) and value > amount:
                return True
        elif place and _BETWEEN.match(before) and _value(found[place - 1]["value"]) <= value <= amount:
            return True
    return False


def _names(plain: str) -> Mapping[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for match in _NUMBERED.finditer(plain):
        name = match["latin"] or match["word"][-2:]
        first, more = match["first"] or match["number"], match["more"] or match["others"] or ""
        if name.lower() not in _NOT_NAMES:
            found.setdefault(_stem(name), set()).update(_numbers(first, more))
    for match in _LETTERED.finditer(plain):
        name = match["latin"] or match["word"]
        if name.lower() not in _NOT_NAMES:
            found.setdefault(_stem(name), set()).add(match["letter"] or match["before"])
    for match in _TIMED.finditer(plain):
        thing = match["thing"] or match["matter"][-3:]
        found.setdefault(f"~{thing.lower()}", set()).add(_TIMES.get(match["ja"], (match["en"] or "").lower()))
    return {name: frozenset(numbers) for name, numbers in found.items()}


def _numbers(first: str, more: str) -> set[str]:
    """The number itself, and those of a range or a list behind it; without leading zeros."""
    others = [int(number) for number in re.findall(r"\d+", more)]
    if others and re.match(r"\s*(?:[~～〜–-]|to\b|から)", more) and 0 <= others[0] - int(first) <= 99:
        others += range(int(first), others[0] + 1)
    return {str(number) for number in (int(first), *others)}


def _stem(name: str) -> str:
    low = name.lower()
    return low[:-1] if len(low) > 4 and low.endswith("s") else low


def _value(number: str) -> float:
    return float(number.replace(",", ""))


def _unit(unit: str) -> str:
    return _UNITS.get(unit, _UNITS.get(unit.lower(), unit.casefold()))
