"""Answer rows: entries as prompt and completion for instruction tuning, alone and with excerpts, right ones or not.

With excerpts as in RAFT (Zhang et al. 2024): the right passage among like ones, and in a share of the prompts only the
like ones, where the right answer is that the manuals do not hold it.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import Any

from assistant.prompt import NOT_FOUND, Excerpt, build_messages
from training.data.faq_table import FaqEntry

Row = dict[str, Any]
SHOWN = 3  # excerpts of a prompt


def answer_rows(
    entries: Sequence[FaqEntry], groups: Sequence[int], near: Mapping[int, Sequence[int]], with_excerpts: float,
    unanswerable: float, seed: int = 1,
) -> list[Row]:  # fmt: skip
    """A row with the question alone for each entry, and as many with excerpts that they are ``with_excerpts`` (0 to
    below 1) of all rows. ``near``: for each entry others that are like it, of other facts, best first."""
    rng = random.Random(f"{seed}:answers")
    rows = [_row([{"role": "user", "content": entry.question}], entry.answer, entry, groups[place], "alone")
            for place, entry in enumerate(entries)]  # fmt: skip
    wanted = round(len(entries) * with_excerpts / (1 - with_excerpts))
    order = [place for place in range(len(entries)) if near.get(place)]
    rng.shuffle(order)
    for place in (order * (1 + wanted // max(1, len(order))))[:wanted]:
        rows.append(_shown(entries, groups, place, near[place], unanswerable, rng))
    rng.shuffle(rows)
    return rows


def _shown(
    entries: Sequence[FaqEntry], groups: Sequence[int], place: int, near: Sequence[int], unanswerable: float,
    rng: random.Random,
) -> Row:  # fmt: skip
    own = entries[place]
    others = [entries[other] for other in near if groups[other] != groups[place]][: SHOWN - 1]
    missing = rng.random() < unanswerable
    shown = others if missing else [own, *others]
    rng.shuffle(shown)
    prompt = build_messages(own.question, [excerpt_of(n, entry) for n, entry in enumerate(shown, start=1)], own.lang)
    answer = NOT_FOUND[own.lang] if missing else f"{own.answer} [{shown.index(own) + 1}]"
    messages = [{"role": message.role, "content": message.content} for message in prompt]
    return _row(messages, answer, own, groups[place], "refused" if missing else "excerpts")


def excerpt_of(number: int, entry: FaqEntry) -> Excerpt:
    """An entry as the index shows a row of an uploaded table, so that training and serving see one form."""
    asked, answered = ("質問", "回答") if entry.lang == "ja" else ("question", "answer")
    place = ", ".join(part for part in (entry.document or entry.product or "FAQ", entry.section) if part)
    return Excerpt(number, place, f"{asked}: {entry.question}\n{answered}: {entry.answer}")


def _row(prompt: list[dict[str, str]], answer: str, entry: FaqEntry, group: int, form: str) -> Row:
    return {
        "prompt": prompt,
        "completion": [{"role": "assistant", "content": answer}],
        "form": form, "id": entry.id, "group": group, "document": entry.document, "lang": entry.lang,
    }  # fmt: skip
