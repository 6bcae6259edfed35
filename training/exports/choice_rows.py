"""Choice rows: two-choice items as others take them, two choices in an order and the place of the right one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from index.passage import Lang
from training.two_choice.items import Item, read_items


@dataclass(frozen=True, slots=True)
class ChoiceRow:
    """``choices`` in the order in which they are shown, ``label`` the place of the right one: as the item says, so that
    it is the first as often as the second and the same in each export."""

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
    return [_row(item) for item in read_items(path)]


def _row(item: Item) -> ChoiceRow:
    choices = (item.right, item.wrong) if item.right_first else (item.wrong, item.right)
    return ChoiceRow(item.id, item.question, choices, 0 if item.right_first else 1, item.lang, item.pool)


def by_pool_and_lang(rows: Sequence[ChoiceRow]) -> dict[tuple[str, Lang], list[ChoiceRow]]:
    """In the order of names."""
    keys = sorted({(row.pool, row.lang) for row in rows})
    return {key: [row for row in rows if (row.pool, row.lang) == key] for key in keys}
