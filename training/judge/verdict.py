"""Verdict: what a judge's reply says, read strictly; a reply that says two things says nothing."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

PASSES = 4  # points from which an answer is right, as the prompt says
Better = Literal["A", "B", "TIE"]
_LINE = re.compile(r"^[\s*#>\-]*(REASON|SCORE|VERDICT|BETTER)\s*[*]*\s*[::]\s*(.*?)\s*$", re.IGNORECASE | re.MULTILINE)
_VERDICT = re.compile(r"^(RIGHT|WRONG)\b|^(正|誤)", re.IGNORECASE)
_SCORE = re.compile(r"^([1-5])(?:\s*/\s*5|\s*点)?(?![\d.])")
_BETTER = re.compile(r"^(?:ANSWER\s*|回答\s*)?(A|B|TIE)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Point:
    """``at_odds``: the points and the verdict do not go together; the verdict holds."""

    right: bool
    score: int
    reason: str

    @property
    def at_odds(self) -> bool:
        return self.right != (self.score >= PASSES)


def read_point(reply: str) -> Point | None:
    """None where a line is missing, or stands there twice and differently."""
    said = _said(reply)
    verdict, score = _one(said.get("VERDICT", []), _VERDICT), _one(said.get("SCORE", []), _SCORE)
    if not verdict or not score:
        return None
    return Point(verdict.upper() in ("RIGHT", "正"), int(score), " ".join(said.get("REASON", []))[:500])


def read_better(reply: str) -> Better | None:
    better = _one(_said(reply).get("BETTER", []), _BETTER).upper()
    return better if better in ("A", "B", "TIE") else None  # type: ignore[return-value]


def _said(reply: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in _LINE.findall(unicodedata.normalize("NFKC", reply)):
        found.setdefault(name.upper(), []).append(value.strip("*` "))
    return found


def _one(values: list[str], pattern: re.Pattern[str]) -> str:
    """What all of ``values`` say alike; "" where one says nothing or another thing."""
    read = {next((part for part in match.groups() if part), "").upper() if (match := pattern.match(value)) else ""
            for value in values}  # fmt: skip
    return read.pop() if len(read) == 1 else ""
