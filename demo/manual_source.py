"""Source of a demo manual: Markdown with front matter becomes a list of elements."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

FRONT_KEYS = ("title", "product", "document", "revision", "date", "lang", "slug")
ALERTS = ("DANGER", "WARNING", "CAUTION", "NOTE")
_ALERT = re.compile(r"^>\s*\[!(\w+)\]\s*(.*)$")
_HEADING = re.compile(r"^(#{1,3})\s+(.+?)\s*$")
_NUMBER = re.compile(r"^(?:Appendix|付録|第)?\s*([0-9A-Z]+(?:[.\-][0-9A-Za-z]+)*)(?:章|\.)?(?=\s|$)")
_ITEM = re.compile(r"^(\s*)(-|\*|\d+\.)\s+(.*)$")
_FRAME = re.compile(r"^\|?\s*:?-{2,}:?\s*(\|\s*:?-{2,}:?\s*)*\|?$")


class SourceBroken(Exception):
    """A manual.md that cannot be read. The message names file, line and remedy."""


@dataclass(frozen=True, slots=True)
class Heading:
    """``number`` is the first word of the heading ("5", "5.2", "A", or a code such as "AL.32")."""

    level: int
    number: str
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    text: str


@dataclass(frozen=True, slots=True)
class Item:
    """One list entry: ``label`` is "•" or "3.", ``depth`` 0 is the outermost."""

    label: str
    text: str
    depth: int


@dataclass(frozen=True, slots=True)
class Items:
    entries: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Alert:
    """``signal`` is one of ALERTS; a line starting with "- " is kept as a bullet."""

    signal: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    caption: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Figure:
    caption: str
    commands: tuple[str, ...]


Element = Heading | Paragraph | Items | Alert | Table | Figure


@dataclass(frozen=True, slots=True)
class ManualSource:
    """A whole manual: front matter by key (see FRONT_KEYS) and its elements in reading order."""

    path: Path
    front: dict[str, str]
    elements: tuple[Element, ...]

    @property
    def slug(self) -> str:
        return self.front["slug"]


def read_source(path: Path) -> ManualSource:
    """Read one manual.md; raises SourceBroken with the file and line of the first fault."""
    lines = path.read_text(encoding="utf-8").splitlines()
    front, start = _front_matter(path, lines)
    elements = _Reader(path, lines, start).read()
    if not elements or not isinstance(elements[0], Heading) or elements[0].level != 1:
        raise SourceBroken(f"{path}: the text after the front matter must start with a chapter ('# 1 ...').")
    return ManualSource(path, front, tuple(elements))


def _front_matter(path: Path, lines: list[str]) -> tuple[dict[str, str], int]:
    if not lines or lines[0].strip() != "---":
        raise SourceBroken(f"{path}:1: no front matter; start the file with a '---' line and the keys {FRONT_KEYS}.")
    front: dict[str, str] = {}
    for at, line in enumerate(lines[1:], start=1):
        if line.strip() == "---":
            missing = [key for key in FRONT_KEYS if not front.get(key)]
            if missing:
                raise SourceBroken(f"{path}: front matter lacks {', '.join(missing)}.")
            return front, at + 1
        key, colon, value = line.partition(":")
        if colon:
            front[key.strip()] = value.strip().strip("\"'")
    raise SourceBroken(f"{path}: front matter is not closed; add a '---' line after its keys.")


def plain(text: str) -> str:
    """Text without inline marks: the printed manuals use one weight, so **bold** and `code` are shown plainly."""
    text = re.sub(r"\*\*(.+?)\*\*", r"\1", text)
    text = re.sub(r"`([^`]+)`", r"\1", text)
    return re.sub(r"\[([^\]]+)\]\([^)]+\)", r"\1", text).strip()


def joined(first: str, second: str) -> str:
    """Two source lines as one; a blank goes between them only where both touch with Latin characters."""
    if first and second and ord(first[-1]) < 0x2E80 and ord(second[0]) < 0x2E80:
        return f"{first} {second}"
    return first + second


class _Reader:
    """Line by line reader; ``at`` is the index of the next line."""

    def __init__(self, path: Path, lines: list[str], start: int) -> None:
        self.path, self.lines, self.at = path, lines, start

    def read(self) -> list[Element]:
        elements: list[Element] = []
        while self.at < len(self.lines):
            line = self.lines[self.at]
            if not line.strip() or line.strip() == "---" or line.lstrip().startswith("<!--"):
                self.at += 1
            elif line.startswith("```"):
                elements.append(self._figure())
            elif line.startswith(">"):
                elements.append(self._alert())
            elif line.startswith("Table:") or line.lstrip().startswith("|"):
                elements.append(self._table())
            elif _HEADING.match(line):
                elements.append(self._heading())
            elif _ITEM.match(line):
                elements.append(self._items())
            else:
                elements.append(self._paragraph())
        return elements

    def _fault(self, what: str) -> SourceBroken:
        return SourceBroken(f"{self.path}:{self.at + 1}: {what}")

    def _heading(self) -> Heading:
        match = _HEADING.match(self.lines[self.at])
        assert match is not None
        text = plain(match[2])
        number = _NUMBER.match(text)
        if number is None:
            raise self._fault(f"heading {text!r} has no number; write it as '## 5.2 ...' or '### AL.32 ...'.")
        self.at += 1
        return Heading(len(match[1]), number[1], text)

    def _figure(self) -> Figure:
        info = self.lines[self.at][3:].strip()
        if not info.startswith("figure"):
            raise self._fault("only ```figure blocks are understood here.")
        caption = info.removeprefix("figure").strip()
        body: list[str] = []
        self.at += 1
        while self.at < len(self.lines) and not self.lines[self.at].startswith("```"):
            if self.lines[self.at].strip():
                body.append(self.lines[self.at].strip())
            self.at += 1
        if self.at >= len(self.lines):
            raise self._fault(f"figure {caption!r} is not closed with ```.")
        self.at += 1
        return Figure(plain(caption), tuple(body))

    def _alert(self) -> Alert:
        match = _ALERT.match(self.lines[self.at])
        if match is None or match[1].upper() not in ALERTS:
            raise self._fault(f"an alert starts with '> [!{'|'.join(ALERTS)}]'.")
        lines: list[str] = [plain(match[2])] if match[2].strip() else []
        self.at += 1
        while self.at < len(self.lines) and self.lines[self.at].startswith(">"):
            if _ALERT.match(self.lines[self.at]):
                break
            text = plain(self.lines[self.at][1:])
            if text:
                lines.append(text)
            self.at += 1
        if not lines:
            raise self._fault("an alert without text.")
        return Alert(match[1].upper(), tuple(lines))

    def _table(self) -> Table:
        caption = ""
        if self.lines[self.at].startswith("Table:"):
            caption = plain(self.lines[self.at].removeprefix("Table:"))
            self.at += 1
            while self.at < len(self.lines) and not self.lines[self.at].strip():
                self.at += 1
        rows: list[tuple[str, ...]] = []
        while self.at < len(self.lines) and self.lines[self.at].lstrip().startswith("|"):
            line = self.lines[self.at].strip()
            if not _FRAME.match(line):
                row = _cells(line)
                if rows and len(row) != len(rows[0]):
                    raise self._fault(f"this row has {len(row)} cells, the header has {len(rows[0])}.")
                rows.append(row)
            self.at += 1
        if len(rows) < 2:
            raise self._fault(f"table {caption!r} needs a header and at least one row.")
        return Table(caption, rows[0], tuple(rows[1:]))

    def _items(self) -> Items:
        entries: list[Item] = []
        while self.at < len(self.lines):
            line = self.lines[self.at]
            match = _ITEM.match(line)
            if match is not None:
                label = match[2] if match[2][0].isdigit() else "•"
                entries.append(Item(label, plain(match[3]), min(2, len(match[1]) // 2)))
            elif line.startswith("  ") and line.strip() and entries:
                last = entries[-1]
                entries[-1] = Item(last.label, joined(last.text, plain(line)), last.depth)
            else:
                break
            self.at += 1
        return Items(tuple(entries))

    def _paragraph(self) -> Paragraph:
        text = ""
        while self.at < len(self.lines):
            line = self.lines[self.at]
            if not line.strip() or line.startswith(("```", ">", "|", "Table:")):
                break
            if text and (_HEADING.match(line) or _ITEM.match(line)):
                break
            text = joined(text, plain(line))
            self.at += 1
        return Paragraph(text)


def _cells(line: str) -> tuple[str, ...]:
    inner = line.strip().removeprefix("|").removesuffix("|").replace("\\|", "\x00")
    return tuple(plain(cell.replace("\x00", "|")) for cell in inner.split("|"))
