"""Sampler: logits -> the next token, as Sampling asks."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Protocol

from edge.runner import Sampling

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_PENALTY_WINDOW = 64  # tokens; llama.cpp's own default for penalty_last_n


class Binding(Protocol):
    """What a token must keep to (edge.llama.grammar.Grammar)."""

    def allows(self, token: int) -> bool: ...

    def bound(self, logits: NDArray[np.float32]) -> NDArray[np.float32]: ...


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
        self._recent: deque[int] = deque(maxlen=_PENALTY_WINDOW)

    def choose(self, logits: NDArray[np.float32], binding: Binding | None = None) -> int:
        """One id for ``logits`` (vocab_size,), which are left as they are; one that ``binding`` allows.

        A token is drawn freely first, and among the allowed ones only where it is not one of them: the chances are
        those of drawing among the allowed ones alone (but for the cut of top-k and top-p), and asking about one token
        is cheap."""
        penalised = self._penalised(logits)
        token = self._pick(penalised)
        if binding is not None and not binding.allows(token):
            token = self._pick(binding.bound(penalised))
        self._recent.append(token)
        return token

    def _penalised(self, logits: NDArray[np.float32]) -> NDArray[np.float32]:
        import numpy as np

        if self._sampling.repeat_penalty == 1.0 or not self._recent:
            return logits
        seen = np.unique(np.array(self._recent))
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
        order = _best_first(logits, options.top_k)
        scaled = logits[order].astype(np.float64) / options.temperature
        shares = np.exp(scaled - scaled[0])
        shares /= shares.sum()
        if options.top_p < 1.0:
            # the token that crosses the line still belongs to the nucleus
            shares = shares[: int(np.searchsorted(np.cumsum(shares), options.top_p)) + 1]
            shares /= shares.sum()
        return int(order[self._random.choice(len(shares), p=shares)])


def _best_first(logits: NDArray[np.float32], most: int) -> NDArray[np.int64]:
    """Ids by falling logit, the lower id first among equals; the first ``most`` of them, all for 0."""
    import numpy as np

    if not 0 < most < len(logits):
        return np.argsort(-logits, kind="stable")
    near = np.flatnonzero(logits >= np.partition(logits, len(logits) - most)[len(logits) - most])
    return near[np.argsort(-logits[near], kind="stable")][:most]
