"""Verbatim: a passage's text as HTML: steps as a list, warnings in signal colours, rows as labels and values.

Every word of the passage is shown, in its order; only white space and the marks between cells become layout. All of it
is escaped: a manual's text is data.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from html import escape
from typing import Literal

from index.manuals import signs
from index.passage import Kind
from ui.asked_cell import MARKED, AskedCell, marked
from ui.code_lines import code_runs
from ui.whole_codes import whole_codes

Signal = Literal["a-danger", "a-warning", "a-caution", "a-notice-sign"]

# ISO 3864 and ANSI Z535.4: red, orange, yellow and blue, by the signal word as printed
_SIGNALS: dict[str, Signal] = {
    "DANGER": "a-danger", "危険": "a-danger", "WARNING": "a-warning", "警告": "a-warning",
    "CAUTION": "a-caution", "注意": "a-caution", "NOTICE": "a-notice-sign",
}  # fmt: skip
_LABEL = re.compile(r"^(?P<label>[^\s:：。][^:：。]{0,30}?):\s(?P<value>\S.*)$")
_TRIANGLE = (
    '<svg class="a-triangle" viewBox="0 0 24 22" aria-hidden="true"><path d="M12 0 24 22H0z"/>'
    '<path class="a-mark" d="M10.9 7h2.2v8h-2.2zM10.9 16.6h2.2v2.4h-2.2z"/></svg>'
)


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of a passage; ``kept`` with its leading spaces. ``cells`` are its (label, value) pairs where it is a table
    row, and ``asked`` says that it is the row that the question asks for."""

    text: str
    kept: str
    indent: int
    step: tuple[str, str] | None
    bullet: str | None
    signal: tuple[Signal, str, str] | None
    cells: tuple[tuple[str, str], ...]
    asked: bool = False

    @property
    def plain(self) -> bool:
        return not (self.step or self.bullet or self.signal or self.cells)


def verbatim_html(text: str, kind: Kind, asked: AskedCell | None = None) -> str:
    """The passage's text as HTML, made for reading on a tablet; the row that was ``asked`` for is marked in its
    place."""
    lines = [
        replace(_read(line, kind), asked=asked is not None and asked.line in (None, number))
        for number, line in enumerate(text.split("\n"))
        if line.strip()
    ]
    headers = asked.headers if asked is not None else ()
    parts: list[str] = []
    at = 0
    while at < len(lines):
        end, part = _part(lines, at, kind, headers)
        parts.append(part)
        at = end
    return f'<div class="a-verbatim">{"".join(parts)}</div>'


def _read(line: str, kind: Kind) -> _Line:
    stripped = line.strip()
    indent = min((len(line) - len(line.lstrip(" "))) // 2, 3)
    signal = _signal(stripped)
    step = signs.step(stripped)
    bullet = stripped[2:] if stripped.startswith("- ") else None
    cells = () if step or bullet else _cells(stripped, kind)
    if len(cells) > 1:  # a row may have a column named "注意"
        signal = None
    return _Line(stripped, line.rstrip(), indent, step, bullet, signal, () if signal else cells)


def _cells(line: str, kind: Kind) -> tuple[tuple[str, str], ...]:
    """A row is "label: value / label: value", or one such pair a line in an alarm, symptom or FAQ entry."""
    if kind not in ("table", "alarm", "symptom", "faq"):
        return ()
    pairs: list[tuple[str, str]] = []
    for part in line.split(" / "):
        match = _LABEL.match(part)
        if match is not None:
            pairs.append((match["label"], match["value"]))
        elif pairs:  # the mark stood inside a cell
            pairs[-1] = (pairs[-1][0], f"{pairs[-1][1]} / {part}")
        else:
            return ()
    return tuple(pairs)


def _signal(line: str) -> tuple[Signal, str, str] | None:
    """(colour, signal word as printed, rest of the line)."""
    found = signs.warning(line)
    if found is None:
        return None
    word, rest = found
    colour = _SIGNALS.get(word.upper())
    head = line[: len(line) - len(rest)] if rest else line
    return (colour, head.strip(), rest) if colour else None


def _part(lines: Sequence[_Line], at: int, kind: Kind, headers: Sequence[str]) -> tuple[int, str]:
    """(index behind the part, HTML of the part) that begins at ``at``; ``headers``: the labels asked for."""
    line = lines[at]
    if line.signal is not None:
        return _signal_part(lines, at, kind)
    if line.cells:
        end = at
        while end < len(lines) and lines[end].cells and (len(lines[end].cells) > 1) == (len(line.cells) > 1):
            end += 1
        if len(line.cells) > 1:
            return end, _rows(lines[at:end], headers)
        return _fields(lines, at, headers)
    if line.step is not None or line.bullet is not None:
        end = at
        while end < len(lines) and (lines[end].step or lines[end].bullet):
            end += 1
        return end, _list(lines[at:end])
    end = at
    while end < len(lines) and lines[end].plain:
        end += 1
    return end, _paragraphs([line.kept for line in lines[at:end]])


def _paragraphs(lines: list[str]) -> str:
    """Paragraphs; program text among them keeps its spaces."""
    parts = []
    at = 0
    for run in [*code_runs(lines), range(len(lines), len(lines))]:
        parts += [f"<p>{whole_codes(line.strip())}</p>" for line in lines[at : run.start]]
        if run:
            code = "".join(f"<span>{escape(lines[place])}</span>" for place in run)
            parts.append(f'<pre class="a-code">{code}</pre>')
        at = run.stop
    return "".join(parts)


def _signal_part(lines: Sequence[_Line], at: int, kind: Kind) -> tuple[int, str]:
    signal = lines[at].signal
    assert signal is not None
    colour, head, rest = signal
    end = at + 1
    body = [f"<p>{whole_codes(rest)}</p>"] if rest else []
    # inside a procedure the text of a warning is one line; a passage that is a warning belongs to it whole
    while end < len(lines) and lines[end].signal is None and (kind == "warning" or not body):
        if lines[end].step or lines[end].bullet:
            stop = end
            while stop < len(lines) and (lines[stop].step or lines[stop].bullet):
                stop += 1
            body.append(_list(lines[end:stop]))
            end = stop
            continue
        body.append(f"<p>{whole_codes(lines[end].text)}</p>")
        end += 1
    return end, (
        f'<div class="a-signal {colour}" role="note"><p class="a-signal-word">{_TRIANGLE}<strong>{escape(head)}'
        f'</strong></p><div class="a-signal-text">{"".join(body)}</div></div>'
    )


def _list(lines: Sequence[_Line]) -> str:
    """Steps and bullets with their printed labels; nothing is numbered anew."""
    items = []
    for line in lines:
        if line.step is not None:
            label, rest = line.step
        else:
            label, rest = "•", line.bullet or ""
        mark = "a-label" if line.step else "a-label a-dot"
        items.append(
            f'<li class="a-level-{line.indent}"><span class="{mark}">{escape(label)}</span>'
            f"<span>{whole_codes(rest)}</span></li>"
        )
    return f'<ol class="a-steps" role="list">{"".join(items)}</ol>'


def _fields(lines: Sequence[_Line], at: int, headers: Sequence[str]) -> tuple[int, str]:
    """Label and value a line; a line without label goes on in the value above it, but steps behind a sentence are a
    procedure of their own."""
    rows: list[tuple[str, list[str]]] = []
    end = at
    while end < len(lines) and len(lines[end].cells) <= 1 and lines[end].signal is None:
        line = lines[end]
        if line.step and not signs.step(rows[-1][1][0]):
            break
        if line.cells:
            rows.append((line.cells[0][0], [line.cells[0][1]]))
        else:
            rows[-1][1].append(line.text)
        end += 1
    asked = lines[at].asked
    items = "".join(
        f"<div{MARKED if asked and label in headers else ''}><dt>{escape(label)}</dt>"
        f"<dd>{_value(values, asked and label in headers)}</dd></div>"
        for label, values in rows
    )
    return end, f'<dl class="a-fields">{items}</dl>'


def _value(values: Sequence[str], asked: bool) -> str:
    if len(values) > 1 and all(signs.step(value) for value in values):
        return _list([_Line(value, value, 0, signs.step(value), None, None, ()) for value in values])
    return "".join(f"<p>{marked(value, asked)}</p>" for value in values)


def _rows(lines: Sequence[_Line], headers: Sequence[str]) -> str:
    """Several rows as a table under one head; one row alone as labels and values."""
    if len(lines) == 1:
        asked = headers if lines[0].asked else ()
        items = "".join(
            f"<div{MARKED if a in asked else ''}><dt>{escape(a)}</dt><dd><p>{marked(b, a in asked)}</p></dd></div>"
            for a, b in lines[0].cells
        )
        return f'<dl class="a-fields">{items}</dl>'
    columns = list(dict.fromkeys(label for line in lines for label, _ in line.cells))
    head = "".join(f'<th scope="col">{escape(column)}</th>' for column in columns)
    body = "".join(
        f"<tr{MARKED if line.asked else ''}>{_row(columns, line.cells, headers if line.asked else ())}</tr>"
        for line in lines
    )
    return f'<div class="a-table"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def _row(columns: Sequence[str], row: Sequence[tuple[str, str]], headers: Sequence[str]) -> str:
    cells: dict[str, str] = {}
    for label, value in row:
        cells[label] = f"{cells[label]} / {value}" if label in cells else value
    return "".join(
        f'<td data-label="{escape(column)}">'
        f"{marked(cells[column], column in headers) if cells.get(column) else ''}</td>"
        for column in columns
    )
