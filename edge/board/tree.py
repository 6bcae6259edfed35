"""Tree: files of the system under a root folder, read without ever raising; tests give it a folder of their own."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

_MOST_BYTES = 4 * 1024 * 1024  # /var/lib/dpkg/status is the longest file asked for; the kernel's are a page


@dataclass(frozen=True, slots=True)
class Tree:
    """Paths are given as on the box ("/proc/meminfo"). What is missing, unreadable or no text reads as ""."""

    root: Path = Path("/")

    def path(self, name: str) -> Path:
        return self.root / name.lstrip("/")

    def text(self, name: str) -> str:
        """The file's text without white space and NULs (the device tree ends its strings with one) at its ends; lists
        of the device tree come with spaces between their items."""
        try:
            with self.path(name).open("rb") as file:
                raw = file.read(_MOST_BYTES)
        except OSError:
            return ""
        return raw.decode("utf-8", "replace").strip("\0\n\t ").replace("\0", " ")

    def number(self, name: str) -> int | None:
        """The first whole number in the file."""
        found = re.search(r"-?\d+", self.text(name))
        return int(found[0]) if found else None

    def names(self, pattern: str) -> list[str]:
        """Paths that match ``pattern``, numbers in them in their order ("policy4" before "policy10")."""
        try:
            found = ["/" + path.relative_to(self.root).as_posix() for path in self.root.glob(pattern.lstrip("/"))]
        except OSError:
            return []
        return sorted(found, key=lambda name: [int(p) if p.isdigit() else p for p in re.split(r"(\d+)", name)])

    def exists(self, name: str) -> bool:
        try:
            return self.path(name).exists()
        except OSError:
            return False

    def target(self, name: str) -> str:
        """The name that a symbolic link points to; "" where it is none."""
        try:
            return self.path(name).readlink().name
        except OSError:
            return ""
