"""PromptCache: prompts that were read already, kept on disk, found again by what they begin with.

The runtime writes and reads the files. Beside each lie the ids of its prompt, under a name made of what its numbers
depend on: model, release, context, adapter. Whether the runtime gains anything by a file is told by the tokens that it
still read (rknn-llm#399 saw none); where it gains nothing time after time, no more are kept.
"""

from __future__ import annotations

import hashlib
import logging
import os
import struct
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

WORTH_TOKENS = 64  # under this, reading them anew is as quick as a file (half a second at 125 tokens a second)
GIVE_UP = 3
_IDS, _KEPT, _PART = ".ids", ".rkcache", ".part"
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Found:
    """A file whose prompt begins as the one asked about, for ``shared`` tokens."""

    path: Path
    shared: int


class PromptCache:
    """The files of one model under ``folder``, at most ``limit_bytes`` of them; the longest unused go first. ``model``
    is everything that another file than the model's own would change."""

    def __init__(self, folder: Path, limit_bytes: int, model: str) -> None:
        self._folder = folder
        self._limit = limit_bytes
        self._key = hashlib.sha256(model.encode("utf-8", "surrogateescape")).hexdigest()[:16]
        self._useless = 0  # loads in a row that gained nothing
        for part in folder.glob(f"*{_PART}"):  # of a run that was stopped, or of a power cut
            part.unlink(missing_ok=True)

    @property
    def in_use(self) -> bool:
        return self._limit > 0 and self._useless < GIVE_UP

    def find(self, ids: Sequence[int], adapter: str) -> Found | None:
        """The file that saves the most, if it is worth loading."""
        best: Found | None = None
        for path in self._folder.glob(f"{self._name(adapter)}-*{_KEPT}"):
            shared = common(_read_ids(path.with_suffix(_IDS)), ids)
            if shared >= WORTH_TOKENS and (best is None or shared > best.shared):
                best = Found(path, shared)
        if best is not None:
            with suppress(OSError):
                os.utime(best.path)
        return best

    def place(self, ids: Sequence[int], adapter: str) -> Path | None:
        """Where the runtime may write the prompt ``ids``; ``keep`` makes it count. None where it must not."""
        if len(ids) < WORTH_TOKENS:
            return None
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as exc:
            log.warning("No prompts are kept: %s", exc)
            return None
        digest = hashlib.sha256(_bytes_of(ids)).hexdigest()[:16]
        return self._folder / f"{self._name(adapter)}-{digest}.{os.getpid()}{_PART}"

    def keep(self, part: Path, ids: Sequence[int]) -> None:
        """The runtime has written ``part`` whole."""
        kept = part.with_suffix("").with_suffix(_KEPT)
        try:
            if not part.is_file() or part.stat().st_size > self._limit:
                part.unlink(missing_ok=True)
                return
            kept.with_suffix(_IDS).write_bytes(_bytes_of(ids))
            part.replace(kept)  # what has a name is whole
            self._shrink(kept)
        except OSError as exc:
            log.warning("The prompt could not be kept: %s", exc)

    def drop(self, path: Path) -> None:
        """``path`` could not be used."""
        for one in (path, path.with_suffix(_IDS)):
            with suppress(OSError):
                one.unlink(missing_ok=True)

    def told(self, gained: bool) -> None:
        """Whether a load saved the reading of what it promised."""
        self._useless = 0 if gained else self._useless + 1
        if self._useless == GIVE_UP:
            log.warning("The runtime gains nothing from kept prompts; none are used until the next start.")

    def _name(self, adapter: str) -> str:
        return f"{self._key}-{hashlib.sha256(adapter.encode()).hexdigest()[:8]}"

    def _shrink(self, newest: Path) -> None:
        """Drops the oldest ones; never ``newest``, though many may be of the same tick of the file system's clock."""
        files = sorted(self._folder.glob(f"*{_KEPT}"), key=lambda file: (file == newest, file.stat().st_mtime_ns))
        size = sum(file.stat().st_size for file in files)
        for file in files:
            if size <= self._limit:
                return
            size -= file.stat().st_size
            self.drop(file)


def common(a: Sequence[int], b: Sequence[int]) -> int:
    """Length of the common beginning."""
    for i, (x, y) in enumerate(zip(a, b, strict=False)):
        if x != y:
            return i
    return min(len(a), len(b))


def _bytes_of(ids: Sequence[int]) -> bytes:
    return struct.pack(f"<{len(ids)}i", *ids)


def _read_ids(path: Path) -> tuple[int, ...]:
    try:
        raw = path.read_bytes()
    except OSError:
        return ()
    return struct.unpack(f"<{len(raw) // 4}i", raw[: len(raw) // 4 * 4])
