"""Scoring: two-choice items by log-likelihood of a transformers folder, in the chat's own form, without any help.

Primary is the sum of log-probabilities a character (OLMES, Gu et al. 2024: small models need the cloze form, and a sum
alone prefers short answers), the answer's end included, since a stage trains it. The question is not shown to the blind
scorer, which must not know anything then.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from edge.runner import Message
from training.domain.marks import without_marks
from training.two_choice.items import Item
from training.two_choice.torch_scorer import Asked, TorchScorer

BLIND = {"en": "Answer.", "ja": "回答してください。"}


@dataclass(frozen=True, slots=True)
class Result:
    """``margin``: log-probability a character of the right choice less that of the wrong one, in nats."""

    item: Item
    margin: float

    @property
    def right(self) -> bool:
        return self.margin > 0


def score(folder: Path, items: Sequence[Item], *, blind: bool = False, bf16: bool = False) -> list[Result]:
    """The results of the model in ``folder``, in the order of ``items``."""
    asked = [_asked(item, said, blind) for item in items for said in (item.right, item.wrong)]
    told = TorchScorer.of_folder(folder).weigh(asked, bf16=bf16)
    return [
        Result(item, told[2 * n].total / len(item.right) - told[2 * n + 1].total / len(item.wrong))
        for n, item in enumerate(items)
    ]


def _asked(item: Item, said: str, blind: bool) -> Asked:
    question = BLIND[item.lang] if blind else item.question
    return Asked((Message("user", without_marks(question)),), without_marks(said), ends=True)
