"""Atomic facts: what the tables of manuals state, one cell a fact, with the wordings it is told and asked in.

A table is the one place of a manual whose statements can be taken out whole and without a model: this row, this column,
this value. They carry the figures that hurt when they are wrong. Told in other words they are what continual
pre-training lacks in a small corpus (EntiGraph, Yang et al. 2024); asked, they are questions nobody had to write.
Wordings of the test are never those of training.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from index.passage import Lang, Manual, Passage
from index.text import normalise

LONGEST = 160  # characters of a value; a longer one is a procedure, not a fact
SHORTEST = 2
_ROW_KINDS = ("table", "alarm", "symptom")
_CAPTION = re.compile(r"\s*(?:表|図|Table|Fig(?:ure|\.)?)\s*[A-Z\d][\d.\-]*(?=\s|[:：]|$)", re.IGNORECASE)
_REFERENCE = re.compile(r"^(?:see|参照)?\s*(?:section)?\s*[\d.\-–/, ]+\s*(?:節|章|項)?(?:参照|を見る)?$", re.IGNORECASE)

TOLD: Mapping[Lang, tuple[str, ...]] = {
    "en": (
        "{machine}, {subject}: the {attribute} is {value}",
        "On the {machine} the {attribute} of {subject} reads: {value}",
        "{attribute} of {subject} ({machine}) = {value}",
        "Looking up {subject} in the manual of the {machine}: {attribute} {value}",
        "The manual of the {machine} gives {value} as the {attribute} of {subject}",
        "{subject} on the {machine} has this {attribute}: {value}",
    ),
    "ja": (
        "{machine}の{subject}の{attribute}は、{value}",
        "{subject}（{machine}）: {attribute}は{value}",
        "{machine}では、{subject}について{attribute}が「{value}」と定められている",
        "{machine}のマニュアルで{subject}を引くと、{attribute}: {value}",
        "{value} は、{machine}の{subject}の{attribute}である",
        "{subject} の {attribute} = {value}（{machine}）",
    ),
}
ASKED: Mapping[Lang, tuple[str, ...]] = {
    "en": (
        "What is the {attribute} of {subject} on the {machine}?",
        "{machine} {subject}: {attribute}?",
        "Tell me the {attribute} for {subject} of the {machine}.",
        "I need the {attribute} of {subject} ({machine}).",
    ),
    "ja": (
        "{machine}の{subject}の{attribute}は?",
        "{subject}（{machine}）の{attribute}を教えて",
        "{machine} {subject} {attribute}",
        "{machine}で{subject}の{attribute}が知りたい",
    ),
}
TESTED: Mapping[Lang, tuple[str, ...]] = {
    "en": (
        "In the manual of the {machine}, which {attribute} is given for {subject}?",
        "Somebody asks about {subject} of the {machine}. What should be said as its {attribute}?",
    ),
    "ja": (
        "{machine}のマニュアルでは、{subject}の{attribute}はどうなっていますか?",
        "{subject}のことを聞かれました。{machine}での{attribute}は何と答えればよいですか?",
    ),
}


@dataclass(frozen=True, slots=True)
class Fact:
    """``subject`` is what the row is about, under ``key`` ("Code"), ``attribute`` the column, ``value`` the cell as it
    is printed. ``id`` stays the same while these do. ``document`` is the manual's file name."""

    id: str
    document: str
    machine: str
    lang: Lang
    section: str
    key: str
    subject: str
    attribute: str
    value: str

    def told(self, wording: int) -> str:
        return self._said(TOLD[self.lang], wording)

    def asked(self, wording: int) -> str:
        return self._said(ASKED[self.lang], wording)

    def tested(self, wording: int) -> str:
        return self._said(TESTED[self.lang], wording)

    def _said(self, wordings: Sequence[str], wording: int) -> str:
        return wordings[wording % len(wordings)].format(
            machine=self.machine, subject=self.subject, attribute=self.attribute, value=self.value
        )


def facts_of(manual: Manual, passages: Iterable[Passage]) -> list[Fact]:
    """The facts of a manual's tables, each once, in the order of the manual."""
    machine = manual.machines[0] if manual.machines else machine_of(manual.title)
    found: dict[tuple[str, str, str], Fact] = {}
    doubtful: set[tuple[str, str, str]] = set()
    for passage in passages:
        if passage.kind not in _ROW_KINDS:
            continue
        for cells in rows_of(passage):
            key, subject = cells[0]
            for attribute, value in cells[1:]:
                place = (key, subject, attribute)
                if not _is_fact(subject, attribute, value):
                    continue
                if place in found and normalise(found[place].value) != normalise(value):
                    doubtful.add(place)  # two tables say it differently: of different things
                fact = Fact(
                    _id(manual.name, key, subject, attribute), manual.name, machine, passage.lang,
                    " > ".join(passage.section), key, subject, attribute, value,
                )  # fmt: skip
                found.setdefault(place, fact)
    return [fact for place, fact in found.items() if place not in doubtful]


def machine_of(title: str) -> str:
    """What a manual's machine is called: the product name in its title, else the title."""
    name = re.search(r"\b[A-Z]{1,6}-?\d[\w-]*", title)
    return name[0] if name else title


def rows_of(passage: Passage) -> Iterator[list[tuple[str, str]]]:
    """The rows of a passage as (column, cell): a line a row, or the whole passage where each line is a field."""
    lines = [line for line in passage.text.split("\n") if line.strip() and not _CAPTION.match(line)]
    if passage.kind in ("alarm", "symptom"):
        cells = [_cell(line) for line in lines]
        if len(cells) > 1 and all(cells):
            yield [cell for cell in cells if cell]
        return
    for line in lines:
        cells = [_cell(part) for part in line.split(" / ")]
        if len(cells) > 1 and all(cells):
            yield [cell for cell in cells if cell]


def siblings(facts: Sequence[Fact]) -> dict[str, list[Fact]]:
    """For each fact's id the others of the same column of the same manual: "similar but not the same"."""
    columns: defaultdict[tuple[str, str, str], list[Fact]] = defaultdict(list)
    for fact in facts:
        columns[fact.document, fact.key, fact.attribute].append(fact)
    return {
        fact.id: [other for other in columns[fact.document, fact.key, fact.attribute] if differs(fact, other)]
        for fact in facts
    }


def differs(fact: Fact, other: Fact) -> bool:
    """Whether the value of ``other`` would be wrong for ``fact``: neither holds the other."""
    ours, theirs = normalise(fact.value), normalise(other.value)
    return fact.id != other.id and ours not in theirs and theirs not in ours


def _cell(text: str) -> tuple[str, str] | None:
    column, mark, value = text.partition(": ")
    return (column.strip(), value.strip()) if mark and column.strip() and value.strip() else None


def _is_fact(subject: str, attribute: str, value: str) -> bool:
    if not SHORTEST <= len(value) <= LONGEST or not any(sign.isalnum() for sign in value):
        return False
    if len(subject) > 60 or subject.isdigit() or _REFERENCE.match(value):
        return False
    return normalise(value) not in (normalise(subject), normalise(attribute))


def _id(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:12]
