"""Sources for the assistant's tests: hand-made quotes, and passages and sentences of the demo plant's manuals."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from assistant.answer import Quote
from index.manuals.markdown import MarkdownReader
from index.passage import Hit, Kind, Lang, Manual, Passage
from index.passages.chunk import DraftPassage, chunk

MANUALS = sorted((Path(__file__).resolve().parents[1] / "demo/sources").glob("*/manual.md"))
_SENTENCE_END = re.compile(r"(?<=[。!?！？])|(?<=\.)\s+(?=[A-Z])|\n")


def quote(
    text: str, *, number: int = 1, section: Sequence[str] = (), title: str = "SC-200 取扱説明書", lang: Lang = "ja",
    kind: Kind = "prose",
) -> Quote:  # fmt: skip
    """A quote of ``text`` as the search would have found it."""
    passage = Passage(f"p{number}", "m1", 1, number, text, (12,), ("3-4",), tuple(section), kind, lang)
    manual = Manual("m1", "sc200.md", title, 1, "0" * 64, 90, 300, lang, "2026-01-01T00:00:00+00:00")
    return Quote(number, Hit(passage, manual, 1.0, 1.0))


@lru_cache(maxsize=1)
def demo_passages() -> tuple[DraftPassage, ...]:
    """Every passage of the demo manuals (Japanese and English)."""
    return tuple(passage for path in MANUALS for passage in chunk(MarkdownReader().open(path).pages))


def quote_of(passage: DraftPassage) -> Quote:
    return quote(passage.text, section=passage.section, title="HPS manual", lang=passage.lang)


def sentences_of(passage: DraftPassage) -> list[str]:
    """Sentences, steps and rows of a passage as a copying model would say them."""
    parts = (part.strip() for part in _SENTENCE_END.split(passage.text))
    return [part for part in parts if 12 <= len(part) <= 220]
