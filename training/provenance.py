"""Provenance: hashes of files and weights, versions of packages, and which code ran."""

from __future__ import annotations

import hashlib
import platform
import subprocess
from importlib import metadata
from pathlib import Path

PACKAGES = (
    "torch", "transformers", "trl", "peft", "datasets", "accelerate", "tokenizers", "safetensors", "sentencepiece",
    "zstandard", "numpy", "gguf", "llama-cpp-python",
)  # fmt: skip
ROOT = Path(__file__).parent


def sha256_of(path: Path) -> str:
    """Hex digest of a file's bytes."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def weights_sha256(folder: Path) -> str:
    """One hash over all weight files of a transformers folder, in the order of their names."""
    digest = hashlib.sha256()
    for path in sorted(folder.glob("*.safetensors")):
        digest.update(path.name.encode() + b"\0" + sha256_of(path).encode())
    return digest.hexdigest()


def code_sha256() -> str:
    """Digest of this floor's source files, so that two runs of different code can be told apart."""
    digest = hashlib.sha256()
    for path in sorted(ROOT.rglob("*.py")):
        digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def commit() -> dict[str, str]:
    """The commit that this program is at, and whether its files were changed since; empty outside a checkout."""

    def git(*arguments: str) -> str:
        try:
            done = subprocess.run(
                ("git", "-C", str(ROOT.parent), *arguments), capture_output=True, text=True, check=False
            )
        except OSError:
            return ""
        return done.stdout.strip() if done.returncode == 0 else ""

    head = git("rev-parse", "HEAD")
    return {"commit": head, "changed": "yes" if git("status", "--porcelain") else "no"} if head else {}


def versions() -> dict[str, str]:
    """Versions of Python and of the packages that shape a run; packages that are not installed are left out."""
    installed = {str(d.metadata["Name"]).lower(): d.version for d in metadata.distributions()}
    return {"python": platform.python_version(), **{n: installed[n] for n in PACKAGES if n in installed}}
