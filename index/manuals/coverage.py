"""Coverage: how much of a file was read, and what was left out for which reason; kept with the manual."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Literal, get_args

if TYPE_CHECKING:
    from index.manuals.block import Page

SkipReason = Literal[
    "scan",  # a page that is a picture: its text can only be recognised (OCR)
    "garbled",  # a page whose characters have no readable code, such as a PDF font without a code table
    "blank",  # a page with neither text nor picture
    "left_out",  # a page of contents lists or lettering of figures, which are no passages
    "picture",  # pictures among text; what is written in them is not read
    "chart",
    "note",  # comments on a sheet's cells
    "hidden_sheet",
    "hidden_slide",
    "formula",  # cells that were saved without their result
    "include",  # another file that the text wants to have put in
    "field",  # words that the file wants to have put in, such as an attribute that is defined nowhere
]


@dataclass(frozen=True, slots=True)
class Skipped:
    """What was not read: ``where`` is a page label or a sheet's name, "" for the file as a whole; ``count`` how many of
    it."""

    reason: SkipReason
    where: str = ""
    count: int = 1


@dataclass(frozen=True, slots=True)
class Coverage:
    """What a reader made of a file. ``ocr`` and ``unread`` hold labels of pages: read by text recognition, and without
    any text."""

    pages: int = 0
    blocks: int = 0
    tables: int = 0
    rows: int = 0
    ocr: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    skipped: tuple[Skipped, ...] = ()

    @property
    def scans(self) -> tuple[str, ...]:
        """Labels of the pages that only text recognition could read."""
        return tuple(skipped.where for skipped in self.skipped if skipped.reason in ("scan", "garbled"))

    def to_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Coverage:
        """As written by ``to_json``; what another version added is left out."""
        found = json.loads(text)
        skipped = tuple(Skipped(**s) for s in found.get("skipped", ()) if s["reason"] in get_args(SkipReason))
        counts = {name: int(found.get(name, 0)) for name in ("pages", "blocks", "tables", "rows")}
        return cls(**counts, ocr=tuple(found.get("ocr", ())), unread=tuple(found.get("unread", ())), skipped=skipped)


@dataclass(slots=True)
class Tally:
    """Counts pages as they pass through."""

    skipped: list[Skipped] = field(default_factory=list)
    ocr: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    pages: int = 0
    blocks: int = 0
    tables: int = 0
    rows: int = 0

    def counted(self, pages: Iterable[Page]) -> Iterator[Page]:
        """``pages`` as they are."""
        for page in pages:
            self.pages += 1
            self.blocks += len(page.blocks)
            before = ""
            for block in page.blocks:
                self.rows += block.kind == "row"
                self.tables += block.kind == "row" and before != "row"
                before = block.kind
            self.skipped += page.skipped
            if page.by_ocr:
                self.ocr.append(page.label)
            if not page.blocks and not any(skipped.reason == "left_out" for skipped in page.skipped):
                self.unread.append(page.label)
            yield page

    def coverage(self) -> Coverage:
        return Coverage(
            self.pages, self.blocks, self.tables, self.rows, tuple(self.ocr), tuple(self.unread), tuple(self.skipped)
        )
