"""AsciiDoc inline: a line's text as people read it: marks gone, link texts kept, attributes put in."""

from __future__ import annotations

import re
from collections.abc import Mapping

_ATTRIBUTE = re.compile(r"(?<!\\)\{([A-Za-z0-9_][\w\-]*)\}")
_KNOWN = {
    "nbsp": " ", "sp": " ", "empty": "", "blank": "", "deg": "°", "plus": "+", "lt": "<", "gt": ">", "amp": "&",
    "vbar": "|", "asterisk": "*", "tilde": "~", "caret": "^", "startsb": "[", "endsb": "]", "backslash": "\\",
    "backtick": "`", "apos": "'", "quot": '"', "two-colons": "::", "two-semicolons": ";;", "cpp": "C++", "zwsp": "",
    "ldquo": "“", "rdquo": "”", "lsquo": "‘", "rsquo": "’", "wj": "", "brvbar": "¦", "cxx": "C++", "pp": "++",
}  # fmt: skip
_LONGEST = 20_000  # characters; what is longer is no line of prose, and marks in it would take too long to pair
_KEPT = re.compile(r"`\+(.+?)\+`|\+\+\+(.*?)\+\+\+|pass:\w*\[(.*?)\]|(?<![\w+])\+(?=\S)(.+?)(?<=\S)\+(?![\w+])")
_RULES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        (r"\[\[[^\]]*\]\]|\[#[\w\-]+\](?!#)|anchor:[\w\-]+\[[^\]]*\]", ""),
        (r"\(\(\([^)]*\)\)\)|indexterm:\[[^\]]*\]", ""),
        (r"\(\(([^)]*)\)\)|indexterm2:\[([^\]]*)\]", r"\1\2"),
        (r"<<[^,>]*,\s*([^>]*)>>", r"\1"),
        (r"<<#?([^>]*)>>", r"\1"),
        (r"xref:([^\s\[]+)\[\]", r"\1"),
        (r"(?:xref|link|mailto):[^\s\[]*\[([^\],]*)[^\]]*\]", r"\1"),
        (r"(https?://[^\s\[\]]+)\[\]", r"\1"),
        (r"https?://[^\s\[\]]+\[([^\]]+?)(?:\^)?\]", r"\1"),
        (r"(?:kbd|btn):\[([^\]]*)\]", r"\1"),
        (r"menu:([^\[]+)\[([^\]]+)\]", r"\1 > \2"),
        (r"menu:([^\[]+)\[\]", r"\1"),
        (r"icon:[^\s\[]+\[[^\]]*\]", ""),
        (r"image:[^\s\[:][^\s\[]*\[\"?([^\],\"]*)[^\]]*\]", r"\1"),
        (r"footnote(?:ref)?:[\w\-]*\[([^\]]*)\]", r" (\1)"),
        (r"(?:stem|latexmath|asciimath):\[([^\]]*)\]", r"\1"),
        (r"<(\d+)>$", ""),
        (r"(?<!\\)\*\*(?=\S)(.+?)\*\*", r"\1"),
        (r"(?<![\\\w*])\*(?=\S)([^*]*?\S)\*(?![\w*])", r"\1"),
        (r"(?<!\\)__(?=\S)(.+?)__", r"\1"),
        (r"(?<![\\\w])_(?=\S)([^_]*?\S)_(?!\w)", r"\1"),
        (r"(?<!\\)``(.+?)``", r"\1"),
        (r"(?<![\\`])`(?=\S)([^`]*?)`", r"\1"),
        (r"\[[.\w\- ]*\]#([^#]+)#", r"\1"),
        (r"(?<![\\\w#&])#(?=\S)([^#\s][^#]*?)#(?![\w#])", r"\1"),
        (r"(?<![\\\s])\^([^\s^]+)\^", r"\1"),
        (r"(?<![\\\s~])~([^\s~]+)~", r"\1"),
        (r"\\([*_`#^~{<\[])", r"\1"),
    )
)  # fmt: skip


def with_attributes(text: str, attributes: Mapping[str, str]) -> tuple[str, int]:
    """``text`` with its attributes put in, and how many are defined nowhere; those stay as they are written."""
    unknown = 0

    def value(match: re.Match[str]) -> str:
        nonlocal unknown
        found = attributes.get(match[1].lower(), _KNOWN.get(match[1].lower()))
        unknown += found is None
        return match[0] if found is None else found

    return _ATTRIBUTE.sub(value, text), unknown


def plain(text: str) -> str:
    """A line or a paragraph without marks. What is passed through literally keeps every character."""
    if len(text) > _LONGEST:
        return text.strip()
    kept: list[str] = []

    def keep(match: re.Match[str]) -> str:
        kept.append(next(group for group in match.groups() if group is not None))
        return f"\ue000{len(kept) - 1}\ue001"

    text = _KEPT.sub(keep, text)
    for pattern, replacement in _RULES:
        text = pattern.sub(replacement, text)
    return re.sub("\ue000(\\d+)\ue001", lambda match: kept[int(match[1])], text).strip()
