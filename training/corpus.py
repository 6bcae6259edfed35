"""Open technical text for training: which lines may be used, which are held out, and sentences of them."""

from __future__ import annotations

import hashlib
import io
import json
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from training.errors import CorpusMissing

ALLOWED_LICENCE = re.compile(r"^(CC-BY-\d\.\d|PSF-\d\.\d|MIT)\b(?!.*GPL)")
"""Licences whose text may shape a model that ships with the product. CC-BY-SA, GFDL and GPL are refused."""

HELD_OUT_SHARE = 50
"""One path in so many is kept for measuring. By path, so that a page and its translation fall on the same side."""

WRITTEN_BY_PEOPLE = ("HT", "human", "original")


@dataclass(frozen=True, slots=True)
class Document:
    """One page of readable markdown. ``translation`` is HT, MT, human, original or empty (written in that language)."""

    source: str
    licence: str
    lang: str
    title: str
    text: str
    path: str
    translation: str

    @property
    def held_out(self) -> bool:
        return is_held_out(self.path)


def is_held_out(path: str) -> bool:
    """Whether the page of that path, in either language, is kept for measuring."""
    digest = hashlib.sha256(path.encode()).digest()
    return int.from_bytes(digest[:4], "big") % HELD_OUT_SHARE == 0


def corpus_files(folder: Path) -> tuple[Path, ...]:
    """The monolingual corpus files of ``folder``, sorted. Raises CorpusMissing where there is none."""
    files = tuple(sorted(p for p in folder.glob("*.jsonl.zst") if not p.name.startswith("pairs-")))
    if not files:
        raise CorpusMissing(
            f"No *.jsonl.zst corpus files in {folder}.", "Name their folder with --corpus or in the recipe."
        )
    return files


def rows_of(path: Path) -> Iterator[dict[str, Any]]:
    """Rows of one zstd-compressed JSONL file whose licence allows training."""
    import zstandard

    with path.open("rb") as raw:
        stream = zstandard.ZstdDecompressor().stream_reader(raw)
        for line in io.TextIOWrapper(stream, encoding="utf-8"):
            row = json.loads(line)
            if ALLOWED_LICENCE.match(row["license"]):
                yield row


def read_documents(path: Path) -> Iterator[Document]:
    """Documents of one file of the monolingual corpus whose licence allows training."""
    for row in rows_of(path):
        yield Document(
            source=row["source"],
            licence=row["license"],
            lang=row["lang"],
            title=row["title"],
            text=row["text"],
            path=row["path"],
            translation=row.get("translation") or "",
        )


def sample_documents(
    folder: Path, chars_per_lang: int, seed: int, *, held_out: bool = False
) -> dict[str, list[Document]]:
    """About ``chars_per_lang`` characters of documents for each language, drawn evenly over the files.

    Japanese machine translation is left out. Each file gives an equal share at first; what small files cannot give,
    the larger ones do. Deterministic in ``seed``.
    """
    chosen: dict[str, list[Document]] = {"ja": [], "en": []}
    pools: dict[str, list[list[Document]]] = {"ja": [], "en": []}
    for path in corpus_files(folder):
        documents = [d for d in read_documents(path) if d.held_out == held_out and _wanted(d)]
        if documents:
            random.Random(f"{seed}:{path.name}").shuffle(documents)
            pools[documents[0].lang].append(documents)
    for lang, files in pools.items():
        left = chars_per_lang
        for rank, documents in enumerate(sorted(files, key=lambda ds: sum(len(d.text) for d in ds))):
            share = left // (len(files) - rank)
            for document in documents:
                if share <= 0:
                    break
                chosen[lang].append(document)
                share -= len(document.text)
                left -= len(document.text)
        random.Random(f"{seed}:{lang}").shuffle(chosen[lang])
    return chosen


def _wanted(document: Document) -> bool:
    by_people = document.lang == "en" or document.translation in WRITTEN_BY_PEOPLE
    return by_people and len(document.text) >= 200


_SENTENCE_JA = re.compile(r"[^。\n]+。")
_SENTENCE_EN = re.compile(r"[A-Z0-9`\"(][^\n]*?[a-z0-9)`\"\]][.](?=\s|$)")

_LEAD = re.compile(r"\s*(?:(?:[-*・●○]|\d{1,2}[.)]|[(]\d{1,2}[)]) +|\s+)*")
"""White space, bullets and step numbers in front of a sentence."""


def sentences(text: str, lang: str) -> list[tuple[int, int]]:
    """Character spans of whole sentences in ``text``, end mark included; white space, bullets and step numbers in front
    are left out."""
    pattern = _SENTENCE_JA if lang == "ja" else _SENTENCE_EN
    spans = []
    for match in pattern.finditer(text):
        start, end = match.span()
        start += len(_LEAD.match(match[0])[0])  # type: ignore[index]
        if start < end:
            spans.append((start, end))
    return spans
