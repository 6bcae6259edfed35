"""Facts of a sentence: the numbers with units, codes and polarity that must not differ from the source."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from index.codes import find_codes

# a unit is what directly follows a number: Latin unit signs, or Japanese counters and units of time, speed and money
_UNIT = r"(?:%|°\s?C|℃|度|[µμnmkMG]?(?:A|V|W|Hz|Ω|ohm|F|s|m|g|N|Pa|bar|B|bit)(?:[·・.]?m)?(?:/(?:min|s|h|m))?|mm(?:/s)?|cm|km|kg|rpm|min(?:utes?)?|sec(?:onds?)?|hours?|days?|weeks?|months?|years?|h|L|dB|cycles?|秒|分|時間|日|週間?|か月|ヶ月|カ月|年|回転?|本|個|枚|箱|段|台|点|倍|ページ|行|列)"
_NUMBER = re.compile(rf"(?<![A-Za-z0-9])([+\-−±]?\d+(?:[.,]\d+)*)(?:\s?({_UNIT})(?![A-Za-z]))?")
_CITATION = re.compile(r"\[\d{1,2}\]")
_LIST_MARK = re.compile(r"^\s*(?:\(?\d{1,2}[.)、)]|[①-⑳•・\-*])\s*")
# "only" words and prohibitions count as polarity: leaving one out turns an instruction round
_NEGATIONS = re.compile(
    r"\b(?:not|no|never|without|cannot|can't|don't|doesn't|mustn't|isn't|won't|unless|except|neither|nor|avoid|prohibited|forbidden)\b"
    r"|ない|ません|ぬ(?:よう)|ず(?:に|、)|禁止|厳禁|不可|避け|以外|無効",
    re.IGNORECASE,
)
_SWITCHES = (
    (
        re.compile(r"\bon\b|オン|入れ|投入", re.IGNORECASE),
        re.compile(r"\boff\b|オフ|切(?:る|り|っ|ら)|遮断", re.IGNORECASE),
    ),
    (re.compile(r"\bopen\w*|開(?:く|け|い)", re.IGNORECASE), re.compile(r"\bclos\w+|閉(?:じ|め)", re.IGNORECASE)),
    (
        re.compile(
            r"\b(?:increas|rais|higher|above|more than)\w*|増(?:や|加)|上げ|以上|超え|高(?:く|い)", re.IGNORECASE
        ),
        re.compile(
            r"\b(?:decreas|reduc|lower|below|less than)\w*|減(?:ら|少)|下げ|以下|未満|低(?:く|い)", re.IGNORECASE
        ),
    ),
    (
        re.compile(r"\bclockwise\b|(?<!反)時計回り", re.IGNORECASE),
        re.compile(r"\b(?:counter|anti)-?clockwise\b|反時計", re.IGNORECASE),
    ),
    (re.compile(r"\btight\w*|締め", re.IGNORECASE), re.compile(r"\bloos\w+|緩め|ゆるめ", re.IGNORECASE)),
    (re.compile(r"\bleft\b|左", re.IGNORECASE), re.compile(r"\bright\b|右", re.IGNORECASE)),
    (re.compile(r"\bbefore\b|前に", re.IGNORECASE), re.compile(r"\bafter\b|後に", re.IGNORECASE)),
)


@dataclass(frozen=True, slots=True)
class Facts:
    """``numbers``: (value, unit or "") as written, NFKC; ``codes``: canonical; ``negations``: how many;
    ``switches``: which sides of opposites (ON/OFF, open/close, …) are named."""

    numbers: frozenset[tuple[str, str]]
    codes: frozenset[str]
    negations: int
    switches: frozenset[tuple[int, int]]


def facts_of(text: str) -> Facts:
    """The facts that ``text`` states. Citations and list marks are not facts."""
    plain = unicodedata.normalize("NFKC", _CITATION.sub(" ", text))
    plain = "\n".join(_LIST_MARK.sub("", line) for line in plain.splitlines())
    codes = find_codes(plain)
    rest = list(plain)
    for code in codes:
        rest[code.start : code.end] = " " * (code.end - code.start)
    numbers = frozenset(
        (_plain_number(match[1]), (match[2] or "").replace(" ", "")) for match in _NUMBER.finditer("".join(rest))
    )
    switches = frozenset(
        (pair, side)
        for pair, sides in enumerate(_SWITCHES)
        for side, pattern in enumerate(sides)
        if pattern.search(plain)
    )
    return Facts(numbers, frozenset(code.canonical for code in codes), len(_NEGATIONS.findall(plain)), switches)


def missing_numbers(said: Facts, source: Facts) -> set[str]:
    """Numbers of ``said`` that ``source`` does not hold: the value must stand there, and the unit where both have one."""
    missing = set()
    for value, unit in said.numbers:
        units = {there for number, there in source.numbers if number == value}
        if not units or (unit and unit not in units and "" not in units):
            missing.add(f"{value} {unit}".strip())
    return missing


def _plain_number(text: str) -> str:
    text = text.replace("−", "-")
    return text.replace(",", "") if re.fullmatch(r"[+\-±]?\d{1,3}(?:,\d{3})+(?:\.\d+)?", text) else text
