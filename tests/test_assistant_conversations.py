"""Conversations: kept for one person alone, opened as they were, searched, deleted, forgotten after their time."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from ui_made import MANUAL, make_answer, make_found, make_hit

from assistant.answer import Answer, Quote
from assistant.records.conversations import MOST
from assistant.records.entry import Asker
from assistant.records.errors import RecordUnknown
from assistant.records.kept_answer import answer_json, answer_of
from assistant.records.records import Records
from assistant.steps import Step
from index.codes.rivals import Choice
from index.manuals.coverage import Coverage
from index.passage import Box, Twin, Why

HIT = make_hit("1. 電源を切る。", "steps", boxes=(Box(42, 1.5, 2.0, 3.0, 4.0),), recognised=0.91)
FULL = replace(HIT, why=(Why("code", 1, "E-401"),), also=(Twin(HIT.passage, MANUAL),), row=3)


def answer(question: str = "E-401?", **changes: object) -> Answer:
    return replace(make_answer(make_found(FULL)), question=question, id="a1", **changes)  # type: ignore[arg-type]


@pytest.fixture
def records(tmp_path: Path) -> Records:
    return Records(tmp_path / "records.sqlite3")


def test_an_answer_comes_back_as_it_was() -> None:
    rich = answer(
        understood="E-401 の処置は?", dropped=2, step=Step(1, ("1. 電源を切る。",), 4),
        choices=(Choice("E401", "m1", "PK-7", ("5", "5.2"), "p1"),),
        quotes=(Quote(1, FULL, (HIT.passage,)),), nearest=(HIT,),
    )  # fmt: skip
    assert answer_of(answer_json(rich)) == rich
    long = replace(MANUAL, coverage=Coverage(pages=9, ocr=("1",) * 500))
    kept = answer_of(answer_json(answer(quotes=(Quote(1, replace(HIT, manual=long)),))))
    assert kept.quotes[0].hit.manual == MANUAL  # what was not read of the manual is told elsewhere


@pytest.mark.parametrize("text", ["{}", "[]", "1", '{"question": 1}', "no json"])
def test_what_is_no_answer_is_said_to_be_none(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        answer_of(text)


def test_nobody_sees_or_deletes_anothers(records: Records) -> None:
    records.keep_turn("sato", "c1", 1, answer("E-401 で止まった"))
    records.keep_turn("sato", "c1", 2, answer("次は?"))
    records.keep_turn("suzuki", "c1", 3, answer("横から"))  # somebody else's id does not open the door
    records.keep_turn("suzuki", "c2", 1, answer("AL.32"))
    mine, theirs = records.conversations("sato"), records.conversations("suzuki")
    assert [(one.id, one.title, one.turns) for one in mine.all()] == [("c1", "E-401 で止まった", 2)]
    assert [turn.question for turn in mine.turns("c1")] == ["E-401 で止まった", "次は?"]
    for wrong in (theirs, records.conversations("admin")):
        with pytest.raises(RecordUnknown):
            wrong.turns("c1")
        with pytest.raises(RecordUnknown):
            wrong.delete("c1")
    assert theirs.delete_all() == 1
    assert len(mine.all()) == 1
    mine.delete("c1")
    assert mine.all() == []
    with pytest.raises(RecordUnknown):
        mine.turns("c1")
    assert records.database is not None
    with records.database.read() as db:
        assert db.execute("SELECT count(*) FROM turn").fetchone()[0] == 0


def test_words_are_looked_for_in_questions_and_answers(records: Records) -> None:
    records.keep_turn("sato", "c1", 1, answer("フィルム切れ", text="ロールを交換する。 [1]"))
    records.keep_turn("sato", "c2", 1, answer("Film broken at 100%"))
    mine = records.conversations("sato")
    assert [one.id for one in mine.all("ロール 交換")] == ["c1"]
    assert [one.id for one in mine.all("FILM")] == ["c2"]
    assert mine.all("% フィルム") == []
    records.keep_turn("sato", "c1", 1, answer("フィルム切れ", text="選んだ機械の答え"))  # asked again in its place
    assert mine.all("ロール") == []
    assert [one.id for one in mine.all()] == ["c1", "c2"]


def test_they_go_with_their_time_and_with_their_number(records: Records) -> None:
    records.keep_turn("sato", "c1", 1, answer())
    assert records.forget_old(datetime.now(timezone.utc) + timedelta(days=364)) == 0
    assert len(records.conversations("sato").all()) == 1
    records.forget_old(datetime.now(timezone.utc) + timedelta(days=366))
    assert records.conversations("sato").all() == []
    for number in range(MOST + 3):
        records.keep_turn("sato", f"n{number}", 1, answer(f"question {number}"))
    titles = {one.title for one in records.conversations("sato").all(limit=1000)}
    assert len(titles) == MOST
    assert "question 0" not in titles
    assert f"question {MOST + 2}" in titles


def test_nothing_is_kept_where_no_questions_are(tmp_path: Path) -> None:
    counting = Records(tmp_path / "counts.sqlite3", days=0)
    counting.answered(answer(), Asker("sato", "page"))
    counting.keep_turn("sato", "c1", 1, answer())
    assert counting.conversations("sato").all() == []
    Records(None).keep_turn("sato", "c1", 1, answer())  # and never raises
