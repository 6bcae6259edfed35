"""Snapshot: an index's truth as it is at one moment, with the originals that it needs, taken while it is being used.

Originals never change under their name, so a hard link keeps one, whatever becomes of the manual meanwhile. Those there
are linked first, then the truth is copied, then those that came in between; what the copy needs and is still missing
was deleted in that moment, and the snapshot is taken again.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from pathlib import Path

from index.errors import IndexBusy, IndexFailed
from index.options import IndexOptions

TRIES = 10
_NEEDED = (
    "SELECT sha256 || suffix FROM manual UNION SELECT sha256 || suffix FROM job WHERE state IN ('queued', 'running')"
)


def take_snapshot(options: IndexOptions, target: Path) -> None:
    """Write the truth and the originals into the folder ``target``, which must be empty. Vectors are left out: they can
    be made again. Raises IndexFailed where the index cannot be read, IndexBusy where it never holds still."""
    copy, originals = target / options.database.name, target / options.originals.name
    originals.mkdir(parents=True)
    for _ in range(TRIES):
        _link_all(options.originals, originals)
        copy.unlink(missing_ok=True)
        needed = _copy_truth(options.database, copy)
        _link_all(options.originals, originals)
        if all((originals / name).exists() for name in needed):
            for path in originals.iterdir():
                if path.name not in needed:
                    path.unlink()
            return
    raise IndexBusy(f"The index in {options.folder} changes too fast to be copied.", "Try again in a minute.")


def copy_database(source: Path, target: Path) -> None:
    """A SQLite file as it is at one moment, while others write to it. Raises sqlite3.Error."""
    reading = sqlite3.connect(f"{source.resolve().as_uri()}?mode=ro", uri=True, timeout=30)
    writing = sqlite3.connect(target)
    try:
        reading.backup(writing)
        writing.execute("PRAGMA journal_mode = DELETE")  # one file, nothing beside it
    finally:
        writing.close()
        reading.close()


def _copy_truth(source: Path, copy: Path) -> set[str]:
    """Returns the names of the originals that the copy needs."""
    try:
        copy_database(source, copy)
        reading = sqlite3.connect(copy)
        try:
            return {str(name) for (name,) in reading.execute(_NEEDED)}
        finally:
            reading.close()
    except sqlite3.Error as error:
        raise IndexFailed(
            f"{source} cannot be copied: {error}.", "See that there is room, and run: andon index verify"
        ) from error


def _link_all(source: Path, target: Path) -> None:
    for path in sorted(source.glob("[!.]*")) if source.is_dir() else ():
        place = target / path.name
        if place.exists():
            continue
        try:
            os.link(path, place)
        except FileNotFoundError:
            continue  # deleted just now: its manual is gone
        except OSError:  # a file system without hard links
            try:
                shutil.copyfile(path, place)
            except FileNotFoundError:
                place.unlink(missing_ok=True)
