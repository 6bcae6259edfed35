"""Attributes: the lines and machines that a manual is for, as an admin sets them; they outlast its revisions."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from index.errors import AttributeRefused
from index.search.synonyms import word_key
from index.truth.truth import Truth, storable

LONGEST = 60  # characters of a name
MOST = 20  # of a kind, for one manual


@dataclass(frozen=True, slots=True)
class Attributes:
    """``lines`` and ``machines`` of a manual; None leaves what is set as it is, () takes it away."""

    lines: tuple[str, ...] | None = None
    machines: tuple[str, ...] | None = None

    @classmethod
    def of(cls, lines: Iterable[str] | None = None, machines: Iterable[str] | None = None) -> Attributes:
        """Checked and tidied: each name once. Raises AttributeRefused."""
        return cls(
            None if lines is None else _names("line", lines), None if machines is None else _names("machine", machines)
        )

    def __bool__(self) -> bool:
        return self.lines is not None or self.machines is not None

    def to_json(self) -> str:
        """ "Empty where nothing is to be set."""
        return json.dumps({"lines": self.lines, "machines": self.machines}, ensure_ascii=False) if self else ""

    @classmethod
    def from_json(cls, text: str) -> Attributes:
        return cls.of(**json.loads(text)) if text else cls()


UNSET = Attributes()


def put_attributes(truth: Truth, manual_id: str, attributes: Attributes) -> None:
    """Set them in one step. A manual that is gone meanwhile gets none."""
    with truth.transaction() as db:
        if db.execute("SELECT 1 FROM manual WHERE id = ?", (manual_id,)).fetchone() is None:
            return
        for kind, names in (("line", attributes.lines), ("machine", attributes.machines)):
            if names is not None:
                db.execute("DELETE FROM attribute WHERE manual_id = ? AND kind = ?", (manual_id, kind))
                db.executemany("INSERT INTO attribute VALUES (?, ?, ?)", [(manual_id, kind, name) for name in names])


def _names(kind: str, given: Iterable[str]) -> tuple[str, ...]:
    kept: dict[str, str] = {}
    for text in given:
        name = " ".join(unicodedata.normalize("NFKC", storable(text)).split())
        if not name:
            continue
        odd = any(unicodedata.category(character)[0] == "C" or character in ",、" for character in name)
        if len(name) > LONGEST or not word_key(name) or odd:
            raise AttributeRefused(
                f"{name[:LONGEST]!r} cannot be the name of a {kind}.",
                f"Give up to {LONGEST} characters, without commas and control characters.", name=name[:LONGEST],
            )  # fmt: skip
        kept.setdefault(word_key(name), name)
    if len(kept) > MOST:
        raise AttributeRefused(f"A manual may have {MOST} {kind}s; these are {len(kept)}.", "Leave some out.")
    return tuple(kept.values())
