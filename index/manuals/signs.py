"""Signs: what the beginning of a line tells, whatever the format: step, bullet, warning, numbered heading, caption."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

SIGNAL_WORDS = ("危険", "警告", "注意", "DANGER", "WARNING", "CAUTION", "NOTICE")
NOTE_WORDS = ("お知らせ", "参考", "補足", "メモ", "ポイント", "重要", "NOTE", "IMPORTANT", "TIP", "INFORMATION", "HINT")
_OPENING = r"[⚠△\ufe0f\s\[【〔<〈《(（*!！:]*"
_CLOSING = r"[\]】〕>〉》)）*]*"
_SIGNAL = re.compile(
    rf"^{_OPENING}(?P<word>危\s?険|警\s?告|注\s?意|DANGER|WARNING|CAUTION|NOTICE|Danger|Warning|Caution|Notice)"
    rf"(?P<closing>{_CLOSING}\s*[:：!！]?{_CLOSING})(?P<rest>.*)$",
    re.DOTALL,
)
_STEP = re.compile(
    r"^\s*(?P<label>\d{1,3}[.．](?!\d)|\d{1,2}[)）]|\d{1,2}、(?!\d|および|及び|または)|[(（]\d{1,2}[)）]|[①-⑳❶-❿⓫-⓴⑴-⒇]|"
    r"[(（][アイウエオカキクケコ][)）]|手順\s*\d{1,2}[:：.．]?|(?:STEP|Step)\s*\d{1,2}[:.]?|[a-z][.)]|[(][a-z][)])"
    r"(?P<gap>\s*)(?P<rest>\S.*)$",
    re.DOTALL,
)
# The last ones are bullets of the fonts Symbol and Wingdings, which have no other code: Word prints them into PDFs.
_BULLET = re.compile(
    r"^\s*(?:[•●○■□◆◇▪▶‣∙◎★☆▷◦⁃➢➤►✓✔\uf0b7\uf0a7\uf0a8\uf0d8\uf06c\uf06e\uf06f\uf075\uf076\uf09f\uf0fc]\s*|・\s*|[–*\-]\s+)"
    r"(?P<rest>\S.*)$",
    re.DOTALL,
)
_COUNTED_KANA, _COUNTED_LETTERS = "アイウエオカキクケコ", "abcdefghijklmnopqrstuvwxyz"
_NUMBER = re.compile(
    r"^(?P<number>第\s?\d{1,2}\s?[章編部節]|\d{1,2}(?:[.．\-]\d{1,3}){0,4}|[A-Z](?:[.\-]\d{1,3}){1,4}|"
    r"付録\s?[A-Z0-9]*|(?:Appendix|APPENDIX|Annex|Chapter|CHAPTER)\s[A-Z0-9]{1,3})[.．:：]?\s+(?P<rest>\S.*)$"
)
_UNIT = re.compile(
    r"(?:[µμmck]?m[²³23]?|[kmµμ]?[gAVWNs]|[kM]?Pa|[kMG]?Hz|N[·.]?m|min|h|L|t|bar|rpm|r/min|°C|℃|%|[kM]?Ω)\.?"
)  # "1.5 A" is a measure
_CAPTION = re.compile(r"^(?:図|表|写真|Fig\.|Figure|FIGURE|Table|TABLE|Tab\.)\s?[A-Z]?\d*[\-.]?\d+")


def warning(text: str) -> tuple[str, str] | None:
    """(signal word, rest) where ``text`` starts with a signal word standing alone: before a colon, in brackets, or
    as the whole first line. "注意してください" is a sentence, not a sign."""
    match = _SIGNAL.match(text)
    if match is None:
        return None
    rest = match["rest"]
    behind = text[match.end("word") :]
    bracketed = text[: match.start("word")].strip() != "" and match["closing"].strip() != ""
    alone = not behind.strip() or behind.lstrip(" \u3000:：!！]】)）").startswith("\n")
    spaced = match["word"].isupper() and behind[:1].isspace()
    japanese_gap = not match["word"].isascii() and behind[:1] in ("\u3000", " ")
    if alone or bracketed or ":" in match["closing"] or "：" in match["closing"] or spaced or japanese_gap:
        return re.sub(r"\s", "", match["word"]), rest.strip()
    return None


def note(text: str) -> bool:
    """True for a line that holds a note's title only: "お知らせ", "NOTE", "Note:"."""
    return text.strip(" :：!！[]【】■◆●").upper() in NOTE_WORDS


def step(text: str) -> tuple[str, str] | None:
    """(label, rest) of a numbered step: "3. Turn ...", "(2) 外す", "① ..."; a decimal or section number is none."""
    match = _STEP.match(text)
    if match is None:
        return None
    rest = match["rest"][:1]
    crowded = not match["gap"] and match["label"][-1] in ".．)" and rest.isascii()
    if crowded and not (match["label"][0].isdigit() and rest.isupper() and match["rest"][1:2].islower()):
        return None  # "3.5 mm" and "f.x" are no labels; "1.Turn" is one
    return match["label"], match["rest"]


def ordinal(label: str) -> int:
    """The number of a step's label: 3 for "3.", "(3)", "③", "❸", "手順3", "c)" and "(ウ)"; 0 where it has none."""
    digits = "".join(c for c in label if c.isdecimal())
    if digits:
        return int(digits)
    for character in label:
        value = unicodedata.numeric(character, 0.0)
        if value:
            return int(value)
        if character in _COUNTED_KANA or character in _COUNTED_LETTERS:
            return 1 + (_COUNTED_KANA if character in _COUNTED_KANA else _COUNTED_LETTERS).index(character)
    return 0


def bullet(text: str) -> str | None:
    """The text behind a bullet mark."""
    match = _BULLET.match(text)
    return match["rest"] if match else None


def heading_level(text: str) -> int | None:
    """Depth that a heading's number shows: "5" and 第5章 are 1, "5.2" and "A-4" are 2; none without a number."""
    match = _NUMBER.match(text)
    if match is None or _UNIT.fullmatch(match["rest"]):
        return None
    return 1 + len(re.findall(r"[.．\-]\d", match["number"]))


def caption(text: str) -> bool:
    """True for "図 3-2 ...", "Table 4 ..."."""
    return _CAPTION.match(text) is not None


def joined(lines: Iterable[str]) -> str:
    """Lines of one paragraph as one, see ``join``; in time by their length, however many there are."""
    parts: list[str] = []
    for line in lines:
        if parts and line:
            end = "".join(parts[-3:])[-2:]
            parts.append(join(end, line[0])[len(end) : -1])
        if line:
            parts.append(line)
    return "".join(parts)


def join(first: str, second: str) -> str:
    """Two lines of one paragraph as one: a space between Latin letters, none where Japanese continues."""
    if not first or not second:
        return first + second
    if first[-1] == "-" and len(first) > 1 and first[-2].isalnum() and second[0].isalnum():
        return first + second
    wide = "\u2e80"
    return first + second if first[-1] >= wide or second[0] >= wide else f"{first} {second}"
