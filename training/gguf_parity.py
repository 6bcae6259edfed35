"""logit_parity: what transformers computes from a folder against what llama.cpp computes from the file made of it."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any

from edge.convert_checked import LogitParity
from edge.probe_texts import PROBE_TEXTS

TEXTS = PROBE_TEXTS[:8]
MOST_TOKENS = 48  # of each text: enough for positions to matter, few enough for a processor


def can_compute() -> bool:
    """Whether transformers and torch are here (the extra "train")."""
    return find_spec("transformers") is not None and find_spec("torch") is not None


def logit_parity(folder: Path, gguf: Path, texts: tuple[str, ...] = TEXTS) -> LogitParity | None:
    """Both in float32 on the processor, over the ids of ``texts``; None where the extra "train" is not installed."""
    if not can_compute():
        return None
    import numpy as np
    import torch
    from transformers import AutoModelForCausalLM

    from edge.llama.context import LlamaContext
    from edge.llama.library import LlamaModel

    theirs = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, local_files_only=True).eval()
    model = LlamaModel(gguf)
    most = total = 0.0
    positions = same = followed = 0
    try:
        for text in texts:
            ids = model.tokenize(text, add_special=True, parse_special=True)[:MOST_TOKENS]
            context = LlamaContext(
                model, context_tokens=MOST_TOKENS + 16, batch_tokens=MOST_TOKENS, threads=1, kv_type="f32"
            )
            try:
                ours = np.stack(context.decode_each(ids, 0))
            finally:
                context.close()
            with torch.no_grad():
                expected = theirs(torch.tensor([ids])).logits[0].float().numpy()
            most = max(most, float(np.abs(ours - expected).max()))
            same += int((ours.argmax(1) == expected.argmax(1)).sum())
            positions += len(ids)
            total += float(np.abs(_chosen(ours, ids) - _chosen(expected, ids)).sum())
            followed += len(ids) - 1
    finally:
        model.close()
    return LogitParity(positions, most, total / max(followed, 1), same / max(positions, 1))


def _chosen(logits: Any, ids: list[int]) -> Any:
    """Log-probability of each token but the first, by the logits before it."""
    import numpy as np

    before = logits[:-1].astype(np.float64)
    before -= before.max(axis=1, keepdims=True)
    before -= np.log(np.exp(before).sum(axis=1, keepdims=True))
    return before[np.arange(len(ids) - 1), ids[1:]]
