"""Preference: pairs mined from one passage, and a stage that moves the wanted answer up without losing it."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from assistant.prompt import NOT_FOUND
from training.bundled.items import Row, make_items
from training.bundled.mixture import Mixture
from training.bundled.preference import Preference, pair_row, pair_rows, unwanted
from training.bundled.recipe import PreferenceStage, Shape, Stage
from training.bundled.stage import run_stage
from training.bundled.tokenizer import ChatTokenizer, train_tokenizer
from training.cards.card import Ask, Card
from training.cards.factory import tokenizer_sample

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")
pytest.importorskip("sentencepiece")

TINY = Shape(hidden=48, layers=2, heads=2, kv_heads=2, head_dim=24, ffn=64, structured=False)
STAGE = PreferenceStage(steps=12, learning_rate=2e-3, warmup_steps=1, max_tokens=700, tokens_per_step=1500)
TEXT = "Code: E-1\nName: overload\nCause: worn belt in the drive.\nAction: replace the belt and grease it."


def card() -> Card:
    spans = {
        name: (TEXT.index(name), len(TEXT) if name == "Action" else TEXT.index("\n", TEXT.index(name)))
        for name in ("Cause", "Action")
    }
    asks = (Ask("Why E-1?", "E-1", (spans["Cause"],), True), Ask("Fix E-1?", "E-1", (spans["Action"],), True))
    return Card("en", "M-1, p. 1", TEXT, asks, "alarm")


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory: pytest.TempPathFactory) -> ChatTokenizer:
    torch.set_num_threads(1)
    folder = tmp_path_factory.mktemp("tokenizer")
    return ChatTokenizer(train_tokenizer(tokenizer_sample(1)[:500], folder, 1100, threads=1))


def test_unwanted_answers_are_the_neighbour_or_a_refusal_and_never_the_wanted_one() -> None:
    items = make_items([card()], random.Random(1), 1, missing_share=0.0)
    item = next(i for i in items if i.question == "Fix E-1?")
    found = {unwanted(item, items, random.Random(seed)) for seed in range(60)}
    assert NOT_FOUND["en"] in found
    assert "Cause: worn belt in the drive. [1]" in found
    assert "Name: overload [1]" in found
    assert not any(answer and "grease" in answer for answer in found)


def test_a_question_without_an_answer_is_paired_with_an_answer() -> None:
    other = Card("en", "M-1, p. 2", "Code: E-77\nName: jam", (Ask("What is E-77?", "E-77", ((0, 10),)),), "alarm")
    items = [i for s in range(40) for i in make_items([card(), other], random.Random(s), 1, missing_share=0.9)]
    refused = next(i for i in items if i.number == 0)
    wrong = unwanted(refused, items, random.Random(2))
    assert wrong is not None
    assert wrong.endswith("[1]")


def test_pairs_that_do_not_fit_are_left_out_whole(tokenizer: ChatTokenizer) -> None:
    items = make_items([card()], random.Random(1), 1, missing_share=0.0)
    whole = pair_row(items, tokenizer, 2000, random.Random(1))
    assert whole is not None
    assert set(whole.branches) == {0, 1, 2, 3, 4}
    assert pair_row(items, tokenizer, 40, random.Random(1)) is None


def test_the_margin_rises_and_the_wanted_answer_does_not_fall(tokenizer: ChatTokenizer, tmp_path: Path) -> None:
    from training.bundled.model import load_model, new_model

    mixture = Mixture({"ja": [], "en": []}, {}, tokenizer, Stage(factory_share=1.0))
    fixed = pair_rows(mixture, STAGE, 1)

    def rows_of(step: int) -> list[Row]:
        return fixed

    start = new_model(TINY, tokenizer.size, seed=3)
    start.save_pretrained(tmp_path / "start")
    objective = Preference(load_model(tmp_path / "start").eval(), STAGE)
    before = objective.scores(start.eval(), fixed)
    assert before.margin == 0.0
    trained, _ = run_stage(start, rows_of, STAGE, tmp_path / "stage", 2, lambda news: None, objective)
    after = objective.scores(trained.eval(), fixed)
    assert after.pairs == before.pairs >= 3
    assert after.margin > 0.05
    assert after.preferred > 0.6
    assert after.chosen_gain > 0


def test_parts_of_a_step_add_up(tokenizer: ChatTokenizer) -> None:
    """However the rows are cut for the threads, the loss is the same."""
    from training.bundled.model import new_model

    mixture = Mixture({"ja": [], "en": []}, {}, tokenizer, Stage(factory_share=1.0))
    rows = pair_rows(mixture, STAGE, 2)
    model = new_model(TINY, tokenizer.size, seed=4).eval()
    objective = Preference(new_model(TINY, tokenizer.size, seed=5).eval(), STAGE)
    with torch.no_grad():
        whole = float(objective(model, rows, rows))
        parts = sum(float(objective(model, [row], rows)) for row in rows)
    assert len(rows) > 1
    assert whole == pytest.approx(parts, rel=0.02)  # bf16
