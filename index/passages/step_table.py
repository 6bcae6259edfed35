"""Step table: a table whose rows are the steps of one procedure, as work instructions are laid out in spreadsheets.

"No. | Work step | Key point" with 1, 2, 3 ... below it is told whole, like any procedure, and not a few rows at a time.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from index.manuals import signs
from index.manuals.block import Block

FEWEST = 2  # rows; a single one tells no order
_ORDER_COLUMN = re.compile(
    r"^(?:no\.?|番号|#|順|順序|順番|手順(?:番号|no\.?)?|工程(?:番号|no\.?)?|step(?: no\.?)?)$", re.IGNORECASE
)
_WORK_COLUMN = re.compile(
    r"作業(?:内容|手順|要領|方法)?$|手順|操作(?:内容|方法)?$|やり方|^(?:work(?: step)?|procedure|operation|instruction|"
    r"step|action|what to do|description of work)s?$",
    re.IGNORECASE,
)
_NO_ORDER = re.compile(
    r"周期|頻度|間隔|期限|症状|原因|型式|品番|数量|範囲|初期値|interval|period|frequency|symptom|cause|part|quantity|"
    r"range|default|value",
    re.IGNORECASE,
)  # a column of a list to look things up in


def is_step_table(rows: Sequence[Block]) -> bool:
    """True where the first column counts the rows from 1 on, one by one (a row without a number goes on the one above),
    another tells what to do, and none shows a list of another kind."""
    if len(rows) < FEWEST or not all(row.cells for row in rows):
        return False
    first, *others = (name.strip() for name, _ in rows[0].cells)
    if not _ORDER_COLUMN.search(first) or any(_NO_ORDER.search(name) for name in others):
        return False
    if not any(_WORK_COLUMN.search(name) for name in others if name != first):
        return False
    told = [row.cells[0][1].strip() for row in rows]
    numbers = [_number(cell) for cell in told if cell]
    return len(numbers) >= FEWEST and numbers == list(range(1, len(numbers) + 1)) and bool(told[0])


def _number(cell: str) -> int:
    """The number that a cell is: "3", "3.", "③", "手順3"; 0 for anything else, such as a code."""
    if cell.isdecimal() and len(cell) < 4:
        return int(cell)
    label = signs.step(f"{cell} ...")
    return signs.ordinal(cell) if label is not None and label[0].strip() == cell else 0
