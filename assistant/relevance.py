"""Relevance: whether the manuals hold an answer at all, decided before the model is asked; and how sure that is."""

from __future__ import annotations

import math
import re
from dataclasses import asdict, dataclass

from assistant.answer import Declined
from index.passage import Found, Hit
from index.search.searcher import Results


@dataclass(frozen=True, slots=True)
class Limits:
    """``least_support``: share of the question's words that one of the first hits must hold, unless a cosine is
    ``near_enough`` (the words may have no translation here); ``most_beyond``: how much the share that stands in no
    manual may exceed that; ``least_beside``: how much of what a value or a procedure is
    asked of must stand together with such a value or action; ``least_likely``: of the measure below, where two of a
    hundred answerable questions are lost by it and the rules together. Fitted on
    development questions, never on the scored ones (tests/bench_relevance.py prints the curve)."""

    least_support: float = 0.12
    most_beyond: float = 0.22
    least_beside: float = 0.6
    least_likely: float = 0.2
    near_enough: float = 0.6
    looked_at: int = 3


LIMITS = Limits()


def decline(results: Results, limits: Limits = LIMITS) -> Declined | None:
    """Why a question cannot be answered from ``results``, or None.

    A code that stands in no manual, another maker's machine, or a name that no hit has is declined however well the
    other words fit: advice for a machine that only sounds alike is what hurts. So is a number that is not among those
    that a thing has ("parameter 7" of four), a value that stands nowhere beside what it is asked of or in none of the
    first hits, what only the like of the thing has (M1 for M2), and a procedure that no heading, step or row tells of
    it. Otherwise a known code is always answered, and of the rest what the signs together make unlikely is declined as
    well.
    """
    best = max((hit.support for hit in results.hits[: limits.looked_at]), default=0.0)
    if not results.codes:
        if results.unknown_codes:
            return "unknown_code"
        if results.foreign and not results.names_machine:
            return "other_machine"
        unsupported = best < limits.least_support and _nearest(results) < limits.near_enough
        if unsupported or results.missing - best > limits.most_beyond or results.names.unknown:
            return "nothing_relevant"
    if results.names.beyond:
        return "value_missing"
    if results.value_beside < limits.least_beside or (not results.codes and (results.twins or results.valueless)):
        return "value_missing"
    if results.procedure_beside < limits.least_beside:
        return "procedure_missing"
    return "nothing_relevant" if not results.codes and relevance(results) < limits.least_likely else None


@dataclass(frozen=True, slots=True)
class Signs:
    """What speaks for or against an answer, each 0 to 1. ``support``: share of the question's words in the best of the
    first hits; ``nearness``: cosine of the nearest; ``missing``: share of the words that stand in no manual; ``value``,
    ``procedure``: how much of what it asks for stands beside what it is asked of; ``code``: it names a code of a
    manual; ``unknown_code``, ``foreign``: only codes, or machines, that stand nowhere; ``unmatched``: share of its
    words that find nothing like them in the hit that answers best; ``missed``: share of the heaviest word that finds
    nothing near in the first hit."""

    support: float
    nearness: float
    missing: float
    value: float
    procedure: float
    code: float
    unknown_code: float
    foreign: float
    unmatched: float
    missed: float


# A logistic regression over demo/development.jsonl, demo/faq.jsonl and tests/data/relevance_questions.jsonl, made by
# `python -m tests.bench_relevance --fit`; what its measure is worth stands in docs/results/relevance.json. Each weight
# has the sign that its meaning asks for, so that more support never makes an answer less likely.
WEIGHTS = Signs(
    support=3.443, nearness=2.165, missing=-0.523, value=7.957, procedure=9.481, code=1.307, unknown_code=-5.438,
    foreign=-4.064, unmatched=-5.461, missed=-20.961,
)  # fmt: skip
OFFSET = -16.154
USUAL_NEARNESS = 0.47  # taken where no vectors were asked: the mean over the questions it was fitted on
USUAL_UNMATCHED, USUAL_MISSED = 0.2, 0.1  # the same where no words were matched
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


def relevance(results: Results) -> float:
    """How likely (0 to 1) the manuals hold an answer, for questions as those it was fitted on (six answerable in
    ten)."""
    return likely(signs(results)) if results.hits else 0.0


def likely(seen: Signs, weights: Signs = WEIGHTS, offset: float = OFFSET) -> float:
    values, by = asdict(seen), asdict(weights)
    return 1 / (1 + math.exp(-offset - sum(by[name] * value for name, value in values.items())))


def signs(results: Results) -> Signs:
    """What ``results`` say for and against an answer."""
    known = bool(results.codes)
    return Signs(
        support=max((hit.support for hit in results.hits[: LIMITS.looked_at]), default=0.0),
        nearness=_nearest(results) or USUAL_NEARNESS,
        missing=results.missing,
        value=min(1.0, results.value_beside),
        procedure=min(1.0, results.procedure_beside),
        code=float(known),
        unknown_code=float(bool(results.unknown_codes) and not known),
        foreign=float(bool(results.foreign) and not results.names_machine and not known),
        unmatched=USUAL_UNMATCHED if results.unmatched is None else results.unmatched,
        missed=USUAL_MISSED if results.missed is None else results.missed,
    )


def _nearest(results: Results) -> float:
    """Cosine of the nearest hit, 0 where no vectors were asked."""
    return max((_told(hit, "vector", 0.0) for hit in results.hits), default=0.0)


def _told(hit: Hit, by: Found, otherwise: float) -> float:
    """The measure with which one side found a hit, as its reason tells it."""
    told = (_NUMBER.search(why.detail) for why in hit.why if why.by == by)
    return next((float(number[0]) for number in told if number), otherwise)
