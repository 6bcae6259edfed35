"""Hostile run: files fed one after the other to a real library's job queue, and what came of each."""

from __future__ import annotations

import os
import re
import resource
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from index.errors import IndexFailed, ManualUnreadable
from index.ingest.build import manual_name
from index.ingest.jobs import Job
from index.library import Library
from index.options import IndexOptions
from index.passage import Passage
from tests.fake_embedder import FakeEmbedder

MEGABYTE = 1024 * 1024
KNOWN = "Reset the drive: turn QS1 off, wait 10 s, turn QS1 on.\n\nAL.32 Overcurrent: check the motor cable.\n"
ASKED = "AL.32"
_LOOK_S = 0.02
_SETTLED_S = 30.0
_HASH = re.compile(r"[0-9a-f]{40}")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
_LONGEST = 700  # characters of a message that a person reads


@dataclass(slots=True)
class Outcome:
    """What came of a file. ``state``: "refused" (before it was queued), "failed" or "done"; ``pages``: how many it
    has; ``parts``: how many files of an archive were indexed; ``reader_mb``: most memory the reader had;
    ``search_ms``: slowest search meanwhile; ``faults``: what is not as it should be."""

    group: str
    name: str
    state: str = ""
    code: str = ""
    message: str = ""
    seconds: float = 0.0
    pages: int = 0
    passages: int = 0
    parts: int = 0
    reader_mb: int = 0
    service_mb: int = 0
    search_ms: float = 0.0
    faults: list[str] = field(default_factory=list)

    def row(self) -> dict[str, Any]:
        return {name: value for name, value in asdict(self).items() if value or name in ("state", "seconds")}


@dataclass(frozen=True, slots=True)
class Bounds:
    """``seconds`` a file may take, from its upload to its end, with ``page_s`` more for each of its pages; memory in MB
    that the reader and the service may have; ``search_ms`` a search may take while a file is being read."""

    seconds: float
    reader_mb: int
    service_mb: int
    search_ms: float
    page_s: float = 0.01


class Service:
    """A library with one good manual, which must be found all the time."""

    def __init__(self, folder: Path, options: IndexOptions, bounds: Bounds) -> None:
        self.options, self.bounds = options, bounds
        self.library = Library(options, write=True, embedder=FakeEmbedder())
        known = folder / "known.txt"
        known.write_text(KNOWN, encoding="utf-8")
        self.library.add(known)
        self.library.jobs.start()
        self._asked_at = 0.0

    def close(self) -> None:
        self.library.close()

    def feed(self, group: str, name: str, path: Path, holds: str = "") -> Outcome:
        """Upload the file at ``path`` as ``name`` and wait for what comes of it; then all is as it was before. Where it
        is read, one of its passages must hold ``holds``."""
        out = Outcome(group, name.encode("utf-8", "replace").decode()[:80])
        before = self._state()
        _forget_peaks()
        started = time.monotonic()
        try:
            job = self.library.jobs.submit(path, name)
        except ManualUnreadable as refused:
            out.state, out.code, out.message = "refused", refused.code, str(refused)
            out.faults += [] if refused.remedy else ["no remedy"]
        else:
            self._wait(job, out, started)
        out.seconds = round(time.monotonic() - started, 2)
        out.service_mb = resident(os.getpid()) // MEGABYTE
        self._judge(out, name)
        if holds and not any(holds in passage.text for passage in self._passages()):
            out.faults.append(f"no passage holds {holds!r}")
        self._tidy(out, before)
        return out

    def _wait(self, job: Job, out: Outcome, started: float) -> None:
        """Until the job and those that it made have ended, or far over the time that it may take."""
        pages = 0
        while time.monotonic() - started < 3 * (self.bounds.seconds + self.bounds.page_s * pages) + 30:
            out.reader_mb = max(out.reader_mb, _peak_of_children() // MEGABYTE)
            out.search_ms = max(out.search_ms, self._search(out))
            jobs = [each for each in self.library.jobs.jobs(2000) if each.id >= job.id]
            pages = max(each.pages_total for each in jobs)
            if all(each.state in ("done", "failed", "cancelled") for each in jobs):
                out.pages = pages
                self._read(jobs, out, job)
                return
            time.sleep(_LOOK_S)
        out.faults.append("never ended")

    def _read(self, jobs: list[Job], out: Outcome, job: Job) -> None:
        own = next(each for each in jobs if each.id == job.id)
        out.state, out.code, out.message = own.state, own.error_code, own.error
        parts = [each for each in jobs if each.id != job.id]
        out.parts = sum(each.state == "done" for each in parts)
        for part in parts:
            if part.state == "failed":
                out.faults += [f"part: {fault}" for fault in faults_of(part.error_code, part.error, part.name)]

    def _search(self, out: Outcome) -> float:
        """Milliseconds of a search, at most one each 0.1 s."""
        now = time.monotonic()
        if now - self._asked_at < 0.1:
            return 0.0
        self._asked_at = now
        try:
            hits = self.library.search(ASKED, 3).hits
        except (IndexFailed, sqlite3.Error) as failed:
            out.faults.append(f"search failed: {failed}")
            return 0.0
        if not any("Overcurrent" in hit.passage.text for hit in hits):
            out.faults.append("the good manual is not found")
        return round(1000 * (time.monotonic() - now), 1)

    def _judge(self, out: Outcome, name: str) -> None:
        bounds = self.bounds
        if out.state in ("failed", "refused"):
            out.faults += faults_of(out.code, out.message, name)
        elif out.state != "done":
            out.faults.append(f"ended as {out.state!r}")
        for what, value, bound in (
            ("seconds", out.seconds, bounds.seconds + bounds.page_s * out.pages),
            ("reader MB", out.reader_mb, bounds.reader_mb), ("service MB", out.service_mb, bounds.service_mb),
            ("search ms", out.search_ms, bounds.search_ms),
        ):  # fmt: skip
            if value > bound:
                out.faults.append(f"{what}: {value:,.0f} over {bound:,.0f}")

    def _passages(self) -> Iterator[Passage]:
        for manual in self.library.manuals():
            if manual.name != "known.txt":
                yield from self.library.passages(manual.id)

    def _tidy(self, out: Outcome, before: dict[str, Any]) -> None:
        """Remove what was indexed; what is left must be what was there before."""
        for manual in self.library.manuals():
            if manual.name != "known.txt":
                out.passages += manual.passages
                if manual.passages == 0 or out.state not in ("done",):
                    out.faults.append(f"half indexed: {manual.name[:60]!a}")
                self.library.remove(manual.id)
        after, end = self._state(), time.monotonic() + _SETTLED_S
        while after != before and time.monotonic() < end:  # an original goes a moment after its job has ended
            time.sleep(_LOOK_S)
            after = self._state()
        changed = [name for name in before if before[name] != after[name]]
        out.faults += [f"{name} left behind: {before[name]} -> {after[name]}" for name in changed]

    def _state(self) -> dict[str, Any]:
        with closing(sqlite3.connect(self.options.database)) as db:
            counts = {
                table: db.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
                for table in ("manual", "passage", "keyword", "code", "attribute")
            }
        truth, store = self.library._truth, self.library._store
        names = [path.name.partition(".") for path in self.options.originals.glob("*")]
        unused = [sha for sha, _, suffix in names if not truth.uses_content(sha, f".{suffix}" if suffix else "")]
        return {**counts, "vectors": store.count() if store else 0, "unused originals": len(unused),
                "uploads": len(list(self.options.folder.glob(".upload-*")))}  # fmt: skip


def faults_of(code: str, message: str, name: str) -> list[str]:
    """What is wrong with an error that a person reads: it must be of a known class, name the file, and be readable."""
    classes = [ManualUnreadable]
    for known in classes:
        classes += known.__subclasses__()
    out = [] if code in {known.code for known in classes} else [f"unknown code {code!r}"]
    try:
        shown = manual_name(name)
    except ManualUnreadable:
        shown = ""
    if shown and shown.rpartition("/")[2][:20] not in message:
        out.append("does not name the file")
    if _HASH.search(message) or "/tmp/" in message or "Traceback" in message or "object at 0x" in message:
        out.append("tells of the inside")
    if _CONTROL.search(message.replace("\n", " ")) or len(message) > _LONGEST + len(name):
        out.append(f"cannot be read ({len(message)} characters)")
    return out


def resident(pid: int) -> int:
    """Bytes of memory that a process has now."""
    return int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]) * resource.getpagesize()


def _children() -> Iterator[Path]:
    for thread in Path("/proc/self/task").iterdir():
        try:
            yield from (Path("/proc") / pid for pid in (thread / "children").read_text(encoding="ascii").split())
        except OSError:
            continue  # the thread has ended


def _peak_of_children() -> int:
    """Most resident bytes that a child had since the last call of _forget_peaks."""
    most = 0
    for child in _children():
        try:
            found = re.search(r"VmHWM:\s*(\d+)", (child / "status").read_text(encoding="ascii"))
        except OSError:
            continue  # it has ended
        most = max(most, int(found[1]) * 1024 if found else 0)
    return most


def _forget_peaks() -> None:
    for child in _children():
        try:
            (child / "clear_refs").write_text("5", encoding="ascii")  # resets VmHWM, see proc(5)
        except OSError:
            continue  # it has ended


def peak_of_ended_children() -> int:
    """Most resident bytes that any child had that has ended and was waited for."""
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
