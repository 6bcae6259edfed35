"""Units: amounts in a text brought to one scale a quantity, so that 0.5 MPa, 500 kPa and half a megapascal are one."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

_MINUTE, _HOUR, _DAY = 60.0, 3600.0, 86_400.0
_MONTH = 30.0 * _DAY
UNITS: Mapping[str, tuple[str, float]] = {
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds", "秒", "秒間"), ("time", 1.0)),
    **dict.fromkeys(("ms", "msec", "millisecond", "milliseconds", "ミリ秒"), ("time", 1e-3)),
    **dict.fromkeys(("min", "mins", "minute", "minutes", "分", "分間"), ("time", _MINUTE)),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours", "時間"), ("time", _HOUR)),
    **dict.fromkeys(("day", "days", "日", "日間"), ("time", _DAY)),
    **dict.fromkeys(("week", "weeks", "週", "週間"), ("time", 7 * _DAY)),
    **dict.fromkeys(("month", "months", "か月", "ヶ月", "カ月", "ケ月", "箇月"), ("time", _MONTH)),
    **dict.fromkeys(("year", "years", "年", "年間"), ("time", 12 * _MONTH)),
    **dict.fromkeys(("pa", "パスカル"), ("pressure", 1.0)),
    **dict.fromkeys(("kpa", "kilopascal", "kilopascals"), ("pressure", 1e3)),
    **dict.fromkeys(("mpa", "megapascal", "megapascals"), ("pressure", 1e6)),
    **dict.fromkeys(("bar", "bars"), ("pressure", 1e5)),
    **dict.fromkeys(("μm", "um", "micron", "microns", "micrometre", "micrometres", "ミクロン"), ("length", 1e-6)),
    **dict.fromkeys(("mm", "millimetre", "millimetres", "millimeter", "millimeters", "ミリ"), ("length", 1e-3)),
    **dict.fromkeys(("cm", "centimetre", "centimetres", "centimeter", "centimeters", "センチ"), ("length", 1e-2)),
    **dict.fromkeys(("m", "metre", "metres", "meter", "meters", "メートル"), ("length", 1.0)),
    **dict.fromkeys(("n·m", "nm", "n・m", "n*m", "newton metre", "newton metres"), ("torque", 1.0)),
    **dict.fromkeys(("ニュートンメートル",), ("torque", 1.0)),
    **dict.fromkeys(("n", "newton", "newtons", "ニュートン"), ("force", 1.0)),
    **dict.fromkeys(("kn", "kilonewton", "kilonewtons"), ("force", 1e3)),
    **dict.fromkeys(("°c", "℃", "度", "degrees", "degree", "deg c", "degrees celsius", "°"), ("degrees", 1.0)),
    **dict.fromkeys(("v", "volt", "volts", "ボルト"), ("voltage", 1.0)),
    **dict.fromkeys(("mv", "millivolt", "millivolts"), ("voltage", 1e-3)),
    **dict.fromkeys(("kv", "kilovolt", "kilovolts"), ("voltage", 1e3)),
    **dict.fromkeys(("a", "amp", "amps", "ampere", "amperes", "アンペア"), ("current", 1.0)),
    **dict.fromkeys(("ma", "milliamp", "milliamps", "ミリアンペア"), ("current", 1e-3)),
    **dict.fromkeys(("w", "watt", "watts", "ワット"), ("power", 1.0)),
    **dict.fromkeys(("kw", "kilowatt", "kilowatts", "キロワット"), ("power", 1e3)),
    **dict.fromkeys(("hz", "hertz", "ヘルツ"), ("frequency", 1.0)),
    **dict.fromkeys(("khz", "kilohertz"), ("frequency", 1e3)),
    **dict.fromkeys(("g", "gram", "grams", "グラム"), ("mass", 1e-3)),
    **dict.fromkeys(("kg", "kilogram", "kilograms", "kilo", "kilos", "キロ", "キログラム"), ("mass", 1.0)),
    **dict.fromkeys(("t", "tonne", "tonnes", "ton", "tons", "トン"), ("mass", 1e3)),
    **dict.fromkeys(("ml", "cc", "millilitre", "millilitres", "milliliter", "milliliters", "cm3"), ("volume", 1e-3)),
    **dict.fromkeys(("l", "litre", "litres", "liter", "liters", "リットル"), ("volume", 1.0)),
    **dict.fromkeys(("l/min", "nl/min", "litres a minute", "litres per minute"), ("flow", 1.0)),
    **dict.fromkeys(("r/min", "rpm", "min-1", "revolutions per minute", "revolutions a minute", "回転"),
                    ("turning", 1.0)),
    **dict.fromkeys(("m/min",), ("speed", 1.0)),
    **dict.fromkeys(("m/s",), ("speed", 60.0)),
    **dict.fromkeys(("mm/s",), ("speed", 0.06)),
    **dict.fromkeys(("ω", "ohm", "ohms", "オーム"), ("resistance", 1.0)),
    **dict.fromkeys(("kω", "kilohm", "kilohms"), ("resistance", 1e3)),
    **dict.fromkeys(("mω", "megohm", "megohms"), ("resistance", 1e6)),
    **dict.fromkeys(("%", "percent", "per cent", "パーセント"), ("share", 1.0)),
    **dict.fromkeys(("db", "decibels", "デシベル"), ("sound", 1.0)),
    **dict.fromkeys(("times", "time", "回", "度目", "cycles", "cycle", "サイクル"), ("times", 1.0)),
    **dict.fromkeys(("本", "枚", "個", "台", "か所", "箇所", "ヶ所", "つ", "巻き", "pieces", "turns"), ("pieces", 1.0)),
}  # fmt: skip
"""Unit, folded -> (quantity, what one of it is on the quantity's scale). Counters of things share one scale: languages
and writers choose them differently."""

NUMBER_WORDS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12, "fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60,
    "ninety": 90, "hundred": 100, "once": 1, "twice": 2, "an": 1, "a": 1,
}  # fmt: skip
_KANJI = {"一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_UNIT = "|".join(sorted((re.escape(unit) for unit in UNITS), key=len, reverse=True))
_NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_RANGE = rf"(?:\s*(?:~|-|–|to|から|and)\s*(?P<second>{_NUMBER}))?"
_AMOUNT = re.compile(
    rf"(?<![a-z0-9_.\-])(?P<sign>[-+±]\s?)?(?P<first>{_NUMBER}){_RANGE}\s?(?P<unit>{_UNIT})?"
    r"(?:(?<=[間分秒])(?=\d)|(?![a-z0-9μω]|\.\d))"
)
_WORDED = re.compile(
    rf"\b(?P<word>{'|'.join(w for w in NUMBER_WORDS if w not in ('once', 'twice', 'a', 'an'))})[\s-](?P<unit>{_UNIT})\b"
    r"|\b(?P<alone>once|twice)\b|(?<!half )\b(?P<article>an?)\s(?P<each>second|minute|hour|day|week|month|year)\b"
)
_KANJI_AMOUNT = re.compile(
    rf"(?<![一-鿿])(?P<number>[二三四五六七八九]?十[一二三四五六七八九]?|[一二三四五六七八九])(?P<unit>{_UNIT}|度)(?![一-鿿々])"
)
_HALF = re.compile(r"half an? (?P<unit>hour|minute|year|day|month|second)|half the (?P<of>\w+)")
_HALF_JA = re.compile(r"(?P<half>半)(?P<unit>年|日|月)(?:間)?|(?P<whole>\d+)\s?(?P<more>時間|分)半")
_LEFT = re.compile(r"[a-z]")


@dataclass(frozen=True, slots=True)
class Amount:
    """``value`` on the scale of ``quantity`` ("" for a bare number). ``start``, ``end``: the number alone in the folded
    text; ``unit`` as written there."""

    quantity: str
    value: float
    start: int
    end: int
    unit: str


def fold(text: str) -> str:
    """``text`` as amounts are looked for in it: width and case folded, dashes and waves one. Characters that NFKC
    spreads over several move what stands behind them; places are in this text, not in the given one."""
    plain = unicodedata.normalize("NFKC", text).casefold().replace("µ", "μ")
    return plain.translate({ord("〜"): "~", ord("～"): "~", ord("−"): "-", ord("‐"): "-", ord("‑"): "-", ord("⋅"): "·"})


def amounts(text: str) -> list[Amount]:
    """The amounts that ``text`` states, both ends of a range among them, in order."""
    plain = fold(text)
    halves = list(_halves(plain))
    taken = {half.start for half in halves}  # "1 時間半" is no hour
    found = [*(amount for amount in _written(plain) if amount.start not in taken), *_in_words(plain), *_in_kanji(plain)]
    return sorted([*found, *halves], key=lambda amount: amount.start)


def _written(plain: str) -> Iterator[Amount]:
    for match in _AMOUNT.finditer(plain):
        unit = match["unit"] or ""
        quantity, scale = UNITS.get(unit, ("", 1.0))
        sign = -1.0 if (match["sign"] or "").startswith("-") else 1.0
        for part in ("first", "second"):
            if match[part]:
                value = float(match[part].replace(",", "")) * scale
                yield Amount(quantity, _rounded(value * (sign if part == "first" else 1.0)), *match.span(part), unit)


def _in_words(plain: str) -> Iterator[Amount]:
    for match in _WORDED.finditer(plain):
        if match["word"]:
            quantity, scale = UNITS[match["unit"]]
            yield Amount(quantity, _rounded(NUMBER_WORDS[match["word"]] * scale), *match.span("word"), match["unit"])
        elif match["alone"]:
            yield Amount("times", float(NUMBER_WORDS[match["alone"]]), *match.span("alone"), "")
        else:
            quantity, scale = UNITS[match["each"]]
            yield Amount(quantity, _rounded(scale), *match.span("article"), match["each"])


def _in_kanji(plain: str) -> Iterator[Amount]:
    for match in _KANJI_AMOUNT.finditer(plain):
        quantity, scale = UNITS[match["unit"]]
        yield Amount(quantity, _rounded(_kanji_number(match["number"]) * scale), *match.span("number"), match["unit"])


def _kanji_number(written: str) -> float:
    if "十" not in written:
        return float(_KANJI[written])
    tens, _, ones = written.partition("十")
    return float(10 * _KANJI.get(tens, 1) + _KANJI.get(ones, 0))


def _halves(plain: str) -> Iterator[Amount]:
    for match in _HALF.finditer(plain):
        if match["unit"]:
            quantity, scale = UNITS[match["unit"]]
            yield Amount(quantity, _rounded(scale / 2), match.start(), match.start() + 4, match["unit"])
    for match in _HALF_JA.finditer(plain):
        if match["half"]:
            quantity, scale = UNITS[{"月": "か月"}.get(match["unit"], match["unit"])]
            yield Amount(quantity, _rounded(scale / 2), *match.span("half"), match["unit"])
        else:
            quantity, scale = UNITS[match["more"]]
            yield Amount(quantity, _rounded((float(match["whole"]) + 0.5) * scale), *match.span("whole"), match["more"])


def _rounded(value: float) -> float:
    """Six significant digits: 500 kPa and 0.5 MPa are one value however they were computed."""
    return float(f"{value:.6g}")
