"""Cleaning: which rows of a FAQ table are used, which are left out and why, and whether enough is left to train on."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from index.text import normalise
from training.data.faq_table import FaqEntry, FaqRow, entry_of, read_rows
from training.errors import FaqUnusable

Reason = Literal["no_question", "no_answer", "repeated", "contradicted", "too_long", "no_content"]
FEWEST = 20
"""Usable entries below which nothing is prepared: a split by fact into four parts leaves parts without any."""
MOST_BAD = 0.1
"""Share of rows that may be left out unasked. Above it the table itself is in question, and somebody should look."""
LONGEST = {"question": 1_000, "answer": 4_000}  # characters; a longer cell is a pasted document
TOLD = 8  # lines that a message names for each reason
WORDS: Mapping[Reason, str] = {
    "no_question": "no question",
    "no_answer": "no answer",
    "repeated": "the same question and answer as an earlier row",
    "contradicted": "the same question as an earlier row of the same product and document, with another answer",
    "too_long": "longer than a question or an answer is",
    "no_content": "no letters in question or answer",
}
_CONTENT = re.compile(r"[^\W\d_]")


@dataclass(frozen=True, slots=True)
class Cleaned:
    """Usable entries in the order of the table, and for each reason the lines left out. ``rows`` counts all."""

    entries: tuple[FaqEntry, ...]
    left_out: Mapping[Reason, tuple[int, ...]]
    rows: int

    @property
    def bad(self) -> int:
        """Rows left out that somebody should mend; a repeated row costs nothing."""
        return sum(len(lines) for reason, lines in self.left_out.items() if reason != "repeated")

    def told(self) -> list[str]:
        """A line a reason, with the first lines of the table that it concerns."""
        found = []
        for reason, lines in self.left_out.items():
            first, more = first_lines(lines)
            where = f"{first} and {more} more" if more else first
            found.append(f"{len(lines)} row{'s' * (len(lines) != 1)}: {WORDS[reason]} (line {where})")
        return found


def read_faq_table(path: Path, *, leave_out_bad: bool = False, fewest: int = FEWEST) -> Cleaned:
    """The usable entries of ``path``. Raises FaqUnusable where too little is left, and where more than MOST_BAD of the
    rows would be left out and ``leave_out_bad`` does not say that this is wanted."""
    cleaned = clean(read_rows(path), path.stem)
    told = "; ".join(cleaned.told())
    if cleaned.bad > MOST_BAD * cleaned.rows and not leave_out_bad and len(cleaned.entries) >= fewest:
        raise FaqUnusable(
            f"{path.name}: {cleaned.bad} of {cleaned.rows} rows cannot be used: {told}.",
            "Mend or delete these rows (andon train faq goes on without them with --leave-out-bad).",
            "bad_rows",
        )
    if len(cleaned.entries) < fewest:
        count, rows = len(cleaned.entries), cleaned.rows
        raise FaqUnusable(
            f"{path.name} has {count} usable entr{'y' if count == 1 else 'ies'} in {rows} row{'s' * (rows != 1)}"
            f"{f' ({told})' if told else ''}; {fewest} is the least that can be divided into parts.",
            "Add entries, for example those of several manuals in one table.",
            "too_few",
        )
    return cleaned


def clean(rows: Sequence[FaqRow], source: str) -> Cleaned:
    """Sort ``rows`` into entries and what is left out. Ids that are given twice get the line behind them."""
    out: defaultdict[Reason, list[int]] = defaultdict(list)
    entries: list[FaqEntry] = []
    answers: dict[tuple[str, str, str], str] = {}
    ids: set[str] = set()
    for row in rows:
        reason = _unusable(row)
        if reason is None:
            entry = entry_of(row, source)
            key = (normalise(entry.question), normalise(entry.product), normalise(entry.document))
            answer = normalise(entry.answer)
            if key in answers:
                reason = "repeated" if answers[key] == answer else "contradicted"
            else:
                answers[key] = answer
        if reason is not None:
            out[reason].append(row.line)
            continue
        if entry.id in ids:
            entry = _renamed(entry)
        ids.add(entry.id)
        entries.append(entry)
    return Cleaned(tuple(entries), {reason: tuple(lines) for reason, lines in out.items()}, len(rows))


def _unusable(row: FaqRow) -> Reason | None:
    question, answer = row.values.get("question", ""), row.values.get("answer", "")
    if not question:
        return "no_question"
    if not answer:
        return "no_answer"
    if len(question) > LONGEST["question"] or len(answer) > LONGEST["answer"]:
        return "too_long"
    if not _CONTENT.search(question) or not any(sign.isalnum() for sign in answer):
        return "no_content"
    return None


def _renamed(entry: FaqEntry) -> FaqEntry:
    from dataclasses import replace

    return replace(entry, id=f"{entry.id}:{entry.line}")


def first_lines(lines: Sequence[int]) -> tuple[str, int]:
    """The first of ``lines`` as people read them, and how many more there are."""
    return ", ".join(map(str, lines[:TOLD])), max(0, len(lines) - TOLD)
