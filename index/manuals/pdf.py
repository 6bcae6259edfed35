"""PDF manuals: text layer, layout and tables by pypdfium2, one page at a time."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from index.errors import EmptyManual, ManualDamaged, ManualEncrypted, ManualUnreadable, OcrMissing
from index.manuals.block import Page, Reading, ReportPage
from index.manuals.coverage import Skipped, SkipReason
from index.manuals.ocr import INSTALL, is_installed
from index.manuals.ocr_render import Judged, judged, scanned_page
from index.manuals.pdf_blocks import PageReader, Style, folded
from index.manuals.pdf_ink import Ink, read_ink
from index.manuals.pdf_margins import EdgeLine, without_running
from index.manuals.pdf_quality import look_at, verdict
from index.manuals.pdf_regions import page_items
from index.manuals.pdf_survey import Survey
from index.manuals.plain import read_bytes

_PDFIUM = threading.RLock()  # pdfium may be used by one thread at a time (its own documentation)
_END_MARK_WITHIN = 65536  # bytes at the end of a whole PDF that hold "%%EOF"
_INK_KEPT = 100_000  # segments, lines and panels kept from the first pass to the second: 25 MB, some 1000 pages
_PICTURED = 0.12  # share of a page under its largest picture, from which its text may stand in pictures only
_TITLED = 60  # characters: a title; a page with more has text of its own, which OCR would read less well
_NO_TITLE = re.compile(r"^(untitled|microsoft word.*|.*\.(docx?|pdf|indd|fm|pptx?)|無題.*|\s*)$", re.IGNORECASE)


class PdfReader:
    """Reads .pdf files: their text layer, and by OCR the pages that are pictures. ``recognise=False`` leaves OCR out.
    ``report`` is told after each page of the first pass, which does the slow work."""

    suffixes: tuple[str, ...] = (".pdf",)

    def __init__(self, report: ReportPage | None = None, recognise: bool = True) -> None:
        self.report = report
        self._recognise = recognise

    def open(self, path: Path) -> Reading:
        data = read_bytes(path)
        if b"%%EOF" not in data[-_END_MARK_WITHIN:]:
            raise ManualDamaged(f"{path.name} is cut off: its end mark is missing.", "Copy it again from its source.")
        with _PDFIUM:
            document = _opened(path, data)
            try:
                first = self._first_pass(document, path)
                survey = first.survey
                if survey.characters == 0:
                    raise self._nothing(path, survey.margins.pages, first.judged)
                title = _title(document, survey, path)
                style = survey.style(_outline(document))
            except BaseException:
                document.close()
                raise
        return Reading(title, survey.margins.pages, _pages(document, path, first, style))

    def _first_pass(self, document: Any, path: Path) -> _FirstPass:
        first = _FirstPass()
        for number in range(1, len(document) + 1):
            with _page(document, number, path) as page:
                with _text_of(page) as textpage:
                    ink, look = read_ink(page, textpage), look_at(page, textpage)
                own = sum(len(segment.text) for segment in ink.segments)
                judged_so = judged(page, verdict(look), own, self._recognise)
            if judged_so is not None:
                first.judged[number] = judged_so
                ink = judged_so.scanned.ink if judged_so.scanned else ink
            first.survey.add(ink)
            first.keep(number, ink)
            if look.picture >= _PICTURED and judged_so is None:
                first.pictured.append(number)
            if self.report is not None:
                by_ocr = judged_so is not None and judged_so.scanned is not None
                self.report(number, len(document), by_ocr)
        self._look_again(document, path, first)
        return first

    def _look_again(self, document: Any, path: Path, first: _FirstPass) -> None:
        """Pages of pictures that have no text but their running head and a title: now that running heads are known, OCR
        reads them, where it finds more than that."""
        for number in first.pictured:
            ink = first.ink.get(number)
            running = first.survey.margins.running_lines(number - 1)
            own = sum(len(segment.text) for segment in without_running(ink, running)) if ink is not None else _TITLED
            if own >= _TITLED:
                continue
            with _page(document, number, path) as page:
                judged_so = judged(page, "scan", own, self._recognise)
            if judged_so is not None:
                first.judged[number] = judged_so
                first.ink.pop(number)
            if self.report is not None:
                self.report(number, len(document), judged_so is not None and judged_so.scanned is not None)

    def _nothing(self, path: Path, pages: int, judged: Mapping[int, Judged]) -> ManualUnreadable:
        if not any(page.verdict != "blank" for page in judged.values()):
            return EmptyManual(f"{path.name}: all of its {pages} pages are blank.", "Check that it is the right file.")
        message = f"{path.name} has no text on any of its {pages} pages: it is a scan."
        if self._recognise and is_installed():
            return EmptyManual(f"{message} Text recognition (OCR) found no text in it either.", "Scan it more sharply.")
        return OcrMissing(message, INSTALL)


@dataclass
class _FirstPass:
    """What the first pass over all pages found: the ``survey``, the pages whose own text cannot be used, the ink of as
    many pages as are kept, and those with little text beside large pictures."""

    survey: Survey = field(default_factory=Survey)
    judged: dict[int, Judged] = field(default_factory=dict)
    ink: dict[int, Ink] = field(default_factory=dict)
    pictured: list[int] = field(default_factory=list)
    _room: int = _INK_KEPT

    def keep(self, number: int, ink: Ink) -> None:
        size = len(ink.segments) + len(ink.rules) + len(ink.panels)
        if size <= self._room and number not in self.judged:
            self._room -= size
            self.ink[number] = ink


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


@contextmanager
def _page(document: Any, number: int, path: Path) -> Iterator[Any]:
    import pypdfium2

    try:
        page = document[number - 1]
        try:
            yield page
        finally:
            page.close()
    except pypdfium2.PdfiumError as cause:
        raise ManualDamaged(
            f"{path.name}: page {number} cannot be read ({cause}).", "Copy the file again from its source."
        ) from cause


@contextmanager
def _text_of(page: Any) -> Iterator[Any]:
    textpage = page.get_textpage()
    try:
        yield textpage
    finally:
        textpage.close()


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


def _title(document: Any, survey: Survey, path: Path) -> str:
    named = str(document.get_metadata_value("Title") or "").strip()
    if not _NO_TITLE.match(named):
        return named
    body = survey.style({}).body_size
    size, text = survey.largest
    return " ".join(text.split()) if size > body and len(text) <= 120 else path.stem


def _pages(document: Any, path: Path, first: _FirstPass, style: Style) -> Iterator[Page]:
    reader, survey = PageReader(style), first.survey
    try:
        for number in range(1, survey.margins.pages + 1):
            aside = first.judged.get(number)
            scanned = aside.scanned if aside is not None else None
            ink = first.ink.pop(number, None)
            with _PDFIUM:
                named = str(document.get_page_label(number - 1) or "").strip()
                if scanned is None and ink is None:
                    with _page(document, number, path) as page, _text_of(page) as textpage:
                        ink = read_ink(page, textpage)
            label = named or survey.margins.printed_label(number - 1) or str(number)
            running = survey.margins.running_lines(number - 1)
            if scanned is not None:
                yield scanned_page(reader, scanned, running, number, label)
                continue
            assert ink is not None
            blocks = tuple(reader.blocks(page_items(ink, running, style), number))
            if ink.turned:  # the places are not those of the page as people see it
                blocks = tuple(replace(block, box=None) for block in blocks)
            yield _with_reason(Page(number, label, blocks), aside, ink, running)
    finally:
        with _PDFIUM:
            document.close()


def _with_reason(page: Page, aside: Judged | None, ink: Ink, running: Sequence[EdgeLine]) -> Page:
    """The page, with what of it was not read."""
    if aside is None:
        if page.blocks or not ink.segments:
            return page
        told = without_running(ink, running)  # contents lists and lettering of figures, which are no passages
        return replace(page, skipped=(Skipped("left_out" if told else "blank", page.label),))
    reason: SkipReason = "blank" if aside.verdict == "blank" else "garbled" if aside.verdict == "garbled" else "scan"
    blocks = () if reason == "garbled" else page.blocks
    return replace(page, blocks=blocks, skipped=(Skipped(reason, page.label),))
