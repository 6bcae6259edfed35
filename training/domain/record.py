"""run.json of a domain run: what went in, with hashes, what came out, what it cost; the chain from base to GGUF."""

from __future__ import annotations

import json
import os
import platform
import subprocess
from dataclasses import dataclass, field
from datetime import datetime, timezone
from importlib import metadata
from pathlib import Path
from typing import Any

from training.domain.recipe import DomainRecipe, as_plain
from training.provenance import sha256_of

PACKAGES = (
    "torch", "transformers", "trl", "peft", "datasets", "accelerate", "tokenizers", "safetensors", "sentencepiece",
    "numpy", "gguf", "llama-cpp-python",
)  # fmt: skip


@dataclass(slots=True)
class Record:
    """Written whole after every step, a new file renamed over the old; ``status`` is "running" until the end, so a run
    that was cut off says so itself."""

    path: Path
    held: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def start(cls, recipe: DomainRecipe, file: Path) -> Record:
        path = recipe.out / "run.json"
        held: dict[str, Any] = json.loads(path.read_text("utf-8")) if path.is_file() else {"steps": {}}
        held.setdefault("started", _now())
        held.update(
            status="running",
            name=recipe.name,
            recipe=as_plain(recipe),
            recipe_sha256=sha256_of(file),
            code=_code(),
            versions=_versions(),
            machine={"processor": platform.machine(), "cores": os.cpu_count(), "system": platform.platform()},
        )
        found = cls(path, held)
        found.write()
        return found

    def step(self, name: str, report: dict[str, Any]) -> None:
        """Note what a step came to, in place of what stood there."""
        self.held["steps"][name] = report
        self.write()

    def finish(self) -> None:
        self.held.update(status="complete", finished=_now())
        self.write()

    def write(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        fresh = self.path.with_suffix(".new")
        fresh.write_text(json.dumps(self.held, ensure_ascii=False, indent=1) + "\n", "utf-8")
        fresh.replace(self.path)


def weights_sha256(folder: Path) -> str:
    """One hash over all weight files of a transformers folder, in the order of their names."""
    import hashlib

    digest = hashlib.sha256()
    for path in sorted(folder.glob("*.safetensors")):
        digest.update(path.name.encode() + b"\0" + sha256_of(path).encode())
    return digest.hexdigest()


def _versions() -> dict[str, str]:
    installed = {str(d.metadata["Name"]).lower(): d.version for d in metadata.distributions()}
    return {"python": platform.python_version(), **{n: installed[n] for n in PACKAGES if n in installed}}


def _code() -> dict[str, str]:
    """The commit that this program is at, and whether its files were changed since; empty outside a checkout."""
    root = Path(__file__).resolve().parents[2]

    def git(*arguments: str) -> str:
        try:
            done = subprocess.run(("git", "-C", str(root), *arguments), capture_output=True, text=True, check=False)
        except OSError:
            return ""
        return done.stdout.strip() if done.returncode == 0 else ""

    commit = git("rev-parse", "HEAD")
    return {"commit": commit, "changed": "yes" if git("status", "--porcelain") else "no"} if commit else {}


def _now() -> str:
    return datetime.now(timezone.utc).isoformat(timespec="seconds")
