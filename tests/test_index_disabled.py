"""A disabled manual: kept whole, in no search and no filter, back at once; revisions are listed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fake_embedder import FakeEmbedder

from assistant.ask import AskOptions, Assistant
from assistant.records.records import revision_of
from index.errors import ManualUnknown, ScopeUnknown
from index.library import Attributes, Library, Scope
from index.options import IndexOptions

PACKER = "# 包装機 SW-310 取扱説明書\n\n## 5 アラーム\n\n### E-401 フィルム切れ\n\nフィルムロールを交換する。\n"
FEEDER = "# Feeder FD-2 manual\n\n## 1 Jam\n\nClear the feeder jam by hand.\n\nE-777 means that the hopper is empty.\n"


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with _open(tmp_path) as library:
        for name, text in (("sw310.md", PACKER), ("fd2.md", FEEDER)):
            (tmp_path / name).write_text(text, encoding="utf-8")
            library.add(tmp_path / name)
        yield library


def _open(folder: Path) -> Library:
    return Library(IndexOptions(folder / "index"), write=True, embedder=FakeEmbedder())


def _found(library: Library, question: str) -> set[str]:
    return {hit.manual.name for hit in library.search(question).hits}


def test_it_is_in_no_search_by_code_word_or_vector_and_comes_back_at_once(library: Library) -> None:
    assert library.search("E-777").hits[0].manual.name == "fd2.md"
    before = library.search("feeder jam E-777 フィルム")
    library.enable("fd2.md", False)
    for question in ("E-777", "clear the feeder jam", "フィルムロール feeder"):
        assert "fd2.md" not in _found(library, question)
    assert library.search("E-777").codes == ()
    assert _found(library, "フィルムロール") == {"sw310.md"}
    library.enable("fd2.md", True)
    after = library.search("feeder jam E-777 フィルム")
    assert [(hit.passage.id, hit.score) for hit in after.hits] == [(hit.passage.id, hit.score) for hit in before.hits]


def test_it_is_no_filter_and_no_scope_but_stays_in_the_list(library: Library) -> None:
    library.describe("fd2.md", _line("L2"))
    library.enable("fd2.md", False)
    assert [manual.name for manual in library.enabled()] == ["sw310.md"]
    assert {manual.name for manual in library.manuals()} == {"sw310.md", "fd2.md"}
    assert (library.filters().manuals, library.filters().lines) == (("sw310.md",), ())
    with pytest.raises(ScopeUnknown):
        library.search("jam", scope=Scope.of(lines=["L2"]))
    assert {hit.manual.name for hit in library.search("film", scope=Scope.of(kinds=["prose", "alarm"])).hits} <= {
        "sw310.md"
    }
    assert library.passages("fd2.md")
    assert library.verify().agrees


def test_it_outlasts_a_restart_and_the_next_revision_and_ends_with_the_manual(library: Library, tmp_path: Path) -> None:
    library.enable("fd2.md", False)
    (tmp_path / "fd2.md").write_text(FEEDER + "\nNew edition.\n", encoding="utf-8")
    library.add(tmp_path / "fd2.md")
    assert not library.manual("fd2.md").enabled
    library.close()
    with _open(tmp_path) as again:
        assert not again.manual("fd2.md").enabled
        assert [revision.number for revision in again.revisions("fd2.md")] == [2, 1]
        assert len({revision.sha256 for revision in again.revisions("fd2.md")}) == 2
        again.remove("fd2.md")
        again.add(tmp_path / "fd2.md")
        assert again.manual("fd2.md").enabled
        with pytest.raises(ManualUnknown):
            again.enable("nothing.md", False)


def test_with_every_manual_disabled_a_question_has_no_manuals(library: Library) -> None:
    for manual in library.manuals():
        library.enable(manual.id, False)
    *_, answer = Assistant(library, None, AskOptions()).ask("E-401 の処置は?")
    assert answer.declined == "no_manuals"


def test_the_state_of_the_index_that_the_log_names_changes(library: Library) -> None:
    before = revision_of(library.manuals())
    library.enable("fd2.md", False)
    assert revision_of(library.manuals()) != before


def test_a_second_process_sees_it_with_the_next_question(library: Library, tmp_path: Path) -> None:
    with Library(IndexOptions(tmp_path / "index"), embedder=FakeEmbedder()) as reader:
        assert "fd2.md" in _found(reader, "E-777")
        reader.enable("fd2.md", False)
        assert "fd2.md" not in _found(library, "E-777")


def _line(name: str) -> Attributes:
    return Attributes.of([name])
