"""Evaluation: what a model said of the hand-written texts, with its figures, as one JSON file."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from training.errors import TaskInvalid
from training.provenance import sha256_of
from training.tasks.judges import Judged
from training.tasks.measures import compared, figures
from training.tasks.task import FILE, TESTS, Task


@dataclass(frozen=True, slots=True)
class Asked:
    """``model``: as people call it; ``seconds``: that all replies took together."""

    model: str
    seconds: float
    test: Path | None = None


def result_of(task: Task, judged: Sequence[Judged], asked: Asked, earlier: dict[str, Any] | None) -> dict[str, Any]:
    """What ``evaluation.json`` holds. Raises TaskInvalid where ``earlier`` cannot be compared with."""
    test = asked.test or task.folder / TESTS
    found: dict[str, Any] = {
        "task": task.name,
        "model": asked.model,
        "notice": dict(task.notice),
        "task_sha256": sha256_of(task.folder / FILE),
        "test_sha256": sha256_of(test),
        "seconds": round(asked.seconds, 1),
        **figures(task, judged),
        "items": [_row(one) for one in judged],
    }
    if earlier is not None:
        found["against"] = compared(task, judged, earlier)
    return found


def read_result(path: Path) -> dict[str, Any]:
    """An earlier result. Raises TaskInvalid for what is none."""
    try:
        held = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        held = None
    if not isinstance(held, dict) or "items" not in held or "task" not in held:
        raise TaskInvalid(f"{path} is no result of an evaluation.", "Name an evaluation.json.")
    return held


def _row(one: Judged) -> dict[str, Any]:
    said = one.said
    return {
        "id": one.item.id, "label": one.item.label, "said": said.label if said else None,
        "evidence": said.evidence if said else None, "right": one.right,
    }  # fmt: skip


def write_result(found: dict[str, Any], path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", "utf-8")
