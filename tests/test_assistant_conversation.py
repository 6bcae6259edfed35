"""Conversation: follow-ups are completed from the turns before; what stands alone is never touched."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from ui_made import MANUAL, make_answer, make_found, make_hit

from assistant.conversation import Exchange, Understood, exchange_of, fit_history, understand_in

DEMO = Path(__file__).resolve().parents[1] / "demo"
SC200 = replace(MANUAL, id="a", name="sc200.pdf", title="コンベヤ SC-200 取扱説明書")
SC200_EN = replace(SC200, id="e", name="sc200-en.pdf", title="SC-200 conveyor manual", lang="en")
SW310 = replace(MANUAL, id="b", name="sw310.pdf", title="ラップ機 SW-310 取扱説明書")
RP180 = replace(MANUAL, id="c", name="rp180.pdf", title="RP-180 palletiser manual", lang="en")
FAQ = replace(MANUAL, id="f", name="faq.csv", title="よくある質問")
MANUALS = (SC200, SC200_EN, SW310, RP180, FAQ)
JA = Exchange("AL.32 が出て止まった", "a", ("5 アラーム", "5.1 AL.32 過電流"), ("AL.32",), "p1", "電源を切る。")
EN = Exchange("R-2101 vacuum weak, what now?", "c", ("9 Faults", "9.5 R-2101 Vacuum weak"), ("R-2101",), "p2")
BELT = Exchange("SC-200のベルトの張りを調整する手順は?", "a", ("7 保守", "7.2 ベルトの張り"), (), "p3")


@pytest.mark.parametrize(
    ("last", "question", "understood"),
    [
        (JA, "それでも直らないときは?", "SC-200 AL.32 過電流 それでも直らないときは?"),
        (JA, "そのトルクは?", "SC-200 AL.32 過電流 トルクは?"),
        (JA, "AL.33 の場合は?", "AL.33 が出て止まった"),
        (JA, "ＡＬ.33の場合は？", "AL.33 が出て止まった"),
        (JA, "SW-310 では?", "SW-310 AL.32 が出て止まった"),
        (JA, "この機械の非常停止の復帰方法は?", "SC-200の非常停止の復帰方法は?"),
        (BELT, "SW-310 では?", "SW-310のベルトの張りを調整する手順は?"),
        (BELT, "なぜ?", "SC-200 ベルトの張り なぜ?"),
        (EN, "and if it comes back?", "RP-180 R-2101 Vacuum weak: if it comes back?"),
        (EN, "how long does that take?", "RP-180 R-2101 Vacuum weak: how long does that take?"),
        (EN, "what about R-2102?", "R-2102, what now?"),
        (EN, "and on the SW-310?", "SW-310 R-2101 vacuum weak, what now?"),
    ],
)
def test_a_follow_up_is_completed(last: Exchange, question: str, understood: str) -> None:
    made = understand_in(question, (last,), MANUALS)
    assert made.leans
    assert made.question == understood


@pytest.mark.parametrize(
    "question",
    [
        "E-402 が出た", "R-2102?", "AL.33は?", "非常停止", "つまった", "SW-310 の始業点検は?", "film break",
        "How do I replace the belt?",
    ],
)  # fmt: skip
@pytest.mark.parametrize("last", [JA, EN, BELT])
def test_history_never_changes_what_stands_alone(question: str, last: Exchange) -> None:
    assert understand_in(question, (JA, EN, last) * 3, MANUALS) == Understood(question)


def test_questions_of_operators_stand_alone() -> None:
    """Those written for development and the FAQ were asked first, by people who had asked nothing before."""
    files = (DEMO / "development.jsonl", DEMO / "faq.jsonl")
    questions = [json.loads(line)["question"] for file in files for line in file.read_text("utf-8").splitlines()]
    assert len(questions) > 300
    assert [question for question in questions if understand_in(question, (JA, EN), MANUALS).leans] == []


def test_without_history_nothing_is_completed() -> None:
    assert understand_in("なぜ?", (), MANUALS) == Understood("なぜ?")


def test_the_machine_stays_in_scope_unless_another_is_named() -> None:
    stays = understand_in("なぜ?", (JA,), MANUALS)
    assert stays.manuals == {"a", "e", "f"}  # its manuals and those of no machine
    assert stays.only
    other = understand_in("AL.40 の場合は?", (JA,), MANUALS)
    assert other.manuals == stays.manuals
    assert not other.only  # another machine may have that code
    assert understand_in("SW-310 では?", (JA,), MANUALS).manuals == frozenset()
    gone = understand_in("なぜ?", (replace(JA, manual="deleted"),), MANUALS)
    assert (gone.manuals, gone.only) == (frozenset(), False)
    assert understand_in("なぜ?", (replace(JA, manual="f"),), MANUALS).manuals == {"f"}


def test_follow_ups_do_not_pile_up() -> None:
    second = replace(JA, question="それでも直らないときは?")
    assert understand_in("なぜ?", (JA, second), MANUALS).question == "SC-200 AL.32 過電流 なぜ?"
    third = replace(JA, question="AL.33 の場合は?", section=("5.2 AL.33 過電圧",), codes=("AL.33",))
    assert understand_in("AL.34 の場合は?", (JA, third), MANUALS).question == "AL.34 が出て止まった"
    assert understand_in("なぜ?", (JA, third), MANUALS).question == "SC-200 AL.33 過電圧 なぜ?"


def test_a_step_names_its_passage() -> None:
    made = understand_in("2番目の手順は?", (JA,), MANUALS)
    assert (made.step, made.manual, made.passage) == (2, "a", "p1")


def test_a_client_that_kept_words_only() -> None:
    made = understand_in("なぜ?", (Exchange("AL.32 が出た"),), MANUALS)
    assert made.question == "AL.32 なぜ?"
    said = Exchange("コンベヤが動かない", answer="AL.32 が表示されている。[1]")
    assert understand_in("なぜ?", (said,), MANUALS).question == "AL.32 なぜ?"
    assert understand_in("なぜ?", (Exchange("コンベヤが動かない。"),), MANUALS).question == "コンベヤが動かない なぜ?"


def test_the_oldest_turns_go_first_and_it_is_said() -> None:
    turns = tuple(Exchange(f"AL.{number} が出た", answer="長" * 100) for number in range(50, 60))
    assert fit_history(turns, 330) == turns[-3:]
    assert fit_history((replace(JA, answer="長" * 9_000),), 330)  # the last one always stays
    assert understand_in("なぜ?", turns, MANUALS, 330).dropped == 7
    assert understand_in("なぜ?", turns, MANUALS).dropped == 0


def test_what_is_kept_of_an_answer() -> None:
    row = make_hit("アラーム番号: E-401\n名称: フィルム切れ\n原因: なし", "alarm")
    exchange = exchange_of(make_answer(make_found(row)))
    assert exchange.section[-1] == "E-401 フィルム切れ"
    assert exchange.codes == ("E-401",)
    assert (exchange.manual, exchange.passage, exchange.answer) == ("m1", "p1", "交換する。 [1]")
    open_question = exchange_of(make_answer(make_found(declined="unknown_code")))
    assert (open_question.manual, open_question.passage) == ("", "")
