"""PDF ink: the text of one page in segments, and its drawn lines, with their places.

Coordinates are PDF points from the top left corner of the page as it is shown (rotation and crop applied).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from index.manuals.pdf_characters import Characters, Flags, Floats, direction_of, read_characters
from index.manuals.pdf_drawing import Panel, Rule, Turn, drawn

_SAME_BASELINE = 0.35  # of the font size
_WORD_GAP = 0.22  # of the font size: a blank that was not printed as a character
_CELL_GAP = 1.4  # of the font size: what is further apart is not one phrase
_WIDE = 0x2E80  # from here on characters are as wide as high, and written without blanks
_SOFT_HYPHEN = "\u00ad"


@dataclass(frozen=True, slots=True)
class Segment:
    """Text printed in one go on one baseline. ``size`` is the font size in points; ``bold`` also holds for light text
    (on a dark ground), which is how the heads of tables are often set."""

    text: str
    x0: float
    top: float
    x1: float
    bottom: float
    size: float
    bold: bool

    @property
    def middle(self) -> tuple[float, float]:
        return (self.x0 + self.x1) / 2, (self.top + self.bottom) / 2


@dataclass(frozen=True, slots=True)
class Ink:
    """All that counts on a page. ``turned``: its text runs sideways on the page as shown; all places here are those of
    the page turned so that it can be read, not of the page as shown."""

    width: float
    height: float
    segments: tuple[Segment, ...]
    rules: tuple[Rule, ...]
    panels: tuple[Panel, ...]
    turned: bool = False


def read_ink(page: Any, textpage: Any) -> Ink:
    """Segments, rules and panels of a pypdfium2 page and its text page."""
    width, height = page.get_size()
    left, bottom, _, _ = page.get_bbox()
    rotation = page.get_rotation()
    direction = direction_of(textpage, rotation)
    turned = direction != rotation
    if (direction - rotation) % 180:
        width, height = height, width
    turn = Turn(left, bottom, width, height, direction)
    rules, panels = drawn(page, turn)
    characters = read_characters(textpage, turn)
    segments = tuple(_segments(characters, [rule for rule in rules if rule.upright])) if characters.texts else ()
    return Ink(width, height, segments, tuple(rules), tuple(panels), turned)


def _segments(read: Characters, uprights: list[Rule]) -> list[Segment]:
    """Characters joined while they stand on one baseline, follow each other closely and no line stands between."""
    with np.errstate(invalid="ignore", over="ignore"):  # a broken file may have places without end
        follows = _follow(read)
        _part_at_rules(read, uprights, follows)
        blank = _blank_before(read)
    printed = (
        ["" if text == _SOFT_HYPHEN else text for text in read.texts] if _SOFT_HYPHEN in read.texts else read.texts
    )
    pieces = [f" {text}" if apart else text for text, apart in zip(printed, blank.tolist(), strict=True)]
    starts = [0, *(np.flatnonzero(~follows) + 1).tolist(), len(pieces)]
    inked = np.array([not text.isspace() for text in read.texts], dtype=np.bool_)
    return _joined(_Inked.of(read, inked), pieces, starts)


def _follow(read: Characters) -> Flags:
    """Whether each character but the first follows the one before it; shape (n - 1,)."""
    a, b = slice(None, -1), slice(1, None)
    size = np.maximum(np.maximum(read.size[a], read.size[b]), 1.0)
    gap = read.x0[b] - read.x1[a]
    small = np.minimum(read.size[a], read.size[b]) < 0.75 * size  # a raised or lowered index may leave the baseline
    off = np.abs(read.baseline[b] - read.baseline[a])
    level = off < _SAME_BASELINE * size * np.where(small, 1.6, 1.0)
    follows = level & (-0.6 * size < gap) & (gap < _CELL_GAP * size)
    sideways = (read.sideways[a] != 0) | (read.sideways[b] != 0)
    if sideways.any():  # printed up or down a margin or a narrow column: its own order holds
        near = np.maximum(read.top[b] - read.bottom[a], read.top[a] - read.bottom[b]) < _CELL_GAP * size
        aligned = (read.sideways[a] == read.sideways[b]) & near & (np.abs(read.x0[b] - read.x0[a]) < size)
        follows = np.where(sideways, aligned, follows)
    return np.asarray(follows, dtype=np.bool_)


def _part_at_rules(read: Characters, uprights: list[Rule], follows: Flags) -> None:
    """Take back from ``follows`` where an upright line stands between two characters."""
    if not uprights:
        return
    at, start, end = (np.array(places) for places in zip(*((r.at, r.start, r.end) for r in uprights), strict=True))
    for before in np.flatnonzero(follows & ~(read.x0[1:] - read.x1[:-1] < 1)).tolist():
        after = before + 1
        middle = (read.top[after] + read.bottom[after]) / 2
        between = (read.x1[before] - 1 <= at) & (at <= read.x0[after] + 1)
        follows[before] = not bool((between & (start <= middle) & (middle <= end)).any())


def _blank_before(read: Characters) -> Flags:
    """Whether each character has a blank before it that was not printed; shape (n,), the first has none."""
    narrow = (read.codes[:-1] < _WIDE) & (read.codes[1:] < _WIDE)
    gap = np.where(read.sideways[1:] != 0, 0.0, read.x0[1:] - read.x1[:-1])
    wide_gap = gap > np.where(narrow, _WORD_GAP, 3 * _WORD_GAP) * read.size[1:]
    return np.concatenate(([False], (read.spaced[1:] & narrow) | wide_gap))


@dataclass(frozen=True, slots=True)
class _Inked:
    """What of each character is ink: blanks have none. ``before``: how many inked characters stand before each of the
    n places of the text, and at its end; the other arrays hold the inked ones only."""

    before: Sequence[int]
    x0: Floats
    top: Floats
    x1: Floats
    bottom: Floats
    size: Floats
    bold: Flags

    @classmethod
    def of(cls, read: Characters, inked: Flags) -> _Inked:
        before = np.concatenate(([0], np.cumsum(inked))).tolist()
        return cls(
            before, read.x0[inked], read.top[inked], read.x1[inked], read.bottom[inked], read.size[inked],
            read.bold[inked],
        )  # fmt: skip


def _joined(ink: _Inked, pieces: Sequence[str], starts: Sequence[int]) -> list[Segment]:
    """A segment for each run of characters that has ink; a run goes from one of ``starts`` to the next."""
    bounds = [(ink.before[start], ink.before[end]) for start, end in pairwise(starts)]
    held = [(run, first, last) for run, (first, last) in enumerate(bounds) if last > first]
    if not held:
        return []
    firsts = np.array([first for _, first, _ in held])
    columns = zip(
        np.minimum.reduceat(ink.x0, firsts).tolist(), np.minimum.reduceat(ink.top, firsts).tolist(),
        np.maximum.reduceat(ink.x1, firsts).tolist(), np.maximum.reduceat(ink.bottom, firsts).tolist(),
        np.add.reduceat(ink.bold.astype(np.int64), firsts).tolist(), strict=True,
    )  # fmt: skip
    sizes = ink.size.tolist()
    out = []
    for (run, first, last), (x0, top, x1, bottom, bold) in zip(held, columns, strict=True):
        text = " ".join("".join(pieces[starts[run] : starts[run + 1]]).split())
        size = sorted(sizes[first:last])[(last - first) // 2]
        out.append(Segment(text, x0, top, x1, bottom, size, bold * 2 > last - first))
    return out
