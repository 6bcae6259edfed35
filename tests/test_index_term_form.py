"""Keyword rows and codes that an older Andon made are made again when the library opens for writing, once."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from index.library import Library
from index.options import IndexOptions
from index.truth.term_form import FORM

MANUAL = "# Press HP-3\n\n## Alarms\n\n### AL.32 Overload\n\nFree the ram.\n\n## 給脂\n\n軸受にグリスを塗る。\n"


def made(folder: Path) -> IndexOptions:
    options = IndexOptions(folder / "index", embedder="none")
    (folder / "hp3.md").write_text(MANUAL, encoding="utf-8")
    with Library(options, write=True) as library:
        library.add(folder / "hp3.md")
    return options


def rows(options: IndexOptions) -> tuple[list[tuple[object, ...]], list[tuple[object, ...]]]:
    db = sqlite3.connect(options.database)
    try:
        return (
            db.execute("SELECT rowid, place, body FROM keyword ORDER BY rowid").fetchall(),
            db.execute("SELECT code, passage, lead FROM code ORDER BY 1, 2").fetchall(),
        )
    finally:
        db.close()


def spoil(options: IndexOptions, form: str) -> None:
    """Other terms and no codes, noted as made in ``form``."""
    db = sqlite3.connect(options.database)
    with db:
        db.execute("UPDATE keyword SET body = 'old'")
        db.execute("DELETE FROM code")
        db.execute("DELETE FROM meta WHERE key = 'term_form'")
        if form:
            db.execute("INSERT INTO meta VALUES ('term_form', ?)", (form,))
    db.close()


def test_rows_of_an_older_form_are_made_again(tmp_path: Path) -> None:
    options = made(tmp_path)
    fresh = rows(options)
    for form in ("", "1"):
        spoil(options, form)
        assert rows(options) != fresh
        with Library(options, write=True) as library:
            assert library.search("AL.32", 1).hits[0].passage.text == "Free the ram."
            assert library.search("グリースを塗る", 1).hits[0].passage.section[-1] == "給脂"
        assert rows(options) == fresh


def test_rows_of_this_form_are_left_alone(tmp_path: Path) -> None:
    options = made(tmp_path)
    spoil(options, FORM)
    spoilt = rows(options)
    with Library(options, write=True):
        pass
    assert rows(options) == spoilt


def test_a_reader_changes_nothing(tmp_path: Path) -> None:
    options = made(tmp_path)
    spoil(options, "")
    spoilt = rows(options)
    with Library(options):
        pass
    assert rows(options) == spoilt
