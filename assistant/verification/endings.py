"""Endings: how a Japanese verb or clause may end without saying something else."""

from __future__ import annotations

import re

from assistant.verification.atoms import NEGATION, OBLIGATION

# how a Japanese verb or clause may end without saying something else: 押す, 押し, 押して, 押してください, 押します
_INFLECTION = re.compile(
    r"[きぎしちにびみりいっんえけげせてでねべめれすくぐつぬぶむるう]?(?:て|で|た|だ)?"
    r"(?:ください|ます|ました|です|である|であり|する|します|して|し|した|しました|してください|すること|こと)?"
)


# what may follow the stem of a verb that ends a clause: 合わせる, 合わせます, 合わせてください, 合わせることです
_VERB_END = re.compile(r"(?:[てで]ください|ことです|ます|ました|です|であり|である)$")
_POLITE_END = re.compile(r"(?:[てで](?:ください)?|ます|ました|た|だ|こと|る)$")
_E_ROW = frozenset("えけげせてねべめれ")
_LAST_KANA = frozenset("うくぐすずつづぬぶむるいきぎしちにびみりえけげせてねべめれっ")


def inflects(run: str) -> bool:
    """Whether a run of kana is the end of a verb or clause and nothing more."""
    return _INFLECTION.fullmatch(run) is not None


def same_verb(mine: str, theirs: str) -> bool:
    """Whether two kana runs end one verb or another politely or plainly; what says no must do so in both."""
    if mine.count(NEGATION) != theirs.count(NEGATION) or OBLIGATION in mine:
        return False
    theirs = theirs.replace(OBLIGATION, "ます")
    return bool(_stems(mine) & _stems(theirs))


def one_only_can(mine: str, theirs: str) -> bool:
    """Whether one verb's end may say that something can be done and the other's does not: 外せます, 外します. Verbs
    such as 開ける have that row in every form."""
    bare = ("て", "で")  # 見て, 捨て: no telling
    return not (mine in bare or theirs in bare) and _e_row(mine) != _e_row(theirs)


def _e_row(run: str) -> bool:
    return _POLITE_END.sub("", run)[:1] in _E_ROW


def _stems(run: str) -> frozenset[str]:
    """What may be the stem: without the polite end, and without the kana that inflects."""
    plain = _VERB_END.sub("", run)
    return frozenset(stem for stem in (plain, plain[:-1] if plain[-1:] in _LAST_KANA else "") if stem)
