"""Term rows: what the keyword index holds of a passage, counted and without marked terms, read once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.passage import Manual, Passage
from index.search.term_rows import TermRow, TermRows
from index.text import terms
from index.truth import Truth

TEXTS = ("Grease the grease nipple.", "モータの過熱。フィル夕を洗う。")
MANUAL = Manual("m1", "a.md", "Press", 1, "a", 1, len(TEXTS), "en", "")


@pytest.fixture
def truth(tmp_path: Path) -> Iterator[Truth]:
    truth = Truth(tmp_path / "andon.sqlite3")
    made = [
        Passage(f"m1.{n}", "m1", 1, n, text, (1,), ("1",), ("Care",), "prose", "en", recognised=0.9 if n else None)
        for n, text in enumerate(TEXTS)
    ]
    truth.put_manual(MANUAL, ".md", made)
    yield truth
    truth.close()


def test_they_are_the_terms_of_place_and_text(truth: Truth) -> None:
    rows = TermRows(truth, ["greas", "car", "belt"]).of([1, 2, 3])
    assert sorted(rows) == [1, 2]
    assert rows[1].body == rows[1].said == terms(TEXTS[0])
    assert rows[1].place == ["press", "a", "car"]
    assert rows[1].counts == ({"car": 1}, {"greas": 2})
    assert [text.count(" greas ") for text in rows[1].apart] == [0, 2]
    assert [text.count(" car ") for text in rows[1].apart] == [1, 0]


def test_marked_terms_of_ocr_are_not_said(truth: Truth) -> None:
    row = TermRows(truth, ()).of([2])[2]
    assert row.said == terms(TEXTS[1])
    assert len(row.body) > len(row.said)


@given(
    st.lists(st.sampled_from(["a", "aa", "b-1", "締付"])), st.sets(st.sampled_from(["a", "aa", "b-1", "締付", "none"]))
)
def test_wanted_terms_are_counted_whole(body: list[str], wanted: set[str]) -> None:
    counts = {term: body.count(term) for term in wanted if term in body}
    assert TermRow("", " ".join(body), wanted).counts == ({}, counts)
    assert TermRow(" ".join(body), "", wanted).counts == (counts, {})
    for term in wanted:
        place, text = TermRow(" ".join(body), " ".join(body), ()).apart
        assert place.count(f" {term} ") == text.count(f" {term} ") == body.count(term)


def test_a_passage_is_read_once(truth: Truth) -> None:
    rows = TermRows(truth, ())
    first = rows.of([1, 2])
    truth.drop_manual("m1")
    assert rows.of([2, 1]) == first
