"""Placed: blocks with the page they stand on, as they are quoted, and what several of them have together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from index.manuals import signs
from index.manuals.block import Block
from index.passage import Box
from index.passages.rows import row_line


@dataclass(frozen=True, slots=True)
class Placed:
    """A block, or a text made of it, with the page it stands on."""

    block: Block
    page: int
    label: str


def kind_at(blocks: Sequence[Placed], at: int) -> str:
    """The kind of the block at ``at``, "" behind the last one."""
    return blocks[at].block.kind if at < len(blocks) else ""


def quoted_line(block: Block) -> str:
    """A block as it is quoted."""
    indent = "  " * block.level if block.kind in ("step", "bullet") else ""
    if block.kind == "step":
        return f"{indent}{block.label} {block.text}"
    if block.kind == "bullet":
        return f"{indent}- {block.text}"
    if block.kind == "row":
        return row_line(block)
    return block.text


def joined_over_pages(blocks: Sequence[Placed]) -> list[Placed]:
    """A sentence that runs over the page's end becomes one paragraph again, listed under the page where it begins."""
    out: list[Placed] = []
    for placed in blocks:
        before = out[-1] if out else None
        if (
            before is not None
            and placed.page == before.page + 1
            and placed.block.kind == "paragraph"
            and before.block.kind in ("paragraph", "step", "bullet")
            and before.block.text.rstrip()[-1:] not in tuple("。．.!?！？:：）)」")
        ):
            b = before.block
            text, sure = signs.join(b.text, placed.block.text), sureness([before, placed])
            whole = Block(b.kind, text, b.level, b.label, b.cells, b.box, sure)
            out[-1] = Placed(whole, before.page, before.label)
            continue
        out.append(placed)
    return out


def sureness(blocks: Sequence[Placed]) -> float | None:
    """How sure OCR was of the blocks that it read, by their length; None where it read none of them."""
    read = [(p.block.recognised, len(p.block.text) or 1) for p in blocks if p.block.recognised is not None]
    return round(sum(sure * length for sure, length in read) / sum(n for _, n in read), 3) if read else None


def merged_boxes(blocks: Sequence[Placed]) -> tuple[Box, ...]:
    """Boxes of the blocks; neighbours in one column (less than 20 points apart) become one."""
    out: list[Box] = []
    for placed in blocks:
        box = placed.block.box
        if box is None:
            continue
        last = out[-1] if out else None
        if last and last.page == box.page and box.x0 < last.x1 and last.x0 < box.x1 and box.y0 - last.y1 < 20:
            out[-1] = Box(
                box.page, min(last.x0, box.x0), min(last.y0, box.y0), max(last.x1, box.x1), max(last.y1, box.y1)
            )
        else:
            out.append(box)
    return tuple(out)
