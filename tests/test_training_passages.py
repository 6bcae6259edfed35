"""Rows made of passages as the index cuts them: what they ask, and that the product would show their answers."""

from __future__ import annotations

import random

import pytest

from assistant.answer import Quote
from assistant.ask import place
from assistant.prompt import NOT_FOUND
from assistant.verification.verify import SentenceSplitter, verify_sentence
from index.codes.find import find_codes
from index.passage import Hit, Manual, Passage
from index.text import language
from training.bundled.items import Item, make_items
from training.cards.card import Card
from training.cards.made_manual import draft
from training.cards.manual_words import manual_words
from training.cards.operator_questions import sentence_question, written_by_hand
from training.cards.passage_cards import LONGEST_ANSWER, document_passages, made_cards
from training.corpus import Document

PAGE = """# Labeller

## Replacing the belt

Wait 10 minutes until the heater has cooled down. The guard stays closed.

1. Switch off the main power and lock it.
2. Loosen the two bolts of the tensioner.
3. Pull the belt off and put the new one on.

## Torques

| Place | Torque |
|---|---|
| Tensioner bolts | 12 Nm |
| Guard screws | 4 Nm |
"""


def made(lang: str, count: int = 60) -> list[Card]:
    return [card for seed in range(count) for card in made_cards(lang, random.Random(seed), ())]


def items(cards: list[Card]) -> list[Item]:
    return [item for n, card in enumerate(cards) for item in make_items([card], random.Random(n), 1)]


def withheld(item: Item) -> list[str]:
    """The sentences of the wanted answer that the product would not show."""
    (excerpt,) = item.excerpts
    title, *sections = excerpt.place.split(", ")
    section = tuple(", ".join(sections[:-1]).split(" > "))
    passage = Passage("p", "m", 1, 0, excerpt.text, (1,), ("1",), section, "prose", "en")
    quote = Quote(1, Hit(passage, Manual("m", "m", title, 1, "", 1, 1, "en", ""), 1.0, 1.0))
    splitter = SentenceSplitter()
    said = [*splitter.feed(item.answer), *splitter.finish()]
    return [text for text in said if not verify_sentence(text, [quote]).supported]


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_wanted_answers_pass_verification(lang: str) -> None:
    asked = [item for item in items(made(lang)) if item.number]
    assert len(asked) > 150
    failed = [(item.answer, found) for item in asked if (found := withheld(item))]
    assert len(failed) / len(asked) < 0.01, failed[:5]


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_made_manuals_give_every_kind_of_passage(lang: str) -> None:
    kinds = {card.family for card in made(lang, 150)}
    assert {"alarm", "symptom", "table", "steps", "prose"} <= kinds


def test_answers_are_lines_of_the_passage_and_short_enough() -> None:
    for item in items(made("ja", 40)):
        if item.number and len(item.excerpts[0].text) > 5:
            for line in item.answer.split("[1]"):
                assert line.strip() in item.excerpts[0].text
            assert len(item.answer) < 2 * LONGEST_ANSWER["en"]


def test_a_code_is_asked_in_the_other_language_and_answered_in_the_manuals() -> None:
    crossed = [
        item
        for item in items(made("en", 200))
        if item.number and item.family == "alarm" and language(item.excerpts[0].text) == "ja"
    ]
    assert crossed
    assert all(item.lang == "en" for item in crossed)
    assert all(language(item.question) == "en" for item in crossed)
    assert sum(language(item.answer) == "ja" for item in crossed) > 0.9 * len(crossed)


def test_neighbouring_codes_are_refused_where_their_passage_is_not_shown() -> None:
    refused = []
    for seed in range(200):
        cards = made_cards("en", random.Random(seed), ())
        refused += [i for i in make_items(cards, random.Random(seed), 1, missing_share=0.5) if i.number == 0]
    assert refused
    for item in refused:
        assert item.answer == NOT_FOUND["en"]
        named = {code.canonical for code in find_codes(item.question) if code.kind == "alarm"}
        shown = {code.canonical for code in find_codes(item.excerpts[0].text) if code.kind == "alarm"}
        assert not named & shown


def test_pages_are_cut_by_the_index_and_asked_by_heading_row_and_value() -> None:
    document = Document("made/up", "MIT", "en", "Labeller", PAGE, "p", "original")
    cards = [card for seed in range(40) for card in document_passages(document, random.Random(seed))]
    asks = [(ask, card) for card in cards for ask in card.asks]
    answers = {card.text[a:b] for ask, card in asks for a, b in ask.spans}
    assert "Place: Tensioner bolts / Torque: 12 Nm" in answers
    assert "2. Loosen the two bolts of the tensioner." in answers
    assert any(ask.key == "Replacing the belt" and len(ask.spans) == 3 for ask, _ in asks)
    assert any("how many minutes" in ask.question.lower() for ask, _ in asks)
    assert any(card.place.startswith("Labeller, Labeller > Torques, p. ") for card in cards)


def test_the_place_is_printed_as_the_product_prints_it() -> None:
    card = made("ja", 1)[0]
    title, _, rest = card.place.partition(", ")
    section, _, page = rest.rpartition(", p. ")
    passage = Passage("p", "m", 1, 0, card.text, (1,), (page,), tuple(section.split(" > ")), "prose", "ja")
    hit = Hit(passage, Manual("m", "m", title, 1, "", 1, 1, "ja", ""), 1.0, 1.0)
    assert place(hit) == card.place


def test_questions_name_a_term_that_stands_once() -> None:
    text = "Wait 10 minutes before the cover is opened. The cover is heavy."
    for seed in range(30):
        found = sentence_question(text[:43], text, "en", "Press", random.Random(seed))
        assert found is not None
        assert text.count(found[1]) == 1
        assert found[1] != "cover"


def test_codes_are_typed_in_peoples_ways() -> None:
    typed = {written_by_hand("E-401 is shown", "E-401", random.Random(seed)) for seed in range(200)}
    assert {"E-401 is shown", "e401 is shown", "Ｅ－４０１ is shown"} <= typed


def test_the_words_of_both_languages_fit_their_tables() -> None:
    for lang in ("ja", "en"):
        for form in manual_words(lang).tables:
            for columns in form.columns:
                assert {cell for cell, _ in columns} <= set(range(len(form.cells)))
                assert form.key in {cell for cell, _ in columns}
    assert len(manual_words("ja").tables) == len(manual_words("en").tables)


def test_the_same_seed_gives_the_same_manual() -> None:
    assert draft("ja", random.Random(3)) == draft("ja", random.Random(3))
