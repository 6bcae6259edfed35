"""The truth: manuals, revisions, passages, codes and the keyword index in one SQLite file (WAL)."""

from __future__ import annotations

import json
import sqlite3
import threading
import weakref
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any
from uuid import uuid4

from index.errors import IndexFailed
from index.manuals.coverage import Coverage
from index.passage import Box, Manual, Passage
from index.truth.postings import Postings
from index.truth.remembered import Remembered
from index.truth.schema import VERSION, upgrade, version_of
from index.truth.stored_rows import StoredRows, WordRow, Words, drop_rows

FAILED_KEPT = 8  # of so many failed files the original stays, so that a job can be tried again without an upload


class _Held:
    """A thread's connection. It lives in a thread-local, so it is closed when its thread ends."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection

    def __del__(self) -> None:
        self.connection.close()  # by name: a connection is part of a cycle, and would wait for the garbage collector


class Truth:
    """One SQLite file, one connection a thread. Everything that belongs together changes in one ``transaction``."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        self._local = threading.local()
        self._open: weakref.WeakSet[_Held] = weakref.WeakSet()
        self._guard = threading.Lock()
        self._write = threading.RLock()
        self._remembered = Remembered()
        self.postings = Postings()
        try:
            if version_of(self.db) != VERSION:
                with self.transaction() as db:
                    upgrade(db, path)
        except IndexFailed:
            self.close()
            raise
        except sqlite3.DatabaseError as error:
            raise IndexFailed(
                f"{path} cannot be opened as an index ({error}).",
                "Check that the folder is writable and the disk is not full, or restore a backup.",
            ) from error

    @property
    def db(self) -> sqlite3.Connection:
        """This thread's connection."""
        held: _Held | None = getattr(self._local, "held", None)
        if held is None:
            connection = sqlite3.connect(self._path, timeout=30, isolation_level=None, check_same_thread=False)
            held = _Held(connection)
            connection.row_factory = sqlite3.Row
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            self._local.held = held
            with self._guard:
                self._open.add(held)
        return held.connection

    @property
    def connections(self) -> int:
        """How many threads hold a connection now."""
        with self._guard:
            return len(self._open)

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All or nothing; the only way to write. Does not nest."""
        with self._write:
            db = self.db
            db.execute("BEGIN IMMEDIATE")
            self._local.writes = True
            try:
                yield db
                db.execute("COMMIT")
            except BaseException:
                if db.in_transaction:  # a full disk may have ended it already
                    db.execute("ROLLBACK")
                raise
            finally:
                self._local.writes = False

    @contextmanager
    def snapshot(self) -> Iterator[sqlite3.Connection]:
        """Every read inside sees the same state, whatever is written meanwhile."""
        db = self.db
        if db.in_transaction:
            yield db
            return
        db.execute("BEGIN")
        try:
            yield db
        finally:
            db.execute("COMMIT")

    def close(self) -> None:
        """Close this thread's connection. Those of others close with their threads: one may be reading just now."""
        held: _Held | None = getattr(self._local, "held", None)
        if held is not None:
            held.connection.close()
            del self._local.held

    def identity(self) -> str:
        """What tells this index from others, as on a vector server that several use; made once, and kept in backups."""
        row = self.db.execute("SELECT value FROM meta WHERE key = 'identity'").fetchone()
        if row is None:
            with self.transaction() as db:
                db.execute("INSERT OR IGNORE INTO meta VALUES ('identity', ?)", (uuid4().hex,))
            row = self.db.execute("SELECT value FROM meta WHERE key = 'identity'").fetchone()
        return str(row["value"])

    # manuals

    def manuals(self) -> list[Manual]:
        return list(self._keeps().manuals(self.db, self._read_manuals))

    def term_counts(self, wanted: Iterable[str]) -> dict[str, int]:
        """How many passages hold each search term."""
        return self._keeps().counts(self.db, wanted)

    def _keeps(self) -> Remembered:
        """What is remembered between questions; nothing of it inside a transaction, which may be rolled back."""
        return Remembered() if getattr(self._local, "writes", False) else self._remembered

    def _read_manuals(self) -> list[Manual]:
        rows = self.db.execute(f"{_MANUAL} GROUP BY manual.id ORDER BY manual.name").fetchall()
        return [_manual(row) for row in rows]

    def manual(self, id_or_name: str) -> Manual | None:
        row = self.db.execute(
            f"{_MANUAL} WHERE manual.id = ?1 OR manual.name = ?1 GROUP BY manual.id", (id_or_name,)
        ).fetchone()
        return _manual(row) if row else None

    def manual_of_content(self, sha256: str) -> Manual | None:
        row = self.db.execute(f"{_MANUAL} WHERE manual.sha256 = ? GROUP BY manual.id", (sha256,)).fetchone()
        return _manual(row) if row else None

    def uses_content(self, sha256: str, suffix: str) -> bool:
        """True where a manual, a job that has not ended, or one of the last that failed and may be tried again needs
        the original of that hash and suffix."""
        row = self.db.execute(
            "SELECT EXISTS (SELECT 1 FROM manual WHERE sha256 = ?1 AND suffix = ?2) OR EXISTS"
            " (SELECT 1 FROM job WHERE sha256 = ?1 AND suffix = ?2 AND (state IN ('queued', 'running') OR id IN"
            " (SELECT id FROM job WHERE state = 'failed' AND sha256 != '' ORDER BY id DESC LIMIT ?3)))",
            (sha256, suffix, FAILED_KEPT),
        ).fetchone()
        return bool(row[0])

    def suffix(self, manual_id: str) -> str:
        row = self.db.execute("SELECT suffix FROM manual WHERE id = ?", (manual_id,)).fetchone()
        return str(row["suffix"]) if row else ""

    def last_revision(self, manual_id: str) -> int:
        row = self.db.execute("SELECT max(revision) AS last FROM revision WHERE manual_id = ?", (manual_id,)).fetchone()
        return int(row["last"] or 0)

    def put_manual(
        self, manual: Manual, suffix: str, passages: Sequence[Passage], words: Sequence[Words] = (),
        word_rows: Sequence[WordRow] = (),
    ) -> list[str]:  # fmt: skip
        """Make ``manual`` with ``passages`` the live revision, in one step. Returns the ids of passages it replaced.
        ``words``, ``word_rows``: of each passage, where they are made already."""
        nothing: list[None] = [None] * len(passages)
        made = zip(passages, words or nothing, word_rows or nothing, strict=True)
        rows = [StoredRows.of(manual, *each) for each in made]  # slow: before others wait
        with self.transaction() as db:
            replaced = self._drop_passages(db, manual.id)
            db.execute(
                "INSERT OR REPLACE INTO manual VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (manual.id, manual.name, manual.title, manual.revision, manual.sha256, suffix, manual.pages,
                 manual.lang, manual.added_at, storable(manual.coverage.to_json())),
            )  # fmt: skip
            db.execute(
                "INSERT OR REPLACE INTO revision VALUES (?, ?, ?, ?)",
                (manual.id, manual.revision, manual.sha256, manual.added_at),
            )
            for row in rows:
                row.insert(db)
        live = {passage.id for passage in passages}
        return [old for old in replaced if old not in live]

    def drop_manual(self, manual_id: str) -> list[str]:
        """Remove a manual and its passages in one step. Returns the ids of the passages removed. Its revision numbers
        stay taken, so that an old citation or feedback never points to other text."""
        with self.transaction() as db:
            removed = self._drop_passages(db, manual_id)
            db.execute("DELETE FROM manual WHERE id = ?", (manual_id,))
            db.execute("DELETE FROM attribute WHERE manual_id = ?", (manual_id,))
            db.execute("DELETE FROM disabled WHERE manual_id = ?", (manual_id,))
        return removed

    def _drop_passages(self, db: sqlite3.Connection, manual_id: str) -> list[str]:
        rows = db.execute("SELECT number, id FROM passage WHERE manual_id = ?", (manual_id,)).fetchall()
        drop_rows(db, [int(row["number"]) for row in rows])
        return [str(row["id"]) for row in rows]

    # passages

    def passage_ids(self) -> set[str]:
        return {str(row["id"]) for row in self.db.execute("SELECT id FROM passage")}

    def manual_of_passages(self) -> dict[str, str]:
        """Passage id -> id of its manual, for all."""
        return {str(row["id"]): str(row["manual_id"]) for row in self.db.execute("SELECT id, manual_id FROM passage")}

    def passages(self, ids: Iterable[str]) -> dict[str, Passage]:
        """Passages by id; ids that are not (or no longer) in the truth are left out."""
        wanted = list(dict.fromkeys(ids))
        marks = ",".join("?" * len(wanted))
        rows = self.db.execute(f"SELECT * FROM passage WHERE id IN ({marks})", wanted).fetchall()
        return {str(row["id"]): _passage(row) for row in rows}

    def numbered(self, numbers: Iterable[int], *, boxes: bool = True) -> dict[int, Passage]:
        """Passages by number. Without ``boxes`` they have none: a search reads two hundred and shows ten."""
        wanted = list(dict.fromkeys(numbers))
        marks = ",".join("?" * len(wanted))
        if boxes:
            rows = self.db.execute(f"SELECT * FROM passage WHERE number IN ({marks})", wanted).fetchall()
            return {int(row["number"]): _passage(row) for row in rows}
        cursor = self.db.cursor()
        cursor.row_factory = None  # by place: half of the time that names take
        bare = cursor.execute(f"SELECT number, {_WITHOUT_BOXES} FROM passage WHERE number IN ({marks})", wanted)
        return {number: _bare_passage(row) for number, *row in bare}

    def boxes(self, ids: Iterable[str]) -> dict[str, tuple[Box, ...]]:
        """Where passages stand on their pages, by id."""
        wanted = list(dict.fromkeys(ids))
        marks = ",".join("?" * len(wanted))
        rows = self.db.execute(f"SELECT id, boxes FROM passage WHERE id IN ({marks})", wanted).fetchall()
        return {str(row["id"]): _boxes(row["boxes"]) for row in rows}

    def keyword_rows(self, numbers: Iterable[int]) -> list[tuple[int, str, str]]:
        """(number, place, body) of passages, the terms of both columns with blanks between. Read from the table that
        FTS5 keeps them in, which is three times as quick as through it."""
        wanted = list(dict.fromkeys(numbers))
        marks = ",".join("?" * len(wanted))
        cursor = self.db.cursor()
        cursor.row_factory = None
        return cursor.execute(f"SELECT id, c0, c1 FROM keyword_content WHERE id IN ({marks})", wanted).fetchall()

    def counted_terms(self, numbers: Iterable[int]) -> dict[int, bytes]:
        """By passage number, packed (index.truth.counted_terms); those that were never made are left out."""
        wanted = list(dict.fromkeys(numbers))
        marks = ",".join("?" * len(wanted))
        cursor = self.db.cursor()
        cursor.row_factory = None
        return dict(cursor.execute(f"SELECT passage, packed FROM counted_terms WHERE passage IN ({marks})", wanted))

    def numbers(self, ids: Iterable[str]) -> dict[str, int]:
        wanted = list(dict.fromkeys(ids))
        marks = ",".join("?" * len(wanted))
        rows = self.db.execute(f"SELECT id, number FROM passage WHERE id IN ({marks})", wanted).fetchall()
        return {str(row["id"]): int(row["number"]) for row in rows}

    def passages_of(self, manual_id: str) -> list[Passage]:
        rows = self.db.execute("SELECT * FROM passage WHERE manual_id = ? ORDER BY ordinal", (manual_id,)).fetchall()
        return [_passage(row) for row in rows]

    def around(self, passage: Passage, reach: int) -> list[Passage]:
        """The passages up to ``reach`` before and behind ``passage`` in its section, with itself, in the order of
        reading; [] where it is gone."""
        rows = self.db.execute(
            "SELECT * FROM passage WHERE manual_id = ? AND revision = ? AND ordinal BETWEEN ? AND ? ORDER BY ordinal",
            (passage.manual_id, passage.revision, passage.ordinal - reach, passage.ordinal + reach),
        ).fetchall()
        return [other for other in map(_passage, rows) if other.section == passage.section]

    def warning_or_steps(self, manual_id: str, sections: Iterable[tuple[str, ...]]) -> list[Passage]:
        """The warnings and procedures that stand directly under one of ``sections``, in the order of reading."""
        paths = [json.dumps(section, ensure_ascii=False) for section in sections]
        rows = self.db.execute(
            "SELECT * FROM passage WHERE manual_id = ? AND kind IN ('warning', 'steps')"
            f" AND section IN ({','.join('?' * len(paths))}) ORDER BY ordinal",
            (manual_id, *paths),
        ).fetchall()
        return [_passage(row) for row in rows]


_WITHOUT_BOXES = "id, manual_id, revision, ordinal, text, pages, page_labels, section, kind, lang, codes, recognised"
_LISTED = (
    "(SELECT group_concat(value, char(31)) FROM attribute WHERE attribute.manual_id = manual.id AND kind = '{kind}')"
)
_MANUAL = (
    "SELECT manual.*, count(passage.number) AS passages,"
    f" {_LISTED.format(kind='line')} AS lines, {_LISTED.format(kind='machine')} AS machines,"
    " manual.id NOT IN (SELECT manual_id FROM disabled) AS enabled"
    " FROM manual LEFT JOIN passage ON passage.manual_id = manual.id"
)


def storable(text: str) -> str:
    """``text`` as UTF-8 can hold it: halves of surrogate pairs, as some PDF files and file names have them, become
    U+FFFD."""
    if text.isascii():
        return text
    return "".join("\ufffd" if "\ud800" <= character <= "\udfff" else character for character in text)


def _manual(row: sqlite3.Row) -> Manual:
    return Manual(
        id=row["id"], name=row["name"], title=row["title"], revision=row["revision"], sha256=row["sha256"],
        pages=row["pages"], passages=row["passages"], lang=row["lang"], added_at=row["added_at"],
        coverage=Coverage.from_json(row["coverage"]), lines=_listed(row["lines"]), machines=_listed(row["machines"]),
        enabled=bool(row["enabled"]),
    )  # fmt: skip


def _listed(values: str | None) -> tuple[str, ...]:
    return tuple(sorted(values.split("\x1f"))) if values else ()


def _passage(row: sqlite3.Row) -> Passage:
    return Passage(
        id=row["id"], manual_id=row["manual_id"], revision=row["revision"], ordinal=row["ordinal"], text=row["text"],
        pages=_tuple(row["pages"]), page_labels=_tuple(row["page_labels"]), section=_tuple(row["section"]),
        kind=row["kind"], lang=row["lang"], codes=_tuple(row["codes"]), boxes=_boxes(row["boxes"]),
        recognised=row["recognised"],
    )  # fmt: skip


def _bare_passage(row: Sequence[Any]) -> Passage:
    """Of the columns ``_WITHOUT_BOXES``."""
    id_, manual_id, revision, ordinal, text, pages, labels, section, kind, lang, codes, recognised = row
    return Passage(
        id_, manual_id, revision, ordinal, text, _tuple(pages), _tuple(labels), _tuple(section), kind, lang,
        _tuple(codes), (), recognised,
    )  # fmt: skip


def _boxes(stored: str) -> tuple[Box, ...]:
    return tuple(Box(*box) for box in json.loads(stored)) if stored != "[]" else ()


@lru_cache(maxsize=16_384)
def _tuple(stored: str) -> tuple[Any, ...]:
    """Pages, headings and codes stand in many passages, and come back with every question."""
    return tuple(json.loads(stored))
