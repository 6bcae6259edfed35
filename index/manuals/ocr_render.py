"""OCR render: a PDF page as the picture that OCR reads, and whether what it read is better than the page's own text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from index.manuals import signs
from index.manuals.block import Page
from index.manuals.coverage import Skipped
from index.manuals.ocr import Image, is_installed
from index.manuals.ocr_page import NUMBERED, Scanned, read_page
from index.manuals.pdf_blocks import PageReader
from index.manuals.pdf_ink import Ink
from index.manuals.pdf_margins import EdgeLine
from index.manuals.pdf_quality import Verdict
from index.manuals.pdf_regions import page_items
from index.manuals.pdf_tables import ruled_tables

LONG_SIDE = (
    2200  # pixels: 190 dpi on A4, letters of 7 points 18 pixels high; 3000 read no more and took 1.5 times as long
)
_LEAST_DPI, _MOST_DPI = 100, 600
_MORE = 1.5  # times the characters of the page's own text, from which a scan with some text is better read by OCR
_SURE = 0.75  # mean confidence from which OCR is believed more than a garbled text layer
_WIDEST, _FEWEST = 2.3, 4  # leading: the widest that is one, and the fewest lines that tell
_OF_LINES = 0.35  # so many lines stand no further apart than those of a paragraph: the others begin one
_SMALLER, _LARGER, _CLEARLY_LARGER = 0.77, 1.05, 1.3  # over the body's size; OCR tells a size from a line's height


@dataclass(frozen=True, slots=True)
class Judged:
    """A page whose own text cannot be used as it is: why, and what OCR read instead (None: not better, or no OCR)."""

    verdict: Verdict
    scanned: Scanned | None = None


def judged(page: Any, verdict: Verdict, own: int, recognise: bool) -> Judged | None:
    """What to do with a pypdfium2 page of ``own`` characters of text; None: its own text is used."""
    if verdict == "good":
        return None
    if verdict == "blank" or not recognise or not is_installed():
        return Judged(verdict)
    width, height = page.get_size()
    read = read_page(picture_of(page), width, height)
    enough = _MORE * own if verdict == "scan" else 0
    better = read.characters > enough and (verdict == "scan" or read.confidence >= _SURE)
    if better:
        return Judged(verdict, read)
    return None if verdict == "scan" and own else Judged(verdict)


def picture_of(page: Any) -> Image:
    """The page as shown, in colour, its longer side at most LONG_SIDE pixels."""
    longest = max(1.0, *page.get_size())
    dpi = min(_MOST_DPI, max(_LEAST_DPI, 72 * LONG_SIDE / longest))
    scale = min(dpi / 72, LONG_SIDE / longest)
    picture = page.render(scale=scale, rev_byteorder=True).to_numpy()
    return np.ascontiguousarray(picture[:, :, :3])


def scanned_page(reader: PageReader, scanned: Scanned, running: Sequence[EdgeLine], number: int, label: str) -> Page:
    """The page that OCR read, laid out like any other."""
    style = reader.style
    ink = _in_body_size(scanned.ink, style.body_size)
    reader.style = replace(style, leading=_leading(ink) or style.leading)
    blocks = tuple(scanned.placed(block) for block in reader.blocks(page_items(ink, running, style), number))
    reader.style = style
    skipped = () if blocks else (Skipped("scan", label),)
    return Page(number, label, blocks, skipped, by_ocr=bool(blocks))


def _leading(ink: Ink) -> float:
    """Distance of lines over font size in this page's running text; 0 where too few lines tell."""
    in_tables = {place for _, places in ruled_tables(ink) for place in places}
    free = sorted((s for place, s in enumerate(ink.segments) if place not in in_tables), key=lambda s: s.top)
    ratios = []
    for at, above in enumerate(free):
        below = next((s for s in free[at + 1 :] if s.top > above.middle[1] and abs(s.x0 - above.x0) < 3 * s.size), None)
        if below is not None and below.size == above.size:
            ratios.append((below.middle[1] - above.middle[1]) / above.size)
    near = sorted(ratio for ratio in ratios if 1.0 <= ratio <= _WIDEST)
    return near[int(_OF_LINES * len(near))] if len(near) >= _FEWEST else 0.0


def _in_body_size(ink: Ink, body: float) -> Ink:
    """``ink`` of an OCR page with sizes near ``body`` set to it. A line that is a little larger is a heading only if it
    is numbered; the blank behind its number, which OCR often loses, is put back."""
    out = []
    for segment in ink.segments:
        ratio = segment.size / body
        numbered = NUMBERED.match(segment.text)
        sign = signs.note(segment.text) or signs.warning(segment.text + "\n")
        if ratio >= _LARGER and numbered and not signs.step(segment.text):
            out.append(replace(segment, text=f"{numbered[1]} {numbered[2]}"))
        elif _SMALLER < ratio < _CLEARLY_LARGER or sign:
            out.append(replace(segment, size=body))
        else:
            out.append(segment)
    return replace(ink, segments=tuple(out))
