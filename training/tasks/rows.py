"""Rows: kept texts become rows of instruction tuning, in the form in which the model is asked later."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from training.data.data_card import write_rows
from training.domain.marks import without_marks
from training.errors import TaskInvalid, TextsLeaked
from training.tasks.handwritten import Held, read_items
from training.tasks.prompts import judge_messages
from training.tasks.task import LANGS, Task
from training.tasks.verdict import Verdict, stands_in

ROWS = "sft.jsonl"


def sft_row(task: Task, held: Mapping[str, Any]) -> dict[str, Any]:
    """{"prompt", "completion"}: messages, as training.domain reads them."""
    text = without_marks(str(held["text"]))
    asked = judge_messages(task, text, held["lang"])
    said = Verdict(str(held["label"]), without_marks(str(held.get("evidence", "")))).line()
    return {
        "prompt": [{"role": one.role, "content": one.content} for one in asked],
        "completion": [{"role": "assistant", "content": said}],
    }


def make_rows(task: Task, texts: Path, out: Path, seed: int) -> int:
    """Write ``out`` of the texts in ``texts``, in random order; how many. People may have added to the file or mended
    it, so each line is checked again. Raises TaskInvalid, and TextsLeaked where one is near the hand-written test."""
    if not texts.is_file():
        raise TaskInvalid(f"{texts} is not there.", "andon train task generate TASK --out FOLDER")
    lines = [line for line in texts.read_text("utf-8").splitlines() if line.strip()]
    held = [_checked(task, line, f"{texts}, line {number}") for number, line in enumerate(lines, 1)]
    if not held:
        raise TaskInvalid(f"{texts} holds no texts.", "rejects.jsonl beside it tells why each draft was dropped.")
    _refuse_leaks(task, held, texts)
    rows = [sft_row(task, one) for one in held]
    random.Random(f"{seed}:{task.name}:rows").shuffle(rows)
    return write_rows(out, rows)


def _checked(task: Task, line: str, place: str) -> dict[str, Any]:
    try:
        held = json.loads(line)
    except ValueError:
        held = None
    if not isinstance(held, dict) or not str(held.get("text", "")).strip():
        raise TaskInvalid(f"{place} is no text.", "It takes lang, label, text and evidence.")
    if held.get("label") not in task.label_ids or held.get("lang") not in LANGS:
        raise TaskInvalid(f"{place} has an unknown label or lang.", f"Labels: {', '.join(task.label_ids)}.")
    if held["label"] != task.none and not stands_in(str(held.get("evidence", "")), held["text"]):
        raise TaskInvalid(f"{place}: the evidence does not stand in the text.", "Copy it word for word.")
    return held


def _refuse_leaks(task: Task, held: Sequence[Mapping[str, Any]], texts: Path) -> None:
    test = Held(read_items(task))
    near = [(number, item) for number, one in enumerate(held, 1) if (item := test.near(one["text"]))]
    if near:
        told = ", ".join(f"line {number} is near {item}" for number, item in near[:5])
        raise TextsLeaked(f"{texts}: {len(near)} texts are those of the test: {told}.", "Take these lines out.")
