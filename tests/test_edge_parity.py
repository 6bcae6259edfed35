"""The bench of parity in small: 200 sentences for each kind of tokenizer, ids and logits as transformers has them."""

from __future__ import annotations

from pathlib import Path

import pytest
from bench_parity import KINDS, measure, sentences

for needed in ("torch", "transformers", "sentencepiece", "gguf"):
    pytest.importorskip(needed, reason="the reference is transformers: pip install 'andon[train]'")

SENTENCES = sentences(200, seed=5)


def test_sentences_are_of_every_kind() -> None:
    text = "".join(SENTENCES)
    assert len(set(SENTENCES)) == 200
    for needed in ("ー", "the", "Ａ", "　", "🔥", "\t", "髙"):
        assert needed in text


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_ids_and_logits(kind: str, tmp_path: Path) -> None:
    found = measure(KINDS[kind], SENTENCES, tmp_path, logit_texts=3)
    assert found["different"] == 0, found["examples"]
    assert found["most_logit_difference"] <= 1e-2
    assert found["same_likeliest_token"] == 1.0
    assert (found["different_only_at_edges"] > 0) == ("space before" in kind)
