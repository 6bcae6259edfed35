"""Evaluation of a task: figures counted by hand, two models on the same texts, the page in both languages."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from fake_runner import FakeRunner
from typer.testing import CliRunner

from edge.runner import Message
from training.errors import TaskInvalid
from training.tasks.evaluate import Asked, read_result, result_of, write_result
from training.tasks.handwritten import Item, read_items
from training.tasks.judges import Judged, by_runner, judge
from training.tasks.measures import figures
from training.tasks.task import LANGS, Task, read_task
from training.tasks.verdict import Verdict, overlap, read_verdict, stands_in
from training.two_choice.statistics import wilson
from ui.cli import app
from ui.task_page import task_page


@pytest.fixture(scope="module")
def loto() -> Task:
    return read_task("loto")


def judged(*pairs: tuple[str, str | None]) -> list[Judged]:
    """(wanted, said) labels, each with evidence that is right where there is one."""
    return [
        Judged(
            Item(f"en-s-{n}", "en", "The text is here.", wanted, "" if wanted == "none" else "text is"),
            None if said is None else Verdict(said, "" if said == "none" else "the text"),
        )
        for n, (wanted, said) in enumerate(pairs)
    ]


def test_figures_as_counted_by_hand(loto: Task) -> None:
    found = figures(
        loto,
        judged(
            ("release", "release"), ("release", "release"), ("release", "handover"), ("handover", "release"),
            ("handover", None), ("none", "none"), ("none", "release"), ("lock_tag", "none"),
        ),
    )  # fmt: skip
    assert (found["accuracy"]["right"], found["accuracy"]["of"]) == (3, 8)
    assert (found["accuracy"]["low"], found["accuracy"]["high"]) == pytest.approx(wilson(3, 8), abs=1e-4)
    release = found["by_label"]["release"]
    assert release["precision"]["share"] == 0.5 and release["recall"]["share"] == pytest.approx(0.6667)
    assert release["f1"] == pytest.approx(2 * 2 / (4 + 3), abs=1e-4)
    assert found["by_label"]["handover"]["taken_for"] == {"release": 1, "(unread)": 1}
    assert (found["false_alarms"]["right"], found["false_alarms"]["of"]) == (1, 2)
    assert (found["missed"]["right"], found["missed"]["of"]) == (1, 6)
    assert found["unread"]["right"] == 1
    assert found["macro_f1"] == pytest.approx((4 / 7 + 0 + 2 / 4 + 0) / 4, abs=1e-4)
    assert found["evidence_in_text"]["right"] == found["evidence_in_text"]["of"] == 2
    assert 0 < found["evidence_overlap"] < 1
    assert found["always_the_commonest"] == pytest.approx(3 / 8)


def test_evidence_is_compared_by_its_letters() -> None:
    assert overlap("残圧を抜かず", "残圧を抜かず") == 1 and overlap("", "") == 1 and overlap("", "a") == 0
    assert overlap("abcd", "bcde") == pytest.approx(2 * 2 / 6)
    assert stands_in("BREAKER  off", "the breaker off") and not stands_in("", "anything")


def test_a_verdict_is_read_strictly(loto: Task) -> None:
    assert read_verdict('{"label": "none", "evidence": ""}', loto.label_ids) == Verdict("none", "")
    assert read_verdict('{"label": "fire", "evidence": ""}', loto.label_ids) is None
    assert read_verdict("none", loto.label_ids) is None


def knows(task: Task, share: int) -> FakeRunner:
    """Right on texts whose length is no multiple of ``share``, else "none"."""
    items = read_items(task)

    def say(messages: tuple[Message, ...]) -> str:
        item = next(item for item in items if item.text in messages[-1].content)
        wrong = len(item.text) % share == 0
        return Verdict("none", "").line() if wrong else Verdict(item.label, item.evidence).line()

    return FakeRunner(say, context_tokens=8000)  # type: ignore[arg-type]


def test_two_models_are_compared_on_the_same_texts(loto: Task, tmp_path: Path) -> None:
    items = read_items(loto)
    weak, strong = (list(judge(loto, items, by_runner(loto, knows(loto, share)))) for share in (2, 10**6))
    assert all(one.right for one in strong)
    write_result(result_of(loto, weak, Asked("weak", 1.0), None), tmp_path / "weak.json")
    earlier = read_result(tmp_path / "weak.json")
    found = result_of(loto, strong, Asked("strong", 1.0), earlier)
    lost = sum(not one.right for one in weak)
    assert found["against"]["gained"] == lost > 10 and found["against"]["lost"] == 0
    assert found["against"]["mcnemar"] < 0.01 and found["against"]["low"] > 0
    assert found["false_alarms"]["share"] == 0 and found["evidence_overlap"] == 1
    changes = found["against"]["by_label"]
    assert sum(held["gained"] for held in changes.values()) == lost and set(changes) == set(loto.label_ids)
    assert all(held["p"] >= 0.03 for held in changes.values())  # 8 texts of a label, adjusted for 8 labels
    with pytest.raises(TaskInvalid, match="other texts"):
        result_of(loto, strong[:-1], Asked("strong", 1.0), earlier)
    with pytest.raises(TaskInvalid, match="no result"):
        read_result(tmp_path / "nothing.json")
    for lang in LANGS:
        page = task_page(loto, found, lang)
        assert loto.notice[lang] in page and "weak" in page and "100.0 % (72/72; 94.9–100.0)" in page
        assert all(label.name[lang] in page for label in loto.labels)


def test_the_command_judges_by_the_bundled_model(tmp_path: Path) -> None:
    """Two texts; whether it is right does not matter here."""
    lines = (Path(read_task("loto").folder) / "test.jsonl").read_text("utf-8").splitlines()
    (tmp_path / "two.jsonl").write_text("\n".join((lines[0], lines[-1])) + "\n", "utf-8")
    asked = ["train", "task", "evaluate", "loto", "--out", str(tmp_path), "--test", str(tmp_path / "two.jsonl")]
    done = CliRunner().invoke(app, [*asked, "--data", str(tmp_path / "data")])
    assert done.exit_code == 0, done.output
    found = json.loads((tmp_path / "evaluation.json").read_text("utf-8"))
    assert found["accuracy"]["of"] == 2 and len(found["items"]) == 2
    assert "does not replace a safety officer" in done.output
    assert (tmp_path / "evaluation.md").is_file()
