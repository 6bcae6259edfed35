"""Jobs: a durable queue of files to index. A job survives a power cut: what was accepted is finished later."""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from pathlib import Path
from typing import Literal

from index.attributes import UNSET, Attributes, put_attributes
from index.errors import IndexFailed, ManualUnreadable, OriginalLost
from index.ingest.build import Builder, Cancelled, Progress, ReportProgress, manual_name
from index.ingest.originals import Original, Originals
from index.manuals.archive import ZIP, members
from index.manuals.choose import suffixes
from index.truth.truth import Truth, storable

State = Literal["queued", "running", "done", "failed", "cancelled"]
REPORT_EVERY_S = 0.2  # progress is written at most this often
MAX_CRASHES = 3  # a file that took the whole process down this often is given up, or the box would never start again
RETRY_S = 1.0  # after the database itself failed, such as on a full disk

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Job:
    """A file on its way into the index. ``error`` says what is wrong and what helps, for state "failed";
    ``seconds_left`` until it is read, an estimate by the pages so far, known where it is being read."""

    id: int
    name: str
    state: State
    pages_done: int
    pages_total: int
    error_code: str
    error: str
    manual_id: str
    created_at: str
    seconds_left: int | None = None


class JobQueue:
    """One worker thread, one file at a time; a bad file fails alone."""

    def __init__(self, truth: Truth, builder: Builder, originals: Originals) -> None:
        self._truth = truth
        self._builder = builder
        self._originals = originals
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._cancelled: set[int] = set()
        self._seconds_left: dict[int, int] = {}
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Take up what a crash left behind, then work until ``stop``."""
        if self._thread is not None:
            return
        with self._truth.transaction() as db:
            db.execute("UPDATE job SET state = 'queued', crashes = crashes + 1 WHERE state = 'running'")
            worn = db.execute(
                "UPDATE job SET state = 'failed', error_code = 'unexpected', finished_at = ?, error = name ||"
                " ': Andon ended ' || crashes || ' times while reading this file. Save it in another way and upload it"
                " again.' WHERE state = 'queued' AND crashes >= ? RETURNING sha256, suffix",
                (_now(), MAX_CRASHES),
            ).fetchall()
        for row in worn:
            self._originals.drop_unused(self._originals.at(row["sha256"], row["suffix"]))
        self._stopping.clear()
        self._thread = threading.Thread(target=self._work, name="index-jobs", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the worker after its current step; what it had begun is taken up by the next ``start``."""
        self._stopping.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def submit(self, source: Path, name: str, attributes: Attributes = UNSET) -> Job:
        """Keep the file and queue it; the manual (of an archive each) gets ``attributes`` when it is there. Returns
        when both are on disk. Raises ManualUnreadable for an empty or too large file."""
        name = manual_name(name)
        with self._originals.holding(source, name) as original, self._truth.transaction() as db:
            row, *_ = db.execute(
                "INSERT INTO job (name, sha256, suffix, state, created_at, attributes) VALUES (?, ?, ?, 'queued', ?, ?)"
                " RETURNING *",
                (name, original.sha256, original.suffix, _now(), attributes.to_json()),
            ).fetchall()
        self._wake.set()
        return _job(row)

    def retry(self, job_id: int) -> Job:
        """Queue a job that failed once more, as when text recognition was installed since. Raises OriginalLost where
        its file is no longer kept (index.truth.truth.FAILED_KEPT), or it has not failed."""
        with self._truth.transaction() as db:
            row = db.execute("SELECT * FROM job WHERE id = ? AND state = 'failed'", (job_id,)).fetchone()
            if row is None or not self._originals.at(row["sha256"], row["suffix"]).path.is_file():
                raise OriginalLost(f"The file of job {job_id} is no longer kept.", "Upload it again.")
            db.execute(
                "UPDATE job SET state = 'queued', crashes = 0, pages_done = 0, pages_total = 0, error = '',"
                " error_code = '', finished_at = '' WHERE id = ?",
                (job_id,),
            )
            row = db.execute("SELECT * FROM job WHERE id = ?", (job_id,)).fetchone()
        self._wake.set()
        return _job(row)

    def cancel(self, job_id: int) -> None:
        """End a job that has not ended: at once while it waits, at its next page or batch while it runs. One that
        failed can then not be tried again; its file goes."""
        self._cancelled.add(job_id)
        with self._builder.publishing:
            with self._truth.transaction() as db:
                waiting = db.execute(
                    "UPDATE job SET state = 'cancelled', finished_at = ? WHERE id = ? AND state IN ('queued', 'failed')"
                    " RETURNING sha256, suffix",
                    (_now(), job_id),
                ).fetchall()
                running = db.execute("SELECT 1 FROM job WHERE id = ? AND state = 'running'", (job_id,)).fetchone()
            for row in waiting:
                self._originals.drop_unused(self._originals.at(row["sha256"], row["suffix"]))
        if running is None:
            self._cancelled.discard(job_id)

    def job(self, job_id: int) -> Job | None:
        row = self._truth.db.execute("SELECT * FROM job WHERE id = ?", (job_id,)).fetchone()
        return self._with_estimate(row) if row else None

    def jobs(self, limit: int = 50) -> list[Job]:
        """The one that is being read, then the newest, newest first."""
        rows = self._truth.db.execute(
            "SELECT * FROM job ORDER BY state = 'running' DESC, id DESC LIMIT ?", (limit,)
        ).fetchall()
        return [self._with_estimate(row) for row in rows]

    def waiting(self) -> list[Job]:
        """The jobs that wait, the next one first."""
        return [_job(row) for row in self._truth.db.execute("SELECT * FROM job WHERE state = 'queued' ORDER BY id")]

    def counts(self) -> dict[str, int]:
        """How many jobs wait and run."""
        rows = self._truth.db.execute(
            "SELECT state, count(*) FROM job WHERE state IN ('queued', 'running') GROUP BY state"
        ).fetchall()
        return {str(state): int(count) for state, count in rows}

    def _with_estimate(self, row: sqlite3.Row) -> Job:
        job = _job(row)
        left = self._seconds_left.get(job.id)
        return replace(job, seconds_left=left) if left is not None and job.state == "running" else job

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
            try:
                job = self._claim()
                if job is None:
                    self._wake.wait(1.0)
                    self._wake.clear()
                else:
                    self._run(*job)
            except sqlite3.Error:  # the job's row still says "running", so it is claimed again
                log.exception("The job queue could not write to the index; trying again in %.0f s.", RETRY_S)
                self._stopping.wait(RETRY_S)

    def _claim(self) -> tuple[int, str, str, str] | None:
        """Mark the oldest open job as running: (id, name, sha256, suffix). There is one worker, so a job that is
        running already is its own, left by an error of the database."""
        with self._truth.transaction() as db:
            rows = db.execute(
                "UPDATE job SET state = 'running' WHERE id ="
                " (SELECT min(id) FROM job WHERE state IN ('queued', 'running')) RETURNING id, name, sha256, suffix"
            ).fetchall()
        return next(((int(r["id"]), str(r["name"]), str(r["sha256"]), str(r["suffix"])) for r in rows), None)

    def _run(self, job_id: int, name: str, sha256: str, suffix: str) -> None:
        original = self._originals.at(sha256, suffix)
        begun, last, furthest = time.monotonic(), 0.0, 0

        def report(progress: Progress) -> None:
            nonlocal last, furthest
            if job_id in self._cancelled or self._stopping.is_set():
                raise Cancelled("Stopped.", "Upload the file again.")
            now = time.monotonic()
            slow = progress.stage == "recognise"
            if slow or (progress.stage == "read" and (now - last > REPORT_EVERY_S or progress.done == progress.total)):
                last, furthest = now, max(furthest, progress.done)
                self._seconds_left[job_id] = round((now - begun) / max(1, furthest) * (progress.total - furthest))
                self._update(job_id, pages_done=furthest, pages_total=progress.total)

        with self._originals.keeping(original):
            self._work_on(job_id, original, name, report)
        self._originals.drop_leftovers()  # a failed job may have pushed the oldest of those kept out
        self._cancelled.discard(job_id)
        self._seconds_left.pop(job_id, None)

    def _work_on(self, job_id: int, original: Original, name: str, report: ReportProgress) -> None:
        """Read and index, and write down how it ended."""
        manual_id = ""
        try:
            if not original.path.is_file():
                raise OriginalLost(f"{name} was received, but its file has gone since.", "Upload it again.")
            if original.suffix == ZIP:
                self._unpack(original, name, report, self._attributes(job_id))
            else:
                manual_id = self._builder.add(original, name, report).manual.id
                if attributes := self._attributes(job_id):
                    put_attributes(self._truth, manual_id, attributes)
        except Cancelled:
            if job_id not in self._cancelled:  # a service that stops leaves the job to its next start
                self._update(job_id, state="queued")
            else:
                self._update(job_id, state="cancelled", finished_at=_now())
        except IndexFailed as failed:
            error = storable(str(failed))
            self._update(job_id, state="failed", error_code=failed.code, error=error, finished_at=_now())
        except Exception as unexpected:  # one bad file must not stop the queue; the job shows what happened
            log.exception("Job %d (%s) failed unexpectedly.", job_id, name)
            error = f"{name}: {type(unexpected).__name__}: {unexpected}. Report this file to whoever maintains Andon."
            self._update(job_id, state="failed", error_code="unexpected", error=storable(error), finished_at=_now())
        else:
            self._update(job_id, state="done", manual_id=manual_id, finished_at=_now())

    def _attributes(self, job_id: int) -> Attributes:
        row = self._truth.db.execute("SELECT attributes FROM job WHERE id = ?", (job_id,)).fetchone()
        return Attributes.from_json(row["attributes"]) if row else UNSET

    def _unpack(self, original: Original, name: str, report: ReportProgress, attributes: Attributes) -> None:
        """Queue each file of an archive as a job of its own; one that is refused is a failed job with its reason. Doing
        it again after a crash changes nothing: a file that is in the index already costs nothing."""
        scratch = self._originals.uploads  # on the data disk, and swept after a crash
        for count, member in enumerate(members(original.path, name, suffixes(), scratch=scratch), start=1):
            report(Progress("read", count, count))
            refused = member.error
            if member.path is not None:
                try:
                    self.submit(member.path, member.name, attributes)
                except ManualUnreadable as error:
                    refused = error
            if refused is not None:
                self._refuse(member.name, refused)

    def _refuse(self, name: str, error: ManualUnreadable) -> None:
        with self._truth.transaction() as db:
            db.execute(
                "INSERT INTO job (name, sha256, suffix, state, created_at, finished_at, error_code, error)"
                " VALUES (?, '', '', 'failed', ?, ?, ?, ?)",
                (manual_name(name), _now(), _now(), error.code, storable(str(error))),
            )

    def _update(self, job_id: int, **values: str | int) -> None:
        columns = ", ".join(f"{name} = ?" for name in values)
        with self._truth.transaction() as db:
            db.execute(f"UPDATE job SET {columns} WHERE id = ?", (*values.values(), job_id))


def _job(row: sqlite3.Row) -> Job:
    return Job(
        id=row["id"], name=row["name"], state=row["state"], pages_done=row["pages_done"],
        pages_total=row["pages_total"], error_code=row["error_code"], error=row["error"], manual_id=row["manual_id"],
        created_at=row["created_at"],
    )  # fmt: skip


def _now() -> str:
    return datetime.now(timezone.utc).isoformat(timespec="seconds")
