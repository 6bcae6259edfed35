"""PPTX manuals: a slide is a page, its title a heading; text, tables, diagrams and notes by python-pptx."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from index.manuals import signs
from index.manuals.block import Block, Page, Reading
from index.manuals.coverage import Skipped
from index.manuals.grid import Line, row_blocks
from index.manuals.package import POWERPOINT, empty, opened, unreadable
from index.manuals.sheet import text_blocks
from index.manuals.word_numbering import numeral

_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_DIAGRAM = "http://schemas.openxmlformats.org/drawingml/2006/diagram"
_ROW_HEIGHT = 457_200  # EMU (half an inch): shapes whose tops differ less stand side by side
_FORMS = {"alphaUc": "upperLetter", "alphaLc": "lowerLetter", "romanUc": "upperRoman", "romanLc": "lowerRoman",
          "circleNum": "decimalEnclosedCircle"}  # fmt: skip
_MARKS = {"ParenBoth": "({})", "ParenR": "{})", "Period": "{}.", "Plain": "{}"}
_DEPTH = 40  # groups in groups
_PICTURE = 13  # MSO_SHAPE_TYPE
_FURNITURE = (13, 15, 16)  # PP_PLACEHOLDER: slide number, footer, date
_TITLE_CHARACTERS = 60


class SlidesReader:
    """Reads .pptx files. Hidden slides are left out and told; charts and pictures are counted."""

    suffixes: tuple[str, ...] = (".pptx",)

    def open(self, path: Path) -> Reading:
        import pptx

        try:
            with opened(path, POWERPOINT):
                deck = pptx.Presentation(str(path))
            slides = list(enumerate(deck.slides, start=1))
            pages = [
                _page(number, slide) for number, slide in slides if slide.element.get("show") not in ("0", "false")
            ]
            title = str(deck.core_properties.title or "").strip()
        except Exception as cause:  # python-pptx and lxml raise whatever a wrong part makes them stumble over
            raise _named(path, cause) from cause
        if not any(page.blocks for page in pages):
            raise empty(path)
        shown = {page.number for page in pages}
        skipped = tuple(Skipped("hidden_slide", str(number)) for number, _ in slides if number not in shown)
        heading = next((b.text for page in pages for b in page.blocks if b.kind == "heading"), "")
        usual = title.lower() in ("", "powerpoint presentation", "powerpoint プレゼンテーション")
        return Reading(heading or path.stem if usual else title, len(pages), iter(pages), skipped)


def _named(path: Path, cause: Exception) -> Exception:
    from index.errors import ManualUnreadable

    return cause if isinstance(cause, ManualUnreadable) else unreadable(path, cause)


def _page(number: int, slide: Any) -> Page:
    walk = _Walk()
    title = slide.shapes.title
    heading = " ".join(title.text_frame.text.split()) if title is not None and title.has_text_frame else ""
    blocks = [Block("heading", heading, 1)] if heading else []
    shapes = [shape for shape in slide.shapes if title is None or shape.shape_id != title.shape_id]
    blocks += walk.shapes(shapes, slide)
    if blocks and blocks[0].kind == "paragraph" and not heading and len(blocks[0].text) <= _TITLE_CHARACTERS:
        blocks[0] = Block("heading", " ".join(blocks[0].text.split()), 1)  # or it would go under the slide before
    if slide.has_notes_slide and slide.notes_slide.notes_text_frame is not None:
        blocks += text_blocks(_tidy(slide.notes_slide.notes_text_frame.text))
    label = str(number)
    skipped = []
    if walk.charts:
        skipped.append(Skipped("chart", label, walk.charts))
    if walk.pictures:
        skipped.append(Skipped("picture" if blocks else "scan", label, walk.pictures))
    if not blocks and not skipped:
        skipped.append(Skipped("blank", label))
    return Page(number, label, tuple(blocks), tuple(skipped))


@dataclass(slots=True)
class _Walk:
    """Goes through the shapes of one slide."""

    charts: int = 0
    pictures: int = 0
    _group_depth: int = field(default=0)

    def shapes(self, shapes: list[Any], slide: Any) -> list[Block]:
        """Blocks of shapes from top to bottom, side by side from left to right."""
        placed = sorted(enumerate(shapes), key=lambda item: _place(item[1], item[0]))
        return [block for _, shape in placed for block in self.shape(shape, slide)]

    def shape(self, shape: Any, slide: Any) -> list[Block]:
        if hasattr(shape, "shapes") and self._group_depth < _DEPTH:
            self._group_depth += 1
            inner = self.shapes(list(shape.shapes), slide)
            self._group_depth -= 1
            return inner
        if getattr(shape, "has_table", False):
            return list(_table(shape.table))
        if getattr(shape, "has_chart", False):
            self.charts += 1
            named = shape.chart.has_title and shape.chart.chart_title.has_text_frame
            return [Block("caption", _tidy(shape.chart.chart_title.text_frame.text))] if named else []
        if shape.shape_type == _PICTURE:
            self.pictures += 1
            return []
        if shape.has_text_frame:
            if shape.is_placeholder and shape.placeholder_format.type in _FURNITURE:
                return []
            return _text(shape)
        return _diagram(shape, slide)


def _place(shape: Any, order: int) -> tuple[int, int, int]:
    if shape.top is None or shape.left is None:
        return 0, 0, order
    return int(shape.top) // _ROW_HEIGHT, int(shape.left), order


def _text(shape: Any) -> list[Block]:
    """Paragraphs by their own numbers and bullets; several in a body placeholder are list entries."""
    paragraphs = [(p, _tidy(p.text)) for p in shape.text_frame.paragraphs]
    paragraphs = [(p, text) for p, text in paragraphs if text]
    whole = "\n".join(text for _, text in paragraphs)
    if whole and signs.warning(whole):
        return [Block("warning", whole)]
    listed = shape.is_placeholder and len(paragraphs) > 1
    out: list[Block] = []
    counts: dict[int, int] = {}
    for paragraph, text in paragraphs:
        depth = int(paragraph.level or 0)
        marks = paragraph._p.pPr
        number = None if marks is None else marks.find(_A + "buAutoNum")
        for deeper in [other for other in counts if other > depth]:
            del counts[deeper]
        if number is not None:
            counts[depth] = counts.get(depth, int(number.get("startAt", "1")) - 1) + 1
            out.append(Block("step", text, depth, label=auto_label(counts[depth], str(number.get("type", "")))))
            continue
        counts.pop(depth, None)
        plain = marks is not None and marks.find(_A + "buNone") is not None
        bulleted = marks is not None and marks.find(_A + "buChar") is not None
        if signs.step(text) or signs.bullet(text) or signs.warning(text):
            out += text_blocks(text)
        elif bulleted or (listed and not plain):
            out.append(Block("bullet", text, depth))
        else:
            out += text_blocks(text)
    return out


def auto_label(number: int, kind: str) -> str:
    """The label of a numbered paragraph as its program shows it; ``kind`` as in a:buAutoNum: "arabicPeriod" is "3."."""
    form = next((form for start, form in _FORMS.items() if kind.startswith(start)), "decimal")
    mark = next((mark for end, mark in _MARKS.items() if kind.endswith(end)), "{}." if form == "decimal" else "{}")
    return mark.format(numeral(number, form))


def _table(table: Any) -> Iterator[Block]:
    lines: list[Line] = []
    for row in table.rows:
        cells: list[str] = []
        down: set[int] = set()
        right: set[int] = set()
        for at, cell in enumerate(row.cells):
            text = _tidy(cell.text)
            if cell.is_spanned:  # its text stands in the cell it is merged with
                across = cell._tc.get("hMerge") in ("1", "true")
                if across:
                    right.add(at)
                    down |= {at} if at - 1 in down else set()
                else:
                    down.add(at)
                text = cells[at - 1] if across and at else lines[-1].cells[at] if lines else ""
            cells.append(text)
        bold = [run.font.bold for cell in row.cells for p in cell.text_frame.paragraphs for run in p.runs if run.text]
        lines.append(Line(tuple(cells), frozenset(down), frozenset(right), bool(bold) and all(bold)))
    if table.first_row and lines:
        lines[0] = Line(lines[0].cells, lines[0].merged_down, lines[0].merged_right, True)
    yield from row_blocks(lines)


def _diagram(shape: Any, slide: Any) -> list[Block]:
    """The texts of a SmartArt diagram, in their order."""
    from pptx.oxml import parse_xml

    for ids in shape.element.iter(f"{{{_DIAGRAM}}}relIds"):
        key = ids.get("{http://schemas.openxmlformats.org/officeDocument/2006/relationships}dm")
        if key not in slide.part.rels:
            continue
        return [Block("bullet", text) for text in diagram_texts(parse_xml(slide.part.related_part(key).blob))]
    return []


def diagram_texts(root: Any) -> list[str]:
    """The texts of SmartArt, from the root of its data, in their order."""
    texts = ("".join(t.text or "" for t in body.iter(_A + "t")) for body in root.iter(f"{{{_DIAGRAM}}}t"))
    return [_tidy(text) for text in texts if text.strip()]


def _tidy(text: str) -> str:
    """A line break within a paragraph is a vertical tab in python-pptx."""
    lines = (" ".join(line.split()) for line in text.replace("\v", "\n").split("\n"))
    return "\n".join(line for line in lines if line)
