"""Open fences: code blocks of Markdown that nobody closed, closed where the code ends and text goes on."""

from __future__ import annotations

import re
from collections.abc import Sequence

_FENCE = re.compile(r"([ \t]*)(`{3,}|~{3,})[ \t]*([^`\s]*)[^`]*$")
_SHOWS_MARKDOWN = frozenset({"md", "markdown", "mdx", "rst", "rest"})  # fences within are what such a block shows
# What no code is: a heading below the first level ("# " alone is a comment in most languages), or a line that is
# written as a sentence.
_HEADING = re.compile(r"#{2,6} \S")
_SENTENCE = re.compile(r"(?:[A-Z\"'(*`]|[A-Z]{3,}: )(?:\S+ ){5,}\S+.*[.:!?)]$|[ぁ-ヺー一-鿿].{12,}[。:：]$")


def with_closed_fences(text: str) -> str:
    """``text`` with an end for each code block that has none.

    CommonMark lets such a block run to the next line of three marks or to the end of the file, and takes every heading
    and paragraph on the way for code. A block is known to be open where another one with a language begins within it,
    or where the file ends; it is closed before the first heading or sentence that follows an empty line. Where there is
    none, and where every block is closed, nothing changes.
    """
    lines = text.split("\n")
    ends: list[tuple[int, str]] = []
    opened: tuple[int, str, str, str] | None = None  # line, indent, marks, language
    for number, line in enumerate(lines):
        fence = _FENCE.match(line)
        if fence is None:
            continue
        indent, marks, language = fence.groups()
        if opened is None:
            opened = (number, indent, marks, language)
        elif marks[0] == opened[2][0] and len(marks) >= len(opened[2]):
            if not language:
                opened = None
            elif opened[3].lower() not in _SHOWS_MARKDOWN:
                ends += _end_of(lines, opened[0], number, opened[1] + opened[2])
                opened = (number, indent, marks, language)
    if opened is not None:
        ends += _end_of(lines, opened[0], len(lines), opened[1] + opened[2])
    for number, fence_line in reversed(ends):
        lines.insert(number, fence_line)
    return "\n".join(lines)


def _end_of(lines: Sequence[str], start: int, limit: int, fence: str) -> list[tuple[int, str]]:
    """Where the block that begins at ``start`` ends, and the line that ends it; before ``limit`` at the latest, if
    another block begins there."""
    for number in range(start + 2, limit):
        if lines[number - 1].strip():
            continue
        line = lines[number].strip()
        if _HEADING.match(line) or _SENTENCE.match(line):
            return [(number, fence)]
    return [(limit, fence)] if limit < len(lines) else []
