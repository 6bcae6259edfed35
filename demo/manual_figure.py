"""Figures of the demo manuals: the small drawing language and its flowable."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from math import atan2, cos, sin
from typing import Any

from reportlab.lib.colors import HexColor, white
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.platypus.flowables import Flowable

INK = HexColor("#1f2d3d")
FILL = HexColor("#eaf1f8")
GROUND = HexColor("#fbfcfe")
RULE = HexColor("#b8c4d2")
WIDTH_MM, HEIGHT_MM = 160.0, 70.0
NUMBERS = {"box": 4, "circle": 3, "line": 4, "arrow": 4, "text": 2}


class FigureBroken(Exception):
    """A drawing command that cannot be read; the message names the figure, the command and what is expected."""


@dataclass(frozen=True, slots=True)
class Stroke:
    """One command: millimetres, origin at the top left corner, y downwards."""

    kind: str
    at: tuple[float, ...]
    label: str = ""


def read_strokes(caption: str, commands: tuple[str, ...]) -> tuple[Stroke, ...]:
    """Read the commands of one figure; raises FigureBroken on an unknown word, a bad count or a stray coordinate."""
    strokes: list[Stroke] = []
    for command in commands:
        if command.startswith("#"):
            continue
        try:
            words = shlex.split(command)
        except ValueError as error:
            raise FigureBroken(f"{caption}: {command!r}: {error}") from error
        kind = words[0]
        if kind not in NUMBERS:
            raise FigureBroken(f"{caption}: unknown command {command!r}; use one of {', '.join(NUMBERS)}.")
        count = NUMBERS[kind]
        try:
            at = tuple(float(word) for word in words[1 : count + 1])
        except ValueError as error:
            raise FigureBroken(f"{caption}: {command!r}: expected {count} numbers.") from error
        if len(at) != count:
            raise FigureBroken(f"{caption}: {command!r}: expected {count} numbers.")
        _inside(caption, command, kind, at)
        strokes.append(Stroke(kind, at, " ".join(words[count + 1 :]).replace("\\n", "\n")))
    return tuple(strokes)


def _inside(caption: str, command: str, kind: str, at: tuple[float, ...]) -> None:
    right = at[0] + (at[2] if kind in ("box", "circle") else 0)
    low = at[1] + (at[3] if kind == "box" else at[2] if kind == "circle" else 0)
    xs = (at[0], right) if kind in ("box", "circle", "text") else (at[0], at[2])
    ys = (at[1], low) if kind in ("box", "circle", "text") else (at[1], at[3])
    if min(*xs, *ys) < 0 or max(xs) > WIDTH_MM or max(ys) > HEIGHT_MM:
        raise FigureBroken(f"{caption}: {command!r} leaves the {WIDTH_MM:.0f} x {HEIGHT_MM:.0f} mm frame.")


class Drawing(Flowable):  # type: ignore[misc]  # reportlab ships no types
    """A framed figure as wide as the text; text labels are real text, so that they can be found and copied."""

    def __init__(self, strokes: tuple[Stroke, ...], font: str) -> None:
        super().__init__()
        self.strokes, self.font = strokes, font
        self.width, self.height = WIDTH_MM * mm, HEIGHT_MM * mm

    def wrap(self, available_width: float, available_height: float) -> tuple[float, float]:
        return self.width, self.height

    def draw(self) -> None:
        canvas = self.canv
        canvas.setStrokeColor(RULE)
        canvas.setFillColor(GROUND)
        canvas.setLineWidth(0.5)
        canvas.rect(0, 0, self.width, self.height, fill=1)
        for stroke in self.strokes:
            canvas.setStrokeColor(INK)
            canvas.setLineWidth(0.8)
            if stroke.kind == "box":
                self._box(canvas, stroke)
            elif stroke.kind == "circle":
                self._circle(canvas, stroke)
            elif stroke.kind == "text":
                self._label(canvas, stroke.label, stroke.at[0] * mm, self._y(stroke.at[1]), 0)
            else:
                self._line(canvas, stroke)

    def _y(self, y_mm: float) -> float:
        return float(self.height - y_mm * mm)

    def _box(self, canvas: Any, stroke: Stroke) -> None:
        x, y, wide, high = stroke.at
        canvas.setFillColor(FILL if stroke.label else white)
        canvas.roundRect(x * mm, self._y(y + high), wide * mm, high * mm, 1.2, fill=1)
        self._label(canvas, stroke.label, (x + wide / 2) * mm, self._y(y + high / 2), wide * mm - 3)

    def _circle(self, canvas: Any, stroke: Stroke) -> None:
        x, y, radius = stroke.at
        canvas.setFillColor(white)
        canvas.circle(x * mm, self._y(y), radius * mm, fill=1)
        if not stroke.label:
            return
        if stringWidth(stroke.label, self.font, 7) <= 2 * radius * mm:
            self._label(canvas, stroke.label, x * mm, self._y(y), 2 * radius * mm)
        else:  # a label wider than its circle stands below it
            self._label(canvas, stroke.label, x * mm, self._y(y + radius + 2.4), 40 * mm)

    def _label(self, canvas: Any, label: str, x: float, y: float, room: float) -> None:
        """Centre the label on (x, y) within ``room`` points; room 0 writes it from x rightwards, never shrunk."""
        lines = label.split("\n")
        size = 8.0
        while room and size > 5 and max(stringWidth(line, self.font, size) for line in lines) > room:
            size -= 0.5
        canvas.setFillColor(INK)
        canvas.setFont(self.font, size)
        top = y + (len(lines) - 1) * size * 0.6 - size * 0.36
        for row, line in enumerate(lines):
            if room:
                canvas.drawCentredString(x, top - row * size * 1.2, line)
            else:
                canvas.drawString(x, top - row * size * 1.2, line)

    def _line(self, canvas: Any, stroke: Stroke) -> None:
        x1, y1, x2, y2 = stroke.at[0] * mm, self._y(stroke.at[1]), stroke.at[2] * mm, self._y(stroke.at[3])
        canvas.line(x1, y1, x2, y2)
        if stroke.kind != "arrow":
            return
        angle = atan2(y2 - y1, x2 - x1)
        canvas.setFillColor(INK)
        head = canvas.beginPath()
        head.moveTo(x2, y2)
        for turn in (2.75, -2.75):
            head.lineTo(x2 + 6 * cos(angle + turn), y2 + 6 * sin(angle + turn))
        head.close()
        canvas.drawPath(head, fill=1, stroke=0)
        if stroke.label:
            self._label(canvas, stroke.label, (x1 + x2) / 2, (y1 + y2) / 2 + 6, 60 * mm)
