"""Accounts: who may sign in, with which role, and the sessions they hold. Passwords are kept as scrypt hashes."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import sqlite3
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from assistant.errors import NotAllowed

Role = Literal["operator", "admin"]
ROLES: tuple[Role, ...] = ("operator", "admin")

# OWASP Password Storage Cheat Sheet, scrypt: N = 2^14, r = 8, p = 5 (16 MiB a check)
_SCRYPT = {"n": 2**14, "r": 8, "p": 5, "dklen": 32}
_SCHEMA = """
CREATE TABLE IF NOT EXISTS account (name TEXT PRIMARY KEY, role TEXT NOT NULL, salt BLOB NOT NULL, hash BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS session (token TEXT PRIMARY KEY, name TEXT NOT NULL, ends_at REAL NOT NULL);
"""


@dataclass(frozen=True, slots=True)
class Account:
    name: str
    role: Role

    @property
    def is_admin(self) -> bool:
        return self.role == "admin"


class Accounts:
    """Accounts and sessions in one SQLite file. Safe to call from several threads."""

    def __init__(self, path: Path, session_hours: int = 12) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._guard = threading.Lock()
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=30)
        path.chmod(0o600)
        self._db.executescript(_SCHEMA)
        self._session_s = session_hours * 3600

    def put(self, name: str, password: str, role: Role) -> Account:
        """Add an account, or give an existing one another password and role; that ends its sessions."""
        if not name.strip() or len(password) < 8:
            raise NotAllowed("An account needs a name and a password of at least 8 characters.", "Choose a longer one.")
        salt = secrets.token_bytes(16)
        with self._guard:
            self._db.execute("BEGIN IMMEDIATE")
            self._db.execute("DELETE FROM session WHERE name = ?", (name,))
            self._db.execute(
                "INSERT OR REPLACE INTO account VALUES (?, ?, ?, ?)", (name, role, salt, _hash(password, salt))
            )
            self._db.execute("COMMIT")
        return Account(name, role)

    def accounts(self) -> list[Account]:
        with self._guard:
            rows = self._db.execute("SELECT name, role FROM account ORDER BY name").fetchall()
        return [Account(name, role) for name, role in rows]

    def check(self, name: str, password: str) -> Account:
        """The account of that name and password. Raises NotAllowed, the same for both mistakes."""
        with self._guard:
            row = self._db.execute("SELECT role, salt, hash FROM account WHERE name = ?", (name,)).fetchone()
        salt, expected = (row[1], row[2]) if row else (b"\0" * 16, b"")
        # the hash is computed for unknown names too, so that the time taken tells nobody which names exist
        if not hmac.compare_digest(_hash(password, salt), expected):
            raise NotAllowed("Name or password is wrong.", "Try again, or ask an admin for a new password.")
        return Account(name, row[0])

    def sign_in(self, name: str, password: str) -> str:
        """Check, and open a session: returns its token (the file keeps only the token's hash)."""
        account = self.check(name, password)
        token = secrets.token_urlsafe(32)
        with self._guard:
            self._db.execute("DELETE FROM session WHERE ends_at < ?", (time.time(),))
            self._db.execute(
                "INSERT INTO session VALUES (?, ?, ?)", (_digest(token), account.name, time.time() + self._session_s)
            )
        return token

    def sign_out(self, token: str) -> None:
        with self._guard:
            self._db.execute("DELETE FROM session WHERE token = ?", (_digest(token),))

    def of_session(self, token: str | None) -> Account | None:
        """The account that holds this session; None if it has ended or never was."""
        if not token:
            return None
        with self._guard:
            row = self._db.execute(
                "SELECT account.name, role FROM session JOIN account USING (name) WHERE token = ? AND ends_at > ?",
                (_digest(token), time.time()),
            ).fetchone()
        return Account(*row) if row else None

    def close(self) -> None:
        with self._guard:
            self._db.close()


def _hash(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(password.encode(), salt=salt, maxmem=64 * 1024 * 1024, **_SCRYPT)  # type: ignore[arg-type]


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
