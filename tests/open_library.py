"""Open manuals: the sets under the shared data folder, indexed into a library of their own."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path

from index.errors import IndexFailed
from index.library import Library

ROOT = Path(__file__).resolve().parents[1]
SHARED = Path(os.environ.get("ANDON_SHARED_DATA", ROOT.parent / "shared" / "data"))
QUESTIONS = ROOT / "tests/data/open_questions.jsonl"
SETS = (
    "linuxcnc-en/docs", "akari-ja/docs", "odrive-en/docs", "klipper-en-ja/docs", "windows-bugcheck-en-ja/docs",
    "dynamics365-asset-management-ja/docs", "grbl-codes-en",
)  # fmt: skip


def manual_files() -> Iterator[Path]:
    for folder in SETS:
        for path in sorted((SHARED / folder).rglob("*")):
            if path.suffix in (".md", ".csv") and path.name != "SOURCE.md":
                yield path


def manual_name(path: Path | str) -> str:
    """The name in the library: many files of the sets have the same, so it holds their folders."""
    relative = path.relative_to(SHARED).as_posix() if isinstance(path, Path) else path
    return relative.replace("/", "--")


def add_manuals(library: Library) -> dict[str, str]:
    """Add every manual; returns those refused with the reason."""
    refused = {}
    for path in manual_files():
        try:
            library.add(path, manual_name(path))
        except IndexFailed as failed:
            refused[manual_name(path)] = str(failed)
    return refused


def write_questions(path: Path) -> Path:
    """The open questions with their manuals under the names of the library."""
    rows = [json.loads(line) for line in QUESTIONS.read_text(encoding="utf-8").splitlines()]
    named = ({**row, "manual": manual_name(row["manual"])} if "manual" in row else row for row in rows)
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in named), encoding="utf-8")
    return path


def held_back(question: str) -> bool:
    """Whether a development question is of the half that nobody looks at: told by its hash."""
    return hashlib.sha256(question.encode()).digest()[0] % 2 == 1
