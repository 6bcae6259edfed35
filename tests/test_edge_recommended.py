"""Recommended models: the data holds together, and what is expected of boards stays within what was published."""

from __future__ import annotations

import json

import pytest
from test_ui_model import run

from edge.recommended import expect, recommended


def test_the_data_holds_together() -> None:
    models, boards = recommended()
    assert len({model.id for model in models}) == len(models) >= 10
    assert {board.id for board in boards} == {"jetson", "jetson-super", "rk3588", "rk3588-npu"}
    for model in models:
        assert model.licence and model.note_en and model.note_ja and model.source.startswith("huggingface.co/")
        assert 0.4 < model.size_gb("q4_k_m") / (model.parameters / 1e9) < 0.75
        assert 0.95 < model.size_gb("q8_0") / (model.parameters / 1e9) < 1.2
    for board in boards:
        assert 0 < board.share_low < board.share_high < 1


@pytest.mark.parametrize(
    ("model", "board", "published"),
    # decode tokens a second as others measured them; MLC's INT4 stands for Q4_K_M
    [("Llama-3.2-3B-Instruct", "jetson", 27.7), ("Llama-3.2-3B-Instruct", "jetson-super", 30.0),
     ("Qwen2.5-1.5B-Instruct", "jetson-super", 32.1), ("Phi-3.5-mini-instruct", "rk3588-npu", 7.45),
     ("gemma-2-2b-jpn-it", "rk3588-npu", 10.4), ("Qwen2.5-1.5B-Instruct", "rk3588-npu", 16.7)],
)  # fmt: skip
def test_expectations_are_near_what_others_measured(model: str, board: str, published: float) -> None:
    models, boards = recommended()
    found = expect(next(m for m in models if m.id == model), next(b for b in boards if b.id == board))
    assert found.tokens_a_second_low * 0.8 <= published <= found.tokens_a_second_high * 1.25


def test_memory_is_weights_keys_values_and_the_rest() -> None:
    models, boards = recommended()
    phi = next(model for model in models if model.id == "Phi-3.5-mini-instruct")
    assert phi.kv_gb(1000) == pytest.approx(2 * 32 * 32 * 96 * 2 * 1000 / 1e9)
    found = expect(phi, boards[0])
    assert found.memory_gb > phi.size_gb("q4_k_m") + phi.kv_gb()
    assert not expect(phi, boards[0], 32_768).fits


def test_it_is_said_to_be_expected(monkeypatch: pytest.MonkeyPatch) -> None:
    for locale, says in (("C.UTF-8", "By formula, not measured"), ("ja_JP.UTF-8", "実測ではありません")):
        monkeypatch.setenv("LC_ALL", locale)
        code, told = run("list", "--recommended", "--board", "rk3588")
        assert code == 0 and says in told and "sarashina2.2-3b" in told and "MIT" in told
    code, told = run("list", "--recommended", "--board", "jetson", "--json")
    assert code == 0 and json.loads(told)["measured"] is False
