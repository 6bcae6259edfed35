"""Workbook shapes: the texts of shapes, text boxes and diagrams drawn over a sheet, and what else lies on it.

People lay flow charts, warnings and steps over the cells; they stand in a part of their own, each with the cell where
it begins. Source: ECMA-376 part 1, 20.5 (drawings of spreadsheets), 18.7 (comments).
"""

from __future__ import annotations

import posixpath
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any
from xml.etree.ElementTree import Element, ParseError, fromstring, iterparse

from index.manuals.grid import Line
from index.manuals.slides import auto_label, diagram_texts

MOST = 20_000  # shapes with text of one sheet; a drawing has more, no manual
_DEEPEST = 40  # groups in groups
_ROW_HEIGHT = 190_500  # EMU: 15 points, a row's usual height
_MOST_LINKS = 1 << 20  # bytes of a sheet's list of related parts
_ANCHORS = frozenset(("twoCellAnchor", "oneCellAnchor", "absoluteAnchor"))


@dataclass(frozen=True, slots=True)
class Shape:
    """``row`` and ``column`` (from 1) of the cell where it begins; its ``text``, a paragraph a line."""

    row: int
    column: int
    text: str


@dataclass(frozen=True, slots=True)
class Drawn:
    """``shapes`` from top to bottom, side by side from left to right; how many pictures, charts and comments."""

    shapes: tuple[Shape, ...] = ()
    pictures: int = 0
    charts: int = 0
    notes: int = 0


def drawn_on(package: zipfile.ZipFile, sheet: str) -> Drawn:
    """What lies on the sheet whose part is called ``sheet``. A drawing that cannot be read holds nothing: the cells of
    the sheet are worth more than a refusal."""
    shapes: list[Shape] = []
    counts: Counter[str] = Counter()
    for link in _links(package, sheet):
        try:
            if link.kind == "drawing":
                shapes += islice(_Drawing(package, link.name, counts).shapes(), MOST)
            elif link.kind == "comments":
                with package.open(link.name) as file:
                    counts["notes"] += sum(_local(each) == "comment" for _, each in iterparse(file))
        except (ParseError, ValueError, OverflowError):
            continue
    ordered = sorted(shapes, key=lambda shape: (shape.row, shape.column))
    return Drawn(tuple(ordered), counts["pic"], counts["chart"], counts["notes"])


def with_shapes(lines: Iterable[Line], shapes: Iterable[Shape], over: list[Shape]) -> Iterator[Line]:
    """``lines`` of a sheet with the shapes that begin in a free row, each in its place as a row of one cell; those that
    begin beside filled cells go to ``over``, so that no table is parted by one."""
    waiting = list(reversed(list(shapes)))
    for number, line in enumerate(lines, start=1):
        yield line
        while waiting and waiting[-1].row <= number:
            shape = waiting.pop()
            if line.filled or shape.row < number:
                over.append(shape)
            else:
                yield Line((shape.text,))
    if waiting:
        yield Line(())
        yield from (Line((shape.text,)) for shape in reversed(waiting))


@dataclass(frozen=True, slots=True)
class _Link:
    """From one part to another: ``kind`` "drawing", "comments", ..., ``name`` "xl/drawings/drawing1.xml"."""

    id: str
    kind: str
    name: str


def _links(package: zipfile.ZipFile, part: str) -> Iterator[_Link]:
    """The parts of the package that ``part`` refers to."""
    folder, name = posixpath.split(part)
    listed = f"{folder}/_rels/{name}.rels"
    held = set(package.namelist())
    if listed not in held or package.getinfo(listed).file_size > _MOST_LINKS:
        return
    try:
        found = fromstring(package.read(listed))
    except (ParseError, ValueError):
        return
    for link in found:
        target = posixpath.normpath(posixpath.join("/", folder, str(link.get("Target")))).lstrip("/")
        if link.get("TargetMode") != "External" and target in held:
            yield _Link(str(link.get("Id")), str(link.get("Type")).rpartition("/")[2], target)


@dataclass(slots=True)
class _Drawing:
    """One drawing part, read anchor by anchor; counts what holds no text."""

    package: zipfile.ZipFile
    name: str
    counts: Counter[str]

    def shapes(self) -> Iterator[Shape]:
        diagrams = dict(self._diagrams())
        with self.package.open(self.name) as file:
            for _, anchor in iterparse(file):
                if _local(anchor) not in _ANCHORS:
                    continue
                row, column = _place(anchor)
                texts: list[tuple[int, int, str]] = []
                self._walk(anchor, texts, diagrams, 0)
                for _, _, text in sorted(texts, key=lambda found: found[:2]):
                    yield Shape(row, column, text)
                anchor.clear()

    def _walk(self, node: Element, texts: list[tuple[int, int, str]], diagrams: dict[str, str], depth: int) -> None:
        hidden = any(mark.get("hidden") in ("1", "true") for group in node[:1] for mark in group[:1])
        if hidden or depth > _DEEPEST:
            return
        for child in node:
            kind = _local(child)
            if kind in ("sp", "cxnSp"):
                if text := _text(child):
                    texts.append((*_offset(child), text))
            elif kind == "pic":
                self.counts["pic"] += 1
            elif kind == "graphicFrame":
                self._frame(child, texts, diagrams)
            elif kind in ("grpSp", "AlternateContent", "Choice"):  # not Fallback: the same again, for old programs
                self._walk(child, texts, diagrams, depth + 1)

    def _frame(self, frame: Element, texts: list[tuple[int, int, str]], diagrams: dict[str, str]) -> None:
        for each in frame.iter():
            if _local(each) == "chart":
                self.counts["chart"] += 1
            elif _local(each) == "relIds":
                keys = (value for name, value in each.items() if name.rpartition("}")[2] == "dm")
                texts += [(0, 0, diagrams[key]) for key in keys if diagrams.get(key)]

    def _diagrams(self) -> Iterator[tuple[str, str]]:
        """The texts of SmartArt by the id of their part."""
        for link in _links(self.package, self.name):
            if link.kind == "diagramData":
                told = diagram_texts(fromstring(self.package.read(link.name)))
                yield link.id, "\n".join(f"・{' '.join(text.split())}" for text in told)


def _local(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _child(node: Any, *path: str) -> Element | None:
    for name in path:
        node = next((each for each in node if _local(each) == name), None) if node is not None else None
    return node if isinstance(node, Element) else None


def _number(text: str | None) -> int:
    told = (text or "").strip()
    return int(told) if told.lstrip("-").isdecimal() and len(told) < 12 else 0


def _place(anchor: Element) -> tuple[int, int]:
    begins, lies = _child(anchor, "from"), _child(anchor, "pos")
    if begins is not None:
        row, column = (_child(begins, name) for name in ("row", "col"))
        return 1 + _cell(row), 1 + _cell(column)
    if lies is not None:
        return 1 + max(0, _number(lies.get("y"))) // _ROW_HEIGHT, max(0, _number(lies.get("x")))
    return 1, 1


def _cell(place: Element | None) -> int:
    return 0 if place is None else max(0, _number(place.text))


def _offset(shape: Element) -> tuple[int, int]:
    """Where it lies in its group: row by row."""
    off = _child(shape, "spPr", "xfrm", "off")
    return (0, 0) if off is None else (_number(off.get("y")) // _ROW_HEIGHT, _number(off.get("x")))


def _text(shape: Element) -> str:
    """The paragraphs of a shape, a line each, with the numbers and bullets that its program shows before them."""
    marked = next((mark for group in shape[:1] for mark in group[:1]), None)
    body = _child(shape, "txBody")
    if body is None or (marked is not None and marked.get("hidden") in ("1", "true")):
        return ""
    lines, count = [], 0
    for paragraph in body:
        parts = []
        for run in paragraph:
            if _local(run) in ("r", "fld"):
                told = _child(run, "t")
                parts.append("" if told is None else told.text or "")
            elif _local(run) == "br":
                parts.append("\n")
        text = "\n".join(" ".join(line.split()) for line in "".join(parts).split("\n") if line.strip())
        marks = _child(paragraph, "pPr")
        number, bullet = _child(marks, "buAutoNum"), _child(marks, "buChar")
        count = count + 1 if number is not None and text else count if not text else 0
        if number is not None and text:
            text = f"{auto_label(_number(number.get('startAt', '1')) + count - 1, str(number.get('type', '')))} {text}"
        elif bullet is not None and text:
            text = f"・{text}"
        lines += [text] if text else []
    return "\n".join(lines)
