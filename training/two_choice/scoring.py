"""Scoring: how a model chooses between two answers, by likelihood, by letters in both orders, and by what it says.

Fixed in advance: the likelihood a character of the answer decides (OLMES, Gu et al. 2024: small models need the
answer's text, not its letter). Preference training comes near that very measure, so what the model says by itself
decides claims.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Protocol

from edge.runner import Message, Runner, Sampling
from index.text import normalise
from training.data.slots import contradiction, slots_of
from training.two_choice.facts import POOLS
from training.two_choice.items import Item
from training.two_choice.statistics import smallest_gap, wilson

MEASURES = ("character", "byte", "sum", "token", "pmi")
PRIMARY = "character"
IN_OTHER_WORDS = "trained, in other words"
_LETTERS = {
    "ja": "{question}\nA: {first}\nB: {second}\n正しいのは A と B のどちらですか。記号だけで答えてください。",
    "en": "{question}\nA: {first}\nB: {second}\nWhich is right, A or B? Answer with the letter only.",
}


@dataclass(frozen=True, slots=True)
class LogProb:
    """Natural logarithm of the probability of a continuation, and of how many tokens it was."""

    total: float
    tokens: int


class ChoiceScorer(Protocol):
    """A model that tells how likely it finds ``continuations`` after ``messages``, all of them. ``name`` names its
    weights."""

    name: str

    def log_probs(self, messages: Sequence[Message], continuations: Sequence[str]) -> list[LogProb]: ...


@dataclass(frozen=True, slots=True)
class Scored:
    """For each measure how much more likely the right answer was than the wrong one, in nats; ``letters`` averaged over
    both orders, ``swapped`` whether the two orders disagreed; ``blind``: by PRIMARY without the question; ``said``:
    whether the model's own words were right, None where they were not asked for."""

    id: str
    margins: dict[str, float]
    letters: float
    swapped: bool
    blind: float
    said: bool | None = None

    @property
    def right(self) -> bool:
        return self.margins[PRIMARY] > 0


def score_items(items: Sequence[Item], scorer: ChoiceScorer, runner: Runner | None = None) -> list[Scored]:
    """Each item by likelihood and letters, with and without its question; with a ``runner`` also what it says."""
    return [_scored(item, scorer, runner) for item in items]


def _scored(item: Item, scorer: ChoiceScorer, runner: Runner | None) -> Scored:
    texts = (item.right, item.wrong)
    asked = scorer.log_probs((Message("user", item.question),), texts)
    alone = scorer.log_probs((Message("user", ""),), texts)
    margins = {name: _worth(name, asked, alone, texts, 0) - _worth(name, asked, alone, texts, 1) for name in MEASURES}
    blind = _worth(PRIMARY, alone, alone, texts, 0) - _worth(PRIMARY, alone, alone, texts, 1)
    orders = [_letter_margin(item, scorer, first) for first in (True, False)]
    said = _said(item, runner) if runner is not None else None
    return Scored(item.id, margins, sum(orders) / 2, (orders[0] > 0) != (orders[1] > 0), blind, said)


def _worth(name: str, asked: Sequence[LogProb], alone: Sequence[LogProb], texts: Sequence[str], n: int) -> float:
    units = {"character": len(texts[n]), "byte": len(texts[n].encode()), "token": asked[n].tokens}
    if name == "pmi":
        return asked[n].total - alone[n].total
    return asked[n].total / units.get(name, 1)


def _letter_margin(item: Item, scorer: ChoiceScorer, right_first: bool) -> float:
    first, second = (item.right, item.wrong) if right_first else (item.wrong, item.right)
    text = _LETTERS[item.lang].format(question=item.question, first=first, second=second)
    a, b = scorer.log_probs((Message("user", text),), ("A", "B"))
    return (a.total - b.total) * (1 if right_first else -1)


def _said(item: Item, runner: Runner) -> bool:
    text = "".join(piece.text for piece in runner.stream((Message("user", item.question),), Sampling(max_tokens=96)))
    return says_right(text, item.right, item.wrong)


def says_right(text: str, right: str, wrong: str) -> bool:
    """Whether ``text`` tells the right answer: its words or its slots, and nothing of the wrong one's."""
    plain, wanted, other = normalise(text), normalise(right), normalise(wrong)
    if wanted in plain:
        return other not in plain.replace(wanted, " ")
    said, own, false = slots_of(text), slots_of(right), slots_of(wrong)
    if not own.values or contradiction(own, said):
        return False
    return own.values <= said.values and not (false.values - own.values) & said.values


def summary(items: Sequence[Item], scored: Sequence[Scored]) -> dict[str, Any]:
    """Shares with intervals by pool and wording, the question-blind check, and the smallest gap that would show."""
    pairs = list(zip(items, scored, strict=True))
    out: dict[str, Any] = {"primary": PRIMARY, "pools": {}}
    for name in (*POOLS, IN_OTHER_WORDS, "all"):
        own = [result for item, result in pairs if _belongs(item, name)]
        if not own:
            continue
        found: dict[str, Any] = {"items": len(own), "smallest_gap": smallest_gap(len(own))}
        for measure in MEASURES:
            found[measure] = _share([result.margins[measure] > 0 for result in own])
        found["letters"] = _share([result.letters > 0 for result in own])
        found["orders_disagree"] = round(sum(result.swapped for result in own) / len(own), 4)
        found["question_blind"] = _share([result.blind > 0 for result in own])
        if all(result.said is not None for result in own):
            found["said"] = _share([bool(result.said) for result in own])
        out["pools"][name] = found
    return out


def _belongs(item: Item, name: str) -> bool:
    if name == IN_OTHER_WORDS:
        return item.pool == "trained" and item.wording == "unseen"
    return name in ("all", item.pool)


def _share(right: Sequence[bool]) -> list[float]:
    low, high = wilson(sum(right), len(right))
    return [round(value, 4) for value in (sum(right) / len(right), low, high)]


def as_rows(scored: Sequence[Scored]) -> list[dict[str, Any]]:
    return [asdict(result) for result in scored]
