"""Training rows: one prompt with several excerpts, and many questions on it as branches of one sequence.

A row is a tree. The trunk is system text and excerpts; each branch is a question with its answer and sees the trunk and
itself, never another branch, at the positions it would have alone. So each branch is exactly one prompt of
``assistant.prompt.build_messages``, while the trunk, most of the tokens, is computed once.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assistant.prompt import NOT_FOUND, Excerpt, Lang, build_messages
from training.bundled.tokenizer import END_ID, START_ID, ChatTokenizer
from training.cards.card import Ask, Card, render_answer

UNANSWERABLE_SHARE = 0.04  # more, and a model this small refuses whenever it is unsure of the place
FIRST_SHARE = 0.6  # of the prompts ask mostly about the first excerpt, as searches put the best passage first
OPENING_WEIGHTS = (6.0, 2.0)  # of an answer's first tokens: they choose the place, the rest is copying
FORK_WEIGHT = 4.0  # of a token where the words before it go on differently elsewhere in the prompt: there copies break
FORK_TOKENS = 2  # so many words before it; what a copying head looks at
MAX_BRANCHES = 10
Gap = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Item:
    """One question over excerpts with its answer. ``number`` is the excerpt that holds it, 0 where none does."""

    lang: Lang
    excerpts: tuple[Excerpt, ...]
    question: str
    answer: str
    number: int
    family: str


@dataclass(frozen=True, slots=True)
class Row:
    """Token ids with, for each token: its branch (0 is the trunk), its position, and the weight of predicting the
    token after it (0 for prompt tokens, more than 1 where an answer opens)."""

    ids: list[int]
    branches: list[int]
    positions: list[int]
    weights: list[float]


def make_items(
    cards: Sequence[Card], rng: random.Random, excerpts: int, missing_share: float = UNANSWERABLE_SHARE
) -> list[Item]:
    """Questions over ``excerpts`` of ``cards``, the first of which the questions are mostly about.

    ``cards`` beyond that number stay outside the prompt: their questions have no answer there. A question is used only
    where its key word stands in no other excerpt, so that exactly one excerpt (or none) answers it.
    """
    inside = list(cards[:excerpts])
    outside = cards[excerpts:]
    order = list(inside)
    rng.shuffle(order)
    first_only = rng.random() < FIRST_SHARE
    shown = tuple(Excerpt(i, card.place, card.text) for i, card in enumerate(order, start=1))
    items = []
    for number, card in enumerate(order, start=1):
        others = [f"{e.place}\n{e.text}" for e in shown if e.number != number]
        for ask in card.asks:
            if (number == 1 or not first_only or rng.random() < 0.15) and not any(ask.key in text for text in others):
                answer = render_answer(card.text, ask.spans, number, card.lang, ask.stepwise)
                items.append(_item(card, shown, ask, answer, number))
    rng.shuffle(items)
    missing = []
    for card in outside:
        for ask in card.asks:
            if not any(ask.key.casefold() in f"{e.place}\n{e.text}".casefold() for e in shown):
                missing.append(_item(card, shown, ask, NOT_FOUND[_lang(card)], 0))
    rng.shuffle(missing)
    branches = min(MAX_BRANCHES, max(1, len(items)))
    refused = sum(rng.random() < missing_share for _ in range(branches))
    chosen = items[: branches - min(refused, len(missing))] + missing[:refused]
    rng.shuffle(chosen)
    return chosen


def _lang(card: Card) -> Lang:
    return "ja" if card.lang == "ja" else "en"


def _item(card: Card, shown: tuple[Excerpt, ...], ask: Ask, answer: str, number: int) -> Item:
    return Item(_lang(card), shown, ask.question, answer, number, card.family)


def trunk_and_branches(items: Sequence[Item]) -> tuple[list[tuple[str, str]], list[str]]:
    """The chat of ``items`` (same excerpts) cut where they part: (role, text) of the common part, and what follows in
    each user turn, beginning with a line break so that no token reaches over the cut."""
    system, _ = build_messages("", items[0].excerpts, items[0].lang)
    users = [build_messages(item.question, item.excerpts, item.lang)[1].content for item in items]
    empty = build_messages("", items[0].excerpts, items[0].lang)[1].content
    cut = empty.rindex("\n")
    return [("system", system.content), ("user", empty[:cut])], [user[cut:] for user in users]


def make_row(items: Sequence[Item], tokenizer: ChatTokenizer, max_tokens: int, gap: Gap = (0, 0)) -> Row | None:
    """The tree of ``items``, which share their excerpts. Branches that would pass ``max_tokens`` are left out; None
    where not even one fits. ``gap`` leaves out positions: from the first trunk token on (counted as a share of the
    trunk, in percent) positions are that much higher, so that short rows teach the distances of long prompts."""
    (_, system), (_, user) = trunk_and_branches(items)[0]
    ends = trunk_and_branches(items)[1]
    line = tokenizer.encode("\n")
    trunk = [
        START_ID,
        *tokenizer.encode(f"system\n{system}"),
        END_ID,
        *line,
        START_ID,
        *tokenizer.encode(f"user\n{user}"),
    ]
    at, skipped = gap[0] * len(trunk) // 100, gap[1]
    places = [i + skipped if i >= at else i for i in range(len(trunk))]
    row = Row(list(trunk), [0] * len(trunk), places, [0.0] * len(trunk))
    opening = [END_ID, *line, START_ID, *tokenizer.encode("assistant\n")]
    forks = _forks(trunk)
    for branch, (item, end) in enumerate(zip(items, ends, strict=True), start=1):
        question = [*tokenizer.encode(end), *opening]
        answer = [*tokenizer.encode(item.answer), END_ID]
        if len(row.ids) + len(question) + len(answer) > max_tokens:
            continue
        size = len(question) + len(answer)
        row.ids.extend(question + answer)
        row.branches.extend([branch] * size)
        row.positions.extend(range(len(trunk) + skipped, len(trunk) + skipped + size))
        row.weights.extend([0.0] * (len(question) - 1) + _answer_weights(answer, forks) + [0.0])
    return row if len(row.ids) > len(trunk) else None


def _forks(trunk: Sequence[int]) -> dict[tuple[int, ...], set[int]]:
    """What follows each run of ``FORK_TOKENS`` tokens of the prompt."""
    found: dict[tuple[int, ...], set[int]] = {}
    for at in range(len(trunk) - FORK_TOKENS):
        found.setdefault(tuple(trunk[at : at + FORK_TOKENS]), set()).add(trunk[at + FORK_TOKENS])
    return found


def _answer_weights(answer: Sequence[int], forks: Mapping[tuple[int, ...], set[int]]) -> list[float]:
    weights = [*OPENING_WEIGHTS, *[1.0] * len(answer)][: len(answer)]
    for at in range(FORK_TOKENS, len(answer)):
        if len(forks.get(tuple(answer[at - FORK_TOKENS : at]), ())) > 1:
            weights[at] = FORK_WEIGHT
    return weights


def plain_row(ids: Sequence[int]) -> Row:
    """A stretch of plain text: every next token counts."""
    size = len(ids)
    return Row(list(ids), [0] * size, list(range(size)), [1.0] * (size - 1) + [0.0])
