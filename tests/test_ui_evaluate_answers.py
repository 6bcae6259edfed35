"""andon evaluate answers: figures on the terminal, JSON and page in files, comparison with an earlier run."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from manual_texts import SERVO_EN, write
from typer.testing import CliRunner, Result

from index.library import Library
from index.options import IndexOptions
from ui.answers_page import answers_page
from ui.cli import app

QUESTIONS = [
    {"id": "a", "question": "What does AL.45 mean?", "manual": "sv20", "facts": ["heat sink"], "kind": "alarm"},
    {"id": "b", "question": "How do I clear AL.32?", "manual": "sv20", "facts": ["42 V"], "kind": "alarm"},
    {"id": "c", "question": "What is on the canteen menu today?", "answerable": False, "kind": "off_topic"},
]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("answers")
    with Library(IndexOptions(folder / "index"), write=True) as library:
        library.add(write(folder, "sv20.md", SERVO_EN))
    lines = (json.dumps(row, ensure_ascii=False) for row in QUESTIONS)
    (folder / "q.jsonl").write_text("\n".join(lines), encoding="utf-8")
    return folder


@pytest.fixture(autouse=True)
def plain_settings(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("ANDON_EMBEDDER", "none")
    monkeypatch.setenv("ANDON_MODEL", "none")
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    yield


def run(data: Path, *arguments: str) -> Result:
    return CliRunner().invoke(app, ["evaluate", "answers", str(data / "q.jsonl"), "--data", str(data), *arguments])


def test_figures_page_and_json(data: Path, tmp_path: Path) -> None:
    done = run(data, "--json", str(tmp_path / "run.json"), "--page", str(tmp_path / "run.md"))
    assert done.exit_code == 0, done.output
    assert "Answered or declined rightly: 2 of 3 questions." in done.output
    assert "facts in the first quote or the answer: 50.0 (0–100), 2" in done.output
    assert "until the quote: median" in done.output
    report = json.loads((tmp_path / "run.json").read_text(encoding="utf-8"))
    assert (report["what"], report["model"], len(report["questions"])) == ("answers", "none", 3)
    page = (tmp_path / "run.md").read_text(encoding="utf-8")
    assert "| unanswerable questions declined (recall) | 100.0 (100–100), 1 |" in page
    assert "| b | How do I clear AL.32? | facts missing | 42 V |" in page
    assert "Beyond retrieval and generation" not in page, "without a model there is no such cost"


def test_in_japanese(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "ja_JP.UTF-8")
    assert run(data, "--page", str(tmp_path / "run.md")).exit_code == 0
    page = (tmp_path / "run.md").read_text(encoding="utf-8")
    assert page.startswith("# 回答の評価")
    assert "| b | How do I clear AL.32? | 事実が足りない | 42 V |" in page


def test_two_runs_are_compared(data: Path, tmp_path: Path) -> None:
    old = tmp_path / "old.json"
    run(data, "--json", str(old))
    report = json.loads(old.read_text(encoding="utf-8"))
    report["questions"][2]["right"] = False
    report["questions"][2]["shares"]["declined_rightly"] = 0.0
    old.write_text(json.dumps(report), encoding="utf-8")
    done = run(data, "--against", str(old))
    assert done.exit_code == 0, done.output
    assert "1 questions got better, 0 worse" in done.output
    assert "- c (wrong -> right): What is on the canteen menu today?" in done.output
    assert "| unanswerable questions declined (recall) | 0.0 | 100.0 | +100.0" in done.output


def test_a_run_of_retrieval_is_no_run_of_answers(data: Path, tmp_path: Path) -> None:
    other = tmp_path / "retrieval.json"
    other.write_text(json.dumps({"what": "retrieval", "questions": []}), encoding="utf-8")
    done = run(data, "--against", str(other))
    assert done.exit_code == 1
    assert "is no result of andon evaluate answers" in str(done.exception)


def test_cost_and_unsupported_sentences_stand_on_the_page() -> None:
    file = {
        "file": "q", "asked": 1, "answerable": 1, "right": 0, "left_out": {},
        "shares": {"all": dict.fromkeys(
            ("facts", "complete", "facts_quote", "facts_answer", "facts_anywhere", "citation_precision",
             "citation_recall", "declined_rightly", "declined_wrongly", "decline_precision", "language", "unsupported")
        ), "by_language": {}, "by_languages": {}, "by_kind": {}},
        "sentences": {"withheld": 0, "unsupported": 1},
        "ms": {name: {"questions": 0, "p50": 0, "p95": 0} for name in ("quote", "word", "last")},
        "cost": {"questions": 1, "retrieval_ms": 1, "generation_ms": 8, "beyond_ms": 1, "share": 0.1},
        "failures": [{"id": "a", "question": "Q", "why": "unsupported", "missing": [], "first": "m",
                      "unsupported": [["Wait 16 min.", "16"]]}],
    }  # fmt: skip
    made = {"manuals": 0, "passages": 0, "embedder": "none", "model": "none"}
    page = answers_page({**made, "files": [file]}, "en", "andon")
    assert "10.0 % of the answer's time" in page
    assert "| a | Q | unsupported sentence shown | Wait 16 min. (16) | m |" in page
