"""Bare text: an answer without its formatting, since judges prefer bold lists over the same words in a row.

Style moves a judge's verdict more than position does, so both answers and reference lose it before anybody looks.
"""

from __future__ import annotations

import re
import unicodedata

_FENCE = re.compile(r"^\s*(?:```|~~~).*$", re.MULTILINE)
_RULE = re.compile(r"^\s*(?:[-*_]\s*){3,}$|^\s*\|?\s*:?-{2,}[-:|\s]*$", re.MULTILINE)
_LEAD = re.compile(r"^\s*(?:#{1,6}\s+|>+\s*|[-*+•‣・●○■□◆▶]\s+|\(?\d{1,2}(?:[.)](?!\d)|、)\s*|[①-⑳]\s*)", re.MULTILINE)
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)\s]*\)")
_CITATION = re.compile(r"\s*\[\d{1,2}\]")
_STRESS = re.compile(r"(\*\*|__|~~|`)(?=\S)(.+?)(?<=\S)\1")
_LEFT_OVER = re.compile(r"(?<![\w*])\*(?=\S)([^*\n]+?)(?<=\S)\*(?![\w*])")
_MARKS = re.compile(r"<{2,}|>{2,}|={3,}")
_PICTURES = ("So", "Cf", "Cs", "Co")  # symbols, marks of format, half and private characters


def bare(text: str) -> str:
    """``text`` on one line: no headings, bullets, numbers of steps, emphasis, tables' bars, citation marks, pictures
    of faces or ticks, or marks by which a prompt tells where data end."""
    lines = _RULE.sub("", _FENCE.sub("", text.replace("\r\n", "\n")))
    lines = _LINK.sub(r"\1", _LEAD.sub("", lines))
    plain = _CITATION.sub("", unicodedata.normalize("NFKC", lines))
    for _ in range(2):  # bold around code
        plain = _STRESS.sub(r"\2", plain)
    plain = _LEFT_OVER.sub(r"\1", plain)
    plain = _MARKS.sub(" ", re.sub(r"\s*\|\s*", " ", plain))
    plain = "".join(sign for sign in plain if sign == "°" or unicodedata.category(sign) not in _PICTURES)
    return re.sub(r"\s+", " ", plain).strip()
