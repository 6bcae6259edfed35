"""Question files: every format gives the same questions, bad lines are named, and what is a right hit is told."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from assistant_sources import quote

from assistant.errors import QuestionsWrong
from assistant.evaluation.questions import Question, read_questions

HIT = quote("Cause: AL.32 worn cable. Tighten to 2 mm, of play.", section=("9 Faults", "9.2 AL.32")).hit
ROW: dict[str, Any] = {
    "id": "a-1", "question": "Why AL.32?", "lang": "en", "kind": "alarm", "answerable": True, "manual": "sv20",
    "pages": [3, 4], "section": "9.2", "facts": ["worn cable", "60 %"],
}  # fmt: skip
READ = Question(
    "a-1", "Why AL.32?", "en", "alarm", True, "sv20", frozenset({3, 4}), "9.2", ("worn cable", "60 %"), 1
)  # fmt: skip
HEAD = "id,question,lang,kind,answerable,manual,pages,section,facts"


def jsonl(path: Path, *rows: dict[str, Any] | str) -> Path:
    lines = (row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def workbook(path: Path, *rows: list[Any]) -> Path:
    import openpyxl

    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


def test_json_lines(tmp_path: Path) -> None:
    read = read_questions(jsonl(tmp_path / "q.jsonl", ROW))
    assert read.questions == (READ,)
    assert read.name == "q.jsonl"
    assert len(read.sha256) == 64


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_a_table_says_the_same(tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "q.csv"
    file.write_text(f"{HEAD}\na-1,Why AL.32?,en,alarm,yes,sv20,3;4,9.2,worn cable;60 %\n", encoding=encoding)
    assert read_questions(file).questions == (replace(READ, line=2),)


@pytest.mark.parametrize("encoding", ["cp932", "utf-16"])
def test_a_japanese_table_saved_by_excel(tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "q.csv"
    file.write_text("question,answerable\nAL.32 の原因は？,いいえ\n", encoding=encoding)
    (question,) = read_questions(file).questions
    assert (question.text, question.lang, question.answerable, question.id) == ("AL.32 の原因は？", "ja", False, "2")


def test_a_workbook_says_the_same(tmp_path: Path) -> None:
    row = ["a-1", "Why AL.32?", "en", "alarm", 1, "sv20", "3;4", "9.2", "worn cable\n60 %"]
    file = workbook(tmp_path / "q.xlsx", [None], HEAD.split(","), row)
    assert read_questions(file).questions == (replace(READ, line=3),)


def test_a_number_in_a_cell_is_a_page_or_a_section(tmp_path: Path) -> None:
    file = workbook(tmp_path / "q.xlsx", ["question", "page", "section"], ["What?", 7, 9.2])
    (question,) = read_questions(file).questions
    assert question.pages == {7}
    assert question.section == "9.2"


def test_every_bad_line_is_named(tmp_path: Path) -> None:
    file = jsonl(
        tmp_path / "bad.jsonl", ROW, "{", {"id": "x"}, {"question": "?", "lang": "de"},
        {"question": "?", "pages": ["three"]}, {"question": "?", "answerable": "perhaps"}, "[]", ROW,
    )  # fmt: skip
    with pytest.raises(QuestionsWrong) as raised:
        read_questions(file)
    said = raised.value.message
    for told in (
        "line 2: no JSON", 'line 3: "question" is missing', "line 4: \"lang\" is 'de'",
        "line 5: \"pages\" holds 'three'",
        "line 6: \"answerable\" is 'perhaps'", "line 7: no JSON object", "line 1: the id 'a-1' stands twice",
        "line 8: the id 'a-1' stands twice",
    ):  # fmt: skip
        assert told in said
    assert raised.value.remedy


def test_many_bad_lines_are_counted(tmp_path: Path) -> None:
    with pytest.raises(QuestionsWrong, match="and 10 more"):
        read_questions(jsonl(tmp_path / "bad.jsonl", *["{"] * 30))


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("q.txt", b"What?", "none of the formats"),
        ("q.csv", b"question\n,\n", "holds no question"),
        ("q.csv", b"frage\nWas?\n", "names no column"),
        ("q.xlsx", b"no workbook", "cannot be read as a workbook"),
    ],
)
def test_files_that_are_none(tmp_path: Path, name: str, content: bytes, told: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(QuestionsWrong, match=told):
        read_questions(tmp_path / name)
    with pytest.raises(QuestionsWrong, match="There is no file"):
        read_questions(tmp_path / "nowhere.jsonl")


def test_a_hit_is_right_on_the_page_or_in_the_section() -> None:
    page = HIT.passage.pages[0]
    right = Question("1", "?", "en", manual=HIT.manual.name, pages=frozenset({page}))
    assert right.is_right(HIT)
    assert not replace(right, manual="other").is_right(HIT)
    assert not replace(right, pages=frozenset({page + 1})).is_right(HIT)
    assert replace(right, pages=frozenset({page + 1}), section="9.2").is_right(HIT), "the section is enough"


@pytest.mark.parametrize(
    ("section", "heading", "right"),
    [
        ("7.2", "7.2 Lubrication", True), ("7.2", "7.21 Belts", False), ("7.2", "7.2.1 Grease", False),
        ("7.2", "17.2 Fans", False), ("Part 7", "part 7", True), ("Part 7", "Part 71", False),
        ("A.1", "A.1 部品表", True),
        ("段落 12", "段落 12", True), ("段落 1", "段落 12", False),
    ],
)  # fmt: skip
def test_a_section_is_its_number_or_its_heading(section: str, heading: str, right: bool) -> None:
    hit = replace(HIT, passage=replace(HIT.passage, section=("9 Faults", heading)))
    assert Question("1", "?", "en", section=section).is_right(hit) is right


def test_facts_are_found_whatever_their_width_and_spaces() -> None:
    question = Question("1", "?", "en", facts=("２ｍｍ of play", "nothing of it"))
    assert question.is_held_by(HIT)
    assert question.is_right(HIT), "without a place, the fact decides"
    assert not replace(question, facts=("3 mm",)).is_right(HIT)


def test_an_answer_is_a_fact_only_where_nothing_else_tells(tmp_path: Path) -> None:
    rows = [{"question": "a?", "answer": "worn cable"}, {"question": "b?", "answer": "in other words", "page": 3}]
    alone, placed = read_questions(jsonl(tmp_path / "q.jsonl", *rows)).questions
    assert alone.facts == ("worn cable",)
    assert placed.facts == ()


@pytest.mark.parametrize("name", ["questions", "development", "faq"])
def test_the_demo_files_are_read(name: str) -> None:
    file = read_questions(Path(__file__).resolve().parents[1] / f"demo/{name}.jsonl")
    assert len(file.questions) >= 120
    assert all(question.can_be_ranked for question in file.questions if question.answerable)
