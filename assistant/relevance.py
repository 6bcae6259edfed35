"""Relevance: whether the manuals hold an answer at all, decided before the model is asked."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.answer import Declined
from index.search.searcher import Results


@dataclass(frozen=True, slots=True)
class Limits:
    """``least_support``: share of the question's words that one of the first hits must hold; ``most_beyond``: how much
    the share that stands in no manual may exceed that; ``least_beside``: how much of what a value or a procedure is
    asked of must stand together with such a value or action. Fitted on demo/development.jsonl, never on the scored
    questions (tests/bench_relevance.py prints the curve)."""

    least_support: float = 0.12
    most_beyond: float = 0.22
    least_beside: float = 0.6
    looked_at: int = 3


LIMITS = Limits()


def decline(results: Results, limits: Limits = LIMITS) -> Declined | None:
    """Why a question cannot be answered from ``results``, or None.

    A code that stands in no manual, or another maker's machine, is declined however well the other words fit: advice
    for a machine that only sounds alike is what hurts. So is a value that stands nowhere beside what it is asked of,
    and a procedure that no heading, step or row tells of it. Otherwise a known code is always answered.
    """
    best = max((hit.support for hit in results.hits[: limits.looked_at]), default=0.0)
    if not results.codes:
        if results.unknown_codes:
            return "unknown_code"
        if results.foreign and not results.names_machine:
            return "other_machine"
        if best < limits.least_support or results.missing - best > limits.most_beyond:
            return "nothing_relevant"
    if results.value_beside < limits.least_beside:
        return "value_missing"
    return "procedure_missing" if results.procedure_beside < limits.least_beside else None


def relevance(results: Results) -> float:
    """A measure (0 to 1) that the manuals hold an answer."""
    best = max((hit.support for hit in results.hits[:3]), default=0.0)
    return max(0.0, best - results.missing)
