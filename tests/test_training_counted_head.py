"""Training, the output layer for learned tokens alone: the numbers and gradients of TRL's own head."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from domain_jobs import make_base

from training.domain.counted_head import count_labels_only, has_plain_head

torch = pytest.importorskip("torch")
pytest.importorskip("trl")

FIELDS = ("log_probs", "entropy", "mean_logits")


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_base(tmp_path_factory.mktemp("base"))


def with_trl_head(base: Path) -> Any:
    from transformers import AutoModelForCausalLM
    from trl.trainer.utils import add_fused_lm_head

    model = AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32)
    add_fused_lm_head(model, outputs=("log_probs", "entropy", "mean_logits", "is_top1"))
    return model


def scored(model: Any, labels: Any, **more: Any) -> tuple[Any, dict[str, Any]]:
    ids = torch.arange(2 * 40).reshape(2, 40) % 50 + 4
    out = model(input_ids=ids, labels=labels, fused_lm_head=True, **more)
    model.zero_grad()
    out.loss.backward()
    return out, {name: p.grad.clone() for name, p in model.named_parameters() if p.grad is not None}


def some_labels(share: float) -> Any:
    torch.manual_seed(3)
    ids = torch.arange(2 * 40).reshape(2, 40) % 50 + 4
    return ids.masked_fill(torch.rand(2, 40) > share, -100)


@pytest.mark.parametrize("share", [1.0, 0.3])
def test_numbers_and_gradients_are_those_of_the_whole_head(base: Path, share: float) -> None:
    labels = some_labels(share)
    theirs, wanted = scored(with_trl_head(base), labels)
    model = with_trl_head(base)
    assert count_labels_only(model, bf16=False)
    ours, made = scored(model, labels)
    torch.testing.assert_close(ours.loss, theirs.loss)
    assert torch.equal(ours.label_mask, theirs.label_mask)
    assert torch.equal(ours.is_top1, theirs.is_top1.bool())
    for field in FIELDS:
        torch.testing.assert_close(getattr(ours, field), getattr(theirs, field), rtol=1e-4, atol=1e-5)
    assert made.keys() == wanted.keys()
    for name, gradient in wanted.items():
        torch.testing.assert_close(made[name], gradient, rtol=1e-3, atol=1e-6)


def test_the_loss_counts_the_items_of_all_batches_of_a_step(base: Path) -> None:
    labels = some_labels(0.5)
    model = with_trl_head(base)
    theirs, _ = scored(model, labels, num_items_in_batch=100)
    count_labels_only(model, bf16=False)
    ours, _ = scored(model, labels, num_items_in_batch=100)
    torch.testing.assert_close(ours.loss, theirs.loss)


def test_rows_without_a_label_teach_nothing_and_fail_nothing(base: Path) -> None:
    model = with_trl_head(base)
    count_labels_only(model, bf16=True)
    out, gradients = scored(model, torch.full((2, 40), -100))
    assert float(out.loss.detach()) == 0
    assert all(not gradient.any() for gradient in gradients.values())


def test_generation_sees_the_whole_model(base: Path) -> None:
    model = with_trl_head(base).eval()
    asked = torch.tensor([[5, 6, 7, 8]])
    before = model(asked).logits
    count_labels_only(model, bf16=True)
    assert torch.equal(model(asked).logits, before)
    made = model.generate(asked, max_new_tokens=3, do_sample=False, pad_token_id=3)
    assert made.shape[1] > 4


@pytest.mark.parametrize("changed", [{"logit_scale": 0.5}, {"final_logit_softcapping": 30.0}, {"num_local_experts": 8}])
def test_a_model_whose_logits_are_more_than_its_head_keeps_what_trl_gave(base: Path, changed: dict[str, Any]) -> None:
    model = with_trl_head(base)
    given = model.forward
    for name, value in changed.items():
        setattr(model.config, name, value)
    assert not has_plain_head(model)
    assert not count_labels_only(model, bf16=False)
    assert model.forward == given
