"""Gaps put together by meaning, assigned to somebody, and settled together."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from assistant.records.alike_gaps import grouped
from assistant.records.database import Database
from assistant.records.errors import FeedbackRefused, RecordUnknown
from assistant.records.gaps import Asked, Gap, GapTable, put_gap
from ui.admin.record_lists import gaps_html

# which question means what, in three made directions
MEANINGS = {"ファンの交換": (1.0, 0.0, 0.0), "How do I change the fan?": (0.9, 0.4359, 0.0), "油の量": (0.0, 0.0, 1.0)}


def embed(texts: Sequence[str]) -> np.ndarray:  # type: ignore[type-arg]
    return np.array([MEANINGS.get(text, (0.0, 1.0, 0.0)) for text in texts], dtype=np.float32)


def gap(number: int, question: str, count: int = 1, codes: tuple[str, ...] = ()) -> Gap:
    at = f"2026-05-{number:02d}T00:00:00+00:00"
    return Gap(number, "open", count, at, (question,), codes, ("value_missing",), (), "", "")


def test_the_same_in_other_words_and_languages_is_one_group() -> None:
    groups = grouped([gap(1, "油の量", 3), gap(2, "ファンの交換", 2), gap(3, "How do I change the fan?", 2)], embed)
    assert [(group.ids, group.count) for group in groups] == [((2, 3), 4), ((1,), 3)]
    assert groups[0].questions == ("ファンの交換", "How do I change the fan?")
    assert groups[0].last_at.startswith("2026-05-03")


def test_other_codes_are_other_gaps_and_without_an_embedder_each_stands_alone() -> None:
    both = [gap(1, "ファンの交換", codes=("E401",)), gap(2, "ファンの交換", codes=("E402",))]
    assert [group.ids for group in grouped(both, embed)] == [(1,), (2,)]
    assert [group.ids for group in grouped([gap(1, "ファンの交換"), gap(2, "ファンの交換")], None)] == [(1,), (2,)]


def test_a_group_is_shown_with_all_its_questions_and_who_sees_to_it() -> None:
    groups = grouped([gap(2, "ファンの交換"), gap(3, "How do I change the fan?")], embed)
    html = gaps_html(groups, {"open": 2}, "open", "en", ["boss"])
    assert html.count('class="a-record"') == 1
    assert 'data-id="2,3"' in html
    assert "asked 2×" in html
    assert 'href="#search/%E3%83%95%E3%82%A1%E3%83%B3%E3%81%AE%E4%BA%A4%E6%8F%9B"' in html
    assert '<option value="boss">' in html


def test_a_gap_is_assigned_and_stays_so_when_it_is_asked_again(tmp_path: Path) -> None:
    database = Database(tmp_path / "records.sqlite3")
    with database.write() as db:
        number = put_gap(db, Asked("a", "ファンの交換手順", "ja", "procedure_missing", ()))
    table = GapTable(database)
    assert table.assign(number, "boss", "admin").assigned == "boss"
    with database.write() as db:
        assert put_gap(db, Asked("b", "ファンの交換手順は", "ja", "procedure_missing", ())) == number
    assert [(each.assigned, each.count, each.changed_by) for each in table.all("open")] == [("boss", 2, "admin")]
    assert table.assign(number, "", "admin").assigned == ""
    with pytest.raises(RecordUnknown):
        table.assign(99, "boss", "admin")
    with pytest.raises(FeedbackRefused):
        table.assign(number, "x" * 201, "admin")
    database.close()
