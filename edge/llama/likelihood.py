"""Likelihood: how probable a model of a GGUF file finds given texts, token by token."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from edge.llama.context import LlamaContext
from edge.llama.library import LlamaModel
from edge.options import default_threads

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MOST_TOKENS = 256  # of each text; the logits of that many positions are held at once
_BATCH = 128


@dataclass(frozen=True, slots=True)
class Likelihood:
    """Over all tokens but the first of each text: ``log_probabilities`` (natural) of what stands there, and
    ``likeliest``, the token that the model would have said."""

    log_probabilities: NDArray[np.float64]
    likeliest: NDArray[np.int64]

    @property
    def perplexity(self) -> float:
        import numpy as np

        return float(np.exp(-self.log_probabilities.mean()))


def likelihood_of(path: Path, texts: Sequence[str], threads: int | None = None) -> Likelihood:
    """Errors: ModelMissing, ModelUnreadable, GenerationFailed."""
    import numpy as np

    model = LlamaModel(path)
    found: list[NDArray[np.float64]] = []
    likeliest: list[NDArray[np.int64]] = []
    try:
        for text in texts:
            ids = model.tokenize(text, add_special=True)[:MOST_TOKENS]
            logits = _logits(model, ids, threads or default_threads(path.stat().st_size))[:-1].astype(np.float64)
            logits -= logits.max(axis=1, keepdims=True)
            logits -= np.log(np.exp(logits).sum(axis=1, keepdims=True))
            found.append(logits[np.arange(len(ids) - 1), ids[1:]])
            likeliest.append(logits.argmax(axis=1))
    finally:
        model.close()
    return Likelihood(np.concatenate(found), np.concatenate(likeliest))


def _logits(model: LlamaModel, ids: Sequence[int], threads: int) -> NDArray[np.float32]:
    import numpy as np

    context = LlamaContext(model, context_tokens=MOST_TOKENS + 16, batch_tokens=_BATCH, threads=threads)
    try:
        rows = [context.decode_each(ids[at : at + _BATCH], at) for at in range(0, len(ids), _BATCH)]
    finally:
        context.close()
    return np.stack([row for batch in rows for row in batch])
