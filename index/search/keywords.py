"""Keyword candidates: BM25 over the FTS5 table, and how rare each term is.

FTS5 scores every passage that holds any term, at 1 us each, so ten usual terms of 100,000 passages take 200 ms. Where
the terms' lists are long together, arrays of passage numbers (index.postings) choose the ``CHOSEN`` passages
whose terms weigh most for their length, which is BM25 with each term counted once, and these are then put in order by
BM25 as FTS5 has it. Where they are short, as in an index of a few hundred passages, FTS5 does all.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from index.search.scope import EVERYWHERE, Within
from index.truth import Truth

PLACE_WEIGHT = 1.5  # a word in the heading path or title counts this much more than one in the body
POSTINGS = 3000  # so many FTS5 scores in 2 to 3 ms
CHOSEN = 240
K1, B = 1.2, 0.75  # of FTS5's bm25()


def search_keywords(truth: Truth, wanted: Sequence[str], limit: int, within: Within = EVERYWHERE) -> list[int]:
    """Numbers of the best ``limit`` passages ``within`` that hold at least one term of ``wanted``, best first.
    ``wanted`` are terms of index.text.terms."""
    counts = {term: count for term, count in truth.term_counts(dict.fromkeys(wanted)).items() if count}
    if not counts:
        return []
    if sum(counts.values()) <= POSTINGS:
        return _matches(truth, counts, limit, within)
    chosen = _chosen(truth, counts, max(limit, CHOSEN), within)
    points = _bm25(truth, chosen, counts)
    return sorted(points, key=lambda number: (-points[number], number))[:limit]


def term_rarity(truth: Truth, wanted: Iterable[str]) -> dict[str, float]:
    """Inverse document frequency of each term; a term that stands nowhere is rarest."""
    total = _passages(truth)
    return {term: _rarity(total, count) for term, count in truth.term_counts(wanted).items()}


def rarity_of_nothing(truth: Truth) -> float:
    """The rarity of a term that stands nowhere."""
    return _rarity(_passages(truth), 0)


def _passages(truth: Truth) -> int:
    return sum(manual.passages for manual in truth.manuals())


def _rarity(total: int, count: int) -> float:
    return math.log(1 + (total - count + 0.5) / (count + 0.5))


def _matches(truth: Truth, wanted: Iterable[str], limit: int, within: Within) -> list[int]:
    """As ``search_keywords``, by FTS5."""
    scope, values = within.where()
    join = "JOIN passage ON passage.number = keyword.rowid" if within else ""
    rows = truth.db.execute(
        f"SELECT keyword.rowid AS number FROM keyword {join} WHERE keyword MATCH ? {scope}"
        " ORDER BY bm25(keyword, ?, 1.0) LIMIT ?",
        (" OR ".join(f'"{term}"' for term in wanted), *values, PLACE_WEIGHT, limit),
    ).fetchall()
    return [int(row["number"]) for row in rows]


def _chosen(truth: Truth, counts: Mapping[str, int], most: int, within: Within) -> list[int]:
    """Numbers of the ``most`` passages ``within`` whose terms weigh most for their length."""
    lengths = truth.postings.lengths(truth.db)
    points = np.zeros(lengths.last + 1, dtype=np.float32)
    for term, weight in _weights(truth, counts).items():
        numbers = truth.postings.numbers(truth.db, term, lengths.last)
        points[numbers[: np.searchsorted(numbers, lengths.last, "right")]] += np.float32(weight)
    held = np.flatnonzero((points > 0) & (lengths.held > 0))
    if within:
        held = held[np.isin(held, _numbers_within(truth, within), assume_unique=True)]
    worth = points[held] / (1 + K1 * (1 - B + B * lengths.held[held] / lengths.usual))
    if held.size > most:
        held = held[np.argpartition(worth, held.size - most)[held.size - most :]]
    return [int(number) for number in held]


def _numbers_within(truth: Truth, within: Within) -> NDArray[np.int64]:
    where, values = within.where()
    rows = truth.db.execute(f"SELECT number FROM passage WHERE TRUE {where}", values)
    return np.fromiter((row[0] for row in rows), dtype=np.int64)


def _weights(truth: Truth, counts: Mapping[str, int]) -> dict[str, float]:
    """The weight of each term as FTS5's bm25() has it: next to nothing for one that most passages hold."""
    total = _passages(truth)
    return {
        term: max(math.log((total - n + 0.5) / (n + 0.5)) if n < total else 0.0, 1e-6) for term, n in counts.items()
    }


def _bm25(truth: Truth, numbers: Sequence[int], counts: Mapping[str, int]) -> dict[int, float]:
    """The points of passages for all terms of ``counts``, as FTS5's bm25() gives them (there with a minus)."""
    weight, usual = _weights(truth, counts), truth.postings.lengths(truth.db).usual
    marks = ",".join("?" * len(numbers))
    rows = truth.db.execute(f"SELECT rowid, place, body FROM keyword WHERE rowid IN ({marks})", numbers).fetchall()
    points: dict[int, float] = {}
    wanted = frozenset(weight)
    for row in rows:
        place, body = row[1].split(), row[2].split()
        norm = K1 * (1 - B + B * (len(place) + len(body)) / usual)
        score = 0.0
        for term in wanted.intersection(body).union(wanted.intersection(place)):
            frequency = PLACE_WEIGHT * place.count(term) + body.count(term)
            score += weight[term] * frequency * (K1 + 1) / (frequency + norm)
        points[row[0]] = score
    return points
