"""Verify: each part of an index is damaged on purpose; it is found, said, and made again where the truth holds it."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fake_embedder import FakeEmbedder
from index_agreement import assert_agreement, raw
from manual_texts import ROBOT_EN, SERVO_EN, SERVO_JA, many_sections, write
from typer.testing import CliRunner

from index.embedders.embedder import TextKind, Vectors
from index.library import Library
from index.options import IndexOptions
from index.vectors.store import VectorStore
from index.vectors.vector_probe import damage, examine
from index.vectors.vector_segment import HEAD_BYTES
from ui.cli import app

Damage = Callable[[IndexOptions], None]


@pytest.fixture
def options(tmp_path: Path) -> IndexOptions:
    """An index of three manuals that agrees."""
    options = IndexOptions(tmp_path / "index")
    with Library(options, write=True, embedder=FakeEmbedder(word_dim=16)) as library:
        for name, text in (("sv20.md", SERVO_EN), ("rb77.md", ROBOT_EN), ("sv20-ja.md", SERVO_JA)):
            library.add(write(tmp_path, name, text))
    return options


@pytest.fixture
def library(options: IndexOptions) -> Iterator[Library]:
    with Library(options, write=True, embedder=FakeEmbedder(word_dim=16)) as library:
        yield library


def sql(*statements: str) -> Damage:
    def harm(options: IndexOptions) -> None:
        with raw(options) as db:
            for statement in statements:
                db.execute(statement)
            db.commit()

    return harm


def store_of(options: IndexOptions, change: Callable[[VectorStore], None]) -> None:
    store = VectorStore(options.vectors, "fake")
    change(store)
    store.close()


def stray_vectors(options: IndexOptions) -> None:
    vectors = np.eye(64, dtype=np.float32)[:3]
    store_of(options, lambda store: store.add(["x.r1.0", "x.r1.1", "x.r1.2"], vectors, ["x"] * 3))


def lost_vectors(options: IndexOptions) -> None:
    store_of(options, lambda store: store.delete(sorted(store.ids())[:4]))


def turn(store: VectorStore) -> None:
    """Each passage gets the vector of another."""
    for lang, part in list(store._parts.items()):
        ids = sorted(part.get(include=[])["ids"])
        held = store.vectors(ids)
        if ids:
            store.add(ids, np.stack([held[ids[place - 1]] for place in range(len(ids))]), ["m"] * len(ids), lang)


def swapped_vectors(options: IndexOptions) -> None:
    store_of(options, turn)


def doubled_vectors(options: IndexOptions) -> None:
    """In the collection of another language as well."""

    def double(store: VectorStore) -> None:
        ids = sorted(store.ids())[:2]
        store.add(ids, np.stack(list(store.vectors(ids).values())), ["m"] * 2, "ja")
        store.add(ids, np.stack(list(store.vectors(ids).values())), ["m"] * 2, "en")

    store_of(options, double)


def unused_vectors(options: IndexOptions) -> None:
    store = VectorStore(options.vectors, "another")
    store.add(["a"], np.ones((1, 3), dtype=np.float32), ["m"])
    store.close()


def wrong_codes(options: IndexOptions) -> None:
    """In the file that is searched."""
    for path in options.vector_file.glob("*.rows"):
        with path.open("r+b") as file:
            file.seek(HEAD_BYTES)
            code = file.read(1)[0]
            file.seek(HEAD_BYTES)
            file.write(bytes([code ^ 0x40]))


def leftover(options: IndexOptions) -> None:
    (options.originals / f"{'0' * 64}.pdf").write_bytes(b"nobody's")
    (options.originals / ".abc.part").write_bytes(b"half")


def broken_sqlite_index(options: IndexOptions) -> None:
    """The index over codes holds what another definition gave."""
    with sqlite3.connect(options.database, isolation_level=None) as db:
        db.execute("PRAGMA writable_schema = ON")
        change = "UPDATE sqlite_master SET sql = replace(sql, ?, ?) WHERE name = 'code_code'"
        db.execute(change, ("(code)", "(lead)"))
    db.close()
    with sqlite3.connect(options.database, isolation_level=None) as db:
        db.execute("REINDEX code_code")
        db.execute("PRAGMA writable_schema = ON")
        db.execute(change, ("(lead)", "(code)"))
    db.close()


MENDED: dict[str, tuple[Damage, set[str]]] = {
    "keyword rows deleted": (sql("DELETE FROM keyword WHERE rowid % 3 = 0"), {"keywords"}),
    "keyword row of another text": (sql("UPDATE keyword SET body = 'zebra' WHERE rowid = 2"), {"keywords"}),
    "keyword content altered": (
        sql("UPDATE keyword_content SET c1 = 'zebra' WHERE id = 3"), {"keywords", "keyword_index"},
    ),
    "keyword index emptied": (sql("DELETE FROM keyword_data WHERE id > 10"), {"keyword_index"}),
    "keyword structure broken": (sql("UPDATE keyword_data SET block = x'00ff' WHERE id = 10"), {"keyword_index"}),
    "keyword row of no passage": (
        sql("INSERT INTO keyword (rowid, place, body) VALUES (999, 'a', 'b')"), {"keywords"},
    ),
    "code altered": (
        sql("UPDATE code SET code = 'AL99' WHERE rowid = (SELECT min(rowid) FROM code WHERE code = 'AL32')"), {"codes"},
    ),
    "code no longer leads": (sql("UPDATE code SET lead = 0"), {"codes"}),
    "codes deleted": (sql("DELETE FROM code"), {"codes"}),
    "code of no passage": (sql("INSERT INTO code VALUES ('AL1', 999, 1)"), {"codes"}),
    "passages of a manual that is gone": (
        sql("DELETE FROM manual WHERE name = 'rb77.md'"), {"orphans", "original_leftover"},
    ),
    "revision not listed": (sql("DELETE FROM revision"), {"orphans"}),
    "sqlite index": (broken_sqlite_index, {"database"}),
    "stray vectors": (stray_vectors, {"vectors_stray"}),
    "lost vectors": (lost_vectors, {"vectors_missing"}),
    "vectors of other passages": (swapped_vectors, {"vectors_wrong"}),
    "vectors there twice": (doubled_vectors, {"vectors_damaged"}),
    "vectors of another embedder": (unused_vectors, {"vectors_unused"}),
    "codes of the file that is searched": (wrong_codes, {"vector_file"}),
    "leftover originals": (leftover, {"original_leftover"}),
    "words deleted": (sql("DELETE FROM word_vectors WHERE passage % 2 = 0"), {"words_missing"}),
    "words of another passage": (sql("UPDATE word_vectors SET packed = zeroblob(160)"), {"words_wrong"}),
    "words of no passage": (sql("INSERT INTO word_vectors VALUES (999, 'fake', x'01')"), {"words_stray"}),
}  # fmt: skip


def test_a_sound_index_agrees_and_nothing_is_changed(options: IndexOptions) -> None:
    with Library(options, embedder=FakeEmbedder(word_dim=16)) as reading:
        report = reading.verify(deep=True)
    assert (report.findings, report.agrees, report.beside) == ((), True, False)
    assert (report.manuals, report.originals) == (3, 3)
    assert report.passages == report.vectors == report.embedded > 0


@pytest.mark.parametrize("what", MENDED)
def test_damage_is_found_and_mended(what: str, options: IndexOptions) -> None:
    harm, kinds = MENDED[what]
    harm(options)
    with Library(options, embedder=FakeEmbedder(word_dim=16)) as reading:
        found = reading.verify()
        again = reading.verify()
    assert {finding.kind for finding in found.findings} == kinds
    assert not found.agrees
    assert again == found, "looking changes nothing"
    with Library(options, write=True, embedder=FakeEmbedder(word_dim=16)) as library:
        report = found.mended_by(library.verify(repair=True))
        assert report.agrees
        assert {finding.kind for finding in report.findings if finding.repaired} >= kinds
        assert library.verify(deep=True).findings == ()
        hits = library.search("AL.32 motor cable").hits
        assert {"code", "keyword", "vector"} <= {why.by for hit in hits for why in hit.why}
    assert_agreement(options)


@pytest.mark.parametrize("what", ["stray vectors", "lost vectors", "vectors of other passages", "leftover originals"])
def test_damage_below_an_open_library_is_mended_there(what: str, library: Library, options: IndexOptions) -> None:
    """As when the service runs: what opening clears away came after it."""
    from chromadb.api.shared_system_client import SharedSystemClient

    library._store.close() if library._store else None
    SharedSystemClient.clear_system_cache()
    library.close()
    with Library(options, write=True, embedder=FakeEmbedder(word_dim=16)) as running:
        assert running._store is not None
        if what == "leftover originals":
            leftover(options)
        elif what == "stray vectors":
            running._store.add(["x.r1.0"], np.eye(64, dtype=np.float32)[:1], ["x"])
        elif what == "lost vectors":
            running._store.delete(sorted(running._store.ids())[:4])
        else:
            assert what == "vectors of other passages"
            with running._store.record() as record:
                turn(record)
            running._store.copy_again()
        assert not running.verify().agrees
        report = running.verify(repair=True)
        assert report.agrees
        assert len(report.findings) == 1
        assert running.verify().findings == ()


def test_one_wrong_vector_of_many_is_found_by_looking_deep(tmp_path: Path) -> None:
    options = IndexOptions(tmp_path / "index")
    with Library(options, write=True, embedder=FakeEmbedder(word_dim=16)) as library:
        library.add(write(tmp_path, "line.md", many_sections(90)))
        assert library._store is not None
        wrong = sorted(library._store.ids())[1]
        library._store.add([wrong], np.eye(64, dtype=np.float32)[5:6], ["m"], "en")
        assert library.verify().agrees, "not in the sample"
        found = library.verify(deep=True)
        assert [(finding.kind, finding.where) for finding in found.findings] == [("vectors_wrong", (wrong,))]
        assert library.verify(deep=True, repair=True).agrees
        assert library.verify(deep=True).findings == ()


def test_a_lost_original_is_told_and_comes_back_with_the_file(options: IndexOptions, tmp_path: Path) -> None:
    with Library(options, write=True, embedder=FakeEmbedder(word_dim=16)) as library:
        library.original("sv20.md").unlink()
        library.original("rb77.md").write_text("altered")
        report = library.verify(repair=True)
        assert not report.agrees
        told = {finding.kind: (finding.where, finding.by_hand, finding.repaired) for finding in report.findings}
        assert told == {
            "original_missing": (("sv20.md",), True, False), "original_altered": (("rb77.md",), True, False),
        }  # fmt: skip
        assert library.search("AL.32").hits, "it is still found"
        for name in ("sv20.md", "rb77.md"):
            assert library.add(tmp_path / name).change == "unchanged"
        assert library.verify().findings == ()
        assert library.original("rb77.md").read_text() == ROBOT_EN


def test_lost_passages_are_told_and_come_back_with_the_file(options: IndexOptions, tmp_path: Path) -> None:
    sql("DELETE FROM passage WHERE manual_id = (SELECT id FROM manual WHERE name = 'sv20.md') AND ordinal = 1")(options)
    with Library(options, write=True, embedder=FakeEmbedder(word_dim=16)) as library:
        report = library.verify(repair=True)
        left = [(finding.kind, finding.where) for finding in report.findings if not finding.repaired]
        assert left == [("passages_lost", ("sv20.md",))]
        library.remove("sv20.md")
        library.add(tmp_path / "sv20.md")
        assert library.verify(deep=True).findings == ()


def test_a_queued_file_that_vanished_is_told(options: IndexOptions, tmp_path: Path) -> None:
    with Library(options, write=True, embedder=FakeEmbedder(word_dim=16)) as library:
        library.jobs.submit(write(tmp_path, "new.md", many_sections(3)), "new.md")
        assert library.verify().findings == ()
        for path in options.originals.glob("*"):
            if path.name not in {library.original(manual.id).name for manual in library.manuals()}:
                path.unlink()
        found = library.verify().findings
    assert [(finding.kind, finding.where) for finding in found] == [("job_original_missing", ("new.md",))]


def test_work_in_hand_is_no_damage(options: IndexOptions, tmp_path: Path) -> None:
    """While manuals come and go, neither the writer nor a reader beside it finds anything."""
    reports, done = [], threading.Event()

    class Slow(FakeEmbedder):
        def embed(self, texts: Any, kind: TextKind) -> Vectors:
            done.wait(0.02)
            return super().embed(texts, kind)

    with Library(options, write=True, embedder=Slow()) as library:
        library.jobs.start()

        def look() -> None:
            while not done.is_set():
                reports.append(library.verify())

        looking = threading.Thread(target=look)
        looking.start()
        for size in (30, 20, 10):
            job = library.jobs.submit(write(tmp_path, "line.md", many_sections(size)), "line.md")
            assert library.jobs.wait(job.id, 120).state == "done"
        library.remove("line.md")
        done.set()
        looking.join()
        assert reports
        assert [finding for report in reports for finding in report.findings] == []


def test_without_embedder_vectors_are_left_alone(options: IndexOptions) -> None:
    lost_vectors(options)
    with Library(options, write=True) as library:
        report = library.verify(repair=True)
    assert (report.agrees, report.vectors) == (True, 0)


def test_probe_of_nothing_and_of_sound_vectors(tmp_path: Path, options: IndexOptions) -> None:
    assert damage(tmp_path / "not there", "fake") == ""
    assert examine(options.vectors, "fake") == ""
    store_of(options, lambda store: store.add(["long"], np.full((1, 64), 0.5, dtype=np.float32), ["m"]))
    assert "length" in examine(options.vectors, "fake")
    assert "length" in examine(options.vectors, "new"), "those of the embedder before may be wanted again"


# the command


def test_the_command_tells_repairs_and_exits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANDON_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("ANDON_EMBEDDER", "none")
    monkeypatch.setenv("LC_ALL", "C")
    run = CliRunner().invoke
    assert run(app, ["index", "add", str(write(tmp_path, "sv20.md", SERVO_EN))]).exit_code == 0
    sound = run(app, ["index", "verify"])
    assert (sound.exit_code, "Everything agrees" in sound.output) == (0, True)
    sql("DELETE FROM keyword")(IndexOptions(tmp_path / "data" / "index"))
    found = run(app, ["index", "verify"])
    assert found.exit_code == 1
    assert "disagrees: The keyword index" in found.output
    assert "andon index verify --repair" in found.output
    told = json.loads(run(app, ["index", "verify", "--json"]).output)
    assert (told["agrees"], told["vectors_checked"], told["findings"][0]["kind"]) == (False, False, "keywords")
    mended = run(app, ["index", "verify", "--repair"])
    assert mended.exit_code == 0
    assert "repaired: The keyword index" in mended.output
    for path in (tmp_path / "data" / "index" / "originals").iterdir():
        path.unlink()
    monkeypatch.setenv("LC_ALL", "ja_JP.UTF-8")
    lost = run(app, ["index", "verify", "--repair"])
    assert lost.exit_code == 1
    assert "不一致: 原本のファイルがない" in lost.output
    assert "sv20.md" in lost.output
    assert "対処: 同じファイル" in lost.output
