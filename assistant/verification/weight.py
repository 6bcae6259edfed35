"""Weight: words that a reader must not miss: conditions, negations, order, quantity, sides and states."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from assistant.verification.atoms import LINE, NEGATION, Atom, word_key


def keys(words: str) -> frozenset[str]:
    """The keys of words parted by spaces."""
    return frozenset(word_key(word) for word in words.split())


_ASIDES = (
    *(
        tuple(word_key(word) for word in words.split())
        for words in (
            "e g", "i e", "for example", "such as", "default", "formerly known as", "also known as", "formerly called",
            "also called",
        )
    ),
    ("例",), ("初", "期", "値"),
)  # fmt: skip
"""How a bracket begins that gives an example, a setting's default, or another name of the thing before it."""
_AND_THE_LIKE = "など"
_REFERS = keys("see refer cf")  # "(see 5.2 Before the start)": where more stands
_REFERRED = ("参", "照")
_IN = word_key("in")
_ABOUT = keys("about approx approximately") | {"約"}
_BOTH = frozenset(("左右", "上下", "前後"))  # of a pair nothing is chosen: "(左右各 2 本)"
_ALL_OF = frozenset("全各計")
_SUCH, _AS = word_key("such"), word_key("as")
_STOP = word_key("stop")
# what a reader must not miss: conditions, order, quantity, sides and states. Such words are never left out.
_CONDITIONS = keys(
    "if when whenever unless until once while during before after only except provided where with as case"
)
_HEAVY = _CONDITIONS | keys(
    "must should shall may can on off open close left right up down upper lower top bottom front rear inner outer "
    "inside outside clockwise counter anti counterclockwise anticlockwise increase decrease raise reduce higher lower "
    "above below over under more less least most maximum minimum max min about approx approximately within half twice "
    "double one two three four five six seven eight nine ten first second third last all both every any either same "
    "other tight tighten loose loosen start stop enable disable connect disconnect lock unlock high low normally"
)
_HEAVY_KANJI = frozenset(
    "左右上下前後内外開閉入出切増減高低大小正逆反無不未非禁否全半両片各約最初終主副一二三四五六七八九十以超"
)
_CONDITION_KANA = re.compile(
    r"とき|たら|れば|なら|まま|まで|てから|だけ|のみ|しか|うち|あと|まえ|うえで|ながら|ず|ごと"
)
_CONDITION_KANJI = (
    "場合",
    "時は",
    "時に",
    "後に",
    "後で",
    "前に",
    "限り",
    "限っ",
    "限る",
    "間は",
    "間に",
    "以外",
    "状態",
    "際に",
    "際は",
)


def weighs(bracket: Sequence[Atom]) -> bool:
    """Whether a bracket holds more than names of parts, sections and codes, examples, a setting's default, or another
    name of the thing before it."""
    said = tuple(atom.key for atom in bracket)
    if said[-1:] == (_AND_THE_LIKE,) or any(said[: len(opening)] == opening for opening in _ASIDES):
        return any(map(says_no, bracket))
    if said[:1] and (said[0] in _REFERS or _REFERRED in pairwise(said)):
        return False
    if len(bracket) == 2 and said[0] == _IN:
        return False  # "(in seconds)": what a value is told in
    if len(bracket) == 2 and bracket[1].key == "min" and len(bracket[0].key) <= 2:
        return False  # the unit m/min
    # "stop A" is a class of reaction, no order
    reaction = [atom.key == _STOP and len(nxt.key) == 1 for atom, nxt in pairwise(bracket)] + [False] * bool(bracket)
    weighed = (
        place for place, atom in enumerate(bracket) if atom.kind != "ident" and atom.key != "~" and not reaction[place]
    )
    return any(heavy(bracket, place) and not _counts_all(bracket, place) for place in weighed)


def _counts_all(bracket: Sequence[Atom], place: int) -> bool:
    """Whether an atom of a bracket only tells how many or how long: "(約 5 分)", "(左右各 2 本)", "(全 8 本)". Nothing
    is chosen by it, so that without it the rest says no more."""
    key = bracket[place].key
    before = bracket[place - 1].key if place else ""
    after = bracket[place + 1] if place + 1 < len(bracket) else None
    if key + (after.key if after else "") in _BOTH or before + key in _BOTH:
        return True
    counted = after is not None and after.kind == "number"
    return counted and (key in _ABOUT or (key in _ALL_OF and not any(map(says_no, bracket))))


def says_no(atom: Atom) -> bool:
    """Whether the atom negates or forbids."""
    return NEGATION in atom.key or (atom.kind == "kanji" and atom.key in "禁")


def conditions(atoms: Sequence[Atom], place: int) -> bool:
    """Whether a condition stands at ``place``: without it the rest says more than the source."""
    atom = atoms[place]
    if atom.kind == "word":
        return atom.key in _CONDITIONS and not _gives_examples(atoms, place)
    if atom.kind == "kana":
        return _CONDITION_KANA.search(atom.key) is not None
    if atom.kind == "kanji":
        if atom.key == "間" and place and atoms[place - 1].key in ("時", "期", "区", "空", "隙", "すき"):
            return False  # a time or a gap as such
        here = atom.key + (atoms[place + 1].key if place + 1 < len(atoms) else "")
        return here.startswith(_CONDITION_KANJI)
    return False


def _gives_examples(atoms: Sequence[Atom], place: int) -> bool:
    """Whether the "as" of "such as" stands at ``place``: no condition."""
    return atoms[place].key == _AS and place > 0 and atoms[place - 1].key == _SUCH


def heavy(atoms: Sequence[Atom], place: int) -> bool:
    """Whether leaving this atom out may change what the sentence says."""
    atom = atoms[place]
    if says_no(atom) or conditions(atoms, place) or atom.border >= LINE:
        return True
    if atom.kind == "kanji":
        return atom.key in _HEAVY_KANJI
    if atom.kind == "word":
        return atom.key in _HEAVY and not _gives_examples(atoms, place)
    return atom.kind in ("ident", "sign")
