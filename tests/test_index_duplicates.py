"""Duplicates and old revisions: the same words are shown once with all their places; what was replaced never."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from fake_embedder import FakeEmbedder
from ui_made import MANUAL, make_hit

from index.library import Library, Scope
from index.options import IndexOptions
from index.passage import Hit
from index.search.duplicates import collapse

SAME = "1. 主電源を切る。\n2. フィルムロールを交換する。\n3. カバーを閉じる。"
PAGE = "# {title}\n\n## 7 フィルムの交換\n\n" + SAME + "\n\n## 8 {own}\n\n{own}は毎日清掃する。\n"


def hit(manual: str, text: str, score: float, added_at: str = "2026-01-01T00:00:00+00:00", ordinal: int = 0) -> Hit:
    made = make_hit(text)
    passage = replace(made.passage, id=f"{manual}.{ordinal}", manual_id=manual, ordinal=ordinal)
    its = replace(MANUAL, id=manual, title=manual, added_at=added_at)
    return replace(made, passage=passage, manual=its, score=score)


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library(IndexOptions(tmp_path / "index"), write=True, embedder=FakeEmbedder()) as made:
        for name, title, own in (("a.md", "包装機 PA-1 説明書", "ローラ"), ("b.md", "包装機 PB-2 説明書", "ベルト")):
            (tmp_path / name).write_text(PAGE.format(title=title, own=own), encoding="utf-8")
            made.add(tmp_path / name)
        yield made


def test_the_same_words_of_two_machines_are_one_hit_that_names_both(library: Library) -> None:
    hits = library.search("フィルムロールを交換する手順").hits
    holding = [one for one in hits if "フィルムロールを交換" in one.passage.text]
    assert len(holding) == 1
    assert {holding[0].manual.name, *(twin.manual.name for twin in holding[0].also)} == {"a.md", "b.md"}
    assert holding[0].also[0].passage.section[-1].endswith("フィルムの交換")


@pytest.mark.parametrize(("machine", "name"), [("PA-1", "a.md"), ("PB-2", "b.md")])
def test_the_machine_that_is_named_is_the_one_shown(library: Library, machine: str, name: str) -> None:
    best = library.search(f"{machine} のフィルムロールを交換する手順").hits[0]
    assert best.manual.name == name
    assert [twin.manual.name for twin in best.also] == [{"a.md": "b.md", "b.md": "a.md"}[name]]


def test_a_narrowed_search_names_no_place_outside(library: Library) -> None:
    best = library.search("フィルムロールを交換する手順", 10, Scope.of(machines=["PA-1"])).hits[0]
    assert (best.manual.name, best.also) == ("a.md", ())


def test_a_revision_under_another_name_fills_no_second_place(library: Library, tmp_path: Path) -> None:
    text = PAGE.format(title="包装機 PA-1 説明書", own="ローラ") + "\n## 9 追記\n\n第2版で追加した説明。\n"
    (tmp_path / "a_v2.md").write_text(text, encoding="utf-8")
    library.add(tmp_path / "a_v2.md")
    hits = library.search("ローラの清掃", 10).hits
    assert len({one.passage.text for one in hits}) == len(hits)
    best = next(one for one in hits if "ローラは毎日" in one.passage.text)
    assert {best.manual.name, *(twin.manual.name for twin in best.also)} == {"a.md", "a_v2.md"}


def test_a_code_with_the_same_entry_in_two_manuals_is_no_choice(tmp_path: Path) -> None:
    table = "\n\n## 5 アラーム\n\n| アラーム番号 | 名称 | 処置 |\n|---|---|---|\n| E-401 | フィルム切れ | {remedy} |\n"
    with Library(IndexOptions(tmp_path / "index", embedder="none"), write=True) as library:
        for name, remedy in (("a.md", "交換する。"), ("b.md", "交換する。"), ("c.md", "巻き直す。")):
            (tmp_path / name).write_text(f"# 機械 {name[0]}" + table.format(remedy=remedy), encoding="utf-8")
            library.add(tmp_path / name)
            if name == "b.md":
                assert library.search("E-401").choices == ()
        assert len(library.search("E-401").choices) == 2
        assert [len(one.also) for one in library.search("E-401").hits[:2]] in ([1, 0], [0, 1])


def test_replaced_words_are_never_found(library: Library, tmp_path: Path) -> None:
    """Nor where their vectors are still in the store, as after a crash between the two."""
    old = library.search("ローラの清掃").hits[0]
    store = library._searcher._store
    assert store is not None
    text = "# 包装機 PA-1 説明書\n\n## 8 ロール\n\nロールは毎週点検する。\n"
    (tmp_path / "new.md").write_text(text, encoding="utf-8")
    library.add(tmp_path / "new.md", "a.md")
    store.add([old.passage.id], FakeEmbedder().embed(["ローラの清掃"], "passage"), [old.manual.id], "ja")
    assert any(i == old.passage.id for i, _ in store.nearest(FakeEmbedder().embed(["ローラの清掃"], "query")[0], 1))
    for scope in (None, Scope.of(manuals=["a.md"]), Scope.of(kinds=["prose", "steps"])):
        hits = library.search("ローラの清掃", 50, scope).hits
        assert hits
        assert all((one.passage.revision == one.manual.revision) for one in hits)
        assert not any("ローラは毎日" in one.passage.text for one in hits)


# the rule itself


def test_only_equal_words_are_the_same() -> None:
    texts = ("モーターを 10 Nm で締める。", "モータを　１０ Nm で締める。", "モータを 12 Nm で締める。")
    hits = [hit(manual, text, score) for manual, text, score in zip("ABC", texts, (2.0, 1.5, 1.4), strict=True)]
    kept = collapse(hits)
    assert [one.manual.id for one in kept] == ["A", "C"]
    assert [twin.manual.id for twin in kept[0].also] == ["B"]
    assert kept[0].passage.text == "モーターを 10 Nm で締める。", "shown as it stands there"


def test_within_one_manual_each_place_stays() -> None:
    text = "電源を切る。"
    hits = [hit("A", text, 2.0, ordinal=1), hit("A", text, 1.9, ordinal=2), hit("B", text, 1.8)]
    kept = collapse(hits)
    assert [one.passage.id for one in kept] == ["A.1", "A.2"]
    assert [[twin.manual.id for twin in one.also] for one in kept] == [["B"], []]


def test_of_equals_the_manual_added_last_is_shown() -> None:
    old, new = hit("old", "電源を切る。", 1.0), hit("new", "電源を切る。", 1.0, "2026-02-01T00:00:00+00:00")
    assert [one.manual.id for one in collapse([old, new])] == ["new"]
    assert [one.manual.id for one in collapse([replace(old, score=1.1), new])] == ["old"]
    assert collapse([]) == []


def test_order_stays() -> None:
    hits = [hit("A", f"文 {n}", 10.0 - n, ordinal=n) for n in range(5)]
    assert collapse(hits) == hits


def test_long_texts_that_begin_alike_are_two_and_those_that_are_alike_are_one() -> None:
    begins = "ﾓｰﾀｰの軸受に異常な音があるときは、電源を切ってから軸受を新しいものに交換する。" * 3
    hits = [
        hit("a", f"{begins}1年ごと。", 0.9),
        hit("b", f"{begins}2年ごと。", 0.8),
        hit("c", f"モータの{begins.removeprefix('ﾓｰﾀｰの')}１年ごと。", 0.7),
        hit("d", "   ".join(" " * 100 + "Clean."), 0.6),
        hit("e", " ".join("Clean."), 0.5),
    ]
    assert [(one.manual.id, [twin.manual.id for twin in one.also]) for one in collapse(hits)] == [
        ("a", ["c"]), ("b", []), ("d", ["e"]),
    ]  # fmt: skip
