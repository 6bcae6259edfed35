"""Preference: the wanted answer above one that is nearly right, by direct preference optimisation.

The unwanted answers are mined from the same passage: the neighbouring line or row, a refusal where the passage answers,
an answer where it does not. Loss: sigmoid DPO (Rafailov et al. 2023) against the model the stage starts from, plus the
plain loss on the wanted answers. The second term is there because both answers of such a pair share most of their
words, and DPO alone then lowers the probability of both (Pal et al. 2024, "Smaug").
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from assistant.prompt import NOT_FOUND
from training.bundled.items import Item, Row, make_row
from training.bundled.mixture import LANGS, Mixture
from training.bundled.recipe import PreferenceStage
from training.bundled.stage import counted_logits
from training.bundled.tokenizer import ChatTokenizer

REFUSED_SHARE = 0.25  # of the unwanted answers to answerable questions are refusals
MAX_PAIRS = 5


@dataclass(frozen=True, slots=True)
class Scores:
    """What a set of pairs came to: ``margin`` is beta * (how much more the wanted answer gained on the start than the
    unwanted one), ``preferred`` the share of pairs with a margin above 0, ``chosen_gain`` the mean change of a wanted
    answer's log-probability in nats."""

    pairs: int
    margin: float
    preferred: float
    chosen_gain: float


def unwanted(item: Item, items: Sequence[Item], rng: random.Random) -> str | None:
    """An answer to ``item`` that is nearly right; None where its passage has no other line. Nothing of it may stand in
    the wanted answer."""
    if item.number and rng.random() < REFUSED_SHARE:
        return NOT_FOUND[item.lang]
    lines = [f"{line.strip()} [1]" for line in item.excerpts[0].text.split("\n") if len(line.strip()) > 3]
    wanted = _lines(item.answer)
    near = [i.answer for i in items if i.number and not _shares(_lines(i.answer), wanted)]
    far = [line for line in lines if not _shares(_lines(line), wanted)]
    options = near if near and rng.random() < 0.6 else far or near
    return rng.choice(options) if options else None


def _lines(answer: str) -> list[str]:
    return [line.strip(" .。") for line in answer.replace("[1]", "\n").split("\n") if line.strip(" .。")]


def _shares(first: Sequence[str], second: Sequence[str]) -> bool:
    return any(a in b or b in a for a in first for b in second)


def pair_rows(mixture: Mixture, stage: PreferenceStage, step: int) -> list[Row]:
    """The rows of a step, about ``tokens_per_step`` tokens: branches 1, 3, 5 ... are wanted answers, each followed by
    the unwanted one."""
    rng = random.Random(f"{stage.seed}:pairs:{step}")
    rows: list[Row] = []
    left = stage.tokens_per_step
    while left > 0:
        items = mixture.passage_items(rng.choice(LANGS), rng, stage.missing_share)
        row = pair_row(items, mixture.tokenizer, stage.max_tokens, rng)
        if row is not None:
            rows.append(row)
            left -= len(row.ids)
    return rows


def pair_row(items: Sequence[Item], tokenizer: ChatTokenizer, max_tokens: int, rng: random.Random) -> Row | None:
    """One passage with up to ``MAX_PAIRS`` pairs of answers; None where not one fits."""
    branches: list[Item] = []
    for item in items:
        wrong = unwanted(item, items, rng)
        if wrong is not None and len(branches) < 2 * MAX_PAIRS:
            branches += [item, replace(item, answer=wrong)]
    row = make_row(branches, tokenizer, max_tokens) if branches else None
    return row if row is not None and _pairs(row) else None


def _pairs(row: Row) -> list[int]:
    """Branch numbers of the wanted answers whose partner fitted into the row too."""
    there = set(row.branches)
    return [branch for branch in sorted(there) if branch % 2 and branch + 1 in there]


@dataclass(frozen=True, slots=True)
class Preference:
    """The objective of the stage; ``reference`` is the frozen model that it starts from."""

    reference: Any
    stage: PreferenceStage

    def __call__(self, model: Any, part: Sequence[Row], rows: Sequence[Row]) -> Any:
        import torch

        ours, theirs, answers = self._compare(model, part)
        margins = self.stage.beta * ((ours - theirs)[:, 0] - (ours - theirs)[:, 1])
        pairs = sum(len(_pairs(row)) for row in rows)
        chosen = sum(_chosen_weight(row) for row in rows)
        choice = -torch.nn.functional.logsigmoid(margins).sum() / pairs
        return choice + self.stage.answer_weight * answers / chosen

    def scores(self, model: Any, rows: Sequence[Row]) -> Scores:
        """How ``model`` stands on ``rows`` against the reference."""
        import torch

        with torch.no_grad():
            compared = [self._compare(model, [row]) for row in rows]
        gains = torch.cat([ours - theirs for ours, theirs, _ in compared])
        margins = self.stage.beta * (gains[:, 0] - gains[:, 1])
        return Scores(
            pairs=len(margins),
            margin=round(float(margins.mean()), 4),
            preferred=round(float((margins > 0).float().mean()), 3),
            chosen_gain=round(float(gains[:, 0].mean()), 4),
        )

    def _compare(self, model: Any, part: Sequence[Row]) -> tuple[Any, Any, Any]:
        """Log-probabilities of the answers of each pair, (pairs, 2), by the model and by the reference, and the
        weighted loss of the wanted answers."""
        import torch

        ours, answers = _answer_scores(model, part)
        with torch.no_grad():
            theirs, _ = _answer_scores(self.reference, part)
        return ours, theirs, answers


def _answer_scores(model: Any, rows: Sequence[Row]) -> tuple[Any, Any]:
    import torch

    logits, labels, weights = counted_logits(model, rows)
    losses = torch.nn.functional.cross_entropy(logits, labels, reduction="none")
    width = max(max(row.branches) for row in rows) + 1
    counted = [(n, b) for n, row in enumerate(rows) for b, w in zip(row.branches, row.weights, strict=True) if w > 0]
    slots = torch.tensor([n * width + b for n, b in counted])
    sums = torch.zeros(len(rows) * width).index_add(0, slots, -losses)
    places = [[n * width + b, n * width + b + 1] for n, row in enumerate(rows) for b in _pairs(row)]
    wanted = torch.tensor([float(b % 2) for _, b in counted])
    return sums[torch.tensor(places, dtype=torch.long).reshape(-1, 2)], (losses * weights * wanted).sum()


def _chosen_weight(row: Row) -> float:
    return sum(w for b, w in zip(row.branches, row.weights, strict=True) if b % 2)
