"""Agreement: everything an index keeps (passages, keywords, codes, vectors, originals) tells the same story."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager

from index.options import IndexOptions
from index.text import terms
from index.truth.truth import FAILED_KEPT
from index.vectors.store import VectorStore
from index.vectors.store_state import store_state
from index.vectors.vector_file import VectorFile


@contextmanager
def raw(options: IndexOptions) -> Iterator[sqlite3.Connection]:
    """The database as it lies on the disk, past all classes of the index."""
    with closing(sqlite3.connect(options.database)) as db:
        yield db


def vector_ids(options: IndexOptions, embedder: str = "fake") -> set[str]:
    store = VectorStore(options.vectors, embedder)
    try:
        return store.ids()
    finally:
        store.close()


def assert_agreement(options: IndexOptions, embedder: str = "fake") -> None:
    """Raises AssertionError where any part of the index knows more or less than the others."""
    with raw(options) as db:
        passages = db.execute("SELECT number, id, manual_id, revision, text, codes FROM passage").fetchall()
        live = {(manual, revision) for manual, revision in db.execute("SELECT id, revision FROM manual")}
        keywords = dict(db.execute("SELECT rowid, body FROM keyword"))
        codes = sorted(db.execute("SELECT passage, code FROM code"))
        manuals = {f"{sha}{suffix}" for sha, suffix in db.execute("SELECT sha256, suffix FROM manual")}
        jobs = {
            f"{sha}{suffix}"
            for sha, suffix in db.execute(
                "SELECT sha256, suffix FROM job WHERE state IN ('queued', 'running') UNION SELECT * FROM"
                " (SELECT sha256, suffix FROM job WHERE state = 'failed' AND sha256 != '' ORDER BY id DESC LIMIT ?)",
                (FAILED_KEPT,),
            )
        }
        db.execute("INSERT INTO keyword (keyword) VALUES ('integrity-check')")
    assert {(manual, revision) for _, _, manual, revision, _, _ in passages} == live
    assert keywords == {number: " ".join(terms(text)) for number, _, _, _, text, _ in passages}
    assert codes == sorted((number, code) for number, *_, held in passages for code in json.loads(held))
    assert vector_ids(options, embedder) == {passage_id for _, passage_id, *_ in passages}
    file, state = VectorFile(options.vector_file, embedder), store_state(options.vectors, embedder)
    assert state is not None
    assert file.version == state.version, "the file that is searched is not of this state"
    assert file.ids() == {passage_id for _, passage_id, *_ in passages}
    file.close()
    assert {path.name for path in options.originals.glob("*")} == manuals | jobs
    assert not list(options.folder.glob(".upload-*"))
