"""Look-alikes: characters that OCR takes for each other, folded for search only; what is quoted stays as it was read.

A passage that OCR read is indexed a second time under marked terms in one form for all look-alikes, and a question
asks for those beside its own. Passages with a text layer have no marked terms, so nothing changes for them. Pairs:
those that print alike in the fonts of manuals, and simplified forms, which a recogniser of Chinese too mixes in.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from index.text import terms

MARK = "_"  # no term of index.text begins with it
_ALIKE = dict(
    zip(  # the long vowel becomes the kanji, since index.text drops it at the end of a word
        "夕力口ー二八へべぺ工卜千才三りァィゥェォッャュョヮヵヶっゃゅょぁぃぅぇぉ土末曰",
        "タカロ一ニハヘベペエトチオミリアイウエオツヤユヨワカケつやゆよあいうえお士未日",
        strict=True,
    )
)
_SIMPLIFIED = dict(
    zip(
        "压电动气单对变检关发处实轴错误时间开闭无线过载转续带样级输报换传说设备业认总额领调试验给绝缘温断继图",
        "圧電動気単対変検関発処実軸錯誤時間開閉無線過載転続帯様級輸報換伝説設備業認総額領調試験給絶縁温断継図",
        strict=True,
    )
)
_FOLD = str.maketrans({**_ALIKE, **_SIMPLIFIED})
_SENSITIVE = frozenset(_ALIKE) | frozenset(_ALIKE.values()) | frozenset(_SIMPLIFIED) | frozenset(_SIMPLIFIED.values())
_DIGITS = str.maketrans("oOlI|", "00111")
_LATIN = frozenset("0o1li")
_BY_DIGIT = re.compile(r"(?<=\d)[OolI|]+(?![a-z])|(?<![a-z])[OolI|]+(?=\d)")


def with_digits(text: str) -> str:
    """``text`` with O, l and I beside a digit read as digits ("Pr.PAO4", "AL.1O"): where else codes may stand."""
    before, after = text, _BY_DIGIT.sub(lambda match: match[0].translate(_DIGITS), text)
    while after != before:
        before, after = after, _BY_DIGIT.sub(lambda match: match[0].translate(_DIGITS), after)
    return after


def folded_terms(text: str) -> list[str]:
    """Marked terms of a text that OCR read: of all its terms with a look-alike in them, in the one form."""
    whole = with_digits(text).translate(_FOLD)
    return [mark for term in terms(whole) if (mark := marked(term)) != term]


def marked(term: str) -> str:
    """The term by which look-alikes of ``term`` are found; ``term`` itself where it has none. Latin letters count only
    beside a digit: "tool" is a word."""
    if any(character in _SENSITIVE for character in term):
        return MARK + term.translate(_FOLD)
    if any(c in _LATIN for c in term) and (any(c.isdigit() for c in term) or set(term) <= _LATIN):
        return MARK + term.replace("o", "0").replace("l", "1").replace("i", "1")
    return term


def alike(wanted: Sequence[str]) -> tuple[str, ...]:
    """The terms of a phrase as a passage of OCR has them; () where none has a look-alike."""
    found = tuple(marked(term) for term in wanted)
    return found if found != tuple(wanted) else ()
