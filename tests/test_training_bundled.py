"""The model that ships: it is what the catalogue and the card say, and it copies from the excerpt it is given."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from edge.models import find, load_catalogue, verify
from training.bundled.evaluate_slm import answer_items
from training.bundled.items import Item, make_items
from training.bundled.scores import judge, summary
from training.cards.passage_cards import made_cards

MODELS = Path(__file__).parent.parent / "models"
RESULTS = Path(__file__).parent.parent / "docs" / "results" / "andon-slm.json"

pytest.importorskip("llama_cpp")


def alarm_items(count: int) -> list[Item]:
    """Answerable questions over one made-up excerpt each, drawn with seeds that neither training nor scoring uses."""
    items = []
    for seed in range(count):
        rng = random.Random(f"bundled:{seed}")
        cards = made_cards(("ja", "en")[seed % 2], rng, ())
        made = [item for item in make_items(cards[:1], rng, 1) if item.number]
        items += made[:1]
    return items


def test_file_catalogue_card_and_scores_agree() -> None:
    card = find(load_catalogue(MODELS / "models.toml"), "slm")
    verify(card)
    assert card.id == "andon-slm-ja-en"
    assert card.bytes < 40_000_000
    scores = json.loads(RESULTS.read_text("utf-8"))
    assert scores["sha256"] == card.sha256
    assert card.sha256 in (MODELS / "andon-slm-ja-en.md").read_text("utf-8")


def test_it_copies_from_its_excerpt() -> None:
    """Well under the measured share of word for word answers (86 %), so that another processor's rounding passes."""
    items = alarm_items(20)
    card = find(load_catalogue(MODELS / "models.toml"), "slm")
    answers = answer_items(card.path, items, threads=1)
    found = summary(judge(item, answer) for item, answer in zip(items, answers, strict=True))
    assert found["verbatim"] >= 0.6, answers
    assert found["answered_right"] >= 0.35, answers
