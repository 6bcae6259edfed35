"""Retrieval sets: what is asked and what is looked for are built as said, and ranks are counted rightly."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from index.library import Library
from index.options import IndexOptions
from tests.retrieval_sets import (
    NOT_FOUND,
    SETS,
    RetrievalSet,
    Target,
    bugcheck_names,
    bugcheck_titles,
    dynamics,
    figures,
    heading_questions,
    is_target,
    jsquad,
    klipper,
    linuxcnc,
    manuals_of,
    odrive,
    passages_of,
    ranks_by_cosine,
    sections,
)

LONG = "The pump stops when the tank is empty. " * 8


def rows(path: Path, *lines: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")


def page(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def looked_for(one: RetrievalSet) -> dict[str, str]:
    return {asked.text: one.targets[asked.target].text for asked in one.questions}


def test_sections_end_at_headings_but_not_at_hashes_in_code() -> None:
    text = "before\n# One\na\n```\n# no heading\n```\n## Two ##\nb\n#hash\n"
    assert sections(text) == [("", "before"), ("One", "a\n```\n# no heading\n```"), ("Two", "b\n#hash")]


def test_headings_are_asked_that_say_something_stand_once_and_have_text() -> None:
    found = [
        ("2.1 Pump stops early", LONG), ("Overview", LONG), ("Tank level", LONG), ("Tank Level", LONG),
        ("Filling the tank", "See above."),
    ]  # fmt: skip
    assert [(asked.text, asked.target) for asked in heading_questions(found)] == [("Pump stops early", 0)]


def test_jsquad_asks_for_distinct_paragraphs(tmp_path: Path) -> None:
    docs = [("a", "甲", "水は零度で凍る。"), ("b", "甲", "水は百度で沸く。"), ("c", "乙", "水は零度で凍る。")]
    rows(tmp_path / "jsquad-dev-ja/docs.jsonl", *({"id": i, "title": t, "text": text} for i, t, text in docs))
    asked = [("何度で凍る?", "c"), ("何度で沸く?", "b")]
    rows(tmp_path / "jsquad-dev-ja/qa.jsonl", *({"question": q, "context_id": i} for q, i in asked))
    one = jsquad(tmp_path)
    assert looked_for(one) == {"何度で凍る?": "水は零度で凍る。", "何度で沸く?": "水は百度で沸く。"}
    assert len(one.targets) == 2
    ((manual, text),) = manuals_of(one.targets).items()
    assert manual == "jsquad-article-0000.md"
    assert text == "# 甲\n\n## 段落 1\n\n水は零度で凍る。\n\n## 段落 2\n\n水は百度で沸く。\n"


def test_english_asks_for_japanese_pages(tmp_path: Path) -> None:
    folder = tmp_path / "dynamics365-asset-management-ja"
    page(folder / "docs/a/x.md", "# 作業指示書\n資産の作業指示書を作る。")
    rows(folder / "docs.jsonl", {"id": "a/x.md", "title": "作業指示書"})
    rows(folder / "xling_queries.jsonl", {"query": "work orders", "doc": "a/x.md"})
    one = dynamics(tmp_path)
    assert looked_for(one) == {"work orders": "# 作業指示書\n資産の作業指示書を作る。"}
    assert passages_of(one.targets[0], "ja") == ["作業指示書 > 作業指示書\n資産の作業指示書を作る。"]
    assert manuals_of(one.targets) == {"a--x.md": "# 作業指示書\n資産の作業指示書を作る。"}


def test_stop_codes_are_asked_with_and_without_their_number(tmp_path: Path) -> None:
    folder = tmp_path / "windows-bugcheck-en-ja"
    page(folder / "docs/ja/2.md", "# バグ チェック 0x2\nデバイス キュー")
    english = {"code": "0x2", "title": "Bug Check 0x2 DEVICE_QUEUE_NOT_BUSY", "doc": "en/2.md", "lang": "en"}
    rows(folder / "codes.jsonl", english, {"code": "0x2", "title": "バグ", "doc": "ja/2.md", "lang": "ja"})
    assert list(looked_for(bugcheck_titles(tmp_path))) == ["Bug Check 0x2 DEVICE_QUEUE_NOT_BUSY"]
    assert list(looked_for(bugcheck_names(tmp_path))) == ["device queue not busy"]
    assert bugcheck_names(tmp_path).targets == bugcheck_titles(tmp_path).targets


def test_english_sets_hide_the_heading_that_is_asked(tmp_path: Path) -> None:
    docs = tmp_path / "klipper-en-ja"
    page(docs / "docs/en/FAQ.md", "# Questions\n## Where is my port?\nRun ls.\n## Do I need a fan?\nNo.")
    rows(docs / "docs.jsonl", {"id": "en/FAQ.md", "lang": "en"}, {"id": "ja/FAQ.md", "lang": "ja"})
    rows(docs / "qa.jsonl", {"question": "Do I need a fan?", "doc": "en/FAQ.md", "lang": "en"})
    one = klipper(tmp_path)
    assert looked_for(one) == {"Do I need a fan?": "No."}
    assert manuals_of(one.targets) == {
        "en--FAQ.md": "# Questions\n\n## Part 3\n\nRun ls.\n\n## Part 4\n\nNo.\n",
    }
    assert passages_of(one.targets[1], "en") == ["No."]

    cnc = tmp_path / "linuxcnc-en"
    page(cnc / "docs/a.md", f"# Pumps\n## Pump stops early\n{LONG}")
    rows(cnc / "docs.jsonl", {"id": "a.md"})
    assert looked_for(linuxcnc(tmp_path)) == {"Pump stops early": LONG.strip()}

    flags = tmp_path / "odrive-en"
    page(flags / "docs/usb.md", "# USB\nPlug it in.")
    rows(flags / "docs.jsonl", {"id": "usb.md"})
    known = {"code": "OVER_TEMP", "title": "", "text": "Check the motor.", "component": "ODrive.Axis"}
    rows(flags / "codes.jsonl", known, {"code": "SIMPLE", "title": "", "text": "CAN.", "component": "valuetypes.X"})
    assert looked_for(odrive(tmp_path)) == {"over temp": "Check the motor."}
    assert [target.text for target in odrive(tmp_path).targets] == ["Check the motor.", "Plug it in."]


def test_ranks_count_targets_by_their_nearest_passage_and_ties_against_them() -> None:
    passages = np.array([[1, 0], [0, 1], [0.6, 0.8], [1, 0]], dtype=np.float32)
    owners = [0, 0, 1, 3]
    questions = np.array([[0, 1], [0, 1], [1, 0], [1, 0], [1, 0]], dtype=np.float32)
    assert ranks_by_cosine(questions, passages, owners, [0, 1, 0, 1, 2]) == [1, 2, 2, 3, NOT_FOUND]


def test_figures() -> None:
    found = figures([1, 2, 6, 11, NOT_FOUND])
    assert found == {"recall_at_1": 0.2, "recall_at_5": 0.4, "recall_at_10": 0.6, "mrr_at_10": 0.3333}


def test_a_sample_is_the_same_each_time_and_keeps_all_targets(tmp_path: Path) -> None:
    targets = tuple(Target("m.md", "M", f"Part {n}", LONG) for n in range(1, 31))
    one = RetrievalSet("x", "en", "en", targets, heading_questions([(f"Valve pump {n}", LONG) for n in range(30)]))
    assert one.sampled(0) is one
    assert one.sampled(99) is one
    assert one.sampled(5) == one.sampled(5)
    assert len(one.sampled(5).questions) == 5
    assert one.sampled(5).targets == one.targets


def test_a_hit_is_known_by_its_manual_and_part(tmp_path: Path) -> None:
    targets = (
        Target("tank.md", "Tank", "Part 1", "The float valve shuts the inlet of the tank."),
        Target("tank.md", "Tank", "Part 2", "The drain cock empties the tank."),
        Target("page.md", "Hoist", "", "# Hoist\n## Brake\nThe hoist brake has a spring."),
    )
    with Library(IndexOptions(tmp_path / "index", embedder="none"), write=True) as library:
        for name, text in manuals_of(targets).items():
            page(tmp_path / name, text)
            library.add(tmp_path / name)
        for question, expected in (("float valve inlet", 0), ("drain cock", 1), ("hoist brake spring", 2)):
            first = library.search(question).hits[0]
            assert [is_target(first, target) for target in targets] == [n == expected for n in range(3)]


@pytest.mark.parametrize("name", list(SETS))
def test_every_set_of_the_open_data_has_questions_with_a_target_that_says_something(open_data: Path, name: str) -> None:
    one = SETS[name](open_data)
    assert len(one.questions) >= 15
    assert all(passages_of(one.targets[asked.target], one.written_in) for asked in one.questions[:20])
    places = [(target.manual, target.place) for target in one.targets]
    assert len(set(places)) == len(places), "a hit must be one target's only"
