"""Patterns of codes: what is not tried for the signs that a text lacks would have found nothing there."""

from __future__ import annotations

import random
import re
import unicodedata

from assistant_sources import demo_passages

from index.codes import find
from index.codes.find import Code, find_codes

BITS = [
    "アラーム",
    "エラー",
    "警報",
    "異常",
    "パラメータ",
    "alarm ",
    "Error ",
    "FAULT",
    "ALM",
    "al",
    "Err",
    "E",
    "e",
    " code: ",
    "番号",
    "番の",
    "Pr.",
    "PA",
    "Pn",
    "P-",
    "p",
    "$",
    "0x",
    "stop code ",
    "STOP ",
    "停止コード",
    "バグチェック",
    "_",
    "-",
    "–",
    "ー",
    ".",
    "[",
    "]",
    "1",
    "02",
    "7E",
    "301",
    "AB",
    "SC",
    "Ａ",
    "３",
    "－",
    " ",
    "、",
    "no. ",
    "number ",
    "setting ",
    "：",
    "㎜",
    "①",
    "ﾀﾞ",
    "ı",
    "\n",
]


def texts() -> list[str]:
    chance = random.Random(3)
    made = ["".join(chance.choices(BITS, k=chance.randint(1, 8))) for _ in range(6000)]
    return [*made, *(line for passage in demo_passages()[::3] for line in passage.text.split("\n"))]


def folded_one_by_one(text: str) -> tuple[str, list[int]]:
    out, places = "", []
    for place, sign in enumerate(text):
        plain = sign if sign.isascii() else unicodedata.normalize("NFKC", sign).translate(find._DASHES)
        before, after = text[max(0, place - 1) : place], text[place + 1 : place + 2]
        if sign == "ー" and before and unicodedata.normalize("NFKC", before).isascii():
            plain = "-"
        if sign == "–" and before.isalpha() and after.isdigit():
            plain = "-"
        out += plain
        places += [place] * len(plain)
    return out, [*places, len(text)]


def test_folding_keeps_each_place() -> None:
    for text in texts():
        folded, places = find._folded(text)
        assert (folded, places or list(range(len(text) + 1))) == folded_one_by_one(text), text


def test_no_pattern_finds_what_it_is_not_tried_for() -> None:
    patterns: list[tuple[re.Pattern[str], tuple[str, ...]]] = [
        (find._WORD_NUMBER, find._KIND_BEGINNINGS), (find._COLUMN, (*find._KIND_BEGINNINGS, "$")),
        (find._NUMBER_WORD, find._KIND_BEGINNINGS), (find._STOP_CODE, find._STOP_BEGINNINGS),
        (find._SHORT_WORD, ("al", "err")), (find._E_CODE, ("e",)), (find._HEX, ("0x",)), (find._INDEXED, ("[",)),
        (find._DOLLAR, ("$",)), (find._PARAMETER, ("p", ".")), (find._PARAMETER_LOWER, ("p",)),
        (find._FLAG, ("_",)), (find._PART, ("-",)),
    ]  # fmt: skip
    found = 0
    for text in texts():
        folded, _ = find._folded(text)
        for pattern, needed in patterns:
            match = pattern.search(folded)
            found += match is not None
            if not any(sign in find._small(folded) for sign in needed):
                assert match is None, (pattern.pattern, text)
    assert found > 800


def test_an_i_without_its_dot_is_no_accident() -> None:
    assert find_codes("warnıng 5") == (Code("WARN5", "alarm", 0, 9),)
