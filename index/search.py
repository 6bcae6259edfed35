"""Search: a question -> hits, each with its score and why it was found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from index.codes import find_codes
from index.embedder import Embedder, Vectors
from index.fuse import Candidate, CodeMatch, fuse
from index.keywords import search_keywords, support, term_weights
from index.passage import Hit, Manual, Passage
from index.store import VectorStore
from index.text import language, terms
from index.truth import Truth

CANDIDATES = 50  # of each side; more changed no answer on the development questions
MAX_QUESTION = 2000  # characters; longer questions are cut for search


@dataclass(frozen=True, slots=True)
class Scope:
    """Where to search: only these manual ids; empty means everywhere."""

    manuals: frozenset[str] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True)
class Results:
    """Hits, best first, with what the question named: ``codes`` that stand in the manuals, ``unknown_codes`` that
    stand nowhere."""

    hits: tuple[Hit, ...]
    codes: tuple[str, ...] = ()
    unknown_codes: tuple[str, ...] = ()


class Searcher:
    """Searches one truth and its vector store. Safe to call from several threads."""

    def __init__(self, truth: Truth, store: VectorStore | None, embedder: Embedder | None) -> None:
        self._truth = truth
        self._store = store
        self._embedder = embedder

    def search(self, question: str, k: int = 10, scope: Scope | None = None) -> Results:
        question = question[:MAX_QUESTION]
        manuals = {manual.id: manual for manual in self._truth.manuals()}
        if not manuals or not question.strip():
            return Results(())
        allowed = scope.manuals if scope else frozenset()
        question_terms = terms(question)
        found = find_codes(question)
        named = tuple(dict.fromkeys(code.canonical for code in found))
        matches = self._code_matches(named)
        known = {match.code for match in matches}
        # a part number that stands nowhere need not mean that the question has no answer; an alarm's code does
        must_stand = {code.canonical for code in found if code.kind != "part"}
        candidates = fuse(
            matches, search_keywords(self._truth, question_terms, CANDIDATES), self._vector_scores(question)
        )
        passages = self._truth.numbered(candidate.number for candidate in candidates)
        chosen = [
            (candidate, passages[candidate.number])
            for candidate in candidates
            if candidate.number in passages and (not allowed or passages[candidate.number].manual_id in allowed)
        ][:k]
        return Results(
            self._hits(chosen, manuals, question_terms),
            tuple(code for code in named if _stands(code, known)),
            tuple(code for code in named if code in must_stand and not _stands(code, known)),
        )

    def _hits(
        self, chosen: Sequence[tuple[Candidate, Passage]], manuals: dict[str, Manual], question_terms: Sequence[str]
    ) -> tuple[Hit, ...]:
        weights = term_weights(self._truth, question_terms)
        hits = []
        for candidate, passage in chosen:
            manual = manuals.get(passage.manual_id)
            if manual is None:  # removed since the question began
                continue
            held = support(weights, " ".join([manual.title, manual.name, *passage.section, passage.text]))
            hits.append(Hit(passage, manual, candidate.score, held, candidate.why))
        return tuple(hits)

    def _code_matches(self, codes: Sequence[str]) -> list[CodeMatch]:
        if not codes:
            return []
        wanted = list(dict.fromkeys([*codes, *(_base(code) for code in codes)]))
        marks = ",".join("?" * len(wanted))
        rows = self._truth.db.execute(
            f"SELECT code, passage, lead FROM code WHERE code IN ({marks}) ORDER BY lead DESC, passage LIMIT 200",
            wanted,
        ).fetchall()
        return [CodeMatch(int(row["passage"]), str(row["code"]), bool(row["lead"])) for row in rows]

    def _vector_scores(self, question: str) -> dict[int, float]:
        if self._store is None or self._embedder is None or language(question) not in self._embedder.languages:
            return {}
        vector: Vectors = self._embedder.embed([question], "query")[0]
        near = dict(self._store.nearest(vector, CANDIDATES))
        numbers = self._truth.numbers(near)
        return {numbers[i]: cosine for i, cosine in near.items() if i in numbers}


def _base(code: str) -> str:
    """The code without its detail number: AL32.1 -> AL32. Manuals often describe the details under the base code."""
    return code.rpartition(".")[0] or code


def _stands(code: str, known: set[str]) -> bool:
    return code in known or _base(code) in known
