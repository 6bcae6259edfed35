"""Restore: a backup becomes a data folder: unpacked and checked beside it first, then put in its place.

Until every byte was checked nothing changes. Then one rename decides (``.restoring`` -> ``.restored``); from there on
the moves into place are finished by whoever opens the folder next, whatever happens to this process.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import sqlite3
import tarfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any

from assistant.backup.archive import FORMAT, HEAD, MANIFEST
from assistant.backup.contents import INDEX
from assistant.backup.errors import BackupDamaged, BackupFailed, RestoreRefused
from assistant.records.schema import VERSION as RECORDS_VERSION
from index.options import IndexOptions
from index.truth.schema import VERSION as INDEX_VERSION
from index.truth.writer_lock import take_lock

UNPACKED, READY = ".restoring", ".restored"
_BLOCK = 1 << 20
_NEWEST = {f"{INDEX}/andon.sqlite3": INDEX_VERSION, "records.sqlite3": RECORDS_VERSION}
ReportStep = Callable[[str, str], None]  # "unpack", "check" or "put", and the file's name


@dataclass(frozen=True, slots=True)
class Restored:
    """``made_at``: when the backup was made, UTC in ISO 8601."""

    made_at: str
    files: int


def restore(archive: Path, data: Path, *, replace: bool = False, report: ReportStep | None = None) -> Restored:
    """Make ``data`` what it was when ``archive`` was written. ``replace`` allows it where there is something already,
    which is lost then. Raises BackupDamaged, RestoreRefused, BackupFailed; IndexBusy while a service runs on it."""
    say = report or _silent
    data.mkdir(parents=True, exist_ok=True)
    finish_restore(data)
    held = [
        name for name in (f"{INDEX}/andon.sqlite3", "accounts.sqlite3", "records.sqlite3") if (data / name).exists()
    ]
    if held and not replace:
        raise RestoreRefused(
            f"{data} holds data already: {', '.join(held)}.", "Choose an empty folder, or give --replace to lose it."
        )
    with ExitStack() as opened:
        options = IndexOptions(data / INDEX)
        options.folder.mkdir(exist_ok=True)
        opened.callback(take_lock(options.lock).close)
        unpacked = data / UNPACKED
        shutil.rmtree(unpacked, ignore_errors=True)
        try:
            manifest = _unpack(archive, unpacked, say)
            _check_databases(unpacked, manifest, say)
            _sync(unpacked)
            unpacked.rename(data / READY)
            _sync(data)
        except OSError as error:
            raise BackupFailed(f"{archive} cannot be restored: {error}.", f"See that {data} has room.") from error
        finally:
            shutil.rmtree(unpacked, ignore_errors=True)
        finish_restore(data, say)
    return Restored(str(manifest["made_at"]), len(manifest["files"]))


def finish_restore(data: Path, report: ReportStep | None = None) -> bool:
    """Put into place what a restore had ready, also one that was killed there; whether there was anything. Whoever
    opens a data folder calls this first."""
    ready, say = data / READY, report or _silent
    if not ready.is_dir():
        return False
    with (data / f"{READY}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (ready / MANIFEST).is_file():  # another process was faster, or ended while it cleared away
            shutil.rmtree(ready, ignore_errors=True)
            return False
        known = {name.partition("/")[0] for name in json.loads((ready / MANIFEST).read_text(encoding="utf-8"))["files"]}
        for path in sorted(data.glob("*.sqlite3")):
            if path.name not in known:  # of what the backup replaces, the backup had none
                _drop_database(path)
        for path in sorted(ready.iterdir()):
            if path.name == MANIFEST:
                continue
            say("put", path.name)
            place = data / path.name
            if place.is_dir():
                shutil.rmtree(place)
            else:
                _drop_database(place)
            path.rename(place)
            _sync(data)
        (ready / MANIFEST).unlink()
        ready.rmdir()
        _sync(data)
    return True


def _unpack(archive: Path, target: Path, say: ReportStep) -> dict[str, Any]:
    """The files of the archive under ``target``, each as the archive's own list says; returns that list."""
    target.mkdir(mode=0o700)
    found: dict[str, dict[str, Any]] = {}
    head = manifest = None
    try:
        with tarfile.open(archive, "r:") as tar:
            for member, reading in _members(tar):
                if head is None:
                    head = _head(member, reading, archive)
                elif member.name == MANIFEST:
                    manifest = json.loads(reading.read())
                else:
                    say("unpack", member.name)
                    found[member.name] = _write(reading, target / _safe(member.name))
    except (tarfile.TarError, ValueError, EOFError) as error:
        raise _damaged(archive, str(error)) from error
    if manifest is None or manifest.get("files") != found:
        raise _damaged(archive, "it ends too early" if manifest is None else "a file is not as it was written")
    (target / MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
    return dict(manifest)


def _members(tar: tarfile.TarFile) -> Iterator[tuple[tarfile.TarInfo, IO[bytes]]]:
    for member in tar:
        reading = tar.extractfile(member) if member.isreg() else None
        if reading is None:
            raise tarfile.TarError(f"{member.name} is no plain file")
        yield member, reading


def _head(member: tarfile.TarInfo, reading: IO[bytes], archive: Path) -> dict[str, Any]:
    if member.name != HEAD:
        raise _damaged(archive, "it is no backup of Andon")
    head = dict(json.loads(reading.read()))
    if head.get("format") != FORMAT:
        raise RestoreRefused(f"{archive} was written by a newer Andon.", "Install that version, then restore.")
    return head


def _safe(name: str) -> str:
    """``name``, where it is one that a backup has; nothing is written outside the folder."""
    parts = PurePosixPath(name).parts
    flat = len(parts) == 1 and not name.startswith(".")
    in_index = parts[:1] == (INDEX,) and len(parts) in (2, 3) and not any(part in ("..", "/") for part in parts)
    if not (flat or in_index) or "\\" in name or "\0" in name:
        raise tarfile.TarError(f"{name!r} is no file of a backup")
    return name


def _write(reading: IO[bytes], place: Path) -> dict[str, Any]:
    place.parent.mkdir(exist_ok=True, parents=True)
    digest, size = hashlib.sha256(), 0
    with os.fdopen(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as writing:
        while block := reading.read(_BLOCK):
            size += len(block)
            digest.update(block)
            writing.write(block)
        writing.flush()
        os.fsync(writing.fileno())
    return {"bytes": size, "sha256": digest.hexdigest()}


def _check_databases(unpacked: Path, manifest: dict[str, Any], say: ReportStep) -> None:
    for name in sorted(manifest["files"]):
        if not name.endswith(".sqlite3"):
            continue
        say("check", name)
        db = sqlite3.connect(unpacked / name)
        try:
            whole = db.execute("PRAGMA quick_check(1)").fetchone()[0] == "ok"
            version = int(db.execute("PRAGMA user_version").fetchone()[0])
        except sqlite3.DatabaseError:
            whole, version = False, 0
        finally:
            db.close()
        if not whole:
            raise _damaged(unpacked / name, "the database in it is damaged")
        if version > _NEWEST.get(name, version):
            raise RestoreRefused(f"{name} was written by a newer Andon.", "Install that version, then restore.")


def _drop_database(path: Path) -> None:
    """With what SQLite keeps beside it first: left alone, an old log would be played into the new file."""
    for beside in ("-wal", "-shm", "-journal", ""):
        path.with_name(path.name + beside).unlink(missing_ok=True)


def _damaged(path: Path, why: str) -> BackupDamaged:
    return BackupDamaged(f"{path} cannot be restored: {why}.", "Use another backup; nothing was changed.")


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _silent(step: str, name: str) -> None:
    """Nobody watches."""
