"""Feedback pairs: reads the file that "andon feedback export" writes, as rows that the preference stage trains on."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from assistant.prompt import NOT_FOUND, Excerpt, build_messages
from training.bundled.items import Item, Row, make_row
from training.bundled.tokenizer import ChatTokenizer
from training.errors import TrainingFailed

FAMILY = "feedback"


def read_pairs(file: Path) -> list[tuple[Item, Item]]:
    """(wanted, unwanted) for each line, over the same excerpts. Raises TrainingFailed naming the line that cannot be
    read, or whose prompt is not the one that the assistant builds today: its answers would teach another prompt."""
    return list(_pairs(file))


def _pairs(file: Path) -> Iterator[tuple[Item, Item]]:
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            pair = json.loads(line)
            wanted = _item(pair)
            prompt = [(message["role"], message["content"]) for message in pair["prompt"]]
            rejected = str(pair["rejected"][0]["content"])
        except (ValueError, KeyError, IndexError, TypeError) as error:
            raise TrainingFailed(
                f"{file}, line {number} is no pair of answers: {error!r}.", "Write it again with: andon feedback export"
            ) from error
        built = build_messages(wanted.question, wanted.excerpts, wanted.lang)
        if prompt != [(message.role, message.content) for message in built]:
            raise TrainingFailed(
                f"{file}, line {number} has another prompt than the assistant builds.",
                "Write it again with this version's: andon feedback export",
            )
        yield wanted, replace(wanted, answer=rejected)


def _item(pair: Any) -> Item:
    excerpts = tuple(Excerpt(int(e["number"]), str(e["place"]), str(e["text"])) for e in pair["excerpts"])
    answer, lang = str(pair["chosen"][0]["content"]), pair["lang"]
    if lang not in NOT_FOUND:
        raise ValueError(f"language {lang!r}")
    cited = next((e.number for e in excerpts if f"[{e.number}]" in answer), 0)
    return Item(lang, excerpts, str(pair["question"]), answer, cited, FAMILY)


def pair_rows_of(pairs: Sequence[tuple[Item, Item]], tokenizer: ChatTokenizer, max_tokens: int) -> list[Row]:
    """A row a pair: branch 1 is the wanted answer, branch 2 the unwanted one, as training.bundled.preference expects
    them; a pair that does not fit into ``max_tokens`` with both answers is left out."""
    rows = (make_row(pair, tokenizer, max_tokens) for pair in pairs)
    return [row for row in rows if row is not None and {1, 2} <= set(row.branches)]
