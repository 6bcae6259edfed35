"""Page images: pages of the originals as pictures, drawn in a child process and kept on the disk within a bound."""

from __future__ import annotations

import json
import logging
import os
import re
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from index.errors import IndexFailed, ManualDamaged, PageNotDrawn, PageUnknown, PageWithoutPicture
from index.ingest.reader_process import ReaderProcess
from index.options import DrawCaps

log = logging.getLogger(__name__)

SCALES = (0.5, 1.0, 1.5, 2.0, 3.0, 4.0)  # pixels a point; few, so that a page drawn once serves again
_KEPT = re.compile(r"^(?P<key>[0-9a-f]{64}-\d+-[\d.]+)-(?P<width>[\d.]+)x(?P<height>[\d.]+)\.png$")
_POLL_S = 0.5
_DROP_TO = 0.8  # of the bound: so that not every further page has to make room


@dataclass(frozen=True, slots=True)
class PageImage:
    """A page as PNG: where the file lies, and the page's size in points (the coordinates of a passage's boxes)."""

    path: Path
    width: float
    height: float


class PageImages:
    """Draws pages of originals and keeps what was drawn. Safe to call from several threads: one page is drawn at a
    time, since a box has few cores and its model needs them, too."""

    def __init__(self, folder: Path, caps: DrawCaps | None = None, worker: str = "index.manuals.draw_worker") -> None:
        self._folder = folder
        self._caps = caps or DrawCaps()
        self._module = worker
        self._guard = threading.Lock()
        self._process: ReaderProcess | None = None

    def image(self, original: Path, sha256: str, page: int, scale: float) -> PageImage:
        """``page`` (from 1) of ``original``, whose content hash is ``sha256``, with at least ``scale`` pixels a point
        (see SCALES; a large page gets less). Raises PageUnknown, PageWithoutPicture, ManualDamaged, PageNotDrawn."""
        key = f"{sha256}-{page}-{_step(scale)}"
        found = self._found(key)
        if found is not None:
            return found
        with self._guard:
            found = self._found(key)  # another thread may have drawn it meanwhile
            if found is None:
                found = self._drawn(original, key, page, _step(scale))
                self._make_room(found.path)
        return found

    def drop(self, sha256: str) -> None:
        """Delete what was drawn of an original that is gone."""
        for path in self._folder.glob(f"{sha256}-*"):
            path.unlink(missing_ok=True)

    def close(self) -> None:
        """End the child process."""
        with self._guard:
            self._end()

    def _found(self, key: str) -> PageImage | None:
        for path in self._folder.glob(f"{key}-*.png"):
            match = _KEPT.match(path.name)
            if match is not None:
                try:
                    os.utime(path)  # used last: dropped last
                except FileNotFoundError:
                    continue
                return PageImage(path, float(match["width"]), float(match["height"]))
        return None

    def _drawn(self, original: Path, key: str, page: int, scale: float) -> PageImage:
        if not original.is_file():
            raise PageNotDrawn("The original file is missing.", "Add the same file again under the same name.")
        self._folder.mkdir(parents=True, exist_ok=True)
        part = self._folder / f".{uuid4().hex}.part"
        try:
            width, height = self._asked(original, page, scale, part)
            path = self._folder / f"{key}-{width:.2f}x{height:.2f}.png"
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
        return PageImage(path, round(width, 2), round(height, 2))

    def _asked(self, original: Path, page: int, scale: float, into: Path) -> tuple[float, float]:
        if self._process is None or not self._process.is_alive():
            self._end()
            self._process = ReaderProcess(self._module, self._caps.memory_bytes)
        self._process.ask(original, page=page, scale=scale, into=str(into.resolve()))
        end = time.monotonic() + self._caps.page_s
        while (line := self._process.message(_POLL_S)) is None:
            if time.monotonic() > end:
                self._end()
                raise PageNotDrawn(f"Page {page} was not drawn within {self._caps.page_s:.0f} s.", _OTHER_WAY)
        if not line:
            log.warning("Drawing page %s ended its process: %s", page, self._process.last_words())
            self._end()
            raise PageNotDrawn(f"Drawing page {page} ended the process that draws.", _OTHER_WAY)
        return _size(page, line)

    def _end(self) -> None:
        if self._process is not None:
            self._process.end()
            self._process = None

    def _make_room(self, newest: Path) -> None:
        """Delete what was not looked at for longest, once more is kept than the bound."""
        kept = []
        for path in self._folder.glob("*.png"):
            try:
                state = path.stat()
            except FileNotFoundError:
                continue
            kept.append((state.st_mtime, state.st_size, path))
        total = sum(size for _, size, _ in kept)
        if total <= self._caps.kept_bytes:
            return
        for _, size, path in sorted(kept):
            if total <= _DROP_TO * self._caps.kept_bytes:
                break
            if path != newest:
                path.unlink(missing_ok=True)
                total -= size


_OTHER_WAY = "Open the original instead; the page may be damaged."
_KNOWN: tuple[type[IndexFailed], ...] = (PageUnknown, PageWithoutPicture, ManualDamaged)


def _step(scale: float) -> float:
    """The least of SCALES that is not below ``scale``."""
    return next((step for step in SCALES if scale <= step), SCALES[-1])


def _size(page: int, line: bytes) -> tuple[float, float]:
    """What the child answered: the page's size. It is not trusted: a broken one may tell anything."""
    try:
        told: dict[str, Any] = json.loads(line)
        if "drawn" in told:
            width, height = map(float, told["drawn"])
            if 0 < width < 1e6 and 0 < height < 1e6:
                return width, height
        failed = told.get("failed")
        if failed is not None:
            kind = next((one for one in _KNOWN if one.code == failed["code"]), PageNotDrawn)
            raise kind(str(failed["message"]), str(failed["remedy"]), **failed["details"])
        log.warning("Page %s cannot be drawn: %s", page, told.get("broke"))
    except (TypeError, ValueError, KeyError, AttributeError) as cause:
        log.warning("Page %s: the process that draws talked nonsense: %s", page, cause)
    raise PageNotDrawn(f"Page {page} cannot be drawn.", _OTHER_WAY)
