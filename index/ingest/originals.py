"""Originals: the uploaded files, kept beside the truth by content hash for as long as a manual or a job needs them."""

from __future__ import annotations

import hashlib
import os
import shutil
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal
from uuid import uuid4

from index.errors import EmptyManual, ManualUnreadable
from index.options import IndexOptions
from index.truth.truth import Truth

PART_SUFFIX = ".part"
UPLOAD_PREFIX = ".upload-"  # the service receives an upload in a folder of this prefix, beside the originals' folder
_COPY_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Original:
    """A stored original: its content hash (SHA-256), suffix and where it lies."""

    sha256: str
    suffix: str
    path: Path


class Originals:
    """The originals of one index. Safe to call from several threads; callers hold the writer lock. ``dropped`` is told
    the hash of an original that goes, so that what was made of it goes as well."""

    def __init__(
        self, options: IndexOptions, truth: Truth, dropped: Callable[[str], None] = lambda sha256: None
    ) -> None:
        self._dropped = dropped
        self._folder = options.originals
        self.uploads = options.folder
        self._max_bytes = options.max_file_bytes
        self._truth = truth
        self._guard = threading.Lock()
        self._in_use: Counter[str] = Counter()
        self._copying: set[Path] = set()

    def at(self, sha256: str, suffix: str) -> Original:
        return Original(sha256, suffix, self._folder / f"{sha256}{suffix}")

    @contextmanager
    def holding(self, source: Path, name: str) -> Iterator[Original]:
        """Copy ``source`` in under its hash and the suffix of ``name``, and hold it while the block runs; afterwards it
        stays if a manual or a job needs it. Raises EmptyManual for 0 bytes, ManualUnreadable for too many."""
        self._folder.mkdir(parents=True, exist_ok=True)
        part = self._folder / f".{uuid4().hex}{PART_SUFFIX}"
        self._copying.add(part)
        try:
            digest = self._copy(source, part, name)
            original = self.at(digest, Path(name).suffix.lower())
            with self._guard:
                self._in_use[original.path.name] += 1
                part.replace(original.path)
                _sync_folder(self._folder)
        finally:
            part.unlink(missing_ok=True)
            self._copying.discard(part)
        try:
            yield original
        finally:
            self._let_go(original)

    @contextmanager
    def keeping(self, original: Original) -> Iterator[None]:
        """Hold an original that is here while the block runs; afterwards it stays if it is needed."""
        with self._guard:
            self._in_use[original.path.name] += 1
        try:
            yield
        finally:
            self._let_go(original)

    def _let_go(self, original: Original) -> None:
        with self._guard:
            self._in_use[original.path.name] -= 1
            self._drop_unused(original)

    def drop_unused(self, original: Original) -> None:
        """Delete the original unless a manual, an open job or a running upload needs it."""
        with self._guard:
            self._drop_unused(original)

    def _drop_unused(self, original: Original) -> None:
        if self._in_use[original.path.name] <= 0:
            del self._in_use[original.path.name]
            if not self._truth.uses_content(original.sha256, original.suffix):
                original.path.unlink(missing_ok=True)
                self._dropped(original.sha256)

    def sweep(self) -> int:
        """Delete what a crash left: half-written files and originals that nobody needs. Returns how many. Only before
        anything is received."""
        gone = 0
        for folder in self.uploads.glob(f"{UPLOAD_PREFIX}*"):
            shutil.rmtree(folder, ignore_errors=True)
            gone += 1
        return gone + self.drop_leftovers()

    def leftovers(self) -> list[Path]:
        """The files here that no manual, open job or running upload of this process needs."""
        with self._guard:
            return self._leftovers()

    def drop_leftovers(self) -> int:
        """Delete them; returns how many."""
        with self._guard:
            gone = self._leftovers()
            for path in gone:
                path.unlink(missing_ok=True)
                self._dropped(path.name.partition(".")[0])
            return len(gone)

    def _leftovers(self) -> list[Path]:
        left = []
        for path in sorted(self._folder.glob("*")) if self._folder.is_dir() else ():
            sha256, _, suffix = path.name.partition(".")
            needed = self._in_use[path.name] > 0 or path in self._copying
            if not needed and not self._truth.uses_content(sha256, f".{suffix}" if suffix else ""):
                left.append(path)
        return left

    def state(self, original: Original, content: bool = True) -> Literal["whole", "missing", "altered"]:
        """Whether the original is there and, with ``content``, still has the hash it was stored under."""
        if not original.path.is_file():
            return "missing"
        if not content:
            return "whole"
        with original.path.open("rb") as file:
            digest = hashlib.sha256()
            while block := file.read(_COPY_BYTES):
                digest.update(block)
        return "whole" if digest.hexdigest() == original.sha256 else "altered"

    def _copy(self, source: Path, part: Path, name: str) -> str:
        """Copy and hash in one pass, so that what is hashed is what is kept."""
        digest, copied = hashlib.sha256(), 0
        with source.open("rb") as reading, part.open("wb") as writing:
            while block := reading.read(_COPY_BYTES):
                copied += len(block)
                if copied > self._max_bytes:
                    raise ManualUnreadable(
                        f"{name} has {source.stat().st_size:,} bytes, more than the limit of {self._max_bytes:,}.",
                        "Split the file, or raise the setting max_file_mb.",
                    )
                digest.update(block)
                writing.write(block)
            _sync(writing)
        if copied == 0:
            raise EmptyManual(f"{name} is empty (0 bytes).", "Export or copy the file again and retry.")
        return digest.hexdigest()


def _sync(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    """Make a rename survive a power cut (POSIX: the folder itself must be written too)."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
