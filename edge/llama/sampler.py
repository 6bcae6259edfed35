"""Sampler: logits -> the next token, as Sampling asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edge.runner import Sampling

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_PENALTY_WINDOW = 64  # tokens; llama.cpp's own default for penalty_last_n


class Sampler:
    """Chooses the tokens of one generation.

    Order: repeat penalty, top-k, temperature, top-p (Holtzman et al. 2019), one draw. At temperature 0 it is the
    greatest logit, the lowest id among equals. The repeat penalty (Keskar et al. 2019) looks at the last 64 generated
    tokens and never at the prompt: an answer is meant to repeat the manual's words.
    """

    def __init__(self, sampling: Sampling) -> None:
        import numpy as np

        self._sampling = sampling
        self._random = np.random.default_rng(sampling.seed)
        self._recent: list[int] = []

    def choose(self, logits: NDArray[np.float32]) -> int:
        """One id for ``logits`` (vocab_size,); the array is left as it is."""
        token = self._pick(self._penalised(logits))
        self._recent = [*self._recent[-(_PENALTY_WINDOW - 1) :], token]
        return token

    def _penalised(self, logits: NDArray[np.float32]) -> NDArray[np.float32]:
        import numpy as np

        if self._sampling.repeat_penalty == 1.0 or not self._recent:
            return logits
        seen = np.unique(self._recent)
        changed = logits.copy()
        values = changed[seen]
        penalty = np.float32(self._sampling.repeat_penalty)
        changed[seen] = np.where(values > 0, values / penalty, values * penalty)
        return changed

    def _pick(self, logits: NDArray[np.float32]) -> int:
        import numpy as np

        options = self._sampling
        if options.temperature <= 0:
            return int(np.argmax(logits))
        order = np.argsort(-logits, kind="stable")
        if options.top_k > 0:
            order = order[: options.top_k]
        scaled = logits[order].astype(np.float64) / options.temperature
        shares = np.exp(scaled - scaled[0])
        shares /= shares.sum()
        if options.top_p < 1.0:
            # the token that crosses the line still belongs to the nucleus
            shares = shares[: int(np.searchsorted(np.cumsum(shares), options.top_p)) + 1]
            shares /= shares.sum()
        return int(order[self._random.choice(len(shares), p=shares)])
