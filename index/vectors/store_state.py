"""StoreState: how far Chroma's folder has come, read from its SQLite file without opening Chroma.

Chroma numbers every change of a collection and keeps the last number of each. Two states of a collection with the same
id and the same last number hold the same vectors, so whoever keeps a copy of them knows without Chroma, which would
take 70 MB, whether it is still one. Read of Chroma 1.5 (tables collections, collection_metadata, segments, max_seq_id,
embeddings_queue); where they are otherwise, nothing is known, and Chroma is asked.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

FILE = "chroma.sqlite3"
_COLLECTIONS = """
SELECT collections.id, name,
  (SELECT str_value FROM collection_metadata WHERE collection_id = collections.id AND key = 'embedder'),
  max((SELECT coalesce(max(seq_id), 0) FROM max_seq_id JOIN segments ON segments.id = segment_id
        WHERE collection = collections.id),
      (SELECT coalesce(max(seq_id), 0) FROM embeddings_queue WHERE topic LIKE '%/' || collections.id))
FROM collections WHERE coalesce(
  (SELECT str_value FROM collection_metadata WHERE collection_id = collections.id AND key = 'index'), '') = ''
ORDER BY collections.id
"""


@dataclass(frozen=True, slots=True)
class StoreState:
    """``version``: of one embedder's vectors; "" where there are none. ``others``: the embedders of the others."""

    version: str = ""
    others: tuple[str, ...] = ()


def store_state(folder: Path, embedder: str) -> StoreState | None:
    """The state of the embedder's vectors in Chroma's ``folder``; None where it cannot be told."""
    path = folder / FILE
    if not path.exists():
        return StoreState()
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=10)) as db:
            found = db.execute(_COLLECTIONS).fetchall()
    except sqlite3.Error:
        return None
    own = [f"{name}/{key}/{last}" for key, name, of, last in found if of == embedder]
    return StoreState(" ".join(own), tuple(sorted({str(of) for _, _, of, _ in found if of != embedder})))
