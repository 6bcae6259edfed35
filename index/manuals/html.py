"""HTML manuals: headings, steps, tables, warnings, by BeautifulSoup with Python's own parser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from index.errors import EmptyManual
from index.manuals import signs
from index.manuals.block import Block, Page, Reading, pair_cells
from index.manuals.hand_numbers import with_steps
from index.manuals.html_tree import tree_of
from index.manuals.plain import decode_text, read_bytes

_NOT_CONTENT = ("script", "style", "nav", "noscript", "template", "svg", "iframe", "form", "button")
_BLOCK_NAMES = (
    "address article aside blockquote body center dd details div dl dt fieldset figcaption figure footer h1 h2 h3 h4 "
    "h5 h6 header hr html li main ol p pre section summary table ul"
)
_BLOCKS = frozenset(_BLOCK_NAMES.split())
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_UNSEEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_FRAME_ROWS = 3  # a table with another in it and no more rows than these lays out the page
_INSIDE = ("paragraph", "warning", "caption", "code")
_SIGNAL_CHARACTERS = 20
_WARNING_CLASS = re.compile(r"\b(danger|warning|caution|attention|notice|important)\b", re.IGNORECASE)
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([\w\-]+)", re.IGNORECASE)


class HtmlReader:
    """Reads .html files; navigation, scripts and forms are left out. One page."""

    suffixes: tuple[str, ...] = (".html", ".htm", ".xhtml")

    def open(self, path: Path) -> Reading:
        data = read_bytes(path)
        declared = _CHARSET.search(data[:2048])
        text = decode_text(data, path.name, declared[1].decode("ascii") if declared else "")
        blocks = tuple(with_steps(list(blocks_of_html(text))))
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
    soup = tree_of(text)
    for tag in soup.find_all(_is_furniture):
        if not tag.decomposed:
            tag.decompose()
    yield from _walk(soup, 0)


def _is_furniture(tag: Any) -> bool:
    """What a person does not read on the page: scripts, navigation, what is hidden, and the marks behind headings
    that link to themselves."""
    return (
        tag.name in _NOT_CONTENT or tag.name == "head" or tag.has_attr("hidden")
        or tag.get("role") in ("navigation", "search") or "headerlink" in (tag.get("class") or ())
        or _UNSEEN.search(str(tag.get("style") or "")) is not None
    )  # fmt: skip


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
    text = "\n".join(line for block in _walk(tag, 0) if (line := _line(block).strip()))
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
        for block in inner[1:] if own else inner:  # what stands inside an entry is deeper than the list
            yield replace(block, level=depth + 1) if block.kind in _INSIDE and not block.level else block
        number += 1


def _table(tag: Any) -> Iterator[Block]:
    """Rows with their headers. A cell that spans several rows or columns counts in each of them."""
    caption = tag.find("caption")
    if caption is not None and _text([caption]):
        yield Block("caption", _text([caption]))
    grid: dict[tuple[int, int], str] = {}
    rows = _rows(tag)
    told = [row.find_all(["td", "th"], recursive=False) for row in rows]
    if all(len(cells) <= 1 for cells in told) or _lays_out(told):
        yield from _framed([block for cells in told for cell in cells for block in _walk(cell, 0)])
        return
    first = _text([told[0][0]]) if len(told) == 1 else ""
    if first and len(first) <= _SIGNAL_CHARACTERS and signs.warning(first + "\n"):
        yield Block("warning", "\n".join(text for cell in told[0] if (text := _text([cell]))))
        return
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


def _rows(table: Any) -> list[Any]:
    """The rows of a table in their order, also those inside of unclosed ones, but not those of tables in its cells."""
    out: list[Any] = []
    open_tags = [iter(table.children)]
    while open_tags:
        child = next(open_tags[-1], None)
        name = getattr(child, "name", None)
        if child is None:
            open_tags.pop()
        elif name is not None and name != "table":
            out += [child] if name == "tr" else []
            open_tags.append(iter(child.children))
    return out


def _lays_out(told: list[list[Any]]) -> bool:
    """True for a table that only puts parts of a page beside each other: sections, or other tables."""
    cells = [cell for row in told for cell in row]
    return any(cell.find(_HEADINGS) is not None for cell in cells) or (
        len(told) <= _FRAME_ROWS and any(cell.find("table") is not None for cell in cells)
    )


def _framed(blocks: list[Block]) -> list[Block]:
    """What stands in a frame: one warning if it begins like one."""
    text = "\n".join(_line(block) for block in blocks)
    plain = all(block.kind not in ("row", "heading") for block in blocks)
    return [Block("warning", text)] if plain and signs.warning(text) else blocks


def _line(block: Block) -> str:
    return (
        f"{block.label} {block.text}"
        if block.kind == "step"
        else f"- {block.text}"
        if block.kind == "bullet"
        else block.text
    )


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
