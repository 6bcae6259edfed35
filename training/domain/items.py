"""Two-choice items from the facts of tables: the right value against a true value of another row of the same column."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from training.data.split import Part
from training.domain.facts import Fact, siblings

LENGTHS = 1.6  # longest over shortest of the two choices, so that length tells nothing
POOLS: Mapping[Part, str] = {"train": "train", "text": "text", "unseen": "unseen"}


@dataclass(frozen=True, slots=True)
class Item:
    """``question`` in a wording that no training reads; ``right`` and ``wrong`` are both true values of one column.
    ``cluster``: items that stand or fall together, a row of a table."""

    id: str
    pool: str
    lang: str
    question: str
    right: str
    wrong: str
    cluster: str

    def as_row(self) -> dict[str, str]:
        return asdict(self)


def items_of(facts: Sequence[Fact], part: Mapping[str, Part], seed: int, most: int = 600) -> list[Item]:
    """Up to ``most`` items for each pool, drawn evenly over the columns. The wrong choice is of the fact's own part, so
    that in no pool one choice is known better than the other, and each value is as often right as wrong where it can
    be: choices alone then say nothing."""
    near = siblings(facts)
    by_id = {fact.id: fact for fact in facts}
    found: list[Item] = []
    for own, pool in POOLS.items():
        rng = random.Random(f"{seed}:items:{pool}")
        members = [fact for fact in facts if part[fact.id] == own]
        rng.shuffle(members)
        used: dict[str, int] = {}
        made: list[Item] = []
        for fact in members:
            options = [other for other in near[fact.id] if part[other.id] == own and _as_long(fact.value, other.value)]
            if not options:
                continue
            least = min(used.get(other.id, 0) for other in options)
            wrong = rng.choice([other for other in options if used.get(other.id, 0) == least])
            used[wrong.id] = least + 1
            made.append(_item(by_id[fact.id], wrong, pool, len(made)))
        found += made[:most]
    return found


def _item(fact: Fact, wrong: Fact, pool: str, wording: int) -> Item:
    return Item(
        f"{fact.id}-{wrong.id}", pool, fact.lang, fact.tested(wording), fact.value, wrong.value,
        f"{fact.document} {fact.subject}",
    )  # fmt: skip


def _as_long(one: str, other: str) -> bool:
    return max(len(one), len(other)) <= LENGTHS * min(len(one), len(other))
