"""Options of an index: where it lies and what it is built with."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

MAX_FILE_BYTES = 512 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class IndexOptions:
    """``folder`` holds everything (SQLite file, vectors, originals). ``embedder`` is what
    ``index.embedders.embedder.make_embedder`` takes; "none" means keyword and code search only."""

    folder: Path
    embedder: str = "none"
    max_file_bytes: int = MAX_FILE_BYTES

    @property
    def database(self) -> Path:
        return self.folder / "andon.sqlite3"

    @property
    def vectors(self) -> Path:
        return self.folder / "vectors"

    @property
    def originals(self) -> Path:
        return self.folder / "originals"

    @property
    def lock(self) -> Path:
        return self.folder / "writer.lock"
