"""Text for continual pre-training, and what a teacher writes: checked against its passage, remembered."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from fake_runner import FakeRunner
from manual_texts import SERVO_EN, SERVO_JA, write
from typer.testing import CliRunner

from index.library import Library
from index.options import IndexOptions
from training.data.faq_table import FaqEntry
from training.data.passage_writer import PassageWriter, Written, fault, restatement_fault
from training.data.text_rows import TextShares, text_rows
from training.errors import TeacherFailed
from training.teacher import Teacher
from ui.cli import app

PASSAGE = "Alarm AL.45: the motor is too hot. Clean the fan filter, wait 20 minutes and reset. The limit is 95 °C."


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("text")
    with Library(IndexOptions(folder / "index"), write=True) as library:
        library.add(write(folder, "sv20.md", SERVO_EN))
        library.add(write(folder, "sv20-ja.md", SERVO_JA))
    return folder


@pytest.mark.parametrize(
    ("question", "answer", "reason"),
    [
        ("What do I do at AL.45?", "Clean the fan filter, wait 20 minutes and reset.", ""),
        ("How long do I wait at AL.45?", "Twenty minutes.", ""),
        ("What do I do at AL.46?", "Clean the fan filter.", "names AL46 that the passage does not"),
        ("How long do I wait at AL.45?", "Wait 30 minutes.", "states 1800 time that the passage does not"),
        ("What do I do at AL.45?", "", "answer of 0 characters"),
        ("What do I do at AL.45?", "As an AI I do not know.", "answer speaks as an assistant"),
        ("What do I do at AL.45?", "It is not in the manuals.", "no answer"),
        ("Who do I call at AL.45?", "Call the maintenance supervisor of the night shift.", "0 % of the answer's words"),
    ],
)
def test_each_pair_is_checked_against_its_passage(question: str, answer: str, reason: str) -> None:
    found = fault(Written(question, answer, "en", "p"), PASSAGE)
    assert found.startswith(reason) and bool(found) == bool(reason)


def test_a_restatement_keeps_every_amount_and_adds_none() -> None:
    good = "When AL.45 shows, the motor passed 95 °C: let it rest for 20 minutes, clean its fan's filter, reset it."
    assert restatement_fault(good, PASSAGE) == ""
    assert restatement_fault(good.replace("20", "25"), PASSAGE) == "leaves out an amount or a code"
    assert restatement_fault(good + " Then wait 5 s.", PASSAGE).startswith("states 5 time")
    assert restatement_fault(PASSAGE, PASSAGE) == "the same words"


def reply(messages: object) -> str:
    pairs = [
        {"question": "What do I do at AL.45?", "answer": "Clean the fan filter, wait 20 minutes and reset."},
        {"question": "What do I do at AL.45 ?", "answer": "Wait 20 minutes and reset."},
        {"question": "What is the limit of the motor?", "answer": "The limit is 120 °C."},
    ]
    return f"Sure:\n{json.dumps(pairs)}\n"


def test_replies_are_remembered_so_that_a_power_cut_costs_one(tmp_path: Path) -> None:
    runner = FakeRunner(reply, context_tokens=4096)
    first = PassageWriter(Teacher(runner, tmp_path / "replies.jsonl"), temperature=0).questions([("p", PASSAGE, "en")])
    assert [one.reason for one in first] == ["", "asked before", "states 120 degrees that the passage does not"]
    with (tmp_path / "replies.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"key": "torn by a power c')
    again = PassageWriter(Teacher(runner, tmp_path / "replies.jsonl"), temperature=0).questions([("p", PASSAGE, "en")])
    assert again == first
    assert len(runner.asked) == 1


def test_a_teacher_that_never_answers_in_form_is_said(tmp_path: Path) -> None:
    teacher = PassageWriter(Teacher(FakeRunner(lambda messages: "I like manuals."), tmp_path / "replies.jsonl"))
    with pytest.raises(TeacherFailed, match="None of 1 replies") as failure:
        teacher.questions([("p", PASSAGE, "en")])
    assert "larger model" in failure.value.remedy


def test_manuals_become_text_and_unseen_ones_do_not(data: Path) -> None:
    entry = FaqEntry("f", "How is the fan cleaned?", "With dry air.", "en", "sv20")
    written = [Written("Q?", "A.", "en", "x", ""), Written("", "bad", "en", "x", "the same words")]
    with Library(IndexOptions(data / "index")) as library:
        passage = library.passages("sv20.md")[0]
        good = Written("Is it asked?", "It is.", "en", passage.id)
        found = text_rows(library, {"sv20-ja.md"}, TextShares(replay=0.0), [entry], [*written, good])
        again = text_rows(library, {"sv20-ja.md"}, TextShares(replay=0.0), [entry], [*written, good])
        texts = [p.text for p in library.passages("sv20.md")]
    assert found.rows == again.rows
    assert {row["source"] for row in found.rows} == {"sv20.md"}
    raw = "\n".join(row["text"] for row in found.rows if row["kind"] == "raw")
    assert all(text in raw for text in texts), "nothing of the manual is lost"
    assert any("Q: How is the fan cleaned?\nA: With dry air." in row["text"] for row in found.rows)
    assert sum(row["kind"] == "written" for row in found.rows) == 1
    assert not any("bad" in row["text"] for row in found.rows if row["kind"] == "written")


def test_the_replay_share_is_kept(data: Path, tmp_path: Path) -> None:
    import zstandard

    for lang, words in (("en", "General text about other things. "), ("ja", "ほかのことについての一般の文章です。")):
        page = {"source": "o/r", "license": "MIT", "lang": lang, "title": "t", "text": words * 60}
        rows = [{**page, "path": f"{lang}/{n}", "translation": "original"} for n in range(200)]
        lines = "\n".join(json.dumps(row) for row in rows)
        (tmp_path / f"{lang}.jsonl.zst").write_bytes(zstandard.ZstdCompressor().compress(lines.encode()))
    with Library(IndexOptions(data / "index")) as library:
        found = text_rows(library, (), TextShares(replay=0.25, restatements=1), general=tmp_path)
    share = found.characters["replay"] / sum(found.characters.values())
    assert share == pytest.approx(0.25, abs=0.02)
    assert {row["lang"] for row in found.rows if row["kind"] == "replay"} == {"ja", "en"}


def test_the_command_writes_text_and_says_what_is_missing(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANDON_EMBEDDER", "none")
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    done = CliRunner().invoke(app, ["train", "text", "--out", str(tmp_path), "--data", str(data)])
    assert done.exit_code == 0, done.output
    assert "No general text was given" in done.output and "No teacher wrote" in done.output
    card = json.loads((tmp_path / "cpt.card.json").read_text("utf-8"))
    assert card["files"]["cpt.jsonl"] == len((tmp_path / "cpt.jsonl").read_text("utf-8").splitlines())
    assert card["figures"]["characters"]["raw"] > 0
