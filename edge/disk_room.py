"""need_room: whether what would be written has room on its disk, asked before and told after."""

from __future__ import annotations

import errno
import shutil
from pathlib import Path

from edge.errors import DiskFull

SPARE_BYTES = 64 * 1024 * 1024  # a disk filled to the last byte takes the log and the index with it
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def need_room(folder: Path, wanted: int) -> None:
    """Errors: DiskFull where ``wanted`` bytes and a little do not fit onto the disk of ``folder``, which need not be
    there yet."""
    place = folder.absolute()
    while not place.exists():
        place = place.parent
    free = shutil.disk_usage(place).free
    if free < wanted + SPARE_BYTES:
        raise DiskFull(
            f"{folder} has {free / 1e9:.2f} GB left and {(wanted + SPARE_BYTES) / 1e9:.2f} GB are needed.",
            "Make room, or name a folder on another disk.",
        )


def is_full(failed: OSError) -> bool:
    """Whether a write failed because the disk, a quota or the largest file allowed was reached."""
    # numpy says only how much it wrote
    return failed.errno in _FULL or (failed.errno is None and str(failed).endswith(" written"))


def disk_full(target: Path, failed: OSError) -> DiskFull:
    return DiskFull(f"{target} could not be written: {failed.strerror or failed}.", "Make room, then start again.")
