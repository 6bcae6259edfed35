"""Generation with a scripted teacher: to rows, resumed, each filter, and nothing of the hand-written test."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from domain_jobs import CPU, make_base
from fake_endpoint import FakeEndpoint, Manner
from fake_runner import FakeRunner
from scripted_teacher import mark, replies, script
from typer.testing import CliRunner

from training.errors import TaskInvalid, TeacherFailed, TextsLeaked
from training.tasks.cells import cells
from training.tasks.filters import REASONS, Cheap, Draft, balanced, second_look
from training.tasks.generate import Generated, Wanted, generate
from training.tasks.handwritten import Held, read_items
from training.tasks.rows import make_rows
from training.tasks.task import LANGS, Task, read_task
from training.tasks.verdict import Verdict, read_object, read_verdict
from training.teacher import Teacher
from ui.cli import app
from ui.wording import say


@pytest.fixture(scope="module")
def loto() -> Task:
    return read_task("loto")


def run(task: Task, out: Path, runner: FakeRunner, count: int = 32, **more: object) -> tuple[Generated, Teacher]:
    teacher = Teacher(runner, out / "replies.jsonl")
    wanted = Wanted(count, temperature=0.0, **more)  # type: ignore[arg-type]
    return generate(task, wanted, teacher, teacher, out, lambda news: None), teacher


@pytest.mark.parametrize("name", ["loto", "insurance"])
def test_from_cells_to_rows(tmp_path: Path, name: str) -> None:
    task = read_task(name)
    made, _ = run(task, tmp_path, script(task))
    assert Counter((one.lang, one.label) for one in made.drafts) == {
        (la, lb): 2 for la in LANGS for lb in task.label_ids
    }
    assert len(made.kept) >= 28, made.rejected
    count = make_rows(task, tmp_path / "texts.jsonl", tmp_path / "sft.jsonl", 1)
    rows = [json.loads(line) for line in (tmp_path / "sft.jsonl").read_text("utf-8").splitlines()]
    assert count == len(rows) == len(made.kept)
    by_text = {one.text: one for one in made.kept}
    for row in rows:
        text = next(text for text in by_text if text in row["prompt"][0]["content"])
        said = read_verdict(row["completion"][0]["content"], task.label_ids)
        assert said == Verdict(by_text[text].label, by_text[text].evidence)
        assert row["prompt"][0]["content"].endswith("\n")
    card = json.loads((tmp_path / "card.json").read_text("utf-8"))
    assert card["funnel"][0] == ["drafts asked for", 32] and card["funnel"][-1][1] == len(made.kept)
    assert task.notice["en"] in card["gaps"]


def test_a_longer_run_begins_with_the_shorter_one(loto: Task) -> None:
    assert cells(loto, 100, 3, LANGS)[:40] == cells(loto, 40, 3, LANGS)
    assert cells(loto, 40, 4, LANGS) != cells(loto, 40, 3, LANGS)
    shown = cells(loto, 40, 3, ("ja",), passages=5)
    assert {len(cell.passages) for cell in shown} == {1, 2, 3} and {cell.lang for cell in shown} == {"ja"}


def test_hard_scenes_go_only_with_their_labels(loto: Task) -> None:
    mended = "looks wrong at first and was put right before the work"
    labels = {cell.label for cell in cells(loto, 800, 1, ("en",)) if ("difficulty", mended) in cell.scene}
    assert labels == {"none"}


def test_a_run_that_was_cut_off_asks_only_for_the_rest(loto: Task, tmp_path: Path) -> None:
    _, first = run(loto, tmp_path, script(loto), count=12)
    replies = tmp_path / "replies.jsonl"
    whole = replies.read_bytes()
    replies.write_bytes(whole + b'{"key": "torn", "sa')  # the power went while a reply was written
    again = script(loto)
    made, teacher = run(loto, tmp_path, again, count=16)
    assert teacher.remembered == first.asked
    assert 0 < teacher.asked <= 8
    assert len(again.asked) == teacher.asked + 1  # and the one that it refuses, for its JSON Schema
    assert replies.read_bytes().startswith(whole) and all(map(json.loads, replies.read_text("utf-8").splitlines()))
    fresh, _ = run(loto, tmp_path / "fresh", script(loto), count=16)
    assert made == fresh


def test_a_teacher_that_fails_on_and_on_stops_the_run_and_keeps_what_it_said(loto: Task, tmp_path: Path) -> None:
    run(loto, tmp_path, script(loto), count=4)
    kept = (tmp_path / "replies.jsonl").read_bytes()
    broken = script(loto)
    broken.fail_after = 3
    with pytest.raises(TeacherFailed, match="3 times in a row"):
        run(loto, tmp_path, broken, count=12)
    assert (tmp_path / "replies.jsonl").read_bytes() == kept


def test_a_reply_in_another_form_is_asked_for_once_more_and_then_dropped(loto: Task, tmp_path: Path) -> None:
    talker = FakeRunner(lambda messages: "Certainly! Here is the log.", context_tokens=8000)
    made, teacher = run(loto, tmp_path, talker, count=3)
    assert made.rejected == {"schema": 3} and teacher.asked == 6


ENGLISH = (
    "Swapped the roller on conveyor 12, permit signed and sources listed. Breaker off. Left my padlock in the van and "
    "worked without it. Tried the button, dead. Guard on, called out, ran it empty for a minute."
)
EVIDENCE = "Left my padlock in the van"


def said(text: str = ENGLISH, evidence: str = EVIDENCE) -> str:
    return json.dumps({"text": text, "evidence": evidence}, ensure_ascii=False)


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (said(), ""),
        (f"```json\n{said()}\n```", ""),
        (said() + " Hope this helps!", "schema"),
        ('{"text": "a"}', "schema"),
        ('{"text": "a", "evidence": 3}', "schema"),
        (said(evidence="the padlock hung on its hook"), "evidence"),
        (said(evidence=" "), "evidence"),
        (said("保全の記録。" * 20, "保全の記録"), "language"),
        (said(EVIDENCE), "length"),
        (said(ENGLISH + " As an AI I cannot lock anything."), "banned"),
    ],
)  # fmt: skip
def test_each_cheap_filter(loto: Task, reply: str, reason: str) -> None:
    assert Cheap(loto, Held([])).draft(0, "en", "lock_tag", reply).reason == reason


def test_copies_near_copies_and_texts_of_the_test_are_dropped(loto: Task) -> None:
    items = read_items(loto)
    cheap = Cheap(loto, Held(items))
    assert cheap.draft(0, "en", "lock_tag", said()).reason == ""
    assert cheap.draft(1, "en", "lock_tag", said(ENGLISH.replace(". ", ".\n"))).reason == "copy"
    near = cheap.draft(2, "en", "lock_tag", said(ENGLISH.replace("conveyor 12", "conveyor 7")))
    assert (near.reason, near.detail) == ("near", "0")
    for lang in LANGS:
        item = next(item for item in items if item.lang == lang and item.label == "lock_tag")
        changed = item.text + (" Rest as always, no remarks." if lang == "en" else "ほかは普段どおり、特記なし。")
        leaked = cheap.draft(3, lang, "lock_tag", said(changed, item.evidence))
        assert (leaked.reason, leaked.detail) == ("test", item.id)


@pytest.mark.parametrize(
    ("seen", "reason"),
    [
        (Verdict("lock_tag", "my padlock in the van and worked without it"), ""),
        (None, "unread"),
        (Verdict("isolation", EVIDENCE), "label"),
        (Verdict("lock_tag", "ran it empty for a minute"), "span"),
        (Verdict("lock_tag", "my padlock in the van, sadly"), "span"),
    ],
)
def test_the_second_look_must_find_label_and_place(loto: Task, seen: Verdict | None, reason: str) -> None:
    made = Draft(0, "en", "lock_tag", ENGLISH, EVIDENCE)
    assert second_look(loto, made, seen).reason == reason


def test_what_the_second_look_calls_otherwise_is_kept_apart_with_the_reason(loto: Task, tmp_path: Path) -> None:
    made, _ = run(loto, tmp_path, script(loto, blind={"release": "handover"}))
    assert made.rejected["label"] == sum(one.label == "release" for one in made.drafts) == 4
    rejects = [json.loads(line) for line in (tmp_path / "rejects.jsonl").read_text("utf-8").splitlines()]
    assert {row["detail"] for row in rejects if row["reason"] == "label"} == {"handover"}
    card = json.loads((tmp_path / "card.json").read_text("utf-8"))
    assert any("No text was kept of: ja release, en release" in gap for gap in card["gaps"])


def test_labels_are_balanced_within_a_language() -> None:
    drafts = [Draft(n, "en", label, str(n), "") for n, label in enumerate("aaaaaaabb")]
    drafts.append(Draft(9, "ja", "a", "9", ""))
    found = balanced([*drafts, Draft(10, "en", "c", "10", "").dropped("length")], 2.0)
    assert Counter(one.reason for one in found) == {"": 7, "balance": 3, "length": 1}
    assert [one.number for one in found if one.reason == "balance"] == [4, 5, 6]


def test_rows_of_a_text_of_the_test_are_refused(loto: Task, tmp_path: Path) -> None:
    run(loto, tmp_path, script(loto), count=16)
    item = read_items(loto)[0]
    row = {"lang": item.lang, "label": item.label, "text": item.text, "evidence": item.evidence}
    with (tmp_path / "texts.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps(row, ensure_ascii=False) + "\n")
    with pytest.raises(TextsLeaked, match=item.id):
        make_rows(loto, tmp_path / "texts.jsonl", tmp_path / "sft.jsonl", 1)
    assert not (tmp_path / "sft.jsonl").exists()
    done = CliRunner().invoke(app, ["train", "task", "rows", "loto", "--out", str(tmp_path)])
    assert done.exit_code != 0


def test_the_commands_ask_an_endpoint_and_make_rows(loto: Task, tmp_path: Path) -> None:
    """Over HTTP; given again, nothing is asked, and a longer run asks for the rest."""
    (tmp_path / "words.txt").write_text("The lockout box hangs at\nbay 7.\n\nTags are yellow.\n", "utf-8")
    said = replies(loto)
    with FakeEndpoint(lambda messages: said(messages[-1]["content"]), Manner(kind="bare", context=8000)) as server:
        asked = ["train", "task", "generate", "loto", "--out", str(tmp_path / "out"), "--teacher", server.url,
                 "--temperature", "0", "--lang", "en", "--passages", str(tmp_path / "words.txt"),
                 "--data", str(tmp_path / "data")]  # fmt: skip
        done = CliRunner().invoke(app, [*asked, "--count", "8"])
        assert done.exit_code == 0, done.output
        chats = server.chats()
        assert len(chats) == 16 and "Traceback" not in done.output
        assert any("The lockout box hangs at bay 7." in chat["messages"][-1]["content"] for chat in chats)
        CliRunner().invoke(app, [*asked, "--count", "8"])
        assert len(server.chats()) == 16
        CliRunner().invoke(app, [*asked, "--count", "10"])
        assert len(server.chats()) == 20
    done = CliRunner().invoke(app, ["train", "task", "rows", "loto", "--out", str(tmp_path / "out")])
    assert done.exit_code == 0 and len((tmp_path / "out/sft.jsonl").read_text("utf-8").splitlines()) == 10


def test_an_unknown_language_is_refused(tmp_path: Path) -> None:
    asked = ["train", "task", "generate", "loto", "--out", str(tmp_path), "--lang", "de"]
    done = CliRunner().invoke(app, asked)
    assert done.exit_code != 0 and not list(tmp_path.iterdir())


def test_a_text_that_people_mended_wrongly_names_its_line(loto: Task, tmp_path: Path) -> None:
    texts = tmp_path / "texts.jsonl"
    good = {"lang": "en", "label": "lock_tag", "text": ENGLISH, "evidence": EVIDENCE}
    for wrong in ({"label": "x"}, {"evidence": "elsewhere"}, {"text": ""}):
        texts.write_text("\n".join(json.dumps(row) for row in (good, good | wrong)) + "\n", "utf-8")
        with pytest.raises(TaskInvalid, match="line 2"):
            make_rows(loto, texts, tmp_path / "sft.jsonl", 1)


def test_every_reason_has_words() -> None:
    assert all(say(f"task.reason.{reason}", lang) for reason in REASONS for lang in LANGS)


def test_an_object_is_read_strictly() -> None:
    assert read_object('{"a": "x"}', ("a",)) == {"a": "x"}
    assert read_object('["a"]', ("a",)) is None and read_object('{"a": "x", "b": "y"}', ("a",)) is None


@pytest.mark.slow
def test_a_tiny_model_learns_the_rows(loto: Task, tmp_path: Path) -> None:
    """The rows go through the real stage of instruction tuning, and the tuned folder is judged."""
    pytest.importorskip("trl")
    from training.domain.recipe import AnswerStage
    from training.tasks.evaluate import Asked, result_of
    from training.tasks.judges import by_folder, judge
    from training.tasks.tune import Tuning, tune

    run(loto, tmp_path, script(loto), count=16, langs=("en",))
    make_rows(loto, tmp_path / "texts.jsonl", tmp_path / "sft.jsonl", 1)
    base = make_base(tmp_path / "base")
    stage = AnswerStage(epochs=6, learning_rate=3e-3, tokens_per_step=2048, max_tokens=2048, save_steps=100)
    short = replace(stage, max_tokens=256)
    with pytest.raises(TaskInvalid, match="a row may have 256"):
        tune(loto, tmp_path / "sft.jsonl", tmp_path, Tuning(base, short, hardware=CPU), lambda news: None)
    report = tune(loto, tmp_path / "sft.jsonl", tmp_path, Tuning(base, stage, hardware=CPU), lambda news: None)
    assert report["rows"] == 16
    assert float(str(report["last_loss"])) < 0.8 * float(str(report["first_loss"])), report
    assert loto.notice["ja"] in (tmp_path / "model-card.md").read_text("utf-8")
    items = read_items(loto)[:1]
    judged = list(judge(loto, items, by_folder(tmp_path / "sft" / "model")))
    found = result_of(loto, judged, Asked("tiny", 1.0), None)
    assert found["accuracy"]["of"] == 1 and len(found["items"]) == 1
    assert mark("release", "en") in (tmp_path / "sft.jsonl").read_text("utf-8")
