"""Notes: short texts of a site's own people, searched like a manual but in an index apart from the manuals'.

What stands in a note can so never change what the manuals are found to say: no code that only a note names is known, no
word is commoner for it, no passage comes behind it. The notes themselves are kept elsewhere; this is made again from
them whenever it does not agree, so it belongs to no backup.
"""

from __future__ import annotations

import hashlib
import logging
import sqlite3
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Lock

from index.codes.find import canonical
from index.embedders.embedder import Embedder, Reading
from index.embedders.word_vectors import packed
from index.errors import IndexFailed, ScopeUnknown
from index.note_vectors import KEPT_AS, NoteVectors
from index.passage import Hit, Manual, Passage
from index.search.scope import Scope, resolve
from index.search.searcher import Searcher
from index.search.synonym_table import SynonymTable
from index.text import language
from index.truth.stored_rows import StoredRows, WordRow, drop_rows
from index.truth.term_form import renew
from index.truth.truth import Truth, storable

_TABLE = """
CREATE TABLE IF NOT EXISTS note (
  id TEXT PRIMARY KEY, state TEXT NOT NULL, embedder TEXT NOT NULL, vector BLOB)
"""
_UNIT = "\x1f"  # parts a name's parts in the truth
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Note:
    """A note: ``id`` says which, ``state`` what it says (another text, another state), ``order`` how late it is.
    ``codes``: of which it is a note, as people write them; ``line`` and ``machine``: of which it is, "" unknown."""

    id: str
    state: str
    text: str
    order: int
    codes: tuple[str, ...] = ()
    line: str = ""
    machine: str = ""


@dataclass(frozen=True, slots=True)
class NoteHit:
    """A note that was found, as it was when it was indexed; ``support``: share (0 to 1) of the question's informative
    words that it holds; ``codes``: canonical."""

    id: str
    state: str
    support: float
    codes: tuple[str, ...]


class Notes:
    """The notes in one SQLite file. ``synonyms``: the site's words, as the manuals' search knows them. Notes of a line
    and machine are one source, as a manual is. Several processes may read; one ``bring``s at a time."""

    def __init__(self, path: Path, embedder: Embedder | None, synonyms: SynonymTable) -> None:
        self._truth = _opened(path)
        self._embedder = embedder
        self._synonyms = synonyms
        self._bringing = Lock()
        vectors = NoteVectors(self._truth, embedder.name) if embedder is not None else None
        self._searcher = Searcher(self._truth, vectors, embedder, synonyms=synonyms)

    def bring(self, notes: Iterable[Note], off: Collection[str] = ()) -> int:
        """Make these, and no others, the notes that are found; those of the lines ``off`` are kept and not found.
        Returns how many were written or dropped. Broken off, it goes on the next time: each note is whole or not
        there."""
        with self._bringing:
            renew(self._truth)
            wanted = {note.id: note for note in notes}
            maker = self._embedder.name if self._embedder is not None else ""
            held = {row["id"]: (row["state"], row["embedder"]) for row in self._truth.db.execute("SELECT * FROM note")}
            gone = [note for note in held if note not in wanted]
            if gone:
                self._drop(gone)
            changed = [note for note in wanted.values() if held.get(note.id) != (note.state, maker)]
            for note in changed:
                self._put(note, maker)
            self._switch(frozenset(off))
            return len(gone) + len(changed)

    def search(self, question: str, k: int, scope: Scope | None = None) -> list[NoteHit]:
        """The notes that a question finds by its words and its meaning, best first; none where nothing of ``scope`` has
        notes."""
        try:
            return self._told(self._searcher.search(question, k, scope).hits)
        except ScopeUnknown:
            return []

    def of_codes(self, codes: Collection[str], k: int, scope: Scope | None = None) -> list[NoteHit]:
        """The latest ``k`` notes that name one of ``codes`` (canonical), latest first."""
        try:
            within = resolve(scope or Scope(), self._truth.manuals(), self._synonyms.synonyms())
        except ScopeUnknown:
            return []
        if within is None or not codes:
            return []
        where, values = within.where()
        marks = ",".join("?" * len(codes))
        rows = self._truth.db.execute(
            f"SELECT DISTINCT passage.id, passage.codes, passage.ordinal, note.state FROM code"
            f" JOIN passage ON passage.number = code.passage JOIN note ON note.id = passage.id"
            f" WHERE code.code IN ({marks}) {where} ORDER BY passage.ordinal DESC LIMIT ?",
            (*codes, *values, k),
        ).fetchall()
        found = self._truth.passages([row["id"] for row in rows])
        return [NoteHit(row["id"], row["state"], 1.0, found[row["id"]].codes) for row in rows if row["id"] in found]

    def count(self) -> int:
        return int(self._truth.db.execute("SELECT count(*) FROM note").fetchone()[0])

    def close(self) -> None:
        self._truth.close()

    def _told(self, hits: Sequence[Hit]) -> list[NoteHit]:
        ids = [hit.passage.id for hit in hits] + [twin.passage.id for hit in hits for twin in hit.also]
        marks = ",".join("?" * len(ids))
        states = dict(self._truth.db.execute(f"SELECT id, state FROM note WHERE id IN ({marks})", ids).fetchall())
        return [
            NoteHit(passage.id, states[passage.id], hit.support, passage.codes)
            for hit in hits
            for passage in (hit.passage, *(twin.passage for twin in hit.also))  # the same words twice are two notes
            if passage.id in states
        ]

    def _put(self, note: Note, maker: str) -> None:
        """Write a note down with all that finds it, in one step."""
        manual = _source(note)
        text = storable(note.text)
        codes = tuple(dict.fromkeys(code for code in map(canonical, note.codes) if code))
        passage = Passage(
            id=note.id, manual_id=manual.id, revision=1, ordinal=note.order, text=text, pages=(1,), page_labels=("",),
            section=(), kind="incident", lang=manual.lang, codes=codes,
        )  # fmt: skip
        reading = self._embedder.read([f"{manual.title}\n{text}"], "passage")[0] if self._embedder is not None else None
        rows = StoredRows.of(manual, passage, word_row=self._word_row(reading))
        rows = replace(rows, codes=tuple((code, 1) for code in codes))  # what a note only mentions, it is no note of
        vector = reading.vector.astype(KEPT_AS).tobytes() if reading is not None else None
        with self._truth.transaction() as db:
            _drop_notes(db, [note.id])
            db.execute(
                "INSERT OR REPLACE INTO manual VALUES (?, ?, ?, 1, '', '', 1, ?, ?, '{}')",
                (manual.id, manual.name, manual.title, manual.lang, manual.added_at),
            )
            for kind, value in (("line", storable(note.line)), ("machine", storable(note.machine))):
                if value:
                    db.execute("INSERT OR IGNORE INTO attribute VALUES (?, ?, ?)", (manual.id, kind, value))
            rows.insert(db)
            db.execute("INSERT INTO note VALUES (?, ?, ?, ?)", (note.id, note.state, maker, vector))

    def _word_row(self, reading: Reading | None) -> WordRow | None:
        if reading is None or self._embedder is None or not self._embedder.word_dim:
            return None
        return WordRow(self._embedder.name, packed(reading.words))

    def _drop(self, ids: Sequence[str]) -> None:
        with self._truth.transaction() as db:
            _drop_notes(db, ids)

    def _switch(self, off: frozenset[str]) -> None:
        """The sources of the lines ``off`` are disabled, all others are not."""
        wanted = {manual.id for manual in self._truth.manuals() if _line_of(manual) in off}
        disabled = {str(row[0]) for row in self._truth.db.execute("SELECT manual_id FROM disabled")}
        if wanted == disabled:
            return
        with self._truth.transaction() as db:
            db.execute("DELETE FROM disabled")
            db.executemany("INSERT INTO disabled VALUES (?)", [(manual,) for manual in sorted(wanted)])


def _source(note: Note) -> Manual:
    """The source that a note belongs to: one for each line, machine and language, as narrowing and search ask for."""
    lang = language(note.text)
    name = _UNIT.join((storable(note.line), storable(note.machine), lang))
    return Manual(
        id="n" + hashlib.sha256(name.encode()).hexdigest()[:12], name=name, revision=1, sha256="", pages=1, passages=0,
        title=" ".join(part for part in (storable(note.line), storable(note.machine)) if part), lang=lang, added_at="",
    )  # fmt: skip


def _line_of(manual: Manual) -> str:
    return manual.name.partition(_UNIT)[0]


def _drop_notes(db: sqlite3.Connection, ids: Sequence[str]) -> None:
    """Take out what the tables hold of the notes ``ids``, and the sources that have none any more, inside the caller's
    transaction. The number of changes tells every reader."""
    numbers = [
        int(row[0]) for note in ids for row in db.execute("SELECT number FROM passage WHERE id = ?", (note,)).fetchall()
    ]
    drop_rows(db, numbers)
    db.executemany("DELETE FROM note WHERE id = ?", [(note,) for note in ids])
    db.execute("DELETE FROM manual WHERE id NOT IN (SELECT manual_id FROM passage)")
    for table in ("attribute", "disabled"):
        db.execute(f"DELETE FROM {table} WHERE manual_id NOT IN (SELECT id FROM manual)")
    db.execute("UPDATE change SET number = number + 1")


def _opened(path: Path) -> Truth:
    """The file at ``path``; one that cannot be used is begun anew, since all of it can be made again."""
    try:
        return _with_table(path)
    except (IndexFailed, sqlite3.DatabaseError) as damaged:
        log.warning("The index of notes %s is made again. %s", path, damaged)
        for ending in ("", "-wal", "-shm"):
            path.with_name(path.name + ending).unlink(missing_ok=True)
        return _with_table(path)


def _with_table(path: Path) -> Truth:
    truth = Truth(path)
    try:
        with truth.transaction() as db:
            db.execute(_TABLE)
        check = truth.db.execute("PRAGMA quick_check(1)").fetchone()[0]
        if check != "ok":
            raise sqlite3.DatabaseError(str(check))
    except BaseException:
        truth.close()
        raise
    return truth
