"""Accounts: passwords, sessions, roles, slow guessing, concurrent use."""

from __future__ import annotations

import sqlite3
import stat
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median

import pytest

from assistant.accounts import Account, Accounts
from assistant.attempts import FREE, LONGEST_REST_S, REMEMBERED, Attempts
from assistant.errors import AccountRefused, LastAdmin, NotAllowed, TooManyAttempts


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
    made = Accounts(tmp_path / "data" / "accounts.sqlite3", session_hours=1, now=clock, work=16)
    made._attempts = Attempts(clock)
    made.put("佐藤", "たいせつな合言葉", "operator")
    made.put("admin", "correct horse", "admin")
    yield made
    made.close()


def refusal(action: Callable[[], object]) -> NotAllowed:
    with pytest.raises(NotAllowed) as caught:
        action()
    return caught.value


def test_right_and_wrong(accounts: Accounts) -> None:
    assert accounts.check("佐藤", "たいせつな合言葉") == Account("佐藤", "operator")
    assert accounts.check(" admin ", "correct horse").is_admin
    wrong = refusal(lambda: accounts.check("admin", "correct horsE"))
    unknown = refusal(lambda: accounts.check("nobody", "correct horse"))
    assert type(wrong) is type(unknown) is NotAllowed
    assert (str(wrong), wrong.code, wrong.details) == (str(unknown), unknown.code, unknown.details)


def test_unknown_names_take_as_long(tmp_path: Path) -> None:
    accounts = Accounts(tmp_path / "a.sqlite3")
    accounts.put("admin", "correct horse", "admin")
    accounts.put("佐藤", "たいせつな合言葉", "operator")

    def cost_s(name: str) -> float:
        start = time.thread_time()  # of this thread alone: whoever else is at work does not count
        refusal(lambda: accounts.check(name, "wrong password"))
        return time.thread_time() - start

    known = median(cost_s(name) for name in ("admin", "佐藤", "admin"))
    unknown = median(cost_s(name) for name in ("nobody", "noone", "none"))
    assert 0.3 < known / unknown < 3.0
    assert unknown > 0.02, "a guess must cost something"
    accounts.close()


def test_passwords_are_not_in_the_file(accounts: Accounts, tmp_path: Path) -> None:
    token = accounts.sign_in("admin", "correct horse")
    path = tmp_path / "data" / "accounts.sqlite3"
    content = b"".join(file.read_bytes() for file in path.parent.iterdir())
    assert b"correct horse" not in content
    assert token.encode() not in content
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_same_password_different_hash(accounts: Accounts, tmp_path: Path) -> None:
    accounts.put("b", "correct horse", "admin")
    rows = sqlite3.connect(tmp_path / "data" / "accounts.sqlite3").execute("SELECT hash FROM account").fetchall()
    assert len(set(rows)) == 3


def test_composed_and_decomposed_passwords_are_one(accounts: Accounts) -> None:
    accounts.put("x", "かぎ\u304b\u3099かぎかぎ", "operator")
    assert accounts.check("x", "かぎ\u304cかぎかぎ").name == "x"


@pytest.mark.parametrize(
    ("name", "password", "role"),
    [
        ("", "long enough", "admin"), ("  ", "long enough", "admin"), ("a\nb", "long enough", "admin"),
        ("n" * 201, "long enough", "admin"), ("a", "short", "admin"), ("a", "p" * 201, "admin"),
        ("a", "long enough", "boss"),
    ],
)  # fmt: skip
def test_rules(accounts: Accounts, name: str, password: str, role: str) -> None:
    with pytest.raises(AccountRefused) as caught:
        accounts.put(name, password, role)  # type: ignore[arg-type]
    assert caught.value.remedy
    assert len(accounts.accounts()) == 2


def test_sessions(accounts: Accounts, clock: Clock) -> None:
    token = accounts.sign_in("佐藤", "たいせつな合言葉")
    other = accounts.sign_in("佐藤", "たいせつな合言葉")
    assert token != other
    assert accounts.of_session(token) == Account("佐藤", "operator")
    for wrong in (None, "", "x", token[:-1], token + "x", "\ud800"):
        assert accounts.of_session(wrong) is None
    accounts.sign_out(token)
    accounts.sign_out(token)
    assert accounts.of_session(token) is None
    assert accounts.of_session(other) is not None
    clock.s += 3599
    assert accounts.of_session(other) is not None
    clock.s += 2
    assert accounts.of_session(other) is None


def test_another_password_ends_sessions_and_roles_change(accounts: Accounts) -> None:
    token = accounts.sign_in("佐藤", "たいせつな合言葉")
    admin = accounts.sign_in("admin", "correct horse")
    accounts.put("佐藤", "another password", "admin")
    assert accounts.of_session(token) is None
    assert accounts.of_session(admin) is not None
    refusal(lambda: accounts.check("佐藤", "たいせつな合言葉"))
    assert accounts.check("佐藤", "another password").is_admin


def test_sessions_outlive_a_restart(tmp_path: Path) -> None:
    first = Accounts(tmp_path / "a.sqlite3")
    first.put("a", "long enough", "admin")
    token = first.sign_in("a", "long enough")
    first.close()
    second = Accounts(tmp_path / "a.sqlite3")
    assert second.of_session(token) == Account("a", "admin")
    second.close()


@pytest.mark.parametrize("text", ["\ud800", "\x00", "x" * 100_000, "' OR 1=1 --"])
def test_any_name_and_password_can_be_tried(accounts: Accounts, text: str) -> None:
    refusal(lambda: accounts.check(text, "correct horse"))
    refusal(lambda: accounts.check("admin", text))


def test_guessing_is_slowed(accounts: Accounts) -> None:
    for name in ("admin", "nobody"):
        for _ in range(FREE):
            assert not isinstance(refusal(lambda name=name: accounts.check(name, "guess")), TooManyAttempts)
        slowed = refusal(lambda name=name: accounts.check(name, "correct horse"))
        assert isinstance(slowed, TooManyAttempts)
        assert 0 < float(slowed.details["wait_s"]) <= LONGEST_REST_S
    assert accounts.check("佐藤", "たいせつな合言葉")  # another name is not slowed
    accounts.put("admin", "a new password", "admin")
    assert accounts.check("admin", "a new password")  # an admin's help ends the wait


def test_guessing_many_at_once_is_slowed(accounts: Accounts) -> None:
    with ThreadPoolExecutor(12) as pool:
        kinds = list(pool.map(lambda _: type(refusal(lambda: accounts.check("admin", "guess"))), range(24)))
    assert kinds.count(NotAllowed) <= FREE + 2
    assert kinds.count(TooManyAttempts) >= 24 - FREE - 2


def test_rest_grows_and_ends() -> None:
    clock = Clock()
    attempts = Attempts(clock)
    rests = []
    for _ in range(FREE + 9):
        attempts.admit("a")
        attempts.failed("a")
        start = clock.s
        while True:
            try:
                attempts.admit("a")
                break
            except TooManyAttempts:
                clock.s += 0.5
        rests.append(clock.s - start)
    assert rests[: FREE - 1] == [0.0] * (FREE - 1)
    assert rests[FREE - 1 :] == [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0, 60.0, 60.0, 60.0]
    attempts.clear("a")
    attempts.failed("a")
    attempts.admit("a")


def test_attempts_forget() -> None:
    attempts = Attempts(Clock())
    for number in range(REMEMBERED + 10):
        attempts.failed(str(number))
    for _ in range(FREE):
        attempts.failed("0")
    with pytest.raises(TooManyAttempts):
        attempts.admit("0")


def test_many_at_once(accounts: Accounts) -> None:
    def use(number: int) -> bool:
        token = accounts.sign_in("admin", "correct horse")
        found = accounts.of_session(token)
        if number % 2:
            accounts.sign_out(token)
        return found == Account("admin", "admin") and (accounts.of_session(token) is None) == bool(number % 2)

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(use, range(16)))


def test_two_processes_share_the_file(accounts: Accounts, tmp_path: Path) -> None:
    other = Accounts(tmp_path / "data" / "accounts.sqlite3", work=16)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda n: (accounts, other)[n % 2].put(f"n{n}", "long enough", "operator"), range(8)))
    assert len(accounts.accounts()) == len(other.accounts()) == 10
    other.close()


def test_the_last_admin_who_can_sign_in_stays(tmp_path: Path) -> None:
    accounts = Accounts(tmp_path / "a.sqlite3", work=2**4)
    accounts.put("boss", "admin-pass-1", "admin")
    accounts.put("second", "admin-pass-2", "admin")
    accounts.enable("second", False)
    for refused in (
        lambda: accounts.enable("boss", False),
        lambda: accounts.set_role("boss", "operator"),
        lambda: accounts.put("boss", "admin-pass-3", "operator"),
    ):
        with pytest.raises(LastAdmin):
            refused()
    assert accounts.check("boss", "admin-pass-1").is_admin
    accounts.enable("second", True)
    assert accounts.set_role("boss", "operator").role == "operator"
    with pytest.raises(LastAdmin):
        accounts.enable("second", False)
    accounts.close()


def test_a_disabled_account_is_out_at_once_and_comes_back_with_its_password(tmp_path: Path) -> None:
    accounts = Accounts(tmp_path / "a.sqlite3", work=2**4)
    accounts.put("boss", "admin-pass-1", "admin")
    accounts.add("op", "operator-1", "operator")
    session, token = accounts.sign_in("op", "operator-1"), accounts.tokens.make("op")
    assert not accounts.enable("op", False).enabled
    assert accounts.of_session(session) is None
    assert accounts.of_token(token) is None
    with pytest.raises(NotAllowed):
        accounts.sign_in("op", "operator-1")
    accounts.set_password("op", "operator-2")
    with pytest.raises(NotAllowed):
        accounts.sign_in("op", "operator-2")
    accounts.enable("op", True)
    assert accounts.check("op", "operator-2").name == "op"
    assert accounts.of_token(token) is not None
    with pytest.raises(AccountRefused):
        accounts.add("op", "operator-3", "admin")
    for unknown in (lambda: accounts.enable("who", True), lambda: accounts.set_password("who", "12345678")):
        with pytest.raises(AccountRefused):
            unknown()
    accounts.close()
