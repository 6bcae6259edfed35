"""Database: the records' own SQLite file. A write never waits long, and readers never keep writers waiting."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from assistant.records.errors import RecordsFailed
from assistant.records.schema import VERSION, upgrade, version_of

WAIT_S = 0.5  # an answer waits no longer for its record to be written
READ_WAIT_S = 10.0


class Database:
    """One file in WAL mode: what was committed survives the end of the process at any moment. It is opened at the
    first use, and again at the next one where that failed, so that a disk that comes back is written to again. Safe to
    use from several threads and processes."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._guard = threading.Lock()
        self._db: sqlite3.Connection | None = None

    @contextmanager
    def write(self, wait_s: float = WAIT_S) -> Iterator[sqlite3.Connection]:
        """A transaction; nothing of it stays where the block raises. Raises RecordsFailed, after ``wait_s`` at most
        twice over where others write."""
        if not self._guard.acquire(timeout=wait_s):
            raise self._failed("another thread is writing")
        try:
            db = self._open()
            db.execute(f"PRAGMA busy_timeout = {int(wait_s * 1000)}")
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
                db.execute("COMMIT")
            except BaseException:
                if db.in_transaction:
                    db.execute("ROLLBACK")
                raise
        except sqlite3.Error as error:
            raise self._failed(str(error)) from error
        finally:
            self._guard.release()

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """A connection of its own that sees one state throughout. Raises RecordsFailed."""
        try:
            with self._guard:
                self._open()
            db = self._connect(READ_WAIT_S)
            try:
                db.execute("PRAGMA query_only = ON")
                db.execute("BEGIN")
                yield db
            finally:
                db.close()
        except sqlite3.Error as error:
            raise self._failed(str(error)) from error

    def check(self) -> None:
        """Raises RecordsFailed where the file is damaged or cannot be written."""
        with self.write() as db:
            found = db.execute("PRAGMA quick_check(1)").fetchone()[0]
            db.execute(f"PRAGMA user_version = {VERSION}")
        if found != "ok":
            raise self._failed(str(found))

    def close(self) -> None:
        with self._guard:
            if self._db is not None:
                self._db.close()
                self._db = None

    def _open(self) -> sqlite3.Connection:
        if self._db is None:
            try:
                self.path.parent.mkdir(parents=True, exist_ok=True)
                self.path.touch(mode=0o600)
            except OSError as error:
                raise self._failed(str(error)) from error
            db = self._connect(WAIT_S)
            try:
                db.execute("PRAGMA journal_mode = WAL")
                db.execute("PRAGMA secure_delete = ON")  # what retention deletes is gone from the file, too
                if version_of(db) != VERSION:
                    db.execute("BEGIN IMMEDIATE")
                    upgrade(db, self.path)
                    db.execute("COMMIT")
            except BaseException:
                db.close()
                raise
            self._db = db
        return self._db

    def _connect(self, wait_s: float) -> sqlite3.Connection:
        db = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False, timeout=wait_s)
        db.row_factory = sqlite3.Row
        db.execute("PRAGMA synchronous = NORMAL")
        return db

    def _failed(self, reason: str) -> RecordsFailed:
        return RecordsFailed(
            f"The records in {self.path} cannot be used: {reason}.",
            "See that the disk has room and the file may be written; if it is damaged, move it away. Answers come "
            "without it.",
        )
