"""Beside: how much of what a question is about stands together with the action or the value that it asks for.

A manual that describes a part need not say how it is replaced, nor how tight its screws are. So the question is read
as a subject (its words without those that say what is asked of it) and an action or a quantity. The measure is the
share (0 to 1) of the subject that the best line, row or section with that action or quantity holds, against the best
passage at all. Where no passage holds most of the subject nothing can be told, and the measure is 1.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from string import ascii_lowercase

from index.codes.find import find_codes
from index.passage import Hit, Lang, Manual, Passage
from index.passages.sentences import sentences
from index.search.actions import Action, actions_in, asked_actions, asks_how, plain
from index.search.glossary import Glossary
from index.search.lookalikes import MARK
from index.search.matters import asked_matters
from index.search.names import machine_names, squeezed
from index.search.quantity import Quantity, asked_quantities, gives
from index.search.question import Question, understand
from index.search.rank import Fields, Weighed
from index.text import informative, terms

Rarity = Callable[[Iterable[str]], Mapping[str, float]]
Read = Callable[[Iterable[str]], Mapping[Lang, Fields]]
LEAST_DESCRIBED = 0.6  # a subject of which less stands in any passage is not described: words decide, not this
LEAST_SAYABLE = 0.6  # a subject of which less can be said in a language cannot be missed there
MANY = 20  # candidates of a manual that are enough to say that it gives no value of a kind
_LANGS: tuple[Lang, ...] = ("ja", "en")
_REMARKS = frozenset({"table", "alarm", "symptom"})  # kinds of passages that say that a part is due, not how
_FRAME = re.compile(
    r"手順|方法|やり方|仕方|しかた|どうやって|どうやる|どうすれば|どうする|順番|順序|段取り|教えて|知りたい|ください"
    r"|新品|新しい|割れた|古い|丸ごと|そのもの|本体|自体|いくつ|だけ|全部|最初|種類"
    r"|\bhow (?:do|can|to|should) (?:i|we|you)?|\b(?:one|two|three|four|both|all|please|steps?|procedure|order|way"
    r"|proper|new|old|complete|whole|should|needs?|allowed)\b",
    re.IGNORECASE,
)
_PARTS_TABLE = re.compile(r"部品|消耗|寿命|\b(?:spare|wear|parts?|life)\b", re.IGNORECASE)
_CALLED_PART = re.compile(r"(?:品番|番号|型番|型式|\b(?:part|order)(?:ing)? (?:no|number))\W{0,3}\S*\d", re.IGNORECASE)
_HEADER = re.compile(r"(?:^|(?<= / ))[^:/。、]{1,30}: ")
_NUMBER = re.compile(r"^\s*(?:[A-Z]\.)?[\d.]+\s*")
_SYMBOL = re.compile(r"([a-z]{1,5})[_.-]?(\d+)[a-z]?")
_SIGN = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{1,5}\d+[A-Za-z]?(?![A-Za-z0-9])")
_RANGE = re.compile(r"\d\s*(?:[~～〜–-]|to|through|から)\s*[A-Za-z]*\d", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Beside:
    """``value``, ``procedure``: the measure for the quantity and the action that the question asks for; 1 where it asks
    for none, or where it cannot be told."""

    value: float = 1.0
    procedure: float = 1.0


def look_beside(
    asked: Question,
    manuals: Sequence[Manual],
    hits: Sequence[Hit],
    rarity: Rarity,
    words: Glossary,
    read: Read,
) -> Beside:
    """How well ``hits`` (all candidates, not only those shown) hold the value or the procedure that is ``asked``. A
    question that names a machine is answered from its manual, or from a passage that names the machine too. ``read``
    tells where some terms stand in the passages of ``hits``."""
    matters = asked_matters(asked.text)
    quantities = () if matters else asked_quantities(asked.text)  # "how long is the warranty" asks for no length
    actions = asked_actions(asked.text) if asks_how(asked.text) else ()
    about_alarm = any(code.kind in ("alarm", "flag", "parameter") for code in asked.codes)
    if not quantities and not matters and (not actions or about_alarm):
        return Beside()
    names = frozenset(name for manual in manuals if manual.id in asked.named for name in machine_names(manual))
    spoken = [hit for hit in hits if not asked.named or hit.manual.id in asked.named or _speaks_of(hit, names)]
    own = [hit for hit in spoken if not asked.named or hit.manual.id in asked.named]
    subject = _Subject.of(asked, manuals, rarity, words, quantities, read).at_home(spoken)
    seen = len(own) >= MANY or any(subject.is_sayable(hit.passage.lang) for hit in own)
    if quantities and asked.named and seen and not any(gives(quantities, hit.passage.text) for hit in own):
        return Beside(value=0.0)
    if matters and not any(gives(matters, hit.passage.text) for hit in own):
        return Beside(value=0.0)  # nobody tells such a thing of anything that the question is about
    best = _most((subject.held(hit) for hit in own), 1.0)
    if best < LEAST_DESCRIBED:
        return Beside()
    value = procedure = 1.0
    if quantities:
        value = _best(subject, spoken, partial(_values, subject, quantities), best) / best
    if actions and not about_alarm:
        procedure = _best(subject, spoken, partial(_tellings, subject, actions), best) / best
    return Beside(min(1.0, value), min(1.0, procedure))


def _most(shares: Iterable[float], enough: float) -> float:
    """The greatest of ``shares``, 0 where there is none; the first that is ``enough`` will do, and no more is made."""
    most = 0.0
    for share in shares:
        most = max(most, share)
        if most >= enough:
            break
    return most


def _best(subject: _Subject, hits: Iterable[Hit], shares: Callable[[Hit], Iterator[float]], enough: float) -> float:
    """As ``_most`` of the shares of all ``hits``. No line holds more than its passage, so the lines of a passage are
    read only where it holds more than the best line yet: reading them costs ten times as much."""
    most = 0.0
    for hit in hits:
        if subject.held_by_name(hit) > most:
            most = max(most, _most(shares(hit), enough))
            if most >= enough:
                break
    return most


@dataclass(frozen=True, slots=True)
class _Subject:
    """``symbols``: its names of parts and signals as (letters, number), ("m", "2") for M2; ``weighed``: its concepts by
    language; ``unsigned``: those without symbols, for a manual that calls the part by its name alone; ``whole``: by
    passage id, how much of either the passage holds as a whole; ``symbolic``: ids of the passages whose text names
    one of the symbols; ``machines``: the product names of all manuals, which are no part numbers; ``homes``: ids of the
    manuals that know its symbols."""

    question: Question
    weighed: Mapping[Lang, Weighed]
    unsigned: Mapping[Lang, Weighed]
    whole: Mapping[str, tuple[float, float]]
    actions: tuple[Action, ...]
    symbols: frozenset[tuple[str, str]]
    symbolic: frozenset[str]
    machines: frozenset[str]
    homes: frozenset[str] = frozenset()

    @classmethod
    def of(
        cls, asked: Question, manuals: Sequence[Manual], rarity: Rarity, words: Glossary,
        quantities: Sequence[Quantity], read: Read,
    ) -> _Subject:  # fmt: skip
        text = plain(asked.text)
        for quantity in quantities:
            text = quantity.noun.sub(" ", quantity.asked.sub(" ", text))
        actions = actions_in(text)
        for code in reversed(find_codes(text)):
            if code.kind == "part":  # a part number stands in the parts list only, and beside the part's name
                text = f"{text[: code.start]} {text[code.end :]}"
        for pattern in (*(action.asked for action in actions), _FRAME):
            text = pattern.sub(" ", text)
        question = understand(text, manuals, words)
        bare = _SIGN.sub(" ", text)
        unsigned = understand(bare, manuals, words) if bare != text else question
        every = dict.fromkeys(term for said in (question, unsigned) for lang in _LANGS for term in said.terms(lang))
        rare = rarity(every)
        weighed, without = (
            {lang: Weighed.of(said.concepts[lang], rare) for lang in _LANGS} for said in (question, unsigned)
        )
        machines = frozenset(name for manual in manuals for name in machine_names(manual))
        symbols = _symbols(question.terms(asked.lang))
        forms = _forms(symbols)
        fields = read(term for term in dict.fromkeys((*every, *forms)) if term[:1] != MARK)
        whole = dict[str, tuple[float, float]]()
        for lang, held in fields.items():
            signed = weighed[lang].relevances(held)
            nameless = without[lang].relevances(held) if unsigned is not question else signed
            pairs = zip(signed, nameless, strict=True)
            whole |= zip(held.ids, ((one.support, other.support) for one, other in pairs), strict=True)
        symbolic = frozenset().union(*(held.said(forms) for held in fields.values()))
        return cls(question, weighed, without, whole, actions, symbols, symbolic, machines)

    def at_home(self, hits: Sequence[Hit]) -> _Subject:
        known = set[str]()
        for hit in hits if self.symbols else ():
            if hit.manual.id not in known and self.has_symbol(hit.passage):
                known.add(hit.manual.id)
        return replace(self, homes=frozenset(known))

    def has_symbol(self, passage: Passage) -> bool:
        """Whether the passage's text names one of the symbols."""
        return passage.id in self.symbolic

    def is_sayable(self, lang: Lang) -> bool:
        return bool(self.question.concepts[lang]) and self.question.reach[lang] >= LEAST_SAYABLE

    def held(self, hit: Hit, text: str | None = None) -> float:
        """The share of the subject that ``text`` (the passage's own where there is none given) and the headings of
        ``hit`` hold beyond the manual's title; 0 where too little of it can be said in the passage's language."""
        if not self.is_sayable(hit.passage.lang):
            return 0.0
        return self._share(self.weighed, hit, text)

    def held_by_name(self, hit: Hit, text: str | None = None) -> float:
        """The same, or the share of the subject without its symbols if that is more, in a manual that knows them."""
        by_name = self.symbols and (not self.homes or hit.manual.id in self.homes)
        return max(self.held(hit, text), self._share(self.unsigned, hit, text) if by_name else 0.0)

    def _share(self, of_lang: Mapping[Lang, Weighed], hit: Hit, text: str | None) -> float:
        said, title = of_lang[hit.passage.lang], _terms(hit.manual.title)
        if not said.parts:
            return 0.0
        titled = said.support(title)
        if titled >= 1.0:
            return 0.0
        if text is None:
            held = self.whole[hit.passage.id][of_lang is self.unsigned]
        else:
            held = said.support(_terms(text), title, *map(_terms, _place(hit.passage)))
        return (held - titled) / (1.0 - titled)

    def of_sibling(self, text: str) -> bool:
        """Whether ``text`` speaks of M1 where the subject is M2."""
        there = _symbols(_terms(text))
        letters = {family for family, _ in there}
        missed = any(symbol[0] in letters and symbol not in there for symbol in self.symbols)
        return missed and not _RANGE.search(text)

    def holds_part(self, text: str) -> bool:
        """Whether ``text`` holds a part number: one that is called so, or a code that is neither an alarm's nor a
        machine's name."""
        parts = (code.canonical for code in find_codes(text) if code.kind == "part")
        return bool(_CALLED_PART.search(text)) or any(part not in self.machines for part in parts)

    def shares(self, text: str) -> bool:
        """Whether ``text`` holds a word of the subject in either language."""
        there = set(_terms(text))
        return any(term in there for lang in _LANGS for term in self.question.terms(lang))


def _values(subject: _Subject, quantities: tuple[Quantity, ...], hit: Hit) -> Iterator[float]:
    """The share of the subject on each line that gives one of ``quantities``; where an interval is asked for, of the
    lines that tell of the same action."""
    due = subject.actions if any(quantity.name == "interval" for quantity in quantities) else ()
    ordered = {quantity.name for quantity in quantities} == {"part number"}
    heading = " ".join(hit.passage.section[-1:])
    caption = hit.passage.text.partition("\n")[0] if hit.passage.kind == "table" else ""
    for line in _lines(hit.passage):
        if not gives(quantities, line, caption) or subject.of_sibling(line):
            continue
        if ordered and not subject.holds_part(line):
            continue
        told = f"{heading} {line}"
        if due and not any(action.told.search(plain(told)) for action in due) and not _PARTS_TABLE.search(heading):
            continue
        yield subject.held_by_name(hit, line)


def _tellings(subject: _Subject, actions: tuple[Action, ...], hit: Hit) -> Iterator[float]:
    """The share of the subject in the passage, where a heading tells of the action and of the subject (or of nothing
    else), and on each line that tells of the action."""
    passage = hit.passage
    for action in actions:
        if action.of_parts and passage.kind in _REMARKS:
            continue
        if any(_is_about(subject, action, heading, passage) for heading in passage.section):
            yield subject.held_by_name(hit)
            continue
        for line in _lines(passage):
            if action.told.search(plain(_HEADER.sub(" ", line))) and not subject.of_sibling(line):
                yield subject.held(hit, line)


def _is_about(subject: _Subject, action: Action, heading: str, passage: Passage) -> bool:
    if not action.told.search(plain(heading)) or subject.of_sibling(heading):
        return False
    rest = _FRAME.sub(" ", action.told.sub(" ", plain(_NUMBER.sub("", heading))))
    named = [term for term in _terms(rest) if informative(term)]
    return not named or subject.shares(rest) or subject.has_symbol(passage)


def _speaks_of(hit: Hit, machines: frozenset[str]) -> bool:
    text = squeezed(hit.passage.text)
    return any(name in text for name in machines)


def _place(passage: Passage) -> tuple[str, ...]:
    """The headings of a passage, and of an alarm's or symptom's row its name."""
    rows = [line.partition(": ")[2] for line in passage.text.split("\n")[:2]]
    return (*passage.section, *(rows if passage.kind == "alarm" else rows[:1] if passage.kind == "symptom" else ()))


def _lines(passage: Passage) -> Iterator[str]:
    for line in passage.text.split("\n"):
        if " / " in line or passage.kind in ("table", "symptom"):
            yield line
        else:
            yield from sentences(line)


@lru_cache(maxsize=8192)
def _terms(text: str) -> tuple[str, ...]:
    return tuple(terms(text))


def _symbols(held: Iterable[str]) -> frozenset[tuple[str, str]]:
    return frozenset((match[1], match[2]) for term in held if (match := _SYMBOL.fullmatch(term)))


def _forms(symbols: Iterable[tuple[str, str]]) -> frozenset[str]:
    """All that ``_SYMBOL`` reads as one of ``symbols``."""
    return frozenset(
        f"{letters}{mark}{number}{detail}"
        for letters, number in symbols
        for mark in ("", "_", ".", "-")
        for detail in ("", *ascii_lowercase)
    )
