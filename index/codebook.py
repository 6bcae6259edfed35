"""Codebook: which codes of a question stand in the manuals, which are of their kind but stand nowhere."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from index.fuse import CodeMatch
from index.question import Question
from index.truth import Truth

FAMILY = 4  # so many codes of one form (S-01, S-02, …) make another of that form a code too
MOST_MATCHES = 200


@dataclass(frozen=True, slots=True)
class Looked:
    """``matches``: passages that hold a code of the question; ``known`` and ``unknown``: its codes that stand somewhere
    and nowhere; ``foreign``: product names that stand nowhere and are like no code here."""

    matches: tuple[CodeMatch, ...]
    known: tuple[str, ...]
    unknown: tuple[str, ...]
    foreign: tuple[str, ...]


def look_up_codes(truth: Truth, asked: Question, within: Collection[str] = ()) -> Looked:
    """Look up what ``asked`` names, in the manuals ``within`` (all if empty)."""
    named = {code.canonical: code.kind for code in asked.codes}
    forms = dict.fromkeys([*named, *asked.maybe_codes])
    matches = _matches(truth, [*forms, *(_base(form) for form in forms)], within)
    there = {match.code for match in matches}
    known, unknown, foreign = [], [], []
    for form in forms:
        if form in there:
            known.append(form)
        elif _base(form) in there and not _exists(truth, f"{_base(form)}.*"):
            known.append(form)  # this manual describes the details under the base code
        elif _base(form) in there or _family(truth, form) >= FAMILY or named.get(form) not in ("part", None):
            unknown.append(form)
        elif named.get(form) == "part":
            foreign.append(form)
    return Looked(tuple(matches), tuple(known), tuple(unknown), tuple(foreign))


def _matches(truth: Truth, codes: Sequence[str], within: Collection[str]) -> list[CodeMatch]:
    wanted = list(dict.fromkeys(codes))
    if not wanted:
        return []
    scope = f"AND passage.manual_id IN ({','.join('?' * len(within))})" if within else ""
    rows = truth.db.execute(
        "SELECT code.code, code.passage, code.lead FROM code JOIN passage ON passage.number = code.passage"
        f" WHERE code.code IN ({','.join('?' * len(wanted))}) {scope} ORDER BY lead DESC, passage LIMIT {MOST_MATCHES}",
        (*wanted, *within),
    ).fetchall()
    return [CodeMatch(int(row["passage"]), str(row["code"]), bool(row["lead"])) for row in rows]


def _base(code: str) -> str:
    """The code without its detail number: AL32.1 -> AL32. Manuals often describe the details under the base code."""
    return code.rpartition(".")[0] or code


def _family(truth: Truth, code: str) -> int:
    """How many codes have the same letters and as many digits."""
    match = re.fullmatch(r"([A-Z]+)(\d+)", code)
    if match is None:
        return 0
    form = match[1] + "[0-9]" * len(match[2])
    row = truth.db.execute("SELECT count(DISTINCT code) FROM code WHERE code GLOB ?", (form,)).fetchone()
    return int(row[0])


def _exists(truth: Truth, form: str) -> bool:
    return truth.db.execute("SELECT 1 FROM code WHERE code GLOB ? LIMIT 1", (form,)).fetchone() is not None
