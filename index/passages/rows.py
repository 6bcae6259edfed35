"""Rows: table rows as quotable lines, and which of them describe an alarm."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from index.codes.entry import family_of, named_cell, number_code, ranges_in
from index.codes.find import find_codes
from index.manuals.block import Block

_CODE_COLUMN = re.compile(
    r"番号|コード|アラーム|エラー|警報|表示|code|alarm|error|fault|^no\.?$|number|display|flag|id$", re.IGNORECASE
)
_ALARM_COLUMN = re.compile(
    r"原因|処置|対処|対策|処理|cause|action|remedy|solution|measure|countermeasure|アラーム|エラー|警報|異常|alarm|error|fault",
    re.IGNORECASE,
)
_ALARM_WORD = re.compile(r"アラーム|エラー|警報|異常|故障|\balarms?\b|\berrors?\b|\bfaults?\b", re.IGNORECASE)
_SYMPTOM_COLUMN = re.compile(
    r"症状|現象|不具合|トラブル|状態|symptom|problem|trouble|complaint|observation", re.IGNORECASE
)
_REMEDY_COLUMN = re.compile(
    r"原因|処置|対処|対策|処理|確認|調べ|cause|action|remedy|solution|measure|check|what to do|correction",
    re.IGNORECASE,
)
_ASKED_COLUMN = re.compile(r"質問|問い|^Q$|question|faq", re.IGNORECASE)
_ANSWERED_COLUMN = re.compile(r"回答|答え|^A$|answer|reply", re.IGNORECASE)
_SHARE_OF_CELL = 0.5
_RANGE_CHARACTERS = 24  # "8003[1] to 8003[9]"
_ALARM_FAMILIES = ("AL", "ERR", "FAULT", "WARN", "0x")
_NAMED_CODE = re.compile(r"code|コード", re.IGNORECASE)

RowKind = Literal["alarm", "symptom", "faq", "parameter", "table"]


@dataclass(frozen=True, slots=True)
class RowGroup:
    """rows[start:end] belong together; ``kind`` is "alarm", "symptom", "faq" or "parameter" where they describe
    one, else "table"."""

    start: int
    end: int
    kind: RowKind


def speaks_of_alarms(texts: Sequence[str]) -> bool:
    """True where one of the headings or captions has a word for alarm, error or fault."""
    return any(_ALARM_WORD.search(text) for text in texts)


def row_lines(block: Block) -> str:
    """A row one "header: cell" a line; a cell without header stands alone, an empty cell is left out."""
    return "\n".join(f"{header}: {cell}" if header else cell for header, cell in block.cells if cell) or block.text


def row_line(block: Block) -> str:
    """A row in one line: "header: cell / header: cell"."""
    flat = " / ".join(
        f"{header}: {' '.join(cell.split())}" if header else " ".join(cell.split())
        for header, cell in block.cells
        if cell
    )
    return flat or block.text


def is_alarm_row(block: Block, context: Sequence[str] = ()) -> bool:
    """True for a row whose code column holds an alarm code or a range of them, in a table that tells causes or actions,
    or that stands under a heading or caption (``context``) which speaks of alarms."""
    if block.kind != "row" or len([cell for _, cell in block.cells if cell]) < 2:
        return False
    alarm_table = any(_ALARM_COLUMN.search(header) for header, _ in block.cells)
    if not alarm_table and not speaks_of_alarms(context[-2:]):
        return row_code(block, context).startswith(_ALARM_FAMILIES)
    return bool(row_code(block, context, alarm_table)) and not is_parameter_row(block, context)


def is_parameter_row(block: Block, context: Sequence[str] = ()) -> bool:
    """True for a row whose first cell is a parameter ("Pr.PA01", "5" below "$-Code"). Inside an alarm's own section the
    numbers are those of its parameters, not of the machine's."""
    if block.kind != "row" or len([cell for _, cell in block.cells if cell]) < 2:
        return False
    if any(code.kind == "alarm" for text in context for code in find_codes(text)):
        return False
    header, cell = block.cells[0]
    if number_code(header, cell, context).startswith(("PARAM", "SETTING")):
        return True
    least = _SHARE_OF_CELL * len(cell)
    return any(code.kind == "parameter" and code.end - code.start >= least for code in find_codes(cell))


def entry_code(block: Block, context: Sequence[str] = ()) -> str:
    """The code of an alarm's row, "" for a range of them."""
    code = row_code(block, context, alarm_table=any(_ALARM_COLUMN.search(header) for header, _ in block.cells))
    return "" if "~" in code else code


def row_code(block: Block, context: Sequence[str] = (), alarm_table: bool = False) -> str:
    """The alarm code that a row is the entry of, or the first of a range; "" for none. A bare number is one where its
    column or the list it stands in names the kind; in an ``alarm_table`` that names none it is CODE and the number."""
    for place, (header, cell) in enumerate(block.cells):
        if not cell or (place and not _CODE_COLUMN.search(header)):
            continue
        printed = f"{header}: {cell}" if header else cell
        for code in find_codes(printed):
            inside = code.end - max(code.start, len(printed) - len(cell))
            if code.kind in ("alarm", "flag") and inside >= _SHARE_OF_CELL * len(cell):
                return code.canonical
        if (alarm_table or speaks_of_alarms(context[-2:])) and (name := named_cell(header, cell)):
            return name
        number = number_code(header, cell, context)
        if number or (place == 0 and alarm_table and _NAMED_CODE.search(header) and cell.strip().isdigit()):
            return number or f"CODE{int(cell)}"
        if len(cell) <= _RANGE_CHARACTERS and (held := ranges_in(cell, family_of(reversed(context)))):
            return held[0][0]
    return ""


def is_symptom_row(block: Block) -> bool:
    """True for a row of a troubleshooting table: first column symptom, then its cause or what to do."""
    if block.kind != "row" or len(block.cells) < 2 or not block.cells[0][1]:
        return False
    first, *others = (header for header, _ in block.cells)
    return bool(_SYMPTOM_COLUMN.search(first)) and any(_REMEDY_COLUMN.search(header) for header in others)


def is_faq_row(block: Block) -> bool:
    """True for a question with its answer."""
    filled = [header for header, cell in block.cells if cell]
    return any(_ASKED_COLUMN.search(h) for h in filled) and any(_ANSWERED_COLUMN.search(h) for h in filled)


def row_kind(block: Block, context: Sequence[str] = ()) -> RowKind:
    """What a row tells, in the table below ``context`` (heading path and caption)."""
    if is_alarm_row(block, context):
        return "alarm"
    if is_faq_row(block):
        return "faq"
    if is_parameter_row(block, context):
        return "parameter"
    return "symptom" if is_symptom_row(block) else "table"


@dataclass(frozen=True, slots=True)
class AlarmTable:
    """Groups the rows of one table. ``context``: heading path and caption above it."""

    context: tuple[str, ...]

    def groups(self, rows: Sequence[Block]) -> list[RowGroup]:
        """Every row in exactly one group, in order. A row with an empty first cell goes on the alarm or symptom above
        it."""
        out: list[RowGroup] = []
        for at, row in enumerate(rows):
            goes_on = bool(row.cells) and not row.cells[0][1]
            kind = row_kind(row, self.context)
            if out and out[-1].kind != "table" and goes_on and kind in ("table", "symptom"):
                out[-1] = RowGroup(out[-1].start, at + 1, out[-1].kind)
            else:
                out.append(RowGroup(at, at + 1, kind))
        return out
