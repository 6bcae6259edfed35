"""PDF quality: whether a PDF page's own text can be used, or whether the page must be read as a picture."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise, repeat
from typing import Any, Literal

from index.manuals.pdf_calls import address, calls

Verdict = Literal["good", "scan", "garbled", "blank"]

# Limits with what was measured: 149 pages of the demo manuals, 16 of open printer manuals, 14 scans.
_NO_TEXT = 10  # visible characters; a page number alone. The least of a page with text was 18
_LITTLE_TEXT = 200  # a stamp or a running head over a scan; a page of which this is all the text may still be good
_WHOLE_PAGE = 0.75  # share of a page that the picture of a scan covers (0.78 to 1.0); pictures beside text: up to 0.57
_PICTURE = 0.1
_INKED = 0.002  # share of dark pixels: one printed line has 0.003, an empty page with dust 0.0005
_MOST_BROKEN = 0.2  # share of characters without a meaning; a page of pictograms has up to 0.1
_MOST_MIXED = 0.15  # share of neighbouring letters from two scripts; good pages have under 0.02
_FEWEST_PAIRS = 120  # neighbouring Latin letters from which their frequencies tell anything
_LEAST_USUAL = (
    0.2  # share of usual pairs among neighbouring letters; English has 0.45 to 0.6, shifted codes 0.05 to 0.12
)
# the commonest pairs of English, most of which other European languages share
_PAIRS = (
    "th he in er an re on at en nd ti es or te of ed is it al ar st to nt ng se ha as ou io le ve co me de hi ri ro ic "
    "ne ea ra ce li ch ll be ma si om ur"
)
_USUAL = frozenset(_PAIRS.split())
_DARK = 128  # of 255
_LOOK_DPI = 40
_SAMPLE = 3  # every so many characters are asked whether they are mapped


@dataclass(frozen=True, slots=True)
class Look:
    """What a page holds: its text, the share (0 to 1) of its characters that have no code, the share of its area under
    its largest picture, the share of dark pixels (0 where nobody needs to know)."""

    text: str
    unmapped: float
    picture: float
    dark: float


def look_at(page: Any, textpage: Any = None) -> Look:
    """What a pypdfium2 page holds; ``textpage`` is its text page where that is open already."""
    if textpage is None:
        textpage = page.get_textpage()
        try:
            return look_at(page, textpage)
        finally:
            textpage.close()
    text = str(textpage.get_text_range())
    asked = range(0, textpage.count_chars(), _SAMPLE)
    broken = sum(error == 1 for error in map(calls().map_error, repeat(address(textpage.raw)), asked))
    visible = _visible(text)
    picture = _picture(page) if len(visible) < _LITTLE_TEXT else 0.0
    dark = _dark(page) if len(visible) < _NO_TEXT else 0.0
    return Look(text, broken / max(1, len(asked)), picture, dark)


def verdict(look: Look) -> Verdict:
    """ "good": its text is used; "scan": it is a picture; "garbled": what it has for text is none; "blank"."""
    visible = _visible(look.text)
    if len(visible) < _NO_TEXT:
        return "scan" if look.picture >= _PICTURE or look.dark >= _INKED else "blank"
    if look.picture >= _WHOLE_PAGE and len(visible) < _LITTLE_TEXT:
        return "scan"
    if look.unmapped > _MOST_BROKEN or _broken(visible) > _MOST_BROKEN:
        return "garbled"
    return "garbled" if _mixed(look.text) > _MOST_MIXED or _unusual(look.text) else "good"


def _visible(text: str) -> str:
    return re.sub(r"\s+", "", text)


def _broken(visible: str) -> float:
    """Share of replacement and private-use characters, controls and what Unicode has not assigned."""
    counts = Counter(visible).items()
    odd = sum(n for c, n in counts if c == "\ufffd" or unicodedata.category(c) in ("Co", "Cn", "Cc", "Cs"))
    return odd / len(visible)


def _mixed(text: str) -> float:
    """Share of neighbouring letters that belong to different scripts, where no language mixes them: codes taken for
    characters jump between scripts."""
    if len({_script(letter) for letter in set(text) if letter.isalpha()}) < 2:
        return 0.0
    pairs = [(a, b) for a, b in pairwise(text) if a.isalpha() and b.isalpha()]
    return sum(_script(a) != _script(b) for a, b in pairs) / len(pairs) if len(pairs) > 20 else 0.0


def _script(letter: str) -> str:
    """Latin, kana and Chinese characters stand side by side in Japanese; the others are told apart by their names."""
    if letter.isascii() or letter >= "\u2e80":
        name = unicodedata.name(letter, "")
        return "HANGUL" if name.startswith("HANGUL") else "YI" if name.startswith("YI ") else "japanese"
    first = unicodedata.name(letter, "?").partition(" ")[0]
    return "japanese" if first in ("LATIN", "GREEK", "MICRO", "FEMININE", "MASCULINE") else first


def _unusual(text: str) -> bool:
    """True where Latin letters make up the page and do not follow each other as in any European language."""
    folded = text.casefold()
    pairs = [a + b for a, b in pairwise(folded) if "a" <= a <= "z" and "a" <= b <= "z"]
    if len(pairs) < _FEWEST_PAIRS or len(pairs) < 0.5 * len(_visible(text)):
        return False
    return sum(pair in _USUAL for pair in pairs) / len(pairs) < _LEAST_USUAL


def _picture(page: Any) -> float:
    """Share of the page under its largest picture; one inside a form counts as large as its form."""
    import pypdfium2.raw as raw

    left, bottom, right, top = page.get_bbox()
    area = max(1.0, (right - left) * (top - bottom))
    largest = 0.0
    for item in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE, raw.FPDF_PAGEOBJ_FORM], max_depth=1):
        if item.type == raw.FPDF_PAGEOBJ_IMAGE or _holds_picture(item.raw):
            x0, y0, x1, y1 = item.get_bounds()
            largest = max(largest, (min(x1, right) - max(x0, left)) * (min(y1, top) - max(y0, bottom)))
    return float(largest / area)


def _holds_picture(form: Any) -> bool:
    import pypdfium2.raw as raw

    parts = (raw.FPDFFormObj_GetObject(form, at) for at in range(raw.FPDFFormObj_CountObjects(form)))
    return any(raw.FPDFPageObj_GetType(part) == raw.FPDF_PAGEOBJ_IMAGE for part in parts)


def _dark(page: Any) -> float:
    """Share of dark pixels of the page as it looks."""
    picture = page.render(scale=_LOOK_DPI / 72, grayscale=True).to_numpy()
    return float((picture < _DARK).mean())
