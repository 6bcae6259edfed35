"""ModelMatch: a file against itself and against a coarser one of it; the fixed set; andon model match."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from test_ui_model import BUNDLED, run

from assistant.evaluation.model_match import MatchRow, ModelMatch, match_models, match_questions
from edge.llama.likelihood import likelihood_of
from edge.quantize import quantize


@pytest.fixture(scope="module")
def coarse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return quantize(BUNDLED, tmp_path_factory.mktemp("coarse") / "m.gguf", "q4_0", threads=1, again=True)


def test_the_set_is_of_both_languages_and_small() -> None:
    found = match_questions()
    assert [question.lang for question in found].count("ja") == [question.lang for question in found].count("en") == 12
    assert len({question.text for question in found}) == 24
    assert all(question.passage in question.messages[-1].content for question in found)
    root = Path(__file__).resolve().parents[1]
    scored = (root / "demo/questions.jsonl").read_text(encoding="utf-8")
    assert not [question.text for question in found if question.text in scored]


def test_a_coarser_file_shows_and_warns(coarse: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    found = match_models(BUNDLED, coarse, threads=1)
    every = found.rows[-1]
    assert (every.lang, every.questions) == ("", 24) and every.same < 1.0 and every.same <= every.alike
    assert found.different and all(a != b for _question, a, b in found.different)
    assert found.same_token < 0.9 and found.hurts
    assert found.as_json()["hurts"] is True


def test_a_file_against_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "ja_JP.UTF-8")
    code, told = run("match", str(BUNDLED), str(BUNDLED), "--threads", "1")
    assert code == 0 and "100.0 %" in told and "目安の範囲内" in told
    assert "警告" not in told


def test_what_counts_as_hurting() -> None:
    row = (MatchRow("", 24, 1.0, 1.0),)
    assert not ModelMatch(row, 10.0, 10.4, -0.04, 0.95, ()).hurts
    assert ModelMatch(row, 10.0, 10.6, -0.06, 0.95, ()).hurts
    assert ModelMatch(row, 10.0, 9.9, 0.01, 0.85, ()).hurts  # a lower perplexity alone proves nothing
    assert json.dumps(ModelMatch(row, 10.0, 10.4, -0.04, 0.95, ()).as_json())


def test_likelihood_is_that_of_the_logits(tmp_path: Path) -> None:
    pytest.importorskip("torch")
    import numpy as np
    import torch
    from tiny_model import make_tiny_gguf
    from transformers import AutoModelForCausalLM, AutoTokenizer

    gguf = make_tiny_gguf(tmp_path)
    text = "主軸が停止したときは、アラーム AL-16 を確認する。"
    ids = AutoTokenizer.from_pretrained(tmp_path / "hf", local_files_only=True).encode(text)
    theirs = AutoModelForCausalLM.from_pretrained(tmp_path / "hf", dtype=torch.float32, local_files_only=True).eval()
    with torch.no_grad():
        expected = torch.log_softmax(theirs(torch.tensor([ids])).logits[0, :-1], -1).numpy()
    found = likelihood_of(gguf, [text], 1)
    assert np.abs(found.log_probabilities - expected[np.arange(len(ids) - 1), ids[1:]]).max() < 0.02
    assert (found.likeliest == expected.argmax(1)).mean() > 0.95
    assert found.perplexity == pytest.approx(np.exp(-found.log_probabilities.mean()))
