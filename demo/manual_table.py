"""Ruled tables of the demo manuals and the widths of their columns."""

from __future__ import annotations

from typing import Any

from manual_look import FRAME_WIDTH, Look
from manual_source import Table
from manual_text import TextBlock, TextStyle
from reportlab.lib.colors import HexColor, white
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.platypus import Table as PlatypusTable


def ruled_table(table: Table, look: Look) -> Any:
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
