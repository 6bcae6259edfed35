"""Options of an index: where it lies and what it is built with."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

MEGABYTE = 1024 * 1024
MAX_FILE_BYTES = 512 * MEGABYTE


@dataclass(frozen=True, slots=True)
class Caps:
    """What one file may cost. ``memory_bytes``: address space of the reader; OCR takes 1.9 GB of it, 1.0 GB resident.
    ``page_s``: from one sign of progress to the next; ``whole_s`` and ``per_page_s``: from first to last."""

    memory_bytes: int = 3072 * MEGABYTE
    page_s: float = 300.0
    whole_s: float = 900.0
    per_page_s: float = 60.0


@dataclass(frozen=True, slots=True)
class DrawCaps:
    """What drawing pages may cost: address space of the process that draws, seconds a page, and bytes of drawn pages
    that are kept on the disk (an A4 page of text has 0.2 MB at two pixels a point)."""

    memory_bytes: int = 2048 * MEGABYTE
    page_s: float = 20.0
    kept_bytes: int = 200 * MEGABYTE


@dataclass(frozen=True, slots=True)
class IndexOptions:
    """``folder`` holds everything (SQLite file, vectors, originals). ``embedder`` is what
    ``index.embedders.embedder.make_embedder`` takes; "none" means keyword and code search only.
    ``caps``: what reading one file may cost; ``ocr``: which program reads pictures, see index.manuals.ocr.
    ``vector_server``: address of a Chroma server that keeps the vectors; "" keeps them in the folder."""

    folder: Path
    embedder: str = "none"
    max_file_bytes: int = MAX_FILE_BYTES
    caps: Caps = Caps()
    ocr: str = "auto"
    vector_server: str = ""
    draw: DrawCaps = DrawCaps()

    @property
    def database(self) -> Path:
        return self.folder / "andon.sqlite3"

    @property
    def vectors(self) -> Path:
        return self.folder / "vectors"

    @property
    def vector_file(self) -> Path:
        """The copy of the vectors that is searched; it can always be made again."""
        return self.folder / "vector-file"

    @property
    def originals(self) -> Path:
        return self.folder / "originals"

    @property
    def page_images(self) -> Path:
        """Pages drawn as pictures; they can always be drawn again."""
        return self.folder / "page-images"

    @property
    def lock(self) -> Path:
        return self.folder / "writer.lock"
