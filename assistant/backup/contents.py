"""Contents: what of a data folder goes into a backup, each file as it is at one moment, while the service runs."""

from __future__ import annotations

import fcntl
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from assistant.backup.errors import BackupFailed
from index.options import IndexOptions
from index.truth.snapshot import copy_database, take_snapshot

INDEX = "index"  # the index's folder in the data folder
STAGING = ".backing-up"
_MAGIC = b"SQLite format 3\0"
_BESIDE = ("-wal", "-shm", "-journal", ".part", ".tar")  # belongs to a database, half written, or a backup itself


@dataclass(frozen=True, slots=True)
class Item:
    """A file of the backup: its name there, with "/" between folders, and where its bytes lie now."""

    name: str
    path: Path
    bytes: int


@contextmanager
def contents(data: Path) -> Iterator[list[Item]]:
    """What a backup of ``data`` holds; the files stay as they are while the block runs, whatever the service does.
    Vectors, drawn pages and uploads under way are left out. Raises BackupFailed, IndexFailed."""
    if not (data / INDEX).is_dir():
        raise BackupFailed(f"There is nothing to back up in {data}.", "Name the data folder with --data.")
    with (data / f"{STAGING}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise BackupFailed("Another backup of this data folder is being made.", "Wait until it is done.") from error
        staging = data / STAGING
        shutil.rmtree(staging, ignore_errors=True)  # of one that was killed
        try:
            yield _gather(data, staging)
        except (OSError, sqlite3.Error) as error:
            raise BackupFailed(f"The backup cannot be made: {error}.", "See that there is room for it.") from error
        finally:
            shutil.rmtree(staging, ignore_errors=True)


def _gather(data: Path, staging: Path) -> list[Item]:
    staging.mkdir(mode=0o700)
    for path in sorted(data.iterdir()):
        if path.is_file() and not path.name.startswith(".") and not path.name.endswith(_BESIDE):
            _copy(path, staging / path.name)
    (staging / INDEX).mkdir()
    take_snapshot(IndexOptions(data / INDEX), staging / INDEX)
    files = sorted(path for path in staging.rglob("*") if path.is_file())
    return [Item(path.relative_to(staging).as_posix(), path, path.stat().st_size) for path in files]


def _copy(path: Path, target: Path) -> None:
    with path.open("rb") as reading:
        is_database = reading.read(len(_MAGIC)) == _MAGIC
    if is_database:
        copy_database(path, target)
    else:
        shutil.copyfile(path, target)
    target.chmod(0o600)  # accounts and what was asked
