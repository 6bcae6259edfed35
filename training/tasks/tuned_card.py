"""Tuned card: what a tuned model was made of, and above all what it must not be used for; JSON and a page."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from training.provenance import sha256_of, versions
from training.tasks.task import FILE, TESTS, Task

NAME = "model-card"


def write_tuned_card(task: Task, base: Path, rows: Path, report: Mapping[str, Any], out: Path) -> None:
    """``model-card.json`` and ``model-card.md`` into ``out``, beside the stage's folder."""
    held = {
        "task": task.name,
        "notice": dict(task.notice),
        "base": base.name,
        "rows": {"file": rows.name, "sha256": sha256_of(rows)},
        "task_sha256": sha256_of(task.folder / FILE),
        "test_sha256": sha256_of(task.folder / TESTS),
        "labels": list(task.label_ids),
        "stage": dict(report),
        "versions": versions(),
    }
    (out / f"{NAME}.json").write_text(json.dumps(held, ensure_ascii=False, indent=1) + "\n", "utf-8")
    (out / f"{NAME}.md").write_text(_page(task, held), "utf-8")


def _page(task: Task, held: Mapping[str, Any]) -> str:
    stage = held["stage"]
    lines = [
        f"# {task.title['en']} / {task.title['ja']}", "",
        f"**{task.notice['en']}**", "", f"**{task.notice['ja']}**", "",
        f"- Base: {held['base']}", f"- Rows: {stage.get('rows')} (`{held['rows']['sha256']}`), written by a model, "
        "judged a second time blind; see card.md", f"- Steps: {stage.get('steps')}; loss {stage.get('last_loss')}",
        f"- Categories: {', '.join(held['labels'])}", f"- Task file: `{held['task_sha256']}`", "",
        "How good it is stands in no place here: `andon train task evaluate` tells it on the hand-written texts, and",
        "texts of the site's own tell more. It knows the language and scenes of its rows and nothing of your site.",
    ]  # fmt: skip
    return "\n".join(lines) + "\n"
