"""The mixture: which rows a training step reads. Any step can be asked for at any time, so a resumed run reads on."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field

from training.bundled.items import UNANSWERABLE_SHARE, Item, Row, make_items, make_row, plain_row
from training.bundled.recipe import Stage
from training.bundled.tokenizer import END_ID, ChatTokenizer
from training.cards.card import Card
from training.cards.factory import factory_cards
from training.cards.manual_cards import SENTENCE, document_cards
from training.cards.passage_cards import document_passages, made_cards
from training.corpus import Document, sentences

PLAIN_TOKENS = 256
LANGS = ("ja", "en")
GAP_SHARE = 0.3  # of the rows leave out up to LONGEST_GAP positions, as if more excerpts stood between
LONGEST_GAP = 1000
PASSAGE_FAQ_SHARE = 0.02  # of the passages are FAQ entries
FAQ_SHARE = 0.15  # of the factory rows are made of the FAQ instead, where there is one


@dataclass(slots=True)
class Mixture:
    """Rows for one stage out of ``documents`` by language, made-up factory text, and ``faq`` cards by language."""

    documents: dict[str, list[Document]]
    faq: dict[str, list[Card]]
    tokenizer: ChatTokenizer
    stage: Stage
    _filler: dict[str, list[str]] = field(default_factory=dict)

    def rows(self, step: int) -> list[Row]:
        """About ``stage.tokens_per_step`` tokens of rows; the same for the same step."""
        rng = random.Random(f"{self.stage.seed}:{step}")
        rows: list[Row] = []
        left = self.stage.tokens_per_step
        while left > 0:
            row = self._row(rng)
            if row is not None:
                rows.append(row)
                left -= len(row.ids)
        return rows

    def _row(self, rng: random.Random) -> Row | None:
        lang = rng.choice(LANGS)
        if rng.random() < self.stage.plain_share:
            return self._plain(lang, rng)
        if rng.random() < self.stage.passage_share:
            items = self.passage_items(lang, rng)
            return make_row(items, self.tokenizer, self.stage.max_tokens) if items else None
        excerpts = rng.randint(1, self.stage.most_excerpts)
        if rng.random() < self.stage.factory_share:
            cards = factory_cards(lang, rng, self._fillers(lang))
            rng.shuffle(cards)
            if self.faq.get(lang) and rng.random() < FAQ_SHARE:
                cards = rng.sample(self.faq[lang], min(8, len(self.faq[lang])))
        else:
            cards = self._page_cards(lang, rng, excerpts + 2)
        items = make_items(cards, rng, min(excerpts, max(1, len(cards) - 1)))
        gap = (rng.randint(15, 100), rng.randint(0, LONGEST_GAP)) if rng.random() < GAP_SHARE else (0, 0)
        return make_row(items, self.tokenizer, self.stage.max_tokens, gap) if items else None

    def passage_items(self, lang: str, rng: random.Random, missing_share: float = UNANSWERABLE_SHARE) -> list[Item]:
        """Questions on one passage as the index cuts it; its neighbours' questions have no answer there."""
        turn = rng.random()
        if self.faq.get(lang) and turn < PASSAGE_FAQ_SHARE:
            cards = rng.sample(self.faq[lang], min(4, len(self.faq[lang])))
        elif turn < PASSAGE_FAQ_SHARE + self.stage.factory_share:
            cards = made_cards(lang, rng, self._fillers(lang))
        else:
            cards = document_passages(rng.choice(self.documents[lang]), rng)
        rng.shuffle(cards)
        return make_items(cards, rng, 1, missing_share) if cards else []

    def _page_cards(self, lang: str, rng: random.Random, wanted: int) -> list[Card]:
        """Cards of one to three pages: neighbours of the same page are the hard distractors."""
        cards: list[Card] = []
        for _ in range(20):
            if len(cards) >= wanted:
                break
            found = document_cards(rng.choice(self.documents[lang]), rng)
            longest = self.stage.excerpt_chars // (2 if lang == "ja" else 1)
            found = [card for card in found if len(card.text) <= longest]
            if found:
                start = rng.randrange(len(found))
                cards += found[start : start + rng.choice((1, 2, 3))]
        return cards[:wanted]

    def _plain(self, lang: str, rng: random.Random) -> Row:
        document = rng.choice(self.documents[lang])
        start = rng.randrange(max(1, len(document.text) - 400))
        start = document.text.rfind("\n", 0, start) + 1
        ids = [*self.tokenizer.encode(document.text[start : start + 1600]), END_ID][:PLAIN_TOKENS]
        return plain_row(ids)

    def _fillers(self, lang: str) -> Sequence[str]:
        """Real sentences that take the place of made-up ones, so that copying does not hang on a few patterns."""
        if lang not in self._filler:
            low, high = SENTENCE[lang]
            found = []
            for document in self.documents[lang][:600]:
                for start, end in sentences(document.text, lang)[:20]:
                    if low <= end - start <= high and not set(document.text[start:end]) & set("|{}"):
                        found.append(document.text[start:end])
            self._filler[lang] = found
        return self._filler[lang]
