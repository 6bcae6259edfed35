"""PDF quality: whether what a page's text layer gives is its text, or the page is a picture, garbled or blank.

The hook for text recognition: a page for which ``unread`` gives "scan" or "garbled" has text that only OCR can read.
"""

from __future__ import annotations

import unicodedata
from typing import Any

from index.coverage import SkipReason

FEW = 60  # characters without running heads: a title, a stamp, a file name over a scan
_PICTURE = 0.5  # share of the page that a scan covers at least; a figure with its caption covers less
_SOME_PICTURE = 0.02
_OUTLINES = 80  # paths on a page without text: letters drawn as outlines, or a drawing that holds words
_ENOUGH_TO_JUDGE = 20  # characters
_GARBLED = 0.3  # share of characters that stand for nothing readable


def unread(text: str, pictured: float, paths: int) -> SkipReason | None:
    """Why ``text``, all that a page holds but running heads, is not what people read there; None where it is.
    ``pictured``: the share of the page under pictures (0 to 1); ``paths``: how many paths are drawn on it."""
    inked = [character for character in text if not character.isspace()]
    odd = sum(_is_odd(character) for character in inked)
    if len(inked) >= _ENOUGH_TO_JUDGE and odd > _GARBLED * len(inked):
        return "garbled"
    if len(inked) < FEW and pictured >= _PICTURE:
        return "scan"
    if inked:
        return None
    return "scan" if pictured >= _SOME_PICTURE or paths >= _OUTLINES else "blank"


def drawn_over(page: Any) -> tuple[float, int]:
    """Of a pypdfium2 page: the share of its area under pictures (0 to 1), and how many paths are drawn on it."""
    import pypdfium2.raw as raw

    width, height = page.get_size()
    area, paths = 0.0, 0
    for item in page.get_objects(max_depth=1):
        if item.type == raw.FPDF_PAGEOBJ_PATH:
            paths += 1
        elif item.type == raw.FPDF_PAGEOBJ_IMAGE or (item.type == raw.FPDF_PAGEOBJ_FORM and _holds_picture(item.raw)):
            left, bottom, right, top = item.get_bounds()
            area += max(0.0, right - left) * max(0.0, top - bottom)
    return min(1.0, area / max(1.0, width * height)), paths


def _holds_picture(form: Any) -> bool:
    import pypdfium2.raw as raw

    parts = (raw.FPDFFormObj_GetObject(form, at) for at in range(raw.FPDFFormObj_CountObjects(form)))
    return any(raw.FPDFPageObj_GetType(part) == raw.FPDF_PAGEOBJ_IMAGE for part in parts)


def _is_odd(character: str) -> bool:
    """No code, a private one, or a control character: what a font without a code table gives."""
    return character == "\ufffd" or unicodedata.category(character) in ("Co", "Cn", "Cc", "Cs")
