"""Vector probe: after a crash, a process of its own looks whether the vectors can still be trusted.

    python -m index.vectors.vector_probe FOLDER EMBEDDER

Chroma 1.5 writes its HNSW files in place, every thousand vectors. A process killed in that moment leaves files which
raise, end the next process (segmentation fault), or hold fewer vectors than are listed; it took about fifty kills
while 6,000 vectors were being added to see it. So whoever writes leaves a mark while it has the vectors open. Where the
mark is still there at the next start, a child process looks first; if it finds them damaged, or dies of it, they are
made again.
"""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from pathlib import Path

import numpy as np

from index.errors import IndexStale
from index.vectors.store import VectorStore

MARK = "vectors.open"
SAMPLE = 200  # vectors that search is asked for
# HNSW is approximate: of sound vectors that lie close together (cosines above 0.9) it missed up to 1 in 100
MISSED_AT_MOST = 0.1
LENGTH_WITHIN = 1e-2  # of 1
BASE_S, BYTES_A_SECOND = 120.0, 2_000_000  # how long it may take; 20 MB/s were measured on one slow core

log = logging.getLogger(__name__)


class OpenMark:
    """The mark of a writer: a file beside the vectors, there while a process has them open for writing."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / MARK
        self.found = self._path.exists()  # whoever left it did not come to close

    def leave(self) -> None:
        with self._path.open("w") as file:
            os.fsync(file.fileno())

    def clear(self) -> None:
        self._path.unlink(missing_ok=True)


def damage(folder: Path, embedder: str) -> str:
    """What a child process says against the vectors in ``folder``; "" where they are sound, or none are there."""
    if not folder.is_dir():
        return ""
    bytes_there = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    root = str(Path(__file__).resolve().parents[2])
    paths = [root, *filter(None, [os.environ.get("PYTHONPATH")])]
    try:
        done = subprocess.run(
            [sys.executable, "-m", "index.vectors.vector_probe", str(folder.resolve()), embedder], cwd=root,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)}, capture_output=True, text=True, check=False,
            timeout=BASE_S + bytes_there / BYTES_A_SECOND,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return "looking at them does not come to an end"
    if done.returncode == 0:
        return ""
    log.info("The probe of the vectors said: %s", done.stderr[-600:])
    return done.stdout.strip() or f"looking at them ended the process ({done.returncode})"


def examine(folder: Path, embedder: str) -> str:
    """As ``damage``, in this process: every vector can be read and has length 1, and search finds those of a sample;
    so for those of other embedders, which may be chosen again."""
    names, found = [embedder], ""
    for name in names:
        try:
            store = VectorStore(folder, name)
            try:
                names += [other for other in store.others() if other not in names]
                found = found or _examine(store)
            finally:
                store.close()
        except IndexStale as stale:
            return stale.message
    return found


def _examine(store: VectorStore) -> str:
    ids = sorted(store.ids())
    every = max(1, len(ids) // SAMPLE)
    asked, missed = 0, 0
    for start in range(0, len(ids), 1000):
        part = store.vectors(ids[start : start + 1000])
        missing = len(ids[start : start + 1000]) - len(part)
        if missing:
            return f"{missing} vectors that are listed are not there"
        lengths = np.linalg.norm(np.stack(list(part.values())), axis=1)
        if not np.all(np.abs(lengths - 1.0) < LENGTH_WITHIN):
            return "vectors have lost their length"
        for place in range(-start % every, len(part), every):
            vector = part[ids[start + place]]
            nearest = store.nearest(vector, 1)
            asked += 1
            missed += not nearest or nearest[0][1] < 1.0 - LENGTH_WITHIN
    return f"search does not find {missed} of {asked} vectors again" if missed > asked * MISSED_AT_MOST else ""


def main() -> None:
    folder, embedder = Path(sys.argv[1]), sys.argv[2]
    found = examine(folder, embedder)
    sys.stdout.write(found)
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
