"""Listed entries: alarms and settings that a manual tells in a list or in paragraphs ("E-401: Film broken")."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from index.codes.entry import list_family, ranges_in
from index.codes.find import canonical, find_codes
from index.manuals.block import Block

FEWEST = 2  # a single paragraph that begins with a code is no list
_LONGEST_TITLE = 60
_LONGEST_RANGE = 24
_SEPARATOR = re.compile(r"\s*(?:[:：=]|[–—|]|-\s|[(（「]|$)")
# a code of any letters, in a list of codes: "W05: clean soon"
_LETTERED = re.compile(r"(?P<code>[A-Za-z]{1,4}[.\-]?\d{1,5})\s*(?:[:：=]|\s[–—-]\s)\s*\S")
_SETTING = re.compile(r"設定\s?(?:番号)?\s?(?P<number>\d{1,5})\s*(?:[:：=]|\s[–—-]\s)\s*\S")
_NUMBER = re.compile(r"(?P<number>\d{1,5})\s*(?:[:：=]|\s[–—-]\s)\s*\S")


def listed_entries(blocks: Sequence[Block], context: Sequence[str] = ()) -> Mapping[int, tuple[int, str]]:
    """Where an entry begins -> where it ends, and its code. ``context``: title and headings above, the nearest last."""
    family = list_family(context)
    opened = {at: code for at, block in enumerate(blocks) if (code := _opens(block, family))}
    if len(opened) < FEWEST:
        return {}
    return {at: (_end(blocks, at, opened), code) for at, code in opened.items()}


def _opens(block: Block, family: str) -> str:
    """The code, or range of codes, of the entry that ``block`` begins; "" for none."""
    if block.kind not in ("paragraph", "bullet"):
        return ""
    head = re.split(r"[:：=]", block.text, maxsplit=1)[0]
    if head != block.text and len(head) <= _LONGEST_RANGE and (held := ranges_in(head, family)):
        return held[0][0]
    for code in find_codes(block.text[: 2 * _LONGEST_TITLE])[:1]:
        if code.start == 0 and (code.kind in ("alarm", "flag") or (family and code.kind == "parameter")):
            title = len(block.text) <= _LONGEST_TITLE and block.text.rstrip()[-1:] not in tuple("。.!?")
            return code.canonical if title or _SEPARATOR.match(block.text, code.end) else ""
    setting = _SETTING.match(block.text) if family in ("SETTING", "PARAM") else None
    if setting:
        return "SETTING" + (setting["number"].lstrip("0") or "0")
    lettered = _LETTERED.match(block.text) if family else None
    if lettered:
        return canonical(lettered["code"])
    number = _NUMBER.match(block.text) if family else None
    return family + (number["number"].lstrip("0") or "0") if number else ""


def _end(blocks: Sequence[Block], at: int, opened: Mapping[int, str]) -> int:
    """An entry goes on over what is nested below it; a mere title, over the paragraphs and lists up to the next."""
    first, end = blocks[at], at + 1
    title = first.kind == "paragraph" and len(first.text) <= _LONGEST_TITLE
    while end < len(blocks) and end not in opened:
        block = blocks[end]
        nested = block.kind in ("bullet", "step") and block.level > first.level
        if not (nested or (title and block.kind in ("paragraph", "bullet", "step"))):
            break
        end += 1
    return end
