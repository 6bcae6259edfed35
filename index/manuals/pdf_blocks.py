"""PDF blocks: lines, tables and frames in reading order become headings, paragraphs, steps, warnings and rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from index.manuals import signs
from index.manuals.block import Block, BlockKind, pair_cells
from index.manuals.pdf_layout import Figure, Framed, Item, Line
from index.manuals.pdf_tables import Table, header_names, joined_lines, same_columns
from index.passage import Box

LARGER = 1.08  # a heading's size over the body's
_LONGEST_HEADING = 110  # characters
_LONGEST_SIGNAL = 20
_LOOSE = 1.15  # times the usual distance of lines: more is a new paragraph
_SENTENCE_END = tuple("。．.!?！？:：」）)")


@dataclass(frozen=True, slots=True)
class Style:
    """What the whole document shows: ``body_size`` in points, ``leading`` as distance of lines over font size,
    ``levels`` from heading size (rounded to half points) to depth, and the outline's depth by folded title."""

    body_size: float
    leading: float
    levels: Mapping[float, int]
    outline: Mapping[str, int]

    def heading_level(self, line: Line) -> int | None:
        """Depth of ``line`` as a heading, or None: by the outline, else by size or boldness and its number."""
        text = line.text
        if not text or len(text) > _LONGEST_HEADING or text[-1] in "。、,;；":
            return None
        if sum(c.isalpha() for c in text) < 2:
            return None
        numbered = signs.heading_level(text)
        large = line.size >= LARGER * self.body_size
        level = self.outline.get(folded(text))
        if level is not None and (line.size >= 1.03 * self.body_size or line.bold or numbered):
            return level
        if large:
            return numbered or self.levels.get(half(line.size)) or self._by_size(line.size)
        if line.bold and numbered and numbered > 1 and not signs.step(text):
            return numbered
        return None

    def _by_size(self, size: float) -> int:
        larger = [level for known, level in self.levels.items() if known > half(size)]
        return max(larger) + 1 if larger else 1


def half(size: float) -> float:
    """A size rounded to half points, so that sizes which differ by rounding are one."""
    return round(size * 2) / 2


def folded(text: str) -> str:
    """A title without white space, for comparing outline and print."""
    return "".join(text.split()).casefold()


@dataclass
class _Open:
    """The element that is being read line by line."""

    kind: BlockKind
    lines: list[Line]
    texts: list[str]
    level: int = 0
    label: str = ""


@dataclass
class PageReader:
    """Makes the blocks of one page after the other; remembers the last table, which may go on on the next page."""

    style: Style
    last_table: Table | None = None
    last_header: tuple[str, ...] = ()
    _open: _Open | None = None
    _marks: list[float] = field(default_factory=list)
    _mark_top: float = 0.0
    _right: float = 0.0

    def blocks(self, items: Sequence[Item], page: int) -> Iterator[Block]:
        """Blocks of one page (``page`` is its 1-based number)."""
        self._right = max((item.x1 for item in items if isinstance(item, Line)), default=0.0)
        self._marks, self._mark_top = [], 0.0
        for at, item in enumerate(items):
            if isinstance(item, Line):
                yield from self._line(item, page)
            else:
                yield from self._closed(page)
                if isinstance(item, Table):
                    yield from self._table(item, page, goes_on=at == 0)
                elif isinstance(item, Figure):
                    box = Box(page, item.x0, item.top, item.x1, item.bottom)
                    yield Block("caption", " / ".join(line.text for line in item.lines), box=box)
                else:
                    yield from self._framed(item, page)
        yield from self._closed(page)
        if items and not isinstance(items[-1], Table):
            self.last_table = None

    def _table(self, table: Table, page: int, goes_on: bool) -> Iterator[Block]:
        same = goes_on and self.last_table is not None and same_columns(self.last_table, table)
        start = 0
        names, count = header_names(table)
        if same and self.last_header and names != self.last_header:
            pass  # the header was not printed again: the one of the page before holds
        else:
            self.last_header, start = names, count
        self.last_table = table
        signal = _signal(table)
        if signal:
            box = Box(page, table.xs[0], table.top, table.xs[-1], table.bottom)
            yield Block("warning", signal, box=box)
            return
        step = (table.bottom - table.top) / max(1, len(table.rows))
        for number in range(start, len(table.rows)):
            texts = table.texts(number)
            exact = len(table.ys) == len(table.rows) + 1
            top = table.ys[number] if exact else table.top + number * step
            bottom = table.ys[number + 1] if exact else top + step
            box = Box(page, table.xs[0], top, table.xs[-1], bottom)
            yield Block("row", " | ".join(texts), cells=pair_cells(self.last_header, texts), box=box)

    def _framed(self, frame: Framed, page: int) -> Iterator[Block]:
        text = frame.lines[0].text
        sign = signs.warning(text + "\n")
        rest = _framed_text(frame.lines[1:])
        box = Box(page, frame.x0, frame.top, frame.x1, frame.bottom)
        yield Block("paragraph" if sign is None else "warning", f"{text}\n{rest}" if rest else text, box=box)

    def _line(self, line: Line, page: int) -> Iterator[Block]:
        level = self.style.heading_level(line)
        if level is not None:
            opened = self._open
            if opened and opened.kind == "heading" and self._heading_goes_on(opened, line):
                opened.lines.append(line)
                opened.texts = [signs.join(opened.texts[0], line.text)]
                return
            yield from self._closed(page)
            self._open = _Open("heading", [line], [line.text], level)
            return
        marked = self._marked(line)
        if marked is None and self._open is not None and self._goes_on(self._open, line):
            self._open.lines.append(line)
            self._open.texts.append(line.text)
            return
        yield from self._closed(page)
        self._open = marked or _Open("caption" if signs.caption(line.text) else "paragraph", [line], [line.text])

    def _marked(self, line: Line) -> _Open | None:
        """A line that begins with the sign of a step, a bullet or a warning."""
        text = line.text
        step = signs.step(text)
        if step:
            return _Open("step", [line], [step[1]], self._depth(line), step[0])
        bullet = signs.bullet(text)
        if bullet:
            return _Open("bullet", [line], [bullet], self._depth(line))
        if signs.warning(text + "\n" if len(text) < 12 else text):
            return _Open("warning", [line], [text])
        return None

    def _depth(self, line: Line) -> int:
        """List depth by how far the marks of the list are moved in; a list that goes on at the top of the next column
        is no deeper there."""
        size = self.style.body_size
        if line.bottom < self._mark_top:
            self._marks = []
        self._mark_top = line.top
        self._marks = [mark for mark in self._marks if mark < line.x0 - 0.5 * size]
        self._marks.append(line.x0)
        return min(3, len(self._marks) - 1)

    def _heading_goes_on(self, opened: _Open, line: Line) -> bool:
        last = opened.lines[-1]
        near = line.top - last.bottom < 0.8 * line.size
        return near and half(last.size) == half(line.size) and signs.heading_level(line.text) is None

    def _goes_on(self, opened: _Open, line: Line) -> bool:
        last = opened.lines[-1]
        if opened.kind == "heading" or signs.caption(line.text):
            return False
        size = max(last.size, line.size)
        distance = (line.top + line.bottom - last.top - last.bottom) / 2
        if abs(last.size - line.size) > 0.12 * size or not 0 < distance <= _LOOSE * self.style.leading * size:
            return False
        if opened.kind == "warning" and len(opened.lines) == 1 and len(opened.texts[0]) < 12:
            return True
        ends_short = last.x1 < self._right - 6 * size and last.text.endswith(_SENTENCE_END)
        first = opened.lines[0]
        if opened.kind in ("step", "bullet"):
            return line.x0 > first.x0 - 0.3 * size and not (ends_short and line.x0 < first.x0 + 0.5 * size)
        indented_first = len(opened.lines) == 1 and -2.6 * size < line.x0 - last.x0 < 0
        aligned = abs(line.x0 - last.x0) < 1.2 * size or indented_first
        centred = abs(line.x0 + line.x1 - last.x0 - last.x1) < 2 * size
        return (aligned or centred) and not ends_short

    def _closed(self, page: int) -> Iterator[Block]:
        opened, self._open = self._open, None
        if opened is None:
            return
        if opened.kind not in ("step", "bullet"):
            self._marks = self._marks if opened.kind in ("caption", "warning") else []
        if opened.kind == "warning" and len(opened.lines) > 1 and signs.warning(opened.texts[0] + "\n"):
            text = f"{opened.texts[0]}\n{joined_lines(opened.texts[1:])}"
        else:
            text = joined_lines(opened.texts) if opened.kind != "paragraph" else _run_on(opened.texts)
        box = Box(
            page,
            min(line.x0 for line in opened.lines),
            min(line.top for line in opened.lines),
            max(line.x1 for line in opened.lines),
            max(line.bottom for line in opened.lines),
        )
        yield Block(opened.kind, text, opened.level, opened.label, box=box)


def _signal(table: Table) -> str:
    """The text of a frame of one row that begins with a cell for its signal word: "WARNING | Switch off first."."""
    first, *rest = (text for text in table.texts(0) if text) if len(table.rows) == 1 else ("",)
    alone = bool(rest) and signs.warning(first + "\n") is not None and len(first) <= _LONGEST_SIGNAL
    return "\n".join([first, *rest]) if alone else ""


def _run_on(texts: Sequence[str]) -> str:
    out = ""
    for text in texts:
        out = signs.join(out, text)
    return out


def _framed_text(lines: Sequence[Line]) -> str:
    """Text in a frame: lines run on, a bullet or step begins a new line, and so does what follows a short line."""
    out = ""
    right = max((line.x1 for line in lines), default=0.0)
    last: Line | None = None
    for line in lines:
        ended = last is not None and last.x1 < right - 3 * last.size and last.text.endswith(_SENTENCE_END)
        if out and (ended or signs.bullet(line.text) or signs.step(line.text)):
            out += f"\n{line.text}"
        else:
            out = signs.join(out, line.text)
        last = line
    return out
