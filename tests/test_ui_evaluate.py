"""andon evaluate retrieval: figures on the terminal, JSON and page in files, comparison with an earlier run."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from manual_texts import SERVO_EN, SERVO_JA, write
from typer.testing import CliRunner, Result

from index.library import Library
from index.options import IndexOptions
from ui.cli import app
from ui.evaluation_page import retrieval_page

QUESTIONS = [
    {"id": "a", "question": "What does AL.45 mean?", "manual": "sv20", "section": "AL.45 Overheat", "kind": "alarm"},
    {"id": "b", "question": "ファンの清掃はいつ？", "manual": "sv20-ja", "section": "nowhere", "kind": "a|b"},
    {"id": "c", "question": "What is on the canteen menu today?", "answerable": False, "kind": "off_topic"},
    {"id": "d", "question": "How is it greased?", "manual": "gone", "page": 1},
]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("evaluate")
    with Library(IndexOptions(folder / "index"), write=True) as library:
        library.add(write(folder, "sv20.md", SERVO_EN))
        library.add(write(folder, "sv20-ja.md", SERVO_JA))
    lines = (json.dumps(row, ensure_ascii=False) for row in QUESTIONS)
    (folder / "q.jsonl").write_text("\n".join(lines), encoding="utf-8")
    return folder


@pytest.fixture(autouse=True)
def plain_settings(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("ANDON_EMBEDDER", "none")
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    yield


def run(data: Path, *arguments: str) -> Result:
    return CliRunner().invoke(app, ["evaluate", "retrieval", str(data / "q.jsonl"), "--data", str(data), *arguments])


def test_figures_page_and_json(data: Path, tmp_path: Path) -> None:
    done = run(data, "--json", str(tmp_path / "new/run.json"), "--page", str(tmp_path / "run.md"))
    assert done.exit_code == 0, done.output
    assert "q.jsonl: 3 questions (2 answerable)" in done.output
    assert "recall@1 50.0" in done.output
    assert "1 questions left out: their manual gone" in done.output
    report = json.loads((tmp_path / "new/run.json").read_text(encoding="utf-8"))
    assert report["what"] == "retrieval"
    assert [row["id"] for row in report["questions"]] == ["a", "b", "c"]
    page = (tmp_path / "run.md").read_text(encoding="utf-8")
    assert "| **all** | 2 | 50.0 (0–100) |" in page
    assert "language of the question -> of the manual: ja -> ja" in page
    assert r"kind of question: a\|b" in page, "a bar in a word breaks no table"
    assert "Declined: 1 of 1 unanswerable, 0 of 2 answerable questions." in page
    assert "| b | ファンの清掃はいつ？ | not in 10 | sv20-ja.md" in page
    tables = [line for line in page.splitlines() if line.startswith("| ") and "recall" not in line]
    assert {line.replace(r"\|", "").count("|") for line in tables} == {3, 5, 9}


def test_the_page_is_japanese_for_a_japanese_reader(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "ja_JP.UTF-8")
    assert run(data, "--page", str(tmp_path / "run.md")).exit_code == 0
    page = (tmp_path / "run.md").read_text(encoding="utf-8")
    assert page.startswith("# 検索の評価")
    assert "| 区分 | 質問数 |" in page


def test_two_runs_are_compared(data: Path, tmp_path: Path) -> None:
    old = tmp_path / "old.json"
    run(data, "--json", str(old))
    report = json.loads(old.read_text(encoding="utf-8"))
    report["questions"][1]["rank"] = 2  # as if an earlier search had found it
    report["embedder"] = "another"
    old.write_text(json.dumps(report), encoding="utf-8")
    done = run(data, "--against", str(old), "--json", str(tmp_path / "new.json"), "--page", str(tmp_path / "new.md"))
    assert done.exit_code == 0, done.output
    assert "Against the earlier run (2 questions, model another, now none)" in done.output
    assert "0 questions got better, 1 worse" in done.output
    assert "- b (2 -> not in 10): ファンの清掃はいつ？" in done.output
    assert "| recall@3 | 100.0 | 50.0 | -50.0" in (tmp_path / "new.md").read_text(encoding="utf-8")
    assert json.loads((tmp_path / "new.json").read_text(encoding="utf-8"))["against"]["worse"][0]["id"] == "b"


def test_a_bad_line_stops_it_before_anything_is_asked(data: Path, tmp_path: Path) -> None:
    (tmp_path / "bad.jsonl").write_text('{"question": "Why?"}\n{"answer": "42"}\n', encoding="utf-8")
    done = CliRunner().invoke(app, ["evaluate", "retrieval", str(tmp_path / "bad.jsonl"), "--data", str(data)])
    assert done.exit_code == 1
    assert 'line 2: "question" is missing' in str(done.exception)


def test_a_page_without_ranked_questions_has_no_table_of_ranks() -> None:
    file = {
        "file": "q", "asked": 0, "answerable": 0, "left_out": {}, "answerability": None, "misses": [],
        "ranks": {"all": {"questions": 0}}, "ms": {"p50": 0, "p95": 0},
    }  # fmt: skip
    page = retrieval_page({"manuals": 0, "passages": 0, "embedder": "none", "files": [file]}, "en", "andon")
    assert "`andon`" in page
    assert "|" not in page
