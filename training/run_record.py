"""run.json of any run: what went in, with hashes, what each step came to; the chain from base to model file."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from training.errors import RecipeInvalid
from training.provenance import code_sha256, commit, sha256_of, versions
from training.recipe import as_plain

NAME = "run.json"
Bound = Callable[[str, Collection[str]], bool]
"""(a key of the recipe such as "cpt.epochs", the steps that are done) -> whether it must stay as it was."""


@dataclass(slots=True)
class RunRecord:
    """Written whole after every step, a new file renamed over the old; ``status`` is "running" until the end, so a run
    that was cut off says so itself. ``held`` is what the file holds."""

    path: Path
    held: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def start(
        cls, out: Path, recipe: Any, recipe_file: Path, inputs: Iterable[Path] = (),
        bound: Bound | None = None,
    ) -> RunRecord:  # fmt: skip
        """Begin or take up the record in ``out``. ``recipe``: the dataclass that was read from ``recipe_file``;
        ``inputs``: the files that the run reads; ``bound``: which keys of the recipe may not change between two starts
        of one run (None: any may). Raises RecipeInvalid where one did: what is done would not be done again."""
        path = out / NAME
        if bound is not None and path.is_file():
            _must_agree(json.loads(path.read_text("utf-8")), as_plain(recipe), out, bound)
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


def _must_agree(held: Mapping[str, Any], now: Mapping[str, Any], out: Path, bound: Bound) -> None:
    done = held.get("steps", {})
    changed = [f"{key} was {was!r} and is {became!r}" for key, was, became in _changes(held.get("recipe", {}), now)
               if bound(key, done)]  # fmt: skip
    if changed:
        raise RecipeInvalid(
            f"The run in {out} was begun with another recipe: {'; '.join(changed)}.",
            f"What is done there is not done again. Name another folder with out, or delete {out} to begin anew.",
            "changed",
        )


def _changes(before: Mapping[str, Any], now: Mapping[str, Any], table: str = "") -> Iterator[tuple[str, Any, Any]]:
    """(key, before, now) of the values that both have and that differ: a key that an older program did not know was at
    its default then."""
    for key in sorted(before.keys() & now.keys()):
        was, became = before[key], now[key]
        if isinstance(was, Mapping) and isinstance(became, Mapping):
            yield from _changes(was, became, f"{table}{key}.")
        elif was != became:
            yield f"{table}{key}", was, became


def _now() -> str:
    return datetime.now(timezone.utc).isoformat(timespec="seconds")
