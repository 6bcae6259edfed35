"""Task files: the shipped ones hold together, and a broken one names its key."""

from __future__ import annotations

import json
from collections import Counter
from itertools import combinations
from pathlib import Path

import pytest

from index.text import language
from training.data.shingles import jaccard, shingles
from training.errors import TaskInvalid
from training.tasks.cells import cells
from training.tasks.handwritten import NEAR, Held, read_items
from training.tasks.prompts import judge_messages, write_messages
from training.tasks.task import LANGS, SHIPPED, read_task

TASKS = ("loto", "insurance")


@pytest.mark.parametrize("name", TASKS)
def test_a_shipped_task_has_seven_violations_and_a_test_of_each(name: str) -> None:
    task = read_task(name)
    assert len(task.labels) == 8 and task.none in task.label_ids
    items = read_items(task)
    counts = Counter((item.lang, item.label) for item in items)
    assert set(counts) == {(lang, label) for lang in LANGS for label in task.label_ids}
    assert min(counts.values()) >= 4
    assert all(language(item.text) == item.lang for item in items)
    assert sum(bool(item.hard) for item in items) >= len(items) // 2
    for item in items:
        low, high = task.characters[item.lang]
        assert low <= len(item.text) <= high, item.id


@pytest.mark.parametrize("name", TASKS)
def test_texts_of_the_test_are_not_near_each_other(name: str) -> None:
    """Else the bound from which a text counts as one of the test's would mean nothing."""
    items = read_items(read_task(name))
    for first, second in combinations(items, 2):
        assert jaccard(shingles(first.text), shingles(second.text)) < NEAR / 2, (first.id, second.id)
    for item in items:
        assert not Held([other for other in items if other is not item]).near(item.text)


@pytest.mark.parametrize("name", TASKS)
def test_no_prompt_for_the_teacher_holds_a_text_of_the_test(name: str) -> None:
    task = read_task(name)
    held = Held(read_items(task))
    for cell in cells(task, 100, 1, LANGS):
        assert not held.near(write_messages(task, cell, [])[0].content)


def test_a_text_is_judged_with_every_rule_and_ends_on_a_line_break() -> None:
    task = read_task("loto")
    asked = judge_messages(task, "Locked, tagged, {braces} and all.", "en")[0].content
    assert all(label.rule["en"] in asked for label in task.labels)
    assert asked.endswith("Locked, tagged, {braces} and all.\n")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('kind = "task"', 'kind = "domain"', 'kind is not "task"'),
        ('none = "none"', 'none = "fine"', "none is 'fine'"),
        ('id = "lock_tag"', 'id = "lock tag"', "labels[3].id"),
        ('id = "lock_tag"', 'id = "isolation"', "one id twice"),
        ("title.ja", "titel.ja", "titel is unknown"),
        ('labels = ["none"]', 'labels = ["nobody"]', "names 'nobody'"),
        ("characters.ja = [50, 500]", "characters.ja = [500, 50]", "characters.ja"),
        ('rule.en = "Work began', 'rule.fr = "Work began', "labels[1].rule.fr is unknown"),
        ("[[labels]]", "[labels", "is not TOML"),
    ],
)
def test_a_broken_file_names_its_key(tmp_path: Path, old: str, new: str, told: str) -> None:
    text = (SHIPPED / "loto/task.toml").read_text("utf-8")
    assert old in text
    (tmp_path / "task.toml").write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(TaskInvalid, match=r"task\.toml") as caught:
        read_task(str(tmp_path))
    assert told in caught.value.message


def test_an_unknown_task_names_those_that_ship() -> None:
    with pytest.raises(TaskInvalid) as caught:
        read_task("lotto")
    assert "insurance, loto" in caught.value.remedy


@pytest.mark.parametrize(
    "change", [{"label": "other"}, {"lang": "de"}, {"evidence": "not in it"}, {"evidence": ""}, {"more": "1"}]
)
def test_a_broken_item_names_its_line(tmp_path: Path, change: dict[str, str]) -> None:
    good = {"id": "a", "lang": "en", "text": "Hung a tag alone.", "label": "lock_tag", "evidence": "a tag alone"}
    path = tmp_path / "test.jsonl"
    path.write_text("\n".join(json.dumps(row) for row in (good, {**good, "id": "b", **change})), "utf-8")
    with pytest.raises(TaskInvalid, match="line 2"):
        read_items(read_task("loto"), path)
