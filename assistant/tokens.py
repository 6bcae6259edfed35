"""Tokens: what programs sign in with. Each belongs to an account; the file keeps only its hash."""

from __future__ import annotations

import hashlib
import secrets
import sqlite3
import threading
from collections.abc import Callable
from dataclasses import dataclass

from assistant.errors import AccountRefused, TokenUnknown

PREFIX = "andon-"  # a token that slipped into a file can be searched for
LONGEST_PURPOSE = 200
USED_EVERY_S = 60.0  # how exactly the last use is noted: not every question writes
SCHEMA = """
CREATE TABLE IF NOT EXISTS token (
    id INTEGER PRIMARY KEY AUTOINCREMENT, hash TEXT NOT NULL UNIQUE, name TEXT NOT NULL, purpose TEXT NOT NULL,
    made_at REAL NOT NULL, used_at REAL
);
"""


@dataclass(frozen=True, slots=True)
class Token:
    """A token as it is listed, without its secret. ``made_at``, ``used_at``: seconds since 1970; None: never used."""

    id: int
    name: str
    purpose: str
    made_at: float
    used_at: float | None


class Tokens:
    """The tokens in the file of the accounts, over its connection and guard. Safe to call from several threads."""

    def __init__(self, db: sqlite3.Connection, guard: threading.Lock, now: Callable[[], float]) -> None:
        self._db = db
        self._guard = guard
        self._now = now
        self._db.executescript(SCHEMA)

    def make(self, name: str, purpose: str = "") -> str:
        """A new token of the account ``name``, which can do what that account may do until it is revoked; nobody can
        read it again. Raises AccountRefused."""
        purpose = purpose.strip()
        if len(purpose) > LONGEST_PURPOSE or not purpose.isprintable():
            raise AccountRefused(
                f"What a token is for has up to {LONGEST_PURPOSE} printable characters.", "Say it shorter."
            )
        token = PREFIX + secrets.token_urlsafe(32)
        with self._guard:
            if self._db.execute("SELECT 1 FROM account WHERE name = ?", (name,)).fetchone() is None:
                raise AccountRefused(f"There is no account {name!r}.", "List them with: andon user list")
            self._db.execute(
                "INSERT INTO token (hash, name, purpose, made_at) VALUES (?, ?, ?, ?)",
                (_digest(token), name, purpose, self._now()),
            )
        return token

    def tokens(self) -> list[Token]:
        """All that are valid, oldest first."""
        with self._guard:
            rows = self._db.execute("SELECT id, name, purpose, made_at, used_at FROM token ORDER BY id").fetchall()
        return [Token(*row) for row in rows]

    def revoke(self, token_id: int) -> Token:
        """Ends a token at once. Raises TokenUnknown."""
        with self._guard:
            row = self._db.execute(
                "DELETE FROM token WHERE id = ? RETURNING id, name, purpose, made_at, used_at", (token_id,)
            ).fetchone()
        if row is None:
            raise TokenUnknown(f"There is no token {token_id}.", "List them with: andon user tokens")
        return Token(*row)

    def owner(self, token: str) -> str | None:
        """The name of the account whose token it is, or None; notes that it was used."""
        if not token.startswith(PREFIX):
            return None
        with self._guard:
            row = self._db.execute("SELECT id, name, used_at FROM token WHERE hash = ?", (_digest(token),)).fetchone()
            if row is None:
                return None
            if row[2] is None or self._now() - row[2] >= USED_EVERY_S:
                self._db.execute("UPDATE token SET used_at = ? WHERE id = ?", (self._now(), row[0]))
        return str(row[1])


def _digest(token: str) -> str:
    # 256 random bits need no salt and no slow hash
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
