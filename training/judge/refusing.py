"""Refusing: whether an answer says that it does not know, or that the manuals do not hold it."""

from __future__ import annotations

import re

from assistant.prompt import NOT_FOUND
from index.text import normalise
from training.judge.bare_text import bare

LONGEST = 160  # characters; what says more than that does not only refuse
_REFUSES = re.compile(
    r"\b(?:i|we) (?:do not|don't|cannot|can't|am not able to|am unable to) (?:know|answer|find|tell|say)\b|"
    r"\b(?:not|nothing|no (?:answer|information|mention)[\w ]{0,30}) (?:stated |given |mentioned |found )?"
    r"(?:about it |about this |of it )?in the (?:manuals?|excerpts?|documents?|context)\b|"
    r"\b(?:excerpts?|manuals?|documents?|context)[\w ]{0,12} (?:do|does) not (?:hold|contain|say|state|mention|tell)\b|"
    r"\bthere is no (?:information|answer|such)\b|"
    r"(?:記載|記述|情報|説明)(?:が|は)?(?:あり|見つかり|見当たり|存在し)ません|(?:分|わ)かりません|"
    r"(?:お答え|回答|答えることは?)(?:が|は)?でき(?:ません|ない|かね)|存じません|不明です",
    re.IGNORECASE,
)
_SORRY = re.compile(
    r"(?:申し訳(?:あり|ござい)ません|恐れ入ります|残念です|すみません)が、|\b(?:i['’]m |i am )?sorry,? but\b",
    re.IGNORECASE,
)
_BUT = re.compile(r"\b(?:but|however|instead)\b|ただし|ですが|しかし|が、")


def refuses(answer: str) -> bool:
    """Whether ``answer`` only declines. By the words that this program's own prompt asks for and by usual ones: an
    odd wording is missed, which counts as an answer. An empty answer is none and declines."""
    plain = _SORRY.sub("", bare(answer).replace("’", "'"))
    if not plain:
        return True
    told = normalise(plain)
    if any(normalise(text) in told for text in NOT_FOUND.values()):
        return len(plain) <= LONGEST
    return len(plain) <= LONGEST and bool(_REFUSES.search(plain)) and not _BUT.search(plain)
