"""A demo manual as PDF: cover, contents, chapters with their own page labels, outline, header and footer."""

from __future__ import annotations

from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

from cover_art import draw_cover
from manual_blocks import BodyFlow, Mark
from manual_look import FRAME_HEIGHT, FRAME_WIDTH, Look
from manual_source import Heading, ManualSource
from manual_text import TextBlock, TextStyle, missing_glyphs, register_faces
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.platypus import BaseDocTemplate, Frame, NextPageTemplate, PageBreak, PageTemplate
from reportlab.platypus.flowables import Flowable

GREY = HexColor("#5b6775")
RULE = HexColor("#9aa7b5")
ROMAN = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x")
CONTENTS = {"ja": "目次", "en": "Contents"}
NOTICE = {
    "ja": "本書は、ご使用前に必ずお読みください。お読みになったあとは、いつでも見られるところに保管してください。",
    "en": "Read this manual before using the machine, and keep it where it can be consulted at any time.",
}


@dataclass(frozen=True, slots=True)
class BuiltManual:
    """A manual on paper: ``labels[i]`` is printed on physical page i + 1; ``marks`` are its headings in order."""

    source: ManualSource
    path: Path
    labels: tuple[str, ...]
    marks: tuple[Mark, ...]


@dataclass
class _Record:
    """What one pass over the manual learns: headings with their pages, and the label of each page."""

    marks: list[Mark] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)


def build_pdf(source: ManualSource, target: Path) -> BuiltManual:
    """Set the manual twice (the second time with the page labels in its contents) and write it to ``target``.

    Raises FontMissing, FigureBroken, or ValueError when a character has no glyph in the manual's font.
    """
    first, _ = _set(source, {})
    labels = {mark.key: first.labels[mark.page - 1] for mark in first.marks}
    record, data = _set(source, labels)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(data)
    return BuiltManual(source, target, tuple(record.labels), tuple(record.marks))


def _set(source: ManualSource, labels: dict[str, str]) -> tuple[_Record, bytes]:
    face = register_faces(source.front["lang"])
    missing = missing_glyphs(source.path.read_text(encoding="utf-8"), face.regular)
    if missing:
        raise ValueError(f"{source.path}: no glyph for {' '.join(sorted(missing))}; write these characters otherwise.")
    record = _Record()
    look = Look(source.front["lang"], face)
    buffer = BytesIO()
    document = BaseDocTemplate(
        buffer,
        pagesize=A4,
        invariant=1,
        title=f"{source.front['title']} ({source.front['document']})",
        author="Hikari Packaging Systems",
        subject=source.front["product"],
        lang=source.front["lang"],
    )
    frame = Frame(25 * mm, 22 * mm, FRAME_WIDTH, FRAME_HEIGHT, 0, 0, 0, 0)
    furniture = _Furniture(source, look, record)
    document.addPageTemplates(
        [
            PageTemplate("cover", [frame], onPage=furniture.cover),
            PageTemplate("body", [frame], onPageEnd=furniture.page_end),
        ]
    )
    story: list[Any] = [NextPageTemplate("body"), PageBreak(), *_contents(source, look, labels)]
    story += BodyFlow(source, look, record.marks).flowables()
    document.build(story)
    return record, buffer.getvalue()


def _contents(source: ManualSource, look: Look, labels: dict[str, str]) -> list[Any]:
    title = TextStyle(look.face.bold, 16, 24, after=10, colour=look.accent)
    flow: list[Any] = [TextBlock(CONTENTS[look.lang], title)]
    headings = [element for element in source.elements if isinstance(element, Heading)]
    for ordinal, heading in enumerate(headings):
        if heading.level <= 2:
            key = f"h{ordinal}"
            flow.append(ContentsLine(heading, key, labels.get(key, ""), look))
    return flow


class ContentsLine(Flowable):  # type: ignore[misc]  # reportlab ships no types
    """One line of the contents: heading, dots, page label; a click leads to the heading."""

    def __init__(self, heading: Heading, key: str, label: str, look: Look) -> None:
        super().__init__()
        self.heading, self.key, self.label, self.look = heading, key, label, look
        self.height = 17.0 if heading.level == 1 else 13.5

    def getSpaceBefore(self) -> float:
        return 4.0 if self.heading.level == 1 else 0.0

    def wrap(self, available_width: float, available_height: float) -> tuple[float, float]:
        self.width = available_width
        return available_width, self.height

    def draw(self) -> None:
        canvas = self.canv
        chapter = self.heading.level == 1
        font = self.look.face.bold if chapter else self.look.face.regular
        size = 10.5 if chapter else 9.5
        canvas.setFont(font, size)
        canvas.setFillColor(self.look.accent if chapter else HexColor("#222222"))
        x = 0.0 if chapter else 14.0
        canvas.drawString(x, 3, self.heading.text)
        canvas.drawRightString(self.width, 3, self.label)
        left = x + canvas.stringWidth(self.heading.text, font, size) + 5
        canvas.setStrokeColor(RULE)
        canvas.setLineWidth(0.6)
        canvas.setDash(0.6, 2.4)
        if left < self.width - 34:
            canvas.line(left, 4.5, self.width - 32, 4.5)
        canvas.setDash()
        if self.label:
            canvas.linkRect("", self.key, (0, 0, self.width, self.height), relative=1, Border="[0 0 0]")


class _Furniture:
    """Cover, running header and footer; also decides each page's label."""

    def __init__(self, source: ManualSource, look: Look, record: _Record) -> None:
        self.source, self.look, self.record = source, look, record

    def cover(self, canvas: Any, document: Any) -> None:
        front, look = self.source.front, self.look
        wide, high = A4
        canvas.addPageLabel(0, "ROMAN_LOWER", 1)
        self.record.labels.append(ROMAN[0])
        canvas.setFillColor(look.accent)
        canvas.rect(0, high - 62 * mm, wide, 62 * mm, stroke=0, fill=1)
        canvas.setFillColor(HexColor("#ffffff"))
        canvas.setFont(look.face.regular, 12)
        maker = "ヒカリ包装システム" if look.lang == "ja" else "Hikari Packaging Systems"
        canvas.drawString(25 * mm, high - 22 * mm, maker)
        size = 24.0
        while size > 14 and canvas.stringWidth(front["title"], look.face.bold, size) > FRAME_WIDTH:
            size -= 1
        canvas.setFont(look.face.bold, size)
        canvas.drawString(25 * mm, high - 40 * mm, front["title"])
        canvas.setFont(look.face.regular, 14)
        canvas.drawString(25 * mm, high - 52 * mm, front["product"])
        draw_cover(canvas, self.source.slug, 25 * mm, 105 * mm)
        canvas.setFillColor(HexColor("#222222"))
        notice = TextBlock(NOTICE[look.lang], TextStyle(look.face.regular, 9.5, 14))
        notice.wrapOn(canvas, FRAME_WIDTH, 100)
        notice.drawOn(canvas, 25 * mm, 60 * mm)
        canvas.setStrokeColor(look.accent)
        canvas.setLineWidth(1.2)
        canvas.line(25 * mm, 50 * mm, wide - 25 * mm, 50 * mm)
        canvas.setFont(look.face.regular, 10)
        canvas.drawString(25 * mm, 43 * mm, f"{front['document']}    Rev. {front['revision']}")
        canvas.drawRightString(wide - 25 * mm, 43 * mm, front["date"])

    def page_end(self, canvas: Any, document: Any) -> None:
        page = canvas.getPageNumber()
        chapter, first = self._chapter(page)
        if chapter is None:
            label = ROMAN[page - 1]
        else:
            label = f"{chapter.number}-{page - first + 1}"
            if page == first:
                canvas.addPageLabel(page - 1, "ARABIC", 1, f"{chapter.number}-")
        self.record.labels.append(label)
        wide, high = A4
        canvas.setFillColor(GREY)
        canvas.setFont(self.look.face.regular, 8.5)
        canvas.drawString(25 * mm, high - 17 * mm, self.source.front["title"])
        if chapter is not None:
            canvas.drawRightString(wide - 25 * mm, high - 17 * mm, chapter.text)
        canvas.setStrokeColor(RULE)
        canvas.setLineWidth(0.6)
        canvas.line(25 * mm, high - 19 * mm, wide - 25 * mm, high - 19 * mm)
        canvas.line(25 * mm, 16 * mm, wide - 25 * mm, 16 * mm)
        canvas.drawString(25 * mm, 11 * mm, self.source.front["document"])
        canvas.drawRightString(wide - 25 * mm, 11 * mm, label)

    def _chapter(self, page: int) -> tuple[Mark | None, int]:
        chapters = [mark for mark in self.record.marks if mark.level == 1 and mark.page <= page]
        return (chapters[-1], chapters[-1].page) if chapters else (None, 0)
