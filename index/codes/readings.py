"""Readings: a question's codes as they were said ("alarm twelve", "エラー十二番") or mistyped ("E4O1", "8003 [7]")."""

from __future__ import annotations

import re

from index.search.lookalikes import with_digits

_KIND = (
    r"(?<![A-Za-z])(?:alarms?|errors?|faults?|warnings?|parameters?|settings?|codes?)|アラーム|エラー|警報|異常|警告|"
    r"フォルト|パラメータ-?ー?|設定|コード|番号|ナンバー"
)
_VALUES = {
    "zero": 0, "oh": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15,
    "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19, "twenty": 20, "thirty": 30, "forty": 40,
    "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
}  # fmt: skip
_WORD = "|".join(sorted(_VALUES, key=len, reverse=True))
_NUMBER = rf"(?:{_WORD})(?:[\s\-](?:{_WORD}))*(?![A-Za-z])"
_ENGLISH = re.compile(
    rf"(?P<before>(?:{_KIND})[\s:]*(?:(?:code|number|no\.?)[\s:]*)?(?<![A-Za-z]))(?P<words>{_NUMBER})"
    r"(?!\s+(?:of|or|more|times?|seconds?|minutes?|hours?|days?))",
    re.IGNORECASE,
)
# E four oh one; a single word behind a letter is none ("A one-way valve")
_ENGLISH_LETTERED = re.compile(rf"(?P<before>\b[B-HJ-Z]{{1,3}})\s+(?P<words>(?i:(?:{_WORD})[\s\-]{_NUMBER}))")
_ENGLISH_BEFORE = re.compile(rf"\bnumber\s+(?P<words>{_NUMBER})\s+(?=alarm|error|fault|warning)", re.IGNORECASE)
_DIGITS = "〇一二三四五六七八九"
_NUMERAL = f"[{_DIGITS}十百]+"
# not 一覧, 三回, 二種: what follows must end the number
_JAPANESE = re.compile(
    rf"(?P<before>(?:{_KIND})\s?の?\s?)(?P<numeral>{_NUMERAL})"
    r"(?=番(?!目)|号(?!機)|$|[\sのがはをでとっ、。?!」])",
    re.IGNORECASE,
)
_JAPANESE_BEFORE = re.compile(
    rf"(?<![一-鿿])(?P<numeral>{_NUMERAL})(?=番の(?:アラーム|エラー|警報|異常|警告|パラメータ|設定))"
)
_LETTERS = {
    "エー": "A", "エイ": "A", "ビー": "B", "シー": "C", "ディー": "D", "イー": "E", "エフ": "F", "ジー": "G",
    "エイチ": "H", "アイ": "I", "ジェー": "J", "ケー": "K", "エル": "L", "エム": "M", "エヌ": "N", "オー": "O",
    "ピー": "P", "キュー": "Q", "アール": "R", "エス": "S", "ティー": "T", "ユー": "U", "ブイ": "V",
    "ダブリュー": "W", "エックス": "X", "ワイ": "Y", "ゼット": "Z",
}  # fmt: skip
_LETTER = "|".join(sorted(_LETTERS, key=len, reverse=True))
_SPELT = re.compile(rf"(?<![ァ-ヺー])(?P<letters>(?:{_LETTER}){{1,4}})[の・\s\-]?(?=\d)")
_EACH_LETTER = re.compile(_LETTER)

_HEXADECIMAL_ALARM = re.compile(r"(?<![A-Za-z0-9])AL[.\-\s]?(?P<n>[A-F]\d|\d[A-F])(?![A-Za-z0-9])", re.IGNORECASE)
_DETAIL_APART = re.compile(
    r"(?<![A-Za-z0-9.\-])(?P<code>[A-Za-z]{1,3}[.\-\s]?\d{1,4})[\s\-](?P<detail>\d{1,2})(?![A-Za-z0-9.]|\s?[回件個秒分])"
)
_PREFIX_APART = re.compile(r"(?<![A-Za-z0-9])(?P<prefix>[A-Za-z]{2,4})\s(?P<code>[AEFWaefw]-?\d{2,4})(?![A-Za-z0-9])")
_DETAIL_JOINED = re.compile(r"(?<![A-Za-z0-9.])(?P<code>[A-Za-z]{1,3}[.\-]?\d{1,4})(?P<detail>\d)(?![A-Za-z0-9.])")
_NOT_BEFORE, _NOT_AFTER = r"(?<![A-Za-z0-9_.\-])", r"(?![A-Za-z0-9_])"
_SLIPS = tuple(
    (re.compile(slip), meant)
    for slip, meant in (
        (r"(?<![A-Za-z0-9])[Oo][xX](?=[0-9A-Fa-f]*\d)", "0x"),
        (r"(?<![A-Za-z0-9])(?=[0-9A-F]*\d)(?P<n>[0-9A-F]{1,8})[hH](?![A-Za-z0-9])", r"0x\g<n>"),
        (
            rf"{_NOT_BEFORE}(?P<n>\d{{3,5}})(?:\s?[\[(]\s?|\s?の|-|\s)(?P<i>\d{{1,2}})(?:\s?[\])])?{_NOT_AFTER}",
            r"\g<n>[\g<i>]",
        ),
        (
            rf"(?<![A-Za-z0-9])P[Rr][.\-\s]{{0,2}}(?P<n>[Pp][A-Za-z])[.\-\s]?(?P<i>\d{{2,3}}){_NOT_AFTER}",
            r"Pr.\g<n>\g<i>",
        ),
        (rf"(?<![A-Za-z0-9])(?P<n>[Pp][A-FLa-fl])[.\-\s](?P<i>\d{{2}}){_NOT_AFTER}", r"\g<n>\g<i>"),
        (r"(?<![A-Za-z0-9])(?P<n>[A-Za-z]{1,5})の(?=\d)", r"\g<n>"),
        (rf"(?<![A-Za-z0-9_])(?P<n>[A-Za-z]{{1,4}})(?:_|\s?[.\-]\s?)(?=\d{{1,5}}{_NOT_AFTER})", r"\g<n>-"),
    )
)


def in_digits(text: str) -> str:
    """``text`` (NFKC) with the numbers that are said in words beside "alarm", "エラー" and the like as digits, and
    letters that are spelt in kana (エーエル32) as letters."""
    for said in (_ENGLISH, _ENGLISH_LETTERED):
        text = said.sub(lambda m: m["before"] + _english(m["words"]), text)
    text = _ENGLISH_BEFORE.sub(lambda m: f"number {_english(m['words'])} ", text)
    text = _JAPANESE.sub(lambda m: m["before"] + _japanese(m["numeral"]), text)
    text = _JAPANESE_BEFORE.sub(lambda m: _japanese(m["numeral"]), text)
    return _SPELT.sub(lambda m: "".join(_LETTERS[one[0]] for one in _EACH_LETTER.finditer(m["letters"])), text)


def joined_up(text: str) -> str:
    """``text`` (NFKC) with the pieces of a code put together that a blank parts: AL.30.1 for "AL 30 1", PLC-E052 for
    "PLC E052". To be asked first, since a piece may be a code of its own."""
    text = _DETAIL_APART.sub(r"\g<code>.\g<detail>", text)
    return _PREFIX_APART.sub(r"\g<prefix>-\g<code>", text)


def mended(text: str) -> tuple[str, ...]:
    """``text`` (NFKC) as it was perhaps meant, where no manual has its codes as they were typed, the likeliest first:
    the letters O, l and I for digits, other brackets and blanks; then a detail without its point (AL321)."""
    readings = (_mended(text), _DETAIL_JOINED.sub(r"\g<code>.\g<detail>", text))
    return tuple(dict.fromkeys(reading for reading in readings if reading != text))


def _mended(text: str) -> str:
    text = with_digits(text)
    text = _HEXADECIMAL_ALARM.sub(lambda m: f"AL.{m['n'].upper()}", text)
    for slip, meant in _SLIPS:
        text = slip.sub(meant, text)
    return text


def _english(words: str) -> str:
    """ "thirty two" is 32, "four oh one" 401, "one hundred" is not said of codes."""
    values = [_VALUES[word] for word in re.split(r"[\s\-]+", words.lower())]
    out, place = "", 0
    while place < len(values):
        value = values[place]
        if value >= 20 and place + 1 < len(values) and 0 < values[place + 1] < 10:
            place += 1
            value += values[place]
        out, place = out + str(value), place + 1
    return out


def _japanese(numeral: str) -> str:
    """十二 is 12, 四〇一 is 401, 百三 is 103."""
    if not set(numeral) & set("十百"):
        return "".join(str(_DIGITS.index(digit)) for digit in numeral)
    value, ones = 0, 0
    for character in numeral:
        if character in "十百":
            value, ones = value + (ones or 1) * (10 if character == "十" else 100), 0
        else:
            ones = _DIGITS.index(character)
    return str(value + ones)
