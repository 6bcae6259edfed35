"""Point-wise judging: each answer alone against its reference, by the rules first and by the judge where they are
silent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from edge.runner import Message
from training.errors import JudgeRefused
from training.judge.given import Given
from training.judge.prompt import AGAIN, point_messages
from training.judge.refusing import refuses
from training.judge.replies import Failure, Judge, Replies
from training.judge.rules import rule_on
from training.judge.verdict import Point, read_point
from training.two_choice.statistics import wilson

UNPARSABLE, NOT_ASKED = "unparsable", "not_asked"


@dataclass(frozen=True, slots=True)
class Judged:
    """``right`` is None where nobody could decide; ``problem`` is then UNPARSABLE, NOT_ASKED (the rules are silent and
    there is no judge) or the code of the endpoint's error.
    ``by``: "rule" or "judge"; ``reason``: the rule's name or the judge's words; ``score``: 1 to 5, of a judge only."""

    given: Given
    right: bool | None
    by: str
    reason: str
    score: int | None = None
    problem: str = ""
    at_odds: bool = False

    def as_row(self) -> dict[str, Any]:
        given = asdict(self.given)
        refused = self.given.declined or refuses(self.given.answer)
        return {"key": self.given.key, **given, "refused": refused, "right": self.right, "by": self.by,
                "score": self.score, "reason": self.reason, "problem": self.problem,
                "at_odds": self.at_odds}  # fmt: skip


def refuse_own(judge: Judge, rows: Sequence[Given]) -> None:
    """Raises JudgeRefused where the judge is who answered: same weights, or the same name where neither tells them."""
    for row in rows:
        if (row.weights and row.weights == judge.weights) or (row.model and row.model == judge.name):
            raise JudgeRefused(
                f"{judge.name} gave these answers itself ({row.id}); nobody judges his own.",
                "Judge with a model of another family: --judge http://HOST/v1#NAME or another GGUF file.",
            )


def judge_all(
    rows: Sequence[Given], replies: Replies | None, report: Callable[[int, int], None] | None = None
) -> list[Judged]:
    """The verdicts in the order of ``rows``; without ``replies`` those of the rules alone. Raises JudgeRefused,
    JudgeFailed."""
    if replies is not None:
        refuse_own(replies.judge, rows)
    found = []
    for number, row in enumerate(rows, start=1):
        found.append(judge_one(row, replies))
        if report is not None:
            report(number, len(rows))
    return found


def judge_one(given: Given, replies: Replies | None) -> Judged:
    ruling = rule_on(given)
    if ruling is not None:
        return Judged(given, ruling.right, "rule", ruling.rule)
    if replies is None:
        return Judged(given, None, "", "", problem=NOT_ASKED)
    messages = point_messages(given)
    reply = replies.ask(messages)
    point = read_point(reply) if isinstance(reply, str) else None
    if isinstance(reply, str) and point is None:
        reply = replies.ask((*messages, Message("assistant", reply), Message("user", AGAIN[given.lang])))
        point = read_point(reply) if isinstance(reply, str) else None
    if isinstance(reply, Failure):
        return Judged(given, None, "", reply.message, problem=reply.code)
    if point is None:
        return Judged(given, None, "", reply[-300:], problem=UNPARSABLE)
    return _judged(given, point)


def _judged(given: Given, point: Point) -> Judged:
    return Judged(given, point.right, "judge", point.reason, point.score, at_odds=point.at_odds)


def figures(judged: Sequence[Judged], replies: Replies | None) -> dict[str, Any]:
    """Shares and counts. Without a judge ``share`` is None unless the rules decided all: what they decide is mostly
    wrong, and a share of it would say nothing. ``if_missing``: the share right if all that have no verdict were wrong,
    and right."""
    told = [one for one in judged if one.right is not None]
    right = sum(bool(one.right) for one in told)
    missing = len(judged) - len(told)
    low, high = wilson(right, len(told))
    share = (right / max(1, len(told)), low, high)
    scores = [one.score for one in told if one.score is not None]
    problems = Counter(one.problem for one in judged if one.problem)
    return {
        "answers": len(judged), "judged": len(told), "right": right,
        "share": [round(value, 4) for value in share] if told and (replies or not missing) else None,
        "if_missing": [round(count / max(1, len(judged)), 4) for count in (right, right + missing)],
        "by": dict(Counter(one.by for one in told)),
        "rules": dict(Counter(one.reason for one in told if one.by == "rule")),
        "scores": {str(score): scores.count(score) for score in range(1, 6)},
        "at_odds": sum(one.at_odds for one in told),
        "unparsable": problems.pop(UNPARSABLE, 0), "not_asked": problems.pop(NOT_ASKED, 0), "errors": dict(problems),
        "asked": replies.asked if replies else 0, "kept": replies.kept if replies else 0,
    }  # fmt: skip
