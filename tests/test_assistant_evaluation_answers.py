"""Evaluation of answers: facts, citations, declining, language, support and times, over a small library."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence

import pytest
from assistant_sources import quote
from contract_runner import RunnerContract
from fake_runner import FakeRunner
from manual_texts import SERVO_EN, SERVO_JA, write

from assistant.answer import Answer, Sentence, Timing
from assistant.ask import Assistant
from assistant.evaluation.answers import ANSWER_MEASURES, Answered, cost_of, evaluate_answers, judge, measure
from assistant.evaluation.compare import compare_answers
from assistant.evaluation.questions import Question, QuestionFile, stands
from assistant.evaluation.stopwatch import TimedRunner
from assistant.evaluation.support import missing_values
from edge.runner import Message, Runner
from index.library import Library
from index.options import IndexOptions

QUESTIONS = (
    Question("hot", "What does AL.45 mean?", "en", "alarm", manual="sv20", facts=("heat sink", "fan filter")),
    Question("half", "How do I clear AL.32?", "en", "alarm", manual="sv20", facts=("Cut the power||Power off", "42 V")),
    Question("menu", "What is on the canteen menu today?", "en", "off_topic", answerable=False),
    Question("absent", "How do I grease it?", "en", "procedure", manual="not-here"),
)
TIMES = (10.0, 20.0, 40.0, 20.0)


def speak(messages: Sequence[Message]) -> str:
    time.sleep(0.02)
    return "The heat sink is too hot. [1] Paint the cover green. [1]"


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    folder = tmp_path_factory.mktemp("answers")
    with Library(IndexOptions(folder / "index"), write=True) as library:
        for name, text in {"sv20.md": SERVO_EN, "sv20-ja.md": SERVO_JA}.items():
            library.add(write(folder, name, text))
        yield Assistant(library, FakeRunner(speak))


def answer(*sentences: Sentence, text: str = "Wait 15 minutes. Use fuse F12.") -> Answer:
    said = " ".join(sentence.text for sentence in sentences if sentence.supported)
    quotes = (quote(text, number=1, lang="en"), quote("Grease the belt.", number=2, lang="en"))
    return Answer(
        "How long?", "en", said, sentences, quotes, "supported", None, (), Timing(), "fake"
    )  # fmt: skip


def judged(question: Question, said: Answer) -> Answered:
    return judge(question, said, "en -> en", TIMES)


def test_a_report_over_all_its_parts(assistant: Assistant) -> None:
    runner, told = assistant.runner, list[tuple[int, int]]()
    report = evaluate_answers(assistant, [QuestionFile("q.jsonl", "0", QUESTIONS)], lambda *done: told.append(done))
    assert assistant.runner is runner, "the stopwatch is gone again"
    assert told[-1] == (3, 4)
    assert (report["what"], report["model"], report["manuals"]) == ("answers", "fake", 2)
    (file,) = report["files"]
    assert (file["asked"], file["answerable"], file["right"]) == (3, 2, 2)
    assert file["left_out"] == {"not-here": 1}
    rows = {row["id"]: row for row in report["questions"]}
    assert rows["hot"]["shares"]["facts"] == 1
    assert rows["hot"]["shares"]["facts_answer"] == 0.5, "the answer says one of the two"
    assert rows["hot"]["withheld"] == 1, "nothing is to be painted"
    assert rows["hot"]["right"]
    assert rows["half"]["shares"]["facts"] == 0.5
    assert rows["half"]["missing"] == ("42 V",)
    assert rows["menu"]["shares"]["declined_rightly"] == 1
    assert rows["menu"]["shares"]["facts"] is None
    assert [failure["why"] for failure in file["failures"]] == ["facts_missing"]
    everything = file["shares"]["all"]
    assert everything["facts"] == pytest.approx([0.75, 0.5, 1, 2])
    assert everything["decline_precision"][0] == 1
    assert set(file["shares"]["by_kind"]) == {"alarm", "off_topic"}
    assert file["cost"]["questions"] == 2, "nothing was generated where it declined"
    assert file["cost"]["generation_ms"] >= 20
    assert 0 <= file["cost"]["share"] < 1
    assert file["ms"]["quote"]["p50"] <= file["ms"]["word"]["p50"] <= file["ms"]["last"]["p95"]


def test_citations_are_right_where_the_answer_stands() -> None:
    question = Question("q", "How long?", "en", manual="sc200", facts=("15 minutes", "F12"))
    good = judged(question, answer(Sentence("Wait 15 minutes.", (1,), True)))
    assert (good.shares["citation_precision"], good.shares["citation_recall"]) == (1, 1)
    stray = judged(question, answer(Sentence("Wait 15 minutes.", (1,), True), Sentence("Grease the belt.", (2,), True)))
    assert stray.shares["citation_precision"] == 0.5
    none = judged(question, answer())
    assert none.shares["citation_precision"] is None


def test_a_shown_sentence_without_support_is_a_failure() -> None:
    question = Question("q", "How long?", "en", manual="sc200", facts=("15 minutes",))
    leak = judged(question, answer(Sentence("Wait 16 minutes.", (1,), True)))
    assert leak.unsupported == (("Wait 16 minutes.", "16"),)
    assert not leak.is_right
    held = judged(question, answer(Sentence("Wait 16 minutes.", (1,), False)))
    assert held.unsupported == ()
    assert held.is_right


def test_the_language_of_the_answer_is_that_of_the_question() -> None:
    said = answer(Sentence("15 分待つ。", (1,), True), text="15 分待つ。")
    assert judged(Question("q", "How long?", "en", facts=("15",)), said).shares["language"] == 0
    assert judged(Question("q", "何分待つ?", "ja", facts=("15",)), said).shares["language"] == 1


@pytest.mark.parametrize(
    ("sentence", "missing"),
    [
        ("Wait 15 minutes.", ""), ("1. Use fuse F12.", ""), ("Use fuse F-12.", ""), ("Wait 150 minutes.", "150"),
        ("Wait 5 minutes.", "5"), ("Use fuse F13.", "f13"), ("Do not use fuse F12.", "a negation"),
        ("Wait １５ minutes.", ""),
    ],
)  # fmt: skip
def test_values_must_stand_in_what_is_cited(sentence: str, missing: str) -> None:
    assert missing_values(sentence, [quote("Wait 15 minutes. Use fuse F12.", lang="en")]) == missing


def test_a_sentence_without_citation_has_no_support() -> None:
    assert missing_values("Wait.", []) == "no citation"


def test_a_number_is_no_part_of_a_longer_one() -> None:
    assert stands("2", "M4-5 を 2 個")
    assert stands("250000", "the rate is 250,000 baud")
    assert stands("F-012", "Ｆ－０１２ が出た")
    assert not stands("2", "25 個")
    assert not stands("5", "0.5 s")
    assert not stands("1.5", "1.55 mm")


def test_cost_is_what_neither_search_nor_runner_takes() -> None:
    rows = [judged(Question("q", "How long?", "en"), answer(Sentence("Wait 15 minutes.", (1,), True)))]
    assert cost_of(rows) == {
        "questions": 1, "retrieval_ms": 10, "generation_ms": 20, "beyond_ms": 10, "share": 0.25
    }  # fmt: skip
    assert cost_of([]) is None


def test_no_questions_no_figures() -> None:
    found = measure(())
    assert found["asked"] == 0
    assert all(found["shares"]["all"][name] is None for name in ANSWER_MEASURES)


def test_two_runs_are_compared(assistant: Assistant) -> None:
    files = [QuestionFile("q.jsonl", "0", QUESTIONS)]
    old, new = evaluate_answers(assistant, files), evaluate_answers(assistant, files)
    old["questions"][0]["right"] = False
    old["questions"][0]["shares"]["facts"] = 0.0
    compared = compare_answers(old, new)
    assert [one["id"] for one in compared["better"]] == ["hot"]
    assert compared["worse"] == []
    assert compared["measures"]["facts"]["old"] == 0.25
    assert compared["measures"]["facts"]["difference"][0] == 0.5
    assert compared["measures"]["declined_rightly"]["p"] == 1


class TestTimedRunner(RunnerContract):
    @pytest.fixture
    def make(self) -> Callable[[], Runner]:
        return lambda: TimedRunner(FakeRunner(lambda messages: f"Say {messages[-1].content} again and again. " * 4))
