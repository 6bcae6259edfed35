"""Data card: what a set holds, where it came from, what was left out and why; as JSON for programs and as a page."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from training.provenance import sha256_of


@dataclass(frozen=True, slots=True)
class DataCard:
    """``inputs``: file name -> SHA-256; ``funnel``: steps in order with the rows that were left after each;
    ``settings``: what decided the result; ``files``: file name -> rows; ``gaps``: what this set cannot show."""

    name: str
    made_by: str
    licence: str
    inputs: Mapping[str, str]
    funnel: Sequence[tuple[str, int]]
    settings: Mapping[str, Any]
    files: Mapping[str, int]
    rule: str
    gaps: Sequence[str] = ()
    figures: Mapping[str, Any] = field(default_factory=dict)

    def page(self) -> str:
        """The card as Markdown."""
        lines = [f"# {self.name}", "", f"Made by `{self.made_by}`. Licence: {self.licence}.", ""]
        lines += ["## From", "", "| file | SHA-256 |", "|---|---|"]
        lines += [f"| {name} | `{digest}` |" for name, digest in self.inputs.items()]
        lines += ["", "## Funnel", "", "| step | rows left |", "|---|---|"]
        lines += [f"| {step} | {rows:,} |" for step, rows in self.funnel]
        lines += ["", "## Holds", "", "| file | rows |", "|---|---|"]
        lines += [f"| {name} | {rows:,} |" for name, rows in self.files.items()]
        lines += ["", "## How it was divided", "", self.rule, "", "## Settings", ""]
        lines += [f"- {name}: {value}" for name, value in self.settings.items()]
        if self.figures:
            lines += ["", "## Figures", ""]
            lines += [f"- {name}: {json.dumps(value, ensure_ascii=False)}" for name, value in self.figures.items()]
        if self.gaps:
            lines += ["", "## What it does not show", ""]
            lines += [f"- {gap}" for gap in self.gaps]
        return "\n".join(lines) + "\n"

    def write(self, folder: Path, name: str = "card") -> None:
        """``card.json`` with the hash of each written file, and ``card.md``, or under another ``name``."""
        folder.mkdir(parents=True, exist_ok=True)
        hashes = {file: sha256_of(folder / file) for file in self.files if (folder / file).is_file()}
        made_at = datetime.now(timezone.utc).isoformat(timespec="seconds")
        record = {**asdict(self), "sha256": hashes, "made_at": made_at}
        (folder / f"{name}.json").write_text(json.dumps(record, ensure_ascii=False, indent=1) + "\n", "utf-8")
        (folder / f"{name}.md").write_text(self.page(), "utf-8")


def write_rows(path: Path, rows: Sequence[Mapping[str, Any]]) -> int:
    """``rows`` as JSON lines, written whole or not at all; how many."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(path.suffix + ".new")
    with fresh.open("w", encoding="utf-8") as file:
        for row in rows:
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
    fresh.replace(path)
    return len(rows)


def read_rows_of(path: Path) -> list[dict[str, Any]]:
    """Rows that ``write_rows`` wrote."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line]
