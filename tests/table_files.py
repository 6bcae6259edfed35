"""Table files: true tables set as PDF in several ways, with the page's prose around them, as workbooks and CSV."""

from __future__ import annotations

import csv
import importlib
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from table_truth import ROOT, TrueTable, clean

# how a table is set: grid, its header printed once or on every page; level lines only; no lines, header bold or not
LAYOUTS = ("grid", "grid-once", "level", "bare", "bare-light")
PAGES = {"grid": (595, 842), "grid-once": (595, 480), "level": (595, 640), "bare": (595, 560), "bare-light": (595, 640)}
_GAP = 12.0  # points between columns that no line parts


def set_page(path: Path, target: Path, tables: Sequence[TrueTable], layout: str) -> None:
    """The Markdown page ``path`` as a PDF: its headings, its prose, and each of ``tables`` below its heading."""
    prose = _prose(path.read_text(encoding="utf-8")) if path.is_file() else {}
    headings = list(dict.fromkeys([*prose, *(table.heading for table in tables)]))
    print_pdf(target, tables[0].lang, layout, [
        (heading, prose.get(heading, []), [t for t in tables if t.heading == heading]) for heading in headings
    ])  # fmt: skip


def _prose(text: str) -> dict[str, list[str]]:
    out: dict[str, list[str]] = {"": []}
    heading = ""
    for line in text.splitlines():
        found = re.match(r"^#{1,6}\s+(.+?)\s*#*$", line)
        if found:
            heading = clean(found[1])
            out.setdefault(heading, [])
        elif line.strip() and not re.match(r'^\s*[|"`]', line) and ',"' not in line:  # tables are set as tables
            out[heading].append(clean(line))
    return {heading: lines for heading, lines in out.items() if heading}


def print_pdf(
    target: Path, lang: str, layout: str, sections: Sequence[tuple[str, Sequence[str], Sequence[TrueTable]]]
) -> None:
    """A PDF of sections: (heading, paragraphs, tables)."""
    if str(ROOT / "demo") not in sys.path:
        sys.path.insert(0, str(ROOT / "demo"))
    text: Any = importlib.import_module("manual_text")
    from reportlab.platypus import SimpleDocTemplate, Spacer

    face = text.register_faces(lang)
    body = text.TextStyle(face.regular, 9.5, 14, after=5)
    head = text.TextStyle(face.bold, 13, 18, before=10, after=6)
    flow: list[Any] = []
    for heading, paragraphs, tables in sections:
        flow.append(text.TextBlock(_drawable(heading, face.bold, text), head))
        flow += [text.TextBlock(_drawable(line, face.regular, text), body) for line in paragraphs]
        for table in tables:
            if table.caption:
                flow.append(text.TextBlock(_drawable(table.caption, face.regular, text), body))
            flow += [_table(table, layout, face, text), Spacer(1, 10)]
    width, height = PAGES[layout]
    document = SimpleDocTemplate(
        str(target), pagesize=(width, height), leftMargin=55, rightMargin=55, topMargin=50, bottomMargin=50,
        title=sections[0][0], invariant=1,
    )  # fmt: skip
    document.build(flow)


def _drawable(line: str, font: str, text: Any) -> str:
    for glyph in text.missing_glyphs(line, font):
        line = line.replace(glyph, "?")
    return line


def _table(table: TrueTable, layout: str, face: Any, text: Any) -> Any:
    from reportlab.lib.colors import black, lightgrey
    from reportlab.platypus import Table

    size = 8.5
    cell = text.TextStyle(face.regular, size, 12, after=0)
    top = text.TextStyle(face.regular if layout == "bare-light" else face.bold, size, 12, after=0)
    widths = _widths(table, face, size, 485.0)
    heads = header_rows(table)
    rows = [[text.TextBlock(_drawable(name, face.bold, text), top) for name in row] for row in heads]
    rows += [[text.TextBlock(_drawable(each, face.regular, text), cell) for each in row] for row in table.rows]
    repeat = 0 if layout in ("grid-once", "bare-light") else len(heads)
    flow = Table(rows, colWidths=widths, repeatRows=repeat, hAlign="LEFT")
    style: list[Any] = [("VALIGN", (0, 0), (-1, -1), "TOP"), ("TOPPADDING", (0, 0), (-1, -1), 2)]
    style += [("BOTTOMPADDING", (0, 0), (-1, -1), 3), ("LEFTPADDING", (0, 0), (-1, -1), 4)]
    style += [("RIGHTPADDING", (0, 0), (-1, -1), 4 if layout.startswith("grid") else _GAP)]
    if layout.startswith("grid"):
        style += [("GRID", (0, 0), (-1, -1), 0.5, black), ("BACKGROUND", (0, 0), (-1, len(heads) - 1), lightgrey)]
        style += _merged(table, heads) if layout == "grid" else _spans(heads)
    elif layout == "level":
        style += [(line, (0, at), (-1, at), 0.6, black) for line, at in
                  (("LINEABOVE", 0), ("LINEBELOW", len(heads) - 1), ("LINEBELOW", -1))]  # fmt: skip
        style += _spans(heads)
    flow.setStyle(style)
    return flow


def header_rows(table: TrueTable) -> list[list[str]]:
    """The header as printed: names with a bar in them ("Dry|Steel") are set in two rows, the group above."""
    if not any("|" in name for name in table.header):
        return [list(table.header)]
    parts = [name.split("|") if "|" in name else [name, ""] for name in table.header]
    return [[part[0] for part in parts], [part[1] for part in parts]]


def _spans(heads: list[list[str]]) -> list[Any]:
    """Cells of the header that are merged: a group over its columns, a name without group down."""
    if len(heads) < 2:
        return []
    out: list[Any] = []
    above, below = heads
    at = 0
    while at < len(above):
        end = at
        while end + 1 < len(above) and below[at] and above[end + 1] == above[at]:
            end += 1
        out.append(("SPAN", (at, 0), (end, 0)) if below[at] else ("SPAN", (at, 0), (at, 1)))
        at = end + 1
    return out


def _merged(table: TrueTable, heads: list[list[str]]) -> list[Any]:
    """Also the first column's cells, where the same stands in several rows below each other."""
    out = _spans(heads)
    start = 0
    for at in range(1, len(table.rows) + 1):
        if at == len(table.rows) or table.rows[at][0] != table.rows[start][0]:
            if at - start > 1:
                out.append(("SPAN", (0, start + len(heads)), (0, at - 1 + len(heads))))
            start = at
    return out


def _widths(table: TrueTable, face: Any, size: float, room: float) -> list[float]:
    from reportlab.pdfbase.pdfmetrics import stringWidth

    columns = list(zip(*header_rows(table), *table.rows, strict=True))
    wants = [max(stringWidth(cell, face.bold, size) for cell in column) + 8 + _GAP for column in columns]
    if sum(wants) <= room:
        return wants
    small = [want <= room / len(wants) for want in wants]
    rest = room - sum(want for want, is_small in zip(wants, small, strict=True) if is_small)
    weights = [0.0 if is_small else want**0.5 for want, is_small in zip(wants, small, strict=True)]
    return [w if s else rest * k / sum(weights) for w, s, k in zip(wants, small, weights, strict=True)]


def write_workbook(target: Path, tables: Sequence[TrueTable]) -> None:
    """A workbook, one sheet a table: its title in the first row, then a blank one, the header (in two rows where it has
    groups, merged) and the rows."""
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.active)
    for number, table in enumerate(tables, start=1):
        sheet: Any = book.create_sheet(re.sub(r"[\[\]:*?/\\]", " ", f"{number} {table.heading}")[:30])
        heads = header_rows(table)
        for row in ([table.caption or table.heading], [], *heads, *table.rows):
            sheet.append([cell or None for cell in row])
        for _, (x0, y0), (x1, y1) in _spans(heads):
            sheet.merge_cells(start_row=y0 + 3, end_row=y1 + 3, start_column=x0 + 1, end_column=x1 + 1)
    book.save(target)


def write_csv(target: Path, table: TrueTable) -> None:
    encoding = "cp932" if table.lang == "ja" else "utf-8"
    with target.open("w", encoding=encoding, errors="replace", newline="") as file:
        csv.writer(file).writerows([table.header, *table.rows])
