"""PDF characters: those printed on one page in columns of numbers, with their places, sizes and looks."""

from __future__ import annotations

import ctypes
import math
from collections import Counter
from dataclasses import dataclass, field
from itertools import repeat
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.manuals.pdf_calls import address, calls
from index.manuals.pdf_drawing import Turn

_MOST = 0.7  # share of a page's text that must run sideways before the page is read turned
_LOOKED_AT = 7  # every so many characters are asked which way they run
_LIGHT = 200  # of 255 in each colour
_PLAIN_BLANK = dict.fromkeys((0xA0, 0x2002, 0x2003, 0x2009, 0x200A, 0x202F), " ")
_BLANK, _HYPHEN, _MARK_OF_HYPHEN = 0x20, 0x2D, 2
_NO_CHARACTERS = (0xFFFE, 0xFFFF)
_HIGH, _LOW, _END = 0xD800, 0xDC00, 0xE000  # halves of a pair, in UTF-16
_NAME_BYTES = 128
_BOLD_NAMES = ("bold", "black", "heavy", "demi")

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Characters:
    """``texts`` and arrays of the same length n, in the order of the text. Places are points from the shown page's top
    left corner. ``bold`` also holds for light text; ``spaced``: pdfium saw a blank before the character; ``sideways``:
    degrees by which it is turned against the rest of the page."""

    texts: list[str]
    codes: Ints
    x0: Floats
    top: Floats
    x1: Floats
    bottom: Floats
    baseline: Floats
    size: Floats
    bold: Flags
    spaced: Flags
    sideways: Ints


def direction_of(textpage: Any, rotation: int) -> int:
    """The page rotation under which most of the text is upright; samples every 7th character."""
    handle = address(textpage.raw)
    places = range(0, textpage.count_chars(), _LOOKED_AT)
    angles: Counter[int] = Counter()
    for angle, count in Counter(map(calls().angle, repeat(handle), places)).items():
        angles[_right_angles(angle)] += count
    if not angles:
        return rotation
    most, count = angles.most_common(1)[0]
    return most if count > _MOST * angles.total() else rotation


def _right_angles(angle: float) -> int:
    """An angle in radians in whole right angles, as the page rotation that sets it upright."""
    return -round(math.degrees(angle) / 90) * 90 % 360


def read_characters(textpage: Any, turn: Turn) -> Characters:
    """The characters printed on a page: those that pdfium adds between them (blanks, ends of lines) are left out, and
    so are control characters and what has no box."""
    call, handle, count = calls(), address(textpage.raw), textpage.count_chars()
    units = np.fromiter(map(call.unicode, repeat(handle), range(count)), dtype=np.int64, count=count)
    units[units == _MARK_OF_HYPHEN] = _HYPHEN  # pdfium's mark for a hyphen at the end of a line
    waits, units = _paired(units)
    out = (units < _BLANK) | np.isin(units, _NO_CHARACTERS)
    blanks = np.flatnonzero(units == _BLANK)  # pdfium adds none but blanks and ends of lines
    out[blanks[np.fromiter(map(call.is_generated, repeat(handle), blanks.tolist()), np.int64, blanks.size) == 1]] = True
    seen = np.flatnonzero(~(out | waits))
    boxes = np.zeros((seen.size, 4), dtype=np.float32)
    into = range(boxes.ctypes.data, boxes.ctypes.data + boxes.nbytes, boxes.itemsize * 4)
    boxed = np.fromiter(map(call.loose_box, repeat(handle), seen.tolist(), into), np.int64, seen.size) != 0
    seen, boxes = seen[boxed], boxes[boxed].astype(np.float64)
    before = np.concatenate(([0], np.cumsum(out & (units == _BLANK))))[seen]  # added blanks before each character
    ax, ay = turn(boxes[:, 0], boxes[:, 1])
    bx, by = turn(boxes[:, 2], boxes[:, 3])
    looks = _looks(handle, seen, turn.rotation)
    codes = units[seen]
    return Characters(
        [_PLAIN_BLANK.get(code) or chr(code) for code in codes.tolist()], codes,
        np.minimum(ax, bx), np.minimum(ay, by), np.maximum(ax, bx), np.maximum(ay, by), _baselines(handle, seen, turn),
        looks.size, looks.bold, np.diff(before, prepend=0) > 0, looks.sideways,
    )  # fmt: skip


def _paired(units: Ints) -> tuple[Flags, Ints]:
    """Which units are only half of a character, and the units with the other halves whole."""
    waits = (units >= _HIGH) & (units < _END)
    if not waits.any():
        return waits, units
    units, high = units.copy(), None
    for place in np.flatnonzero(waits).tolist():
        unit = int(units[place])
        if unit < _LOW:
            high = unit
        elif high is not None:
            units[place], high = 0x10000 + ((high - _HIGH) << 10) + (unit - _LOW), None
            waits[place] = False
    return waits, units


def _baselines(handle: int, seen: Ints, turn: Turn) -> Floats:
    """Where each character stands: points from the top."""
    points = np.zeros((seen.size, 2), dtype=np.float64)
    step = points.itemsize * 2
    x = range(points.ctypes.data, points.ctypes.data + points.nbytes, step)
    y = range(points.ctypes.data + points.itemsize, points.ctypes.data + points.itemsize + points.nbytes, step)
    for _ in map(calls().origin, repeat(handle), seen.tolist(), x, y):
        pass
    return np.asarray(turn(points[:, 0], points[:, 1])[1], dtype=np.float64)


@dataclass(frozen=True, slots=True)
class _Looks:
    size: Floats
    bold: Flags
    sideways: Ints


def _looks(handle: int, seen: Ints, rotation: int) -> _Looks:
    """Sizes and looks: one and the same for all characters of a text object, which has one font and one matrix."""
    holders = np.fromiter(
        (holder or 0 for holder in map(calls().text_object, repeat(handle), seen.tolist())), np.uint64, seen.size
    )
    starts = np.flatnonzero(np.concatenate(([True], holders[1:] != holders[:-1]))) if seen.size else seen
    asked = _Asked(handle)
    known: dict[int, tuple[float, bool, int]] = {}
    found = []
    for holder, place in zip(holders[starts].tolist(), seen[starts].tolist(), strict=True):
        if holder not in known:
            known[holder] = asked.look(holder, place)
        found.append(known[holder])
    lengths = np.diff(starts, append=seen.size)
    sideways = np.array([angle for _, _, angle in found], dtype=np.int64)
    return _Looks(
        np.repeat(np.array([size for size, _, _ in found], dtype=np.float64), lengths),
        np.repeat(np.array([bold for _, bold, _ in found], dtype=np.bool_), lengths),
        np.repeat((sideways - rotation) % 360, lengths),
    )


@dataclass(slots=True)
class _Asked:
    """Asks pdfium how a character looks; keeps the places that it writes to."""

    page: int
    matrix: Any = field(default_factory=ctypes.c_float.__mul__(6))
    name: Any = field(default_factory=ctypes.c_char.__mul__(_NAME_BYTES))
    flags: Any = field(default_factory=ctypes.c_int)
    colour: Any = field(default_factory=ctypes.c_uint.__mul__(4))
    bold_fonts: dict[int, bool] = field(default_factory=dict)

    def look(self, holder: int, place: int) -> tuple[float, bool, int]:
        """(font size in points, bold, the page rotation that sets it upright) of the character at ``place`` in the text
        object ``holder``."""
        call, page = calls(), self.page
        size = float(call.font_size(page, place))
        if call.char_matrix(page, place, ctypes.addressof(self.matrix)):
            scale = (self.matrix[2] ** 2 + self.matrix[3] ** 2) ** 0.5
            size = size * scale if size <= 1.5 or scale < 0.5 else size
        font = (call.font_of(holder) or 0) if holder else 0
        if not font or font not in self.bold_fonts:
            self.bold_fonts[font] = call.font_weight(page, place) >= 600 or self._bold_name(place)
        bold = self.bold_fonts[font] or self._light(place)
        return size, bold, _right_angles(call.angle(page, place))

    def _bold_name(self, place: int) -> bool:
        needed = calls().font_info(
            self.page, place, ctypes.addressof(self.name), _NAME_BYTES, ctypes.addressof(self.flags)
        )
        name = self.name.value if 0 < needed <= _NAME_BYTES else b""
        folded = name.decode("utf-8", "replace").lower()
        return any(word in folded for word in _BOLD_NAMES)

    def _light(self, place: int) -> bool:
        first = ctypes.addressof(self.colour)
        coloured = calls().fill_color(self.page, place, first, first + 4, first + 8, first + 12)
        return bool(coloured) and min(self.colour[0], self.colour[1], self.colour[2]) >= _LIGHT
