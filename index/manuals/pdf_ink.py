"""PDF ink: the text of one page in segments, and its drawn lines, with their places.

Coordinates are PDF points from the top left corner of the page as it is shown (rotation and crop applied).
"""

from __future__ import annotations

import ctypes
import math
from collections import Counter
from dataclasses import dataclass
from typing import Any

from index.manuals.pdf_drawing import Panel, Rule, Turn, drawn

_MOST = 0.7  # share of a page's text that must run sideways before the page is read turned
_PLAIN_BLANK = dict.fromkeys((0xA0, 0x2002, 0x2003, 0x2009, 0x200A, 0x202F), " ")
_LIGHT = 200  # of 255 in each colour
_SAME_BASELINE = 0.35  # of the font size
_WORD_GAP = 0.22  # of the font size: a blank that was not printed as a character
_CELL_GAP = 1.4  # of the font size: what is further apart is not one phrase


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


def read_ink(page: Any) -> Ink:
    """Segments, rules and panels of a pypdfium2 page."""
    width, height = page.get_size()
    left, bottom, _, _ = page.get_bbox()
    rotation = page.get_rotation()
    textpage = page.get_textpage()
    try:
        direction = _direction(textpage, rotation)
        turned = direction != rotation
        if (direction - rotation) % 180:
            width, height = height, width
        turn = Turn(left, bottom, width, height, direction)
        rules, panels = drawn(page, turn)
        segments = tuple(_segments(textpage, turn, [rule for rule in rules if rule.upright]))
    finally:
        textpage.close()
    return Ink(width, height, segments, tuple(rules), tuple(panels), turned)


def _angle(textpage: Any, index: int) -> int:
    """Direction of a character in whole right angles, as the page rotation that sets it upright."""
    import pypdfium2.raw as raw

    return -round(math.degrees(raw.FPDFText_GetCharAngle(textpage.raw, index)) / 90) * 90 % 360


def _direction(textpage: Any, rotation: int) -> int:
    """The page rotation under which most of the text is upright; samples every 7th character."""
    angles = Counter(_angle(textpage, index) for index in range(0, textpage.count_chars(), 7))
    if not angles:
        return rotation
    most, count = angles.most_common(1)[0]
    return most if count > _MOST * angles.total() else rotation


@dataclass(slots=True)
class _Character:
    text: str
    x0: float
    top: float
    x1: float
    bottom: float
    baseline: float
    size: float
    bold: bool
    spaced: bool = False  # pdfium saw a blank before it
    sideways: int = 0  # degrees by which it is turned against the rest of the page


def _characters(textpage: Any, turn: Turn) -> list[_Character]:
    import pypdfium2.raw as raw

    out: list[_Character] = []
    rect = raw.FS_RECTF()
    x, y = ctypes.c_double(), ctypes.c_double()
    looks: dict[int, tuple[float, bool]] = {}
    units: list[int] = []
    spaced = False
    for index in range(textpage.count_chars()):
        unit = raw.FPDFText_GetUnicode(textpage.raw, index)
        if 0xD800 <= unit < 0xDC00:
            units = [unit]
            continue
        if 0xDC00 <= unit < 0xE000:
            if not units:
                continue
            unit = 0x10000 + ((units.pop() - 0xD800) << 10) + (unit - 0xDC00)
        if unit == 2:
            unit = 0x2D  # pdfium's mark for a hyphen at the end of a line
        if unit < 32 or unit in (0xFFFE, 0xFFFF) or raw.FPDFText_IsGenerated(textpage.raw, index) == 1:
            spaced |= unit == 32
            continue
        if not raw.FPDFText_GetLooseCharBox(textpage.raw, index, ctypes.byref(rect)):
            continue
        raw.FPDFText_GetCharOrigin(textpage.raw, index, ctypes.byref(x), ctypes.byref(y))
        holder = raw.FPDFText_GetTextObject(textpage.raw, index)
        key = ctypes.cast(holder, ctypes.c_void_p).value or 0
        if key not in looks:
            looks[key] = _look(textpage, index)
        size, bold = looks[key]
        a, b = turn(rect.left, rect.top), turn(rect.right, rect.bottom)
        out.append(
            _Character(
                _PLAIN_BLANK.get(unit) or chr(unit), min(a[0], b[0]), min(a[1], b[1]), max(a[0], b[0]), max(a[1], b[1]),
                turn(x.value, y.value)[1], size, bold, spaced,
                (_angle(textpage, index) - turn.rotation) % 360,
            )
        )  # fmt: skip
        spaced = False
    return out


def _look(textpage: Any, index: int) -> tuple[float, bool]:
    """(font size in points, bold) of a character."""
    import pypdfium2.raw as raw

    matrix = raw.FS_MATRIX()
    size = raw.FPDFText_GetFontSize(textpage.raw, index)
    if raw.FPDFText_GetMatrix(textpage.raw, index, ctypes.byref(matrix)):
        scale = (matrix.c**2 + matrix.d**2) ** 0.5
        size = size * scale if size <= 1.5 or scale < 0.5 else size
    buffer = ctypes.create_string_buffer(128)
    flags = ctypes.c_int()
    raw.FPDFText_GetFontInfo(textpage.raw, index, buffer, 128, ctypes.byref(flags))
    name = buffer.value.decode("utf-8", "replace").lower()
    weight = raw.FPDFText_GetFontWeight(textpage.raw, index)
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    coloured = raw.FPDFText_GetFillColor(textpage.raw, index, red, green, blue, alpha)
    light = bool(coloured) and min(red.value, green.value, blue.value) >= _LIGHT
    return float(size), light or weight >= 600 or any(word in name for word in ("bold", "black", "heavy", "demi"))


def _segments(textpage: Any, turn: Turn, uprights: list[Rule]) -> list[Segment]:
    """Characters joined while they stand on one baseline, follow each other closely and no line stands between."""
    out: list[Segment] = []
    run: list[_Character] = []
    for character in _characters(textpage, turn):
        if run and (not _follows(run[-1], character) or _ruled_apart(run[-1], character, uprights)):
            out.extend(_finished(run))
            run = []
        run.append(character)
    out.extend(_finished(run))
    return out


def _follows(before: _Character, after: _Character) -> bool:
    size = max(before.size, after.size, 1.0)
    if before.sideways or after.sideways:  # printed up or down a margin or a narrow column: its own order holds
        near = max(after.top - before.bottom, before.top - after.bottom) < _CELL_GAP * size
        return before.sideways == after.sideways and near and abs(after.x0 - before.x0) < size
    gap = after.x0 - before.x1
    small = min(before.size, after.size) < 0.75 * size  # a raised or lowered index may leave the baseline
    level = abs(after.baseline - before.baseline) < _SAME_BASELINE * size * (1.6 if small else 1)
    return level and -0.6 * size < gap < _CELL_GAP * size


def _ruled_apart(before: _Character, after: _Character, uprights: list[Rule]) -> bool:
    if after.x0 - before.x1 < 1:
        return False
    middle = (after.top + after.bottom) / 2
    return any(before.x1 - 1 <= r.at <= after.x0 + 1 and r.start <= middle <= r.end for r in uprights)


def _finished(run: list[_Character]) -> list[Segment]:
    text = ""
    for place, character in enumerate(run):
        before = run[place - 1] if place else None
        if before is not None and character.text != " " and not text.endswith(" "):
            narrow = ord(before.text) < 0x2E80 and ord(character.text) < 0x2E80
            gap = 0.0 if character.sideways else character.x0 - before.x1
            if (character.spaced and narrow) or gap > (_WORD_GAP if narrow else 3 * _WORD_GAP) * character.size:
                text += " "
        text += "" if character.text == "\u00ad" else character.text
    inked = [c for c in run if not c.text.isspace()]
    if not inked:
        return []
    sizes = sorted(c.size for c in inked)
    bold = sum(c.bold for c in inked) * 2 > len(inked)
    return [
        Segment(
            " ".join(text.split()), min(c.x0 for c in inked), min(c.top for c in inked),
            max(c.x1 for c in inked), max(c.bottom for c in inked), sizes[len(sizes) // 2], bold,
        )
    ]  # fmt: skip
