"""What runs in the processes that tests/bench_kills.py kills: one change to an index, and taking it up again."""

from __future__ import annotations

import hashlib
import json
import mmap
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from index_agreement import raw

from index.embedders.embedder import make_embedder
from index.library import Library
from index.options import IndexOptions

PHASES = (
    "other", "original copy", "embed", "vectors added", "sqlite transaction", "vectors deleted", "vectors opened",
    "vector file written",
)  # fmt: skip
WAIT_S = 600.0


@dataclass(frozen=True)
class Change:
    """One operation on the index in ``folder``. ``embedder`` is the file of the one that it ends with; ``source`` and
    ``name`` say which manual, where it is about one."""

    kind: str
    folder: Path
    embedder: Path
    source: Path
    name: str
    phase: Path


class PhaseFile:
    """One byte that another process can read at any moment: what this one is doing now."""

    def __init__(self, path: Path) -> None:
        if not path.exists():
            path.write_bytes(b"\0")
        with path.open("r+b") as file:
            self._byte = mmap.mmap(file.fileno(), 1)
        self._guard = threading.Lock()

    @property
    def now(self) -> str:
        return PHASES[self._byte[0]]

    @contextmanager
    def during(self, phase: str) -> Iterator[None]:
        with self._guard:
            before, self._byte[0] = self._byte[0], PHASES.index(phase)
        try:
            yield
        finally:
            self._byte[0] = before

    def wrap(self, owner: Any, method: str, phase: str) -> None:
        """``method`` of ``owner`` does what it did, and its phase can be seen meanwhile."""
        inner: Callable[..., Any] = getattr(owner, method)

        def marked(*arguments: Any, **named: Any) -> Any:
            with self.during(phase):
                return inner(*arguments, **named)

        setattr(owner, method, marked)


def opened(change: Change, phase: PhaseFile, *, rebuild: bool = False) -> Library:
    embedder = make_embedder(str(change.embedder))
    assert embedder is not None
    embedder.load()
    phase.wrap(embedder, "embed", "embed")
    with phase.during("vectors opened"):
        library = Library(IndexOptions(change.folder), write=True, rebuild=rebuild, embedder=embedder)
    truth, store = library._truth, library._store
    begin = truth.transaction

    @contextmanager
    def transaction() -> Iterator[Any]:
        with phase.during("sqlite transaction"), begin() as db:
            yield db

    setattr(truth, "transaction", transaction)  # noqa: B010
    phase.wrap(store, "add", "vectors added")
    phase.wrap(store, "delete", "vectors deleted")
    phase.wrap(store._file if store is not None else None, "_put", "vector file written")
    phase.wrap(library._originals, "_copy", "original copy")
    return library


def work(change: Change, told: Connection) -> None:
    """Open, say so, make the change, say so, and wait to be killed."""
    phase = PhaseFile(change.phase)
    if change.kind in ("rebuild", "switch"):
        told.send("ready")  # opening is a part of it
    library = opened(change, phase, rebuild=change.kind == "rebuild")
    if change.kind in ("add", "replace"):
        library.jobs.start()
        told.send("ready")
        job = library.jobs.submit(change.source, change.name)
        assert library.jobs.wait(job.id, WAIT_S).state == "done"
    elif change.kind == "delete":
        told.send("ready")
        library.remove(change.name)
    elif change.kind == "rebuild":
        library.rebuild()
    else:
        complete(library)
    library.close()
    told.send("done")
    time.sleep(WAIT_S)


def complete(library: Library) -> None:
    """Wait until every passage has its vector, and search asks them."""
    end = time.monotonic() + WAIT_S
    while library.vectors is None or not library.vectors.complete or (library._refill and library._refill.running):
        assert time.monotonic() < end, library.vectors
        time.sleep(0.02)


def resume(change: Change, question: str, told: Connection) -> None:
    """Open as the service does, finish what is open, and tell what is there then."""
    phase = PhaseFile(change.phase)
    told.send("ready")
    begun = time.monotonic()
    library = opened(change, phase)
    made = library.vectors
    library.jobs.start()
    open_jobs = [job for job in library.jobs.jobs() if job.state in ("queued", "running")]
    for job in open_jobs:
        library.jobs.wait(job.id, WAIT_S)
    complete(library)
    resumed_s = time.monotonic() - begun
    report = library.verify(deep=True)
    sides = {why.by for hit in library.search(question).hits for why in hit.why}
    failed = [f"{job.name}: {job.error}" for job in library.jobs.jobs() if job.state != "done"]
    library.close()
    told.send(
        {
            "content": content(change.folder), "jobs_open": len(open_jobs), "jobs_not_done": failed,
            "vectors_there": made.done if made else 0, "passages": made.total if made else 0,
            "disagrees": [f"{found.kind}: {found.count} {list(found.where)}" for found in report.findings],
            "search": sorted(sides), "resumed_s": round(resumed_s, 2),
        }
    )  # fmt: skip


def content(folder: Path) -> str:
    """A digest of all that the truth says, as it lies on the disk: manuals, revisions, passages, keywords, codes. What
    the time of day or a second attempt changes is left out: dates and row numbers."""
    digest = hashlib.sha256()
    with raw(IndexOptions(folder)) as db:
        for query in (
            "SELECT id, name, title, revision, sha256, suffix, pages, lang FROM manual ORDER BY id",
            "SELECT manual_id, revision, sha256 FROM revision ORDER BY 1, 2",
            "SELECT id, manual_id, revision, ordinal, text, pages, page_labels, section, kind, lang, codes, boxes,"
            " recognised, place, body FROM passage JOIN keyword ON keyword.rowid = number ORDER BY id",
            "SELECT id, code, lead FROM code JOIN passage ON number = passage ORDER BY 1, 2, 3",
        ):
            for row in db.execute(query):
                digest.update(json.dumps(row).encode() + b"\n")
    return digest.hexdigest()
