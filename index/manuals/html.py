"""HTML manuals: headings, steps, tables, warnings, by BeautifulSoup with Python's own parser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from index.errors import EmptyManual
from index.manuals import signs
from index.manuals.block import Block, Page, Reading, pair_cells
from index.manuals.plain import decode_text, read_bytes

_NOT_CONTENT = ("script", "style", "nav", "noscript", "template", "svg", "iframe", "form", "button")
_BLOCK_NAMES = (
    "address article aside blockquote body center dd details div dl dt fieldset figcaption figure footer h1 h2 h3 h4 "
    "h5 h6 header hr html li main ol p pre section summary table ul"
)
_BLOCKS = frozenset(_BLOCK_NAMES.split())
_WARNING_CLASS = re.compile(r"\b(danger|warning|caution|attention|notice|important)\b", re.IGNORECASE)
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([\w\-]+)", re.IGNORECASE)


class HtmlReader:
    """Reads .html files; navigation, scripts and forms are left out. One page."""

    suffixes: tuple[str, ...] = (".html", ".htm", ".xhtml")

    def open(self, path: Path) -> Reading:
        data = read_bytes(path)
        declared = _CHARSET.search(data[:2048])
        text = decode_text(data, path.name, declared[1].decode("ascii") if declared else "")
        blocks = tuple(blocks_of_html(text))
        if not blocks:
            raise EmptyManual(f"{path.name} holds no text.", "Check that the page was saved whole.")
        return Reading(_title(text) or next((b.text for b in blocks if b.kind == "heading"), path.stem), 1,
                       iter((Page(1, "", blocks),)))  # fmt: skip


def _title(text: str) -> str:
    match = re.search(r"<title[^>]*>(.*?)</title>", text, re.IGNORECASE | re.DOTALL)
    if match is None:
        return ""
    from html import unescape

    return " ".join(unescape(match[1]).split())


def blocks_of_html(text: str) -> Iterator[Block]:
    """Blocks of an HTML text (whole page or fragment) in reading order."""
    from bs4 import BeautifulSoup

    soup = BeautifulSoup(text, "html.parser")
    for tag in soup.find_all([*_NOT_CONTENT, "head"]):
        tag.decompose()
    yield from _walk(soup, 0)


def _walk(node: Any, depth: int) -> Iterator[Block]:
    """Blocks below ``node``; loose text between block tags is a paragraph. ``depth``: how many lists are open."""
    loose: list[Any] = []
    for child in node.children:
        name = getattr(child, "name", None)
        if name in _BLOCKS or (name is not None and child.find(list(_BLOCKS)) is not None):
            yield from _prose(_text(loose))
            loose = []
            yield from _block(child, depth)
        else:
            loose.append(child)
    yield from _prose(_text(loose))


def _block(tag: Any, depth: int) -> Iterator[Block]:
    name = tag.name
    if re.fullmatch(r"h[1-6]", name):
        if _text([tag]):
            yield Block("heading", " ".join(_text([tag]).split()), int(name[1]))
    elif name in ("ul", "ol"):
        yield from _list(tag, depth)
    elif name == "table":
        yield from _table(tag)
    elif name == "pre":
        if tag.get_text().strip():
            yield Block("code", tag.get_text().strip("\n"))
    elif name == "figcaption":
        yield Block("caption", _text([tag]))
    elif name == "dt":
        yield Block("paragraph", _text([tag]))
    elif _WARNING_CLASS.search(" ".join(tag.get("class") or ())):
        yield from _boxed_warning(tag)
    else:
        yield from _walk(tag, depth)


def _boxed_warning(tag: Any) -> Iterator[Block]:
    """A tag whose class says warning is one warning; where its text does not start with a signal word, the class
    name is put there."""
    parts = [f"{b.label} {b.text}".strip() if b.kind == "step" else f"- {b.text}" if b.kind == "bullet" else b.text
             for b in _walk(tag, 0)]  # fmt: skip
    text = "\n".join(part for part in parts if part)
    if not text:
        return
    word = _WARNING_CLASS.search(" ".join(tag.get("class") or ()))
    signal = word[1].upper() if word else "WARNING"
    signal = {"ATTENTION": "CAUTION", "IMPORTANT": "NOTICE"}.get(signal, signal)
    yield Block("warning", text if signs.warning(text) else f"{signal}\n{text}")


def _list(tag: Any, depth: int) -> Iterator[Block]:
    start = str(tag.get("start") or "1")
    number = int(start) if start.isdecimal() and len(start) < 10 else 1
    for item in tag.find_all("li", recursive=False):
        inner = list(_walk(item, depth + 1))
        own = inner[0].text if inner and inner[0].kind in ("paragraph", "caption", "warning") else ""
        if own and tag.name == "ol":
            yield Block("step", own, depth, label=f"{number}.")
        elif own:
            yield Block("bullet", own, depth)
        yield from inner[1:] if own else inner
        number += 1


def _table(tag: Any) -> Iterator[Block]:
    """Rows with their headers. A cell that spans several rows or columns counts in each of them."""
    caption = tag.find("caption")
    if caption is not None and _text([caption]):
        yield Block("caption", _text([caption]))
    grid: dict[tuple[int, int], str] = {}
    rows = [row for row in tag.find_all("tr") if row.find_parent("table") is tag]
    header_rows = 0
    for r, row in enumerate(rows):
        cells = row.find_all(["td", "th"], recursive=False)
        if cells and r == header_rows and (row.find_parent("thead") or all(cell.name == "th" for cell in cells)):
            header_rows += 1
        c = 0
        for cell in cells:
            while (r, c) in grid:
                c += 1
            for dr in range(min(_span(cell, "rowspan"), len(rows) - r)):
                for dc in range(_span(cell, "colspan")):
                    grid[r + dr, c + dc] = " ".join(_text([cell]).split())
            c += _span(cell, "colspan")
    width = 1 + max((c for _, c in grid), default=-1)
    lines = [[grid.get((r, c), "") for c in range(width)] for r in range(len(rows))]
    header = [_stacked([line[c] for line in lines[:header_rows]]) for c in range(width)]
    if header_rows == len(lines) and any(header):
        yield Block("row", " | ".join(header), cells=pair_cells((), header))
    for line in lines[header_rows:]:
        if any(line):
            yield Block("row", " | ".join(line), cells=pair_cells(header, line))


def _stacked(parts: list[str]) -> str:
    return " ".join(dict.fromkeys(part for part in parts if part))


def _span(cell: Any, name: str) -> int:
    value = str(cell.get(name) or "1")
    return max(1, min(50, int(value[:9]))) if value.isdecimal() else 1


def _text(nodes: list[Any]) -> str:
    """Text of inline nodes, white space tidied, <br> a new line, a picture its alt text."""
    out = ""
    for node in nodes:
        name = getattr(node, "name", None)
        if name is None:
            if type(node).__name__ == "NavigableString":
                out += re.sub(r"\s+", " ", str(node))
        elif name == "br":
            out += "\n"
        elif name == "img":
            out += str(node.get("alt") or "")
        else:
            out += _text(list(node.children)) if name != "td" else _text(list(node.children)) + " "
    lines = (re.sub(r"[ \t]+", " ", line) for line in out.split("\n"))
    joined = "\n".join(lines)
    return joined.strip() if nodes and getattr(nodes[0], "name", None) in _BLOCKS | {"td", "th", "caption"} else joined


def _prose(text: str) -> Iterator[Block]:
    text = "\n".join(line.strip() for line in text.split("\n") if line.strip())
    if not text:
        return
    if signs.warning(text):
        yield Block("warning", text)
    elif signs.caption(text) and len(text) < 120:
        yield Block("caption", text)
    else:
        yield Block("paragraph", text)
