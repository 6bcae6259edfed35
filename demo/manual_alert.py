"""Warning boxes of the demo manuals: coloured bar with the signal word, framed text below."""

from __future__ import annotations

from manual_look import Look
from manual_source import Alert, joined
from manual_text import TextBlock
from reportlab.lib.colors import Color, HexColor, black, white
from reportlab.platypus.flowables import Flowable

SIGNAL = {
    "DANGER": ("危険", HexColor("#c8102e"), white),
    "WARNING": ("警告", HexColor("#e87500"), white),
    "CAUTION": ("注意", HexColor("#f2c700"), black),
    "NOTE": ("お知らせ", HexColor("#1f6fb2"), white),
}


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
