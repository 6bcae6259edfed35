"""Accounts: who may sign in, with which role, and the sessions they hold. Passwords are kept as scrypt hashes."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import sqlite3
import threading
import time
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from assistant.attempts import Attempts
from assistant.errors import AccountRefused, LastAdmin, NotAllowed
from assistant.tokens import Tokens

Role = Literal["operator", "admin"]
ROLES: tuple[Role, ...] = ("operator", "admin")
SHORTEST_PASSWORD = 8
LONGEST = 200  # characters of a name or password
CHECKS_AT_ONCE = 2  # each takes 16 MiB and a processor

# OWASP Password Storage Cheat Sheet, scrypt: N = 2^14, r = 8, p = 5 (16 MiB a check)
WORK = 2**14
_SCHEMA = """
CREATE TABLE IF NOT EXISTS account (name TEXT PRIMARY KEY, role TEXT NOT NULL, salt BLOB NOT NULL, hash BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS disabled (name TEXT PRIMARY KEY);
CREATE TABLE IF NOT EXISTS session (token TEXT PRIMARY KEY, name TEXT NOT NULL, ends_at REAL NOT NULL);
"""
_ENABLED = "account.name NOT IN (SELECT name FROM disabled)"
_ACCOUNT = f"SELECT name, role, {_ENABLED} FROM account"


@dataclass(frozen=True, slots=True)
class Account:
    """Who may sign in; one that is not ``enabled`` may not, and is kept."""

    name: str
    role: Role
    enabled: bool = True

    @property
    def is_admin(self) -> bool:
        return self.role == "admin"


class Accounts:
    """Accounts and sessions in one SQLite file. Safe to call from several threads."""

    def __init__(
        self, path: Path, session_hours: int = 12, now: Callable[[], float] = time.time, work: int = WORK
    ) -> None:
        """``work`` is scrypt's N; an existing file must be opened with the one it was made with."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        self._guard = threading.Lock()
        self._hashing = threading.BoundedSemaphore(CHECKS_AT_ONCE)
        self._attempts = Attempts()
        self._now = now
        self._work = work
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=30)
        path.chmod(0o600)
        self._db.executescript(_SCHEMA)
        self._session_s = session_hours * 3600
        self.tokens = Tokens(self._db, self._guard, now)

    def put(self, name: str, password: str, role: Role) -> Account:
        """Add an account, or give an existing one another password and role; that ends its sessions. Raises
        AccountRefused, LastAdmin where nobody could sign in as an admin any more."""
        name = name.strip()
        if not name or len(name) > LONGEST or not name.isprintable():
            raise AccountRefused("An account needs a name of 1 to 200 printable characters.", "Choose another name.")
        if role not in ROLES:
            raise AccountRefused(f"There is no role {role!r}.", f"Choose one of: {', '.join(ROLES)}.")
        salt, hashed = self._hashed(password)
        with self._guard, self._db:
            self._db.execute("BEGIN IMMEDIATE")
            if role != "admin":
                self._keep_an_admin(name)
            self._db.execute("DELETE FROM session WHERE name = ?", (name,))
            self._db.execute("INSERT OR REPLACE INTO account VALUES (?, ?, ?, ?)", (name, role, salt, hashed))
        self._attempts.clear(name)
        return self._account(name)

    def add(self, name: str, password: str, role: Role) -> Account:
        """As ``put``, for a name that is not there yet. Raises AccountRefused where it is."""
        if any(account.name == name.strip() for account in self.accounts()):
            raise AccountRefused(f"There is an account {name.strip()!r} already.", "Choose another name.")
        return self.put(name, password, role)

    def set_password(self, name: str, password: str) -> None:
        """Give an account another password; that ends its sessions. Raises AccountRefused."""
        self._account(name)
        salt, hashed = self._hashed(password)
        with self._guard, self._db:
            self._db.execute("BEGIN IMMEDIATE")
            self._db.execute("DELETE FROM session WHERE name = ?", (name,))
            self._db.execute("UPDATE account SET salt = ?, hash = ? WHERE name = ?", (salt, hashed, name))
        self._attempts.clear(name)

    def set_role(self, name: str, role: Role) -> Account:
        """What an account may do, from its next request on. Raises AccountRefused, LastAdmin."""
        if role not in ROLES:
            raise AccountRefused(f"There is no role {role!r}.", f"Choose one of: {', '.join(ROLES)}.")
        self._account(name)
        with self._guard, self._db:
            self._db.execute("BEGIN IMMEDIATE")
            if role != "admin":
                self._keep_an_admin(name)
            self._db.execute("UPDATE account SET role = ? WHERE name = ?", (role, name))
        return self._account(name)

    def enable(self, name: str, enabled: bool) -> Account:
        """Whether an account may sign in; taking it away ends its sessions and stops its tokens. Raises AccountRefused,
        LastAdmin."""
        self._account(name)
        with self._guard, self._db:
            self._db.execute("BEGIN IMMEDIATE")
            if enabled:
                self._db.execute("DELETE FROM disabled WHERE name = ?", (name,))
            else:
                self._keep_an_admin(name)
                self._db.execute("INSERT OR IGNORE INTO disabled VALUES (?)", (name,))
                self._db.execute("DELETE FROM session WHERE name = ?", (name,))
        return self._account(name)

    def accounts(self) -> list[Account]:
        with self._guard:
            rows = self._db.execute(f"{_ACCOUNT} ORDER BY name").fetchall()
        return [Account(name, role, bool(enabled)) for name, role, enabled in rows]

    def _account(self, name: str) -> Account:
        with self._guard:
            row = self._db.execute(f"{_ACCOUNT} WHERE name = ?", (name,)).fetchone()
        if row is None:
            raise AccountRefused(f"There is no account {name!r}.", "List them with: andon user list")
        return Account(row[0], row[1], bool(row[2]))

    def _keep_an_admin(self, name: str) -> None:
        """Inside the caller's transaction: refuse where ``name`` is the last admin who may sign in."""
        rows = self._db.execute(f"{_ACCOUNT} WHERE role = 'admin'").fetchall()
        able = {row[0] for row in rows if row[2]}
        if able == {name}:
            raise LastAdmin(f"{name!r} is the last admin who can sign in.", "Make another account an admin first.")

    def _hashed(self, password: str) -> tuple[bytes, bytes]:
        """Salt and hash of a new password."""
        if not SHORTEST_PASSWORD <= len(password) <= LONGEST:
            raise AccountRefused(
                f"A password needs {SHORTEST_PASSWORD} to {LONGEST} characters.", "Choose another password."
            )
        salt = secrets.token_bytes(16)
        with self._hashing:
            return salt, _hash(password, salt, self._work)

    def check(self, name: str, password: str) -> Account:
        """The account of that name and password. Raises NotAllowed, the same for both mistakes, and TooManyAttempts
        after several."""
        name = _writable(name.strip())[: LONGEST + 1]
        with self._guard:
            row = self._db.execute(
                f"SELECT role, salt, hash FROM account WHERE name = ? AND {_ENABLED}", (name,)
            ).fetchone()
        salt, expected = (row[1], row[2]) if row else (b"\0" * 16, b"\0" * 32)
        with self._hashing:  # admitted one by one here, many at once get no more tries than one after the other
            self._attempts.admit(name)
            # the hash is computed for unknown names too, so that the time taken tells nobody which names exist
            right = hmac.compare_digest(_hash(password[: LONGEST + 1], salt, self._work), expected)
            if row is None or not right:
                self._attempts.failed(name)
                raise NotAllowed("Name or password is wrong.", "Try again, or ask an admin for a new password.")
        self._attempts.clear(name)
        return Account(name, row[0])

    def sign_in(self, name: str, password: str) -> str:
        """Check, and open a session: returns its token (the file keeps only the token's hash)."""
        account = self.check(name, password)
        token = secrets.token_urlsafe(32)
        with self._guard, self._db:
            self._db.execute("BEGIN IMMEDIATE")
            self._db.execute("DELETE FROM session WHERE ends_at < ?", (self._now(),))
            self._db.execute(
                "INSERT INTO session VALUES (?, ?, ?)", (_digest(token), account.name, self._now() + self._session_s)
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
                "SELECT account.name, role FROM session JOIN account USING (name)"
                f" WHERE token = ? AND ends_at > ? AND {_ENABLED}",
                (_digest(token), self._now()),
            ).fetchone()
        return Account(*row) if row else None

    def of_token(self, token: str) -> Account | None:
        """The account whose token this is; None if it was revoked or never was."""
        name = self.tokens.owner(token)
        if name is None:
            return None
        with self._guard:
            row = self._db.execute(f"SELECT name, role FROM account WHERE name = ? AND {_ENABLED}", (name,)).fetchone()
        return Account(*row) if row else None

    def close(self) -> None:
        with self._guard:
            self._db.close()


def _hash(password: str, salt: bytes, work: int) -> bytes:
    # NFC: the same password from two keyboards is one (RFC 8265, OpaqueString)
    typed = _writable(unicodedata.normalize("NFC", password)).encode()
    return hashlib.scrypt(typed, salt=salt, n=work, r=8, p=5, dklen=32, maxmem=64 * 1024 * 1024)


def _writable(text: str) -> str:
    """``text`` without lone surrogates, which broken clients send and nothing can store."""
    return text.encode("utf-8", "replace").decode()


def _digest(token: str) -> str:
    return hashlib.sha256(_writable(token).encode()).hexdigest()
