"""Parsing: files are read in a child process with a cap on memory and time, so that no file takes the service down."""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from index.errors import IndexFailed, ManualUnreadable, ReaderCrashed, ReaderOverMemory, ReaderTooSlow
from index.ingest.reader_process import ReaderProcess
from index.manuals.block import Block, Page, Reading
from index.manuals.bounded import MAX_PAGES, bounded, too_many_pages
from index.manuals.choose import reader_for
from index.manuals.coverage import Skipped
from index.options import MEGABYTE, Caps
from index.passage import Box

log = logging.getLogger(__name__)
_T = TypeVar("_T")

_POLL_S = 0.2  # how soon somebody who cancels is heard
IDLE_S = 60.0  # a warm worker without work ends then; starting one takes half a second
_KEEP_UNDER = 400 * MEGABYTE  # a worker that grew further, as OCR makes it, is not kept warm


@dataclass(frozen=True, slots=True)
class Seen:
    """How far a reader is before its first page can come: ``by_ocr`` where OCR read the last page, which is slow."""

    done: int
    total: int
    by_ocr: bool


Watch = Callable[[Seen | None], None]  # called at each sign of progress, and with None while waiting; may raise


OpenFile = Callable[[Path, Watch | None], Reading]


def open_here(path: Path, watch: Watch | None = None) -> Reading:
    """Open a file in this process, for callers that trust it."""
    return bounded(reader_for(path).open(path), path.name)


class Parser:
    """Opens files like a reader does. One worker is kept warm for ``idle_s`` seconds; several threads may open files at
    once, each then has its own. Close it when nothing is being read."""

    def __init__(
        self, caps: Caps | None = None, worker: str = "index.manuals.worker", ocr: str = "auto", idle_s: float = IDLE_S
    ) -> None:
        self._caps = caps or Caps()
        self._module = worker
        self._ocr = ocr
        self._idle_s = idle_s
        self._guard = threading.Lock()
        self._idle: ReaderProcess | None = None

    def open(self, path: Path, watch: Watch | None = None) -> Reading:
        """As index.manuals.block.ManualReader.open, with its errors; and ReaderCrashed, ReaderOverMemory,
        ReaderTooSlow. What ``watch`` raises ends the reading."""
        worker = self._take()
        try:
            session = _Session(worker, path, self._caps, watch or _unwatched)
            head = session.until_head()
        except BaseException:
            self._give_back(worker, clean=worker.idle)
            raise
        return Reading(head["title"], head["page_count"], self._pages(worker, session), head["skipped"])

    def close(self) -> None:
        """End the warm worker."""
        with self._guard:
            worker, self._idle = self._idle, None
        if worker is not None:
            worker.end()

    def _pages(self, worker: ReaderProcess, session: _Session) -> Iterator[Page]:
        try:
            yield from session.pages()
        finally:
            self._give_back(worker, clean=worker.idle)

    def _take(self) -> ReaderProcess:
        with self._guard:
            worker, self._idle = self._idle, None
        if worker is not None and worker.is_alive():
            return worker
        return ReaderProcess(self._module, self._caps.memory_bytes, self._ocr)

    def _give_back(self, worker: ReaderProcess, clean: bool) -> None:
        if clean and worker.is_alive() and worker.resident() < _KEEP_UNDER:
            with self._guard:
                if self._idle is None:
                    self._idle = worker
                    later = threading.Timer(self._idle_s, self._end_idle, [worker])
                    later.daemon = True
                    later.start()
                    return
        worker.end()

    def _end_idle(self, worker: ReaderProcess) -> None:
        with self._guard:
            if self._idle is not worker:
                return
            self._idle = None
        worker.end()


@dataclass
class _Session:
    """One file read by one worker."""

    worker: ReaderProcess
    path: Path
    caps: Caps
    watch: Watch
    pages_seen: int = 0
    started: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        self.worker.ask(self.path)

    def until_head(self) -> dict[str, Any]:
        while True:
            message = self._next()
            if "title" in message:
                return {**message, "skipped": self._made(_skipped, message["skipped"])}

    def pages(self) -> Iterator[Page]:
        while True:
            message = self._next()
            if "page" in message:
                yield self._made(_page, message["page"])
            elif "end" in message:
                self.worker.idle = True
                return

    def _next(self) -> dict[str, Any]:
        message = self._wait()
        if "seen" in message:
            seen = self._made(lambda told: Seen(*told), message["seen"])
            if seen.total > MAX_PAGES:
                raise too_many_pages(self.path.name, seen.total)
            self.pages_seen = max(self.pages_seen, seen.total)
            self.watch(seen)
        elif "failed" in message:
            self.worker.idle = True
            raise self._made(_error, message["failed"])
        elif "memory" in message:
            raise self._over_memory()
        elif "broke" in message:
            self.worker.idle = True
            log.warning("The reader of %s stumbled: %s", self.path.name, message["broke"])
            why = str(message["broke"]).partition(":")[0]  # the rest is for whoever maintains the reader
            raise ReaderCrashed(f"{self.path.name}: something in it made the reader stumble ({why}).", _OTHER_WAY)
        return message

    def _wait(self) -> dict[str, Any]:
        begun = time.monotonic()
        while True:
            line = self.worker.message(_POLL_S)
            now = time.monotonic()
            whole = self.caps.whole_s + self.caps.per_page_s * self.pages_seen
            if now - self.started > whole:
                raise self._too_slow(f"it was not done after {whole:.0f} s")
            if line:
                return self._made(_object, line)
            if line is not None:
                raise self._dead()
            self.watch(None)
            if now - begun > self.caps.page_s:
                raise self._too_slow(f"for {self.caps.page_s:.0f} s it came no further")

    def _made(self, make: Callable[[Any], _T], told: Any) -> _T:
        """What a worker told, as what it should be: a broken one may tell anything."""
        try:
            return make(told)
        except (TypeError, ValueError, KeyError, AttributeError) as cause:
            log.warning("The reader of %s talked nonsense: %s", self.path.name, cause)
            raise ReaderCrashed(f"{self.path.name}: reading it broke the reader.", _OTHER_WAY) from cause

    def _dead(self) -> ManualUnreadable:
        self.worker.kill()
        code = self.worker.process.wait()
        said = self.worker.last_words()
        log.warning("The reader of %s ended (%s): %s", self.path.name, code, said)
        if any(sign in said for sign in ("MemoryError", "bad_alloc", "memory allocation", "out of memory")):
            return self._over_memory()
        return ReaderCrashed(f"{self.path.name}: reading it ended the reader (signal or exit {code}).", _OTHER_WAY)

    def _over_memory(self) -> ManualUnreadable:
        limit = self.caps.memory_bytes // MEGABYTE
        return ReaderOverMemory(
            f"{self.path.name} needs more than the {limit:,} MB of memory that a reader may have.",
            "Split the file, or save it with smaller pictures.",
        )

    def _too_slow(self, how: str) -> ManualUnreadable:
        return ReaderTooSlow(f"{self.path.name} takes too long to read: {how}.", _OTHER_WAY)


_OTHER_WAY = "Save the file in another way (print it to PDF, for example) and add that; the file may be damaged."


def _unwatched(seen: Seen | None) -> None:
    """Nobody watches."""


def _object(line: bytes) -> dict[str, Any]:
    found = json.loads(line)
    if not isinstance(found, dict):
        raise TypeError("no JSON object")
    return found


def _skipped(told: list[dict[str, Any]]) -> tuple[Skipped, ...]:
    return tuple(Skipped(**part) for part in told)


def _error(told: dict[str, Any]) -> IndexFailed:
    """The error that a reader raised, as its own class again."""
    classes = [IndexFailed]
    for known in classes:
        classes += known.__subclasses__()
    kind = next((known for known in classes if known.code == told["code"]), ManualUnreadable)
    return kind(told["message"], told["remedy"], **told["details"])


def _page(told: dict[str, Any]) -> Page:
    blocks = tuple(
        Block(**{**block, "cells": _tuples(block["cells"]), "box": Box(**block["box"]) if block["box"] else None})
        for block in told["blocks"]
    )
    return Page(**{**told, "blocks": blocks, "skipped": _skipped(told["skipped"])})


def _tuples(value: Any) -> Any:
    return tuple(_tuples(part) for part in value) if isinstance(value, list) else value
