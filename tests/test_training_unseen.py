"""The questions over unseen manuals: made the same way each time, answerable, and scored by what is shown."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from index.manuals.choose import reader_for
from index.passage import Passage
from index.passages.chunk import chunk
from training.bundled.evaluate_unseen import holds, shares
from training.bundled.unseen import COUNTS, questions, write_manuals
from training.errors import CorpusMissing

ROOT = Path(__file__).parent.parent
DATA = Path(os.environ.get("ANDON_SHARED_DATA", ROOT.parent / "shared" / "data"))
needs_data = pytest.mark.skipif(
    not (DATA / "jsquad-dev-ja").is_dir(), reason=f"the open data sets are not in {DATA} (ANDON_SHARED_DATA names them)"
)


@pytest.fixture(scope="module")
def passages() -> list[tuple[str, Passage]]:
    found = []
    for file in sorted((ROOT / "demo" / "manuals").glob("*.pdf"))[:2]:
        reading = reader_for(file).open(file)
        for number, p in enumerate(chunk(reading.pages)):
            place = (p.pages, p.page_labels, p.section, p.kind, p.lang)
            found.append((reading.title, Passage("p", "m", 1, number, p.text, *place)))
    return found


@needs_data
def test_the_set_is_the_same_each_time_and_holds_its_facts(passages: list[tuple[str, Passage]]) -> None:
    first = questions(DATA, passages)
    assert first == questions(DATA, passages)
    assert len({q.question for q in first}) == len(first)
    parts = {part: [q for q in first if q.part == part] for part in COUNTS}
    assert {part: len(found) for part, found in parts.items()} == COUNTS
    text = "\n".join(p.text for _, p in passages)
    assert all(holds(text, q.facts) for q in [*parts["demo-en"], *parts["demo-ja"]])
    assert {q.kind for q in parts["demo-en"]} >= {"alarm", "table", "steps"}
    assert not any(holds(q.question, q.facts) for q in parts["demo-en"] if q.kind == "table")


@needs_data
def test_manuals_are_written_for_the_index(tmp_path: Path) -> None:
    write_manuals(DATA, tmp_path)
    grbl = (tmp_path / "grbl-codes.md").read_text("utf-8")
    assert "| ALARM:1 | Hard limit |" in grbl
    assert (tmp_path / "jsquad.md").read_text("utf-8").count("\n## ") == COUNTS["jsquad"]


def test_missing_data_says_where(tmp_path: Path) -> None:
    with pytest.raises(CorpusMissing, match="unseen_data"):
        write_manuals(tmp_path, tmp_path)


def test_facts_are_found_whatever_the_marks_and_widths() -> None:
    assert holds("圧力は ０．５ ＭＰａ です。", ("0.5 MPa",))
    assert not holds("圧力は 0.6 MPa です。", ("0.5 MPa",))
    assert not holds("", ("0.5 MPa",))
    assert not holds("text", ("",))


def test_shares_count_what_was_asked() -> None:
    names = ("passage_holds_fact", "declined", "refused", "shown", "answered", "shown_without_fact")
    rows = [dict.fromkeys(names, False) | {"passage_holds_fact": True, "shown": True, "answered": True}]
    rows += [
        dict.fromkeys(names, False) | {"passage_holds_fact": True},
        dict.fromkeys(names, False) | {"declined": True},
    ]
    found = shares(rows)
    assert found["questions"] == 3
    assert found["answered"] == pytest.approx(1 / 3, abs=1e-3)
    assert found["answered_of_found"] == 0.5
    assert shares([])["answered"] == 0.0
