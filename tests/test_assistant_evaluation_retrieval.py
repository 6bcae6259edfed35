"""Evaluation of retrieval: ranks, groups, answerability, misses and what is left out, over a small library."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from manual_texts import ROBOT_EN, SERVO_EN, SERVO_JA, write

from assistant.evaluation.compare import compare
from assistant.evaluation.questions import Question, QuestionFile
from assistant.evaluation.retrieval import evaluate_retrieval
from index.library import Library
from index.options import IndexOptions

QUESTIONS = (
    Question("code", "What does AL.45 mean?", "en", "alarm", manual="sv20", section="AL.45 Overheat"),
    Question(
        "care", "How do I clean the fan filter?", "en", "procedure", manual="sv20", section="Care", facts=("none",)
    ),
    Question("ja", "AL.51 の処置は？", "ja", "alarm", manual="sv20-ja"),
    Question("nowhere", "What does AL.45 mean on it?", "en", "alarm", manual="sv20", section="99.9"),
    Question("open", "Does AL.32 hurt?", "en", "alarm"),
    Question("menu", "What is on the canteen menu today?", "en", "off_topic", answerable=False),
    Question("absent", "How do I grease it?", "en", "procedure", manual="not-here", section="1"),
)  # fmt: skip


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder = tmp_path_factory.mktemp("evaluation")
    with Library(IndexOptions(folder / "index"), write=True) as library:
        for name, text in {"sv20.md": SERVO_EN, "rb77.md": ROBOT_EN, "sv20-ja.md": SERVO_JA}.items():
            library.add(write(folder, name, text))
        yield library


def test_a_report_over_all_its_parts(library: Library) -> None:
    told: list[tuple[int, int]] = []
    report = evaluate_retrieval(library, [QuestionFile("q.jsonl", "0", QUESTIONS)], lambda *done: told.append(done))
    (file,) = report["files"]
    assert told[-1] == (6, 7)
    assert report["manuals"] == 3
    assert (report["embedder"], report["reranker"]) == ("none", "none")
    assert file["left_out"] == {"not-here": 1}
    assert (file["asked"], file["answerable"]) == (6, 5)
    rows = {row["id"]: row for row in report["questions"]}
    assert rows["code"]["rank"] == 1
    assert rows["code"]["named"] == "code"
    assert rows["care"]["rank"] == 1
    assert rows["care"]["holding"] == 0, "the section, but not the fact"
    assert rows["ja"]["languages"] == "ja -> ja"
    assert rows["nowhere"]["rank"] == 0
    assert rows["open"]["rank"] is None, "nothing says what is right"
    assert rows["menu"]["rank"] is None
    ranks = file["ranks"]
    assert ranks["all"]["questions"] == 4
    assert ranks["all"]["recall_at_1"][0] == 0.75
    assert set(ranks["by_languages"]) == {"en -> en", "ja -> ja"}
    assert {name: group["questions"] for name, group in ranks["by_kind"].items()} == {"alarm": 3, "procedure": 1}
    assert ranks["by_code"]["prose"]["questions"] == 1
    assert file["holding"] == {"questions": 1, "recall_at_1": [0, 0, 0], **{
        name: [0, 0, 0] for name in ("recall_at_3", "recall_at_5", "recall_at_10", "mrr", "ndcg_at_10")
    }}  # fmt: skip
    assert [miss["id"] for miss in file["misses"]] == ["nowhere"]
    assert "sv20.md" in file["misses"][0]["first"]


def test_answerability_is_measured_where_both_sides_are_asked(library: Library) -> None:
    report = evaluate_retrieval(library, [QuestionFile("q", "0", QUESTIONS), QuestionFile("p", "0", QUESTIONS[:2])])
    both, one = (file["answerability"] for file in report["files"])
    assert one is None
    assert both["auroc"]["relevance"][0] == 1
    assert both["declined_rightly_by_kind"] == {"off_topic": [1, 1]}
    assert (both["declined_wrongly"], both["declined_rightly"]) == (0, 1)


def test_a_run_compared_with_itself_has_not_changed(library: Library) -> None:
    report = evaluate_retrieval(library, [QuestionFile("q", "0", QUESTIONS)])
    found = compare(report, report)
    assert found["questions"] == 4
    assert (found["better"], found["worse"]) == ([], [])
    assert found["measures"]["mrr"]["p"] == 1


def test_files_are_kept_apart(library: Library, tmp_path: Path) -> None:
    files = [QuestionFile(name, "0", QUESTIONS[:1]) for name in ("a", "b")]
    assert [file["file"] for file in evaluate_retrieval(library, files)["files"]] == ["a", "b"]
