"""run.json of any run: what went in, with hashes, what each step came to; the chain from base to model file."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from training.provenance import code_sha256, commit, sha256_of, versions
from training.recipe import as_plain

NAME = "run.json"


@dataclass(slots=True)
class RunRecord:
    """Written whole after every step, a new file renamed over the old; ``status`` is "running" until the end, so a run
    that was cut off says so itself. ``held`` is what the file holds."""

    path: Path
    held: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def start(cls, out: Path, recipe: Any, recipe_file: Path, inputs: Iterable[Path] = ()) -> RunRecord:
        """Begin or take up the record in ``out``. ``recipe``: the dataclass that was read from ``recipe_file``;
        ``inputs``: the files that the run reads."""
        path = out / NAME
        held: dict[str, Any] = json.loads(path.read_text("utf-8")) if path.is_file() else {}
        held.setdefault("started", _now())
        held.setdefault("steps", {})
        held.update(
            status="running",
            recipe=as_plain(recipe),
            recipe_sha256=sha256_of(recipe_file),
            inputs={file.name: sha256_of(file) for file in inputs},
            code={**commit(), "sha256": code_sha256()},
            versions=versions(),
            machine={"processor": platform.machine(), "cores": os.cpu_count(), "system": platform.platform()},
        )
        found = cls(path, held)
        found.write()
        return found

    def step(self, name: str, report: dict[str, Any]) -> None:
        """Note what a step came to, in place of what stood there, with the code that did it where a step of this name
        was not noted before: a step that is done is not done again."""
        known = self.held["steps"].get(name, {})
        self.held["steps"][name] = {"code_sha256": known.get("code_sha256", self.held["code"]["sha256"]), **report}
        self.write()

    def finish(self) -> None:
        self.held.update(status="complete", finished=_now())
        self.write()

    def write(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        fresh = self.path.with_suffix(".new")
        fresh.write_text(json.dumps(self.held, ensure_ascii=False, indent=1) + "\n", "utf-8")
        fresh.replace(self.path)


def _now() -> str:
    return datetime.now(timezone.utc).isoformat(timespec="seconds")
