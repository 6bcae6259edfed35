"""Options of mining: which rule, and each step of ours with its switch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from training.data.equivalence import DOUBTFUL

Rule = Literal["ours", "paper", "keyword", "random"]
View = Literal["retrieved", "crossed", "question", "answer", "keyword"]
Kind = Literal["mined", "contradiction", "on_policy", "distractor", "refusal"]
RULES: tuple[Rule, ...] = ("ours", "paper", "keyword", "random")
VIEWS: tuple[View, ...] = ("retrieved", "crossed", "question", "answer", "keyword")
QUOTAS: Mapping[Kind, float] = {"mined": 0.4, "contradiction": 0.25, "on_policy": 0.25, "distractor": 0.1}
"""Share of each kind of rejected answer (docs/training-data.md says why). What a kind cannot give, none of the others
takes its place of: a set that is one third on-policy by name only would be measured as such."""


@dataclass(frozen=True, slots=True)
class MiningOptions:
    """``rule``: "ours", or one to compare with: "paper" (the answer most like the right one that is not the same text),
    "keyword" (the same by BM25), "random".

    ``views``: where candidates come from, ``near`` from each. ``margin``: a candidate may answer the question at most
    this share less well than the right answer, by the embedder (NV-Retriever, Moreira et al. 2024: 0.05); ``floor``:
    and better than this percentile of the question's own candidates. Both None switch the window off.
    ``doubtful``: likelihood of equivalence from which a candidate is dropped; None switches that filter off.
    ``length_ratio``: longest over shortest, in characters; None switches it off.
    ``reciprocal``: only pairs of which each answer is rejected for the other's question.
    ``cap``: how often one answer may be rejected; ``per_question``: how many a question gets; ``alike``: cosine from
    which two rejected answers of one question are too alike (None switches it off).
    ``other_products``: whether an entry of another product may serve where the question names no product.
    """

    rule: Rule = "ours"
    views: tuple[View, ...] = VIEWS
    near: int = 30
    margin: float | None = 0.05
    floor: float | None = 20.0
    doubtful: float | None = DOUBTFUL
    length_ratio: float | None = 1.8
    reciprocal: bool = True
    cap: int = 5
    per_question: int = 4
    alike: float | None = 0.95
    other_products: bool = False
    quotas: Mapping[Kind, float] = field(default_factory=lambda: dict(QUOTAS))
    seed: int = 1
