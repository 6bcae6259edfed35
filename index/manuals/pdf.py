"""PDF manuals: text layer, layout and tables by pypdfium2, one page at a time."""

from __future__ import annotations

import re
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

from index.coverage import Skipped
from index.errors import EmptyManual, ManualDamaged, ManualEncrypted
from index.manuals import signs
from index.manuals.block import Page, Reading
from index.manuals.pdf_blocks import LARGER, PageReader, Style, folded, half
from index.manuals.pdf_ink import Ink, read_ink
from index.manuals.pdf_layout import lines_of
from index.manuals.pdf_margins import Margins
from index.manuals.pdf_quality import FEW, drawn_over, unread
from index.manuals.pdf_regions import page_items
from index.manuals.pdf_tables import ruled_tables
from index.manuals.plain import read_bytes

_PDFIUM = threading.RLock()  # pdfium may be used by one thread at a time (its own documentation)
_END_MARK_WITHIN = 65536  # bytes at the end of a whole PDF that hold "%%EOF"
_WIDEST_LEADING = 2.3  # distance of lines over font size; double-spaced text has about 2.3
_NO_TITLE = re.compile(r"^(untitled|microsoft word.*|.*\.(docx?|pdf|indd|fm|pptx?)|無題.*|\s*)$", re.IGNORECASE)


class PdfReader:
    """Reads .pdf files with a text layer. A scan is refused with its reason: there is no OCR in this version."""

    suffixes: tuple[str, ...] = (".pdf",)

    def open(self, path: Path) -> Reading:
        data = read_bytes(path)
        if b"%%EOF" not in data[-_END_MARK_WITHIN:]:
            raise ManualDamaged(f"{path.name} is cut off: its end mark is missing.", "Copy it again from its source.")
        with _PDFIUM:
            document = _opened(path, data)
            survey = _Survey()
            for number in range(1, len(document) + 1):
                survey.add(_ink(document, number, path))
            if survey.characters == 0:
                document.close()
                raise EmptyManual(
                    f"{path.name} has no text on any of its {survey.margins.pages} pages: it is a scan.",
                    "Text recognition (OCR) is not available in this version; get the PDF as the maker published it, "
                    "or run it through an OCR program that writes a text layer.",
                )
            title = _title(document, survey, path)
            style = survey.style(_outline(document))
        return Reading(title, survey.margins.pages, _pages(document, path, survey, style))


def _opened(path: Path, data: bytes) -> Any:
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(data)
        count = len(document)
    except pypdfium2.PdfiumError as cause:
        if "password" in str(cause).lower() or getattr(cause, "err_code", None) == 4:
            raise ManualEncrypted(
                f"{path.name} is locked with a password.", "Save a copy without a password and add that."
            ) from cause
        raise ManualDamaged(
            f"{path.name} cannot be read as a PDF ({cause}).", "Copy it again from its source."
        ) from cause
    if count == 0:
        raise ManualDamaged(f"{path.name} has no pages.", "Copy it again from its source.")
    return document


def _ink(document: Any, number: int, path: Path) -> Ink:
    import pypdfium2

    try:
        page = document[number - 1]
        try:
            return read_ink(page)
        finally:
            page.close()
    except pypdfium2.PdfiumError as cause:
        raise ManualDamaged(
            f"{path.name}: page {number} cannot be read ({cause}).", "Copy the file again from its source."
        ) from cause


def _drawn_over(document: Any, number: int) -> tuple[float, int]:
    page = document[number - 1]
    try:
        return drawn_over(page)
    finally:
        page.close()


@dataclass
class _Survey:
    """What a first pass over all pages learns; it keeps no page's text but its edges."""

    margins: Margins = field(default_factory=Margins)
    characters: int = 0
    sizes: Counter[float] = field(default_factory=Counter)
    leadings: Counter[float] = field(default_factory=Counter)
    numbered: Counter[tuple[float, int]] = field(default_factory=Counter)
    largest: tuple[float, str] = (0.0, "")

    def add(self, ink: Ink) -> None:
        self.margins.add(ink, frozenset(place for _, places in ruled_tables(ink) for place in places))
        for segment in ink.segments:
            self.characters += len(segment.text)
            # Running heads are small and on every page: they must not pass for the body of a short manual.
            at_edge = not 0.12 * ink.height <= segment.middle[1] <= 0.88 * ink.height
            self.sizes[half(segment.size)] += 1 if at_edge else 20 * len(segment.text)
        lines = lines_of(ink.segments)
        for before, after in pairwise(lines):
            ratio = (after.top + after.bottom - before.top - before.bottom) / 2 / max(1.0, after.size)
            if (
                abs(before.size - after.size) < 0.1
                and 1.0 <= ratio <= _WIDEST_LEADING
                and abs(before.x0 - after.x0) < 1
            ):
                self.leadings[round(ratio, 1)] += 1
        for line in lines:
            level = signs.heading_level(line.text)
            if level and not signs.step(line.text):
                self.numbered[half(line.size), level] += 1
        if self.margins.pages == 1 and lines:
            top = max(line.size for line in lines)
            text = " ".join(line.text for line in lines if line.size > top - 0.5)
            self.largest = (top, text)

    def style(self, outline: dict[str, int]) -> Style:
        body = max(self.sizes.items(), key=lambda item: (item[1], item[0]))[0]
        leading = self.leadings.most_common(1)[0][0] if self.leadings else 1.4
        larger = sorted((s for s, n in self.sizes.items() if s >= LARGER * body and n > 40), reverse=True)
        levels: dict[float, int] = {}
        for size in larger:
            known = [(n, -level) for (s, level), n in self.numbered.items() if s == size]
            if known:
                levels[size] = -max(known)[1]
        if not levels:
            levels = {size: min(4, rank) for rank, size in enumerate(larger[:6], start=1)}
        return Style(body, leading, levels, outline)


def _outline(document: Any) -> dict[str, int]:
    """Depth by folded title of the document's bookmarks."""
    import pypdfium2

    titles: dict[str, int] = {}
    try:
        for mark in document.get_toc(max_depth=8):
            titles.setdefault(folded(str(mark.get_title())), int(mark.level) + 1)
    except pypdfium2.PdfiumError:
        return titles  # a broken outline is no reason to refuse the text; headings are then found by size
    return titles


def _title(document: Any, survey: _Survey, path: Path) -> str:
    named = str(document.get_metadata_value("Title") or "").strip()
    if not _NO_TITLE.match(named):
        return named
    body = survey.style({}).body_size
    size, text = survey.largest
    return " ".join(text.split()) if size > body and len(text) <= 120 else path.stem


def _pages(document: Any, path: Path, survey: _Survey, style: Style) -> Iterator[Page]:
    reader = PageReader(style)
    try:
        for number in range(1, survey.margins.pages + 1):
            with _PDFIUM:
                ink = _ink(document, number, path)
                named = str(document.get_page_label(number - 1) or "").strip()
            label = named or survey.margins.printed_label(number - 1) or str(number)
            items = page_items(ink, survey.margins.running_lines(number - 1), style)
            blocks = tuple(reader.blocks(items, number))
            if ink.turned:  # the places are not those of the page as people see it
                blocks = tuple(replace(block, box=None) for block in blocks)
            text = "".join(block.text for block in blocks)
            with _PDFIUM:
                reason = unread(text, *(_drawn_over(document, number) if len(text) < FEW else (0.0, 0)))
            if reason == "blank" and sum(len(segment.text) for segment in ink.segments) > FEW:
                reason = "left_out"
            if reason is None:
                yield Page(number, label, blocks)
            else:
                yield Page(number, label, () if reason == "garbled" else blocks, (Skipped(reason, label),))
    finally:
        with _PDFIUM:
            document.close()
