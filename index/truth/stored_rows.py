"""Stored rows: what the tables of the truth hold of a passage: itself, its search terms and its codes."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from index.codes.entry import code_rows
from index.passage import Manual, Passage
from index.passages.chunk import DraftPassage
from index.search.lookalikes import folded_terms
from index.text import terms
from index.truth.counted_terms import packed
from index.truth.headings import HeadingTerms

Words = tuple[str, str]


@dataclass(frozen=True, slots=True)
class WordRow:
    """A passage's word vectors, packed (index.embedders.word_vectors), and the name of the embedder that made them."""

    embedder: str
    packed: bytes


@dataclass(frozen=True, slots=True)
class StoredRows:
    """A passage as the tables hold it. ``place`` and ``body`` are the two columns of the keyword index, terms with
    spaces between: where the passage stands, and its text. ``counted`` are the same terms for searches
    (index.truth.counted_terms). ``codes`` are (code, lead) of the table ``code``."""

    passage: tuple[str | int | float | None, ...]
    place: str
    body: str
    counted: bytes
    codes: tuple[tuple[str, int], ...]
    word_row: WordRow | None = None

    @classmethod
    def of(
        cls, manual: Manual, passage: Passage, words: Words | None = None, word_row: WordRow | None = None
    ) -> StoredRows:
        """``words`` are the passage's of ``words_of``, where they are made already."""
        place, body = words or words_of(manual.title, manual.name, passage)
        return cls(
            (passage.id, passage.manual_id, passage.revision, passage.ordinal, passage.text, json.dumps(passage.pages),
             json.dumps(passage.page_labels, ensure_ascii=False), json.dumps(passage.section, ensure_ascii=False),
             passage.kind, passage.lang, json.dumps(passage.codes, ensure_ascii=False),
             json.dumps([(b.page, b.x0, b.y0, b.x1, b.y1) for b in passage.boxes]), passage.recognised),
            place,
            body,
            packed(place, body, HeadingTerms.of(passage)),
            code_rows(passage, manual.title),
            word_row,
        )  # fmt: skip

    def insert(self, db: sqlite3.Connection) -> None:
        number = db.execute(
            "INSERT INTO passage (id, manual_id, revision, ordinal, text, pages, page_labels, section, kind, lang,"
            " codes, boxes, recognised) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            self.passage,
        ).lastrowid
        assert number is not None
        self.insert_keywords(db, number)
        self.insert_codes(db, number)
        if self.word_row is not None:
            row = (number, self.word_row.embedder, self.word_row.packed)
            db.execute("INSERT INTO word_vectors VALUES (?, ?, ?)", row)

    def insert_keywords(self, db: sqlite3.Connection, number: int) -> None:
        db.execute("INSERT INTO keyword (rowid, place, body) VALUES (?, ?, ?)", (number, self.place, self.body))
        db.execute("INSERT OR REPLACE INTO counted_terms VALUES (?, ?)", (number, self.counted))

    def insert_codes(self, db: sqlite3.Connection, number: int) -> None:
        db.executemany("INSERT INTO code VALUES (?, ?, ?)", [(code, number, lead) for code, lead in self.codes])


def drop_rows(db: sqlite3.Connection, numbers: Sequence[int]) -> None:
    """Take the passages of these numbers out of all tables, inside the caller's transaction."""
    gone = [(number,) for number in numbers]
    db.executemany("DELETE FROM keyword WHERE rowid = ?", gone)
    db.executemany("DELETE FROM counted_terms WHERE passage = ?", gone)
    db.executemany("DELETE FROM code WHERE passage = ?", gone)
    db.executemany("DELETE FROM word_vectors WHERE passage = ?", gone)
    db.executemany("DELETE FROM passage WHERE number = ?", gone)


def words_of(title: str, name: str, passage: DraftPassage | Passage) -> Words:
    """(place, body) of a passage of the manual with that title and name; 1 ms each, most of what storing it costs."""
    by_ocr = passage.recognised is not None
    place = " ".join([title, Path(name).stem, *passage.section])
    return " ".join(_terms(place, by_ocr)), " ".join(_terms(passage.text, by_ocr))


def _terms(text: str, by_ocr: bool) -> list[str]:
    return [*terms(text), *folded_terms(text)] if by_ocr else terms(text)
