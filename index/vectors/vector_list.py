"""VectorList: which segments hold one embedder's vectors, and which of their rows count; exchanged whole by a rename.

The list is the only file that changes: a segment is written to the disk first, then the list that names it. Whoever has
the list open keeps its inode from being used again, so another inode under the name is another list, without a doubt.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.errors import IndexStale

FORMAT = 1
Span = tuple[int, int]  # rows from, up to


@dataclass(frozen=True, slots=True)
class Listed:
    """A segment's file, its rows, the language of their manuals, and those that no longer count, as spans."""

    file: str
    rows: int
    lang: str
    gone: tuple[Span, ...] = ()

    @property
    def left(self) -> int:
        return self.rows - sum(end - start for start, end in self.gone)


@dataclass(frozen=True, slots=True)
class VectorList:
    """``version``: the state of the store that it agrees with (store_state); ``serial``: of the next file."""

    embedder: str
    version: str = ""
    serial: int = 0
    segments: tuple[Listed, ...] = ()


def list_path(folder: Path, embedder: str) -> Path:
    return folder / f"{short_name(embedder)}.json"


def short_name(embedder: str) -> str:
    return hashlib.sha256(embedder.encode()).hexdigest()[:16]


def segment_name(embedder: str, serial: int) -> str:
    return f"{short_name(embedder)}-{serial}.rows"


def read_list(held: bytes, path: Path) -> VectorList:
    """Raises IndexStale where these bytes are no list."""
    try:
        told = json.loads(held)
        if told["format"] != FORMAT:
            raise ValueError(f"format {told['format']}")
        segments = tuple(_listed(one) for one in told["segments"])
        return VectorList(str(told["embedder"]), str(told["version"]), int(told["serial"]), segments)
    except (ValueError, KeyError, TypeError) as error:
        raise IndexStale(f"{path} is no list of vectors ({error}).", "Run: andon index verify --repair") from error


def _listed(told: Mapping[str, Any]) -> Listed:
    gone = tuple((int(start), int(end)) for start, end in told["gone"])
    return Listed(str(told["file"]), int(told["rows"]), str(told["lang"]), gone)


def write_list(folder: Path, written: VectorList) -> None:
    """Put it in the place of the one before. After a power cut it may be the one before, or name a file that is not
    there: neither then agrees with the store, and all is made again."""
    path = list_path(folder, written.embedder)
    part = path.with_suffix(".part")
    told = {
        "format": FORMAT, "embedder": written.embedder, "version": written.version, "serial": written.serial,
        "segments": [
            {"file": one.file, "rows": one.rows, "lang": one.lang, "gone": one.gone} for one in written.segments
        ],
    }  # fmt: skip
    with part.open("w", encoding="utf-8") as file:
        json.dump(told, file)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def spans(rows: Iterable[int]) -> tuple[Span, ...]:
    """Sorted rows as spans of neighbours."""
    found: list[Span] = []
    for row in rows:
        if found and found[-1][1] == row:
            found[-1] = (found[-1][0], row + 1)
        else:
            found.append((row, row + 1))
    return tuple(found)
