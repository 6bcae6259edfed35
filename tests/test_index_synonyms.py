"""Site words: how they are found in a question, kept, limited, written to files, and what search makes of them."""

from __future__ import annotations

import time
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Thread

import pytest

from index.errors import (
    IndexFailed,
    SynonymsFull,
    SynonymsUnreadable,
    SynonymUnknown,
    WordRefused,
    WordsTooFew,
    WordTooLong,
    WordTooShort,
)
from index.library import Attributes, Library
from index.options import IndexOptions
from index.passage import Manual
from index.search.glossary import bundled
from index.search.question import understand
from index.search.synonym_file import file_of_groups, read_groups, words_of_line
from index.search.synonym_table import LONGEST, MOST_GROUPS, MOST_WORDS, SynonymTable
from index.search.synonyms import Group, Synonyms, word_key
from index.truth.truth import Truth

PACKER = Group(1, ("2号機", "梱包機", "SW-310"))
ROBOT = Group(2, ("アーム君", "robot palletiser"))
STOP = Group(3, ("ちょこ停", "minor stop"))
SW310 = Manual("m1", "sw310.md", "ストレッチ包装機 SW-310 取扱説明書", 1, "", 1, 1, "ja", "")
RP180 = Manual("m2", "rp180.md", "Robot Palletiser RP-180 Manual", 1, "", 1, 1, "en", "")
RP180_JA = Manual("m3", "rp180j.md", "パレタイザ RP-180 取扱説明書", 1, "", 1, 1, "ja", "")
CF40 = Manual("m4", "cf40.md", "製函機 CF-40 取扱説明書", 1, "", 1, 1, "ja", "")
MANUALS = [SW310, RP180, RP180_JA, CF40]

PACKING = """# ストレッチ包装機 SW-310 取扱説明書

## 7.1 フィルムの交換

1. フィルムの残りを外す。
2. 新しいフィルムを下のチャックに差し込む。

## 7.2 給脂

旋回軸受に 3 か月ごとにグリースを 15 g 入れる。
"""
ERECTING = """# 製函機 CF-40 取扱説明書

## 7.1 フィルムの交換

1. テープのフィルムを外す。
2. 新しいフィルムを差し込む。

## 8.1 短い停止

minor stop の回数は操作盤に表示される。
"""
PALLETISING = """# Robot Palletiser RP-180 Manual

## 4.2 Greasing

Grease joint 3 of the arm every 6 months with 20 g.
"""


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library(IndexOptions(tmp_path / "index", embedder="none"), write=True) as made:
        for name, text in (("sw310.md", PACKING), ("cf40.md", ERECTING), ("rp180.md", PALLETISING)):
            (tmp_path / name).write_text(text, encoding="utf-8")
            made.add(tmp_path / name)
        yield made


@pytest.fixture
def table(tmp_path: Path) -> Iterator[SynonymTable]:
    truth = Truth(tmp_path / "andon.sqlite3")
    yield SynonymTable(truth)
    truth.close()


# found in a text


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("2号機", "2号機が止まった"), ("2号機", "２号機が止まった"), ("SW-310", "sw310 のフィルム"),
        ("SW-310", "SW 310"),
        ("SW310", "SW‐310は?"), ("minor stop", "many Minor-Stops today"), ("minor stop", "minorstop"),
        ("モーター君", "モータ君の音"), ("モータ", "モーターの音"), ("サーボアンプ", "サーボ・アンプの熱"),
        ("アーム君", "ｱｰﾑ君の給脂"), ("ちょこ停", "ちょこ停が多い"), ("packer", "the packers stopped"),
    ],
)  # fmt: skip
def test_a_word_is_found_however_it_is_written(word: str, text: str) -> None:
    spoken = Synonyms([Group(1, (word, "something else"))]).find(unicodedata.normalize("NFKC", text))
    assert [one.word for one in spoken] == [word]
    assert spoken[0].others == ("something else",)


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("2号機", "12号機が止まった"), ("SW-310", "SW-3100 の E-401"), ("SW-310", "SW-310-BRK の在庫"),
        ("アーム", "アームレストが割れた"), ("パレタ", "パレタイザが止まった"), ("pack", "unpack the box"),
        ("minor stop", "a minor thing, then stop"),
    ],
)  # fmt: skip
def test_a_longer_word_is_another_word(word: str, text: str) -> None:
    assert Synonyms([Group(1, (word, "something else"))]).find(text) == []


def test_the_longest_word_counts_and_none_overlap() -> None:
    site = Synonyms([Group(1, ("アーム君", "robot")), Group(2, ("赤いアーム君", "spare robot"))])
    assert [(one.word, one.start, one.end) for one in site.find("赤いアーム君とアーム君")] == [
        ("赤いアーム君", 0, 6), ("アーム君", 7, 11),
    ]  # fmt: skip


def test_a_thousand_groups_cost_little() -> None:
    site = Synonyms([Group(n, (f"機械{n}号", f"unit {n}", f"XY-{n}", f"あだ名{n}番")) for n in range(1000, 2000)])
    site.find("機械1500号のフィルムを交換したい")
    start = time.thread_time()
    for _ in range(10):
        assert len(site.find("機械1500号のフィルムを交換したい")) == 1
    assert (time.thread_time() - start) / 10 < 0.02


# understood


def test_a_nickname_of_a_machine_names_it_like_its_product_name() -> None:
    words = bundled().with_site(Synonyms([PACKER]))
    by_nickname = understand("2号機のフィルムを交換したい", MANUALS, words)
    by_name = understand("SW-310のフィルムを交換したい", MANUALS, words)
    assert by_nickname.named == by_name.named == {"m1"}
    assert by_nickname.concepts == by_name.concepts
    assert by_nickname.site[0].said == "2号機"


def test_words_of_a_title_name_the_machine_in_all_its_manuals() -> None:
    asked = understand("アーム君の給脂は?", MANUALS, bundled().with_site(Synonyms([ROBOT])))
    assert asked.named == {"m2", "m3"}, "RP-180, in both languages"


def test_a_machine_that_an_admin_set_is_named() -> None:
    set_by_admin = [replace(CF40, machines=("三番の箱折り",)), SW310]
    assert understand("三番の箱折りが止まった", set_by_admin, bundled()).named == {"m4"}
    words = bundled().with_site(Synonyms([Group(1, ("はこ子", "三番の箱折り"))]))
    assert understand("はこ子が止まった", set_by_admin, words).named == {"m4"}


def test_a_nickname_that_looks_like_a_code_is_no_code() -> None:
    words = bundled().with_site(Synonyms([Group(1, ("E-900", "SW-310"))]))
    asked = understand("E-900 のフィルム", MANUALS, words)
    assert asked.named == {"m1"}
    assert asked.codes == ()
    assert asked.maybe_codes == ()


def test_a_site_word_for_an_alarm_asks_for_its_code() -> None:
    words = bundled().with_site(Synonyms([Group(1, ("赤ランプ", "E-401"))]))
    assert understand("赤ランプが点いた", MANUALS, words).maybe_codes == ("E401",)


def test_other_words_are_searched_for_in_both_languages() -> None:
    asked = understand("ちょこ停が多い", [], bundled().with_site(Synonyms([STOP])))
    assert {"minor", "stop"} <= set(asked.terms("ja")) & set(asked.terms("en"))
    assert "チョ" in asked.terms("ja"), "what the glossary knows of minor stop"
    assert asked.reach["en"] > 0.5
    without = understand("ちょこ停が多い", [], bundled())
    assert "minor" not in without.terms("en")


def test_part_of_a_longer_word_of_the_glossary_is_left_alone() -> None:
    words = bundled().with_site(Synonyms([Group(1, ("梱包", "CF-40"))]))
    assert understand("梱包機が止まった", MANUALS, words).named == frozenset()
    assert understand("梱包が止まった", MANUALS, words).named == {"m4"}


# kept


def test_adding_joins_groups_that_share_a_word_and_tells(table: SynonymTable) -> None:
    first = table.add(["2号機", "SW-310"])
    assert (first.change, first.joined) == ("added", ())
    table.add(["包ちゃん", "梱包機"])
    put = table.add(["梱包機", "ｓｗ３１０", "巻き機"])
    assert put.change == "joined"
    assert [set(group.words) for group in put.joined] == [{"2号機", "SW-310"}, {"包ちゃん", "梱包機"}]
    assert table.groups() == (Group(first.group.id, ("2号機", "SW-310", "包ちゃん", "梱包機", "巻き機")),)
    assert table.add(["巻き機", "2号機"]).change == "unchanged"


def test_removing_a_word_and_what_is_left_of_a_group(table: SynonymTable) -> None:
    table.add(["2号機", "梱包機", "SW-310"])
    assert table.remove("sw310").words == ("2号機", "梱包機", "SW-310")
    assert table.groups()[0].words == ("2号機", "梱包機")
    table.remove("梱包機")
    assert table.groups() == (), "one word alone means nothing"
    with pytest.raises(SynonymUnknown, match="梱包機"):
        table.remove("梱包機")


def test_a_group_is_edited_and_forgotten(table: SynonymTable) -> None:
    group = table.add(["2号機", "梱包機"]).group
    other = table.add(["アーム君", "RP-180"]).group
    assert table.edit(group.id, ["2号機", "SW-310"]).change == "changed"
    assert table.edit(group.id, ["2号機", "SW-310"]).change == "unchanged"
    put = table.edit(group.id, ["2号機", "アーム君"])
    assert put.change == "joined"
    assert [held.words for held in put.joined] == [other.words]
    assert len(table.groups()) == 1
    with pytest.raises(SynonymUnknown):
        table.edit(99, ["ab", "cd"])
    table.remove_group(table.groups()[0].id)
    assert table.groups() == ()
    with pytest.raises(SynonymUnknown):
        table.remove_group(1)


@pytest.mark.parametrize(
    ("words", "error"),
    [
        ([], WordsTooFew), (["2号機"], WordsTooFew), (["2号機", " "], WordsTooFew),
        (["SW-310", "ｓｗ３１０"], WordsTooFew),
        (["機", "SW-310"], WordTooShort), (["--", "SW-310"], WordTooShort), (["x" * (LONGEST + 1), "ab"], WordTooLong),
        (["a=b", "cd"], WordRefused), (["a\x00b", "cd"], WordRefused),
        ([f"word {n}" for n in range(MOST_WORDS + 1)], SynonymsFull),
    ],
)  # fmt: skip
def test_what_cannot_be_taken_is_said_and_changes_nothing(
    table: SynonymTable, words: list[str], error: type[IndexFailed]
) -> None:
    table.add(["ab", "cd"])
    with pytest.raises(error) as raised:
        table.add_all([["ef", "gh"], words])
    assert raised.value.remedy
    assert [group.words for group in table.groups()] == [("ab", "cd")]


def test_a_thousand_groups_and_no_more(table: SynonymTable) -> None:
    table.add_all([f"left {n}", f"right {n}"] for n in range(MOST_GROUPS))
    assert len(table.groups()) == MOST_GROUPS
    with pytest.raises(SynonymsFull, match="1,000"):
        table.add(["one", "more"])
    table.add(["left 1", "another word"])
    assert len(table.groups()) == MOST_GROUPS


def test_a_change_counts_for_other_connections_at_once(tmp_path: Path) -> None:
    first, second = Truth(tmp_path / "a.sqlite3"), Truth(tmp_path / "a.sqlite3")
    writer, reader = SynonymTable(first), SynonymTable(second)
    assert not reader.synonyms()
    writer.add(["2号機", "SW-310"])
    assert reader.synonyms().group_of("sw310") is not None
    writer.remove("2号機")
    assert reader.groups() == ()
    threads = [Thread(target=lambda n=n: writer.add([f"left {n}", f"right {n}"])) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(reader.groups()) == 8
    assert len({group.id for group in reader.groups()}) == 8
    first.close()
    second.close()


# files


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp932", "euc_jp"])
@pytest.mark.parametrize(
    "text", ["2号機,梱包機,SW-310\n# 注\n\nアーム君,RP-180,\n", "2号機\t梱包機\tSW-310\nアーム君\tRP-180\n"]
)
def test_a_file_in_any_encoding_is_read(encoding: str, text: str) -> None:
    assert read_groups(text.encode(encoding), "words.csv") == [("2号機", "梱包機", "SW-310"), ("アーム君", "RP-180")]


def test_a_file_comes_back_as_it_went(table: SynonymTable) -> None:
    table.add(['the "big" one', "No. 2 packer"])
    table.add(["アーム君", "RP-180", "三台目"])
    before = [group.words for group in table.groups()]
    for tabs in (False, True):
        data = file_of_groups(table.groups(), tabs=tabs)
        assert data.startswith(b"\xef\xbb\xbf"), "Excel reads Japanese only so"
        assert read_groups(data, "words") == before
        table.add_all(read_groups(data, "words"), replace=True)
        assert [group.words for group in table.groups()] == before


def test_a_bad_line_is_named() -> None:
    with pytest.raises(WordTooShort, match="Line 3") as raised:
        read_groups("2号機,SW-310\n\n機,RP-180\n".encode(), "words.csv")
    assert raised.value.details["line"] == "3"
    for data in (b"", b"\n\n", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9, b"x" * (2 << 20)):
        with pytest.raises((SynonymsUnreadable, WordRefused, WordsTooFew)):
            read_groups(data, "words.csv")


def test_a_line_as_it_is_typed() -> None:
    assert words_of_line("2号機 = 梱包機＝SW-310") == ["2号機", "梱包機", "SW-310"]
    assert words_of_line("ちょこ停、minor stop,") == ["ちょこ停", "minor stop"]
    assert word_key("ＳＷ－３１０") == word_key("sw 310")


# searched


def test_a_nickname_finds_its_machine_at_once_and_says_so(library: Library) -> None:
    question = "ゴロちゃんの給脂は何グラム?"

    def lead() -> float:
        """How far the palletiser's manual is before the others."""
        hits = library.search(question).hits
        own = max(hit.score for hit in hits if hit.manual.name == "rp180.md")
        return own - max(hit.score for hit in hits if hit.manual.name != "rp180.md")

    assert lead() < 0.1, "nothing says that it is the palletiser"
    library.synonyms.add(["ゴロちゃん", "robot palletiser"])
    results = library.search(question)
    assert lead() > 0.5
    assert results.names_machine
    assert [why.detail for why in results.hits[0].why if why.by == "word"] == ["ゴロちゃん = robot palletiser"]
    library.synonyms.remove("ゴロちゃん")
    assert lead() < 0.1


def test_a_nickname_is_as_good_as_the_product_name(library: Library) -> None:
    library.synonyms.add(["2号機", "梱包機", "SW-310"])
    by_nickname = library.search("2号機のフィルムの交換")
    by_name = library.search("SW-310のフィルムの交換")
    assert [hit.passage.id for hit in by_nickname.hits] == [hit.passage.id for hit in by_name.hits]
    assert by_nickname.hits[0].manual.name == "sw310.md"
    assert by_nickname.names_machine
    assert by_nickname.value_beside == by_name.value_beside
    assert not any(why.by == "word" for hit in by_nickname.hits for why in hit.why if hit.manual.name == "cf40.md")


def test_a_word_that_is_no_machine_finds_what_the_manual_calls_it(library: Library) -> None:
    library.synonyms.add(["べた止まり", "minor stop"])
    results = library.search("べた止まりの回数はどこで見る?")
    assert results.hits[0].passage.section[-1].endswith("短い停止")
    assert [why.detail for why in results.hits[0].why if why.by == "word"] == ["べた止まり = minor stop"]
    assert results.missing < library.search("ぶか止まりの回数はどこで見る?").missing


def test_a_new_revision_and_a_deleted_manual_keep_the_words(library: Library, tmp_path: Path) -> None:
    library.synonyms.add(["2号機", "SW-310"])
    library.describe("sw310.md", Attributes.of(["L1"], ["二号の包み"]))
    (tmp_path / "new.md").write_text(PACKING + "\n## 9 追記\n\n追記。\n", encoding="utf-8")
    library.add(tmp_path / "new.md", "sw310.md")
    manual = library.manual("sw310.md")
    assert (manual.revision, manual.lines, manual.machines) == (2, ("L1",), ("二号の包み",))
    library.remove("sw310.md")
    assert len(library.synonyms.groups()) == 1
    library.add(tmp_path / "new.md", "sw310.md")
    assert library.manual("sw310.md").lines == (), "a deleted manual leaves nothing behind"
