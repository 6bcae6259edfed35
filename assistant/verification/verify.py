"""Verification: a sentence of the model is shown only if one quoted passage says it in these words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from assistant.answer import Quote, Sentence
from assistant.facts import facts_of, missing_numbers
from assistant.verification.atoms import CITATION, Atom, atoms_of, lines_of
from assistant.verification.copying import MAX_BORDERS, Copy, Place, copy_of
from assistant.verification.implied import implied_by
from assistant.verification.rewording import rewordings
from index.text import informative, terms

LONGEST = 2000  # characters; nothing longer is a sentence
MAX_HEADING_ATOMS = 16  # a sentence may begin with this much of a heading before it goes on with the text
_FORBIDS = re.compile(
    r"禁止|厳禁|(?:しない|せぬ)こと|ては(?:いけ|なら)ない|ないでください|"
    r"\b(?:do not|don't|never|prohibited|forbidden|must not)\b",
    re.IGNORECASE,
)
_SECTION_NUMBER = re.compile(r"^\s*[\d.\-]+\s+")
_SPACED_END = re.compile(r"\s+([。.])(?!\d)")  # not that of ".001"


def verify_sentence(text: str, quotes: Sequence[Quote]) -> Sentence:
    """Check ``text`` against the passages it cites; without any citation, against all of ``quotes``.

    Supported means: a passage, under its headings, says it in the same words and the same order, with the same
    numbers, units, codes and negations. Particles, politeness, list marks, spellings and the order of clauses may
    differ, and what tells nothing new may be left out (see copying and rewording). A citation that does not exist is
    never supported. Sentences of one answer: see telling.
    """
    return verify_where(text, quotes)[0]


def verify_where(text: str, quotes: Sequence[Quote]) -> tuple[Sentence, tuple[Place, ...]]:
    """As verify_sentence, with the places in the cited quote's text that say it; () where a heading says it."""
    by_number = {quote.number: quote for quote in quotes}
    cited = list(dict.fromkeys(int(number) for number in CITATION.findall(text)))
    plain = _SPACED_END.sub(r"\1", CITATION.sub("", text)).strip()
    invented = [number for number in cited if number not in by_number]
    if invented:
        return Sentence(plain, (), False, f"cites [{invented[0]}], which does not exist"), ()
    if "\ufffd" in plain:
        return Sentence(plain, (), False, "holds broken characters"), ()
    if len(plain) > LONGEST:
        return Sentence(plain[:LONGEST], (), False, "too long for a sentence"), ()
    if not _says_something(atoms_of(plain).atoms):
        return Sentence(plain, (), False, "says nothing"), ()
    candidates = [by_number[number] for number in cited] or list(quotes)
    for quote in candidates:
        places = _places(quote, plain)
        if places is not None:
            return Sentence(plain, (quote.number,), True), places
    return Sentence(plain, (), False, _reason(plain, candidates)), ()


def _says_something(atoms: Sequence[Atom]) -> bool:
    """False for numbers and particles alone: of what they are the value could not be checked."""
    return any(atom.kind in ("ident", "kanji") for atom in atoms) or any(
        informative(atom.key) or len(atom.key) > 2 for atom in atoms if atom.kind in ("word", "kana")
    )


def _places(quote: Quote, plain: str) -> tuple[Place, ...] | None:
    """Where ``quote`` holds the sentence; None where it does not."""
    source = _source(quote.hit.manual.title, quote.hit.passage.section, quote.text)
    said = atoms_of(plain)
    if source.forbids and not any(line.negative for line in said.lines):
        return None  # what stands under "Never do this" is no instruction
    if all(atom.mark for atom in said.atoms):
        return None
    mark = said.lines[0].number
    others = []
    for other in rewordings(plain):
        atoms = [atom for atom in atoms_of(other.text).atoms if not atom.mark]
        found = source.whole.places(atoms, mark, other.claim, 0 if other.moved else MAX_BORDERS)
        if found:
            above = source.above
            return tuple(Place(place.line - above, place.sentence) for place in found if place.line >= above)
        others.append((atoms, other.claim))
    if _under_heading(quote, source.headings, others[0][0]):
        return ()
    return _implied_places(quote.text, [atoms for atoms, claim in others if not claim], mark)


def _implied_places(text: str, others: Sequence[Sequence[Atom]], mark: str) -> tuple[Place, ...] | None:
    """Where ``text`` says one of ``others`` without printing it (see implied); None where it does not."""
    for implied in implied_by(text):
        copy = copy_of(implied.text)
        if any(copy.places(atoms, mark, borders=0) for atoms in others):
            sentence = next(atom.sentence for atom in atoms_of(text).atoms if atom.line == implied.line)
            return (Place(implied.line, sentence),)
    return None


def _under_heading(quote: Quote, headings: Sequence[str], said: Sequence[Atom]) -> bool:
    """Whether the sentence begins with a heading's words and goes on with the text's. A code in a heading speaks for
    the text only where the text names no other code."""
    body = copy_of(quote.text)
    for heading in headings:
        above = atoms_of(heading)
        codes = {atom.key for atom in above.atoms if atom.kind == "ident"}
        others = {atom.key for atom in atoms_of(quote.text).atoms if atom.kind == "ident"} - codes
        for cut in range(1, min(MAX_HEADING_ATOMS, len(said) - 1) + 1):
            head, rest = said[:cut], said[cut:]
            named = any(atom.kind == "ident" for atom in head)
            if named and others:
                break
            if rest[0].kind == "kana" and rest[0].key in ("は", "が", "の"):
                rest = rest[1:]
            if rest and copy_of(heading).holds(head) and body.holds(rest):
                return True
    return False


@lru_cache(maxsize=256)
def _cleaned(heading: str) -> str:
    return _SECTION_NUMBER.sub("", heading)


def _headings(quote: Quote) -> tuple[str, ...]:
    return _source(quote.hit.manual.title, quote.hit.passage.section, quote.text).headings


@dataclass(frozen=True, slots=True)
class _Source:
    """What is compared of a quote, whatever is said: ``headings``, the manual's title and the heading path without
    section numbers, ``above`` lines of them; whether one ``forbids``; ``whole``: the text under them."""

    headings: tuple[str, ...]
    above: int
    forbids: bool
    whole: Copy


@lru_cache(maxsize=24)
def _source(title: str, section: tuple[str, ...], text: str) -> _Source:
    headings = tuple(_cleaned(heading) for heading in (title, *section) if heading.strip())
    whole = copy_of("\n".join([*headings, text]))
    return _Source(headings, len(lines_of("\n".join(headings))), any(map(_FORBIDS.search, headings)), whole)


def _reason(plain: str, candidates: Sequence[Quote]) -> str:
    """Why no passage holds the sentence, for people who look into it."""
    if not candidates:
        return "no source"
    said = facts_of(plain)
    sources = [facts_of("\n".join([*_headings(quote), quote.text])) for quote in candidates]
    numbers = min((missing_numbers(said, source) for source in sources), key=len)
    if numbers:
        return f"{', '.join(sorted(numbers))} does not stand there"
    codes = min((said.codes - source.codes for source in sources), key=len)
    if codes:
        return f"{', '.join(sorted(codes))} does not stand there"
    if said.negations and not any(source.negations for source in sources):
        return "says no where the source does not"
    held = [set(terms("\n".join([*_headings(quote), quote.text]))) for quote in candidates]
    words = [term for term in terms(plain) if informative(term)]
    strange = min(([word for word in words if word not in there] for there in held), key=len)
    return f"{strange[0]} does not stand there" if strange else "the source does not say it like that"


class SentenceSplitter:
    """Cuts a stream of text into whole sentences, each with the citations behind it. The sentences do not depend on
    how the stream is cut into pieces."""

    def __init__(self) -> None:
        self._text = ""

    def feed(self, piece: str) -> Iterator[str]:
        """The sentences that ``piece`` completes."""
        self._text += piece
        while (cut := _cut(self._text)) is not None:
            sentence, self._text = self._text[:cut].strip(), self._text[cut:]
            if sentence:
                yield sentence

    def finish(self) -> Iterator[str]:
        """What is left at the end of the stream; an unfinished sentence too."""
        rest, self._text = self._text.strip(), ""
        if rest:
            yield rest


_END = re.compile(r"(?P<sure>[。!?！？])|(?P<point>\.)(?=\s|\[|$)|(?P<line>\n)")
_CITED = re.compile(r"(?:[ \t]*\[\d{1,2}\])+[。.]?")
_MAY_BE_CITED = re.compile(r"[ \t]*(?:\[\d{0,2})?\Z")
_ABBREVIATION = re.compile(
    r"(?:^|[\s(])"
    r"(?:e\.g|i\.e|etc|cf|vs|no|nos|fig|figs|approx|max|min|p|pp|sec|ch|dia|ref|vol|rev|pr|al|dr|st|incl)$",
    re.IGNORECASE,
)
_LIST_NUMBER = re.compile(r"(?:^|\n)\s*\(?\d{1,2}$")


def _cut(text: str) -> int | None:
    """Where the first sentence of ``text`` ends for certain, whatever comes next; None if that is not known yet."""
    for match in _END.finditer(text):
        if match["point"]:
            before = text[: match.start()]
            if match.end() >= len(text) or _ABBREVIATION.search(before) or _LIST_NUMBER.search(before):
                continue
        end = match.end()
        while cited := _CITED.match(text, end):
            end = cited.end()
        if _MAY_BE_CITED.match(text, end):
            return None  # a citation may still come
        return end
    return None
