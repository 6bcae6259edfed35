"""Quick questions: alarms of the chosen line, asked about lately and often first; else the manuals' own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from ui_made import make_answer, make_found, make_hit

from assistant.records.entry import Asker
from assistant.records.records import Records
from index.library import Library
from index.options import IndexOptions
from index.passage import Manual
from ui import quick as quick_file
from ui.quick import ALARMS, QuickQuestions, alarm_names, quick_html

PACKER = "# Packer PK-7\n\n## 2 Alarms\n\n| Alarm | Name | Remedy |\n|---|---|---|\n" + "".join(
    f"| E-4{n:02} | Fault {n} | Reset. |\n" for n in range(1, 10)
)
FEEDER = "# Feeder FD-2\n\n## 2 Alarms\n\n| Alarm | Name | Remedy |\n|---|---|---|\n"
FEEDER += "| E-401 | &lt;b&gt;Jam&lt;/b&gt; | Clear. |\n"


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library(IndexOptions(tmp_path / "index"), write=True) as opened:
        for name, text in (("pk7.md", PACKER), ("fd2.md", FEEDER)):
            (tmp_path / name).write_text(text, encoding="utf-8")
            opened.add(tmp_path / name)
        yield opened


@pytest.fixture
def records(tmp_path: Path) -> Records:
    return Records(tmp_path / "records.sqlite3")


def ask(records: Records, manual: Manual, question: str, times: int = 1) -> None:
    hit = replace(make_hit(), manual=manual)
    for _ in range(times):
        records.answered(replace(make_answer(make_found(hit)), question=question), Asker("sato", "page"))


def labels(quick: QuickQuestions, manuals: list[Manual]) -> dict[str, list[str]]:
    return {group.kind: [button.label for button in group.buttons] for group in quick.groups(manuals, "en")}


def test_without_a_log_the_manuals_alarms_are_there_in_turn(library: Library, records: Records) -> None:
    packer, feeder = library.manual("pk7.md"), library.manual("fd2.md")
    found = labels(QuickQuestions(library, records), [packer, feeder])
    assert list(found) == ["listed", "general"]
    assert found["listed"][:3] == ["E-401 <b>Jam</b>", "E-401 Fault 1", "E-402 Fault 2"]
    assert len(found["listed"]) == ALARMS
    assert labels(QuickQuestions(library, records), []) == {}
    assert alarm_names([]) == {}


def test_what_was_asked_of_the_chosen_machine_comes_first(
    library: Library, records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quick_file, "_FRESH_S", 0.0)
    packer, feeder = library.manual("pk7.md"), library.manual("fd2.md")
    quick = QuickQuestions(library, records)
    ask(records, packer, "e405 でした", times=3)
    for number in (6, 7, 8):
        ask(records, packer, f"E-40{number}")
    ask(records, feeder, "E-401")
    ask(records, packer, "E-999 が出た")  # a code that no alarm has
    found = labels(quick, [packer])
    assert found["recent"] == ["E-408 Fault 8", "E-407 Fault 7", "E-406 Fault 6"]
    assert found["frequent"] == ["E-405 Fault 5"]
    assert found["listed"] == ["E-401 Fault 1", "E-402 Fault 2"]
    assert labels(quick, [feeder])["recent"] == ["E-401 <b>Jam</b>"]
    html = quick_html(quick.groups([packer, feeder], "en"), "en")
    assert "&lt;b&gt;Jam&lt;/b&gt;" in html
    assert "3×" in html
    assert 'data-question="What are the cause and the remedy of E-408 Fault 8?"' in html


def test_a_log_that_cannot_be_read_takes_no_buttons_away(library: Library, tmp_path: Path) -> None:
    (tmp_path / "broken.sqlite3").write_bytes(b"no database" * 100)
    found = labels(QuickQuestions(library, Records(tmp_path / "broken.sqlite3")), [library.manual("fd2.md")])
    assert found["listed"] == ["E-401 <b>Jam</b>"]
