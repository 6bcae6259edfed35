"""Schema of the records: the tables, and the steps from one version of them to the next."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from assistant.records.errors import RecordsFailed

_FIRST = """
CREATE TABLE entry (
  id TEXT PRIMARY KEY, at TEXT NOT NULL, kind TEXT NOT NULL, who TEXT NOT NULL, door TEXT NOT NULL,
  subject TEXT NOT NULL, understood TEXT NOT NULL DEFAULT '', lang TEXT NOT NULL DEFAULT '',
  scope TEXT NOT NULL DEFAULT '{}',
  quotes TEXT NOT NULL DEFAULT '[]', nearest TEXT NOT NULL DEFAULT '[]', answer TEXT NOT NULL DEFAULT '',
  verdict TEXT NOT NULL DEFAULT '', declined TEXT NOT NULL DEFAULT '', model TEXT NOT NULL DEFAULT '',
  failure TEXT NOT NULL DEFAULT '', revision TEXT NOT NULL DEFAULT '', timing TEXT NOT NULL DEFAULT '{}');
CREATE INDEX entry_at ON entry (at);
CREATE TABLE excerpt (key TEXT PRIMARY KEY, text TEXT NOT NULL, last_at TEXT NOT NULL);
CREATE TABLE counted (
  day TEXT NOT NULL, kind TEXT NOT NULL, door TEXT NOT NULL, verdict TEXT NOT NULL, declined TEXT NOT NULL,
  number INTEGER NOT NULL, PRIMARY KEY (day, kind, door, verdict, declined));
CREATE TABLE feedback (
  id INTEGER PRIMARY KEY AUTOINCREMENT, entry TEXT NOT NULL UNIQUE, at TEXT NOT NULL, who TEXT NOT NULL,
  thumb TEXT NOT NULL, reason TEXT NOT NULL, comment TEXT NOT NULL, corrected TEXT NOT NULL,
  question TEXT NOT NULL, lang TEXT NOT NULL, answer TEXT NOT NULL, excerpts TEXT NOT NULL, model TEXT NOT NULL,
  revision TEXT NOT NULL, state TEXT NOT NULL, chosen TEXT NOT NULL, reviewed_by TEXT NOT NULL,
  reviewed_at TEXT NOT NULL);
CREATE INDEX feedback_at ON feedback (at);
CREATE TABLE gap (
  id INTEGER PRIMARY KEY AUTOINCREMENT, state TEXT NOT NULL, codes TEXT NOT NULL, terms TEXT NOT NULL,
  changed_by TEXT NOT NULL DEFAULT '', changed_at TEXT NOT NULL DEFAULT '');
CREATE TABLE gap_ask (
  gap INTEGER NOT NULL, entry TEXT NOT NULL, at TEXT NOT NULL, question TEXT NOT NULL, lang TEXT NOT NULL,
  reason TEXT NOT NULL, nearest TEXT NOT NULL, PRIMARY KEY (gap, entry));
CREATE INDEX gap_ask_at ON gap_ask (at);
"""
_GAPS_ARE_ASSIGNED = """
ALTER TABLE gap ADD COLUMN assigned TEXT NOT NULL DEFAULT '';
"""
_CONVERSATIONS_AND_STOPPAGES = """
CREATE TABLE conversation (
  id TEXT PRIMARY KEY, who TEXT NOT NULL, title TEXT NOT NULL, made_at TEXT NOT NULL, changed_at TEXT NOT NULL);
CREATE INDEX conversation_who ON conversation (who, changed_at);
CREATE TABLE turn (
  conversation TEXT NOT NULL, number INTEGER NOT NULL, at TEXT NOT NULL, question TEXT NOT NULL, said TEXT NOT NULL,
  answer TEXT NOT NULL, PRIMARY KEY (conversation, number));
CREATE TABLE stoppage (
  id INTEGER PRIMARY KEY AUTOINCREMENT, entry TEXT NOT NULL, minutes_down INTEGER NOT NULL, cause TEXT NOT NULL,
  remedy TEXT NOT NULL, code TEXT NOT NULL, symptom TEXT NOT NULL, line TEXT NOT NULL, machine TEXT NOT NULL,
  lang TEXT NOT NULL, stopped_at TEXT NOT NULL, closed_at TEXT NOT NULL, who TEXT NOT NULL, canonical TEXT NOT NULL);
CREATE INDEX stoppage_closed ON stoppage (closed_at);
CREATE INDEX stoppage_entry ON stoppage (entry);
"""
_LINES_CAN_BE_OFF = """
CREATE TABLE stoppage_off (line TEXT PRIMARY KEY);
"""
# never change a step that was released; append another
STEPS = (_FIRST, _GAPS_ARE_ASSIGNED, _CONVERSATIONS_AND_STOPPAGES, _LINES_CAN_BE_OFF)
VERSION = len(STEPS)


def version_of(db: sqlite3.Connection) -> int:
    """The version of the tables; 0 for a new file."""
    return int(db.execute("PRAGMA user_version").fetchone()[0])


def upgrade(db: sqlite3.Connection, path: Path) -> None:
    """Bring the tables to ``VERSION``, inside the caller's transaction. Raises RecordsFailed for a newer Andon's."""
    found = version_of(db)
    if found > VERSION:
        raise RecordsFailed(
            f"{path} was written by a newer Andon (tables of version {found}; this one knows {VERSION}).",
            "Install that version again, or move the file away; answers come without it.",
        )
    for step in STEPS[found:]:
        for statement in step.strip().rstrip(";").split(";\n"):
            db.execute(statement)
    db.execute(f"PRAGMA user_version = {VERSION}")
