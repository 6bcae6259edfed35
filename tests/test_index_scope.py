"""Filters: by line, machine, manual, kind and language, on every side of search; what is unknown is said."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

import pytest
from fake_embedder import FakeEmbedder

from index.attributes import LONGEST, MOST
from index.errors import AttributeRefused, ManualUnknown, ScopeUnknown
from index.library import Attributes, Filters, Library, Scope
from index.options import IndexOptions
from index.passage import Manual
from index.search.scope import Within, resolve
from index.search.searcher import CANDIDATES
from index.search.synonyms import Group, Synonyms

PACKER = """# 包装機 SW-310 取扱説明書

## 5 アラーム

| アラーム番号 | 名称 | 原因 | 処置 |
|---|---|---|---|
| E-401 | フィルム切れ | フィルムがない。 | フィルムロールを交換する。 |

## 7 フィルムの交換

1. フィルムの残りを外す。
2. 新しいフィルムを差し込む。

Film: use the roll F-20 only, as the film label of the machine says.
"""
GUIDE = "# Conveyor LC-5 manual\n\n## 3 Film guide\n\nClean the film guide of the conveyor every shift.\n\n"
CONVEYOR = GUIDE + "\n\n".join(
    f"## 9.{n} Film remark {n}\n\nThe film E-401 of part {n} is checked every shift." for n in range(CANDIDATES * 2)
)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder = tmp_path_factory.mktemp("scope")
    with Library(IndexOptions(folder / "index"), write=True, embedder=FakeEmbedder()) as made:
        for name, text in (("sw310.md", PACKER), ("lc5.md", CONVEYOR)):
            (folder / name).write_text(text, encoding="utf-8")
            made.add(folder / name)
        made.describe("sw310.md", Attributes.of(["L1", "包装ライン"], ["2号機"]))
        made.describe("lc5.md", Attributes.of(["L1"]))
        yield made


def names(library: Library, question: str, **values: list[str]) -> set[str]:
    return {hit.manual.name for hit in library.search(question, 200, Scope.of(**values)).hits}


@pytest.mark.parametrize(
    ("values", "found"),
    [
        ({}, {"sw310.md", "lc5.md"}),
        ({"lines": ["L1"]}, {"sw310.md", "lc5.md"}), ({"lines": ["包装ライン"]}, {"sw310.md"}),
        ({"lines": ["ｌ１"]}, {"sw310.md", "lc5.md"}),
        ({"machines": ["2号機"]}, {"sw310.md"}), ({"machines": ["sw310"]}, {"sw310.md"}),
        ({"machines": ["LC-5"]}, {"lc5.md"}),
        ({"machines": ["2号機", "lc5"]}, {"sw310.md", "lc5.md"}),
        ({"machines": ["2号機"], "lines": ["L1"]}, {"sw310.md"}),
        ({"manuals": ["lc5.md"]}, {"lc5.md"}), ({"manuals": ["包装機 SW-310 取扱説明書"]}, {"sw310.md"}),
        ({"machines": ["LC-5"], "lines": ["包装ライン"]}, set()),
    ],
)  # fmt: skip
def test_manuals_are_narrowed(library: Library, values: dict[str, list[str]], found: set[str]) -> None:
    assert names(library, "フィルム film", **values) == found


@pytest.mark.parametrize("kind", ["steps", "alarm", "prose"])
def test_kinds_are_narrowed_on_every_side_before_the_limit_of_candidates(library: Library, kind: str) -> None:
    """The conveyor has more passages with the words, and more vectors near them, than candidates are looked at."""
    hits = library.search("film フィルム E-401 every shift", 200, Scope.of(kinds=[kind], manuals=["sw310.md"])).hits
    assert {hit.passage.kind for hit in hits} == {kind}
    everywhere = library.search("film フィルム E-401 every shift", 200, Scope.of(kinds=[kind])).hits
    assert {hit.passage.kind for hit in everywhere} == {kind}
    assert "sw310.md" in {hit.manual.name for hit in everywhere}
    assert any(why.by == "vector" for hit in everywhere for why in hit.why)


def test_languages_are_those_of_the_passages(library: Library) -> None:
    for lang in ("ja", "en"):
        hits = library.search("film フィルム", 200, Scope.of(langs=[lang])).hits
        assert hits
        assert {hit.passage.lang for hit in hits} == {lang}
    assert library.search("film フィルム", 200, Scope.of(langs=["ja", "en"])).hits


def test_a_code_out_of_scope_does_not_lead(library: Library) -> None:
    inside = library.search("E-401", 5, Scope.of(kinds=["alarm"])).hits
    assert inside[0].passage.kind == "alarm"
    assert all(hit.passage.kind == "steps" for hit in library.search("E-401", 5, Scope.of(kinds=["steps"])).hits)


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"lines": ["L9"]}, ["line 'L9'", "L1", "包装ライン"]),
        ({"machines": ["XX-9"]}, ["machine 'XX-9'", "2号機", "LC-5"]),
        ({"manuals": ["none.pdf"]}, ["manual 'none.pdf'", "sw310.md", "lc5.md"]),
        ({"kinds": ["tables"]}, ["kind 'tables'", "steps"]),
        ({"langs": ["de"]}, ["language 'de'", "ja, en"]), ({"lines": [""]}, ["L1"]),
        ({"lines": ["L1", "L9"]}, ["'L9'"]),
    ],
)  # fmt: skip
def test_what_is_not_there_is_said_with_what_is(
    library: Library, values: dict[str, list[str]], told: list[str]
) -> None:
    with pytest.raises(ScopeUnknown) as raised:
        library.search("film", 5, Scope.of(**values))
    assert all(part in str(raised.value) for part in told)


def test_without_any_line_the_error_says_how_to_set_one() -> None:
    manual = Manual("m1", "a.md", "A", 1, "", 1, 1, "en", "")
    with pytest.raises(ScopeUnknown, match="andon index set"):
        resolve(Scope.of(lines=["L1"]), [manual], Synonyms())


def test_the_sites_words_narrow_too() -> None:
    manuals = [
        Manual("m1", "a.md", "Packer SW-310", 1, "", 1, 1, "en", "", lines=("L1",)),
        Manual("m2", "b.md", "Press PX-7", 1, "", 1, 1, "en", "", lines=("L2",)),
    ]
    site = Synonyms([Group(1, ("あの機械", "PX-7")), Group(2, ("北ライン", "L1"))])
    assert resolve(Scope.of(machines=["あの機械"]), manuals, site) == Within(("m2",))
    assert resolve(Scope.of(lines=["北ライン"]), manuals, site) == Within(("m1",))
    assert resolve(Scope(), manuals, site) == Within(), "nothing narrows"
    assert resolve(Scope.of(lines=["L1"], machines=["PX-7"]), manuals, site) is None


def test_filters_name_what_there_is(library: Library) -> None:
    filters = library.filters()
    assert filters == Filters(("L1", "包装ライン"), ("2号機", "LC-5"), ("lc5.md", "sw310.md"))
    assert "steps" in filters.kinds
    assert filters.langs == ("ja", "en")


def test_an_empty_library_has_nothing_to_narrow(tmp_path: Path) -> None:
    with Library(IndexOptions(tmp_path / "index", embedder="none")) as empty:
        assert empty.search("film", 5, Scope.of(lines=["L1"])).hits == ()


# attributes


def test_attributes_are_set_taken_away_and_left_alone(tmp_path: Path) -> None:
    with Library(IndexOptions(tmp_path / "index", embedder="none"), write=True) as library:
        (tmp_path / "a.md").write_text(PACKER, encoding="utf-8")
        library.add(tmp_path / "a.md")
        library.describe("a.md", Attributes.of(["L2", "L1", "Ｌ１"], ["2号機"]))
        assert library.manual("a.md").lines == ("L1", "L2")
        library.describe("a.md", Attributes.of(machines=[]))
        manual = library.manual("a.md")
        assert (manual.lines, manual.machines) == (("L1", "L2"), ())
        with pytest.raises(ManualUnknown):
            library.describe("none.md", Attributes.of(["L1"]))


@pytest.mark.parametrize("lines", [["x" * (LONGEST + 1)], ["a,b"], ["a\x00b"], [f"L{n}" for n in range(MOST + 1)]])
def test_names_that_are_none_are_refused(lines: list[str]) -> None:
    with pytest.raises(AttributeRefused) as raised:
        Attributes.of(lines)
    assert raised.value.remedy


def test_attributes_come_with_an_upload_also_of_an_archive(tmp_path: Path) -> None:
    with ZipFile(tmp_path / "plant.zip", "w") as archive:
        archive.writestr("sw310.md", PACKER)
        archive.writestr("lc5.md", CONVEYOR)
    with Library(IndexOptions(tmp_path / "index", embedder="none"), write=True) as library:
        job = library.jobs.submit(tmp_path / "plant.zip", "plant.zip", Attributes.of(["L1"], ["2号機"]))
        library.jobs.start()
        assert library.jobs.wait(job.id, 120).state == "done"
        for later in (job.id + 1, job.id + 2):
            library.jobs.wait(later, 120)
        assert {(manual.lines, manual.machines) for manual in library.manuals()} == {(("L1",), ("2号機",))}
        assert len(library.manuals()) == 2
