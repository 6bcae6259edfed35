"""Grid: the rows of a table, merged cells in all the places they cover, and which rows are its header."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice

from index.codes.find import find_codes
from index.manuals.block import Block, pair_cells
from index.passages.rows import is_alarm_row, is_symptom_row

LOOK_AHEAD = 8  # rows that are looked at before the header is decided; the rest streams
_HEADER_CHARACTERS = 40  # a column's name is short
_SHORTER = 0.6  # a header's cells against the text below them
_HEADER_WORD = re.compile(
    r"番号|コード|アラーム|エラー|警報|名称|品名|部品|型式|内容|原因|処置|対処|対策|質問|回答|項目|設定|範囲|単位|数量|"
    r"備考|説明|症状|現象|点検|周期|頻度|担当|日付|手順|初期値|値$|^(?:no|code|alarm|error|fault|name|part|"
    r"item|description|cause|action|remedy|solution|question|answer|value|unit|range|default|setting|quantity|qty|"
    r"symptom|check|interval|parameter|message|note|remark|meaning|step|category|machine|id)s?\b\.?",
    re.IGNORECASE,
)
_NUMBER = re.compile(  # 24, ±0.5 mm, AC 200 V, 10-20 s
    r"^(?:AC|DC|[φΦ約≤≥<>≦≧]|[Mm]ax\.?|[Mm]in\.?|最大|最小)?\s*[+\-±]?\d[\d.,]*(?:\s*[~〜～\-–]\s*\d[\d.,]*)?"
    r"\s*[%a-zA-Z℃°Ωµμ/²³·]{0,6}$"
)
_IDENTIFIER = re.compile(r"[A-Za-z]\w*(?:[._]\w+)+")  # motion.enable, MAX_VELOCITY: no such name is a column's
_FEW_KINDS = 0.5  # distinct cells over rows, from which a column tells of which kind a row is


@dataclass(frozen=True, slots=True)
class Line:
    """One row of cells as shown. ``merged_down``: columns whose cell goes on from the row above; ``merged_right``:
    columns whose cell goes on from the left; ``strong``: marked as a header by the file (a flag, or bold all along)."""

    cells: tuple[str, ...]
    merged_down: frozenset[int] = field(default=frozenset())
    merged_right: frozenset[int] = field(default=frozenset())
    strong: bool = False

    @property
    def filled(self) -> list[str]:
        """The cells that hold text, each merged one once."""
        return [cell for at, cell in enumerate(self.cells) if cell and at not in self.merged_right]


def row_blocks(lines: Iterable[Line], header: int | None = None) -> Iterator[Block]:
    """Row blocks that carry their header. ``header``: how many rows it has, where the file says so; None: find out.
    A table that is nothing but header is rows without one."""
    rows = iter(lines)
    ahead = list(islice(rows, LOOK_AHEAD))
    if header is None:
        header = header_rows(ahead)
    header = min(header, len(ahead))
    if header == len(ahead):
        header = 0
    names = stacked(ahead[:header])
    for line in chain(ahead[header:], rows):
        block = row_block(names, line)
        if block is not None:
            yield block


def row_block(names: Sequence[str], line: Line) -> Block | None:
    """A row under its column names; None for an empty one, and for one that only goes on the row above, as where a form
    makes each of its rows of two of the sheet's. A cell merged over columns of one name is told once. Where
    an alarm or symptom goes on over several rows, its merged cells are told in the first, so that the rows stay one
    entry."""
    told = _told(names, line)
    if all(at in line.merged_down for at, cell in enumerate(told) if cell):
        return None
    block = Block("row", _printed(told), cells=_pairs(names, told))
    goes_on = 0 in line.merged_down and len(line.merged_down) < len(line.filled)
    if goes_on and (is_alarm_row(block) or is_symptom_row(block)):
        told = ["" if at in line.merged_down else cell for at, cell in enumerate(told)]
        return Block("row", _printed(told), cells=_pairs(names, told))
    return block


def header_rows(lines: Sequence[Line]) -> int:
    """How many of the first rows name the columns: 0, 1, or 2 where a name above spans columns that the row below tells
    apart. A row counts as one if it is short text throughout and something marks it: the file's own flag, a usual name
    of a column, or what stands below being of another kind or much longer."""
    if len(lines) < 2 or not _could_be_header(lines[0]):
        return 0
    first, below = lines[0], lines[1:]
    two = bool(first.merged_right) or bool(lines[1].merged_down)
    count = 2 if two and len(lines) > 2 and _could_be_header(lines[1], first) else 1
    below = lines[count:]
    if first.strong and not all(line.strong for line in below):
        return count
    names = stacked(lines[:count])
    worded = sum(bool(_HEADER_WORD.search(name)) for name in names)
    if worded >= 2 or (worded and len(first.filled) <= 2):
        return count
    return count if _unlike(names, below) else 0


def stacked(header: Sequence[Line]) -> list[str]:
    """One name a column: the names above it joined, each once."""
    width = max((len(line.cells) for line in header), default=0)
    out = []
    for at in range(width):
        names = [line.cells[at].strip() for line in header if at < len(line.cells)]
        out.append(" ".join(" ".join(dict.fromkeys(name for name in names if name)).split()))
    return out


def _could_be_header(line: Line, above: Line | None = None) -> bool:
    filled = line.filled
    if len(filled) < (1 if above is not None else 2):
        return False
    if any(len(cell) > _HEADER_CHARACTERS or _NUMBER.match(cell) for cell in filled):
        return False
    own = [cell for at, cell in enumerate(line.cells) if cell and at not in line.merged_down]
    if above is None and len(set(filled)) < len(filled):
        return False
    if above is not None and any(len(cell) > _HEADER_CHARACTERS // 2 for cell in own):
        return False
    return not any(code.kind == "alarm" and code.end - code.start == len(cell) for cell in own
                   for code in find_codes(cell))  # fmt: skip


def _unlike(names: Sequence[str], below: Sequence[Line]) -> bool:
    """True where a column below its name holds numbers, codes or identifiers, or text that is much longer than the
    names; or where two columns hold the same few words again and again, and the first row none of them."""
    contrast = kinds = 0
    for at, name in enumerate(names):
        cells = [line.cells[at] for line in below if at < len(line.cells) and line.cells[at]]
        values = sum(bool(_NUMBER.match(cell) or _IDENTIFIER.fullmatch(cell) or find_codes(cell)) for cell in cells)
        if name and cells and values * 2 > len(cells) and not _IDENTIFIER.fullmatch(name):
            contrast += 1
        if name and name not in cells and len(cells) > 3 and len(set(cells)) <= _FEW_KINDS * len(cells):
            kinds += 1
    if contrast or kinds > 1:
        return True
    words = [cell for line in below for cell in line.filled]
    named = [name for name in names if name]
    if not words or not named:
        return False
    return sum(map(len, named)) / len(named) < _SHORTER * sum(map(len, words)) / len(words)


def _told(names: Sequence[str], line: Line) -> list[str]:
    """The cells, without those that only repeat the one to their left under the same name (or none)."""
    out: list[str] = []
    for at, cell in enumerate(line.cells):
        name = names[at] if at < len(names) else ""
        left = names[at - 1] if 0 < at <= len(names) else ""
        again = at in line.merged_right and (name == left or not name)
        out.append("" if again else cell.strip())
    return out


def _pairs(names: Sequence[str], cells: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Columns that have neither a name nor a text here are left out: sheets are full of them."""
    pairs = pair_cells(names, cells)
    return tuple(pair for at, pair in enumerate(pairs) if at == 0 or any(pair))


def _printed(cells: Sequence[str]) -> str:
    return " | ".join(cell for cell in cells if cell)
