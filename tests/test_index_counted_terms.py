"""Counted terms: they tell what the texts hold; whether they are kept or not, a search finds the same."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest
from assistant_sources import demo_passages
from hypothesis import given
from hypothesis import strategies as st

from index.library import Library
from index.options import IndexOptions
from index.search.searcher import Results
from index.text import terms
from index.truth.counted_terms import counted, key_of, packed
from index.truth.headings import HeadingTerms
from index.truth.schema import VERSION
from index.truth.truth import Truth

MANUAL = """# Press HP-3

## Care of the ram

### Greasing

Grease the nipple daily.

### Ram guides

Wipe them.

## Alarms

| Alarm | Name | Cause |
|---|---|---|
| AL.32 | Ram overload | The die is blocked |
| AL.41 | Guide hot | No grease |
"""
QUESTIONS = ("How is the ram greased?", "ram guides", "AL.32", "overload", "ラムの給脂", "zebra")
TERMS = ["a", "aa", "b-1", "締付", "_夕", "none"]
TEXTS = st.lists(st.sampled_from(TERMS[:-1]), max_size=9)


@pytest.fixture
def options(tmp_path: Path) -> IndexOptions:
    options = IndexOptions(tmp_path / "index", embedder="none")
    (tmp_path / "hp3.md").write_text(MANUAL, encoding="utf-8")
    with Library(options, write=True) as library:
        library.add(tmp_path / "hp3.md")
    return options


def asked(options: IndexOptions) -> list[Results]:
    with Library(options) as library:
        return [library.search(question) for question in QUESTIONS]


def held(options: IndexOptions) -> dict[int, bytes]:
    db = sqlite3.connect(options.database)
    rows = dict(db.execute("SELECT passage, packed FROM counted_terms"))
    db.close()
    return rows


def change(options: IndexOptions, *statements: str) -> None:
    db = sqlite3.connect(options.database)
    with db:
        for statement in statements:
            db.execute(statement)
    db.close()


@given(st.lists(st.tuples(TEXTS, TEXTS, TEXTS, TEXTS), max_size=6), st.sets(st.sampled_from(TERMS)))
def test_they_are_what_the_texts_hold(passages: Sequence[tuple[list[str], ...]], wanted: set[str]) -> None:
    made = {
        7 * number: packed(" ".join(place), " ".join(body), HeadingTerms(frozenset(own), frozenset(above)))
        for number, (place, body, own, above) in enumerate(passages)
    }
    found = counted(made, wanted)
    assert list(found.columns) == list(made) and set(found.rows) == wanted
    for number, (place, body, own, above) in zip(found.columns, passages, strict=True):
        column = found.columns[number]
        assert found.lengths[column] == len(body)
        for term, row in found.rows.items():
            assert found.body[row, column] == body.count(term)
            assert found.place[row, column] == place.count(term)
            assert found.own[row, column] == (term in own)
            assert found.above[row, column] == (term in above)


def test_what_stands_very_often_counts_as_often_as_can_be_told() -> None:
    found = counted({1: packed("b " * 100, "a " * 5000, HeadingTerms())}, ["a", "b"])
    assert (found.body[0, 0], found.place[1, 0], found.lengths[0]) == (4095, 63, 5000)


def test_no_two_terms_of_the_demo_have_one_hash() -> None:
    every = {term for passage in demo_passages() for term in terms(passage.text)}
    assert len({key_of(term) for term in every}) == len(every) > 1000


def test_each_passage_has_them(options: IndexOptions) -> None:
    truth = Truth(options.database)
    numbers = [int(row[0]) for row in truth.db.execute("SELECT number FROM passage")]
    kept = held(options)
    assert sorted(kept) == numbers
    passages = truth.numbered(numbers)
    for number, place, body in truth.keyword_rows(numbers):
        assert kept[number] == packed(place, body, HeadingTerms.of(passages[number]))
        assert counted({number: kept[number]}, Counter(body.split())).lengths[0] == len(body.split())
    truth.drop_manual(truth.manuals()[0].id)
    truth.close()
    assert held(options) == {}


def test_a_search_finds_the_same_where_none_are_kept(options: IndexOptions) -> None:
    before = asked(options)
    assert all(results.hits for results in before[:4])
    change(options, "DELETE FROM counted_terms WHERE passage % 2")
    assert asked(options) == before
    change(options, "DELETE FROM counted_terms")
    assert asked(options) == before


def older(options: IndexOptions) -> None:
    """As the Andon before kept it: heading terms in a column, nothing counted."""
    change(
        options,
        "DROP TABLE counted_terms",
        "ALTER TABLE passage ADD COLUMN heading_terms TEXT",
        "DELETE FROM meta WHERE key = 'counted_form'",
        f"PRAGMA user_version = {VERSION - 1}",
    )


def test_an_index_of_an_older_andon_gets_them_at_the_next_start(options: IndexOptions) -> None:
    before, kept = asked(options), held(options)
    older(options)
    with Library(options, write=True):
        pass
    assert held(options) == kept
    assert asked(options) == before


def test_one_killed_on_the_way_is_searched_as_it_is_and_completed_at_the_next_start(options: IndexOptions) -> None:
    before, kept = asked(options), held(options)
    change(options, "DELETE FROM counted_terms WHERE passage > 1", "DELETE FROM meta WHERE key = 'counted_form'")
    assert asked(options) == before
    with Library(options, write=True):
        pass
    assert held(options) == kept


def test_a_reader_upgrades_the_tables_and_needs_none(options: IndexOptions) -> None:
    before = asked(options)
    older(options)
    truth = Truth(options.database)
    assert truth.counted_terms([1, 2, 3]) == {}
    truth.close()
    assert asked(options) == before


@pytest.mark.parametrize("spoilt", ["UPDATE counted_terms SET packed = x'0100000000000000' WHERE passage = 1",
                                    "INSERT INTO counted_terms VALUES (99, x'0100000000000000')"])  # fmt: skip
def test_wrong_ones_and_strays_are_found_and_made_again(options: IndexOptions, spoilt: str) -> None:
    kept = held(options)
    change(options, spoilt)
    with Library(options, write=True) as library:
        assert "keywords" in {finding.kind for finding in library.verify().findings}
        library.verify(repair=True)
    assert held(options) == kept
