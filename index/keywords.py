"""Keyword search: BM25 over the FTS5 table, and how much of a question a passage holds."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

from index.text import informative, terms
from index.truth import Truth

PLACE_WEIGHT = 1.5  # a word in the heading path or title counts this much more than one in the body


def search_keywords(truth: Truth, question_terms: Sequence[str], limit: int) -> list[tuple[int, float]]:
    """(passage number, BM25) of the best ``limit`` passages that hold at least one term, best first, BM25 positive."""
    wanted = [term for term in dict.fromkeys(question_terms) if informative(term)]
    if not wanted:
        return []
    rows = truth.db.execute(
        "SELECT rowid, bm25(keyword, ?, 1.0) AS score FROM keyword WHERE keyword MATCH ? ORDER BY score LIMIT ?",
        (PLACE_WEIGHT, " OR ".join(f'"{term}"' for term in wanted), limit),
    ).fetchall()
    return [(int(row["rowid"]), -float(row["score"])) for row in rows]


def term_weights(truth: Truth, question_terms: Iterable[str]) -> dict[str, float]:
    """Inverse document frequency of each informative term; a term that stands nowhere weighs most."""
    wanted = [term for term in dict.fromkeys(question_terms) if informative(term)]
    total = int(truth.db.execute("SELECT count(*) FROM passage").fetchone()[0])
    weights = {}
    for term in wanted:
        row = truth.db.execute("SELECT doc FROM keyword_vocab WHERE term = ?", (term,)).fetchone()
        count = int(row["doc"]) if row else 0
        weights[term] = math.log(1 + (total - count + 0.5) / (count + 0.5))
    return weights


def support(weights: Mapping[str, float], passage_text: str) -> float:
    """The weighted share (0 to 1) of the question's terms that stand in ``passage_text`` (its place and body)."""
    total = sum(weights.values())
    if not total:
        return 0.0
    held = set(terms(passage_text))
    return sum(weight for term, weight in weights.items() if term in held) / total
