"""Elements of a manual's source as flowables, and where a page must break."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from manual_alert import AlertBox
from manual_figure import Drawing, read_strokes
from manual_look import FRAME_HEIGHT, FRAME_WIDTH, Look
from manual_source import Alert, Element, Figure, Heading, Items, ManualSource, Paragraph, Table
from manual_table import ruled_table
from manual_text import TextBlock, TextStyle
from reportlab.lib.colors import HexColor
from reportlab.lib.units import mm
from reportlab.platypus import CondPageBreak, PageBreak, Spacer


@dataclass(frozen=True, slots=True)
class Mark:
    """A heading as printed: physical ``page`` (1-based) and ``y`` of its baseline in points from the page's foot."""

    key: str
    level: int
    number: str
    text: str
    page: int
    y: float


class HeadingLine(TextBlock):
    """A heading; drawing it sets the bookmark and outline entry and records the page it fell on."""

    def __init__(self, heading: Heading, key: str, look: Look, marks: list[Mark]) -> None:
        size, leading, before, after = {1: (17, 24, 0, 9), 2: (13, 19, 12, 6), 3: (11, 16, 9, 4)}[heading.level]
        style = TextStyle(look.face.bold, size, leading, before=before, after=after, colour=look.accent)
        super().__init__(heading.text, style)
        self.heading, self.key, self.marks, self.look = heading, key, marks, look

    def split(self, available_width: float, available_height: float) -> list[Any]:
        return []

    def draw(self) -> None:
        canvas, heading = self.canv, self.heading
        _, y = canvas.absolutePosition(0, 0)
        last = self.marks[-1].level if self.marks else 0
        canvas.bookmarkHorizontal(self.key, 0, self.height)
        canvas.addOutlineEntry(heading.text, self.key, min(heading.level, last + 1) - 1, heading.level > 1)
        page = canvas.getPageNumber()
        self.marks.append(
            Mark(self.key, min(heading.level, last + 1), heading.number, heading.text, page, y + self.height)
        )
        if heading.level == 1:
            canvas.setStrokeColor(self.look.accent)
            canvas.setLineWidth(2)
            canvas.line(0, -3, self.width, -3)
        elif heading.level == 2:
            canvas.setFillColor(self.look.accent)
            canvas.setStrokeColor(HexColor("#c3d0de"))
            canvas.setLineWidth(0.8)
            canvas.line(0, -1, self.width, -1)
        super().draw()


class BodyFlow:
    """Turns the elements of a manual into flowables and decides where a page must break."""

    def __init__(self, source: ManualSource, look: Look, marks: list[Mark]) -> None:
        self.source, self.look, self.marks = source, look, marks
        self.headings = 0

    def flowables(self) -> list[Any]:
        flow: list[Any] = []
        run: list[Any] = []
        need = 0.0
        elements = self.source.elements
        for at, element in enumerate(elements):
            made = self._made(element)
            if isinstance(element, Heading) and element.level == 1:
                flow.append(PageBreak())
            run += made
            # A heading, an intro sentence or a warning stays with what it introduces.
            if isinstance(element, Heading) or _introduces(elements[at:]):
                need += _height(made)
                continue
            need += self._least(element, made)
            flow += [CondPageBreak(min(need, FRAME_HEIGHT * 0.97)), *run]
            run, need = [], 0.0
        return flow + run

    def _least(self, element: Element, made: list[Any]) -> float:
        """Points of height that must fit below the run's start so that it may begin on this page."""
        if isinstance(element, Paragraph):
            return min(_height(made), 3 * 16)
        if isinstance(element, Items):
            return _height(made[: 2 if len(made) > 4 else len(made)])
        if isinstance(element, Table):
            table = made[-2]
            table.wrap(FRAME_WIDTH, 10_000)
            whole = _height(made)
            rows = list(table._rowHeights)
            return whole if whole < 75 * mm else _height(made[:-2]) + sum(rows[:3]) + 6
        return _height(made)

    def _made(self, element: Element) -> list[Any]:
        look = self.look
        if isinstance(element, Heading):
            key = f"h{self.headings}"
            self.headings += 1
            extra = [Spacer(1, 8)] if element.level == 1 else []
            return [HeadingLine(element, key, look, self.marks), *extra]
        if isinstance(element, Paragraph):
            return [TextBlock(element.text, look.text())]
        if isinstance(element, Items):
            return [_item(entry.text, entry.label, entry.depth, look) for entry in element.entries] + [Spacer(1, 3)]
        if isinstance(element, Alert):
            return [AlertBox(element, look)]
        if isinstance(element, Figure):
            drawing = Drawing(read_strokes(element.caption, element.commands), look.face.regular)
            caption = TextBlock(element.caption, look.text(9, 14, centred=True, before=3, after=10))
            return [Spacer(1, 4), drawing, caption]
        caption_style = TextStyle(look.face.bold, 9.5, 14, before=6, after=3, colour=look.accent)
        caption_flow = [TextBlock(element.caption, caption_style)] if element.caption else []
        return [*caption_flow, ruled_table(element, look), Spacer(1, 10)]


def _introduces(elements: tuple[Element, ...]) -> bool:
    """Whether the first element, a warning or one sentence, leads to a list by way of nothing but warnings and at most
    one paragraph: a procedure's warnings belong on the page where its steps begin."""
    paragraphs = 0
    for element in elements:
        if isinstance(element, Paragraph):
            paragraphs += 1
        elif not isinstance(element, Alert):
            return isinstance(element, Items) and element is not elements[0]
        if paragraphs > 1:
            return False
    return False


def _item(text: str, label: str, depth: int, look: Look) -> TextBlock:
    hang = 12.0 if label == "•" else 19.0
    return TextBlock(text, look.text(indent=6 + hang + depth * 14, hang=hang, after=3), label)


def _height(flow: list[Any]) -> float:
    return float(sum(one.wrap(FRAME_WIDTH, 10_000)[1] + one.getSpaceBefore() + one.getSpaceAfter() for one in flow))
