"""Results: what the facets read of a file, whichever program of this package wrote it.

Judged answers (``andon train judge``), two-choice results (``andon train score --json``), and the scores that a domain
run keeps for each row (``scores/*.json``).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from training.errors import AnswersWrong

MEASURES = ("sum", "character")  # of two-choice margins, the first that is there


@dataclass(frozen=True, slots=True)
class Verdict:
    """``group``: wordings of one fact, "" for none. ``cluster``: what goes right or wrong together."""

    id: str
    right: bool
    group: str
    cluster: str


@dataclass(frozen=True, slots=True)
class Results:
    """``answers``: what was said and the reference, where it was no refusal; ``asked``: (answerable, refused) of each
    question; ``margins``: how much likelier the right choice was, in nats, by ``measure``. What a file does not hold is
    empty. ``undecided``: answers without a verdict."""

    name: str
    verdicts: tuple[Verdict, ...]
    answers: tuple[tuple[str, str], ...] = ()
    asked: tuple[tuple[bool, bool], ...] = ()
    margins: tuple[float, ...] = ()
    measure: str = ""
    undecided: int = 0


def read_results(path: Path) -> Results:
    """Raises AnswersWrong where the file is none of them."""
    try:
        held = json.loads(path.read_text("utf-8"))
        if isinstance(held, Mapping):
            if held.get("what") == "judged":
                return _judged(path.stem, held)
            if held.get("what") == "two-choice":
                return _two_choice(path.stem, held)
            if isinstance(held.get("margins"), Mapping):
                return _scores(path.stem, held["margins"])
    except (OSError, ValueError, KeyError, TypeError) as reason:
        raise AnswersWrong(f"{path} cannot be read ({type(reason).__name__}: {reason}).", _REMEDY) from reason
    raise AnswersWrong(f"{path} is no result that facets are read from.", _REMEDY)


_REMEDY = "Give files of andon train judge, of andon train score --json, or scores/*.json of andon train run."


def _judged(name: str, held: Mapping[str, Any]) -> Results:
    rows = held["rows"]
    told = [row for row in rows if row["right"] is not None]
    if held["judge"] is None and len(told) < len(rows):
        told = []  # the rules alone find mostly what is wrong: no share, and nothing built on it
    return Results(
        name,
        tuple(Verdict(row["id"], bool(row["right"]), row["group"], row["document"] or row["group"] or row["id"])
              for row in told),
        tuple((row["answer"], row["reference"]) for row in rows if not row["refused"]),
        tuple((bool(row["answerable"]), bool(row["refused"])) for row in rows),
        undecided=len(rows) - len(told),
    )  # fmt: skip


def _two_choice(name: str, held: Mapping[str, Any]) -> Results:
    rows = held["items"]
    measure = next(measure for measure in (*MEASURES, *rows[0]["margins"]) if measure in rows[0]["margins"])
    return Results(
        name, tuple(Verdict(row["id"], bool(row["right"]), "", row.get("cluster") or row["id"]) for row in rows),
        margins=tuple(float(row["margins"][measure]) for row in rows), measure=measure,
    )  # fmt: skip


def _scores(name: str, margins: Mapping[str, float]) -> Results:
    verdicts = tuple(Verdict(key, margin > 0, "", key) for key, margin in margins.items())
    return Results(name, verdicts, margins=tuple(margins.values()), measure="character")
