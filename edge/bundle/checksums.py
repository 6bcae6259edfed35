"""Checksums: SHA256SUMS of a folder, written and checked; the same file that "sha256sum -c" reads on a box."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from edge.errors import BundleRefused
from edge.models import file_sha256

NAME = "SHA256SUMS"


@dataclass(frozen=True, slots=True)
class Verified:
    """Paths relative to the folder, sorted. ``whole`` where all three lists are empty."""

    files: int
    missing: tuple[str, ...]
    altered: tuple[str, ...]
    extra: tuple[str, ...]

    @property
    def whole(self) -> bool:
        return not (self.missing or self.altered or self.extra)


def write_checksums(folder: Path) -> None:
    lines = [f"{file_sha256(folder / name)}  {name}\n" for name in _names(folder)]
    (folder / NAME).write_text("".join(lines), encoding="utf-8")


def verify(folder: Path) -> Verified:
    """Reads every file. Errors: BundleRefused for a folder without a list, or whose list cannot be read."""
    try:
        lines = (folder / NAME).read_text(encoding="utf-8").splitlines()
        listed = {name: digest for digest, name in (line.split("  ", 1) for line in lines)}
    except (OSError, ValueError) as exc:
        raise BundleRefused(f"{folder} is no bundle: its {NAME} cannot be read ({exc}).", "andon bundle OUT") from exc
    there = set(_names(folder))
    altered = [name for name in sorted(there & set(listed)) if file_sha256(folder / name) != listed[name]]
    return Verified(len(listed), tuple(sorted(set(listed) - there)), tuple(altered), tuple(sorted(there - set(listed))))


def _names(folder: Path) -> list[str]:
    every = (path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    return sorted(name for name in every if name != NAME)
