"""Markdown manuals: headings, steps, tables, alerts and warnings, by markdown-it-py."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import groupby
from pathlib import Path
from typing import Any

from index.errors import EmptyManual
from index.manuals import signs
from index.manuals.block import Block, Page, Reading, pair_cells
from index.manuals.hand_numbers import with_steps
from index.manuals.html import blocks_of_html
from index.manuals.open_fences import with_closed_fences
from index.manuals.plain import read_text

_FRONT_MATTER = re.compile(r"\A---\n(.*?)\n---\n", re.DOTALL)
_TITLE = re.compile(r"^title:\s*[\"']?(.+?)[\"']?\s*$", re.MULTILINE)
_ALERT = re.compile(r"^\[!(\w+)\]\s*")
# Only real tags are marks; "<axis number>" in a manual is a placeholder that people must read.
_KNOWN_TAG = re.compile(
    r"</?(?:a|abbr|b|br|code|del|div|em|font|i|img|ins|kbd|mark|p|q|s|samp|small|span|strong|sub|sup|tt|u|var)\b[^>]*>|"
    r"<!--.*?-->",
    re.IGNORECASE | re.DOTALL,
)
_BULLET = re.compile(r"[・•●○■□◆◇▪▶‣∙]\s*\S")  # of print; Markdown does not know them
# What begins a line of its own: such a bullet, a circled number, entries of notations that were not quite translated to
# Markdown (". ", "** "), and a label
_ENTRY = re.compile(rf"{_BULLET.pattern}|[①-⑳]|(?:\.{{1,5}}|\*{{2,5}}) (?=\S)|[^\sa-z:：。.][^\s:：。.]{{0,19}}[:：]$")
_LABELLED = re.compile(r"(?:[(（]\d{1,3}[)）]|\d{1,2}[．、）]|[①-⑳❶-❿⓫-⓴⑴-⒇]|手順\s?\d)\s*\S")
_BLANKS = re.compile(r"[ \t]{2,}")
_LIST_WIDTH = 80  # characters
_SIGNAL_OF_ALERT = {"DANGER": "DANGER", "WARNING": "WARNING", "CAUTION": "CAUTION", "IMPORTANT": "NOTICE"}


class MarkdownReader:
    """Reads .md files (CommonMark with tables and GitHub alerts; front matter gives the title). One page."""

    suffixes: tuple[str, ...] = (".md", ".markdown")

    def open(self, path: Path) -> Reading:
        text = read_text(path)
        title = ""
        front = _FRONT_MATTER.match(text)
        if front:
            named = _TITLE.search(front[1])
            title = named[1] if named else ""
            text = text[front.end() :]
        blocks = tuple(with_steps(list(blocks_of_markdown(text))))
        if not blocks:
            raise EmptyManual(f"{path.name} holds no text.", "Check that the right file was given.")
        heading = next((b.text for b in blocks if b.kind == "heading"), "")
        return Reading(title or heading or path.stem, 1, iter((Page(1, "", blocks),)))


def blocks_of_markdown(text: str) -> Iterator[Block]:
    """Blocks of a Markdown text in reading order."""
    from markdown_it import MarkdownIt

    yield from _Walk(MarkdownIt("commonmark").enable("table").parse(with_closed_fences(text))).blocks()


@dataclass
class _Walk:
    """Goes through the token stream once; ``lists`` is the stack of open lists: next number, or None for bullets."""

    tokens: list[Any]
    lists: list[int | None] = field(default_factory=list)
    label_due: bool = False
    quote_signal: str = ""
    quote: list[str] = field(default_factory=list)
    quote_depth: int = 0
    heading: int = 0

    def blocks(self) -> Iterator[Block]:
        at = 0
        while at < len(self.tokens):
            token = self.tokens[at]
            if token.type == "table_open":
                end = next(i for i in range(at, len(self.tokens)) if self.tokens[i].type == "table_close")
                yield from _table(self.tokens[at:end])
                at = end
            elif token.type == "blockquote_close":
                yield from self._close_quote()
            elif token.type == "inline":
                yield from self._inline(_plain(token))
            elif token.type in ("fence", "code_block") and token.content.strip():
                yield Block("code", token.content.rstrip("\n"), len(self.lists))
            elif token.type == "html_block":
                yield from blocks_of_html(token.content)
            else:
                self._structure(token)
            at += 1

    def _structure(self, token: Any) -> None:
        if token.type == "heading_open":
            self.heading = int(token.tag[1])
        elif token.type == "heading_close":
            self.heading = 0
        elif token.type == "ordered_list_open":
            self.lists.append(int(token.attrGet("start") or 1))
        elif token.type == "bullet_list_open":
            self.lists.append(None)
        elif token.type in ("ordered_list_close", "bullet_list_close"):
            self.lists.pop()
        elif token.type == "list_item_open":
            self.label_due = True
        elif token.type == "blockquote_open":
            self.quote_depth += 1

    def _inline(self, text: str) -> Iterator[Block]:
        if not text.strip():
            return
        if self.heading:
            yield Block("heading", " ".join(text.split()), self.heading)
        elif self.quote_depth:
            self._quoted(text)
        elif self.lists and self.label_due:
            self.label_due = False
            level = len(self.lists) - 1
            number = self.lists[-1]
            if number is None:
                yield Block("bullet", text, level)
            else:
                self.lists[-1] = number + 1
                yield Block("step", text, level, label=f"{number}.")
        else:
            yield from self._inside(blocks_of_paragraph(text))

    def _inside(self, blocks: Iterator[Block]) -> Iterator[Block]:
        """What stands inside a list entry, below its first paragraph, is as deep as the entry's own lists would be."""
        for block in blocks:
            yield block if block.level or block.kind == "row" else replace(block, level=len(self.lists))

    def _quoted(self, text: str) -> None:
        alert = _ALERT.match(text)
        if alert and not self.quote:
            self.quote_signal = _SIGNAL_OF_ALERT.get(alert[1].upper(), "")
            text = text[alert.end() :]
        if text.strip():
            bulleted = bool(self.lists) and self.label_due
            self.label_due = False
            self.quote.append(f"- {text}" if bulleted else text)

    def _close_quote(self) -> Iterator[Block]:
        self.quote_depth -= 1
        if self.quote_depth or not self.quote:
            return
        body = "\n".join(self.quote)
        if self.quote_signal:
            yield Block("warning", f"{self.quote_signal}\n{body}", len(self.lists))
        else:
            yield from self._inside(blocks_of_paragraph(body))
        self.quote, self.quote_signal = [], ""


def blocks_of_paragraph(text: str) -> Iterator[Block]:
    """A paragraph as what it is: a warning by its signal word, rows by their bars, a caption, or prose."""
    lines = text.split("\n")
    if len(lines) > 1 and all(line.strip().startswith("|") for line in lines):
        yield from _bar_rows(lines)
        return
    separated = _comma_rows(lines)
    if separated:
        yield from rows_as_blocks(separated[0], separated[1:])
        return
    if signs.warning(text):
        yield Block("warning", text)
    elif any(_BULLET.match(line) for line in lines):
        for bulleted, run in groupby(lines, lambda line: _BULLET.match(line) is not None):
            if bulleted:
                yield from (Block("bullet", signs.bullet(line) or line) for line in run)
            else:
                yield from blocks_of_paragraph("\n".join(run))
    elif signs.caption(text) and len(text) < 120:
        yield Block("caption", text)
    else:
        yield Block("paragraph", text)


def _plain(token: Any) -> str:
    """Text of an inline token: marks gone, link texts and picture titles kept, source lines joined as in print."""
    out = ""
    pending_break = False
    listed = _is_listed(token.content.split("\n"))
    for child in token.children or ():
        if child.type == "softbreak":
            pending_break = True
            continue
        if child.type == "hardbreak":
            out += "\n"
            continue
        piece = _KNOWN_TAG.sub("", child.content) if child.type == "html_inline" else child.content
        if not piece:
            continue  # the mark that opens a link or bold text; a line break before it still waits
        if pending_break:
            joined_bars = out.lstrip().startswith("|") and piece.startswith("|")
            last = out.rsplit("\n", 1)[-1]
            titled = signs.warning(last + "\n") is not None or signs.note(last) or signs.note(piece)
            keeps_line = titled or joined_bars or listed or bool(_ENTRY.match(piece))
            out = f"{out}\n{piece}" if keeps_line else signs.join(out, piece)
            pending_break = False
        else:
            out += piece
    return "\n".join(_BLANKS.sub(" ", line).strip() for line in out.split("\n")).strip()


def _is_listed(lines: list[str]) -> bool:
    """Entries written one a line, with a number before each or commas between label and value: run together they could
    not be read."""
    if len(lines) < 2:
        return False
    labelled = [_LABELLED.match(line.strip()) is not None for line in lines]
    if (labelled[0] and sum(labelled) * 2 > len(lines)) or sum('","' in line for line in lines) * 2 > len(lines):
        return True
    if len(lines) < 3:
        return False
    commas = {line.count(",") for line in lines}
    short = all(len(line) <= _LIST_WIDTH and line.rstrip()[-1:] not in tuple(",.;:!?、。") for line in lines)
    return short and len(commas) == 1 and 0 not in commas


def _bar_rows(lines: list[str]) -> Iterator[Block]:
    """Rows of a table written without the dash line that Markdown asks for; the first line is the header."""
    rows = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in lines]
    yield from rows_as_blocks(rows[0], rows[1:])


def _comma_rows(lines: list[str]) -> list[list[str]]:
    """A table written as values between commas, below a line of quoted names; nothing where the lines are none."""
    if len(lines) < 2 or not re.fullmatch(r'"[^"]*"(?:,\s*"[^"]*")+', lines[0].strip()):
        return []
    rows = [[cell.strip() for cell in row] for row in csv.reader(lines, skipinitialspace=True)]
    return rows if all(1 < len(row) <= len(rows[0]) for row in rows) else []


def rows_as_blocks(header: list[str], rows: list[list[str]]) -> Iterator[Block]:
    """Row blocks that carry their header; a table of a header only is one row without header."""
    if not rows and any(header):
        yield Block("row", " | ".join(header), cells=pair_cells((), header))
    for row in rows:
        if any(row):
            yield Block("row", " | ".join(row), cells=pair_cells(header, row))


def _table(tokens: list[Any]) -> Iterator[Block]:
    header: list[str] = []
    rows: list[list[str]] = []
    in_head = False
    for token in tokens:
        if token.type == "thead_open":
            in_head = True
        elif token.type == "tbody_open":
            in_head = False
        elif token.type == "tr_open" and not in_head:
            rows.append([])
        elif token.type == "inline":
            (header if in_head else rows[-1]).append(_plain(token))
    yield from rows_as_blocks(header, rows)
