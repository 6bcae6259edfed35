"""Search: a question -> hits, each with its score and why it was found."""

from __future__ import annotations

import logging
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice

from index.codes.codebook import look_up_codes
from index.codes.rivals import Choice
from index.embedders.embedder import Embedder, EmbedderMissing, Vectors
from index.embedders.word_vectors import WordMatch, word_matches
from index.errors import IndexStale, VectorsAway
from index.passage import Hit, Lang, Manual, Passage
from index.search.asked_names import NO_NAMES, AskedNames
from index.search.beside import look_beside
from index.search.cells import AskedRow, asked_rows, with_lines, with_rows
from index.search.duplicates import collapse, different
from index.search.first_hits import only_twins, without_value
from index.search.fuse import CODE_STEPS, CODE_TABLE, MEANT, NAMED, STEPS, UNASKED_ALARM, Candidate, Evidence, fuse
from index.search.glossary import bundled
from index.search.keywords import rarity_of_nothing, search_keywords, term_rarity
from index.search.makers import makers_in
from index.search.neighbours import Neighbours
from index.search.nicknames import with_reason
from index.search.question import Question, understand
from index.search.rank import Fields, Relevance, Weighed
from index.search.scope import Scope, Within, resolve
from index.search.synonym_table import SynonymTable
from index.search.term_rows import TermRows, fields_of
from index.search.told_of_alarm import told_points
from index.search.told_rows import told_hits
from index.search.wording import worded_points
from index.text import normalise, terms
from index.truth.truth import Truth, storable
from index.truth.word_rows import WordRows

CANDIDATES = 60  # of each side
MAX_QUESTION = 2000  # characters; longer questions are cut for search
OTHER_LANGUAGE = 0.75  # a passage in the other language is found by translated words, which are less sure
SAME_PAGE = 0.1  # what a further passage of the same page is behind
SAME_PAGE_POOL = 10
READ_ROWS = 2  # the rows of the first of so many hits are told apart: half of those searched for are quoted
LOOKED_AT = 10  # first hits, for what they leave unmatched
SAME_TEXTS = 4  # so many hits are looked through for equal texts, for each that may be shown
_KANA = re.compile("[ぁ-ゖ]")
_KANJI_PAIR = re.compile("[一-鿿]{2}")
log = logging.getLogger(__name__)
LANGS: tuple[Lang, ...] = ("ja", "en")


@dataclass(frozen=True, slots=True)
class Results:
    """Hits, best first, with what the question named.

    ``codes`` stand in the manuals; ``unknown_codes`` are of their kind but stand nowhere; ``foreign`` are other makers
    and products that stand nowhere; ``names_machine``: whether it names a machine of a manual by its product name;
    ``missing``: the share (0 to 1) of its words that no manual holds; ``value_beside``: where it asks for a quantity,
    how much of what it is asked of stands on one line with such a value, against the best passage as a whole (below 1:
    the part is there, its value stands elsewhere or nowhere); ``procedure_beside``: the same for what it asks to do;
    ``twins``: the best hit is a table that has but the like of what it asks for, and no other has it; ``valueless``: it
    asks for a quantity, and none of the first hits gives one;
    ``unmatched``: the share (0 to 1, by weight) of its words that find nothing like them in the first hit that answers
    to them best; ``missed``: the share of the heaviest word that finds nothing near in the first hit. None where no
    embedder tells. ``names``: what of its names and numbered things stands in none of the first hits.
    """

    hits: tuple[Hit, ...]
    codes: tuple[str, ...] = ()
    unknown_codes: tuple[str, ...] = ()
    foreign: tuple[str, ...] = ()
    names_machine: bool = False
    missing: float = 0.0
    value_beside: float = 1.0
    procedure_beside: float = 1.0
    choices: tuple[Choice, ...] = ()
    twins: bool = False
    valueless: bool = False
    unmatched: float | None = None
    missed: float | None = None
    names: AskedNames = NO_NAMES


class Searcher:
    """Searches one truth and its vectors. Safe to call from several threads. ``synonyms``: the site's words, where they
    are kept in another truth."""

    def __init__(
        self,
        truth: Truth,
        store: Neighbours | None,
        embedder: Embedder | None,
        rank: Callable[[Evidence], list[Candidate]] = fuse,
        synonyms: SynonymTable | None = None,
    ) -> None:
        self._truth = truth
        self._store = store
        self._embedder = embedder
        self._rank = rank
        self._synonyms = synonyms or SynonymTable(truth)
        self._words = WordRows(truth, embedder.name) if store is not None and embedder and embedder.word_dim else None

    def search(self, question: str, k: int = 10, scope: Scope | None = None) -> Results:
        question = storable(question[:MAX_QUESTION])
        with self._truth.snapshot():  # a manual replaced meanwhile is seen whole, as it was or as it is
            return self._search(question, k, scope or Scope())

    def _search(self, question: str, k: int, scope: Scope) -> Results:
        everything, site = self._truth.manuals(), self._synonyms.synonyms()
        within = resolve(scope, everything, site) if everything else None
        if within is None or not question.strip() or k <= 0:
            return Results(())
        manuals = {m.id: m for m in everything if not within.manuals or m.id in within.manuals}
        words = bundled().with_site(site) if site else bundled()
        asked = understand(question, manuals.values(), words)
        looked = look_up_codes(self._truth, asked, manuals, within)
        codes = looked.matches
        vectors = self._vector_scores(asked, manuals.values(), within)
        rows_of = TermRows(self._truth, (term for lang in LANGS for term in asked.terms(lang)))
        keywords = self._keyword_numbers(asked, within, rows_of)
        numbers = dict.fromkeys([*(match.number for match in codes), *keywords, *vectors])
        found = self._truth.numbered(numbers, boxes=False)
        passages = {number: passage for number, passage in found.items() if passage.manual_id in manuals}
        rarity = term_rarity(self._truth, dict.fromkeys(term for lang in LANGS for term in asked.terms(lang)))
        fields = fields_of(passages, manuals, rows_of)
        relevances = self._relevances(asked, passages, fields, rarity)
        rows = asked_rows(asked, passages, manuals, partial(term_rarity, self._truth))
        codes = with_rows(codes, rows)
        worded = worded_points(self._truth, asked, rarity, passages, relevances)
        told = told_points(asked.text, codes, passages)
        extra = {
            n: _extra(asked, passage, rows.get(n)) + worded.get(n, 0.0) + told.get(n, 0.0)
            for n, passage in passages.items()
        }
        languages = self._embedder.languages if self._embedder is not None else frozenset()
        near = {n: cosine for n, cosine in vectors.items() if n in passages and passages[n].lang in languages}
        foreign = {number for number, passage in passages.items() if passage.lang != asked.lang}
        scores = {number: held.score for number, held in relevances.items()}
        word_by_word = self._word_matches(asked, passages)
        by_words = {number: held.match for number, held in word_by_word.items()}
        candidates = self._rank(Evidence(codes, scores, near, extra, foreign, by_words))
        hits = [
            Hit(passages[c.number], manuals[passages[c.number].manual_id], c.score, relevances[c.number].support)
            for c in candidates
            if c.number in passages and c.reasons
        ]
        hits = with_lines(hits, {passages[number].id: row for number, row in rows.items()})
        read = partial(fields_of, passages, manuals, rows_of)
        beside = look_beside(asked, list(manuals.values()), hits, partial(term_rarity, self._truth), words, read)
        best = spread(collapse(hits[: SAME_TEXTS * (k + SAME_PAGE_POOL)]), k)
        why = {passages[c.number].id: c for c in candidates if c.number in passages}
        best = [replace(hit, why=why[hit.passage.id].why) for hit in best]
        rarities = partial(term_rarity, self._truth)
        best = _with_told_rows(best, told_hits(best, asked, passages, manuals, fields, rarities))
        return Results(
            self._with_boxes([with_reason(hit, asked.site) for hit in best]),
            looked.known,
            looked.unknown,
            (*looked.foreign, *(name for name in makers_in(question) if self._stands_nowhere(name, passages, manuals))),
            bool(asked.named),
            self._missing(asked, rarity),
            beside.value,
            beside.procedure,
            self._different(looked.choices),
            only_twins(best),
            without_value(question, best),
            _unmatched([word_by_word[c.number] for c in candidates[:LOOKED_AT] if c.number in word_by_word]),
            word_by_word[candidates[0].number].missed if word_by_word and candidates else None,
            AskedNames.of(asked, best, looked.known),
        )

    @staticmethod
    def _reach(asked: Question, lang: Lang) -> float:
        return asked.reach[lang] * (1.0 if lang == asked.lang else OTHER_LANGUAGE)

    def _different(self, choices: Sequence[Choice]) -> tuple[Choice, ...]:
        return different(choices, self._truth.passages(choice.passage_id for choice in choices)) if choices else ()

    def _with_boxes(self, hits: Sequence[Hit]) -> tuple[Hit, ...]:
        """``hits`` with their places on the pages, which nothing but showing them needs."""
        shown = [passage for hit in hits for passage in (hit.passage, *(twin.passage for twin in hit.also))]
        boxes = self._truth.boxes(passage.id for passage in shown)

        def placed(passage: Passage) -> Passage:
            return replace(passage, boxes=boxes.get(passage.id, ()))

        return tuple(
            replace(
                hit, passage=placed(hit.passage), also=tuple(replace(t, passage=placed(t.passage)) for t in hit.also)
            )
            for hit in hits
        )

    def _missing(self, asked: Question, rarity: Mapping[str, float]) -> float:
        """The share (0 to 1) of the question's words, by weight, that no manual holds in any form."""
        nowhere = rarity_of_nothing(self._truth)
        total = missing = 0.0
        for concept in asked.concepts[asked.lang]:
            said = concept.variants[0].terms
            if all(_KANA.search(term) or (_KANJI_PAIR.fullmatch(term) and term not in asked.text) for term in said):
                continue  # endings and particles say nothing about the subject, nor do pairs of kanji across one
            total += concept.weight
            if all(rarity[term] >= nowhere for variant in concept.variants for term in variant.terms):
                missing += concept.weight
        return missing / total if total else 1.0

    def _stands_nowhere(self, name: str, found: Mapping[int, Passage], manuals: Mapping[str, Manual]) -> bool:
        """Whether a name stands in no manual: in a large library each pair of its characters stands somewhere, but then
        what holds the name whole would be among the candidates, which were ``found``."""
        rarity = term_rarity(self._truth, terms(name))
        if any(value >= rarity_of_nothing(self._truth) for value in rarity.values()):
            return True
        plain = normalise(name)
        texts = (*(" ".join((*one.section, one.text)) for one in found.values()), *(m.title for m in manuals.values()))
        return not any(plain in normalise(text) for text in texts)

    def _keyword_numbers(self, asked: Question, within: Within, rows: TermRows) -> list[int]:
        machines = asked.named | asked.meant
        also = within.among(machines) if machines else None
        return [
            number
            for lang in LANGS
            for number in search_keywords(self._truth, asked.terms(lang), CANDIDATES, within, also, rows)
        ]

    def _relevances(
        self,
        asked: Question,
        passages: Mapping[int, Passage],
        fields: Mapping[Lang, Fields],
        rarity: Mapping[str, float],
    ) -> dict[int, Relevance]:
        found: dict[int, Relevance] = {}
        for lang, held in fields.items():
            reach = self._reach(asked, lang)
            numbers = (number for number, passage in passages.items() if passage.lang == lang)
            for number, one in zip(numbers, Weighed.of(asked.concepts[lang], rarity).relevances(held), strict=True):
                found[number] = Relevance(one.score * reach, one.support * reach)
        return found

    def _word_matches(self, asked: Question, passages: Mapping[int, Passage]) -> dict[int, WordMatch]:
        """Passage number -> how well its words answer to the question's; empty where no embedder knows words, or not
        those of this language."""
        if self._words is None or self._embedder is None or asked.lang not in self._embedder.languages:
            return {}
        held = self._words.packed(passages)
        if not held:
            return {}
        try:
            found = word_matches(self._embedder.read([asked.text], "query")[0], list(held.values()))
        except EmbedderMissing as missing:
            log.warning("This question goes without the vectors of words. %s", missing)
            return {}
        known = dict(zip(held, found, strict=True))
        least = min(known.values(), key=lambda one: one.match)
        return {number: known.get(number, least) for number in passages}

    def _vector_scores(self, asked: Question, manuals: Collection[Manual], within: Within) -> dict[int, float]:
        """Passage number -> cosine of the nearest: of each language that the embedder knows, since passages in the
        question's language are nearer for that alone and would leave the others no place."""
        if self._store is None or self._embedder is None or asked.lang not in self._embedder.languages:
            return {}
        written = {m.lang for m in manuals}
        near: dict[str, float] = {}
        try:
            vector: Vectors = self._embedder.embed([asked.text], "query")[0]
            for lang in sorted(written & self._embedder.languages):
                only = within.passage_ids(self._truth, lang)
                if self._store.by_language:
                    near |= dict(self._store.nearest(vector, CANDIDATES, within.manuals, only, lang))
                else:
                    scope = [m.id for m in manuals if m.lang == lang] if len(written) > 1 else within.manuals
                    near |= dict(self._store.nearest(vector, CANDIDATES, scope, only))
        except (VectorsAway, IndexStale, EmbedderMissing) as lost:
            log.warning("This question goes by codes and keywords only. %s", lost)
            return {}
        numbers = self._truth.numbers(near)
        return {numbers[i]: cosine for i, cosine in near.items() if i in numbers}


def _extra(asked: Question, passage: Passage, row: AskedRow | None = None) -> float:
    machine = NAMED if passage.manual_id in asked.named else MEANT if passage.manual_id in asked.meant else 0.0
    if row is not None:
        machine = (NAMED if row.machine else machine) + row.points
    steps = STEPS if asked.wants_steps and passage.kind == "steps" else 0.0
    if asked.codes and all(code.kind in ("alarm", "flag") for code in asked.codes):
        return machine + steps + {"table": CODE_TABLE, "steps": CODE_STEPS, "alarm": CODE_STEPS}.get(passage.kind, 0.0)
    unasked = UNASKED_ALARM if passage.kind == "alarm" and not (asked.codes or asked.maybe_codes) else 0.0
    return machine + steps + unasked


def _with_told_rows(hits: Sequence[Hit], told: Iterator[Hit]) -> list[Hit]:
    """``hits``, the first of them as they are ``told``: as many as are quoted, all where the best has but the like of
    what is asked for."""
    read = list(islice(told, -(-len(hits) // READ_ROWS)))
    if only_twins(read):
        read += told
    return [*read, *hits[len(read) :]]


def _unmatched(first: Sequence[WordMatch]) -> float | None:
    return max(first, key=lambda one: one.match).unmatched if first else None


def spread(hits: Sequence[Hit], k: int) -> list[Hit]:
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
