"""Steps: the one step of a quoted procedure that a follow-up asks for, in the manual's own words."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from index.manuals.signs import step

LAST = -1  # "the last step"
_KANJI = {character: number for number, character in enumerate("一二三四五六七八九十", start=1)}
_WORDS = {
    word: number
    for number, words in enumerate(
        ("one first", "two second", "three third", "four fourth", "five fifth", "six sixth", "seven seventh",
         "eight eighth", "nine ninth", "ten tenth"), start=1)
    for word in words.split()
}  # fmt: skip
_NUMBER = rf"\d{{1,2}}(?:st|nd|rd|th)?|{'|'.join(_WORDS)}"
_ASKED = re.compile(
    rf"\bstep\s*(?:no\.?|number)?\s*(?P<behind>{_NUMBER})\b|\b(?P<before>{_NUMBER})\s+step\b|\b(?P<last>last|final)\s+step\b"
    r"|(?:手順|ステップ)\s*(?P<ja_behind>\d{1,2}|[一二三四五六七八九十])(?!\d)|(?P<ja_last>最後の?(?:手順|ステップ))"
    r"|(?P<ja_first>最初の?(?:手順|ステップ))"
    r"|(?P<ja_before>\d{1,2}|[一二三四五六七八九十])\s*(?:番目|つ目)(?:の(?:手順|ステップ))?(?=\s*(?:は|を|って|$|[?。]))",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Step:
    """A step that was asked for by its number (``LAST`` for the last). ``lines`` are its verbatim lines, its
    sub-steps with it; empty where the procedure has no such step. ``count``: how many steps it has."""

    number: int
    lines: tuple[str, ...]
    count: int


def asked_step(question: str) -> tuple[int, int, int] | None:
    """(number, start, end) of the step that ``question``, in form NFKC, names; None where it names none."""
    match = _ASKED.search(question)
    if match is None:
        return None
    named = {name: value for name, value in match.groupdict().items() if value}
    if "last" in named or "ja_last" in named:
        return LAST, match.start(), match.end()
    if "ja_first" in named:
        return 1, match.start(), match.end()
    value = next(iter(named.values())).lower()
    number = _KANJI.get(value) or _WORDS.get(value) or int(re.sub(r"\D", "", value) or 0)
    return (number, match.start(), match.end()) if number else None


def step_of(text: str, number: int) -> Step | None:
    """The step ``number`` of the procedure in ``text``; None where ``text`` holds no steps. By the printed number, and
    where steps are printed with other marks (①, a) by their order. Where a passage holds two procedures that both
    number from 1, each one's step comes."""
    lines = text.split("\n")
    marks = [(at, _depth(line), mark[0]) for at, line in enumerate(lines) if (mark := step(line.strip()))]
    if not marks:
        return None
    top = min(depth for _, depth, _ in marks)
    steps = [(at, _printed(label)) for at, depth, label in marks if depth == top]
    numbers = [printed or place for place, (_, printed) in enumerate(steps, start=1)]
    wanted = numbers[-1] if number == LAST else number
    found: list[str] = []
    for (at, _), printed in zip(steps, numbers, strict=True):
        if printed == wanted:
            end = at + 1
            while end < len(lines) and lines[end].strip() and _depth(lines[end]) > top:
                end += 1
            found += lines[at:end]
    return Step(number, tuple(line.strip() for line in found), max(numbers))


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _printed(label: str) -> int:
    """The number of a step's label ("3.", "(2)", "③", "手順 4"); 0 for a letter."""
    digits = re.sub(r"\D", "", unicodedata.normalize("NFKC", label))
    return int(digits) if digits else 0
