"""Codes: finds alarm, parameter and part codes and brings each to one canonical form.

What counts, and its canonical form (upper case, no separators, safe inside a full-text term):

| kind      | printed                                            | canonical          |
|-----------|----------------------------------------------------|--------------------|
| alarm     | AL.32, AL32, ＡＬ．３２, AL-32, アラーム32, ALARM:32 | AL32               |
| alarm     | error 5, エラー5番, 5番のエラー, Err 5, Error-5     | ERR5               |
| alarm     | stop code 7e, bug check 7E, 停止コード 7E            | 0x7E               |
| alarm     | E-401, E401, E.401; 8003[7]; 0x0000007E            | E401; 8003_7; 0x7E |
| alarm     | R-1101, F-021 (letter, dash, 3 or 4 digits); PLC-E052 | R1101, F021; PLCE052 |
| parameter | Pr.PA01, PA01; Pr.7; Pn100; P-07; RP.040           | PA01; PR7; PN100; P07; RP040 |
| parameter | parameter 12; $5                                   | PARAM12; SETTING5  |
| flag      | CURRENT_LIMIT_VIOLATION                            | as printed         |
| part      | SC-200-BRK, SC-200, SRVO-050                       | SC200BRK, ...      |

"alarm 5", "error 5", "warning 5" and "$5" are four different things and stay apart by their kind word. Leading zeros
are dropped for kind-word codes and E codes ("AL.05" is "AL.5"), never for parameters and parts. A code of an unknown
prefix ("W12", "SV0401") is an alarm only where a word such as アラーム or error stands next to it; with two or more
letters it is otherwise a part number. Quantities, screw threads, standards and page references ("24 V", "M8",
"IP65", "ISO 13849", "p. 5-3") are no codes. A part number is worth an exact match, but a question that names an
unknown one need not be declined; that is why ``kind`` is there.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

CodeKind = Literal["alarm", "parameter", "flag", "part"]


@dataclass(frozen=True, slots=True)
class Code:
    """A code found in a text: ``canonical`` form, ``kind``, and where it stands, text[start:end]."""

    canonical: str
    kind: CodeKind
    start: int
    end: int


_DASHES = dict.fromkeys(map(ord, "‐‑‒−－"), "-")
_MAY_BE_DASH = re.compile(r"(?<=([^ァ-ヺー]))ー|(?<=(.))–(?=(.))", re.DOTALL)
_MAY_FOLD = re.compile(r"[^\x00-\x7fぁ-ゖァ-ヺー一-鿿、。・「」]")  # none of these does
_FAMILY = {
    "al": "AL", "alm": "AL", "alarm": "AL", "alarms": "AL", "アラーム": "AL", "アラム": "AL", "警報": "AL",
    "err": "ERR", "error": "ERR", "errors": "ERR", "エラー": "ERR", "エラ": "ERR",
    "fault": "FAULT", "faults": "FAULT", "フォルト": "FAULT", "異常": "FAULT",
    "warning": "WARN", "warnings": "WARN", "警告": "WARN", "ワーニング": "WARN",
    "parameter": "PARAM", "param": "PARAM", "パラメータ": "PARAM", "パラメーター": "PARAM",
    "params": "PARAM", "parameters": "PARAM", "setting": "SETTING", "settings": "SETTING",
    "設定": "SETTING", "$": "SETTING",
}  # fmt: skip
_KIND = (
    r"alarms?|errors?|faults?|warnings?|param(?:eter)?s?|settings?|アラーム?|アラム|警報|エラー?|フォルト|異常|警告|"
    r"ワーニング|パラメーター?"
)
# one of which stands where a kind word does, or a stop code's, in small letters
_KIND_BEGINNINGS = (
    "alarm", "error", "fault", "warning", "param", "setting", "アラ", "警報", "エラ", "フォルト", "異常", "警告",
    "ワーニング", "パラメ",
)  # fmt: skip
_STOP_BEGINNINGS = ("stop", "bug", "停止", "ストップ", "バグ")
LINE = 300  # characters; a longer text is a passage, which is looked through once
_NO_CODE = (
    "ISO IEC JIS JISB EN IP RS USB UTF DIN ANSI UL CE CAT SUS DDR PCI PCIE HTTP SHA MD CPU AC DC ASTM NEMA IEEE RFC "
    "PT SS SCM FIG NO CH PAGE PP VOL VER REV STEP TABLE TAB SECTION SEC CHAPTER APPENDIX PART LEVEL TYPE CLASS SIZE "
    "WIN WINDOWS PYTHON UBUNTU ROS COVID MP HD CR BASE LINE MODE PHASE PIN PORT ID COM"
)
_NO_CODE_PREFIX = frozenset(_NO_CODE.split())
_COUNTED = (
    r"(?!\s*(?:回|件|個|つ|種|台|本|枚|秒|分|時間|日|週|か月|ヶ月|年|度|%|℃|°|mm|cm|m\b|ms|s\b|sec|min|h\b|hours?|"
    r"seconds?|minutes?|times?|degrees?|percent|v\b|a\b|w\b|hz|khz|kg|g\b|n\b|pa\b|mpa|rpm))"
)
_END = r"(?![A-Za-z0-9])(?!\.\d)"
_WORD_NUMBER = re.compile(
    rf"(?<![A-Za-z])(?P<word>{_KIND})(?:[\s_]*(?:code|number|no\.?|nr\.?|id|コード|番号|ナンバー)\s*(?:は|が|の|[:#=])?|\s?の)?"
    r"(?:\s*[:#=]\s*|\s*|(?<=[A-Za-z])-|\.)(?P<number>\d{1,5})(?!\s?\[\d)" + _END + _COUNTED,
    re.IGNORECASE,
)
_NUMBER_WORD = re.compile(  # 5番のエラー, 23号アラーム, number 23 error
    r"(?<![A-Za-z0-9.\-])(?:(?P<ja>\d{1,5})\s*(?:番|号)\s*の?\s*(?P<word_ja>アラーム?|警報|エラー?|異常|警告|パラメーター?)"
    r"|(?:number|no\.)\s*(?P<en>\d{1,5})\s+(?P<word_en>alarm|error|fault|warning)(?![A-Za-z]))",
    re.IGNORECASE,
)
# A table's cell below such a name: "Alarm code in v1.1+: 1", "(KEY: $-Code: 5", "エラー番号(表示): 23"
_COLUMN = re.compile(
    rf"^[^\n:：/]{{0,8}}?[:：]?\s*(?P<word>{_KIND}|\$)[\s\-]*(?:code|number|no\.?|id|コード|番号)[^\n:：/]{{0,24}}[:：]"
    r"\s*(?P<number>\d{1,5})[^\S\n]*(?=$|/ )",
    re.IGNORECASE | re.MULTILINE,
)
_STOP_CODE = re.compile(  # printed in hexadecimal, with or without 0x
    r"(?:stop\s?(?:code|error)|bug\s?check(?:\s?code)?|(?:停止|ストップ)\s?(?:コード|エラー)|バグ\s?チェック(?:\s?コード)?|"
    r"(?-i:\bSTOP)(?=[:\s]*(?:[0-9A-F]{8}|\d[0-9A-F]*[A-F]|[A-F]+\d)))\s*[:#=]?\s*"
    r"(?:0x\s?)?(?P<number>(?=[A-F]*\d)[0-9A-F]{1,16})h?(?![A-Za-z0-9])",
    re.IGNORECASE,
)
_KIND_WORD = re.compile(
    rf"(?P<stop>stop\s?codes?|bug\s?checks?|(?:停止|ストップ)\s?コード|バグ\s?チェック)|\$(?=-?\s?(?:code|\d))|"
    rf"設定(?=番号|コード|一覧|項目一覧|リスト)|"
    rf"(?<![A-Za-z])(?:{_KIND})(?![A-Za-z])",
    re.IGNORECASE,
)
_SHORT_WORD = re.compile(
    r"(?<![A-Za-z0-9])(?P<word>ALM?|ERR)(?:(?P<separator>\s?[.\-:]\s?| )|)(?P<number>\d[0-9A-F]{0,3}|[A-F]\d)"
    r"(?P<detail>\.\d{1,2})?" + _END,
    re.IGNORECASE,
)
_E_CODE = re.compile(
    r"(?<![A-Za-z0-9.])E\s?[\-.]?(?P<number>\d{1,5})(?P<detail>[.\-]\d{1,2})?" + _END + _COUNTED, re.IGNORECASE
)
_HEX = re.compile(r"(?<![A-Za-z0-9])0x\s?(?P<number>[0-9A-F]{1,16})(?![A-Za-z0-9])", re.IGNORECASE)
_INDEXED = re.compile(r"(?<![A-Za-z0-9.])(?P<number>\d{3,5})\[(?P<index>\d{1,3})\]")
_DOLLAR = re.compile(r"(?<![A-Za-z0-9$])\$\s?(?P<number>\d{1,3})(?![\d.,]*\d|\s?(?:USD|million|k\b))")
_PARAMETER = re.compile(
    r"(?<![A-Za-z0-9])(?:P[Rr]\.?\s?(?P<named>P[A-Z]\d{2,3})|(?P<bare>P[A-FL]\d{2})|(?P<pr>Pr\.?\s?\d{1,3}(?:\.\d{1,3})?)|"
    r"(?P<pn>Pn\d{2,4})|(?P<p>P\d{3,4})|(?P<pdash>P-\d{2,4})|"
    r"(?P<dotted>(?!AL|ER|NO|CH|PP|EN|IP)[A-Z]{2}\.\d{2,3}))" + _END
)
_PARAMETER_LOWER = re.compile(r"(?<![A-Za-z0-9])(?P<bare>p[a-fl]\d{2}|pn\d{3}|pr\.p[a-z]\d{2})" + _END)
# a narrow column cuts a name after its underscore: "BRAKE_CHECK_ OVERDUE"
_FLAG = re.compile(r"(?<![A-Za-z0-9_])[A-Z][A-Z0-9]*(?:_(?:[A-Z0-9]+|\s[A-Z0-9]{2,}))+(?![A-Za-z0-9_])")
_PART = re.compile(r"(?<![A-Za-z0-9_.\-/])[A-Za-z]{1,6}\d{0,5}(?:-[A-Za-z0-9]{1,8}){1,4}(?![A-Za-z0-9_])")
_PLAIN = re.compile(
    r"(?<![A-Za-z0-9_.\-/])(?P<letters>[A-Z]{1,4})(?P<separator>[.\-]?|-\s(?=\d{3}))(?P<number>\d{2,5})" + _END
)
_REFERENCE = re.compile(
    r"(?:pages?|pp?\.|sections?|chapter|appendix|fig(?:ure)?\.?|table|図|表|頁|ページ|付録|章|節)\s?$", re.IGNORECASE
)
_NEAR = re.compile(r"alarm|error|fault|warning|アラーム|エラー|警報|異常|警告|フォルト|故障", re.IGNORECASE)
_NEAR_CHARACTERS = 14
_ASIDE_CHARACTERS = 32
_ASIDE = re.compile(rf"\([^()\n]{{0,{_ASIDE_CHARACTERS - 2}}}\)")  # "Warning (level 1) C4026"


@lru_cache(maxsize=4096)
def _plain(character: str) -> str:
    return unicodedata.normalize("NFKC", character).translate(_DASHES)


def _dashed(match: re.Match[str]) -> str:
    """A Japanese keyboard gives the long vowel mark for the dash of "E-401". What is set for that dash, and means a
    range between two codes ("ES1–ES4"), stays there."""
    before_vowel, before, after = match.groups()
    if before_vowel is not None:
        return "-" if unicodedata.normalize("NFKC", before_vowel).isascii() else match[0]
    return "-" if before.isalpha() and after.isdigit() else match[0]


def _folded(text: str) -> tuple[str, list[int] | None]:
    """Text with full-width forms and dashes made plain, and for each of its characters the place in ``text``; None
    where each has its own."""
    if text.isascii():
        return text, None
    text = _MAY_BE_DASH.sub(_dashed, text)
    if not _MAY_FOLD.search(text):
        return text, None
    plain = [_plain(character) for character in text]
    folded = "".join(plain)
    if len(folded) == len(text):  # no character folds into none
        return folded, None
    places = [place for place, one in enumerate(plain) for _ in one]
    return folded, [*places, len(text)]


def _small(text: str) -> str:
    """In small letters, as patterns that take capitals for them do: for these the i without a dot is one, too."""
    return text.lower().replace("ı", "i")


def _family(word: str) -> str:
    return _FAMILY[_small(word)]


def _number(digits: str) -> str:
    return digits.lstrip("0").upper() or "0"


def _near_alarm_word(text: str, start: int, end: int) -> bool:
    before = _ASIDE.sub("", text[max(0, start - _NEAR_CHARACTERS - _ASIDE_CHARACTERS) : start])[-_NEAR_CHARACTERS:]
    window = f"{before} {text[end : end + _NEAR_CHARACTERS]}"
    return _NEAR.search(window) is not None


def _alarms(text: str, small: str) -> list[Code]:
    """``small``: the text in small letters, which tells which patterns need not be tried."""
    found: list[Code] = []
    told = any(word in small for word in _KIND_BEGINNINGS)
    for pattern in (_WORD_NUMBER, _COLUMN) if told else (_COLUMN,) if "$" in text else ():
        for m in pattern.finditer(text):
            family = _family(m["word"])
            kind: CodeKind = "parameter" if family in ("PARAM", "SETTING") else "alarm"
            found.append(Code(family + _number(m["number"]), kind, m.start("word"), m.end("number")))
    for m in _NUMBER_WORD.finditer(text) if told else ():
        family = _family(m["word_ja"] or m["word_en"])
        kind = "parameter" if family == "PARAM" else "alarm"
        found.append(Code(family + _number(m["ja"] or m["en"]), kind, m.start(), m.end()))
    if any(word in small for word in _STOP_BEGINNINGS):
        found.extend(_hexadecimal(m) for m in _STOP_CODE.finditer(text))
    for m in _SHORT_WORD.finditer(text) if "al" in small or "err" in small else ():
        hexadecimal = not m["number"].isdigit()
        if hexadecimal and (not m["separator"] or not m["word"].isupper()):
            continue  # "al1a" may be any word; "AL.1A" is an alarm
        canonical = _family(m["word"]) + _number(m["number"]) + (m["detail"] or "")
        found.append(Code(canonical, "alarm", m.start(), m.end()))
    for m in _E_CODE.finditer(text) if "e" in small else ():
        if " " in m[0] and not m[0][0].isupper():
            continue
        detail = (m["detail"] or "").replace("-", ".")
        found.append(Code("E" + _number(m["number"]) + detail, "alarm", m.start(), m.end()))
    if "0x" in small:
        found.extend(_hexadecimal(m) for m in _HEX.finditer(text))
    if "[" in text:
        found.extend(Code(f"{m['number']}_{m['index']}", "alarm", m.start(), m.end()) for m in _INDEXED.finditer(text))
    return found


def _hexadecimal(match: re.Match[str]) -> Code:
    return Code("0x" + _number(match["number"]), "alarm", match.start(), match.end())


def _parameters(text: str) -> list[Code]:
    dollars = _DOLLAR.finditer(text) if "$" in text else ()
    found = [Code("SETTING" + _number(m["number"]), "parameter", m.start(), m.end()) for m in dollars]
    for pattern, may_hold in ((_PARAMETER, "P" in text or "." in text), (_PARAMETER_LOWER, "p" in text)):
        for m in pattern.finditer(text) if may_hold else ():
            printed = next(value for value in m.groupdict().values() if value)
            canonical = re.sub(r"[\s\-]|(?<=[A-Za-z])\.", "", printed).upper()
            if canonical.startswith("PRP"):
                canonical = canonical[2:]
            found.append(Code(canonical, "parameter", m.start(), m.end()))
    return found


def _parts(text: str) -> list[Code]:
    flags = _FLAG.finditer(text) if "_" in text else ()
    found = [Code(re.sub(r"\s", "", m[0]), "flag", m.start(), m.end()) for m in flags]
    for m in _PLAIN.finditer(text):
        letters, joined = m["letters"], m["letters"] + m["number"]
        if letters in _NO_CODE_PREFIX:
            continue
        single = len(letters) == 1
        dashed = m["separator"].strip() == "-"
        if (single and dashed and len(m["number"]) in (3, 4)) or (
            (single or not dashed) and _near_alarm_word(text, m.start(), m.end())
        ):
            found.append(Code(joined, "alarm", m.start(), m.end()))
        elif dashed or (not single and len(m["number"]) >= 3 and not m["separator"]):
            found.append(Code(joined, "part", m.start(), m.end()))
    for m in _PART.finditer(text) if "-" in text else ():
        printed = m[0]
        letters = re.match(r"[A-Za-z]*", printed)
        prefix = letters[0].upper() if letters else ""
        digits = sum(c.isdigit() for c in printed)
        if prefix in _NO_CODE_PREFIX or digits < (1 if printed.isupper() and len(printed) > 4 else 2):
            continue
        if not printed.isupper() and not re.search(r"-\d{2,}", printed):
            continue
        kind: CodeKind = "alarm" if re.fullmatch(r"[A-Z]{2,4}-[AEFW]\d{2,4}", printed) else "part"
        found.append(Code(printed.replace("-", "").upper(), kind, m.start(), m.end()))
    return found


# a digit in any form, or the mark between the words of a flag's name: half of all lines hold neither, and no code
_MAY_HOLD = re.compile(r"[\d_＿²³¹¼-¾⁰-₟⅐-↋①-⓿❶-➓㈀-㏿]")


def find_codes(text: str) -> tuple[Code, ...]:
    """All codes of ``text`` in order, without overlaps: the longer one wins, then the surer kind."""
    if not _MAY_HOLD.search(text):
        return ()
    return _found_in_line(text) if len(text) <= LINE else _found(text)


@lru_cache(maxsize=1024)
def _found_in_line(text: str) -> tuple[Code, ...]:
    """Questions and lines of passages are looked through several times for one answer."""
    return _found(text)


def _found(text: str) -> tuple[Code, ...]:
    folded, places = _folded(text)
    surest = {"parameter": 0, "alarm": 1, "flag": 2, "part": 3}
    candidates = _alarms(folded, _small(folded)) + _parameters(folded) + _parts(folded)
    candidates.sort(key=lambda c: (c.start - c.end, surest[c.kind], c.start))
    taken: list[Code] = []
    for code in candidates:
        if code.kind != "flag" and _REFERENCE.search(folded, max(0, code.start - 10), code.start):
            continue  # "page A-12", "図 E-3"
        if all(code.end <= other.start or code.start >= other.end for other in taken):
            taken.append(code)
    taken.sort(key=lambda c: c.start)
    if places is None:
        return tuple(taken)
    return tuple(Code(c.canonical, c.kind, places[c.start], places[c.end - 1] + 1) for c in taken)


def family_in(text: str) -> str:
    """The family (AL, ERR, PARAM, ...) that the first kind word of ``text`` names: "Servo alarm list" is AL; "" for
    none. A stop code's is "0x"."""
    folded, _ = _folded(text.replace("_", " "))
    match = _KIND_WORD.search(folded)
    return "" if match is None else "0x" if match["stop"] else _family(match[0])


def canonical(code: str) -> str:
    """The canonical form of one code as typed; a text that is no code comes back upper case, without separators."""
    found = find_codes(code.strip())
    if found:
        return found[0].canonical
    folded, _ = _folded(code)
    return re.sub(r"[^\w]", "", folded).upper()


def is_parameter(code: str) -> bool:
    """Whether a canonical form is that of a parameter or setting."""
    return code.startswith(("PARAM", "SETTING")) or any(found.kind == "parameter" for found in find_codes(code))
