"""Wrapping: Japanese and English text in lines of a terminal's columns, where a Japanese character takes two."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

# JIS X 4051: what begins no line, and what ends none
NO_START = "、。，．・:;?!)]}」』】〉》〕’”ーぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮ々%,.…〜"
NO_END = "([{「『【〈《〔‘“"
_PIECES = re.compile(r"\s+|[\x21-\u024f]+|.", re.DOTALL)


def columns(text: str) -> int:
    """How many columns ``text`` takes; full-width characters take two."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


def wrapped(text: str, width: int) -> list[str]:
    """The lines of ``text``, at most ``width`` columns wide but for a word that is longer. A line break within a
    paragraph is none between Japanese characters, else a space; an empty line stays."""
    lines: list[str] = []
    for number, paragraph in enumerate(re.split(r"\n\s*\n", text.strip())):
        lines += [""] if number else []
        lines += _lines(_joined(paragraph), width)
    return lines


def _joined(paragraph: str) -> str:
    lines = [line.strip() for line in paragraph.splitlines()]
    text = lines[0]
    for line in lines[1:]:
        wide = columns(text[-1:]) == 2 and columns(line[:1]) == 2
        text += line if wide else f" {line}"
    return text


def _lines(text: str, width: int) -> Iterator[str]:
    line = ""
    for piece in _unbroken(text):
        if line and columns(line) + columns(piece.rstrip()) > width:
            yield line.rstrip()
            line = piece.lstrip()
        else:
            line += piece
    yield line.rstrip()


def _unbroken(text: str) -> Iterator[str]:
    """Pieces between which a line may end: words, and Japanese characters with what must stay beside them."""
    held = ""
    for piece in _PIECES.findall(text):
        if held and piece[0] not in NO_START and held[-1] not in NO_END:
            yield held
            held = ""
        held += piece
    yield held
