"""AsciiDoc manuals: headings, lists, tables, admonitions and source blocks, by a parser of our own.

No well-kept Python library reads AsciiDoc (the reference, Asciidoctor, is Ruby). Source: the documentation of the
language at docs.asciidoctor.org. Includes are not followed: a manual must never read another file of the box.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from index.errors import EmptyManual
from index.manuals import signs
from index.manuals.asciidoc_inline import plain, with_attributes
from index.manuals.asciidoc_table import TableText
from index.manuals.block import Block, Page, Reading
from index.manuals.coverage import Skipped
from index.manuals.plain import read_text

_HEADING = re.compile(r"^(={1,6}|#{1,6})\s+(\S.*?)(?:\s+\1)?$")
_UNDERLINES = "=-~^+"
_ENTRY = re.compile(r"^:(!?[\w\-]+!?):(?:\s+(.*))?$")
_CONDITION = re.compile(r"^(ifn?def)::([^\[]+)\[(.*)\]$")
_MACRO = re.compile(r"^(include|image|video|audio|toc)::([^\[]*)\[(.*)\]$")
_ITEM = re.compile(r"^\s*(\*{1,6}|-|\.{1,6}|\d{1,4}\.|[a-zA-Z]\.|<(?:\d+|\.)>|[・•])\s+(\S.*)$")
_TERM = re.compile(r"^(?P<term>\S.*?)(?P<mark>:{2,4}|;;)(?:\s+(?P<text>.*))?$")
_ADMONITION = re.compile(r"^(NOTE|TIP|IMPORTANT|WARNING|CAUTION|DANGER|ATTENTION):\s+(.*)$")
_SIGNALS = {
    "WARNING": "WARNING",
    "CAUTION": "CAUTION",
    "IMPORTANT": "NOTICE",
    "DANGER": "DANGER",
    "ATTENTION": "CAUTION",
}
_CODE = re.compile(r"^(-{4,}|\.{4,}|`{3,}\w*|~{4,})$")
_CONTAINER = re.compile(r"^(={4,}|\*{4,}|_{4,}|--)$")
_TABLE = re.compile(r"^([|,:!])={3,}$")
_DEPTH = 12  # containers in containers
_MOST_COLUMNS = 512
_LONGEST_VALUE = 4096  # characters of an attribute, as Asciidoctor's max-attribute-value-size: they may hold each other


class AsciiDocReader:
    """Reads .adoc files. One page without a label."""

    suffixes: tuple[str, ...] = (".adoc", ".asciidoc", ".asc")

    def open(self, path: Path) -> Reading:
        walk = Walk(read_text(path).split("\n"))
        blocks = tuple(walk.blocks())
        if not blocks:
            raise EmptyManual(f"{path.name} holds no text.", "Check that the right file was given.")
        heading = next((block.text for block in blocks if block.kind == "heading"), path.stem)
        skipped = [Skipped("include", "", walk.counts["include"])] if walk.counts["include"] else []
        skipped += [Skipped("field", "", walk.counts["field"])] if walk.counts["field"] else []
        return Reading(heading, 1, iter((Page(1, "", blocks),)), tuple(skipped))


@dataclass(slots=True)
class _Pending:
    """What was written above the next block: its title and attributes."""

    title: str = ""
    style: str = ""
    options: str = ""

    def columns(self) -> int:
        found = re.search(r'cols\s*=\s*"?([^"\]]*)"?', self.options)
        if found is None:
            return 0
        if found[1].strip().isdecimal():
            return min(_MOST_COLUMNS, int(found[1].strip()[:9]))
        repeats = (re.match(r"\s*(\d{1,9})\d*\*", part) for part in re.split(r"[,;]", found[1].strip()))
        return min(_MOST_COLUMNS, sum(int(times[1]) if times else 1 for times in repeats))

    def header(self) -> bool | None:
        if re.search(r"%[\w%]*header|options\s*=\s*\"?[^\"]*header|opts\s*=\s*\"?[^\"]*header", self.options):
            return True
        return False if "noheader" in self.options else None


@dataclass(slots=True)
class Walk:
    """Goes through the lines once. ``counts``: includes and attributes that could not be put in."""

    lines: list[str]
    attributes: dict[str, str] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=lambda: {"include": 0, "field": 0})
    depth: int = 0
    at: int = 0
    pending: _Pending = field(default_factory=_Pending)
    markers: list[str] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)

    def blocks(self) -> Iterator[Block]:
        while self.at < len(self.lines):
            line = self.lines[self.at].rstrip()
            if self._directive(line):
                continue
            yield from self._block(line)

    def _directive(self, line: str) -> bool:
        """Lines that make no block; True where ``at`` has gone on."""
        start = self.at
        entry, condition = _ENTRY.match(line), _CONDITION.match(line)
        if not line.strip():
            self.at += 1
        elif re.match(r"^/{4,}$", line):
            self._until(line)
        elif line.startswith("//") or line in ("'''", "---", "***", "<<<") or line.startswith("endif::"):
            self.at += 1
        elif entry:
            self._define(entry[1], entry[2] or "")
        elif condition:
            self._condition(condition[1], condition[2], condition[3])
        elif line.startswith("ifeval::"):
            self._to_endif()
        elif re.match(r"^\[\[.*\]\]$", line):
            self.at += 1
        elif re.match(r"^\[.*\]$", line) and not line.startswith("[["):
            inside = line[1:-1]
            self.pending.style = self.pending.style or re.split(r"[,%.#]", inside)[0].strip().strip('"')
            self.pending.options += f",{inside}"
            attached = self.at > 0 and self.lines[self.at - 1].strip() == "+"
            if not attached and not inside.startswith("start"):
                self.markers, self.numbers = [], []
            self.at += 1
        elif re.match(r"^\.[^\s.]", line):
            self.pending.title = self._text(line[1:])
            self.at += 1
        return self.at != start

    def _block(self, line: str) -> Iterator[Block]:
        pending, self.pending = self.pending, _Pending()
        below = self.lines[self.at + 1].rstrip() if self.at + 1 < len(self.lines) else ""
        heading, item, macro = _HEADING.match(line), _ITEM.match(line), _MACRO.match(line)
        table, term = _TABLE.match(line), _TERM.match(line)
        if line == "+" and self.at + 1 < len(self.lines):
            self.at += 1  # what follows belongs to the list entry above
            return
        if heading or _is_underlined(line, below):
            yield self._heading(line, heading, below)
        elif table:
            yield from self._table(pending, table[1], line)
        elif _CODE.match(line):
            end = "```" if line.startswith("```") else line
            code = "\n".join(self._until(end)).strip("\n")
            yield from _titled(pending, [Block("code", code)] if code.strip() else [])
        elif line == "++++":
            from index.manuals.html import blocks_of_html

            yield from blocks_of_html("\n".join(self._until(line)))
        elif _CONTAINER.match(line) and self.depth < _DEPTH:
            yield from self._container(pending, line)
        elif macro:
            yield from self._macro(macro, pending)
        elif item:
            yield self._item(item, pending)
        elif term and not line.startswith(" "):
            yield self._term(term)
        elif line[:1] == " " and not self.markers:
            self.markers = []
            yield Block("code", "\n".join(self._paragraph(keep=True)))
        else:
            yield from self._prose(pending)

    def _heading(self, line: str, match: re.Match[str] | None, below: str) -> Block:
        self.markers, self.numbers = [], []
        self.at += 1 if match else 2
        level = len(match[1]) if match else _UNDERLINES.index(below[0]) + 1
        if level == 1:  # author and revision stand below the document's title
            while self.at < len(self.lines) and self.lines[self.at].strip() and not _ENTRY.match(self.lines[self.at]):
                self.at += 1
        return Block("heading", self._text(match[2] if match else line), level)

    def _table(self, pending: _Pending, mark: str, line: str) -> Iterator[Block]:
        body = self._until(line)
        csv = mark in ",:" or "format=csv" in pending.options or 'format="csv"' in pending.options
        separator = ("," if mark in "|!" else mark) if csv else mark
        table = TableText(body, self._cell, pending.columns(), pending.header(), separator)
        yield from _titled(pending, list(table.blocks()))

    def _cell(self, text: str) -> str:
        """A cell may hold lists and paragraphs of its own."""
        inner = Walk(text.split("\n"), self.attributes, self.counts, self.depth + 1)
        if self.depth >= _DEPTH:
            return self._text(text)
        return "\n".join(f"{b.label} {b.text}".strip() if b.kind == "step" else f"・{b.text}" if b.kind == "bullet"
                         else b.text for b in inner.blocks())  # fmt: skip

    def _container(self, pending: _Pending, line: str) -> Iterator[Block]:
        inner = Walk(self._until(line), self.attributes, self.counts, self.depth + 1)
        blocks = list(inner.blocks())
        signal = _SIGNALS.get(pending.style.upper())
        if signal:
            text = "\n".join(f"{b.label} {b.text}".strip() if b.kind == "step" else b.text for b in blocks)
            blocks = [Block("warning", f"{signal}\n{text}")] if text else []
        yield from _titled(pending, blocks)

    def _macro(self, macro: re.Match[str], pending: _Pending) -> Iterator[Block]:
        self.at += 1
        if macro[1] == "include":
            self.counts["include"] += 1
        elif macro[1] == "image":
            alt = self._text(macro[3].split(",")[0].strip('" '))
            text = pending.title or (alt if "=" not in alt else "")
            if text:
                yield Block("caption", text)

    def _item(self, item: re.Match[str], pending: _Pending) -> Block:
        marker = re.sub(r"\d+|[a-z](?=\.$)|[A-Z](?=\.$)", "1", item[1])
        if marker in self.markers:
            keep = self.markers.index(marker) + 1
            self.markers, self.numbers = self.markers[:keep], self.numbers[:keep]
        else:
            self.markers.append(marker)
            start = re.search(r"start\s*=\s*\"?(\d{1,6})", pending.options)
            self.numbers.append(int(start[1]) - 1 if start else 0)
        self.numbers[-1] += 1
        level = len(self.markers) - 1
        self.lines[self.at] = item[2]
        text = self._joined(self._paragraph())
        text = re.sub(r"^\[[ xX*]\]\s+", "", text)
        if marker[0] in ".1<":
            own = item[1] if item[1][0].isalnum() else f"{self.numbers[-1]}."
            return Block("step", text, level, label=own)
        return Block("bullet", text, level)

    def _term(self, term: re.Match[str]) -> Block:
        name = self._text(term["term"])
        self.markers, self.numbers = [], []
        self.lines[self.at] = term["text"] or ""
        if not term["text"]:
            self.at += 1
            while self.at < len(self.lines) and not self.lines[self.at].strip():
                self.at += 1
            following = self.lines[self.at].strip() if self.at < len(self.lines) else ""
            if _ITEM.match(following) or _CODE.match(following) or _CONTAINER.match(following) or not following or (
                _TERM.match(following) or _TABLE.match(following) or following == "+" or _HEADING.match(following)
            ):  # fmt: skip
                return Block("paragraph", f"{name}:")
        return Block("paragraph", f"{name}: {self._joined(self._paragraph(terms=True))}")

    def _prose(self, pending: _Pending) -> Iterator[Block]:
        if self.at and self.lines[self.at - 1].strip() != "+":
            self.markers, self.numbers = [], []
        lines = self._paragraph()
        admonition = _ADMONITION.match(lines[0])
        style = pending.style.upper()
        word = admonition[1] if admonition else style if style in (*_SIGNALS, "NOTE", "TIP") else ""
        if admonition:
            lines[0] = admonition[2]
        text = self._joined(lines)
        if word in _SIGNALS:
            blocks = [Block("warning", f"{_SIGNALS[word]}\n{text}")]
        elif pending.style in ("source", "listing", "literal"):
            blocks = [Block("code", "\n".join(lines))]
        elif signs.warning(text):
            blocks = [Block("warning", text)]
        else:
            blocks = [Block("paragraph", text)] if text else []
        yield from _titled(pending, blocks)

    def _paragraph(self, keep: bool = False, terms: bool = False) -> list[str]:
        """Lines up to a blank one or to what begins another block; with ``terms`` also to the next term of a list."""
        out: list[str] = []
        while self.at < len(self.lines):
            line = self.lines[self.at].rstrip()
            if out and (
                not line.strip() or line == "+" or _ends_paragraph(line) or (self.markers and _ITEM.match(line))
            ):
                break
            if out and terms and _TERM.match(line):
                break
            self.at += 1
            if not line.startswith("//") and not _CONDITION.match(line) and not line.startswith("endif::"):
                out.append(line if keep else line.strip())
            elif not out:
                out.append("")
        return out

    def _joined(self, lines: list[str]) -> str:
        out = ""
        broken = False
        for line in lines:
            hard = line.endswith(" +")
            text = self._text(line[:-2] if hard else line)
            out = f"{out}\n{text}" if broken else signs.join(out, text)
            broken = hard
        return out.strip()

    def _text(self, text: str) -> str:
        filled, unknown = with_attributes(text, self.attributes)
        self.counts["field"] += unknown
        return plain(filled)

    def _until(self, end: str) -> list[str]:
        """The lines between the one at ``at`` and the next ``end``; ``at`` goes behind it."""
        start = self.at + 1
        self.at = start
        while self.at < len(self.lines) and self.lines[self.at].rstrip() != end:
            self.at += 1
        body = self.lines[start : self.at]
        self.at += 1
        return body

    def _define(self, name: str, value: str) -> None:
        while value.endswith(" \\") and self.at + 1 < len(self.lines):
            self.at += 1
            value = f"{value[:-2]} {self.lines[self.at].strip()}"
        self.at += 1
        if name.startswith("!") or name.endswith("!"):
            self.attributes.pop(name.strip("!").lower(), None)
        else:
            self.attributes[name.lower()] = with_attributes(value, self.attributes)[0][:_LONGEST_VALUE]

    def _condition(self, kind: str, names: str, text: str) -> None:
        known = [name.strip().lower() in self.attributes for name in re.split(r"[,+]", names)]
        holds = (all(known) if "+" in names else any(known)) == (kind == "ifdef")
        if text:
            self.lines[self.at] = text if holds else ""
        elif holds:
            self.at += 1
        else:
            self._to_endif()

    def _to_endif(self) -> None:
        depth = 0
        while self.at < len(self.lines):
            line = self.lines[self.at].rstrip()
            condition = _CONDITION.match(line)
            depth += bool((condition and not condition[3]) or line.startswith("ifeval::"))
            depth -= line.startswith("endif::")
            self.at += 1
            if depth == 0:
                return


def _titled(pending: _Pending, blocks: list[Block]) -> Iterator[Block]:
    if pending.title and blocks:
        yield Block("caption", pending.title)
    yield from blocks


def _is_underlined(line: str, below: str) -> bool:
    """The old form of headings: a line and as long a line of =, -, ~, ^ or + below it."""
    if len(below) < 3 or below[0] not in _UNDERLINES or below.strip(below[0]) or not line[:1].strip():
        return False
    width = sum(2 if character >= "\u2e80" else 1 for character in line)
    return (abs(len(below) - len(line)) <= 2 or abs(len(below) - width) <= 2) and not _ITEM.match(line)


def _ends_paragraph(line: str) -> bool:
    if _MACRO.match(line) or line.startswith("endif::"):
        return True
    return bool(_CODE.match(line) or _CONTAINER.match(line) or _TABLE.match(line) or re.match(r"^\[[^\]]*\]$", line))
