"""Items: questions with a right and a wrong answer, built in pairs, so that only the question tells which is which.

Two facts of one kind make two items: each question has its own answer as the right one and the other's as the wrong
one. Whatever a model thinks of the two answers without a question, it is right once and wrong once: a score above 50 %
without the question is impossible, not only unlikely.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from index.passage import Lang
from index.text import normalise
from training.data.data_card import read_rows_of, write_rows
from training.data.shingles import shingles
from training.data.slots import slots_of
from training.errors import ItemsMissing
from training.two_choice.facts import Fact, Pool

PER_FACT = 2  # pairs that a fact is part of, with two partners
FEWEST = 40  # items below which not even a gap of 30 points would show
MOST_TRIED = 60  # partners that a fact is tried with
_RATIO = 2.5  # longest over shortest answer of a pair


@dataclass(frozen=True, slots=True)
class Item:
    """``pair``: the two items that have the same two answers; ``cluster``: what goes right or wrong together (a table,
    or a product's FAQ); ``right_first``: which answer is A where letters are asked; ``wording``: whether training asked
    in other words ("unseen") or in these ("seen")."""

    id: str
    question: str
    right: str
    wrong: str
    lang: Lang
    pool: Pool
    document: str
    pair: str
    cluster: str
    right_first: bool
    wording: str


Likeness = Callable[[str, str], float]
"""(question, answer) -> how like they are, as an embedder sees it."""


def build_items(
    facts: Sequence[Fact], pool_of: Mapping[str, Pool], seed: int = 1,
    rejected: Collection[tuple[str, str]] = frozenset(), likeness: Likeness | None = None,
) -> list[Item]:  # fmt: skip
    """Items over ``facts``; ``pool_of`` names the pool of each fact's group, and groups that it does not name are left
    out. ``rejected``: (question, answer) that preference training rejects, which no item may ask. With a ``likeness``
    pairs are left out of which it tells both answers, or neither: what the subject gives away is no knowledge."""
    columns: defaultdict[tuple[str, Pool], list[Fact]] = defaultdict(list)
    for fact in facts:
        pool = pool_of.get(fact.group)
        if pool is not None:
            columns[fact.column, pool].append(fact)
    barred = {(normalise(question), normalise(answer)) for question, answer in rejected}
    items: list[Item] = []
    for (column, pool), held in sorted(columns.items()):
        rng = random.Random(f"{seed}:{column}:{pool}")
        for one, other in _pairs(held, rng, barred, likeness):
            first = rng.random() < 0.5
            pair = f"{one.id}|{other.id}"
            items += [_item(one, other, pool, pair, first), _item(other, one, pool, pair, not first)]
    return items


def _item(one: Fact, other: Fact, pool: Pool, pair: str, right_first: bool) -> Item:
    seen = pool == "trained" and not one.trained_question
    return Item(
        f"{one.id}>{other.id}", one.question, one.answer, other.answer, one.lang, pool, one.document, pair,
        one.column.rpartition(".")[0] or one.column, right_first, "seen" if seen else "unseen",
    )  # fmt: skip


def _pairs(
    held: Sequence[Fact], rng: random.Random, barred: Collection[tuple[str, str]], likeness: Likeness | None
) -> list[tuple[Fact, Fact]]:
    """Partners, PER_FACT at most for each fact."""
    order = list(held)
    rng.shuffle(order)
    used: Counter[str] = Counter()
    found: list[tuple[Fact, Fact]] = []
    known: set[frozenset[str]] = set()
    for distance in range(1, min(len(order), MOST_TRIED)):
        for place, one in enumerate(order):
            other = order[(place + distance) % len(order)]
            if max(used[one.id], used[other.id]) >= PER_FACT or frozenset((one.id, other.id)) in known:
                continue
            if _fit(one, other, barred, likeness):
                used[one.id] += 1
                used[other.id] += 1
                found.append((one, other))
                known.add(frozenset((one.id, other.id)))
    return found


def _fit(one: Fact, other: Fact, barred: Collection[tuple[str, str]], likeness: Likeness | None) -> bool:
    """Whether two facts make a fair pair: of other groups, neither answer within the other, of like length
    and the same quantities (to "which supply" 200 V is more likely than 4 axes), and without a hint in the words that
    question and answer share."""
    first, second = normalise(one.answer), normalise(other.answer)
    if one.group == other.group or first in second or second in first:
        return False
    if max(len(first), len(second)) > _RATIO * min(len(first), len(second)) + 4:
        return False
    if slots_of(one.answer).quantities().keys() != slots_of(other.answer).quantities().keys():
        return False
    for fact, wrong in ((one, second), (other, first)):
        if (normalise(fact.question), wrong) in barred or wrong in normalise(fact.question):
            return False
    if hint(one.question, one.answer, other.answer) + hint(other.question, other.answer, one.answer) != 0:
        return False
    return likeness is None or _told(likeness, one, other) != _told(likeness, other, one)


def _told(likeness: Likeness, one: Fact, other: Fact) -> bool:
    """Whether the embedder alone would choose the right answer."""
    return likeness(one.question, one.answer) > likeness(one.question, other.answer)


def hint(question: str, right: str, wrong: str) -> int:
    """1 where the right answer shares more of its letter pairs with the question than the wrong one, -1 where fewer."""
    asked = shingles(question, 2)
    shares = [len(asked & own) / max(1, len(own)) for own in (shingles(right, 2), shingles(wrong, 2))]
    return (shares[0] > shares[1]) - (shares[0] < shares[1])


def write_items(path: Path, items: Sequence[Item]) -> int:
    return write_rows(path, [asdict(item) for item in items])


def read_items(path: Path) -> list[Item]:
    """The items of a file that ``write_items`` wrote. Raises ItemsMissing."""
    try:
        rows = read_rows_of(path)
        items = [Item(**row) for row in rows]
    except (OSError, ValueError, TypeError) as reason:
        raise ItemsMissing(
            f"{path} holds no two-choice items ({reason}).", "Make them with: andon train two-choice FOLDER"
        ) from reason
    if not items:
        raise ItemsMissing(f"{path} is empty.", "Make them with: andon train two-choice FOLDER")
    return items


BLIND: Mapping[str, Callable[[Item], float] | None] = {
    "the longer answer": lambda item: len(item.right) - len(item.wrong),
    "the answer with more digits": lambda item: _digits(item.right) - _digits(item.wrong),
    "the answer that comes first by the alphabet": lambda item: 1 if item.right < item.wrong else -1,
    "the answer that more items have as right": None,
    "the answer that shares more letters with the question": lambda item: hint(item.question, item.right, item.wrong),
    "the answer that is shown first": lambda item: 1 if item.right_first else -1,
}
"""Ways to guess that need no knowledge; each must be right half of the time. Ties count half."""


def guessed(items: Sequence[Item]) -> dict[str, float]:
    """The share right of each way of guessing."""
    often = Counter(normalise(item.right) for item in items)
    found = {}
    for name, margin in BLIND.items():
        points = 0.0
        for item in items:
            value = margin(item) if margin else often[normalise(item.right)] - often[normalise(item.wrong)]
            points += 0.5 if value == 0 else float(value > 0)
        found[name] = round(points / max(1, len(items)), 4)
    return found


def some(items: Sequence[Item], most: int, seed: int = 1) -> list[Item]:
    """At most ``most`` of ``items``, whole pairs, the pools and languages as even as they can be."""
    pairs: defaultdict[tuple[Pool, Lang], list[str]] = defaultdict(list)
    for item in items:
        if item.pair not in pairs[item.pool, item.lang]:
            pairs[item.pool, item.lang].append(item.pair)
    rng = random.Random(f"{seed}:some")
    for held in pairs.values():
        rng.shuffle(held)
    taken: set[str] = set()
    while any(pairs.values()) and 2 * len(taken) + 2 <= most:
        for key in sorted(pairs):
            if pairs[key] and 2 * len(taken) + 2 <= most:
                taken.add(pairs[key].pop())
    return [item for item in items if item.pair in taken]


def _digits(text: str) -> int:
    return sum(sign.isdigit() for sign in text)
