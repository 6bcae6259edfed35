"""General text: what a model should not forget, for the replay shares and for measuring what it forgot.

A folder of the recipe (plain text, Markdown, or corpus files, and tables of general questions with their answers), else
the made-up manuals of other machines that ship with Andon (training/facts): no general text in the wide sense, but none
of the site. One text in ten only scores.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from training.data.faq_table import read_rows
from training.errors import CorpusMissing

SCORED_SHARE = 0.1
LONGEST = 4_000  # characters of one text
SUFFIXES = (".txt", ".md")
TABLES = (".csv", ".tsv", ".xlsx", ".jsonl")  # of questions and answers, with the columns of a FAQ table


@dataclass(frozen=True, slots=True)
class Questioned:
    """A general question with its answer."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class GeneralText:
    """``replay`` may be read in training, ``scored`` is only measured; ``questioned`` may be asked in training."""

    replay: tuple[str, ...]
    scored: tuple[str, ...]
    questioned: tuple[Questioned, ...] = ()


def general_text(folder: Path | None) -> GeneralText:
    """Raises CorpusMissing where ``folder`` holds no text, FaqUnusable for a table in it without its columns."""
    texts = _in_folder(folder) if folder is not None else _bundled()
    if len(texts) < 2:
        raise CorpusMissing(
            f"{folder} holds no text to keep what the model knew.",
            "Put .txt, .md or .jsonl.zst files there, or leave general out to take the bundled ones.",
        )
    scored = tuple(text for text in texts if _share(text) < SCORED_SHARE) or (texts[0],)
    questioned = tuple(_questioned(folder)) if folder is not None else ()
    return GeneralText(tuple(text for text in texts if text not in set(scored)), scored, questioned)


def perplexity(folder: Path, texts: Sequence[str], max_tokens: int = 256) -> float:
    """Of a token, by the model in ``folder``, over the first ``max_tokens`` of each text."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(folder)
    model: Any = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()
    total, count = 0.0, 0
    with torch.no_grad():
        for text in texts:
            ids = tokenizer(text, add_special_tokens=False)["input_ids"][:max_tokens]
            if len(ids) < 2:
                continue
            rows = torch.tensor([ids])
            total += float(model(input_ids=rows, labels=rows).loss) * (len(ids) - 1)
            count += len(ids) - 1
    return math.exp(total / max(1, count))


def _bundled() -> list[str]:
    """A section of a made-up manual a text, in each language."""
    from training.embedder.asked import LANGS, read_asked_facts

    sections: dict[tuple[str, str], list[str]] = {}
    for fact in read_asked_facts():
        for lang in LANGS:
            sections.setdefault((lang, fact.place[lang]), []).append(fact.text[lang])
    return [f"{place}\n" + "\n".join(lines) for (_, place), lines in sections.items()]


def _in_folder(folder: Path) -> list[str]:
    texts = [path.read_text("utf-8", "replace") for path in sorted(folder.rglob("*")) if path.suffix in SUFFIXES]
    if sorted(folder.glob("*.jsonl.zst")):
        from training.corpus import sample_documents

        texts += [document.text for found in sample_documents(folder, 2_000_000, 1).values() for document in found]
    return [text[:LONGEST] for text in texts if text.strip()]


def _questioned(folder: Path) -> Iterator[Questioned]:
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() in TABLES:
            for row in read_rows(path):
                if row.values.get("question") and row.values.get("answer"):
                    yield Questioned(row.values["question"], row.values["answer"])


def _share(text: str) -> float:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") / 2**64
