"""DOCX manuals: headings by style, numbered lists as steps, tables, text boxes; by python-docx.

Word stores no pages. Where it noted the page breaks that it last showed, and as many as it counted pages, a page is
given as an estimate ("~12"); else a place is told by its section alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from index.errors import ManualUnreadable
from index.manuals import signs
from index.manuals.block import Block, Page, Reading
from index.manuals.coverage import Skipped
from index.manuals.package import WORD, empty, opened, unreadable
from index.manuals.sheet import text_blocks
from index.manuals.slides import diagram_texts
from index.manuals.word_numbering import Numbering
from index.manuals.word_styles import Style, styles_of
from index.manuals.word_table import table_blocks
from index.manuals.word_text import Spoken, spoken, w

_TITLE_CHARACTERS = 60
_PAGES = re.compile(rb"<Pages>(\d{1,6})</Pages>")
_OFF_BY = 0.1  # share by which Word's own page count may differ from the breaks it noted
_NUMBERING, _FOOTNOTES = (
    f"http://schemas.openxmlformats.org/officeDocument/2006/relationships/{part}" for part in ("numbering", "footnotes")
)


class WordReader:
    """Reads .docx files. Headers, footers, contents lists and deleted text are left out."""

    suffixes: tuple[str, ...] = (".docx",)

    def open(self, path: Path) -> Reading:
        with opened(path, WORD) as package:
            counted = (
                _PAGES.search(package.read("docProps/app.xml")) if "docProps/app.xml" in package.namelist() else None
            )
        walk = _walked(path)
        if not any(walk.pages.values()):
            raise empty(path)
        pages = walk.paged(int(counted[1]) if counted else 0)
        heading = next((block.text for block in pages[0].blocks if block.kind == "heading"), "")
        skipped = tuple(Skipped("picture", "", walk.pictures) for _ in range(min(1, walk.pictures)))
        skipped += tuple(Skipped("chart", "", walk.charts) for _ in range(min(1, walk.charts)))
        skipped += tuple(Skipped("include", "", walk.included) for _ in range(min(1, walk.included)))
        return Reading(walk.title or heading or path.stem, len(pages), iter(pages), skipped)


def _walked(path: Path) -> _Walk:
    import docx

    try:
        document = docx.Document(str(path))
        styles = styles_of(document.styles.element, w)
        walk = _Walk(styles, Numbering.of(_part(document, _NUMBERING), w), _footnotes(document), _diagrams(document))
        walk.by_look = not any(style.level for style in _used(document.element.body, styles))
        walk.body(document.element.body)
    except ManualUnreadable:
        raise
    except Exception as cause:  # python-docx and lxml raise whatever a wrong part makes them stumble over
        raise unreadable(path, cause) from cause
    walk.title = walk.title or str(document.core_properties.title or "").strip()
    return walk


def _part(document: Any, kind: str) -> Any:
    """The root element of a related part; None where there is none."""
    from docx.oxml import parse_xml

    related = next((rel for rel in document.part.rels.values() if rel.reltype == kind and not rel.is_external), None)
    if related is None:
        return None
    element = getattr(related.target_part, "element", None)
    return parse_xml(related.target_part.blob) if element is None else element


def _footnotes(document: Any) -> dict[str, str]:
    root = _part(document, _FOOTNOTES)
    notes = root.iter(w("footnote")) if root is not None else ()
    return {str(n.get(w("id"))): " ".join(spoken(p).text for p in n.iter(w("p"))).strip() for n in notes}


def _diagrams(document: Any) -> dict[str, list[str]]:
    """The texts of SmartArt by the key of their part."""
    from docx.oxml import parse_xml

    parts = {key: rel.target_part for key, rel in document.part.rels.items() if rel.reltype.endswith("/diagramData")}
    return {key: diagram_texts(parse_xml(part.blob)) for key, part in parts.items()}


def _used(body: Any, styles: dict[str, Style]) -> Iterator[Style]:
    for mark in body.iter(w("pStyle")):
        yield styles.get(str(mark.get(w("val"))), Style())


@dataclass(slots=True)
class _Walk:
    """Goes through the document once; ``by_look``: no paragraph has a heading style, so short bold ones are it."""

    styles: dict[str, Style]
    numbering: Numbering
    footnotes: dict[str, str]
    diagrams: dict[str, list[str]]
    by_look: bool = False
    title: str = ""
    page: int = 1
    pages: dict[int, list[Block]] = field(default_factory=dict)
    pictures: int = 0
    charts: int = 0
    included: int = 0

    def paged(self, counted: int) -> list[Page]:
        """The pages, if what Word noted and what it ``counted`` agree; else one page without a label."""
        off = abs(self.page - counted) > max(1, _OFF_BY * counted)
        if self.page == 1 or (counted and off):
            return [Page(1, "", tuple(block for number in sorted(self.pages) for block in self.pages[number]))]
        return [Page(n, f"~{n}", tuple(self.pages.get(n, ()))) for n in range(1, self.page + 1)]

    def body(self, node: Any) -> None:
        for child in node:
            if child.tag == w("p"):
                self._put(self.paragraph(child))
            elif child.tag == w("tbl"):
                self._put_table(child)
            elif child.tag == w("altChunk"):
                self.included += 1
            elif child.tag == w("sdt"):
                gallery = next(child.iter(w("docPartGallery")), None)
                if gallery is None or "Contents" not in str(gallery.get(w("val"))):
                    for content in child.iterchildren(w("sdtContent")):
                        self.body(content)
            elif child.tag in (w("customXml"), w("ins"), w("smartTag")):
                self.body(child)

    def _put(self, said: tuple[Spoken, list[Block]]) -> None:
        spoke, blocks = said
        self.page += spoke.breaks_before
        self.pages.setdefault(self.page, []).extend(blocks)
        self.page += spoke.breaks_within

    def _put_table(self, element: Any) -> None:
        """A table's rows, each on the page where Word last began it."""
        blocks = table_blocks(element, self)
        breaks = [sum(1 for _ in row.iter(w("lastRenderedPageBreak"))) for row in element.iter(w("tr"))]
        for at, block in enumerate(blocks):
            row = at + max(0, len(breaks) - len(blocks))  # its header has no block of its own
            self.pages.setdefault(self.page + sum(breaks[: row + 1]), []).append(block)
        self.page += sum(breaks)

    def paragraph(self, element: Any) -> tuple[Spoken, list[Block]]:
        """What a paragraph says, and its blocks: its own, then those of its text boxes and footnotes."""
        said = spoken(element)
        self.pictures += said.pictures
        self.charts += said.charts
        marks = element.find(w("pPr"))
        style_mark = None if marks is None else marks.find(w("pStyle"))
        style = self.styles.get("" if style_mark is None else str(style_mark.get(w("val"))), Style())
        blocks = [] if style.role == "contents" else self._own(said, style, marks)
        for box in said.boxes:
            for block in self.inner(box):
                blocks.append(block)
        blocks += [Block("bullet", text) for key in said.diagrams for text in self.diagrams.get(key, ())]
        blocks += [Block("paragraph", f"* {note}") for key in said.notes if (note := self.footnotes.get(key, ""))]
        return said, blocks

    def _own(self, said: Spoken, style: Style, marks: Any) -> list[Block]:
        text = said.text
        if not text:
            return []
        outline = None if marks is None else marks.find(w("outlineLvl"))
        level = style.level if outline is None else (int(outline.get(w("val"), "9")) + 1) % 10
        label, depth = self._label(style, marks)
        one_line = " ".join(text.split())
        if style.role == "title" and not self.title:
            self.title = one_line
            return []
        if style.role == "caption":
            return [Block("caption", text)]
        if level:
            return [Block("heading", f"{label} {one_line}" if label and label != "・" else one_line, level)]
        if label == "・":
            return [Block("bullet", text, depth)]
        if label is not None:
            return [Block("step", text, depth, label=label)]
        if self.by_look and said.bold and _like_heading(text):
            return [Block("heading", one_line, signs.heading_level(text) or 1)]
        if signs.warning(text):
            return [Block("warning", text)]
        if signs.caption(text) and len(text) < 2 * _TITLE_CHARACTERS:
            return [Block("caption", text)]
        return list(text_blocks(text)) if signs.step(text) or signs.bullet(text) else [Block("paragraph", text)]

    def _label(self, style: Style, marks: Any) -> tuple[str | None, int]:
        """(label or None, depth) of a paragraph by its own numbering or that of its style; number 0 takes it away."""
        own = None if marks is None else marks.find(w("numPr"))
        list_id, depth = style.list_id, style.depth
        if own is not None:
            number, level = own.find(w("numId")), own.find(w("ilvl"))
            list_id = list_id if number is None else str(number.get(w("val")))
            depth = depth if level is None else int(level.get(w("val"), "0"))
        if not list_id or list_id == "0":
            return None, 0
        if style.level and own is None:
            depth = style.level - 1
        return self.numbering.next(list_id, depth), depth

    def inner(self, node: Any) -> list[Block]:
        """Blocks of a text box or of a table's cell; the pages that Word noted there do not count."""
        out: list[Block] = []
        for child in node:
            if child.tag == w("p"):
                out += self.paragraph(child)[1]
            elif child.tag == w("tbl"):
                out += table_blocks(child, self)
            elif child.tag in (w("sdt"), w("sdtContent"), w("customXml"), w("ins")):
                out += self.inner(child)
        return out


def _like_heading(text: str) -> bool:
    return (
        len(text) <= _TITLE_CHARACTERS and "\n" not in text and text[-1] not in "。.!?：:、," and not signs.step(text)
    )
