"""Term rows: what passages hold of a question's terms, and what they say of others, read once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from index.passage import Manual, Passage
from index.search.lookalikes import MARK, folded_terms
from index.search.term_rows import TermRows, fields_of
from index.text import terms
from index.truth.truth import Truth

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


def test_the_questions_terms_are_counted_in_place_and_text(truth: Truth) -> None:
    held = TermRows(truth, ["greas", "car", "belt"]).counted([1, 2, 3])
    assert list(held.columns) == [1, 2] and list(held.rows) == ["greas", "car", "belt"]
    assert held.body[:, 0].tolist() == [2, 0, 0]
    assert held.place[:, 0].tolist() == [0, 1, 0]
    assert held.own[:, 0].tolist() == [False, True, False]


def test_marked_terms_of_ocr_are_counted(truth: Truth) -> None:
    marked = sorted(set(folded_terms(TEXTS[1])) - set(terms(TEXTS[1])))
    assert marked and all(term.startswith(MARK) for term in marked)
    assert TermRows(truth, marked).counted([2]).body.min() == 1
    assert TermRows(truth, ()).counted([1, 2], marked).body.sum(axis=0).tolist() == [0, len(marked)]


def test_a_passage_is_read_once(truth: Truth) -> None:
    rows = TermRows(truth, ["greas"])
    first = rows.counted([1, 2])
    truth.drop_manual("m1")
    assert rows.counted([2, 1]).body.tolist() == [line[::-1] for line in first.body.tolist()]
    assert list(rows.counted([1, 9]).columns) == [1]


def test_fields_are_those_of_each_language_in_their_order(truth: Truth) -> None:
    first = truth.numbered([1])[1]
    second = truth.numbered([2])[2]
    passages = {2: replace(second, lang="ja"), 1: first}
    rows = TermRows(truth, ["press", "car"])
    held = fields_of(passages, {"m1": MANUAL}, rows)
    assert (held["ja"].ids, held["en"].ids) == (("m1.1",), ("m1.0",))
    assert held["en"].lengths.tolist() == [len(terms(TEXTS[0]))]
    assert held["en"].title.tolist() == [[True], [False]]
    assert held["en"].section.tolist() == [[False], [True]]
    assert held["ja"].said(["greas"]) == frozenset()
    assert fields_of(passages, {"m1": MANUAL}, rows, ["greas"])["en"].said(["greas", "x"]) == {"m1.0"}
