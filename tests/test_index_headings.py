"""Heading terms: kept with each passage, made where an older Andon kept none, and no search finds otherwise for it."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from assistant_sources import demo_passages

from index.headings import HeadingTerms, own_title
from index.library import Library
from index.options import IndexOptions
from index.passage import Passage
from index.schema import VERSION
from index.search.searcher import Results
from index.text import terms
from index.truth import Truth

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
QUESTIONS = ("How do I grease the ram?", "ram overload", "AL.41", "guide hot on HP-3", "care", "ラムの給脂")


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


def held(options: IndexOptions) -> list[str | None]:
    db = sqlite3.connect(options.database)
    rows = db.execute("SELECT heading_terms FROM passage ORDER BY number").fetchall()
    db.close()
    return [row[0] for row in rows]


def change(options: IndexOptions, *statements: str) -> None:
    db = sqlite3.connect(options.database)
    with db:
        for statement in statements:
            db.execute(statement)
    db.close()


def test_they_are_the_terms_of_the_headings_and_of_an_alarms_name(options: IndexOptions) -> None:
    with Library(options) as library:
        passages = library.passages(library.manuals()[0].id)
    kept = [HeadingTerms.stored(text or "") for text in held(options)]
    assert kept == [HeadingTerms.of(passage) for passage in passages]
    greasing = next(one for one, passage in zip(kept, passages, strict=True) if "nipple" in passage.text)
    assert greasing.own == set(terms("Greasing")) and set(terms("ram")) <= greasing.above
    overload = next(one for one, passage in zip(kept, passages, strict=True) if "overload" in passage.text)
    assert set(terms("overload")) <= overload.own


def test_what_is_written_is_read_again() -> None:
    for number, draft in enumerate(demo_passages()):
        passage = Passage("p", "m", 1, number, draft.text, (1,), ("1",), draft.section, draft.kind, draft.lang)
        made = HeadingTerms.of(passage)
        assert HeadingTerms.stored(made.to_text()) == made
    assert HeadingTerms.stored(HeadingTerms().to_text()) == HeadingTerms()
    assert own_title("prose", "Alarm: AL.1") == ()


def test_a_search_finds_the_same_where_none_are_kept(options: IndexOptions) -> None:
    before = asked(options)
    assert all(results.hits for results in before[:4])
    change(options, "UPDATE passage SET heading_terms = NULL")
    assert asked(options) == before


def test_an_index_of_an_older_andon_gets_them_at_the_next_start(options: IndexOptions) -> None:
    before, kept = asked(options), held(options)
    change(
        options,
        "ALTER TABLE passage DROP COLUMN heading_terms",
        "DELETE FROM meta WHERE key = 'heading_form'",
        f"PRAGMA user_version = {VERSION - 1}",
    )
    with Library(options, write=True):
        pass
    assert held(options) == kept
    assert asked(options) == before


def test_a_reader_upgrades_the_tables_and_needs_none(options: IndexOptions) -> None:
    before = asked(options)
    change(options, "ALTER TABLE passage DROP COLUMN heading_terms", f"PRAGMA user_version = {VERSION - 1}")
    truth = Truth(options.database)
    assert truth.heading_terms([1, 2, 3]) == {}
    truth.close()
    assert asked(options) == before


def test_wrong_ones_are_found_and_made_again(options: IndexOptions) -> None:
    kept = held(options)
    change(options, "UPDATE passage SET heading_terms = 'wrong' WHERE number = 1")
    with Library(options, write=True) as library:
        assert "keywords" in {finding.kind for finding in library.verify().findings}
        library.verify(repair=True)
    assert held(options) == kept
