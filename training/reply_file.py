"""ReplyFile: what a model said, a line a reply in a file that only grows, so that nothing is asked or paid for twice.

A power cut costs the reply that was being written: a torn last line is cut off at the next start, a line that is no
reply is passed over, and either is asked for again. What failed is not kept.
"""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any


class ReplyFile:
    """The replies in ``path`` by their keys; None keeps them in memory alone. ``by`` names who says them."""

    def __init__(self, path: Path | None, by: str) -> None:
        self._path = path
        self._by = by
        self._held = _read(path) if path is not None and path.is_file() else {}

    def get(self, key: str) -> str | None:
        return self._held.get(key)

    def keep(self, key: str, reply: str) -> None:
        """Remember ``reply``; it is on disk when this returns."""
        self._held[key] = reply
        if self._path is None:
            return
        line = json.dumps({"key": key, "by": self._by, "reply": reply}, ensure_ascii=False)
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("ab") as file:
            file.write(line.encode("utf-8", "replace") + b"\n")
            file.flush()
            os.fsync(file.fileno())


def key_of(*asked: Any) -> str:
    """The key of a reply: a hash over all that it hangs on, as JSON takes it."""
    return hashlib.sha256(json.dumps(asked, ensure_ascii=False, sort_keys=True).encode("utf-8", "replace")).hexdigest()


def _read(path: Path) -> dict[str, str]:
    raw = path.read_bytes()
    whole = raw[: raw.rfind(b"\n") + 1]
    if len(whole) < len(raw):
        with path.open("r+b") as file:
            file.truncate(len(whole))
    found: dict[str, str] = {}
    for line in whole.split(b"\n"):
        try:
            held = json.loads(line)
            found[str(held["key"])] = str(held["reply"])
        except (ValueError, KeyError, TypeError):
            continue
    return found
