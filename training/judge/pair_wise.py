"""Pair-wise judging: two models' answers to one question, asked in both orders; a judge that changes its mind with the
order has none, and the pair is a tie."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from assistant.evaluation.compare import sign_test
from edge.runner import Message
from index.text import normalise
from training.errors import AnswersWrong
from training.judge.bare_text import bare
from training.judge.given import Given
from training.judge.point_wise import UNPARSABLE, refuse_own
from training.judge.prompt import AGAIN, pair_messages
from training.judge.replies import Failure, Replies
from training.judge.rules import rule_on
from training.judge.verdict import Better, read_better

Winner = Literal["first", "second", "tie", ""]
_SWAPPED: dict[Better, Better] = {"A": "B", "B": "A", "TIE": "TIE"}


@dataclass(frozen=True, slots=True)
class Compared:
    """``winner`` "" where nobody could decide (``problem`` says why). ``orders``: what the judge said with the first
    answer as A, and with the second as A; None where the rules decided."""

    id: str
    winner: Winner
    by: str
    orders: tuple[Better, Better] | None = None
    problem: str = ""

    @property
    def swapped(self) -> bool:
        """Whether the judge changed its mind with the order."""
        return self.orders is not None and self.orders[0] != _SWAPPED[self.orders[1]]


def compare_all(first: Sequence[Given], second: Sequence[Given], replies: Replies) -> list[Compared]:
    """The questions that both answered, in the order of ``first``. Raises AnswersWrong where there are none,
    JudgeRefused, JudgeFailed."""
    theirs = {(row.id, row.question): row for row in second}
    pairs = [(row, theirs[row.id, row.question]) for row in first if (row.id, row.question) in theirs]
    if not pairs:
        raise AnswersWrong("The two files have no question in common.", "Ask both models the same questions.")
    refuse_own(replies.judge, [row for pair in pairs for row in pair])
    return [_compared(one, other, replies) for one, other in pairs]


def _compared(one: Given, other: Given, replies: Replies) -> Compared:
    if normalise(bare(one.answer)) == normalise(bare(other.answer)) and one.declined == other.declined:
        return Compared(one.id, "tie", "rule")
    rulings = rule_on(one), rule_on(other)
    ours, theirs = (ruling.right if ruling is not None else None for ruling in rulings)
    if ours is not None and ours == theirs:
        return Compared(one.id, "tie", "rule")
    if ours is False or theirs is False or not one.answerable:
        return Compared(one.id, "second" if ours is False else "first", "rule")
    orders: list[Better] = []
    for shown in ((one.answer, other.answer), (other.answer, one.answer)):
        said = _ask(one, shown, replies)
        if isinstance(said, Failure):
            return Compared(one.id, "", "", problem=said.code)
        orders.append(said)
    both = orders[0], orders[1]
    if both[0] != _SWAPPED[both[1]] or both[0] == "TIE":
        return Compared(one.id, "tie", "judge", both)
    return Compared(one.id, "first" if both[0] == "A" else "second", "judge", both)


def _ask(given: Given, shown: tuple[str, str], replies: Replies) -> Better | Failure:
    messages = pair_messages(given, *shown)
    reply = replies.ask(messages)
    if isinstance(reply, str):
        better = read_better(reply)
        if better is not None:
            return better
        reply = replies.ask((*messages, Message("assistant", reply), Message("user", AGAIN[given.lang])))
    if isinstance(reply, Failure):
        return reply
    return read_better(reply) or Failure(UNPARSABLE, reply[-300:])


def pair_figures(compared: Sequence[Compared]) -> dict[str, Any]:
    """Counts; ``p``: exact sign test of wins against losses, ties left out. ``first_shown``: how often, of the pairs
    where it chose one, the judge chose the one shown first: 0.5 without a taste for places."""
    count = {name: sum(one.winner == name for one in compared) for name in ("first", "second", "tie")}
    orders = [said for one in compared if one.orders for said in one.orders if said != "TIE"]
    asked = [one for one in compared if one.orders is not None]
    return {
        "pairs": len(compared), **count, "by_rule": sum(one.by == "rule" for one in compared),
        "p": round(sign_test(count["first"], count["second"]), 4),
        "changed_with_order": round(sum(one.swapped for one in asked) / max(1, len(asked)), 4),
        "first_shown": round(orders.count("A") / len(orders), 4) if orders else None,
        "undecided": sum(not one.winner for one in compared),
    }  # fmt: skip
