"""The open questions: as many as they say, in both languages, and each fact stands in the manual that it names."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from open_library import QUESTIONS, SHARED, held_back, manual_files, manual_name, write_questions

from assistant.evaluation.questions import OR, read_questions, stands

ROWS = [json.loads(line) for line in QUESTIONS.read_text(encoding="utf-8").splitlines()]


def test_their_number_languages_and_share_of_unanswerable() -> None:
    file = read_questions(QUESTIONS)
    assert len(file.questions) == 200
    for lang in ("ja", "en"):
        asked = [question for question in file.questions if question.lang == lang]
        assert len(asked) == 100
        assert sum(not question.answerable for question in asked) == 25
    assert {question.kind for question in file.questions} >= {
        "alarm", "symptom", "procedure", "value", "part", "what-is", "comparison",
    }  # fmt: skip
    assert all(question.facts for question in file.questions if question.answerable)


def test_every_fact_stands_in_its_manual() -> None:
    if not any(manual_files()):
        pytest.skip("the open manuals are not here (ANDON_SHARED_DATA)")
    absent = []
    for row in ROWS:
        if "manual" in row:
            text = (SHARED / row["manual"]).read_text(encoding="utf-8", errors="replace")
            absent += [(row["id"], f) for f in row["facts"] if not any(stands(way, text) for way in f.split(OR))]
    assert not absent


def test_names_are_those_of_the_library(tmp_path: Path) -> None:
    path = write_questions(tmp_path / "q.jsonl")
    named = {question.manual for question in read_questions(path).questions if question.manual}
    files = {manual_name(file) for file in manual_files()}
    if not files:
        pytest.skip("the open manuals are not here (ANDON_SHARED_DATA)")
    assert named <= files


@pytest.mark.parametrize("name", ["open_development.jsonl", "answer_development.jsonl"])
def test_development_questions_are_of_other_manuals_and_hold_their_facts(name: str) -> None:
    lines = (QUESTIONS.parent / name).read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    assert sum(row["answerable"] for row in rows) > 30 and sum(not row["answerable"] for row in rows) > 30
    assert {row["question"] for row in rows}.isdisjoint(row["question"] for row in ROWS)
    assert {row.get("manual", "-") for row in rows}.isdisjoint(row["manual"] for row in ROWS if "manual" in row)
    if not any(manual_files()):
        pytest.skip("the open manuals are not here (ANDON_SHARED_DATA)")
    for row in rows:
        if row["answerable"]:
            text = (SHARED / row["manual"]).read_text(encoding="utf-8", errors="replace")
            assert all(any(stands(way, text) for way in fact.split(OR)) for fact in row["facts"]), row["id"]


def test_half_of_the_answer_questions_is_held_back() -> None:
    lines = (QUESTIONS.parent / "answer_development.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    assert len({row["question"] for row in rows}) == len(rows) > 300
    for answerable in (True, False):
        held = [held_back(row["question"]) for row in rows if row["answerable"] is answerable]
        assert 70 < sum(held) < len(held) - 70
