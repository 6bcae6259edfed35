"""The demo's start: manuals side by side, told in order, stopped as a whole."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest

from index.errors import IndexFailed
from index.ingest.build import Progress
from index.library import Library
from ui.commands.demo import _added


class Shelf:
    """A library whose first file is done only after the second; one named broken fails, one named endless never ends
    by itself."""

    def __init__(self) -> None:
        self.second_done = threading.Event()
        self.endless_begun = threading.Event()
        self.stopped = threading.Event()

    def add(self, file: Path, name: str, report: Callable[[Progress], None]) -> str:
        if name == "broken.txt":
            assert self.endless_begun.wait(60)
            raise IndexFailed("broken", "")
        if name == "endless.txt":
            self.endless_begun.set()
            try:
                while not self.stopped.wait(0.01):
                    report(Progress("read", 1, 2))
            except IndexFailed:
                self.stopped.set()
                raise
        if name == "a.txt":
            assert self.second_done.wait(60)
        self.second_done.set()
        return name


def run(shelf: Shelf, *names: str) -> list[tuple[str, Any]]:
    return [(file.name, added) for file, added in _added(cast(Library, shelf), [Path(name) for name in names])]


def test_files_run_side_by_side_and_are_told_in_order() -> None:
    assert run(Shelf(), "a.txt", "b.txt", "c.txt") == [(name, name) for name in ("a.txt", "b.txt", "c.txt")]


def test_one_that_fails_stops_the_others() -> None:
    shelf = Shelf()
    with pytest.raises(IndexFailed, match="broken"):
        run(shelf, "broken.txt", "endless.txt")
    assert shelf.stopped.is_set()
