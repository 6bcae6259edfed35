"""Consistency: whether a fact that is known in one wording is known in the others, and whether two runs agree."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from training.facets.results import Verdict
from training.two_choice.statistics import compare_paired, wilson


def consistency(verdicts: Sequence[Verdict]) -> dict[str, Any] | None:
    """Over groups of two wordings or more: ``same``: the share whose wordings all get one verdict, with its interval;
    ``all_right``: those that are right in all. ``by_chance``: the share to expect if each wording were right
    independently with the overall probability p: the mean of p^k + (1 - p)^k. None without such a group."""
    groups: defaultdict[str, list[bool]] = defaultdict(list)
    for verdict in verdicts:
        if verdict.group:
            groups[verdict.group].append(verdict.right)
    several = [found for found in groups.values() if len(found) > 1]
    if not several:
        return None
    wordings = sum(len(found) for found in several)
    p = sum(sum(found) for found in several) / wordings
    same = sum(len(set(found)) == 1 for found in several)
    low, high = wilson(same, len(several))
    chance = sum(p ** len(found) + (1 - p) ** len(found) for found in several) / len(several)
    return {
        "groups": len(several), "wordings": wordings,
        "same": [round(value, 4) for value in (same / len(several), low, high)],
        "all_right": round(sum(all(found) for found in several) / len(several), 4), "by_chance": round(chance, 4),
    }  # fmt: skip


def same_verdicts(first: Sequence[Verdict], second: Sequence[Verdict]) -> dict[str, Any] | None:
    """Two runs on the items that both have (a model before and after quantisation, or two models): ``same``: the share
    with the same verdict, with its interval; ``difference``: second less first, with its interval by clusters and p.
    None where they have no item in common."""
    before = {verdict.id: verdict.right for verdict in first}
    both = [verdict for verdict in second if verdict.id in before]
    if not both:
        return None
    old, new = [before[verdict.id] for verdict in both], [verdict.right for verdict in both]
    found = compare_paired(old, new, [verdict.cluster for verdict in both])
    same = len(both) - found.gained - found.lost
    low, high = wilson(same, len(both))
    return {
        "items": len(both), "same": [round(value, 4) for value in (same / len(both), low, high)],
        "difference": [round(value, 4) for value in (found.difference, found.low, found.high)],
        "gained": found.gained, "lost": found.lost, "p": round(found.permuted, 4), "mcnemar": round(found.mcnemar, 4),
    }  # fmt: skip
