"""Lies: sentences of real passages, true and made false on purpose, each with what was done to it."""

from __future__ import annotations

import json
import os
import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from assistant_sources import demo_passages, quote, sentences_of
from mutations import MUTATIONS
from sense_mutations import SENSE

from assistant.answer import Quote
from index.manuals.markdown import MarkdownReader
from index.passages.chunk import DraftPassage, chunk

ROOT = Path(__file__).resolve().parents[1]
PARAPHRASES = ROOT / "tests/data/true_paraphrases.jsonl"
OPEN = ("linuxcnc-en/docs", "akari-ja/docs", "odrive-en/docs", "klipper-en-ja/docs/en", "klipper-en-ja/docs/ja")
A_SET = 40  # files of an open set
# what must never reach the screen; the others are lies about wording
HARD = ("change_number", "change_unit", "drop_unit", "change_code", "swap_two", "drop_negation", "add_negation",
        "invent_code", "invent_number", "no_such_citation", "wrong_passage", "reorder_steps", "steps_told_backwards",
        "sentence_of_two_steps")  # fmt: skip
_DROPPED = re.compile(
    r"\s?[(（](?![^()（）]*(?:\b(?:not|if|when|only|without|below|above)\b|ない|ず|とき|場合))[^()（）]*[)）]"
)


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence as a model says it, with its citation. ``how``: what was done to the manual's sentence ``source``;
    ``true``: whether it still says what the manual says. ``quotes``: what the model was given."""

    text: str
    how: str
    true: bool
    source: str
    quotes: tuple[Quote, ...]


@lru_cache(maxsize=1)
def open_passages() -> tuple[DraftPassage, ...]:
    """Passages of the open manuals, a few files of each set; none where they are absent."""
    shared = Path(os.environ.get("ANDON_SHARED_DATA", ROOT.parent / "shared" / "data"))
    found: list[DraftPassage] = []
    for folder in OPEN:
        for path in sorted((shared / folder).rglob("*.md"))[:A_SET]:
            found += chunk(MarkdownReader().open(path).pages)
    return tuple(found)


def quoted(passage: DraftPassage, number: int = 1) -> Quote:
    return quote(passage.text, number=number, section=passage.section, title="HPS manual", lang=passage.lang)


def paraphrases() -> list[Said]:
    """True sentences in other words, of the demo manuals and of invented ones. ``how`` names their half: the rules were
    made while looking at those that "fit", never at those "held" back; the first 150 have no half."""
    rows = [json.loads(line) for line in PARAPHRASES.read_text(encoding="utf-8").splitlines()]
    by_sentence = {s: p for p in demo_passages() for s in sentences_of(p)}
    return [
        Said(
            f"{row['sentence']} [1]",
            f"paraphrase_{row['half']}" if "half" in row else "paraphrase",
            True,
            row["source"],
            (
                quote(row["source"], lang=row["lang"])
                if row.get("from") == "invented"
                else quoted(by_sentence[row["source"]]),
            ),
        )
        for row in rows
    ]


def true_sentences(passages: Sequence[DraftPassage], count: int, rng: random.Random) -> Iterator[Said]:
    """Verbatim sentences, every third one shortened."""
    for number in range(count):
        passage, sentence = _one(passages, rng)
        short = shorten(sentence)
        if number % 3 == 0 and short != sentence:
            yield Said(f"{short} [1]", "shortened", True, sentence, (quoted(passage),))
        else:
            yield Said(f"{sentence} [1]", "verbatim", True, sentence, (quoted(passage),))


def shorten(sentence: str) -> str:
    """Without its list mark and its brackets; one that says no or names a condition stays."""
    return re.sub(r"^\s*(?:\d{1,2}[.)]|[-*•・])\s+", "", _DROPPED.sub("", sentence))


def lies(passages: Sequence[DraftPassage], count: int, rng: random.Random) -> Iterator[Said]:
    """``count`` false sentences, each way of lying as often as it applies."""
    ways: list[Callable[[DraftPassage, str, random.Random], Said | None]] = [
        *(_mutation(mutate) for mutate in (*MUTATIONS, *SENSE)),
        invent_code, invent_number, no_such_citation, lambda p, s, r: wrong_passage(p, s, r, passages), reorder_steps,
        steps_told_backwards, sentence_of_two_steps,
    ]  # fmt: skip
    made = 0
    while made < count:
        way = ways[made % len(ways)]
        for _ in range(400):
            passage, sentence = _one(passages, rng)
            lie = way(passage, sentence, rng)
            if lie is not None and not _still_true(lie):
                yield lie
                break
        made += 1


def reworded_lies(rng: random.Random) -> Iterator[Said]:
    """The true paraphrases made false: what is allowed to be said otherwise must not let a lie in."""
    for true in paraphrases():
        sentence = true.text.removesuffix("[1]").strip()
        for mutate in (*MUTATIONS, *SENSE):
            changed = mutate(sentence, rng)
            lie = Said(f"{changed} [1]", mutate.__name__, False, sentence, true.quotes)
            if changed is not None and changed != sentence and not _still_true(lie):
                yield lie


def invent_code(passage: DraftPassage, sentence: str, rng: random.Random) -> Said:
    code = rng.choice(["AL.97", "E-913", "F-877", "Pr.PA99", "XR7-B400", "0xC0DE"])
    ja = passage.lang == "ja"
    said = f"{code} が出たら、{sentence}" if ja else f"When {code} comes up: {sentence}"
    return Said(f"{said} [1]", "invent_code", False, sentence, (quoted(passage),))


def invent_number(passage: DraftPassage, sentence: str, rng: random.Random) -> Said:
    value = rng.choice(["37 N·m", "4711 mm", "173 V", "83 分" if passage.lang == "ja" else "83 minutes"])
    end = re.search(r"[。.]?$", sentence)
    cut = end.start() if end else len(sentence)
    extra = f"({value})" if rng.random() < 0.5 else (f"、{value}" if passage.lang == "ja" else f", {value}")
    return Said(f"{sentence[:cut]}{extra}{sentence[cut:]} [1]", "invent_number", False, sentence, (quoted(passage),))


def no_such_citation(passage: DraftPassage, sentence: str, rng: random.Random) -> Said:
    cited = rng.choice(["[2]", "[7]", "[1][9]", "[0]", "[99]"])
    return Said(f"{sentence} {cited}", "no_such_citation", False, sentence, (quoted(passage),))


def wrong_passage(
    passage: DraftPassage, sentence: str, rng: random.Random, passages: Sequence[DraftPassage]
) -> Said | None:
    """A true sentence cited to a passage of the same language that does not hold it."""
    other = rng.choice(passages)
    if other.lang != passage.lang or _squeezed(sentence) in _squeezed(other.text):
        return None
    pair = (quoted(other, 1), quoted(passage, 2))
    return Said(f"{sentence} [1]", "wrong_passage", False, sentence, pair)


def reorder_steps(passage: DraftPassage, sentence: str, rng: random.Random) -> Said | None:
    """Two neighbouring numbered steps in one sentence, the later first."""
    pair = _two_steps(passage, rng)
    if pair is None:
        return None
    first, second = pair
    joint = "。その後、" if passage.lang == "ja" else ", and then "
    end = "。" if passage.lang == "ja" else "."
    return Said(f"{second}{joint}{first}{end} [1]", "reorder_steps", False, first, (quoted(passage),))


def steps_told_backwards(passage: DraftPassage, sentence: str, rng: random.Random) -> Said | None:
    """Two neighbouring steps as two sentences, each true and with its citation, the later first."""
    pair = _two_steps(passage, rng)
    if pair is None:
        return None
    first, second = pair
    end = "。" if passage.lang == "ja" else "."
    return Said(f"{second}{end} [1] {first}{end} [1]", "steps_told_backwards", False, first, (quoted(passage),))


def sentence_of_two_steps(passage: DraftPassage, sentence: str, rng: random.Random) -> Said | None:
    """Two neighbouring steps joined as one that comes before the other: "Before (step 1), (step 2)"."""
    pair = _two_steps(passage, rng)
    if pair is None or any(re.search(r"[。.!?] ?\S|[!?]$", step) for step in pair):
        return None
    first, second = pair
    ja = passage.lang == "ja"
    said = (
        f"{first}前に、{second}。"
        if ja
        else f"Before you {first[0].lower()}{first[1:]}, {second[0].lower()}{second[1:]}."
    )
    return Said(f"{said} [1]", "sentence_of_two_steps", False, first, (quoted(passage),))


def _two_steps(passage: DraftPassage, rng: random.Random) -> tuple[str, str] | None:
    steps = re.findall(r"(?m)^\s*(\d{1,2})\.\s+(.{8,120}?)[。.]?$", passage.text)
    pairs = [(a[1], b[1]) for a, b in pairwise(steps) if int(b[0]) == int(a[0]) + 1 and a[1] != b[1]]
    return rng.choice(pairs) if pairs else None


def _mutation(
    mutate: Callable[[str, random.Random], str | None],
) -> Callable[[DraftPassage, str, random.Random], Said | None]:
    def lie(passage: DraftPassage, sentence: str, rng: random.Random) -> Said | None:
        changed = mutate(sentence, rng)
        if changed is None or changed == sentence:
            return None
        return Said(f"{changed} [1]", mutate.__name__, False, sentence, (quoted(passage),))

    return lie


def _still_true(lie: Said) -> bool:
    """A change that says the same, or what the passage says elsewhere, is no lie."""
    if lie.how in (
        "no_such_citation",
        "wrong_passage",
        "reorder_steps",
        "steps_told_backwards",
        "sentence_of_two_steps",
    ):
        return False
    plain = lie.text.removesuffix("[1]").strip()
    return _squeezed(plain).rstrip("。.").casefold() in _squeezed(lie.quotes[0].text).casefold()


def _squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def _one(passages: Sequence[DraftPassage], rng: random.Random) -> tuple[DraftPassage, str]:
    while True:
        passage = rng.choice(passages)
        # what ends with a colon opens a list: no sentence
        whole = (s for s in sentences_of(passage) if s[-1] not in ":：")
        sentences = [s for s in whole if re.search(r"[a-zぁ-んァ-ヺ一-鿿]{2}", s)]
        if sentences:
            return passage, rng.choice(sentences)
