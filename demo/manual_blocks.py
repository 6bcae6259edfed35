"""Elements of a manual's source as flowables: headings, text, lists, warning boxes, tables and figures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from manual_figure import Drawing, read_strokes
from manual_source import Alert, Element, Figure, Heading, Items, ManualSource, Paragraph, Table, joined
from manual_text import Face, TextBlock, TextStyle
from reportlab.lib.colors import Color, HexColor, black, white
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.platypus import CondPageBreak, PageBreak, Spacer
from reportlab.platypus import Table as PlatypusTable
from reportlab.platypus.flowables import Flowable

FRAME_WIDTH = 160 * mm
FRAME_HEIGHT = 250 * mm
ACCENT = HexColor("#12395f")
SIGNAL = {
    "DANGER": ("危険", HexColor("#c8102e"), white),
    "WARNING": ("警告", HexColor("#e87500"), white),
    "CAUTION": ("注意", HexColor("#f2c700"), black),
    "NOTE": ("お知らせ", HexColor("#1f6fb2"), white),
}


@dataclass(frozen=True, slots=True)
class Mark:
    """A heading as printed: physical ``page`` (1-based) and ``y`` of its baseline in points from the page's foot."""

    key: str
    level: int
    number: str
    text: str
    page: int
    y: float


@dataclass(frozen=True, slots=True)
class Look:
    """Language ("ja" or "en"), face and accent colour of a manual."""

    lang: str
    face: Face
    accent: Color = ACCENT

    def text(self, size: float = 10, leading: float = 0, **more: Any) -> TextStyle:
        return TextStyle(self.face.regular, size, leading or (15.6 if self.lang == "ja" else 14.2), **more)


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


class AlertBox(Flowable):  # type: ignore[misc]  # reportlab ships no types
    """A warning: coloured bar with the signal word, framed text below; never split."""

    BAR = 17.0

    def __init__(self, alert: Alert, look: Look) -> None:
        super().__init__()
        self.alert, self.look = alert, look
        self.blocks: list[TextBlock] = []
        for text, bullet in _alert_lines(alert):
            style = look.text(9.5, 14, indent=12 if bullet else 0, hang=11, after=2)
            self.blocks.append(TextBlock(text, style, "•" if bullet else ""))

    def getSpaceBefore(self) -> float:
        return 4.0

    def getSpaceAfter(self) -> float:
        return 9.0

    def wrap(self, available_width: float, available_height: float) -> tuple[float, float]:
        self.width = available_width
        body = sum(block.wrap(available_width - 18, 10_000)[1] + 2 for block in self.blocks)
        self.height = self.BAR + body + 9
        return available_width, self.height

    def draw(self) -> None:
        canvas = self.canv
        japanese, colour, ink = SIGNAL[self.alert.signal]
        canvas.setStrokeColor(colour)
        canvas.setLineWidth(1.2)
        canvas.setFillColor(white)
        canvas.rect(0, 0, self.width, self.height, fill=1)
        canvas.setFillColor(colour)
        canvas.rect(0, self.height - self.BAR, self.width, self.BAR, fill=1)
        foot = self.height - self.BAR + 4
        canvas.setFillColor(ink)
        left = 8.0
        if self.alert.signal != "NOTE":
            self._triangle(left, foot - 1, ink, colour)
            left += 17
        canvas.setFillColor(ink)
        canvas.setFont(self.look.face.bold, 10.5)
        canvas.drawString(left, foot + 0.8, japanese if self.look.lang == "ja" else self.alert.signal)
        y = self.height - self.BAR - 5
        for block in self.blocks:
            y -= block.height
            block.drawOn(canvas, 9, y)
            y -= 2

    def _triangle(self, x: float, y: float, ink: Color, ground: Color) -> None:
        """The warning sign, drawn and not typed, so that it does not enter the page's text."""
        canvas = self.canv
        path = canvas.beginPath()
        path.moveTo(x, y)
        path.lineTo(x + 12, y)
        path.lineTo(x + 6, y + 11)
        path.close()
        canvas.setFillColor(ink)
        canvas.drawPath(path, stroke=0, fill=1)
        canvas.setFillColor(ground)
        canvas.rect(x + 5.4, y + 3.6, 1.2, 4, stroke=0, fill=1)
        canvas.rect(x + 5.4, y + 1.4, 1.2, 1.3, stroke=0, fill=1)


def _alert_lines(alert: Alert) -> list[tuple[str, bool]]:
    """(text, is bullet): source lines of one sentence are joined, a bullet or a finished sentence opens a new one."""
    lines: list[tuple[str, bool]] = []
    for line in alert.lines:
        if line.startswith(("- ", "* ")):
            lines.append((line[2:].strip(), True))
        elif lines and not lines[-1][0].endswith(("。", ".", "!", "！", ":", "：")):
            text, bullet = lines.pop()
            lines.append((joined(text, line), bullet))
        else:
            lines.append((line, False))
    return lines


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
            following = elements[at + 1] if at + 1 < len(elements) else None
            made = self._made(element)
            if isinstance(element, Heading) and element.level == 1:
                flow.append(PageBreak())
            run += made
            # A heading, an intro sentence or a warning stays with what it introduces.
            if isinstance(element, Heading) or (
                isinstance(element, Paragraph | Alert) and isinstance(following, Items)
            ):
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
            return _height(made[: 1 if len(made) > 3 else len(made)])
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
        return [*caption_flow, _table(element, look), Spacer(1, 10)]


def _item(text: str, label: str, depth: int, look: Look) -> TextBlock:
    hang = 12.0 if label == "•" else 19.0
    return TextBlock(text, look.text(indent=6 + hang + depth * 14, hang=hang, after=3), label)


def _height(flow: list[Any]) -> float:
    return float(sum(one.wrap(FRAME_WIDTH, 10_000)[1] + one.getSpaceBefore() + one.getSpaceAfter() for one in flow))


def _table(table: Table, look: Look) -> Any:
    """A ruled table; its header repeats on every page and a row is never cut."""
    size = 8.8
    cell = look.text(size, 12.6, after=0)
    head = TextStyle(look.face.bold, size, 12.6, after=0, colour=white)
    widths = column_widths(table, look.face.regular, look.face.bold, size)
    rows = [[TextBlock(text, head) for text in table.header]]
    rows += [[TextBlock(text.replace("<br>", "\n"), cell) for text in row] for row in table.rows]
    flow = PlatypusTable(rows, colWidths=widths, repeatRows=1, splitByRow=1)
    style: list[Any] = [
        ("GRID", (0, 0), (-1, -1), 0.5, HexColor("#8795a5")),
        ("BACKGROUND", (0, 0), (-1, 0), look.accent),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LEFTPADDING", (0, 0), (-1, -1), 4.5),
        ("RIGHTPADDING", (0, 0), (-1, -1), 3.5),
        ("TOPPADDING", (0, 0), (-1, -1), 2.5),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
    ]
    style += [("BACKGROUND", (0, row), (-1, row), HexColor("#f1f5fa")) for row in range(2, len(rows), 2)]
    flow.setStyle(style)
    return flow


def column_widths(table: Table, font: str, bold: str, size: float) -> list[float]:
    """Points per column, together the frame's width: short columns get what they need, long ones share the rest."""
    columns = list(zip(table.header, *table.rows, strict=True))
    wants: list[float] = []
    for column in columns:
        lines = [part for text in column[1:] for part in text.split("<br>")]
        longest = max(stringWidth(line, font, size) for line in lines)
        wants.append(max(longest, stringWidth(column[0], bold, size)) + 9.5)
    if sum(wants) <= FRAME_WIDTH:
        slack = FRAME_WIDTH - sum(wants)
        return [want + slack * want / sum(wants) for want in wants]
    short = [want <= FRAME_WIDTH * 0.2 for want in wants]
    rest = FRAME_WIDTH - sum(want for want, small in zip(wants, short, strict=True) if small)
    weights = [0.0 if small else want**0.55 for want, small in zip(wants, short, strict=True)]
    if rest < 200 or not any(weights):
        return [FRAME_WIDTH * want**0.55 / sum(w**0.55 for w in wants) for want in wants]
    return [
        want if small else rest * weight / sum(weights)
        for want, small, weight in zip(wants, short, weights, strict=True)
    ]
