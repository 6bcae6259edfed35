"""Pairs of texts that belong together: translations, headings and their sections, sentences and their surroundings."""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from training.cards.factory import factory_cards
from training.cards.factory_words import LANGS, factory_words
from training.corpus import WRITTEN_BY_PEOPLE, Document, corpus_files, is_held_out, read_documents, rows_of
from training.embedder.asked import AskedFact

Lang = str  # "ja" or "en"
GENERIC = 12  # a heading over more sections than this says nothing without its page's title
LONGEST = 420  # characters of a Japanese text; English has twice as many
_SECTION = re.compile(r"^#{1,6}\s+(.+)$", re.M)
_FENCE = re.compile(r"```.*?```|^\s{4,}\S.*$", re.S | re.M)
_SENTENCE = re.compile(r"[^。\n]{12,}?。|[A-Z][^\n]{30,}?[.](?=\s|$)")
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Pair:
    """``left`` asks for ``right``, or is it in the other language. ``kind`` is aligned (the same said in Japanese and
    English), words (the same of factory sentences and the glossary), found (heading, sentence or question -> section,
    one language) or crossed (heading -> section of the other)."""

    left: str
    right: str
    left_lang: Lang
    right_lang: Lang
    kind: str


def draw_pairs(
    corpus: Path, excluded: Sequence[str], glossary: Path | None, seed: int, held_out: bool = False
) -> list[Pair]:
    """All pairs of ``corpus``, in an order that depends on ``seed`` only.

    ``excluded``: texts in source or path that keep a page out, whatever it is (pages used for scoring). ``held_out``
    draws from the pages that are kept for measuring instead. Raises CorpusMissing.
    """
    rng = random.Random(seed)
    found = list(_aligned(corpus, excluded, held_out, rng))
    for path in corpus_files(corpus):
        documents = [d for d in read_documents(path) if d.held_out == held_out and _usable(d, excluded)]
        found += _sections(documents, rng)
    if not held_out:
        found += _factory(rng)
        found += _factory_questions(rng)
        found += _glossary(glossary) if glossary else []
    found = _worth(found)
    rng.shuffle(found)
    return found


def _worth(pairs: Sequence[Pair]) -> list[Pair]:
    """Each pair once, and no heading that asks for many sections ("Parameters")."""
    asks = Counter((p.left, p.kind) for p in pairs if p.kind in ("found", "crossed"))
    return [p for p in dict.fromkeys(pairs) if (p.left, p.kind) not in asks or asks[p.left, p.kind] <= GENERIC]


def _usable(document: Document, excluded: Sequence[str]) -> bool:
    by_people = document.lang == "en" or document.translation in WRITTEN_BY_PEOPLE
    return by_people and not named(f"{document.source} {document.path}", excluded)


def named(text: str, excluded: Sequence[str]) -> bool:
    folded = text.lower()
    return any(name.lower() in folded for name in excluded)


def _aligned(corpus: Path, excluded: Sequence[str], held_out: bool, rng: random.Random) -> Iterator[Pair]:
    for path in sorted(corpus.glob("pairs-*.jsonl.zst")):
        for row in rows_of(path):
            if is_held_out(row["path"]) != held_out or named(f"{row['source']} {row['path']}", excluded):
                continue
            ja, en = _clean(row["ja"]), _clean(row["en"])
            head_ja, head_en = _clean(row.get("head_ja", "")), _clean(row.get("head_en", ""))
            if min(len(ja), len(en) / 2) >= 8:
                yield _pair(*_same_share(ja, en), "ja", "en", "aligned")
            if len(head_ja) > 3 and len(ja) > 60:
                yield Pair(head_ja, head_en, "ja", "en", "aligned")
                if rng.random() < 0.5:
                    yield _pair(head_en, ja, "en", "ja", "crossed")
                else:
                    yield _pair(head_ja, en, "ja", "en", "crossed")


def _same_share(ja: str, en: str) -> tuple[str, str]:
    """Long translations cut at about the same place: the same share of either text."""
    share = min(1.0, LONGEST / len(ja), 2 * LONGEST / len(en))
    return ja[: int(len(ja) * share)], en[: int(len(en) * share)]


def _pair(left: str, right: str, left_lang: Lang, right_lang: Lang, kind: str) -> Pair:
    return Pair(_cut(left, left_lang), _cut(right, right_lang), left_lang, right_lang, kind)


def _cut(text: str, lang: Lang) -> str:
    return text[: LONGEST if lang == "ja" else 2 * LONGEST]


def _clean(text: str) -> str:
    return _SPACE.sub(" ", text).strip()


def _sections(documents: Sequence[Document], rng: random.Random) -> Iterator[Pair]:
    """Heading -> section, and for half of them a sentence -> the rest of its section."""
    parts = [(d, head, body) for d in documents for head, body in split_sections(d.text)]
    counts = Counter(head for _, head, _ in parts)
    for document, head, body in parts:
        if len(body) < (60 if document.lang == "ja" else 120):
            continue
        title = _clean(document.title)
        ask = f"{title} {head}".strip() if counts[head] > GENERIC and head != title else head or title
        if len(ask) > 3:
            yield _pair(ask, body, document.lang, document.lang, "found")
        sentences = _SENTENCE.findall(body[: 3 * LONGEST])
        if len(sentences) >= 3:
            said = rng.choice(sentences)
            rest = body[: 3 * LONGEST].replace(said, " ", 1)
            at = rng.randrange(max(1, len(rest) // 3))
            yield _pair(said.strip(), rest[at:].strip(), document.lang, document.lang, "found")


def split_sections(text: str) -> list[tuple[str, str]]:
    """(heading, body) of readable markdown; what stands before the first heading has none. Code blocks are left out."""
    text = _FENCE.sub(" ", text)
    marks = list(_SECTION.finditer(text))
    starts = [("", 0)] + [(m.group(1).strip(" #"), m.end()) for m in marks]
    ends = [m.start() for m in marks] + [len(text)]
    return [(_clean(head), _clean(text[a:b])) for (head, a), b in zip(starts, ends, strict=True)]


def _factory(rng: random.Random) -> Iterator[Pair]:
    """Factory sentences of the made-up grammar in both languages: the same template filled with the same part."""
    ja, en = factory_words("ja"), factory_words("en")
    for group in ("meanings", "causes", "actions"):
        for ours, theirs in zip(getattr(ja, group), getattr(en, group), strict=True):
            for _ in range(40):
                a, b = rng.sample(range(len(ja.parts)), 2)
                fields = {"n": rng.randint(2, 900), "m": rng.randint(2, 60), "u": rng.choice(en.units)}
                yield Pair(
                    ours.format(p=ja.parts[a], q=ja.parts[b], **fields),
                    theirs.format(p=en.parts[a], q=en.parts[b], **fields),
                    "ja",
                    "en",
                    "words",
                )


def _factory_questions(rng: random.Random) -> Iterator[Pair]:
    """Questions of the made-up grammar -> the alarm, step, parameter or fact they are about."""
    for lang in LANGS:
        for _ in range(700):
            for card in factory_cards(lang, rng):
                ask = rng.choice(card.asks)
                yield _pair(ask.question, _clean(f"{card.place} {card.text}"), lang, lang, "found")


def passage_of(fact: AskedFact, lang: Lang) -> str:
    """What search reads of a fact: where it stands, and its text."""
    return _cut(_clean(f"{fact.place[lang]} {fact.text[lang]}"), lang)


def _glossary(path: Path) -> Iterator[Pair]:
    """Each Japanese word of the search glossary beside each English one of its line."""
    for line in path.read_text("utf-8").splitlines():
        if line.startswith("#") or "\t" not in line:
            continue
        en, ja = ([word.strip() for word in side.split("|")] for side in line.split("\t")[:2])
        for ours in ja:
            for theirs in en:
                yield Pair(ours, theirs, "ja", "en", "words")


def write_pairs(pairs: Iterable[Pair], path: Path) -> None:
    with path.open("w", encoding="utf-8") as out:
        for p in pairs:
            out.write(json.dumps([p.left, p.right, p.left_lang, p.right_lang, p.kind], ensure_ascii=False) + "\n")


def read_pairs(path: Path) -> list[Pair]:
    with path.open(encoding="utf-8") as lines:
        return [Pair(*json.loads(line)) for line in lines]
