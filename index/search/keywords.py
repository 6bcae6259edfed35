"""Keyword candidates: BM25 over the FTS5 table, and how rare each term is.

FTS5 scores every passage that holds any term, at 1 us each, so ten usual terms of 100,000 passages take 200 ms. Where
the terms' lists are long together, arrays of passage numbers (index.truth.postings) choose the ``CHOSEN`` passages
whose terms weigh most for their length, which is BM25 with each term counted once, and these are then put in order by
BM25 as FTS5 has it. Where they are short, as in an index of a few hundred passages, FTS5 does all.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.search.scope import EVERYWHERE, Within
from index.search.term_rows import TermRows
from index.truth.counted_terms import Counted
from index.truth.postings import Lengths
from index.truth.truth import Truth

PLACE_WEIGHT = 1.5  # a word in the heading path or title counts this much more than one in the body
POSTINGS = 3000  # so many FTS5 scores in 2 to 3 ms
CHOSEN = 240
SAMPLE = 16  # of so many passages one tells what the best weigh
K1, B = 1.2, 0.75  # of FTS5's bm25()


def search_keywords(
    truth: Truth,
    wanted: Sequence[str],
    limit: int,
    within: Within = EVERYWHERE,
    also: Within | None = None,
    rows: TermRows | None = None,
) -> list[int]:
    """Numbers of the best ``limit`` passages ``within`` that hold at least one term of ``wanted``, best first.
    ``wanted`` are terms of index.text.terms. ``also``: a second scope, whose best come after those of the first;
    ``rows``: where what is read of passages is kept for later."""
    counts = {term: count for term, count in truth.term_counts(dict.fromkeys(wanted)).items() if count}
    scopes = [within] if also is None else [within, also]
    if not counts:
        return []
    if sum(counts.values()) <= POSTINGS:
        return [number for scope in scopes for number in _matches(truth, counts, limit, scope)]
    lists = _Lists.read(truth, counts)
    rows = rows or TermRows(truth, wanted)
    return lists.best(limit, scopes, rows)


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


@dataclass(frozen=True, slots=True)
class _Lists:
    """What each term weighs. ``worth``: what each passage's terms weigh for its length, by number; 0 where
    it holds none or is gone."""

    weights: Mapping[str, float]
    lengths: Lengths
    worth: NDArray[np.float32]

    @classmethod
    def read(cls, truth: Truth, counts: Mapping[str, int]) -> _Lists:
        lengths = truth.postings.lengths(truth.db)
        points = np.zeros(lengths.last + 1, dtype=np.float32)
        weights = _weights(truth, counts)
        for term, weight in weights.items():
            numbers = truth.postings.numbers(truth.db, term, lengths.last)
            points[numbers[: np.searchsorted(numbers, lengths.last, "right")]] += np.float32(weight)
        worth = np.where(lengths.held > 0, points / (1 + K1 * (1 - B + B * lengths.held / lengths.usual)), 0)
        return cls(weights, lengths, worth)

    def best(self, limit: int, scopes: Sequence[Within], rows: TermRows) -> list[int]:
        """The best ``limit`` of each scope's passages that weigh most, by BM25."""
        chosen = [self._chosen(rows, max(limit, CHOSEN), within) for within in scopes]
        held = rows.counted(np.unique(np.concatenate(chosen)).tolist())
        points = dict(zip(held.columns, self._bm25(held).tolist(), strict=True))
        return [
            number
            for some in chosen
            for number in sorted(points.keys() & some.tolist(), key=lambda number: (-points[number], number))[:limit]
        ]

    def _chosen(self, rows: TermRows, most: int, within: Within) -> NDArray[np.int64]:
        """Numbers of the ``most`` passages ``within`` whose terms weigh most for their length."""
        if not within:
            return most_worth(self.worth, most)
        numbers = rows.within(within)
        numbers = numbers[: np.searchsorted(numbers, self.worth.size)]
        return numbers[most_worth(self.worth[numbers], most)].astype(np.int64)

    def _bm25(self, held: Counted) -> NDArray[np.float64]:
        """The points of passages for all terms, as FTS5's bm25() gives them (there with a minus)."""
        rows = [held.rows[term] for term in self.weights]
        often = PLACE_WEIGHT * held.place[rows] + held.body[rows]
        lengths = self.lengths.held[list(held.columns)].astype(np.float64)
        norm = K1 * (1 - B + B * lengths / self.lengths.usual)
        points: NDArray[np.float64] = np.array(list(self.weights.values())) @ (often * (K1 + 1) / (often + norm))
        return points


def most_worth(worth: NDArray[np.float32], most: int) -> NDArray[np.int64]:
    """The places of the ``most`` greatest above 0, in any order. Of 100,000 the few hundred are chosen that a sample
    says may be among them; where some that are left out equal the least of these, all decide, as they would have."""
    sample = worth[::SAMPLE]
    rank = 2 * (most // SAMPLE) + SAMPLE
    if rank < sample.size:
        least = max(np.partition(sample, sample.size - rank)[sample.size - rank], np.finfo(np.float32).tiny)
        places = np.flatnonzero(worth >= least)
        if places.size > most:
            best = places[_last(worth[places], most)]
            equal = worth[places] == worth[best].min()
            if np.count_nonzero(equal) == np.count_nonzero(worth[best] == worth[best].min()):
                return best
    places = np.flatnonzero(worth > 0)
    return places[_last(worth[places], most)] if places.size > most else places


def _last(worth: NDArray[np.float32], most: int) -> NDArray[np.int64]:
    return np.argpartition(worth, worth.size - most)[worth.size - most :]


def _weights(truth: Truth, counts: Mapping[str, int]) -> dict[str, float]:
    """The weight of each term as FTS5's bm25() has it: next to nothing for one that most passages hold."""
    total = _passages(truth)
    return {
        term: max(math.log((total - n + 0.5) / (n + 0.5)) if n < total else 0.0, 1e-6) for term, n in counts.items()
    }
