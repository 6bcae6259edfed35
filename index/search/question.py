"""Question: what a question names (codes, machines) and the terms that each language's passages are searched for."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from index.codes.find import Code, find_codes
from index.codes.readings import in_digits
from index.passage import Lang, Manual
from index.search.glossary import Glossary, Known
from index.search.lookalikes import alike
from index.search.names import machine_names, mentions
from index.search.nicknames import SiteWord, site_words
from index.text import informative, language, normalise, terms

__all__ = ["Concept", "Question", "Variant", "machine_names", "understand"]

SITE_WORD = 0.95  # another word of the site's own list: an admin said that it means the same
TRANSLATED = 0.8  # a translated word beside one that the question holds itself
IDENTIFIER = 1.5  # a name of a part or signal (PS1, CN5): it means one thing
SYNONYM = 0.7  # another word of the same language
MISREAD = 0.95  # a word that OCR may have misread
KANA_PAIR = 0.5  # weight of a pair with hiragana in it: endings and particles far more often than words
_LANGS: tuple[Lang, ...] = ("ja", "en")
_OTHER: dict[Lang, Lang] = {"ja": "en", "en": "ja"}
_IDENTIFIER = re.compile(r"[a-z]{1,5}[\d_.-]*\d[a-z]?")
_MAYBE_CODE = re.compile(r"(?<![A-Za-z0-9])([A-Za-z]{1,4})[ .\-]?(\d{2,5})(?![A-Za-z0-9])")
_WANTS_STEPS = re.compile(
    r"手順|方法|やり方|仕方|しかた|どうやって|どうすれば|どうする|し方|り方|え方|け方|順番"
    r"|how (?:do|can|to|should)|steps?\b|procedure",
    re.IGNORECASE,
)
_HIRAGANA = re.compile("[ぁ-ゖ]")
_JAPANESE = re.compile("[ぁ-ゖァ-ヺーヽヾ㐀-䶿一-鿿豈-﫿々〆]")


@dataclass(frozen=True, slots=True)
class Variant:
    """One way to say a concept, as search terms. ``sureness`` (0 to 1) is less for words that the question did not use;
    those count only where most of their terms stand (``whole``)."""

    terms: tuple[str, ...]
    sureness: float = 1.0
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Concept:
    """One thing a question asks for; a passage holds it as well as it holds its best variant. ``weight`` is how many
    terms of the question it stands for, before term rarity."""

    variants: tuple[Variant, ...]
    weight: float


@dataclass(frozen=True, slots=True)
class Question:
    """What a question asks.

    ``codes``: what it asks about, machine names taken out; ``maybe_codes``: forms that are codes if a manual has them
    ("R1105" for R-1105); ``named``: ids of the manuals whose machine it names by its product name, ``meant``: those it
    names in words ("the palletiser"); ``wants_steps``: whether it asks how to do something; ``concepts``: what passages
    of each language are searched for; ``reach``: the share (0 to 1) of the question's words that could be said in that
    language; ``site``: the words of the site's own list that it says, applied to all of these.
    """

    text: str
    lang: Lang
    codes: tuple[Code, ...]
    maybe_codes: tuple[str, ...]
    named: frozenset[str]
    meant: frozenset[str]
    wants_steps: bool
    concepts: Mapping[Lang, tuple[Concept, ...]]
    reach: Mapping[Lang, float]
    site: tuple[SiteWord, ...] = ()

    def terms(self, lang: Lang) -> tuple[str, ...]:
        """All search terms for passages of ``lang``."""
        held = (term for concept in self.concepts[lang] for variant in concept.variants for term in variant.terms)
        return tuple(dict.fromkeys(held))


def understand(text: str, manuals: Iterable[Manual], glossary: Glossary) -> Question:
    """What ``text`` asks, given the manuals that there are."""
    manuals = list(manuals)
    text = in_digits(unicodedata.normalize("NFKC", text))
    lang = language(text)
    codes = find_codes(text)
    named = mentions(text, manuals, codes)
    site = site_words(text, manuals, glossary)
    machines = [(word.start, word.end) for word in site if word.named]
    machines += [(start, end) for _, start, end in named]
    rest = _without(text, [*machines, *((word.start, word.end) for word in site)])
    own = {term: _weight(term) for term in dict.fromkeys(terms(rest)) if informative(term)}
    known = glossary.look_up(rest, lang)
    other = _OTHER[lang]
    from_site = {of: _of_site([word for word in site if not word.named], of) for of in _LANGS}
    translated, reach = _translated(known, lang, own, from_site[other])
    concepts = {lang: (*from_site[lang], *_in_own_words(known, own)), other: translated}
    if any(manual.coverage.ocr for manual in manuals):
        concepts = {of: tuple(map(_with_lookalikes, said)) for of, said in concepts.items()}
    meant = _meant(known, lang, manuals, glossary).union(*(word.meant for word in site))
    return Question(
        text=text,
        lang=lang,
        codes=tuple(c for c in codes if not any(start < c.end and c.start < end for start, end in machines)),
        maybe_codes=(*_maybe_codes(text, codes, machines), *(code for word in site for code in word.codes)),
        named=frozenset(manual for manual, _, _ in named).union(*(word.named for word in site)),
        meant=meant,
        wants_steps=asks_how(text),
        concepts=concepts,
        reach={lang: 1.0, other: reach},
        site=site,
    )


def asks_how(text: str) -> bool:
    """Whether a question asks how to do something."""
    return bool(_WANTS_STEPS.search(text))


def _maybe_codes(text: str, codes: Sequence[Code], machines: Sequence[tuple[int, int]]) -> tuple[str, ...]:
    """Letters and digits outside of any code or machine found."""
    taken = [*((code.start, code.end) for code in codes), *machines]
    free = (m for m in _MAYBE_CODE.finditer(text) if not any(s < m.end() and m.start() < e for s, e in taken))
    return tuple(dict.fromkeys(match[1].upper() + match[2] for match in free))


def _meant(known: Sequence[Known], lang: Lang, manuals: Sequence[Manual], glossary: Glossary) -> frozenset[str]:
    """The manuals whose title shares a phrase with the question, in either language; a phrase that half of the titles
    hold ("manual", "line") means none of them."""
    asked = {(lang, normalise(entry.phrase)) for entry in known}
    asked |= {(_OTHER[lang], normalise(phrase)) for entry in known for phrase in entry.translations}
    asked |= {(lang, normalise(phrase)) for entry in known for phrase in entry.synonyms}
    titled = glossary.titled(tuple((manual.id, manual.title) for manual in manuals))
    told = (titled[phrase] for phrase in asked if phrase in titled)
    return frozenset(manual for ids in told if len(ids) * 2 <= len(manuals) for manual in ids)


def _in_own_words(known: Sequence[Known], own: Mapping[str, float]) -> tuple[Concept, ...]:
    """Concepts for passages in the question's language: its known phrases with their synonyms, then its other terms."""
    concepts: list[Concept] = []
    taken: set[str] = set()
    for entry in known:
        phrase = tuple(term for term in dict.fromkeys(terms(entry.phrase)) if term in own and term not in taken)
        if phrase:
            taken.update(phrase)
            synonyms = (Variant(said, SYNONYM, True) for said in _said(entry.synonyms))
            concepts.append(Concept((Variant(phrase), *synonyms), sum(own[term] for term in phrase)))
    rest = (Concept((Variant((term,)),), weight) for term, weight in own.items() if term not in taken)
    return (*concepts, *rest)


def _of_site(site: Sequence[SiteWord], lang: Lang) -> tuple[Concept, ...]:
    """A concept for each of the site's words, as passages of ``lang`` may say it: by itself, by any other word of its
    group, and by what the glossary knows of those."""
    concepts = []
    for word in site:
        own, others = _said([word.said]), _said(word.others)
        known = (said for said in _said(word.known[lang]) if said not in (*own, *others))
        variants = (
            *(Variant(said) for said in own),
            *(Variant(said, SITE_WORD, True) for said in others if said not in own),
            *(Variant(said, SYNONYM, True) for said in known),
        )
        if variants:
            concepts.append(Concept(variants, sum(map(_weight, variants[0].terms))))
    return tuple(concepts)


def _translated(
    known: Sequence[Known], lang: Lang, own: Mapping[str, float], site: Sequence[Concept]
) -> tuple[tuple[Concept, ...], float]:
    """Concepts for passages in the other language: the ``site``'s words, what needs no translation (codes, numbers,
    Latin words in Japanese text) and the glossary's words for the rest; and the share of the question that they
    cover."""
    concepts: list[Concept] = list(site)
    covered: set[str] = set()
    for term, weight in own.items():
        plain = not _JAPANESE.search(term)
        if plain and (lang == "ja" or any(character.isdigit() for character in term)):
            concepts.append(Concept((Variant((term,)),), weight))
            covered.add(term)
    for entry in known:
        phrase = (set(terms(entry.phrase)) & own.keys()) - covered
        variants = tuple(Variant(said, TRANSLATED, True) for said in _said(entry.translations))
        if variants and phrase:
            concepts.append(Concept(variants, sum(own[term] for term in phrase)))
            covered |= phrase
    by_site = sum(concept.weight for concept in site)
    total = by_site + sum(own.values())
    return tuple(concepts), (by_site + sum(own[term] for term in covered)) / total if total else 0.0


def _with_lookalikes(concept: Concept) -> Concept:
    """The concept also as OCR may have read it."""
    read = [Variant(said, v.sureness * MISREAD, True) for v in concept.variants if (said := alike(v.terms))]
    return Concept((*concept.variants, *read), concept.weight)


def _said(phrases: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """The informative terms of each phrase, each once; phrases without any are left out."""
    said = (tuple(dict.fromkeys(filter(informative, terms(phrase)))) for phrase in phrases)
    return tuple(dict.fromkeys(variant for variant in said if variant))


def _weight(term: str) -> float:
    if _IDENTIFIER.fullmatch(term):
        return IDENTIFIER
    return KANA_PAIR if _HIRAGANA.search(term) else 1.0


def _without(text: str, spans: Sequence[tuple[int, int]]) -> str:
    for start, end in sorted(set(spans), reverse=True):
        text = text[:start] + " " + text[end:]
    return text
