"""Rows: prompt, chosen and rejected answer as TRL's DPOTrainer reads them, with what each row was made of."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assistant.prompt import NOT_FOUND, build_messages
from edge.runner import Message
from training.data.answer_rows import excerpt_of
from training.data.faq_table import FaqEntry
from training.data.slots import contradiction, opposed, slots_of
from training.mining.options import Kind

REFUSED = 0.25  # of the prompts with excerpts hold no answer, so that a distractor is refused and not copied


@dataclass(frozen=True, slots=True)
class Rejection:
    """``text`` is rejected for the question of the entry at ``place``; ``source`` is the entry that it was taken from,
    -1 for none. ``score`` and ``own_score``: cosines of the question with the rejected and with the right answer;
    ``views``: which found it; ``slots``: in what the two differ, "" where no slot tells."""

    place: int
    text: str
    kind: Kind
    source: int = -1
    score: float = 0.0
    own_score: float = 0.0
    likely: float = 0.0
    views: tuple[str, ...] = ()
    slots: str = ""


def row_of(
    rejection: Rejection, entries: Sequence[FaqEntry], groups: Sequence[int], rng: random.Random
) -> dict[str, Any]:
    """One row. A "distractor" has both entries as excerpts in the assistant's own prompt, or only the wrong one, where
    the refusal is right; all other kinds ask the question alone."""
    entry = entries[rejection.place]
    prompt: Sequence[Message] = (Message("user", entry.question),)
    chosen, refused = entry.answer, rejection.text
    kind: Kind = rejection.kind
    if kind == "distractor":
        prompt, chosen, refused, kind = _with_excerpts(rejection, entries, rng)
    return {
        "prompt": [{"role": message.role, "content": message.content} for message in prompt],
        "chosen": [{"role": "assistant", "content": chosen}],
        "rejected": [{"role": "assistant", "content": refused}],
        "neg_type": kind,
        "id": entry.id,
        "group": groups[rejection.place],
        "source": entries[rejection.source].id if rejection.source >= 0 else "",
        "source_group": groups[rejection.source] if rejection.source >= 0 else -1,
        "document": entry.document,
        "lang": entry.lang,
        "views": list(rejection.views),
        "score": round(rejection.score, 4),
        "score_pos": round(rejection.own_score, 4),
        "may_be_equivalent": round(rejection.likely, 5),
        "slots_diff": rejection.slots,
    }


def _with_excerpts(
    rejection: Rejection, entries: Sequence[FaqEntry], rng: random.Random
) -> tuple[Sequence[Message], str, str, Kind]:
    own, other = entries[rejection.place], entries[rejection.source]
    if rng.random() < REFUSED:
        prompt = build_messages(own.question, (excerpt_of(1, other),), own.lang)
        return prompt, NOT_FOUND[own.lang], f"{rejection.text} [1]", "refusal"
    first = rng.random() < 0.5
    pair = (own, other) if first else (other, own)
    prompt = build_messages(own.question, [excerpt_of(n, entry) for n, entry in enumerate(pair, start=1)], own.lang)
    right, wrong = (1, 2) if first else (2, 1)
    return prompt, f"{own.answer} [{right}]", f"{rejection.text} [{wrong}]", "distractor"


def difference(first: FaqEntry, second: FaqEntry) -> str:
    """The kind of slot in which two entries differ; "" where no slot tells."""
    said = slots_of(first.answer), slots_of(second.answer)
    return contradiction(*said) or opposed(*said) or contradiction(slots_of(first.question), slots_of(second.question))


def counts_by(rows: Sequence[Mapping[str, Any]], name: str) -> dict[str, int]:
    found: dict[str, int] = {}
    for row in rows:
        found[str(row[name])] = found.get(str(row[name]), 0) + 1
    return found
