"""Search: a question -> hits, each with its score and why it was found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from index.embedder import Embedder, Vectors
from index.fuse import MEANT, NAMED, STEPS, CodeMatch, fuse
from index.glossary import bundled
from index.keywords import search_keywords, term_rarity
from index.passage import Hit, Lang, Manual, Passage
from index.question import Question, understand
from index.rank import Fields, Relevance, relevance
from index.store import VectorStore
from index.text import terms
from index.truth import Truth, storable

CANDIDATES = 60  # of each side
MAX_QUESTION = 2000  # characters; longer questions are cut for search
OTHER_LANGUAGE = 0.75  # a passage in the other language is found by translated words, which are less sure
SAME_PAGE = 0.1  # what a further passage of the same page is behind
SAME_PAGE_POOL = 10
LANGS: tuple[Lang, ...] = ("ja", "en")


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
        question = storable(question[:MAX_QUESTION])
        allowed = scope.manuals if scope else frozenset()
        with self._truth.snapshot():  # a manual replaced meanwhile is seen whole, as it was or as it is
            return self._search(question, k, allowed)

    def _search(self, question: str, k: int, allowed: frozenset[str]) -> Results:
        manuals = {m.id: m for m in self._truth.manuals() if not allowed or m.id in allowed}
        if not manuals or not question.strip() or k <= 0:
            return Results(())
        asked = understand(question, manuals.values(), bundled())
        within = tuple(manuals) if allowed else ()
        wanted = tuple(dict.fromkeys(code.canonical for code in asked.codes))
        codes = self._code_matches((*wanted, *asked.maybe_codes), within)
        vectors = self._vector_scores(asked, within)
        numbers = dict.fromkeys([*(match.number for match in codes), *self._keyword_numbers(asked, within), *vectors])
        passages = {n: p for n, p in self._truth.numbered(numbers).items() if p.manual_id in manuals}
        relevances = self._relevances(asked, passages, manuals)
        extra = {number: _extra(asked, passage) for number, passage in passages.items()}
        languages = self._embedder.languages if self._embedder is not None else frozenset()
        embedded = {number for number, passage in passages.items() if passage.lang in languages}
        near = {number: cosine for number, cosine in vectors.items() if number in embedded}
        candidates = fuse(codes, {n: r.score for n, r in relevances.items()}, near, extra, embedded)
        hits = [
            Hit(passages[c.number], manuals[passages[c.number].manual_id], c.score, relevances[c.number].support, c.why)
            for c in candidates
            if c.number in passages and c.why
        ]
        known = {match.code for match in codes}
        # a part number that stands nowhere need not mean that the question has no answer; an alarm's code does
        must_stand = {code.canonical for code in asked.codes if code.kind != "part"}
        return Results(
            tuple(_spread(hits, k)),
            tuple(dict.fromkeys(code for code in (*wanted, *asked.maybe_codes) if _stands(code, known))),
            tuple(code for code in wanted if code in must_stand and not _stands(code, known)),
        )

    def _keyword_numbers(self, asked: Question, within: Collection[str]) -> list[int]:
        numbers: list[int] = []
        for lang in LANGS:
            wanted = asked.terms(lang)
            numbers += search_keywords(self._truth, wanted, CANDIDATES, within)
            if asked.named or asked.meant:
                numbers += search_keywords(self._truth, wanted, CANDIDATES, tuple(asked.named | asked.meant))
        return numbers

    def _relevances(
        self, asked: Question, passages: Mapping[int, Passage], manuals: Mapping[str, Manual]
    ) -> dict[int, Relevance]:
        rarity = term_rarity(self._truth, dict.fromkeys(term for lang in LANGS for term in asked.terms(lang)))
        titles = {manual.id: terms(manual.title) for manual in manuals.values()}
        bodies = self._truth.body_terms(passages)
        found = {}
        for number, passage in passages.items():
            fields = Fields(
                bodies[number],
                _place_terms(passage.section[-1:]),
                _place_terms(passage.section[:-1]),
                titles[passage.manual_id],
            )
            held = relevance(asked.concepts[passage.lang], rarity, fields)
            reach = asked.reach[passage.lang] * (1.0 if passage.lang == asked.lang else OTHER_LANGUAGE)
            found[number] = Relevance(held.score * reach, held.support * reach)
        return found

    def _code_matches(self, codes: Sequence[str], within: Collection[str]) -> list[CodeMatch]:
        if not codes:
            return []
        wanted = list(dict.fromkeys([*codes, *(_base(code) for code in codes)]))
        scope = f"AND passage.manual_id IN ({','.join('?' * len(within))})" if within else ""
        rows = self._truth.db.execute(
            "SELECT code.code, code.passage, code.lead FROM code JOIN passage ON passage.number = code.passage"
            f" WHERE code.code IN ({','.join('?' * len(wanted))}) {scope} ORDER BY lead DESC, passage LIMIT 200",
            (*wanted, *within),
        ).fetchall()
        return [CodeMatch(int(row["passage"]), str(row["code"]), bool(row["lead"])) for row in rows]

    def _vector_scores(self, asked: Question, within: Collection[str]) -> dict[int, float]:
        if self._store is None or self._embedder is None or asked.lang not in self._embedder.languages:
            return {}
        vector: Vectors = self._embedder.embed([asked.text], "query")[0]
        near = dict(self._store.nearest(vector, CANDIDATES, within))
        numbers = self._truth.numbers(near)
        return {numbers[i]: cosine for i, cosine in near.items() if i in numbers}


@lru_cache(maxsize=4096)
def _place_terms(headings: tuple[str, ...]) -> tuple[str, ...]:
    """The same headings stand over many passages and come back with every question."""
    return tuple(terms(" ".join(headings)))


def _extra(asked: Question, passage: Passage) -> float:
    machine = NAMED if passage.manual_id in asked.named else MEANT if passage.manual_id in asked.meant else 0.0
    return machine + (STEPS if asked.wants_steps and passage.kind == "steps" else 0.0)


def _spread(hits: Sequence[Hit], k: int) -> list[Hit]:
    """The best ``k``, where each further passage of a page already shown counts a little less: another page may be the
    one that was asked for."""
    pool, chosen = list(hits[: k + SAME_PAGE_POOL]), list[Hit]()
    shown: Counter[tuple[str, int]] = Counter()
    while pool and len(chosen) < k:
        place, behind = 0, float("-inf")
        for number, hit in enumerate(pool):
            score = hit.score - SAME_PAGE * shown[hit.manual.id, hit.passage.pages[0]]
            if score > behind:
                place, behind = number, score
        best = pool.pop(place)
        chosen.append(replace(best, score=behind))
        shown[best.manual.id, best.passage.pages[0]] += 1
    return chosen


def _base(code: str) -> str:
    """The code without its detail number: AL32.1 -> AL32. Manuals often describe the details under the base code."""
    return code.rpartition(".")[0] or code


def _stands(code: str, known: set[str]) -> bool:
    return code in known or _base(code) in known
