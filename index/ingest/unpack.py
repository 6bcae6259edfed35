"""Adding all: a file, or each file of an archive, becomes a manual, or is refused with its reason."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from index.errors import ManualUnreadable
from index.ingest.build import Added, ReportProgress
from index.library import Library
from index.manuals.archive import ZIP, members
from index.manuals.choose import suffixes


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one file: ``added``, or ``error`` with why not."""

    name: str
    added: Added | None = None
    error: ManualUnreadable | None = None


def add_all(library: Library, path: Path, name: str = "", report: ReportProgress | None = None) -> Iterator[Outcome]:
    """Index the file at ``path`` under ``name`` (its file name by default); of an archive each file, under the name of
    the archive and its own: "plant.zip/press/manual.pdf". One bad file does not stop the others."""
    name = name or path.name
    if path.suffix.lower() != ZIP:
        yield _outcome(library, path, name, report)
        return
    try:
        for member in members(path, name, suffixes()):
            if member.path is None:
                yield Outcome(member.name, error=member.error)
            else:
                yield _outcome(library, member.path, member.name, report)
    except ManualUnreadable as error:
        yield Outcome(name, error=error)


def _outcome(library: Library, path: Path, name: str, report: ReportProgress | None) -> Outcome:
    try:
        return Outcome(name, library.add(path, name, report))
    except ManualUnreadable as error:
        return Outcome(name, error=error)
