"""Checkpoints that survive a power cut: one counts only when its marker, written last, agrees with what is there.

transformers writes straight into ``checkpoint-N`` and later takes the highest number, whether the write ended or not.
Here a marker with the size and hash of each file is written after the rest, on disk before the next step begins; what
has none, or does not agree with it, is put aside.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

from training.provenance import sha256_of

MARKER = "COMPLETE.json"
BROKEN = "broken"
_NUMBER = re.compile(r"checkpoint-(\d+)")


def mark_complete(folder: Path) -> None:
    """Write the marker of ``folder``: from now on it counts."""
    files = [path for path in sorted(folder.rglob("*")) if path.is_file() and path.name != MARKER]
    for path in files:
        _to_disk(path)
    held = {path.relative_to(folder).as_posix(): [path.stat().st_size, sha256_of(path)] for path in files}
    fresh = folder / f"{MARKER}.new"
    fresh.write_text(json.dumps(held, indent=1) + "\n", "utf-8")
    _to_disk(fresh)
    fresh.replace(folder / MARKER)
    _to_disk(folder)


def is_complete(folder: Path) -> bool:
    """Whether ``folder`` has a marker and every file is as it says."""
    try:
        held = json.loads((folder / MARKER).read_text("utf-8"))
        return bool(held) and all(_agrees(folder / name, size, digest) for name, (size, digest) in held.items())
    except (OSError, ValueError, TypeError):
        return False


def newest_complete(folder: Path) -> Path | None:
    """The checkpoint of ``folder`` to go on from; those that are not whole are moved to ``folder``/broken, where a
    person may look at them, and are never read."""
    numbered = {int(m[1]): path for path in folder.glob("checkpoint-*") if (m := _NUMBER.fullmatch(path.name))}
    for _, path in sorted(numbered.items(), reverse=True):
        if is_complete(path):
            return path
        aside = folder / BROKEN
        aside.mkdir(exist_ok=True)
        place = aside / path.name
        tries = 1
        while place.exists():
            place = aside / f"{path.name}.{tries}"
            tries += 1
        path.rename(place)
    return None


def _agrees(path: Path, size: int, digest: str) -> bool:
    return path.is_file() and path.stat().st_size == size and sha256_of(path) == digest


def _to_disk(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
