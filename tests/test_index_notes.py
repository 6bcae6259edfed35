"""Notes: found by alarm, by words and by meaning; narrowed, switched, changed and made again; the manuals know none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from fake_embedder import FakeEmbedder

from index.library import Library, Scope
from index.notes import Note, Notes
from index.options import IndexOptions

SPLICE = Note("1", "a", "E-401\nE-401 で止まった\n継ぎ目が切れた。\nロールを交換した。", 10, ("E-401",), "L1", "PK-7")
AGAIN = replace(SPLICE, id="2", text="E-401\nE-402 の後に出た。フィルムを掛け直した。", order=20)
OTHER = Note("3", "a", "E-401\nCleaned the photo eye of the wrapper.", 15, ("E-401",), "L2", "SW-310")
PLAIN = Note("4", "a", "箱の底が開いたまま流れてきた\n糊のノズルが詰まっていた。\nノズルを掃除した。", 12)


@pytest.fixture(params=[False, True], ids=["keywords", "vectors"])
def notes(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Notes]:
    embedder = FakeEmbedder() if request.param else None
    with Library(IndexOptions(tmp_path / "index")) as library:
        made = Notes(tmp_path / "notes.sqlite3", embedder, library.synonyms)
        yield made
        made.close()


def ids(hits: object) -> list[str]:
    return [hit.id for hit in hits]  # type: ignore[attr-defined]


def test_the_latest_of_an_alarm_come_first(notes: Notes) -> None:
    assert notes.bring([SPLICE, AGAIN, OTHER, PLAIN]) == 4
    assert ids(notes.of_codes({"E401"}, 9)) == ["2", "3", "1"]
    assert ids(notes.of_codes({"E401"}, 1)) == ["2"]
    assert ids(notes.of_codes({"E4010"}, 9)) == []
    assert ids(notes.of_codes({"E402"}, 9)) == []  # it is only mentioned
    assert ids(notes.of_codes((), 9)) == []


def test_a_symptom_is_found_by_its_words(notes: Notes) -> None:
    notes.bring([SPLICE, AGAIN, OTHER, PLAIN])
    best = notes.search("箱の底が開いたまま流れる", 5)[0]
    assert (best.id, best.state) == ("4", "a")
    assert best.support > 0.5


def test_they_are_narrowed_by_line_and_machine_and_by_the_words_of_the_site(tmp_path: Path) -> None:
    with Library(IndexOptions(tmp_path / "index")) as library:
        library.synonyms.add(["2号機", "SW-310"])
        notes = Notes(tmp_path / "notes.sqlite3", None, library.synonyms)
        notes.bring([SPLICE, AGAIN, OTHER, PLAIN])
        for scope, expected in (
            (Scope.of(lines=["L1"]), ["2", "1"]), (Scope.of(machines=["SW-310"]), ["3"]),
            (Scope.of(machines=["2号機"]), ["3"]), (Scope.of(lines=["L1"], machines=["SW-310"]), []),
            (Scope.of(lines=["L9"]), []), (Scope.of(langs=["en"]), ["3"]), (Scope.of(kinds=["alarm"]), []),
        ):  # fmt: skip
            assert ids(notes.of_codes({"E401"}, 9, scope)) == expected
        assert ids(notes.search("E-401", 9, Scope.of(lines=["L2"]))) == ["3"]
        assert notes.search("E-401", 9, Scope.of(lines=["L9"])) == []
        notes.close()


def test_what_is_changed_deleted_or_switched_off_is_found_so(notes: Notes) -> None:
    notes.bring([SPLICE, AGAIN])
    assert notes.bring([SPLICE, AGAIN]) == 0
    moved = replace(SPLICE, state="b", text="E-402\n弁を替えた。", codes=("E-402",), machine="SW-310")
    assert notes.bring([moved]) == 2
    assert ids(notes.of_codes({"E401"}, 9)) == []
    assert ids(notes.of_codes({"E402"}, 9, Scope.of(machines=["SW-310"]))) == ["1"]
    assert notes.of_codes({"E402"}, 9, Scope.of(machines=["PK-7"])) == []  # no source is left without a note
    assert notes.bring([moved, OTHER], off=["L1"]) == 1
    assert ids(notes.of_codes({"E402", "E401"}, 9)) == ["3"]
    assert "1" not in ids(notes.search("弁を替えた", 9))
    assert notes.bring([moved, OTHER]) == 0
    assert ids(notes.search("弁を替えた", 9))[0] == "1"
    assert notes.bring([]) == 2
    assert notes.search("弁を替えた", 9) == []


def test_they_are_still_there_and_follow_another_embedder_and_a_damaged_file(tmp_path: Path) -> None:
    path = tmp_path / "notes.sqlite3"
    with Library(IndexOptions(tmp_path / "index")) as library:
        for embedder, written in ((None, 1), (FakeEmbedder(), 1), (FakeEmbedder(), 0)):
            notes = Notes(path, embedder, library.synonyms)
            assert notes.bring([SPLICE]) == written
            assert ids(notes.of_codes({"E401"}, 9)) == ["1"]
            notes.close()
        for damage in (b"no database at all" * 400, b""):
            path.write_bytes(damage)
            notes = Notes(path, None, library.synonyms)
            assert notes.bring([SPLICE]) == 1
            assert ids(notes.of_codes({"E401"}, 9)) == ["1"]
            notes.close()


def test_a_note_that_means_the_same_is_found_across_the_languages(tmp_path: Path) -> None:
    with Library(IndexOptions(tmp_path / "index")) as library:
        notes = Notes(tmp_path / "notes.sqlite3", None, library.synonyms)
        notes.bring([PLAIN, replace(OTHER, text="The conveyor belt slipped.\nTightened the conveyor belt.", codes=())])
        assert ids(notes.search("コンベヤのベルトが滑る", 1)) == ["3"]
        notes.close()
