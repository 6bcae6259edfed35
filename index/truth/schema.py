"""Schema: the tables of the truth, and the steps from one version of them to the next."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from index.errors import IndexFailed

_FIRST = """
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS manual (
  id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, title TEXT NOT NULL, revision INTEGER NOT NULL,
  sha256 TEXT NOT NULL, suffix TEXT NOT NULL, pages INTEGER NOT NULL, lang TEXT NOT NULL, added_at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS revision (
  manual_id TEXT NOT NULL, revision INTEGER NOT NULL, sha256 TEXT NOT NULL, added_at TEXT NOT NULL,
  PRIMARY KEY (manual_id, revision));
CREATE TABLE IF NOT EXISTS passage (
  number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, manual_id TEXT NOT NULL, revision INTEGER NOT NULL,
  ordinal INTEGER NOT NULL, text TEXT NOT NULL, pages TEXT NOT NULL, page_labels TEXT NOT NULL, section TEXT NOT NULL,
  kind TEXT NOT NULL, lang TEXT NOT NULL, codes TEXT NOT NULL, boxes TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS passage_manual ON passage (manual_id, ordinal);
CREATE TABLE IF NOT EXISTS code (code TEXT NOT NULL, passage INTEGER NOT NULL, lead INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS code_code ON code (code);
CREATE INDEX IF NOT EXISTS code_passage ON code (passage);
CREATE VIRTUAL TABLE IF NOT EXISTS keyword USING fts5 (
  place, body, tokenize = "unicode61 remove_diacritics 0 tokenchars '_.-'");
CREATE VIRTUAL TABLE IF NOT EXISTS keyword_vocab USING fts5vocab (keyword, row);
CREATE TABLE IF NOT EXISTS job (
  id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, sha256 TEXT NOT NULL, suffix TEXT NOT NULL,
  state TEXT NOT NULL, pages_done INTEGER NOT NULL DEFAULT 0, pages_total INTEGER NOT NULL DEFAULT 0,
  error_code TEXT NOT NULL DEFAULT '', error TEXT NOT NULL DEFAULT '', manual_id TEXT NOT NULL DEFAULT '',
  created_at TEXT NOT NULL, finished_at TEXT NOT NULL DEFAULT '');
"""
_JOBS_COUNT_CRASHES = """
ALTER TABLE job ADD COLUMN crashes INTEGER NOT NULL DEFAULT 0;
CREATE INDEX manual_sha256 ON manual (sha256);
CREATE INDEX job_state ON job (state);
"""
_MANUALS_KEEP_COVERAGE = """
ALTER TABLE manual ADD COLUMN coverage TEXT NOT NULL DEFAULT '{}';
"""
_PASSAGES_TELL_OCR = """
ALTER TABLE passage ADD COLUMN recognised REAL;
"""
_SITE_WORDS_AND_ATTRIBUTES = """
CREATE TABLE synonym (word TEXT PRIMARY KEY, said TEXT NOT NULL, family INTEGER NOT NULL, place INTEGER NOT NULL);
CREATE INDEX synonym_family ON synonym (family, place);
CREATE TABLE attribute (
  manual_id TEXT NOT NULL, kind TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (manual_id, kind, value));
ALTER TABLE job ADD COLUMN attributes TEXT NOT NULL DEFAULT '';
"""
_CHANGES_ARE_NUMBERED = """
CREATE TABLE change (number INTEGER NOT NULL);
INSERT INTO change VALUES (0);
CREATE TRIGGER manual_put AFTER INSERT ON manual BEGIN UPDATE change SET number = number + 1; END;
CREATE TRIGGER manual_changed AFTER UPDATE ON manual BEGIN UPDATE change SET number = number + 1; END;
CREATE TRIGGER manual_gone AFTER DELETE ON manual BEGIN UPDATE change SET number = number + 1; END;
CREATE TRIGGER attribute_put AFTER INSERT ON attribute BEGIN UPDATE change SET number = number + 1; END;
CREATE TRIGGER attribute_changed AFTER UPDATE ON attribute BEGIN UPDATE change SET number = number + 1; END;
CREATE TRIGGER attribute_gone AFTER DELETE ON attribute BEGIN UPDATE change SET number = number + 1; END;
"""
# made by the embedder named; made again like the vectors in Chroma, but read by the hundred with every question
_PASSAGES_HAVE_WORD_VECTORS = """
CREATE TABLE word_vectors (passage INTEGER PRIMARY KEY, embedder TEXT NOT NULL, packed BLOB NOT NULL);
"""
_MANUALS_CAN_BE_DISABLED = """
CREATE TABLE disabled (manual_id TEXT PRIMARY KEY);
CREATE TRIGGER disabled_put AFTER INSERT ON disabled BEGIN UPDATE change SET number = number + 1; END;
CREATE TRIGGER disabled_gone AFTER DELETE ON disabled BEGIN UPDATE change SET number = number + 1; END;
"""
# of what stands over a passage; NULL where they were never made, and a search then makes them
_PASSAGES_KEEP_HEADING_TERMS = """
ALTER TABLE passage ADD COLUMN heading_terms TEXT;
"""
# what a question counts in passages (index.truth.counted_terms); heading terms are among it. Where none were made yet,
# a search makes them
_PASSAGES_HAVE_COUNTED_TERMS = """
CREATE TABLE counted_terms (passage INTEGER PRIMARY KEY, packed BLOB NOT NULL);
ALTER TABLE passage DROP COLUMN heading_terms;
"""
# never change a step that was released; append another
STEPS = (
    _FIRST, _JOBS_COUNT_CRASHES, _MANUALS_KEEP_COVERAGE, _PASSAGES_TELL_OCR, _SITE_WORDS_AND_ATTRIBUTES,
    _CHANGES_ARE_NUMBERED, _PASSAGES_HAVE_WORD_VECTORS, _MANUALS_CAN_BE_DISABLED, _PASSAGES_KEEP_HEADING_TERMS,
    _PASSAGES_HAVE_COUNTED_TERMS,
)  # fmt: skip
VERSION = len(STEPS)


def version_of(db: sqlite3.Connection) -> int:
    """The version of the tables; 0 for a new file."""
    return int(db.execute("PRAGMA user_version").fetchone()[0])


def upgrade(db: sqlite3.Connection, path: Path) -> None:
    """Bring the tables to ``VERSION``, inside the caller's transaction. Raises IndexFailed for a newer Andon's."""
    found = version_of(db)
    if found > VERSION:
        raise IndexFailed(
            f"{path} was written by a newer Andon (tables of version {found}; this one knows {VERSION}).",
            "Install that version again, or restore a backup made before the update.",
        )
    for step in STEPS[found:]:
        for statement in step.strip().rstrip(";").split(";\n"):
            db.execute(statement)
    db.execute(f"PRAGMA user_version = {VERSION}")
