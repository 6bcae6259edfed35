"""Truth: transactions, snapshots, connections of threads, versions of the tables, odd text."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.codes.entry import lead_codes
from index.errors import IndexFailed
from index.passage import Box, Manual, Passage
from index.text import terms
from index.truth.schema import STEPS, VERSION
from index.truth.truth import Truth, storable

MANUAL = Manual("m1", "sv20.md", "SV-20", 1, "aa", 3, 2, "en", "2026-01-01T00:00:00+00:00")


def passage(ordinal: int, text: str = "Check AL.32.", codes: tuple[str, ...] = ("AL32",), revision: int = 1) -> Passage:
    return Passage(
        f"m1.r{revision}.{ordinal}", "m1", revision, ordinal, text, (2, 3), ("1-2", "1-3"),
        ("Alarms", "AL.32 Overcurrent"), "alarm", "en", codes, (Box(2, 1.0, 2.0, 3.5, 4.0),),
    )  # fmt: skip


@pytest.fixture
def truth(tmp_path: Path) -> Iterator[Truth]:
    truth = Truth(tmp_path / "deep" / "folder" / "andon.sqlite3")
    yield truth
    truth.close()


def test_what_is_put_comes_back_whole(truth: Truth) -> None:
    odd = passage(1, "NUL \0, emoji 😀, quotes \"', 日本語 ＡＬ．３２", ("AL32", "AL33"))
    assert truth.put_manual(MANUAL, ".md", [passage(0), odd]) == []
    assert truth.passages_of("m1") == [passage(0), odd]
    assert truth.passages(["m1.r1.1", "gone"]) == {"m1.r1.1": odd}
    assert truth.manuals() == [MANUAL] == [truth.manual("sv20.md")]
    assert truth.manual("nobody") is None
    numbers = truth.numbers(["m1.r1.0", "m1.r1.1", "gone"])
    assert truth.numbered(numbers.values()) == {numbers["m1.r1.0"]: passage(0), numbers["m1.r1.1"]: odd}
    assert truth.passages([]) == {}
    bodies = {number: body.split(" ") for number, _, body in truth.keyword_rows(numbers.values())}
    assert bodies == {numbers[p.id]: terms(p.text) for p in (passage(0), odd)}


def test_a_revision_replaces_passages_keywords_and_codes(truth: Truth) -> None:
    truth.put_manual(MANUAL, ".md", [passage(0), passage(1, "zebra", ("AL99",))])
    replaced = truth.put_manual(
        Manual("m1", "sv20.md", "SV-20", 2, "bb", 3, 1, "en", "x"), ".md", [passage(0, revision=2)]
    )
    assert replaced == ["m1.r1.0", "m1.r1.1"]
    assert truth.db.execute("SELECT count(*) FROM keyword WHERE keyword MATCH 'zebra'").fetchone()[0] == 0
    assert [row["code"] for row in truth.db.execute("SELECT code FROM code")] == ["AL32"]
    assert truth.last_revision("m1") == 2
    assert truth.drop_manual("m1") == ["m1.r2.0"]
    assert truth.last_revision("m1") == 2


def test_a_failed_transaction_changes_nothing_and_the_next_one_works(truth: Truth) -> None:
    truth.put_manual(MANUAL, ".md", [passage(0)])
    with pytest.raises(sqlite3.IntegrityError):
        truth.put_manual(MANUAL, ".md", [passage(5), passage(6), passage(5)])
    assert [p.ordinal for p in truth.passages_of("m1")] == [0]
    assert not truth.db.in_transaction
    truth.put_manual(MANUAL, ".md", [passage(7)])
    assert [p.ordinal for p in truth.passages_of("m1")] == [7]


def test_a_snapshot_does_not_see_what_is_written_meanwhile(truth: Truth) -> None:
    truth.put_manual(MANUAL, ".md", [passage(0)])

    def write() -> None:
        truth.put_manual(MANUAL, ".md", [passage(n) for n in range(3)])

    with truth.snapshot():
        before = truth.passage_ids()
        writer = threading.Thread(target=write)
        writer.start()
        writer.join()
        with truth.snapshot():
            assert truth.passage_ids() == before
    assert len(truth.passage_ids()) == 3


def test_connections_of_ended_threads_are_closed(truth: Truth) -> None:
    held: list[sqlite3.Connection] = []

    def read() -> None:
        held.append(truth.db)

    for _ in range(50):
        thread = threading.Thread(target=read)
        thread.start()
        thread.join()
    assert truth.connections == 1
    for connection in held:
        with pytest.raises(sqlite3.ProgrammingError, match="closed"):
            connection.execute("SELECT 1")
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: truth.manuals(), range(64)))
        assert truth.connections <= 9
    assert truth.connections == 1


def test_closing_lets_a_reader_finish_and_leaves_no_open_file(truth: Truth) -> None:
    truth.put_manual(MANUAL, ".md", [passage(n) for n in range(3)])
    reading, closed, read = threading.Event(), threading.Event(), []

    def read_slowly() -> None:
        rows = truth.db.execute("SELECT id FROM passage ORDER BY number")
        read.append(next(rows)["id"])
        reading.set()
        assert closed.wait(10)
        read.extend(row["id"] for row in rows)

    thread = threading.Thread(target=read_slowly)
    thread.start()
    assert reading.wait(10)
    truth.close()
    closed.set()
    thread.join()
    assert read == ["m1.r1.0", "m1.r1.1", "m1.r1.2"]
    assert truth.connections == 0


def test_writers_of_several_threads_wait_for_each_other(truth: Truth) -> None:
    def count(_: int) -> None:
        with truth.transaction() as db:
            row = db.execute("SELECT value FROM meta WHERE key = 'n'").fetchone()
            db.execute("INSERT OR REPLACE INTO meta VALUES ('n', ?)", (str(int(row["value"]) + 1 if row else 1),))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(count, range(100)))
    assert truth.db.execute("SELECT value FROM meta WHERE key = 'n'").fetchone()["value"] == "100"


def test_tables_of_the_first_version_are_brought_up_to_date(tmp_path: Path) -> None:
    path = tmp_path / "old.sqlite3"
    with sqlite3.connect(path) as db:
        for statement in STEPS[0].strip().rstrip(";").split(";\n"):
            db.execute(statement)
        db.execute(
            "INSERT INTO job (name, sha256, suffix, state, created_at) VALUES ('a.md', 'aa', '.md', 'queued', '')"
        )
    db.close()
    for _ in range(2):
        truth = Truth(path)
        assert truth.db.execute("PRAGMA user_version").fetchone()[0] == VERSION
        assert tuple(truth.db.execute("SELECT name, crashes FROM job").fetchone()) == ("a.md", 0)
        truth.close()


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "andon.sqlite3").mkdir()
    with pytest.raises(IndexFailed, match=r"andon\.sqlite3 cannot be opened") as raised:
        Truth(tmp_path / "andon.sqlite3")
    assert raised.value.remedy


def test_lead_codes_are_those_a_passage_is_about() -> None:
    about = passage(0, "See AL.45 as well.", ("AL32", "AL45"))
    assert "AL32" in lead_codes(about)
    prose = Passage("p", "m1", 1, 0, "See AL.45.", (1,), ("1",), ("Care",), "prose", "en", ("AL45",))
    assert lead_codes(prose) == set()


@given(st.text(st.characters() | st.characters(categories=["Cs"])))
def test_storable_is_utf8_and_keeps_what_is(text: str) -> None:
    kept = storable(text)
    kept.encode()
    assert len(kept) == len(text)
    assert storable(kept) == kept
    assert all(was == now for was, now in zip(text, kept, strict=True) if not "\ud800" <= was <= "\udfff")
