"""Jobs: a durable queue of files to index. A job survives a power cut: what was accepted is finished later."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Literal

from index.build import Builder, Cancelled, Original, Progress
from index.errors import IndexFailed
from index.options import IndexOptions
from index.truth import Truth

State = Literal["queued", "running", "done", "failed", "cancelled"]
REPORT_EVERY_S = 0.2  # progress is written at most this often


@dataclass(frozen=True, slots=True)
class Job:
    """A file on its way into the index. ``error`` says what is wrong and what helps, for state "failed"."""

    id: int
    name: str
    state: State
    pages_done: int
    pages_total: int
    error_code: str
    error: str
    manual_id: str
    created_at: str


class JobQueue:
    """One worker thread, one file at a time; a bad file fails alone."""

    def __init__(self, options: IndexOptions, truth: Truth, builder: Builder) -> None:
        self._options = options
        self._truth = truth
        self._builder = builder
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._cancelled: set[int] = set()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Take up what a crash left behind, then work until ``stop``."""
        if self._thread is not None:
            return
        with self._truth.transaction() as db:
            db.execute("UPDATE job SET state = 'queued' WHERE state = 'running'")
        self._stopping.clear()
        self._thread = threading.Thread(target=self._work, name="index-jobs", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def submit(self, source: Path, name: str) -> Job:
        """Keep the file and queue it. Returns when both are on disk. Raises ManualUnreadable for an empty or too large
        file."""
        original = self._builder.keep_original(source, Path(name).suffix.lower())
        with self._truth.transaction() as db:
            job_id = db.execute(
                "INSERT INTO job (name, sha256, suffix, state, created_at) VALUES (?, ?, ?, 'queued', ?)",
                (name, original.sha256, original.suffix, _now()),
            ).lastrowid
        self._wake.set()
        job = self.job(int(job_id or 0))
        if job is None:
            raise IndexFailed("The job was not written.", "Check that the data folder is writable.")
        return job

    def cancel(self, job_id: int) -> None:
        self._cancelled.add(job_id)
        with self._truth.transaction() as db:
            db.execute("UPDATE job SET state = 'cancelled' WHERE id = ? AND state = 'queued'", (job_id,))

    def job(self, job_id: int) -> Job | None:
        row = self._truth.db.execute("SELECT * FROM job WHERE id = ?", (job_id,)).fetchone()
        return _job(row) if row else None

    def jobs(self, limit: int = 50) -> list[Job]:
        """The newest jobs, newest first."""
        rows = self._truth.db.execute("SELECT * FROM job ORDER BY id DESC LIMIT ?", (limit,)).fetchall()
        return [_job(row) for row in rows]

    def wait(self, job_id: int, timeout_s: float) -> Job:
        """The job when it has ended. Raises TimeoutError."""
        end = time.monotonic() + timeout_s
        while time.monotonic() < end:
            job = self.job(job_id)
            if job is not None and job.state in ("done", "failed", "cancelled"):
                return job
            time.sleep(0.05)
        raise TimeoutError(f"Job {job_id} has not ended within {timeout_s:.0f} s.")

    def _work(self) -> None:
        while not self._stopping.is_set():
            row = self._truth.db.execute("SELECT * FROM job WHERE state = 'queued' ORDER BY id LIMIT 1").fetchone()
            if row is None:
                self._wake.wait(1.0)
                self._wake.clear()
                continue
            self._run(int(row["id"]), str(row["name"]), str(row["sha256"]), str(row["suffix"]))

    def _run(self, job_id: int, name: str, sha256: str, suffix: str) -> None:
        self._update(job_id, state="running")
        original = Original(sha256, suffix, self._options.originals / f"{sha256}{suffix}")
        last = 0.0

        def report(progress: Progress) -> None:
            nonlocal last
            if job_id in self._cancelled or self._stopping.is_set():
                raise Cancelled("Stopped.", "Upload the file again.")
            now = time.monotonic()
            if progress.stage == "read" and (now - last > REPORT_EVERY_S or progress.done == progress.total):
                last = now
                self._update(job_id, pages_done=progress.done, pages_total=progress.total)

        try:
            added = self._builder.add(original, name, report)
        except Cancelled:
            # a service that stops leaves the job to its next start; a person's cancel ends it
            self._update(job_id, state="cancelled" if job_id in self._cancelled else "queued")
        except IndexFailed as failed:
            self._update(job_id, state="failed", error_code=failed.code, error=str(failed), finished_at=_now())
            self._drop_unused(original)
        except Exception as unexpected:  # noqa: BLE001  one bad file must not stop the queue; the job shows what happened
            self._update(
                job_id, state="failed", error_code="unexpected", finished_at=_now(),
                error=f"{name}: {type(unexpected).__name__}: {unexpected}. Report this file to whoever maintains Andon.",
            )  # fmt: skip
        else:
            self._update(job_id, state="done", manual_id=added.manual.id, finished_at=_now())

    def _drop_unused(self, original: Original) -> None:
        if self._truth.manual_of_content(original.sha256) is None:
            original.path.unlink(missing_ok=True)

    def _update(self, job_id: int, **values: str | int) -> None:
        columns = ", ".join(f"{name} = ?" for name in values)
        with self._truth.transaction() as db:
            db.execute(f"UPDATE job SET {columns} WHERE id = ?", (*values.values(), job_id))


def _job(row: object) -> Job:
    get = row.__getitem__  # type: ignore[attr-defined]
    return Job(
        id=get("id"), name=get("name"), state=get("state"), pages_done=get("pages_done"),
        pages_total=get("pages_total"), error_code=get("error_code"), error=get("error"), manual_id=get("manual_id"),
        created_at=get("created_at"),
    )  # fmt: skip


def _now() -> str:
    return datetime.now(timezone.utc).isoformat(timespec="seconds")
