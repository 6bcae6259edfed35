"""A stage: rows as trees, the copying start, budgets, and checkpoints that survive a kill."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from training.bundled.items import Row, make_items, make_row, plain_row
from training.bundled.recipe import Shape, Stage
from training.bundled.stage import MARKER, Progress, learning_rate, newest_checkpoint, run_stage
from training.bundled.tokenizer import ChatTokenizer, train_tokenizer
from training.cards.card import Ask, Card
from training.cards.factory import factory_cards, tokenizer_sample
from training.errors import RecipeInvalid

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")
pytest.importorskip("sentencepiece")

TINY = Shape(hidden=32, layers=2, heads=2, kv_heads=2, head_dim=16, ffn=48, structured=False)


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory: pytest.TempPathFactory) -> ChatTokenizer:
    torch.set_num_threads(1)
    folder = tmp_path_factory.mktemp("tokenizer")
    return ChatTokenizer(train_tokenizer(tokenizer_sample(1)[:600], folder, 1100, threads=1))


def model(shape: Shape, size: int) -> Any:
    from training.bundled.model import new_model

    return new_model(shape, size, seed=1)


def tree(tokenizer: ChatTokenizer, seed: int, max_tokens: int = 2000) -> Row:
    cards = factory_cards("en", random.Random(seed))
    items = make_items(cards, random.Random(seed), 2)
    row = make_row(items, tokenizer, max_tokens)
    assert row is not None
    return row


def test_tokenizer_keeps_text_and_splits_digits(tokenizer: ChatTokenizer) -> None:
    text = "E-401 が出た。\n 12.5 MPa 非常停止 ☃ |a|  b\t"
    ids = tokenizer.encode(text)
    assert tokenizer.decode(ids) == text
    assert tokenizer.encode("401") == [i for digit in "401" for i in tokenizer.encode(digit)]


def test_each_branch_has_the_loss_it_has_alone(tokenizer: ChatTokenizer) -> None:
    """The tree is only a cheaper way to compute the same prompts."""
    from training.bundled.stage import token_losses

    net = model(replace(TINY, layers=1), tokenizer.size).eval()
    items = make_items(factory_cards("ja", random.Random(8)), random.Random(8), 2)
    assert len(items) >= 3
    together = make_row(items, tokenizer, 4000)
    alone = [make_row([item], tokenizer, 4000) for item in items]
    assert together is not None
    with torch.no_grad():
        losses, _ = token_losses(net, [together])
        single = torch.cat([token_losses(net, [row])[0] for row in alone if row is not None])
    assert losses.shape == single.shape
    assert torch.allclose(losses, single, atol=0.05)  # bf16
    assert together.ids.count(1) == 0


def test_counted_tokens_are_the_answers_and_their_end(tokenizer: ChatTokenizer) -> None:
    card = Card("en", "A-1, p. 1", "The belt is worn.", (Ask("What is worn?", "belt", ((0, 17),)),), "page")
    items = make_items([card], random.Random(1), 1)
    row = make_row(items, tokenizer, 900)
    assert row is not None
    counted = [row.ids[i + 1] for i, weight in enumerate(row.weights) if weight]
    assert tokenizer.decode(counted) == "The belt is worn. [1]"
    assert counted[-1] == 2  # the end mark is learnt too, or the model would never stop


def test_long_branches_are_left_out_and_gaps_only_move_positions(tokenizer: ChatTokenizer) -> None:
    cards = factory_cards("en", random.Random(2))
    items = make_items(cards, random.Random(2), 2)
    whole, moved = make_row(items, tokenizer, 4000), make_row(items, tokenizer, 4000, gap=(50, 700))
    assert whole is not None
    assert moved is not None
    assert moved.ids == whole.ids
    assert max(moved.positions) == max(whole.positions) + 700
    assert make_row(items, tokenizer, 30) is None
    shorter = make_row(items, tokenizer, len(whole.ids) - 1)
    assert shorter is not None
    assert max(shorter.branches) <= len(items)
    assert len(shorter.ids) < len(whole.ids)


def test_the_structured_start_copies_before_any_training() -> None:
    shares = {}
    for structured in (True, False):
        net = model(Shape(structured=structured), 2000).eval()
        once = torch.randint(10, 2000, (4, 40), generator=torch.Generator().manual_seed(1))
        between = torch.randint(10, 2000, (4, 100), generator=torch.Generator().manual_seed(2))
        ids = torch.cat([once, between, once], dim=1)
        with torch.no_grad():
            guess = net(ids).logits.argmax(-1)
        shares[structured] = float((guess[:, -38:-1] == ids[:, -37:]).float().mean())
    assert shares[True] > 0.8
    assert shares[False] < 0.05


def test_structure_needs_room() -> None:
    with pytest.raises(RecipeInvalid, match="hidden"):
        model(replace(TINY, structured=True), 500)


def test_learning_rate_warms_up_stays_and_falls() -> None:
    stage = Stage(steps=100, learning_rate=1.0, warmup_steps=10, decay_share=0.5)
    rates = [learning_rate(stage, Progress(step=s)) for s in (0, 9, 40, 75, 100)]
    assert rates == pytest.approx([0.1, 1.0, 1.0, 0.5, 0.0])
    by_clock = Stage(minutes=10, learning_rate=1.0, warmup_steps=1, decay_share=0.5)
    assert learning_rate(by_clock, Progress(step=5, seconds=450)) == pytest.approx(0.5)


def rows_for(step: int) -> list[Row]:
    rng = random.Random(step)
    return [plain_row([rng.randrange(5, 300) for _ in range(24)]) for _ in range(4)]


def test_a_killed_stage_goes_on_and_ends_where_it_would_have(tmp_path: Path) -> None:
    stage = Stage(steps=6, checkpoint_minutes=0.0, learning_rate=1e-2, warmup_steps=1)
    whole, _ = run_stage(model(TINY, 300), rows_for, stage, tmp_path / "whole", 2, lambda news: None)

    def cut(step: int) -> list[Row]:
        if step == 4:
            raise KeyboardInterrupt
        return rows_for(step)

    with pytest.raises(KeyboardInterrupt):
        run_stage(model(TINY, 300), cut, stage, tmp_path / "cut", 2, lambda news: None)
    half = tmp_path / "cut" / "step-0000005"
    half.mkdir()
    (half / "model.safetensors").write_bytes(b"half written")
    asked: list[int] = []

    def noted(step: int) -> list[Row]:
        asked.append(step)
        return rows_for(step)

    resumed, progress = run_stage(model(TINY, 300), noted, stage, tmp_path / "cut", 2, lambda news: None)
    assert asked == [4, 5]
    assert progress.step == 6
    assert progress.tokens == 6 * 4 * 24
    for first, second in zip(whole.parameters(), resumed.parameters(), strict=True):
        assert torch.allclose(first, second, atol=1e-5)


def test_only_complete_checkpoints_count(tmp_path: Path) -> None:
    assert newest_checkpoint(tmp_path) is None
    for step, complete in ((3, True), (7, False)):
        folder = tmp_path / f"step-{step:07d}"
        folder.mkdir()
        if complete:
            (folder / MARKER).write_text(json.dumps({"step": step}), "utf-8")
    assert newest_checkpoint(tmp_path) == tmp_path / "step-0000003"
