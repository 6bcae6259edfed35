"""Text on a demo manual's page: fonts, line breaking for Japanese and English, and the text flowable."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reportlab.lib.colors import Color, black
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus.flowables import Flowable

FONT_FILES = {
    "ja": (
        "/usr/share/fonts/opentype/ipaexfont-gothic/ipaexg.ttf",
        "/usr/share/fonts/truetype/fonts-japanese-gothic.ttf",
    ),
    "en": ("/usr/share/fonts/truetype/liberation/LiberationSans-Regular.ttf",),
    "en-bold": ("/usr/share/fonts/truetype/liberation/LiberationSans-Bold.ttf",),
}
# Kinsoku: characters that may not open a line, and those that may not close one.
NOT_FIRST = set("、。，．,.・：；:;？！?!ー）)」』】〕］］｝〉》々ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮ％%℃°〜～")
NOT_LAST = set("（(「『【〔［｛〈《￥")
_MEASURE = re.compile(
    r"(?:mA|A|kVA|kV|V|kW|W|mm²|mm/s|mm|m/min|m|μm|ms|s|min|h|kg|g|kN|N·m|N|kHz|Hz|MPa|kPa|MΩ|Ω|%|℃|°C|L|r/min)"
    r"(?![A-Za-z])"
)
_UNIT = re.compile(r"[ \t]+|[!-~\u00a0-\u024f\u0370-\u03ff\u2010-\u2027\u2030-\u205e]+|.", re.DOTALL)


class FontMissing(Exception):
    """A font that the manuals are set in is not on this machine."""


@dataclass(frozen=True, slots=True)
class Face:
    """Regular and bold face of a language; IPAex Gothic has one weight, so both are the same there."""

    regular: str
    bold: str


def register_faces(lang: str) -> Face:
    """Register the embedded fonts of ``lang`` ("ja" or "en"); raises FontMissing with the package to install."""
    wanted = ("ja",) if lang == "ja" else ("en", "en-bold")
    for key in wanted:
        found = [file for file in FONT_FILES[key] if Path(file).is_file()]
        if not found:
            raise FontMissing(
                f"none of {', '.join(FONT_FILES[key])} exists; run: apt-get install fonts-ipaexfont fonts-liberation"
            )
        # Registered anew for each document: the subset state must not carry over, or rebuilds would differ.
        pdfmetrics.registerFont(TTFont(f"andon-{key}", found[0]))
    return Face(f"andon-{wanted[0]}", f"andon-{wanted[-1]}")


def missing_glyphs(text: str, font: str) -> set[str]:
    """Characters of ``text`` that the font cannot draw (they would be printed as empty boxes)."""
    known = pdfmetrics.getFont(font).face.charToGlyph
    return {char for char in text if not char.isspace() and ord(char) not in known}


def broken_lines(text: str, width: float, font: str, size: float) -> list[str]:
    """Break ``text`` into lines no wider than ``width`` points.

    Latin words, codes ("AL.32") and numbers with their unit characters stay whole; Japanese breaks between any two
    characters except where kinsoku forbids it. A newline in the text always breaks.
    """
    lines: list[str] = []
    for part in text.split("\n"):
        lines.extend(_broken_part(part, width, font, size))
    return lines


def _units(text: str) -> list[str]:
    """Smallest pieces that stay together: a character that may not start (end) a line joins its left (right) piece."""
    units: list[str] = []
    for piece in _UNIT.findall(text):
        glue_left = bool(units) and piece[0] in NOT_FIRST and not units[-1].isspace()
        glue_right = bool(units) and units[-1][-1] in NOT_LAST and not piece.isspace()
        if glue_left or glue_right:
            units[-1] += piece
        elif len(units) > 1 and units[-1] == " " and units[-2][-1].isdigit() and _MEASURE.match(piece):
            units[-2:] = [f"{units[-2]} {piece}"]  # "38 N·m" is one piece
        else:
            units.append(piece)
    return units


def _broken_part(text: str, width: float, font: str, size: float) -> list[str]:
    def measure(piece: str) -> float:
        return float(pdfmetrics.stringWidth(piece, font, size))

    lines: list[str] = []
    line = ""
    for unit in _units(text):
        if measure(line + unit.rstrip()) <= width:
            line += unit
            continue
        if line.strip():
            lines.append(line.rstrip())
        line = "" if unit.isspace() else unit
        while measure(line) > width and len(line) > 1:  # a single unit wider than the column: cut it hard
            cut = len(line)
            while cut > 1 and measure(line[:cut]) > width:
                cut -= 1
            lines.append(line[:cut])
            line = line[cut:]
    lines.append(line.rstrip())
    return lines


@dataclass(frozen=True, slots=True)
class TextStyle:
    """Font name, size and leading in points; ``indent`` moves the text right, ``hang`` is the label's place in it."""

    font: str
    size: float = 10
    leading: float = 15.5
    indent: float = 0
    hang: float = 0
    before: float = 0
    after: float = 5
    colour: Color = black
    centred: bool = False


class TextBlock(Flowable):  # type: ignore[misc]  # reportlab ships no types
    """A paragraph, list entry or table cell; splits between lines, never leaving one line alone."""

    def __init__(self, text: str, style: TextStyle, label: str = "") -> None:
        super().__init__()
        self.text, self.style, self.label = text, style, label
        self.lines: list[str] = []

    def getSpaceBefore(self) -> float:
        return self.style.before

    def getSpaceAfter(self) -> float:
        return self.style.after

    def wrap(self, available_width: float, available_height: float) -> tuple[float, float]:
        self.width = available_width
        self.lines = broken_lines(self.text, available_width - self.style.indent, self.style.font, self.style.size)
        self.height = len(self.lines) * self.style.leading
        return available_width, self.height

    def split(self, available_width: float, available_height: float) -> list[Any]:
        self.wrap(available_width, available_height)
        fit = int(available_height // self.style.leading)
        fit = min(fit, len(self.lines) - 2)
        if fit < 2:
            return []
        return [
            _Lines(self.lines[:fit], self.style, self.label),
            _Lines(self.lines[fit:], self.style, ""),
        ]

    def draw(self) -> None:
        style = self.style
        canvas = self.canv
        canvas.setFillColor(style.colour)
        canvas.setFont(style.font, style.size)
        y = self.height - style.leading + (style.leading - style.size) / 2 + style.size * 0.12
        if self.label:
            canvas.drawString(style.indent - style.hang, y, self.label)
        for line in self.lines:
            if style.centred:
                canvas.drawCentredString(self.width / 2, y, line)
            else:
                canvas.drawString(style.indent, y, line)
            y -= style.leading


class _Lines(TextBlock):
    """A part of a split TextBlock: its lines are already broken."""

    def __init__(self, lines: list[str], style: TextStyle, label: str) -> None:
        super().__init__("", style, label)
        self.fixed = lines

    def wrap(self, available_width: float, available_height: float) -> tuple[float, float]:
        self.width, self.lines = available_width, self.fixed
        self.height = len(self.lines) * self.style.leading
        return available_width, self.height

    def split(self, available_width: float, available_height: float) -> list[Any]:
        fit = min(int(available_height // self.style.leading), len(self.fixed) - 2)
        if fit < 2:
            return []
        return [_Lines(self.fixed[:fit], self.style, self.label), _Lines(self.fixed[fit:], self.style, "")]
