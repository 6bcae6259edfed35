"""Verifying the truth: SQLite's own checks, rows that belong together, keywords and codes against their passages."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

from index.passage import Manual
from index.truth.counted_terms import packed
from index.truth.headings import HeadingTerms
from index.truth.stored_rows import StoredRows
from index.truth.truth import Truth

if TYPE_CHECKING:
    from index.verify import Finding, ReportCheck

AT_ONCE = 500  # passages
_ORPHANS = (  # passages that no manual of that revision has: a search would show text that is no longer valid
    "SELECT passage.id AS id FROM passage LEFT JOIN manual ON manual.id = passage.manual_id"
    " AND manual.revision = passage.revision WHERE manual.id IS NULL"
)
_LOST = (  # passages of a manual are numbered from 0 without gaps
    "SELECT manual.name AS name FROM manual LEFT JOIN passage ON passage.manual_id = manual.id GROUP BY manual.id"
    " HAVING count(passage.number) = 0 OR max(passage.ordinal) + 1 != count(passage.number)"
)
_UNLISTED = (  # a live revision must stand in the list of revisions, or its number would be given away again
    "SELECT manual.name AS name FROM manual LEFT JOIN revision ON revision.manual_id = manual.id"
    " AND revision.revision = manual.revision WHERE revision.manual_id IS NULL"
)
_FREE_KEYWORDS = "SELECT rowid AS number FROM keyword WHERE rowid NOT IN (SELECT number FROM passage)"
_FREE_COUNTS = "SELECT passage AS number FROM counted_terms WHERE passage NOT IN (SELECT number FROM passage)"
_FREE_CODES = "SELECT DISTINCT passage AS number FROM code WHERE passage NOT IN (SELECT number FROM passage)"


class TruthCheck:
    """Looks at the SQLite file, and makes again from the passages what is made of them."""

    def __init__(self, truth: Truth) -> None:
        self._truth = truth

    def findings(self, say: ReportCheck) -> list[Finding]:
        from index.verify import finding

        found = [*finding("database", self._database()), *finding("keyword_index", self._keyword_index())]
        try:
            with self._truth.snapshot() as db:
                orphans = {str(row["id"]) for row in db.execute(_ORPHANS)}
                orphans |= {f"revision of {row['name']}" for row in db.execute(_UNLISTED)}
                found += finding("orphans", orphans)
                found += finding("passages_lost", {str(row["name"]) for row in db.execute(_LOST)})
                keywords, codes = self._rows(db, say)
                for free in (_FREE_KEYWORDS, _FREE_COUNTS):
                    keywords |= {f"row {row['number']}" for row in db.execute(free)}
                codes |= {f"row {row['number']}" for row in db.execute(_FREE_CODES)}
                found += finding("keywords", keywords)
                found += finding("codes", codes)
        except sqlite3.DatabaseError as error:
            if not any(one.kind in ("database", "keyword_index") for one in found):
                found += finding("database", [_malformed(error)])
        return found

    def _database(self) -> list[str]:
        """What SQLite itself says against the file and its references; newer versions look at the keyword index too."""
        try:
            rows = [str(row[0]) for row in self._truth.db.execute("PRAGMA integrity_check(20)")]
            rows += [f"reference of {row[0]}" for row in self._truth.db.execute("PRAGMA foreign_key_check")]
        except sqlite3.DatabaseError as error:
            return [_malformed(error)]
        return [row for row in rows if row != "ok" and "fts5" not in row.lower()]

    def _keyword_index(self) -> list[str]:
        """What FTS5 says: its integrity check compares every term of every row with the index."""
        try:
            with self._truth.transaction() as db:
                db.execute("INSERT INTO keyword (keyword) VALUES ('integrity-check')")
        except sqlite3.DatabaseError as error:
            return [_malformed(error)]
        return []

    def _rows(self, db: sqlite3.Connection, say: ReportCheck) -> tuple[set[str], set[str]]:
        """Ids of passages whose row in the keyword index, and whose codes, are not what their text gives."""
        keywords, codes = set(), set()
        manuals = self._truth.manuals()
        for done, manual in enumerate(manuals):
            say("passages", done, len(manuals))
            held = {
                int(row["rowid"]): (row["place"], row["body"], row["packed"])
                for row in db.execute(
                    "SELECT keyword.rowid, place, body, packed FROM passage"
                    " JOIN keyword ON keyword.rowid = passage.number"
                    " LEFT JOIN counted_terms ON counted_terms.passage = passage.number WHERE manual_id = ?",
                    (manual.id,),
                )
            }  # fmt: skip
            listed: defaultdict[int, list[tuple[str, int]]] = defaultdict(list)
            for row in db.execute(
                "SELECT code, passage, lead FROM code JOIN passage ON number = passage WHERE manual_id = ?",
                (manual.id,),
            ):
                listed[int(row["passage"])].append((str(row["code"]), int(row["lead"])))
            for number, rows in self._wanted(manual):
                passage_id = str(rows.passage[0])
                if held.get(number) not in [(rows.place, rows.body, made) for made in (rows.counted, None)]:
                    keywords.add(passage_id)
                if sorted(listed[number]) != sorted(rows.codes):
                    codes.add(passage_id)
        return keywords, codes

    def _wanted(self, manual: Manual) -> Iterator[tuple[int, StoredRows]]:
        """The rows that each passage of ``manual`` should have, with its number."""
        passages = self._truth.passages_of(manual.id)
        for start in range(0, len(passages), AT_ONCE):
            part = passages[start : start + AT_ONCE]
            numbers = self._truth.numbers([passage.id for passage in part])
            for passage in part:
                yield numbers[passage.id], StoredRows.of(manual, passage)

    def repair(self, kinds: Collection[str]) -> None:
        """Mend the findings of these kinds, each in one transaction. Callers hold back whoever changes passages."""
        if "database" in kinds:
            self._reindex()
        if "orphans" in kinds:
            with self._truth.transaction() as db:
                db.execute(f"DELETE FROM passage WHERE id IN ({_ORPHANS})")
                db.execute("INSERT OR IGNORE INTO revision SELECT id, revision, sha256, added_at FROM manual")
        if {"orphans", "codes"} & set(kinds):
            wanted = [row for manual in self._truth.manuals() for row in self._wanted(manual)]
            with self._truth.transaction() as db:
                db.execute("DELETE FROM code")
                for number, rows in wanted:
                    rows.insert_codes(db, number)
        if {"orphans", "keywords", "keyword_index"} & set(kinds):
            self._keywords_again()

    def count_terms(self) -> None:
        """Make the counted terms of all passages from the keyword index, a manual at a time; 0.2 ms a passage."""
        for manual in self._truth.manuals():
            passages = self._truth.passages_of(manual.id)
            for start in range(0, len(passages), AT_ONCE):
                part = {passage.id: passage for passage in passages[start : start + AT_ONCE]}
                numbers = {number: passage for passage, number in self._truth.numbers(part).items()}
                made = [
                    (number, packed(place, body, HeadingTerms.of(part[numbers[number]])))
                    for number, place, body in self._truth.keyword_rows(numbers)
                ]
                with self._truth.transaction() as db:
                    db.executemany("INSERT OR REPLACE INTO counted_terms VALUES (?, ?)", made)

    def _keywords_again(self) -> None:
        """The keyword index anew: a damaged one cannot be trusted to take single rows out of itself."""
        wanted = [row for manual in self._truth.manuals() for row in self._wanted(manual)]
        with self._truth.transaction() as db:
            tables = dict(db.execute("SELECT name, sql FROM sqlite_master WHERE name IN ('keyword', 'keyword_vocab')"))
            for name in ("keyword_vocab", "keyword"):
                db.execute(f"DROP TABLE {name}")
            for name in ("keyword", "keyword_vocab"):
                db.execute(tables[name])
            db.execute("DELETE FROM counted_terms")
            for number, rows in wanted:
                rows.insert_keywords(db, number)
            db.execute("UPDATE change SET number = number + 1")  # what is remembered of the old one is not right

    def _reindex(self) -> None:
        """Indexes can be made again from their tables; what is wrong in the tables stays and is told again."""
        try:
            with self._truth.transaction() as db:
                for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'index'").fetchall():
                    db.execute(f'REINDEX "{name}"')
        except sqlite3.DatabaseError as error:
            _malformed(error)


def _malformed(error: sqlite3.DatabaseError) -> str:
    """What SQLite said, where it speaks of the file; a lock or a full disk is no finding, and is raised."""
    if isinstance(error, sqlite3.OperationalError) and any(word in str(error) for word in ("locked", "busy", "full")):
        raise error
    return str(error)
