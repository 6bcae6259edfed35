"""Keyword candidates: BM25 over the FTS5 table, and how rare each term is."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from index.search.scope import EVERYWHERE, Within
from index.truth import Truth

PLACE_WEIGHT = 1.5  # a word in the heading path or title counts this much more than one in the body


def search_keywords(truth: Truth, wanted: Sequence[str], limit: int, within: Within = EVERYWHERE) -> list[int]:
    """Numbers of the best ``limit`` passages ``within`` that hold at least one term of ``wanted``, best first.
    ``wanted`` are terms of index.text.terms."""
    if not wanted:
        return []
    scope, values = within.where()
    join = "JOIN passage ON passage.number = keyword.rowid" if within else ""
    rows = truth.db.execute(
        f"SELECT keyword.rowid AS number FROM keyword {join} WHERE keyword MATCH ? {scope}"
        " ORDER BY bm25(keyword, ?, 1.0) LIMIT ?",
        (" OR ".join(f'"{term}"' for term in wanted), *values, PLACE_WEIGHT, limit),
    ).fetchall()
    return [int(row["number"]) for row in rows]


def term_rarity(truth: Truth, wanted: Iterable[str]) -> dict[str, float]:
    """Inverse document frequency of each term; a term that stands nowhere is rarest."""
    total = _passages(truth)
    rarity = {}
    for term in wanted:
        row = truth.db.execute("SELECT doc FROM keyword_vocab WHERE term = ?", (term,)).fetchone()
        rarity[term] = _rarity(total, int(row["doc"]) if row else 0)
    return rarity


def rarity_of_nothing(truth: Truth) -> float:
    """The rarity of a term that stands nowhere."""
    return _rarity(_passages(truth), 0)


def _passages(truth: Truth) -> int:
    return int(truth.db.execute("SELECT count(*) FROM passage").fetchone()[0])


def _rarity(total: int, count: int) -> float:
    return math.log(1 + (total - count + 0.5) / (count + 0.5))
