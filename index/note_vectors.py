"""NoteVectors: the vectors of a site's notes, kept beside each note in SQLite and compared one by one."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from index.embedders.embedder import Vectors
from index.truth.truth import Truth

KEPT_AS = np.float16  # half the bytes; the cosine of two 640-number vectors moves by less than 0.001


@dataclass(frozen=True, slots=True)
class _Read:
    """All vectors of one embedder as they were at change ``number`` of the truth. ``vectors``: (n, dim)."""

    number: int
    ids: tuple[str, ...]
    manuals: tuple[str, ...]
    langs: tuple[str, ...]
    vectors: Vectors


class NoteVectors:
    """Some thousands of notes need no index of neighbours and no files of their own: a note and its vector come and go
    in one transaction, so that nothing has to be reconciled. 10,000 of them are 13 MB on the disk, 26 in memory."""

    by_language = True

    def __init__(self, truth: Truth, embedder: str) -> None:
        self._truth = truth
        self._embedder = embedder
        self._guard = Lock()
        self._held: _Read | None = None

    def nearest(
        self,
        vector: Vectors,
        k: int,
        manual_ids: Collection[str] = (),
        only: Sequence[str] | None = None,
        lang: str | None = None,
    ) -> list[tuple[str, float]]:
        """The ``k`` nearest ids with cosine similarity, best first; see index.search.neighbours."""
        held = self._all()
        wanted = None if only is None else frozenset(only)
        places = [
            place
            for place, (note, manual, written) in enumerate(zip(held.ids, held.manuals, held.langs, strict=True))
            if (lang is None or written == lang)
            and (not manual_ids or manual in manual_ids)
            and (wanted is None or note in wanted)
        ]
        if k <= 0 or not places:
            return []
        near: NDArray[np.float32] = held.vectors[places] @ vector
        best = np.argsort(-near, kind="stable")[:k]
        return [(held.ids[places[at]], float(near[at])) for at in best]

    def _all(self) -> _Read:
        db = self._truth.db
        number = int(db.execute("SELECT number FROM change").fetchone()[0])
        with self._guard:
            held = self._held
        if held is not None and held.number == number:
            return held
        rows = db.execute(
            "SELECT note.id, passage.manual_id, passage.lang, note.vector FROM note"
            " JOIN passage ON passage.id = note.id WHERE note.embedder = ? AND note.vector IS NOT NULL"
            " ORDER BY passage.number",
            (self._embedder,),
        ).fetchall()
        vectors = [np.frombuffer(row["vector"], dtype=KEPT_AS) for row in rows]
        read = _Read(
            number, tuple(str(row["id"]) for row in rows), tuple(str(row["manual_id"]) for row in rows),
            tuple(str(row["lang"]) for row in rows),
            np.stack(vectors).astype(np.float32) if vectors else np.zeros((0, 1), dtype=np.float32),
        )  # fmt: skip
        with self._guard:
            self._held = read
        return read
