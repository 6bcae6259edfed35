"""Choice rows: two-choice items as others' programs take them, from the files of this package's two tests.

``andon train two-choice`` and the data folder of ``andon train run`` write different rows; what an export needs of
both is the same.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from index.passage import Lang
from training.errors import ItemsMissing


@dataclass(frozen=True, slots=True)
class ChoiceRow:
    """``choices`` in the order in which they are shown, ``label`` the place of the right one: drawn from the item, so
    that it is the first as often as the second and the same in each export."""

    id: str
    question: str
    choices: tuple[str, str]
    label: int
    lang: Lang
    pool: str

    def turned(self) -> ChoiceRow:
        """The same with the choices in the other order."""
        return ChoiceRow(f"{self.id}~", self.question, self.choices[::-1], 1 - self.label, self.lang, self.pool)


def read_choices(path: Path) -> list[ChoiceRow]:
    """The items of an items.jsonl. Raises ItemsMissing where it holds none, or a line that is no item."""
    try:
        lines = path.read_text("utf-8").splitlines()
        rows = [_row(json.loads(line)) for line in lines if line.strip()]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as reason:
        raise ItemsMissing(f"{path} holds no two-choice items ({reason}).", _REMEDY) from reason
    if not rows:
        raise ItemsMissing(f"{path} is empty.", _REMEDY)
    return rows


_REMEDY = "Give items.jsonl of andon train two-choice, or of the data folder of andon train run."


def _row(held: dict[str, object]) -> ChoiceRow:
    identity, right, wrong, lang = (str(held[name]) for name in ("id", "right", "wrong", "lang"))
    if lang not in ("ja", "en"):
        raise ValueError(f"language {lang!r}")
    drawn = hashlib.sha256(identity.encode()).digest()[0] % 2 == 0
    first = held["right_first"] if isinstance(held.get("right_first"), bool) else drawn
    choices = (right, wrong) if first else (wrong, right)
    return ChoiceRow(identity, str(held["question"]), choices, 0 if first else 1, cast(Lang, lang), str(held["pool"]))


def by_pool_and_lang(rows: Sequence[ChoiceRow]) -> dict[tuple[str, Lang], list[ChoiceRow]]:
    """In the order of names."""
    keys = sorted({(row.pool, row.lang) for row in rows})
    return {key: [row for row in rows if (row.pool, row.lang) == key] for key in keys}
