"""PDF legend: numbered entries printed side by side, as below a figure of parts, become lines of their own.

"1. Motor   3. Brake" above "2. Belt   4. Switch" is neither one step nor a table of two columns: it is a list that goes
down the first column and then down the next.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from index.manuals import signs
from index.manuals.pdf_ink import Segment

_MARK = re.compile(r"(?:[(（]?\d{1,2}[.．)）、]|[①-⑳❶-❿⓫-⓴⑴-⒇])")  # the label where it stands apart from its text
_APART = 1.2  # of the font size: how far the beginnings of entries of one column may lie apart

Entry = tuple[Segment, ...]


def entries(segments: Sequence[Segment]) -> list[Entry]:
    """The entries of one printed line, from left to right; a single one where it has no two labels."""
    starts = [at for at, segment in enumerate(segments) if _label(segment.text)]
    told = [tuple(segments[a:b]) for a, b in pairwise([*starts, len(segments)])]
    if not starts or starts[0] != 0 or any(_MARK.fullmatch(" ".join(s.text for s in entry)) for entry in told):
        return [tuple(segments)]
    return told


def in_columns(lines: Sequence[Sequence[Segment]]) -> list[Entry]:
    """``lines`` (each the segments on one level, from top to bottom), with those of several entries taken apart: in the
    order of their numbers where these go down the columns, else from left to right."""
    out: list[Entry] = []
    held: list[list[Entry]] = []
    for segments in [*lines, ()]:
        told = entries(segments) if segments else []
        goes_on = bool(held) and bool(told) and _label(told[0][0].text) != "" and _under(told, held[0])
        if held and not goes_on:
            out += _ordered(held)
            held = []
        if len(told) > 1 or goes_on:
            held.append(told)
        elif told:
            out += told
    return out


def is_legend(lines: Sequence[Sequence[Segment]]) -> bool:
    """True where most of the lines hold several numbered entries."""
    return 2 * sum(len(entries(segments)) > 1 for segments in lines) > len(lines)


def _under(told: Sequence[Entry], first: Sequence[Entry]) -> bool:
    begins = [entry[0].x0 for entry in first]
    return all(min(abs(entry[0].x0 - x) for x in begins) <= _APART * entry[0].size for entry in told)


def _ordered(rows: Sequence[Sequence[Entry]]) -> list[Entry]:
    across = [entry for row in rows for entry in row]
    begins = [entry[0].x0 for entry in rows[0]]

    def column(entry: Entry) -> int:
        return min(range(len(begins)), key=lambda at: abs(begins[at] - entry[0].x0))

    down = sorted(across, key=column)
    numbers = [signs.ordinal(_label(entry[0].text)) for entry in down]
    return down if all(a < b for a, b in pairwise(numbers)) else across


def _label(text: str) -> str:
    if _MARK.fullmatch(text):
        return text
    step = signs.step(text)
    return step[0] if step and not step[0][0].isalpha() else ""
