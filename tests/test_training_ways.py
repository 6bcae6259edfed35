"""Ways: one model, the same questions, closed book and with the manuals; what comes out goes into the judge."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from fake_endpoint import FakeEndpoint, Manner
from fake_runner import FakeRunner
from manual_texts import SERVO_EN, write
from typer.testing import CliRunner

from assistant.ask import Assistant
from edge.runner import Message
from index.library import Library
from index.options import IndexOptions
from training.data.prepare import AnswerShares, prepare, write_prepared
from training.data.split import Shares
from training.errors import AnswersWrong
from training.judge.given import read_given, write_given
from training.judge.run import judge_answers
from training.judge.ways import CLOSED, MANUALS, WORDS, ask_both_ways
from ui.cli import app

QUESTIONS = [
    {"id": "hot", "question": "What does AL.45 mean?", "lang": "en", "manual": "sv20", "facts": ["heat sink"],
     "reference": "The heat sink is too hot.", "group": "al45"},
    {"id": "fan", "question": "What do I check for AL.45?", "lang": "en", "manual": "sv20", "facts": ["fan filter"]},
    {"id": "menu", "question": "What is on the canteen menu today?", "lang": "en", "answerable": False},
    {"id": "open", "question": "Tell me about AL.45", "lang": "en", "manual": "sv20"},
    {"id": "gone", "question": "How do I grease it?", "lang": "en", "manual": "absent", "facts": ["grease"]},
]  # fmt: skip


def speak(messages: Sequence[Message]) -> str:
    """Knows nothing by itself, and reads one thing out of the excerpts."""
    return "The heat sink is too hot. [1]" if messages[0].role == "system" else "I do not know."


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    path = tmp_path / "questions.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in QUESTIONS), "utf-8")
    return path


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library(IndexOptions(tmp_path / "data/index"), write=True) as opened:
        opened.add(write(tmp_path, "sv20.md", SERVO_EN))
        yield opened


def test_the_same_questions_both_ways(library: Library, questions: Path, tmp_path: Path) -> None:
    runner = FakeRunner(speak)
    ways = ask_both_ways(Assistant(library, runner), [questions], "ab" * 32)
    asked = [len(messages) for messages in runner.asked]
    assert asked.count(1) == 4, "closed book is the question alone"
    closed, manuals, words = (ways.report["ways"][way] for way in (CLOSED, MANUALS, WORDS))
    assert (closed["questions"], closed["told_by_facts"], ways.report["left_out"]) == (4, 3, 1)
    assert closed["right"][0] == pytest.approx(1 / 3, abs=1e-4), "it refuses everything: the canteen rightly"
    assert closed["facts"][0] == 0.0
    assert manuals["facts"][0] == 1.0, "the quote holds the filter, too"
    assert words["facts"][0] == 0.5, "the model says one of the two"
    assert closed["refusals"]["over"][0] == 1.0
    gained = ways.report["gain_on_closed_book"]
    assert (gained[MANUALS]["gained"], gained[MANUALS]["lost"]) == (2, 0)
    assert gained[WORDS]["gained"] == 1
    # the answers go into the judge as they are
    write_given(tmp_path / "manuals.jsonl", ways.given[MANUALS])
    rows = read_given(tmp_path / "manuals.jsonl")
    assert [(row.id, row.group, row.reference) for row in rows] == [
        ("questions.jsonl:hot", "al45", "The heat sink is too hot."),
        ("questions.jsonl:fan", "", "fan filter"),
        ("questions.jsonl:menu", "", ""),
    ]
    assert {(row.model, row.weights, row.way) for row in rows} == {("fake", "ab" * 32, MANUALS)}
    judged = judge_answers(rows, "manuals.jsonl", None)
    assert [row["right"] for row in judged["rows"]][::2] == [True, True]


def test_parts_of_a_prepared_faq_keep_their_fact_groups(library: Library, tmp_path: Path) -> None:
    table = tmp_path / "faq.csv"
    lines = ["question,answer,document,page,same_as"]
    lines += [f"Which part is AL.{n} about?,It is station {max(n, 2)} of the line.,elsewhere,3-{n},{'one' * (n < 3)}"
              for n in range(1, 25)]  # fmt: skip
    table.write_text("\n".join(lines) + "\n", "utf-8")
    shares = Shares(0.0, 0.0, 0.0, 1)
    write_prepared(prepare([table], shares), [table], tmp_path / "faq", shares, AnswerShares())
    runner = FakeRunner(lambda messages: f"The part {''.join(c for c in messages[-1].content if c.isdigit())} is hot.")
    ways = ask_both_ways(Assistant(library, runner), [tmp_path / "faq/train.jsonl"])
    rows = ways.given[CLOSED]
    assert len(rows) == 24, "of whatever document: closed book needs none"
    assert {row.document for row in rows} == {"elsewhere"}
    assert len({row.group for row in rows}) == 23
    assert ways.report["ways"][CLOSED]["right"] is None, "words are no facts; a judge must say"
    assert ways.report["gain_on_closed_book"][MANUALS] is None


def test_nothing_to_ask_is_said(library: Library, questions: Path, tmp_path: Path) -> None:
    with pytest.raises(AnswersWrong, match="no model"):
        ask_both_ways(Assistant(library, None), [questions])
    other = tmp_path / "other.jsonl"
    other.write_text(json.dumps(QUESTIONS[-1]) + "\n", "utf-8")
    with pytest.raises(AnswersWrong, match="None of the questions"):
        ask_both_ways(Assistant(library, FakeRunner(speak)), [other])


def test_the_command_writes_answers_and_figures(
    library: Library, questions: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library.close()
    monkeypatch.setenv("LC_ALL", "ja_JP.UTF-8")
    monkeypatch.setenv("ANDON_EMBEDDER", "none")

    def script(messages: list[dict[str, str]]) -> str:
        return speak([Message(m["role"], m["content"]) for m in messages])  # type: ignore[arg-type]

    with FakeEndpoint(script, Manner(context=4096)) as endpoint:
        done = CliRunner().invoke(app, ["train", "answer", str(questions), "--out", str(tmp_path / "out"), "--model",
                                        endpoint.url, "--data", str(tmp_path / "data")])  # fmt: skip
    assert done.exit_code == 0, (done.output, done.exception)
    assert "モデルの知識だけ: 33.3 %" in done.output
    assert len(read_given(tmp_path / "out/closed-book.jsonl")) == 3
    report = json.loads((tmp_path / "out/ways.json").read_text("utf-8"))
    assert report["model"] == "fake-3b"
    assert report["ways"][MANUALS]["facts"][0] == 1.0
