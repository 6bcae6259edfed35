"""Word text: what a paragraph of a Word file says, without what was deleted, hidden or only stored there."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from index.manuals.word_styles import is_on

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MATH_TEXT = "{http://schemas.openxmlformats.org/officeDocument/2006/math}t"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_PICTURES = (
    "{http://schemas.openxmlformats.org/drawingml/2006/picture}pic",
    "{urn:schemas-microsoft-com:vml}imagedata",
)
_CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}chart"
_DIAGRAM = "{http://schemas.openxmlformats.org/drawingml/2006/diagram}relIds"
_KEY_OF_DIAGRAM = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}dm"
_LEFT_OUT = frozenset(
    _W + tag for tag in ("del", "moveFrom", "pPr", "rPr", "instrText", "delText", "rt", "sectPr", "sdtPr")
)
_CHARACTERS = {
    _W + "tab": " ", _W + "br": "\n", _W + "cr": "\n", _W + "noBreakHyphen": "-", _W + "ptab": " ",
}  # fmt: skip


def w(tag: str) -> str:
    return _W + tag


@dataclass(slots=True)
class Spoken:
    """A paragraph's ``text``; ``boxes``: the contents of text boxes anchored in it; ``notes``: ids of its footnotes;
    ``breaks_before`` and ``breaks_within``: how many pages Word last began before its first letter and after it;
    ``bold``: all of it is bold by its own marks; ``pictures`` and ``charts``: how many it holds; ``diagrams``: keys of
    the parts with the texts of its SmartArt."""

    text: str = ""
    boxes: list[Any] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    breaks_before: int = 0
    breaks_within: int = 0
    plain: int = 0
    pictures: int = 0
    charts: int = 0
    diagrams: list[str] = field(default_factory=list)

    @property
    def bold(self) -> bool:
        return bool(self.text.strip()) and self.plain == 0


def spoken(paragraph: Any) -> Spoken:
    """What a w:p element says."""
    out = Spoken()
    _listen(paragraph, out, False)
    lines = (" ".join(line.split()) for line in out.text.split("\n"))
    out.text = "\n".join(line for line in lines if line)
    return out


def _listen(node: Any, out: Spoken, bold: bool) -> None:
    for child in node:
        tag = child.tag
        if tag == _W + "r":
            marks = child.find(_W + "rPr")
            if marks is not None and is_on(marks.find(_W + "vanish"), w):
                continue
            _listen(child, out, marks is not None and is_on(marks.find(_W + "b"), w))
        elif tag in (_W + "t", _MATH_TEXT):
            text = child.text or ""
            out.text += text
            out.plain += 0 if bold else len(text.strip())
        elif tag == _W + "lastRenderedPageBreak":
            if out.text.strip():
                out.breaks_within += 1
            else:
                out.breaks_before += 1
        elif tag in _CHARACTERS:
            out.text += _CHARACTERS[tag]
        elif tag == _W + "txbxContent":
            out.boxes.append(child)
        elif tag == _W + "footnoteReference":
            out.notes.append(str(child.get(_W + "id")))
        elif tag == _MC + "AlternateContent":
            first = child.find(_MC + "Choice")
            _listen(first if first is not None else child, out, bold)
        elif tag in _PICTURES:
            out.pictures += 1
        elif tag == _CHART:
            out.charts += 1
        elif tag == _DIAGRAM:
            out.diagrams.append(str(child.get(_KEY_OF_DIAGRAM)))
        elif tag not in _LEFT_OUT and isinstance(tag, str):
            _listen(child, out, bold)
