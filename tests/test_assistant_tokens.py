"""API tokens: made, listed, used, revoked; their secret is in no file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from service_site import ADMIN, OPERATOR, Site, check_error
from typer.testing import CliRunner

from assistant.accounts import Account, Accounts
from assistant.errors import AccountRefused, TokenUnknown
from assistant.tokens import PREFIX, USED_EVERY_S, Token

pytest_plugins = ("service_visitors",)


class Clock:
    def __init__(self) -> None:
        self.s = 1000.0

    def __call__(self) -> float:
        return self.s


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def accounts(tmp_path: Path, clock: Clock) -> Iterator[Accounts]:
    made = Accounts(tmp_path / "accounts.sqlite3", now=clock, work=16)
    made.put("line-1", "long enough", "operator")
    made.put("admin", "correct horse", "admin")
    yield made
    made.close()


def test_a_token_is_its_account_until_revoked(accounts: Accounts) -> None:
    token, other = accounts.tokens.make("line-1", "表示盤"), accounts.tokens.make("admin")
    assert token != other
    assert token.startswith(PREFIX)
    assert accounts.of_token(token) == Account("line-1", "operator")
    assert accounts.of_token(other) == Account("admin", "admin")
    for wrong in ("", "x", PREFIX, token[:-1], token + "x", "\ud800", PREFIX + "\ud800"):
        assert accounts.of_token(wrong) is None
    listed = accounts.tokens.tokens()
    assert [(t.name, t.purpose) for t in listed] == [("line-1", "表示盤"), ("admin", "")]
    assert accounts.tokens.revoke(listed[0].id) == Token(listed[0].id, "line-1", "表示盤", 1000.0, 1000.0)
    assert accounts.of_token(token) is None
    assert accounts.of_token(other) is not None
    with pytest.raises(TokenUnknown, match="user tokens"):
        accounts.tokens.revoke(listed[0].id)


def test_its_last_use_is_noted_not_at_every_question(accounts: Accounts, clock: Clock) -> None:
    token = accounts.tokens.make("line-1")

    def used() -> float | None:
        return accounts.tokens.tokens()[0].used_at

    assert used() is None
    accounts.of_token(token)
    clock.s += USED_EVERY_S - 1
    accounts.of_token(token)
    assert used() == 1000.0
    clock.s += 1
    accounts.of_token(token)
    assert used() == clock.s


def test_its_secret_is_in_no_file(accounts: Accounts, tmp_path: Path) -> None:
    token = accounts.tokens.make("line-1", "display")
    accounts.of_token(token)
    content = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert b"display" in content
    assert token.encode() not in content
    assert token.removeprefix(PREFIX).encode() not in content


def test_a_role_that_changes_counts_at_once_and_a_password_does_not(accounts: Accounts) -> None:
    token = accounts.tokens.make("line-1")
    accounts.put("line-1", "another password", "admin")
    assert accounts.of_token(token) == Account("line-1", "admin")


def test_it_is_still_there_after_a_restart(accounts: Accounts, tmp_path: Path) -> None:
    token = accounts.tokens.make("line-1")
    again = Accounts(tmp_path / "accounts.sqlite3", work=16)
    assert again.of_token(token) == Account("line-1", "operator")
    again.close()


@pytest.mark.parametrize(("name", "purpose"), [("nobody", ""), ("line-1", "x" * 201), ("line-1", "a\nb")])
def test_rules(accounts: Accounts, name: str, purpose: str) -> None:
    with pytest.raises(AccountRefused) as caught:
        accounts.tokens.make(name, purpose)
    assert caught.value.remedy
    assert accounts.tokens.tokens() == []


def test_the_service_takes_it(site: Site) -> None:
    client = site.client()
    operator, admin = site.accounts.tokens.make(OPERATOR[0]), site.accounts.tokens.make(ADMIN[0])

    def get(path: str, token: str, client: TestClient = client) -> object:
        return client.get(path, headers={"Authorization": f"Bearer {token}"})

    assert get("/manuals", operator).status_code == 200  # type: ignore[attr-defined]
    assert get("/jobs", admin).status_code == 200  # type: ignore[attr-defined]
    check_error(get("/jobs", operator), 403, "admin_only")
    assert "andon user token" in check_error(get("/manuals", operator + "x"), 401, "not_allowed")["remedy"]
    site.accounts.tokens.revoke(site.accounts.tokens.tokens()[0].id)
    check_error(get("/manuals", operator), 401, "not_allowed")


def test_the_command(tmp_path: Path) -> None:
    from ui.cli import app

    data = ["--data", str(tmp_path)]
    runner = CliRunner(env={"LANG": "C"})

    def andon(*arguments: str) -> str:
        done = runner.invoke(app, ["user", *arguments, *data], catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return done.stdout

    andon("add", "line-1", "--password", "long enough")
    assert "no API tokens" in andon("tokens")
    token = andon("token", "line-1", "--for", "display").strip()
    assert token.startswith(PREFIX)
    listed = andon("tokens")
    assert re.search(r"1  line-1  for: display  made: \d{4}-\d\d-\d\d \d\d:\d\d  last used: never used", listed)
    assert token not in listed
    accounts = Accounts(tmp_path / "accounts.sqlite3")
    assert accounts.of_token(token) == Account("line-1", "operator")
    assert "revoked" in andon("revoke", "1")
    assert accounts.of_token(token) is None
    accounts.close()
