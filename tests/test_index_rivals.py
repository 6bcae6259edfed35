"""Codes in several tables: the question's words decide which is meant, or it is a choice; kinds, ranges, flags."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from index.library import Library
from index.options import IndexOptions

DRIVES = """# Servo press SP-7

## 8.1 Servo errors

| No. | Meaning | Remedy |
|---|---|---|
| 23 | Overload | Let the motor cool down. |
| 24 | Encoder | Check the plug CN2. |

## 8.2 Controller errors

| No. | Meaning | Remedy |
|---|---|---|
| 23 | Servo amplifier does not answer | Check the cause at the servo and reset. |
| 25 | Memory | Load the backup. |

## 8.3 Messages of the panel

| Code | Meaning | Remedy |
|---|---|---|
| 8003[1-9] | Station lost | Check the bus plug of that station. |
| E-401 to E-409 | Film | Thread the film again. |
| CURRENT_LIMIT_VIOLATION | The current was too high | Lower the load. |
| CURRENT_LIMIT | The limit is set wrong | Set it to 5 A. |
"""
PACKER = """# 包装機 PX-20 取扱説明書

## 9 エラーコード一覧

- 10-19: 空気圧の異常。元弁を確認する。
- 21: 扉が開いている。扉を閉める。
- 22: 箱がない。箱を補給する。

## 10 パラメータ

| 番号 | 名称 | 初期値 |
|---|---|---|
| Pr.7 | 速度 | 10 |
| Pr.8 | 張力 | 20 |
"""
LINE = "# Line controller LC-9\n\n## Alarms\n\n### F-013 Air low\n\nOpen the valve.\n\n### E-7 Door\n\nClose it.\n"
OTHER = "# Feeder FD-3\n\n## Alarms\n\n### E-7 Jam\n\nRemove the part.\n\n### E-8 Empty\n\nRefill.\n"


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder = tmp_path_factory.mktemp("rivals")
    with Library(IndexOptions(folder / "index", embedder="none"), write=True) as made:
        for name, text in (("sp7.md", DRIVES), ("px20.md", PACKER), ("lc9.md", LINE), ("fd3.md", OTHER)):
            (folder / name).write_text(text, encoding="utf-8")
            made.add(folder / name)
        yield made


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("servo error 23", "Overload"),
        ("What are the cause and the remedy of controller error 23?", "Servo amplifier does not answer"),
        ("サーボのエラー23の対処は？", "Overload"),
        ("サーボアラーム 23", "Overload"),
        ("コントローラのエラー 23 番", "Servo amplifier does not answer"),
        ("number 24 error on the servo", "Encoder"),
        ("8003[7] が出た", "Station lost"),
        ("E-405", "Film"),
        ("Ｅ４０５の原因", "Film"),
        ("エラー 15", "空気圧の異常"),
        ("21番のエラー", "扉が開いている"),
        ("current limit violation", "The current was too high"),
        ("CURRENT LIMIT VIOLATIONが出ました", "The current was too high"),
        ("Ｃｕｒｒｅｎｔ＿Ｌｉｍｉｔ＿Ｖｉｏｌａｔｉｏｎ とは", "The current was too high"),
        ("AXIS_ERROR_CURRENT_LIMIT_VIOLATION", "The current was too high"),
        ("CurrentLimit の意味", "The limit is set wrong"),
        ("F13", "Open the valve"),
        ("パラメータ 8 とは", "張力"),
    ],
)
def test_the_entry_that_the_question_means_is_first(library: Library, question: str, expected: str) -> None:
    results = library.search(question, 3)
    assert expected in results.hits[0].passage.text
    assert results.choices == ()
    assert results.codes and not results.unknown_codes


def test_a_code_of_two_tables_or_machines_is_a_choice(library: Library) -> None:
    tables = library.search("error 23", 3).choices
    assert [choice.section[-1] for choice in tables] == ["8.1 Servo errors", "8.2 Controller errors"]
    assert {choice.code for choice in tables} == {"ERR23"}
    machines = library.search("E-7 が出た", 3).choices
    assert {choice.title for choice in machines} == {"Line controller LC-9", "Feeder FD-3"}
    assert all(library.passages(choice.manual_id) for choice in machines)


def test_a_named_machine_leaves_no_choice(library: Library) -> None:
    results = library.search("FD-3 で E-7", 3)
    assert results.choices == ()
    assert results.hits[0].passage.text == "Remove the part."


@pytest.mark.parametrize("question", ["error 26", "エラー 99", "E-410 が出た", "8003[11]", "stop code 7e"])
def test_what_is_in_no_table_and_no_range_is_unknown(library: Library, question: str) -> None:
    results = library.search(question, 3)
    assert results.unknown_codes and not results.codes


AMPLIFIER = """# サーボコンベヤ SV-1 取扱説明書

## 9 アラーム

### 9.1 アラーム一覧

| アラーム番号 | 名称 | 処置 |
|---|---|---|
| AL.32 | 過電流 | 9.4 に従って調べる。 |
| AL.33 | 過電圧 | 電源電圧を調べる。 |

### 9.4 AL.32 過電流（搬送軸）

1. 補助番号を読む。
2. 動力線を調べる。

| 補助番号 | 発生した状態 | 疑う箇所 |
|---|---|---|
| AL.32.1 | 運転中 | 動力線 |
| AL.32.4 | 停止中 | ノイズ |
"""


@pytest.fixture(scope="module")
def amplifier(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder = tmp_path_factory.mktemp("amplifier")
    with Library(IndexOptions(folder / "index", embedder="none"), write=True) as made:
        (folder / "sv1.md").write_text(AMPLIFIER, encoding="utf-8")
        made.add(folder / "sv1.md")
        yield made


def test_rows_of_sub_codes_do_not_stand_for_the_alarm(amplifier: Library) -> None:
    """Both the list's row and the section lead, though the question's words stand over the section only."""
    results = amplifier.search("AL.32 が出て搬送軸が止まった")
    leading = [hit.passage.text.split("\n")[0] for hit in results.hits if hit.score > 2]
    assert any("1. 補助番号を読む" in hit.passage.text for hit in results.hits if hit.score > 2)
    assert "アラーム番号: AL.32" in leading
    assert not any(line.startswith("補助番号: AL.32.") for line in leading)
    assert results.choices == ()


def test_a_sub_code_finds_its_row(amplifier: Library) -> None:
    assert "ノイズ" in amplifier.search("AL.32.4 が表示された").hits[0].passage.text
