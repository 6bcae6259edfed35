"""Table of facets: a column a facet, a row a result; never one weighted number, which would hide what was given up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from training.facets.consistency import consistency, same_verdicts
from training.facets.diversity import diversity
from training.facets.margin_trust import margin_trust
from training.facets.refusals import refusals
from training.facets.results import Results
from training.two_choice.statistics import wilson

VERSION = 1


def facets(results: Sequence[Results], against: Results | None = None) -> dict[str, Any]:
    """All facets of each result, None for those that its file does not hold; with ``against`` also whether it gets the
    same verdicts as that one."""
    return {"what": "facets", "version": VERSION, "against": against.name if against is not None else "",
            "rows": [_row(result, against) for result in results]}  # fmt: skip


def _row(result: Results, against: Results | None) -> dict[str, Any]:
    right, count = sum(verdict.right for verdict in result.verdicts), len(result.verdicts)
    low, high = wilson(right, count)
    return {
        "name": result.name, "verdicts": count, "undecided": result.undecided,
        "right": [round(value, 4) for value in (right / count, low, high)] if count else None,
        "consistency": consistency(result.verdicts),
        "diversity": diversity(result.answers),
        "refusals": refusals(result.asked),
        "margin_trust": margin_trust(result.margins, result.measure),
        "same_verdicts": same_verdicts(against.verdicts, result.verdicts) if against is not None else None,
    }  # fmt: skip
