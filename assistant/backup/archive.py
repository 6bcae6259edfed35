"""Archive: a backup as one tar file, made as it is written: a head, the files, and at the end the hash of each."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tarfile
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

from assistant.backup.contents import Item, contents
from assistant.backup.errors import BackupFailed

FORMAT = 1
HEAD, MANIFEST = "andon-backup.json", "andon-manifest.json"  # the first and the last file of the archive
_BLOCK = 1 << 20
_RECORD = tarfile.BLOCKSIZE
ReportFile = Callable[[str, int, int], None]  # name, files done, files in all


@dataclass(frozen=True, slots=True)
class Made:
    """A backup that was written: where it lies, how many files and bytes."""

    path: Path
    files: int
    bytes: int


def backup_name(now: datetime | None = None) -> str:
    """The box's own time, so that backups sort by it."""
    return f"andon-backup-{(now or datetime.now()).strftime('%Y%m%d-%H%M%S')}.tar"


def write_backup(data: Path, out: Path, report: ReportFile | None = None) -> Made:
    """Back up ``data`` to the file ``out``, or into that folder under a name with the time. The service may run
    meanwhile. What is there under that name before stays until the new one is whole. Raises BackupFailed."""
    path = (out / backup_name() if out.is_dir() else out).resolve()
    if path.is_relative_to((data / "index").resolve()):
        raise BackupFailed(f"{path} lies inside the index.", "Choose a folder elsewhere, best on another disk.")
    if not path.parent.is_dir():
        raise BackupFailed(f"There is no folder {path.parent}.", "Make it, or choose another one.")
    part = path.with_name(f".{path.name}.part")
    try:
        with contents(data) as items:
            _see_that_it_fits(items, path.parent)
            with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as writing:
                for piece in chunks(items, report):
                    writing.write(piece)
                writing.flush()
                os.fsync(writing.fileno())
        part.replace(path)
    except OSError as error:
        raise BackupFailed(f"{path} cannot be written: {error}.", "Choose another folder.") from error
    finally:
        part.unlink(missing_ok=True)
    return Made(path, len(items), path.stat().st_size)


def stream_backup(data: Path) -> Iterator[bytes]:
    """The same archive in pieces, for a download."""
    with contents(data) as items, closing(chunks(items)) as pieces:
        yield from pieces


def chunks(items: Sequence[Item], report: ReportFile | None = None) -> Generator[bytes, None, None]:
    """The archive of ``items``, piece by piece."""
    made = datetime.now(timezone.utc).isoformat(timespec="seconds")
    head = {"format": FORMAT, "made_at": made, "files": len(items), "bytes": sum(item.bytes for item in items)}
    yield from _text(HEAD, head)
    listed = {}
    for done, item in enumerate(items):
        if report is not None:
            report(item.name, done, len(items))
        digest, left = hashlib.sha256(), item.bytes
        yield _header(item.name, item.bytes)
        with item.path.open("rb") as reading:
            while left and (block := reading.read(min(_BLOCK, left))):
                left -= len(block)
                digest.update(block)
                yield block
        yield _padding(item.bytes)
        listed[item.name] = {"bytes": item.bytes, "sha256": digest.hexdigest()}
    yield from _text(MANIFEST, {"format": FORMAT, "made_at": made, "files": listed})
    yield bytes(2 * _RECORD)  # the end of a tar file


def _text(name: str, value: object) -> Iterator[bytes]:
    text = json.dumps(value, ensure_ascii=False).encode()
    yield _header(name, len(text)) + text + _padding(len(text))


def _header(name: str, size: int) -> bytes:
    info = tarfile.TarInfo(name)
    info.size, info.mode, info.mtime = size, 0o600, int(time.time())
    return info.tobuf(tarfile.PAX_FORMAT)


def _padding(size: int) -> bytes:
    return bytes(-size % _RECORD)


def _see_that_it_fits(items: Sequence[Item], folder: Path) -> None:
    needed, free = sum(item.bytes for item in items), shutil.disk_usage(folder).free
    if needed > free:
        raise BackupFailed(
            f"The backup needs {needed / 1e6:,.0f} MB, and {folder} has {free / 1e6:,.0f} MB left.",
            "Make room there, or choose another folder.",
        )
