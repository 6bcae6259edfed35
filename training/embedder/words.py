"""The static part of the embedder: the mean of a text's word rows, beside what the layers make of them.

Layers tell what a text is about, words which text it is: together they find more than either does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.embedder.student import CLS, PAD, SEP


@dataclass(frozen=True, slots=True)
class Words:
    """``table`` (rows, dim): the static rows, those of [PAD], [CLS] and [SEP] being zero; ``rows`` (tokens,): each
    token's row; ``share`` (0 to 1): of the cosine that comes from this part."""

    table: NDArray[np.float32]
    rows: NDArray[np.int32]
    share: float


def make_words(static: NDArray[np.float32], rows: list[int], share: float) -> Words:
    table = static.astype(np.float32, copy=True)
    table[[PAD, CLS, SEP]] = 0
    return Words(table, np.asarray(rows, np.int32), share)


def joined(vectors: Any, words: Words, ids: Any) -> Any:
    """The whole embedder's vectors (b, width + dim), torch: ``vectors`` (b, width) of unit length from the layers, and
    the static part of the texts of ``ids`` (b, t) token ids, padding among them."""
    import torch
    from torch.nn.functional import normalize

    table, rows = torch.from_numpy(words.table), torch.from_numpy(words.rows).long()
    static = normalize(table[rows[ids]].sum(1), dim=-1)
    return normalize(torch.cat([vectors * (1 - words.share) ** 0.5, static * words.share**0.5], dim=-1), dim=-1)
