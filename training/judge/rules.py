"""Rules: what codes, values, opposite states and refusals decide of an answer before any judge is asked.

In this domain a wrong number is a wrong answer, whatever it sounds like, and a language model overlooks it. Where the
rules say something, that holds; they say "right" only to the reference's very words.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from index.text import normalise
from training.data.shingles import shingles
from training.data.slots import Slots, contradiction, opposed, slots_of
from training.judge.bare_text import bare
from training.judge.given import Given
from training.judge.refusing import refuses

_AGAINST = re.compile(r"(?<=[ぁ-んァ-ヺー一-鿿々])(?=[-±]?\d)")
ALIKE = 0.45  # of the letter pairs of two answers; those of two wordings of one fact are below, seldom a changed word's


@dataclass(frozen=True, slots=True)
class Ruling:
    """``right`` with the rule that decided: "refused", "not_refused", "same_text", or what differs ("code",
    "torque", "valve")."""

    right: bool
    rule: str


def rule_on(given: Given) -> Ruling | None:
    """What the rules decide; None where they do not and a judge must be asked."""
    refused = given.declined or refuses(given.answer)
    if not given.answerable:
        return Ruling(refused, "refused" if refused else "not_refused")
    if refused:
        return Ruling(False, "refused")
    if normalise(bare(given.answer)) == normalise(bare(given.reference)):
        return Ruling(True, "same_text")
    against = difference(given.question, given.reference, given.answer)
    return Ruling(False, against) if against else None


def difference(question: str, reference: str, answer: str) -> str:
    """In which slot ``answer`` contradicts ``reference``; "" where nothing speaks against it. What the question names
    is repeated by both and decides nothing."""
    asked = _slots(question)
    wanted, found = _slots(reference), _slots(answer)
    wanted_own, found_own = _without(wanted, asked), _without(found, asked)
    against = contradiction(wanted_own, found_own) or _replaced(wanted_own, found_own)
    if against:
        return against
    turned = opposed(wanted, found)
    same = (wanted.values, wanted.codes, wanted.names) == (found.values, found.codes, found.names)
    return turned if turned and same and (turned == "yes" or _alike(reference, answer)) else ""


def _replaced(wanted: Slots, found: Slots) -> str:
    """The quantity, code or numbered part of which the answer leaves out one and tells another instead."""
    ours, theirs = wanted.quantities(), found.quantities()
    for quantity in sorted(ours.keys() & theirs.keys()):
        if ours[quantity] - theirs[quantity] and theirs[quantity] - ours[quantity]:
            return quantity or "number"
    for name, own, said in (("code", wanted.codes, found.codes), ("part", wanted.names, found.names)):
        if own - said and said - own:
            return name
    return ""


def _alike(reference: str, answer: str) -> bool:
    """Whether the two say it in so nearly the same words that an opposite is the difference between them: "the lid is
    open" is no contradiction of "close the lid"."""
    ours, theirs = shingles(bare(reference), 2), shingles(bare(answer), 2)
    return len(ours & theirs) >= ALIKE * len(ours | theirs)


def _slots(text: str) -> Slots:
    """An amount is looked for where a word begins; in Japanese a number stands against the word before it."""
    return slots_of(_AGAINST.sub(" ", bare(text)))


def _without(slots: Slots, asked: Slots) -> Slots:
    return replace(
        slots, values=slots.values - asked.values, codes=slots.codes - asked.codes, names=slots.names - asked.names
    )
