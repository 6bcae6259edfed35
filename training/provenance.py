"""run.json: what went into a run and what came of it, so that it can be repeated and checked."""

from __future__ import annotations

import hashlib
import json
import os
import platform
from dataclasses import asdict, dataclass, field
from datetime import datetime, timezone
from importlib import metadata
from pathlib import Path
from typing import Any

from training.bundled.recipe import Recipe

PACKAGES = ("torch", "transformers", "sentencepiece", "safetensors", "zstandard", "numpy", "gguf", "llama-cpp-python")


def sha256_of(path: Path) -> str:
    """Hex digest of a file's bytes."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def versions() -> dict[str, str]:
    """Versions of Python and of the packages that shape a run; packages that are not installed are left out."""
    found = {"python": platform.python_version()}
    installed = {d.metadata["Name"].lower(): d.version for d in metadata.distributions()}
    found.update({name: installed[name] for name in PACKAGES if name in installed})
    return found


def code_sha256() -> str:
    """Digest of this package's source files, so that two runs of different code can be told apart."""
    digest = hashlib.sha256()
    root = Path(__file__).parent
    for path in sorted(root.rglob("*.py")):
        digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


@dataclass(slots=True)
class Provenance:
    """Collects the record and writes it after every stage, each time as a whole (a new file renamed over the old)."""

    path: Path
    record: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def start(cls, recipe: Recipe, recipe_path: Path) -> Provenance:
        """Begin or take up the record of ``recipe.out``; it says ``running`` until ``finish``."""
        path = recipe.out / "run.json"
        record: dict[str, Any] = json.loads(path.read_text("utf-8")) if path.is_file() else {"stages": {}}
        record.setdefault("started", _now())
        record.update(
            status="running",
            recipe=json.loads(json.dumps(asdict(recipe), default=str)),
            recipe_sha256=sha256_of(recipe_path),
            versions=versions(),
            machine={"processor": platform.machine(), "cores": os.cpu_count(), "threads": recipe.threads},
            inputs={p.name: sha256_of(p) for p in input_files(recipe)},
        )
        found = cls(path, record)
        found.write()
        return found

    def stage(self, name: str, report: dict[str, object]) -> None:
        """Note a stage's report, with the code that ran it where it was not noted before."""
        known = self.record["stages"].get(name, {})
        self.record["stages"][name] = {"code_sha256": known.get("code_sha256", code_sha256()), **report}
        self.write()

    def finish(self) -> None:
        self.record.update(status="complete", finished=_now())
        self.write()

    def write(self) -> None:
        fresh = self.path.with_suffix(".new")
        fresh.write_text(json.dumps(self.record, ensure_ascii=False, indent=2) + "\n", "utf-8")
        fresh.replace(self.path)


def input_files(recipe: Recipe) -> list[Path]:
    """The files a run reads: the monolingual corpus files and the FAQ."""
    from training.corpus import corpus_files

    files = list(corpus_files(recipe.corpus))
    if recipe.faq is not None and recipe.faq.is_file():
        files.append(recipe.faq)
    return files


def _now() -> str:
    return datetime.now(timezone.utc).isoformat(timespec="seconds")
