"""The admin page in a real browser: site words, what a manual is for, a narrowed search, the same words elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from browser_site import MACHINE, Visitor, answered, ask, expect, go, says

from index.library import Attributes

pytest_plugins = ("browser",)
pytestmark = pytest.mark.browser

FIELD = "#words textarea, #words input"
SEARCH = "#search-question textarea, #search-question input"
COPY = MACHINE.replace("PK-7", "PK-8")


@pytest.fixture(autouse=True)
def no_words(visitor: Visitor) -> Any:
    yield
    table = visitor.site.andon.library.synonyms
    for group in table.groups():
        table.remove_group(group.id)


def save(page: Any, words: str) -> None:
    page.fill(FIELD, words)
    page.click("#words-save")


def choose(page: Any, file: Path) -> None:
    """As a person does: the same file can be chosen again once it is mended."""
    with page.expect_file_chooser() as chooser:
        page.click("#words-file")
    chooser.value.set_files(file)


def test_words_are_added_joined_edited_and_deleted(visitor: Visitor) -> None:
    table = visitor.site.andon.library.synonyms
    page = visitor.signed_in("admin", "/admin/#words")
    page.wait_for_selector("#words-list >> text=まだ登録されていません")
    save(page, "包太郎 = PK-7")
    page.wait_for_selector("#words-said >> text=登録しました: 包太郎 = PK-7")
    page.wait_for_selector("#words-list .a-words tr")
    expect(page.locator(FIELD).first).to_have_value("")
    page.fill(FIELD, "一号の包み、PK-7")
    page.press(FIELD, "Enter")
    page.wait_for_selector("#words-said >> text=登録済みの組とまとめました")
    assert [str(group) for group in table.groups()] == ["包太郎 = PK-7 = 一号の包み"]
    page.click("button.a-reword")
    page.wait_for_selector("#words-said >> text=編集中")
    page.wait_for_function("(field) => document.querySelector(field).value.includes('包太郎')", arg=FIELD)
    save(page, "包太郎 = PK-7")
    page.wait_for_selector("#words-said >> text=変更しました: 包太郎 = PK-7")
    assert [str(group) for group in table.groups()] == ["包太郎 = PK-7"]
    page.click("button.a-forget")
    dialog = page.locator("#words-dialog")
    says(dialog, "包太郎 = PK-7")
    dialog.locator(".a-no").click()
    assert len(table.groups()) == 1
    page.click("button.a-forget")
    dialog.locator(".a-yes").click()
    page.wait_for_selector("#words-list >> text=まだ登録されていません")
    assert table.groups() == ()


def test_what_cannot_be_taken_is_said_in_both_languages(visitor: Visitor) -> None:
    page = visitor.signed_in("admin", "/admin/#words")
    save(page, "包太郎")
    page.wait_for_selector("#words-said [role=alert] >> text=2 つ以上")
    expect(page.locator(FIELD).first).to_have_value("包太郎")  # what was typed stays
    save(page, "機 = PK-7")
    page.wait_for_selector("#words-said [role=alert] >> text=「機」は登録できません")
    page.click("button[data-lang=en]")
    page.wait_for_selector("text=Words that mean the same >> visible=true")
    save(page, "x = PK-7")
    page.wait_for_selector('#words-said [role=alert] >> text="x": A single character')
    assert visitor.site.andon.library.synonyms.groups() == ()


def test_words_come_from_a_file_and_go_to_one(visitor: Visitor, tmp_path: Path) -> None:
    source = tmp_path / "words.csv"
    source.write_bytes("包太郎,PK-7\nほげ太,FD-2\n".encode("cp932"))
    page = visitor.signed_in("admin", "/admin/#words")
    choose(page, source)
    page.wait_for_selector("#words-said >> text=追加 2 組")
    expect(page.locator(".a-words tr")).to_have_count(2)
    with page.expect_download() as started:
        page.click("a[href='/synonyms/file?format=csv']")
    assert Path(started.value.path()).read_text(encoding="utf-8-sig").split() == ["包太郎,PK-7", "ほげ太,FD-2"]
    source.write_text("よい組,PK-7\n機,FD-2\n", encoding="utf-8")
    choose(page, source)
    page.wait_for_selector("#words-said [role=alert] >> text=2 行目")
    expect(page.locator(".a-words tr")).to_have_count(2)


def test_a_nickname_answers_at_once_and_the_search_says_why(visitor: Visitor) -> None:
    page = visitor.signed_in("admin", "/admin/#words")
    save(page, "包太郎 = PK-7")
    page.wait_for_selector("#words-said >> text=登録しました")
    go(page, "search")
    page.fill(SEARCH, "包太郎のフィルムロールの交換手順")
    page.click("#search")
    hit = page.locator(".a-hit").first
    hit.wait_for()
    hit.locator("summary").click()
    says(hit, "現場の言葉 (包太郎 = PK-7)")


def test_a_manual_is_described_and_the_search_narrowed(visitor: Visitor) -> None:
    library = visitor.site.andon.library
    manual = library.manual("pk7.md")
    page = visitor.signed_in("admin", "/admin/")
    page.click(f"button.a-belongs[data-manual='{manual.id}']")
    page.fill("#for-dialog input[name=lines]", "L1, 包装ライン")
    page.fill("#for-dialog input[name=machines]", "2号機")
    page.click("#for-dialog .a-save")
    page.wait_for_selector("text=pk7.md のラインと機械を保存しました。")
    described = library.manual("pk7.md")
    assert (described.lines, described.machines) == (("L1", "包装ライン"), ("2号機",))
    says(page.locator("#manuals tr", has_text="pk7.md"), "包装ライン")
    go(page, "search")
    page.fill(SEARCH, "feeder フィルムロール")
    page.click("#search")
    page.wait_for_selector("#hits .a-hit >> text=Feeder")
    page.click("#filters button")
    page.click("#filter-machines input")
    page.click("#filter-machines li >> text=2号機")
    page.click("#search")
    page.wait_for_selector("#hits:not(:has-text('Feeder')) .a-hit")
    go(page, "manuals")
    page.click(f"button.a-belongs[data-manual='{manual.id}']")
    expect(page.locator("#for-dialog input[name=lines]").first).to_have_value("L1, 包装ライン")
    page.fill("#for-dialog input[name=lines]", "")
    page.fill("#for-dialog input[name=machines]", "x" * 61)
    page.press("#for-dialog input[name=machines]", "Enter")
    page.wait_for_selector("#said [role=alert] >> text=名前が正しくありません")
    assert library.manual("pk7.md").machines == ("2号機",)
    library.describe("pk7.md", Attributes.of([], []))


def test_files_are_added_with_their_line(visitor: Visitor, tmp_path: Path) -> None:
    source = tmp_path / "lb9.md"
    source.write_text("# ラベラ LB-9\n\nロールを替える。\n", encoding="utf-8")
    page = visitor.signed_in("admin", "/admin/")
    page.fill("#for-lines textarea, #for-lines input", "L5、L6")
    page.set_input_files("#upload ~ input[type=file], input[type=file] >> nth=0", source)
    row = page.locator("#manuals tr", has_text="lb9.md")
    row.wait_for()
    page.wait_for_selector("#manuals tr:has-text('lb9.md'):has-text('L5')")
    manual = visitor.site.andon.library.remove("lb9.md")
    assert (manual.lines, manual.machines) == (("L5", "L6"), ())


def test_the_same_words_in_two_manuals_are_one_card_with_both(visitor: Visitor, tmp_path: Path) -> None:
    library = visitor.site.andon.library
    source = tmp_path / "pk8.md"
    source.write_text(COPY, encoding="utf-8")
    library.add(source)
    page = visitor.signed_in("operator")
    ask(page, "PK-8 のフィルムロールを交換する手順は?")
    answered(page)
    best = page.locator(".a-best")
    says(best.locator(".a-place"), "包装機 PK-8 取扱説明書")
    also = best.locator(".a-also")
    says(also, "同じ記載のあるマニュアル")
    says(also, "包装機 PK-7 取扱説明書")
    assert library.manual("pk7.md").id in str(also.locator("a").get_attribute("href"))
    expect(page.locator(f"#results a.a-open[href*='{library.manual('pk7.md').id}']")).to_have_count(0)
    library.remove("pk8.md")
