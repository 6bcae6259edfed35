"""Endings: how a Japanese verb or clause may end without saying something else."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

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
    return _ending(run).inflects


def same_end(mine: str, theirs: str) -> bool:
    """Whether two runs of kana, ``mine`` of a sentence and ``theirs`` of its source, end the same verb or clause:
    politely or plainly, but neither alone with a no, a must or a can."""
    said, source = _ending(mine), _ending(theirs)
    if not (said.bare or source.bare) and said.can != source.can:
        return False
    if mine.endswith(("てから", "でから")):  # said of two orders: "…し、" goes before what follows it
        said = _ending(mine[:-2])
    if said.inflects and source.inflects:
        return True
    return said.refusals == source.refusals and not said.obliges and not said.stems.isdisjoint(source.polite_stems)


@dataclass(frozen=True, slots=True)
class _Ending:
    """What is compared of a run of kana. ``inflects``: it is the end of a verb or clause and nothing more; ``can``:
    whether it may say that something can be done (外せます, not 外します), which verbs such as 開ける do in every form;
    ``bare``: it tells nothing of that (見て, 捨て); ``obliges``, ``refusals``: whether it says must, and how often no;
    ``stems``: what may be the verb's stem, ``polite_stems`` with a must taken for politeness."""

    inflects: bool
    can: bool
    bare: bool
    obliges: bool
    refusals: int
    stems: frozenset[str]
    polite_stems: frozenset[str]


@lru_cache(maxsize=2048)
def _ending(run: str) -> _Ending:
    """The same few hundred come again and again."""
    can = _POLITE_END.sub("", run)[:1] in _E_ROW
    stems, polite = _stems(run), _stems(run.replace(OBLIGATION, "ます"))
    whole = _INFLECTION.fullmatch(run) is not None
    return _Ending(whole, can, run in ("て", "で"), OBLIGATION in run, run.count(NEGATION), stems, polite)


def _stems(run: str) -> frozenset[str]:
    """What may be the stem: without the polite end, and without the kana that inflects."""
    plain = _VERB_END.sub("", run)
    return frozenset(stem for stem in (plain, plain[:-1] if plain[-1:] in _LAST_KANA else "") if stem)
