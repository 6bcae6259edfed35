"""Refill: after a change of the embedder all vectors are made in the background; nothing is lost, search goes on."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path

import pytest
from fake_embedder import FakeEmbedder
from index_agreement import assert_agreement
from manual_texts import ROBOT_EN, SERVO_EN, many_sections, write
from waiting import LIMIT_S, joined, wait_for

from index.embedders.embedder import EmbedderMissing, TextKind, Vectors
from index.embedders.refill import VectorState
from index.library import REFILL_AT_ONCE, Library
from index.options import IndexOptions

SECTIONS = REFILL_AT_ONCE + 100


class GatedEmbedder(FakeEmbedder):
    """Embeds passages only while ``gate`` is open; breaks while ``broken`` is set."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.gate = threading.Event()
        self.reached = threading.Event()
        self.broken = False

    def embed(self, texts: Sequence[str], kind: TextKind) -> Vectors:
        if kind == "passage" and len(texts) > 1:
            self.reached.set()
            assert self.gate.wait(LIMIT_S)
            if self.broken:
                raise EmbedderMissing("The model has gone.", "Copy it there again.")
        return super().embed(texts, kind)


@pytest.fixture
def options(tmp_path: Path) -> IndexOptions:
    """An index of SECTIONS passages with the vectors of the embedder "old"."""
    options = IndexOptions(tmp_path / "index")
    with Library(options, write=True, embedder=FakeEmbedder("old")) as library:
        assert library.add(write(tmp_path, "line.md", many_sections(SECTIONS))).manual.passages == SECTIONS
    return options


def sides(library: Library) -> set[str]:
    return {why.by for hit in library.search("conveyor section").hits for why in hit.why}


def wait_until_complete(library: Library) -> None:
    wait_for(lambda: "vector" in sides(library))


def test_search_goes_on_by_keywords_and_gets_the_vectors_when_all_are_there(
    options: IndexOptions, tmp_path: Path
) -> None:
    new = GatedEmbedder("new")
    with Library(options, write=True, embedder=new) as library:
        assert new.reached.wait(LIMIT_S), "opening has returned and the work goes on behind it"
        assert library.vectors == VectorState(0, SECTIONS)
        assert sides(library) == {"keyword"}
        with Library(options, embedder=FakeEmbedder("new")) as reading:
            assert sides(reading) == {"keyword"}
        new.gate.set()
        wait_until_complete(library)
        assert library.vectors == VectorState(SECTIONS, SECTIONS)
    assert_agreement(options, "new")
    with Library(options, embedder=FakeEmbedder("new")) as reading:
        assert "vector" in sides(reading)


def test_manuals_come_and_go_meanwhile(options: IndexOptions, tmp_path: Path) -> None:
    new = GatedEmbedder("new")
    with Library(options, write=True, embedder=new) as library:
        assert new.reached.wait(LIMIT_S)
        adding = threading.Thread(target=library.add, args=(write(tmp_path, "rb77.md", ROBOT_EN),))
        adding.start()
        library.remove("line.md")
        new.gate.set()
        adding.join()
        wait_for(lambda: library.vectors and library.vectors.complete)
        assert [manual.name for manual in library.manuals()] == ["rb77.md"]
    assert_agreement(options, "new")


def test_what_was_cut_off_is_gone_on_with(options: IndexOptions) -> None:
    new = GatedEmbedder("new")
    library = Library(options, write=True, embedder=new)
    assert new.reached.wait(LIMIT_S)
    closing = threading.Thread(target=library.close)
    closing.start()
    assert library._refill is not None
    wait_for(library._refill._stopping.is_set)
    new.gate.set()
    joined(closing)
    made = sum(count for kind, count in new.calls if kind == "passage")
    assert 0 < made < SECTIONS, "the batch that had begun, no more"
    again = FakeEmbedder("new")
    with Library(options, write=True, embedder=again) as library:
        wait_until_complete(library)
    assert sum(count for kind, count in again.calls if kind == "passage") == SECTIONS - made
    assert_agreement(options, "new")


def test_an_embedder_that_breaks_leaves_search_and_the_old_vectors(options: IndexOptions) -> None:
    new = GatedEmbedder("new")
    new.broken = True
    new.gate.set()
    with Library(options, write=True, embedder=new) as library:
        wait_for(lambda: library.vectors and library.vectors.problem)
        assert library.vectors == VectorState(0, SECTIONS, "The model has gone. Copy it there again.")
        assert sides(library) == {"keyword"}
    old = FakeEmbedder("old")
    with Library(options, write=True, embedder=old) as library:
        assert library.vectors == VectorState(SECTIONS, SECTIONS)
        assert "vector" in sides(library)
    assert old.calls == [("query", 1)], "nothing was made again"


def test_rebuild_takes_over_from_the_background(options: IndexOptions, tmp_path: Path) -> None:
    new = GatedEmbedder("new")
    with Library(options, write=True, embedder=new) as library:
        assert new.reached.wait(LIMIT_S)
        threading.Timer(0.05, new.gate.set).start()
        assert library.rebuild() == SECTIONS
        assert "vector" in sides(library)
        library.add(write(tmp_path, "sv20.md", SERVO_EN))
    assert_agreement(options, "new")
