"""Bounded: what a reader makes of a file, kept to sizes that the index can take; what no manual has is refused.

A reader works in a process of its own, but what it tells is cut into passages, searched for codes and embedded by the
service. A paragraph of ten megabytes would keep the service from answering, so no block comes there that is longer than
LONGEST; where it can be cut without loss it is, and a file that holds more than a manual can is refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from index.errors import ManualTooLarge
from index.manuals.block import Block, Page, Reading

LONGEST = 8_000  # characters of a block: five times the longest passage that is meant to stay whole
LONGEST_HEADING = 400  # it is told with each passage below it
LONGEST_TITLE = 300
LONGEST_LABEL = 40  # of a page or a step
MAX_CHARACTERS = 10_000_000  # a manual of 4,000 full pages; indexing so much takes a minute
MAX_BLOCKS = 200_000
MAX_PAGES = 20_000
_CUT_BEHIND = ("\n", "。", ". ", "、", " ")  # the first of these that stands near enough
_LOOK_BACK = 500  # characters before the limit in which a place to cut is looked for
_REMEDY = "Split the file, or keep only what people look up."


def bounded(reading: Reading, name: str) -> Reading:
    """``reading`` of the file ``name`` with its pages bounded as they come. Raises ManualTooLarge, now or at a page."""
    if reading.page_count > MAX_PAGES:
        raise too_many_pages(name, reading.page_count)
    return replace(reading, title=_clipped(reading.title, LONGEST_TITLE), pages=_pages(reading.pages, name))


def too_many_pages(name: str, pages: int) -> ManualTooLarge:
    return ManualTooLarge(f"{name} has {pages:,} pages, more than {MAX_PAGES:,}.", _REMEDY)


def _pages(pages: Iterator[Page], name: str) -> Iterator[Page]:
    characters = count = 0
    for page in pages:
        blocks: list[Block] = []
        for block in page.blocks:
            for part in _parts(block):
                characters += size(part)
                blocks.append(part)
            if characters > MAX_CHARACTERS:
                raise ManualTooLarge(f"{name} holds more than {MAX_CHARACTERS:,} characters.", _REMEDY)
            if count + len(blocks) > MAX_BLOCKS:
                raise ManualTooLarge(
                    f"{name} holds more than {MAX_BLOCKS:,} rows, steps, headings and paragraphs.", _REMEDY
                )
        count += len(blocks)
        yield replace(page, label=_clipped(page.label, LONGEST_LABEL), blocks=tuple(blocks))


def size(block: Block) -> int:
    """Characters of a block, with the column names that a row carries."""
    return len(block.text) + sum(len(name) for name, _ in block.cells)


def _parts(block: Block) -> Iterator[Block]:
    """``block`` itself, or what it becomes: a heading as long as a paragraph is one, a row that no person reads as one
    is text, and what is too long is cut at the end of a line, a sentence or a word."""
    if block.kind == "heading" and len(block.text) > LONGEST_HEADING:
        block = replace(block, kind="paragraph", level=0)
    if len(block.label) > LONGEST_LABEL:
        block = replace(block, label=_clipped(block.label, LONGEST_LABEL))
    if size(block) <= LONGEST:
        yield block
        return
    if block.kind == "row":
        text = block.text if len(block.text) > LONGEST // 2 else " | ".join(f"{n}: {c}" for n, c in block.cells if c)
        block = replace(block, kind="paragraph", cells=(), text=text)
    first = True
    for text in _pieces(block.text):
        yield block if first and text == block.text else replace(block, text=text, label=block.label if first else "")
        first = False


def _pieces(text: str) -> Iterator[str]:
    start = 0
    while start < len(text):
        end = start + LONGEST
        if end < len(text):
            places = (text.rfind(mark, end - _LOOK_BACK, end) for mark in _CUT_BEHIND)
            end = next((place + 1 for place in places if place >= 0), end)
        piece = text[start:end].strip()
        if piece:
            yield piece
        start = end


def _clipped(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"
