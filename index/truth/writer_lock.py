"""Writer lock: one process at a time changes an index; it holds a lock on a file that the kernel lets go of with it."""

from __future__ import annotations

import fcntl
from pathlib import Path
from typing import IO

from index.errors import IndexBusy


def take_lock(path: Path) -> IO[str]:
    """The lock, held until what is returned is closed. Raises IndexBusy where another process has it."""
    lock = path.open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        lock.close()
        raise IndexBusy(
            f"Another process is using the index in {path.parent} (the service, or another command).",
            "Upload on the admin page, or stop the service and try again.",
        ) from error
    return lock


def locked(path: Path) -> bool:
    """Whether a process is writing now."""
    if not path.exists():
        return False
    with path.open() as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            return True
    return False
