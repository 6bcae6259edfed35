"""Handwritten: the texts to judge by, written by hand; no teacher sees them, and nothing near them is trained on."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from training.data.shingles import jaccard, shingles
from training.errors import TaskInvalid
from training.tasks.task import LANGS, TESTS, Lang, Task
from training.tasks.verdict import stands_in

NEAR = 0.3  # Jaccard of 5-letter runs; two texts of the shipped sets, written apart, have 0.13 at most (tests hold it)
RUN = 13  # letters, as in training.data.split.leaks: a run that long is a copied clause, not a name


@dataclass(frozen=True, slots=True)
class Item:
    """``hard``: in which way it is hard, "" for plain; ``scene``: items of one scene in several languages."""

    id: str
    lang: Lang
    text: str
    label: str
    evidence: str
    hard: str = ""

    @property
    def scene(self) -> str:
        return self.id.partition("-")[2] or self.id


def read_items(task: Task, path: Path | None = None) -> list[Item]:
    """The items of ``task``, or those of another file. Raises TaskInvalid with the line that is wrong."""
    path = path or task.folder / TESTS
    if not path.is_file():
        raise TaskInvalid(f"{path} is not there.", "Write texts of each label by hand, a JSON object a line.")
    found: list[Item] = []
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        if line.strip():
            found.append(_item(task, line, f"{path}, line {number}"))
    if len({item.id for item in found}) < len(found):
        raise TaskInvalid(f"{path} holds one id twice.", "Give each text an id of its own.")
    if not found:
        raise TaskInvalid(f"{path} holds no texts.", "Write texts of each label by hand, a JSON object a line.")
    return found


def _item(task: Task, line: str, place: str) -> Item:
    try:
        held: Mapping[str, Any] = json.loads(line)
        item = Item(**{key: str(value) for key, value in held.items()})  # type: ignore[arg-type]
    except (ValueError, TypeError, AttributeError):
        raise TaskInvalid(f"{place} is no item.", "It takes id, lang, text, label, evidence and hard.") from None
    if item.lang not in LANGS or item.label not in task.label_ids or not item.text.strip():
        raise TaskInvalid(f"{place} has an unknown lang or label, or no text.", f"Labels: {', '.join(task.label_ids)}.")
    if (item.label == task.none) != (not item.evidence) or (item.evidence and not stands_in(item.evidence, item.text)):
        raise TaskInvalid(
            f"{place}: the evidence does not stand in the text.", f"Copy it; leave it empty for {task.none}."
        )
    return item


class Held:
    """Tells which texts are too near to the hand-written ones: much the same letters, or half of either one copied."""

    def __init__(self, items: Sequence[Item]) -> None:
        self._items = [(item.id, shingles(item.text), shingles(item.text, RUN)) for item in items]

    def near(self, text: str) -> str:
        """The id of the hand-written text that ``text`` is near to, or ""."""
        own, runs = shingles(text), shingles(text, RUN)
        for identity, letters, held in self._items:
            if jaccard(own, letters) >= NEAR or 2 * len(runs & held) >= min(len(runs), len(held)):
                return identity
        return ""
