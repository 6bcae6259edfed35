"""Word styles: which of a Word file are headings, titles, captions or contents, by their English and Japanese names."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

_HEADING = re.compile(r"^(?:heading|見出し|標題)(\d)$")
_CONTENTS = re.compile(r"^(?:toc|目次|tableof)(?:\d|heading|figures|見出し)*$")
_TITLE = frozenset(("title", "表題", "タイトル"))
_CAPTION = frozenset(("caption", "図表番号", "キャプション"))
_BODY_OUTLINE = 9  # w:outlineLvl of body text
_DEPTH = 12  # styles based on one another


@dataclass(frozen=True, slots=True)
class Style:
    """What a paragraph style says. ``level``: heading depth, 0 for none; ``list_id``, ``depth``: its numbering."""

    role: str = ""  # "title", "contents", "caption" or ""
    level: int = 0
    list_id: str = ""
    depth: int = 0
    bold: bool = False


def styles_of(element: Any, w: Callable[[str], str]) -> dict[str, Style]:
    """Paragraph styles by id, from a styles part's root element; "" is the default style."""
    found: dict[str, Any] = {}
    usual = ""
    for style in element.iter(w("style")) if element is not None else ():
        if style.get(w("type")) == "paragraph":
            key = str(style.get(w("styleId")))
            found[key] = style
            if style.get(w("default")) in ("1", "true"):
                usual = key
    out = {key: _resolved(key, found, w) for key in found}
    out[""] = out.get(usual, Style())
    return out


def _resolved(key: str, found: dict[str, Any], w: Callable[[str], str]) -> Style:
    """A style with what it takes from those it is based on; the nearest wins."""
    role, level, list_id, depth, bold = "", 0, "", 0, False
    for _ in range(_DEPTH):
        style = found.get(key)
        if style is None:
            break
        name = _folded(_value(style, "name", w) or key)
        heading = _HEADING.match(name)
        outline = _value(style.find(w("pPr")), "outlineLvl", w)
        if not role:
            role = ("contents" if _CONTENTS.match(name) else "title" if name in _TITLE
                    else "caption" if name in _CAPTION else "")  # fmt: skip
        if not level and heading:
            level = int(heading[1])
        elif not level and outline.isdigit() and int(outline) < _BODY_OUTLINE:
            level = int(outline) + 1
        numbering = None if style.find(w("pPr")) is None else style.find(w("pPr")).find(w("numPr"))
        if numbering is not None and not list_id:
            list_id = _value(numbering, "numId", w)
            depth = int(_value(numbering, "ilvl", w) or 0)
        run = style.find(w("rPr"))
        bold = bold or is_on(None if run is None else run.find(w("b")), w)
        key = _value(style, "basedOn", w)
    return Style(role, 0 if role == "contents" else level, list_id, depth, bold)


def is_on(toggle: Any, w: Callable[[str], str]) -> bool:
    """A toggle such as w:b is on unless its value says off."""
    return toggle is not None and toggle.get(w("val"), "1") not in ("0", "false", "off")


def _value(element: Any, tag: str, w: Callable[[str], str]) -> str:
    child = None if element is None else element.find(w(tag))
    return "" if child is None else str(child.get(w("val"), ""))


def _folded(name: str) -> str:
    return re.sub(r"[\s_\-]", "", unicodedata.normalize("NFKC", name)).lower()
