"""Actions: what a how-to question wants done, in both languages, and what does not count as asking for it."""

from __future__ import annotations

import pytest

from index.search.actions import ACTIONS, asked_actions, asks_how, plain


def asked(question: str) -> list[str]:
    return [action.name for action in asked_actions(question)]


@pytest.mark.parametrize(
    ("question", "action"),
    [
        ("カッタ刃の交換手順は？", "replace"),
        ("歯付きベルトを張り替えたい", "replace"),
        ("フィルタの取替方法", "replace"),
        ("How do I change the belt of the lift?", "replace"),
        ("Steps to swap relay K2", "replace"),
        ("カバーの外し方", "remove"),
        ("How do I take the front cover off?", "remove"),
        ("シリンダを分解して組み直すには", "overhaul"),
        ("how to rebuild the pump", "overhaul"),
        ("光軸の調整のしかた", "adjust"),
        ("How do I realign the light curtain?", "adjust"),
        ("サイレンサの掃除のやり方", "clean"),
        ("how do I flush the tank", "clean"),
        ("直動案内への給脂の手順", "lubricate"),
        ("how do I grease the guides", "lubricate"),
        ("制御装置のソフトを更新する方法", "update"),
        ("How do I update the software?", "update"),
    ],
)
def test_an_action_is_asked_for(question: str, action: str) -> None:
    assert asked(question) == [action]


@pytest.mark.parametrize(
    "question", ["F-013 が出た。どうすればいい？", "Lot change, what now?", "part number of the washable mat", ""]
)
def test_most_questions_ask_for_none(question: str) -> None:
    assert asked(question) == []


def test_what_comes_off_on_the_way_is_not_asked() -> None:
    assert asked("タッチパネルの外し方と交換の順番") == ["replace"]
    assert asked("how to take the old belt off and replace it") == ["replace"]


def test_changing_the_grease_of_a_part_does_not_replace_the_part() -> None:
    assert "replace" not in asked("How do I change the reducer grease?")
    assert "replace" in asked("How do I change the reducer?")
    told = {action.name: bool(action.told.search(plain("7.5 Changing the reducer grease"))) for action in ACTIONS}
    assert told["lubricate"]
    assert not told["replace"]
    assert not next(a for a in ACTIONS if a.name == "replace").told.search(plain("減速機のグリースを交換する"))


@pytest.mark.parametrize(
    "question", ["刃の替え方は？", "どうやって掃除する？", "How can I reset it?", "procedure, please"]
)
def test_how_is_asked(question: str) -> None:
    assert asks_how(question)


@pytest.mark.parametrize("question", ["ベルトは何年で交換？", "How often is the belt replaced?", "belt torn"])
def test_how_is_not_asked(question: str) -> None:
    assert not asks_how(question)
