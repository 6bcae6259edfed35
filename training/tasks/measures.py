"""Measures: accuracy, precision, recall and F1 of each category, false alarms, evidence, and the paired test."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from training.errors import TaskInvalid
from training.tasks.judges import Judged
from training.tasks.task import Task
from training.tasks.verdict import overlap, stands_in
from training.two_choice.statistics import compare_paired, holm, mcnemar, smallest_gap, wilson

UNREAD = "(unread)"


def share(right: int, count: int) -> dict[str, Any]:
    low, high = wilson(right, count)
    return {"right": right, "of": count, "share": _round(right / count) if count else None, "low": _round(low),
            "high": _round(high)}  # fmt: skip


def figures(task: Task, judged: Sequence[Judged]) -> dict[str, Any]:
    """All figures of one model. Shares have 95 % Wilson intervals."""
    clean = [one for one in judged if one.item.label == task.none]
    found = [one for one in judged if one.right and one.item.label != task.none]
    by_label = {label: per_label(label, judged) for label in task.label_ids}
    scored = [held["f1"] for held in by_label.values() if held["texts"]]
    return {
        "accuracy": share(sum(one.right for one in judged), len(judged)),
        "macro_f1": _round(sum(scored) / len(scored)) if scored else None,
        "always_the_commonest": _round(max(held["texts"] for held in by_label.values()) / len(judged)),
        "by_language": _by(judged, lambda one: one.item.lang),
        "by_hardness": _by(judged, lambda one: one.item.hard or "plain"),
        "by_label": by_label,
        "false_alarms": share(sum(one.said is not None and one.said.label != task.none for one in clean), len(clean)),
        "missed": share(
            sum(one.said is not None and one.said.label == task.none for one in judged if one.item.label != task.none),
            len(judged) - len(clean),
        ),
        "unread": share(sum(one.said is None for one in judged), len(judged)),
        "evidence_in_text": share(sum(stands_in(_evidence(one), one.item.text) for one in found), len(found)),
        "evidence_overlap": _round(sum(overlap(_evidence(one), one.item.evidence) for one in found) / len(found))
        if found
        else None,
        "smallest_gap": smallest_gap(len(judged)),
    }  # fmt: skip


def per_label(label: str, judged: Sequence[Judged]) -> dict[str, Any]:
    """Precision (of what was called so), recall (of what is so) and F1 of one label, with what it was taken for."""
    hits = sum(one.right for one in judged if one.item.label == label)
    texts = [one for one in judged if one.item.label == label]
    called = sum(one.said is not None and one.said.label == label for one in judged)
    taken: defaultdict[str, int] = defaultdict(int)
    for one in texts:
        if not one.right:
            taken[one.said.label if one.said else UNREAD] += 1
    return {
        "texts": len(texts), "called": called, "precision": share(hits, called), "recall": share(hits, len(texts)),
        "f1": _round(2 * hits / (called + len(texts))) if called + len(texts) else 0.0, "taken_for": dict(taken),
    }  # fmt: skip


def compared(task: Task, judged: Sequence[Judged], earlier: Mapping[str, Any]) -> dict[str, Any]:
    """``judged`` against an earlier result on the same items, resampled by scene: the two languages of a scene go
    wrong together. Raises TaskInvalid where the items are others."""
    old = {row["id"]: row for row in earlier.get("items", [])}
    if set(old) != {one.item.id for one in judged} or earlier.get("task") != task.name:
        raise TaskInvalid("The earlier result is of another task or of other texts.", "Evaluate both on one test file.")
    if earlier.get("test_sha256") and any(old[one.item.id]["label"] != one.item.label for one in judged):
        raise TaskInvalid("The texts have other labels than in the earlier result.", "Evaluate the earlier model anew.")
    before = [bool(old[one.item.id]["right"]) for one in judged]
    after = [one.right for one in judged]
    result = compare_paired(before, after, [one.item.scene for one in judged])
    told = {key: _rounded(value) for key, value in asdict(result).items()}
    return {"model": earlier["model"], **told, "by_label": _changes(task, judged, old)}


def _changes(task: Task, judged: Sequence[Judged], old: Mapping[str, Any]) -> dict[str, Any]:
    """For each label the texts gained and lost, with McNemar's exact p adjusted for the number of labels (Holm)."""
    counts = {}
    for label in task.label_ids:
        own = [(bool(old[one.item.id]["right"]), one.right) for one in judged if one.item.label == label]
        counts[label] = (own.count((False, True)), own.count((True, False)))
    adjusted = holm({label: mcnemar(gained, lost) for label, (gained, lost) in counts.items()})
    return {label: {"gained": gained, "lost": lost, "p": _round(adjusted[label])}
            for label, (gained, lost) in counts.items()}  # fmt: skip


def _by(judged: Sequence[Judged], key: Any) -> dict[str, Any]:
    held: defaultdict[str, list[bool]] = defaultdict(list)
    for one in judged:
        held[key(one)].append(one.right)
    return {name: share(sum(rights), len(rights)) for name, rights in held.items()}


def _evidence(one: Judged) -> str:
    return one.said.evidence if one.said else ""


def _round(value: float) -> float:
    return round(value, 4)


def _rounded(value: object) -> object:
    return _round(value) if isinstance(value, float) else value
