"""MemoryWatch: the most memory that a measurement took, by three counts that each overlook something."""

from __future__ import annotations

import os
import re
import threading
from dataclasses import dataclass
from pathlib import Path

from edge.board.memory import read_memory
from edge.board.tree import Tree

EVERY_S = 0.2
PSS_EACH = 5  # of the looks: adding up a process's pages costs it milliseconds


@dataclass(frozen=True, slots=True)
class MemoryUse:
    """Bytes at the highest point; None for what could not be read.

    ``pss``: the pages of the process tree, shared ones by their share. Overlooks what a GPU's or NPU's driver holds.
    ``available_drop``: how far MemAvailable fell below where it stood before the model was loaded. Counts the drivers',
    but neither weights mapped from a file (they can be dropped) nor, exactly, what else ran meanwhile.
    ``resident_peak``: VmHWM, added up over the tree; counts shared pages twice.
    """

    resident_peak: int | None
    pss: int | None
    available_drop: int | None

    @property
    def figure(self) -> int | None:
        """THE figure: the larger of ``pss`` and ``available_drop``, since each overlooks what the other sees."""
        return max((count for count in (self.pss, self.available_drop) if count is not None), default=None)


class MemoryWatch:
    """Looks five times a second, from ``__enter__`` to ``__exit__``. ``process`` and all its children count; None where
    the model runs in a process that is not ours to look into. Make it before the model is loaded."""

    def __init__(self, process: int | None = None, root: Path = Path("/")) -> None:
        self._tree = Tree(root)
        self._process = os.getpid() if process is None else process
        self._before = read_memory(self._tree).available
        self._least = self._before
        self._pss = 0
        self._resident = 0
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="memory-watch", daemon=True)

    def __enter__(self) -> MemoryWatch:
        self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._done.set()
        self._thread.join()
        self._look(pss=True)

    def use(self) -> MemoryUse:
        drop = None if self._before is None or self._least is None else max(0, self._before - self._least)
        return MemoryUse(self._resident or None, self._pss or None, drop)

    def _watch(self) -> None:
        looks = 0
        while not self._done.wait(EVERY_S):
            self._look(pss=looks % PSS_EACH == 0)
            looks += 1

    def _look(self, *, pss: bool) -> None:
        available = read_memory(self._tree).available
        if available is not None:
            self._least = available if self._least is None else min(self._least, available)
        if pss:
            family = family_of(self._tree, self._process)
            self._pss = max(self._pss, sum(_kib(self._tree, f"/proc/{pid}/smaps_rollup", "Pss") for pid in family))
            self._resident = max(
                self._resident, sum(_kib(self._tree, f"/proc/{pid}/status", "VmHWM") for pid in family)
            )


def family_of(tree: Tree, process: int) -> list[int]:
    """``process`` and all processes below it."""
    found = [process]
    for pid in found:  # grows while it is walked
        for task in tree.names(f"/proc/{pid}/task/*/children"):
            found += [int(child) for child in tree.text(task).split()]
    return found


def _kib(tree: Tree, name: str, field: str) -> int:
    found = re.search(rf"^{field}:\s+(\d+) kB", tree.text(name), re.MULTILINE)
    return int(found[1]) * 1024 if found else 0
