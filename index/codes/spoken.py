"""Spoken codes: what may be a code of a question if a manual has it: other kinds, zeros, prefixes, flags in words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from index.codes.entry import name_key
from index.codes.find import Code

FAMILIES = ("ERR", "AL", "FAULT", "WARN", "CODE")  # words that people use for each other
LONGEST_NAME = 7  # words of a named flag
MOST_WORDS = 60  # of a question
_NUMBERED = re.compile(r"(?P<family>[A-Z]+?)(?P<number>\d{1,5})")
_HEXADECIMAL = re.compile(
    r"(?:alarms?|errors?|faults?|codes?|アラーム?|エラー?|異常|コード)\s*(?:code|コード|番号|no\.?)?\s*[:#=]?\s*"
    r"(?P<number>(?=[A-F]*\d)(?=\d*[A-F])[0-9A-F]{2,16})(?![A-Za-z0-9])",
    re.IGNORECASE,
)
_CODE = re.compile(
    r"(?<!バー)(?<!bar)(?:\bcode|コード)\s*(?:no\.?|番号)?\s*[:#=]?\s*(?P<number>\d{1,5})(?![A-Za-z0-9.])",
    re.IGNORECASE,
)
_NUMBER = re.compile(
    r"(?<![\w.\-$])(?P<number>\d{1,5})\s*番(?!の設定)(?=$|\s|[がのはとでをっ、。?])|(?<!\w)#(?P<sign>\d{1,5})(?![A-Za-z0-9])"
)
_SETTING = re.compile(
    r"(?:設定|\bsettings?)\s*(?:番号|no\.?)?\s*(?P<number>\d{1,5})(?![A-Za-z0-9.])|(?<![A-Za-z0-9.])(?P<ja>\d{1,5})\s*番の設定",
    re.IGNORECASE,
)
# a number alone, where a display shows it: "8020が出ました", "it stopped with 8020"
_SHOWN = re.compile(
    r"^\s*(?P<number>\d{3,5})\s*(?:$|[?。]|が(?:出|表示|点|消え|つい)|で止|って出|とは|の原因|の対処|の意味|\s*意味)|"
    r"(?:shows?|displays?|stopped with|reads|says|clear|meaning of|does|表示が|画面に)\s*(?P<after>\d{3,5})"
    r"(?=$|[?.,、。で]|\s*(?:mean|again|と|が|and))",
    re.IGNORECASE,
)
_WORD = re.compile(r"[A-Za-z][a-z]+(?=[A-Z][a-z])|[A-Z]+(?=[A-Z][a-z])|[A-Za-z0-9]+")
_JOINT = re.compile(r"[ _\-]?")


def other_forms(code: Code) -> tuple[str, ...]:
    """Forms that may stand in a manual for a code of a question that stands nowhere: "error 5" for "alarm 5", E-401 for
    "error 401", F-013 for "F13", 0x7E for "error 7E"."""
    match = _NUMBERED.fullmatch(code.canonical)
    if match is None:
        if re.fullmatch(r"\d+_\d+", code.canonical):
            return _in_families(code.canonical.partition("_")[0])
        return ()
    family, number = match["family"], match["number"].lstrip("0") or "0"
    padded = _padded(number)
    if family in ("PARAM", "SETTING"):
        forms = [
            "PARAM" + number,
            "SETTING" + number,
            "PR" + number,
            *(of + form for of in ("P", "PN") for form in padded),
        ]
        return tuple(form for form in forms if form != code.canonical)
    if family not in FAMILIES:
        forms = list(padded_forms(code.canonical))
        forms += [f"ERR{number}"] if family == "E" else [f"AL{number}"] if family == "A" else []
        return tuple(form for form in forms if form != code.canonical)
    letters = "EAFWL" if family != "WARN" else "W"
    prefixed = (letter + form for letter in letters for form in padded) if len(number) > 1 else ()
    return tuple(form for form in (*_in_families(number), *prefixed) if form != code.canonical)


def same_forms(code: Code) -> tuple[str, ...]:
    """Those of the other forms that mean the same beyond doubt: E-401 for "error 401", setting 5 for "parameter 5"."""
    match = _NUMBERED.fullmatch(code.canonical)
    if match is None:
        return ()
    family, number = match["family"], match["number"].lstrip("0") or "0"
    if family in ("PARAM", "SETTING"):
        return tuple(of + number for of in ("PARAM", "SETTING") if of != family)
    letters = {"ERR": "E", "E": "ERR", "WARN": "W", "W": "WARN", "AL": "A", "A": "AL"}.get(family)
    if letters is None:
        return ()
    return tuple(letters + form for form in (_padded(number) if len(letters) == 1 else (number,)))


def padded_forms(form: str) -> tuple[str, ...]:
    """``form`` with more or fewer zeros before its number: F-013 for "F13"."""
    match = _NUMBERED.fullmatch(form)
    if match is None:
        return ()
    forms = (match["family"] + number for number in _padded(match["number"].lstrip("0") or "0"))
    return tuple(other for other in forms if other != form)


def _padded(number: str) -> tuple[str, ...]:
    return (number, *(number.zfill(width) for width in (2, 3, 4) if width > len(number)))


def _in_families(number: str) -> tuple[str, ...]:
    return (*(family + number for family in FAMILIES), f"0x{number}")


def spoken_codes(text: str, codes: Sequence[Code]) -> tuple[tuple[str, ...], ...]:
    """Groups of forms, each group one thing that ``text`` (NFKC) may name beside ``codes``, which were found in it."""
    groups: list[tuple[str, ...]] = []

    def free(match: re.Match[str]) -> bool:
        return not any(code.start < match.end() and match.start() < code.end for code in codes)

    for m in _HEXADECIMAL.finditer(text):
        if free(m):
            number = m["number"].lstrip("0").upper()
            groups.append((f"0x{number}", *(family + number for family in FAMILIES)))
    for m in (*_CODE.finditer(text), *_NUMBER.finditer(text)):
        if free(m):
            groups.append(_in_families((m.groupdict().get("sign") or m["number"]).lstrip("0") or "0"))
    for m in _SETTING.finditer(text):
        if free(m):
            number = (m["number"] or m["ja"]).lstrip("0") or "0"
            groups.append((f"SETTING{number}", f"PARAM{number}"))
    shown = _SHOWN.search(text) if not codes and not groups else None
    if shown:
        groups.append(_in_families((shown["number"] or shown["after"]).lstrip("0") or "0"))
    return tuple(dict.fromkeys(groups))


def spoken_names(text: str) -> tuple[str, ...]:
    """Keys (index.codes.entry.name_key) of the flags that ``text`` may name in words, the longest first: two words
    or more in a row, however they are joined, or one in capitals or in a Japanese sentence."""
    words = list(_WORD.finditer(text))[:MOST_WORDS]
    joined = [_JOINT.fullmatch(text, a.end(), b.start()) is not None for a, b in pairwise(words)]
    keys = {key: None for length in range(LONGEST_NAME, 1, -1) for key in _runs(words, joined, length)}
    plain = any(character > "\u3040" for character in text) or len(words) == 1
    keys |= {name_key(word[0]): None for word in words if len(word[0]) > 5 and (plain or word[0].isupper())}
    return tuple(keys)


def _runs(words: Sequence[re.Match[str]], joined: Sequence[bool], length: int) -> Iterator[str]:
    for at in range(len(words) - length + 1):
        if all(joined[at : at + length - 1]):
            key = name_key("".join(word[0] for word in words[at : at + length]))
            if not key[1:].isdigit():
                yield key
