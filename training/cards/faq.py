"""Cards of a FAQ file: each answer is an excerpt of its own, and its question asks for it."""

from __future__ import annotations

import json
from pathlib import Path

from training.cards.card import Ask, Card, Span
from training.corpus import sentences

LONGEST_ANSWER = 3
"""Answers of more sentences are left out: a small model is to give one to three."""


def read_faq(path: Path | None) -> dict[str, list[Card]]:
    """Cards by language from a JSONL file of ``lang``, ``question``, ``answer``, ``machine``, ``manual``,
    ``page_label``. No file (None, or not there) is an empty FAQ: the model then learns from the rest alone."""
    cards: dict[str, list[Card]] = {"ja": [], "en": []}
    if path is None or not path.is_file():
        return cards
    for line in path.read_text("utf-8").splitlines():
        row = json.loads(line)
        lang, answer = row["lang"], row["answer"].strip()
        spans: tuple[Span, ...] = tuple(sentences(answer, lang)) or ((0, len(answer)),)
        if 1 <= len(spans) <= LONGEST_ANSWER:
            place = f"{row.get('manual') or row.get('machine') or 'FAQ'}, p. {row.get('page_label') or 1}"
            ask = Ask(row["question"].strip(), row["question"].strip(), spans)
            cards[lang].append(Card(lang, place, answer, (ask,), "faq"))
    return cards
