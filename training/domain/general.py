"""General text: what a model should not forget, for the replay share of CPT and for measuring what it forgot.

A folder of the recipe (plain text, Markdown, or corpus files), else the made-up manuals of other machines that ship
with Andon (training/facts): no general text in the wide sense, but none of the site. One text in ten only scores.
"""

from __future__ import annotations

import hashlib
import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from training.errors import CorpusMissing

SCORED_SHARE = 0.1
LONGEST = 4_000  # characters of one text
SUFFIXES = (".txt", ".md")


@dataclass(frozen=True, slots=True)
class GeneralText:
    """``replay`` may be read in training, ``scored`` is only measured."""

    replay: tuple[str, ...]
    scored: tuple[str, ...]


def general_text(folder: Path | None) -> GeneralText:
    """Raises CorpusMissing where ``folder`` holds no text."""
    texts = _in_folder(folder) if folder is not None else _bundled()
    if len(texts) < 2:
        raise CorpusMissing(
            f"{folder} holds no text to keep what the model knew.",
            "Put .txt, .md or .jsonl.zst files there, or leave general out to take the bundled ones.",
        )
    scored = tuple(text for text in texts if _share(text) < SCORED_SHARE) or (texts[0],)
    return GeneralText(tuple(text for text in texts if text not in set(scored)), scored)


def replay_rows(general: GeneralText, characters: int, seed: int) -> list[str]:
    """Texts of about so many ``characters``, drawn again only when all were taken."""
    if characters <= 0:
        return []
    rng = random.Random(f"{seed}:replay")
    found: list[str] = []
    left = characters
    while left > 0:
        for text in rng.sample(general.replay, len(general.replay)):
            if left <= 0:
                break
            found.append(text)
            left -= len(text)
    return found


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


def _share(text: str) -> float:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") / 2**64
