"""Verification cases: sentences over invented manuals that say what the source says, or do not, by hand; two halves."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from assistant_sources import quote
from lies import Said

from assistant.answer import Quote
from index.passage import Lang

FILES: dict[Lang, Path] = {
    lang: Path(__file__).parent / f"data/verification_{lang}.txt" for lang in ("ja", "en")
}  # fmt: skip
Half = Literal["development", "held"]
HALVES: tuple[Half, ...] = ("development", "held")
_CITED = re.compile(r"\[\d\]")


def cases(half: Half, files: dict[Lang, Path] = FILES) -> list[Said]:
    """The sentences whose source is of ``half``; ``how`` begins with the language."""
    return [said for lang, path in files.items() for said in _read(path, lang, half)]


def _read(path: Path, lang: Lang, half: Half) -> Iterator[Said]:
    for block in path.read_text(encoding="utf-8").split("\n\n")[1:]:
        lines = block.strip().split("\n")
        quotes = tuple(_quotes(lines, lang))
        if half_of(quotes[0].text) != half:
            continue
        for line in lines:
            if line[0] in "+-":
                kind, sentence = line[2:].split(" | ", 1)
                said = sentence if _CITED.search(sentence) else f"{sentence} [1]"
                yield Said(said, f"{lang} {kind}", line[0] == "+", quotes[0].text, quotes)


def half_of(source: str) -> Half:
    """Half of a source, by the first byte of its SHA-256."""
    return "held" if hashlib.sha256(source.encode()).digest()[0] % 2 else "development"


def _quotes(lines: list[str], lang: Lang) -> Iterator[Quote]:
    first = [line[2:] for line in lines if line.startswith("= ")]
    second = [line[3:] for line in lines if line.startswith("=2 ")]
    yield quote("\n".join(first), title="", lang=lang)
    if second:
        yield quote("\n".join(second), number=2, title="", lang=lang)
