"""The output layer for the tokens that are learned, and for no other: what a step costs on a processor.

TRL 1.16 computes logits, entropy and their gradients of every position where it has no Triton kernel, prompts included,
and computes them a second time for the gradient. In a small model the output layer is a third of all weights, and of
a row of instruction tuning a quarter of the tokens counts.
"""

from __future__ import annotations

import functools
from types import MethodType
from typing import Any

ROUND_TO = 64  # every new shape of a matrix product costs the processor's library a compilation
SCALED = ("final_logit_softcapping", "logit_scale", "output_multiplier", "lm_head_multiplier", "logits_scaling")


def has_plain_head(model: Any) -> bool:
    """Whether the logits are the output layer's own numbers, and one feed-forward part serves all tokens."""
    config = model.config.get_text_config()
    experts = any(getattr(config, name, None) for name in ("num_experts", "num_local_experts", "n_routed_experts"))
    return not experts and not any(getattr(config, name, None) for name in SCALED)


def count_labels_only(model: Any, bf16: bool) -> bool:
    """Give ``model``, to which TRL has given its fused head, one that runs where a label counts (is not -100); whether
    it could be given. The numbers are those of TRL's: log-probability, entropy, mean logit and first place a label,
    (rows, length - 1) each, 0 where no label counts. For models on a processor.
    """
    import torch
    from torch.nn.functional import cross_entropy, pad
    from trl.trainer.utils import FusedCausalLMOutput

    if not has_plain_head(model):
        return False
    whole = model.forward

    @functools.wraps(type(model).forward)
    def forward(self: Any, *args: Any, fused_lm_head: bool = False, labels: Any = None, **given: Any) -> Any:
        if not fused_lm_head:
            return whole(*args, **given) if labels is None else whole(*args, labels=labels, **given)
        items = given.pop("num_items_in_batch", None)
        given["use_cache"] = False
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=bf16):
            hidden = self.base_model(*args, **given).last_hidden_state[:, :-1]
            targets = labels[:, 1:]
            mask = targets != -100
            places = mask.flatten().nonzero().squeeze(1)
            rounded = pad(places, (0, -len(places) % ROUND_TO))
            logits = self.get_output_embeddings()(hidden.flatten(0, 1)[rounded])[: len(places)].float()
        wanted = targets[mask]
        log_probs = -cross_entropy(logits, wanted, reduction="none")
        with torch.no_grad():
            told = logits.detach()
            entropy = torch.logsumexp(told, -1) - (torch.softmax(told, -1) * told).sum(-1)
            figures = (entropy, told.mean(-1), told.argmax(-1) == wanted)
        entropies, means, firsts = (one.new_zeros(mask.shape).masked_scatter(mask, one) for one in figures)
        spread = log_probs.new_zeros(mask.shape).masked_scatter(mask, log_probs)
        return FusedCausalLMOutput(
            loss=-log_probs.sum() / (mask.sum().clamp(min=1) if items is None else items),
            log_probs=spread,
            entropy=entropies,
            mean_logits=means,
            is_top1=firsts,
            label_mask=mask,
        )

    model.forward = MethodType(forward, model)
    return True
