"""Entry: which codes a passage is the entry of, spelt out, by number in a table of one kind, or within a range.

What the table ``code`` of the truth holds of a passage, as (code, lead):

| code                      | lead | of                                                                       |
|---------------------------|------|--------------------------------------------------------------------------|
| AL32                      | 0    | a code that its text mentions                                            |
| AL32                      | 1    | a code that it is the entry of: its heading's, or its row's              |
| AL32                      | 2    | the same for a passage further down under such a heading ("Cause")       |
| =CURRENTLIMITVIOLATION    | 1    | a named flag that it is the entry of, however it is spaced               |
| E~401~409, 8003_~1~9      | 1    | a range that it is the entry of: "E-401 to E-409", "8003[1-9]", "E4xx"   |
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

from index.codes.find import Code, canonical, family_in, find_codes
from index.passage import Passage
from index.search.lookalikes import with_digits

Held = tuple[str, int]

_TOKEN = r"(?:[A-Za-z]{1,4}[ .\-]?)?\d{1,5}(?:\[\d{1,3}\])?"
_TO = r"\s*(?:~|〜|～|–|—|-|\.{2,3}|…|to|through|thru|から)\s*"
_RANGE = re.compile(rf"(?<![\w.\-\[])(?P<low>{_TOKEN}){_TO}(?P<high>{_TOKEN})(?![\w\]]|\.\d)", re.IGNORECASE)
_INDEX_RANGE = re.compile(rf"(?<!\w)(?P<base>\d{{3,5}})\[(?P<low>\d{{1,3}})\]?{_TO}\[?(?P<high>\d{{1,3}})\]")
_ANY = re.compile(r"(?<![A-Za-z0-9])(?P<base>(?:[A-Za-z]{1,4}[.\-]?)?\d{1,4})(?P<any>[xX*]{1,3})(?![A-Za-z0-9])")
_NUMBER_CELL = re.compile(r"(?:no\.?\s*|#\s*)?(?P<number>\d{1,5}|\d+[A-F][0-9A-F]*|0x[0-9A-F]+)", re.IGNORECASE)
_NUMBER_HEADING = re.compile(r"(?P<number>\d{1,5})\s*(?:[:：]|[–—-]\s)\s*\S")
_CODE_NAME = re.compile(r"\bcodes?\b|コード", re.IGNORECASE)
_WEAK_NAME = re.compile(r"番号|表示|\bno\b\.?|number|^#$|display|\bid$", re.IGNORECASE)
_CODE_LIST = re.compile(
    r"codes?\b|list|table|numbers?|message|history|コード|一覧|番号|表$|リスト|メッセージ|(?:alarm|error|fault|warning|parameter|setting)s$|パラメータ$",
    re.IGNORECASE,
)
_OF_ALARM = ("PARAM", "SETTING")
_LONGEST_RANGE = 24  # "8003[1] to 8003[9]"
_NAME = re.compile(r"[A-Z][A-Z0-9]{5,}")
_CUT_NAME = re.compile(r"[A-Z][A-Z0-9_\s]*_[A-Z0-9_\s]*[A-Z0-9]")
_LETTERED = re.compile(r"[A-Z]{2,5}-?\s?\d{2,4}")
_NAMED_COLUMN = re.compile(
    r"\bcodes?\b|flag|alarm|error|fault|warning|message|^no\b|number|\bid$|コード|アラーム|エラー|警報|異常|警告|番号|表示|フラグ",
    re.IGNORECASE,
)
_PART_COLUMN = re.compile(r"part|item|order|部品|品番|型式|型番|注文", re.IGNORECASE)
_FLAG_NAME = re.compile(r"[A-Z]{6,}|[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+")
_PLAIN_NAMES = frozenset(("WARNING", "CAUTION", "DANGER", "NOTICE", "IMPORTANT", "ERRORS", "ALARMS", "REMARKS"))
_ELSEWHERE = re.compile(r"see also|参照|関連(?:項目|情報)|related", re.IGNORECASE)


def family_of(texts: Iterable[str]) -> str:
    """The family that the nearest of ``texts`` names (nearest first); "" for none."""
    return next((family for text in texts if (family := family_in(text))), "")


def number_code(header: str, cell: str, context: Sequence[str] = ()) -> str:
    """The canonical code of a cell that is a bare number: "23" below "Error code" is ERR23, below "Code" in a table
    about alarms AL23. ``context``: title, headings and caption above, the nearest last. "" where it names none."""
    match = _NUMBER_CELL.fullmatch(unicodedata.normalize("NFKC", cell).strip())
    family = column_family(header, context) if match else ""
    if match is None or not family:
        return ""
    number = match["number"].upper().removeprefix("0X").lstrip("0") or "0"
    return family + number if number.isdigit() or family == "0x" else ""


def column_family(header: str, context: Sequence[str]) -> str:
    """The family of the numbers in a column: its name's own, or for a column that is only called "Code" or "No." that
    of the list it stands in."""
    named, weak = bool(_CODE_NAME.search(header)), bool(_WEAK_NAME.search(header))
    if named or weak:
        near = reversed([text for text in context if named or _CODE_LIST.search(text.replace("_", " "))])
        return family_in(header) or family_of(near)
    return family_in(header) if len(header) <= 12 else ""


def named_cell(header: str, cell: str) -> str:
    """The code that a cell of a column of codes is, where it is one for its column only: WATCHDOG, SRVO-050; a name
    that a narrow column cut ("BRAKE_CHECK _OVERDUE") is one again. "" for none."""
    cell = unicodedata.normalize("NFKC", cell).strip()
    if not _NAMED_COLUMN.search(header) or _PART_COLUMN.search(header):
        return ""
    if _CUT_NAME.fullmatch(cell):
        return re.sub(r"\s", "", cell)
    if _NAME.fullmatch(cell) and cell not in _PLAIN_NAMES:
        return cell
    return canonical(re.sub(r"\s", "", cell)) if _LETTERED.fullmatch(cell) else ""


def list_family(context: Sequence[str]) -> str:
    """The family of bare numbers in a list of codes below ``context`` (the nearest last); "" where it is none."""
    return family_of(reversed([text for text in context[-2:] if _CODE_LIST.search(text.replace("_", " "))]))


def ranges_in(text: str, family: str = "") -> list[Held]:
    """The ranges of codes that ``text`` names, as stored; bare numbers are of ``family``, and are none without one."""
    text = unicodedata.normalize("NFKC", text)
    found: list[tuple[str, int, int]] = []
    for m in _INDEX_RANGE.finditer(text):
        found.append((f"{m['base']}_", int(m["low"]), int(m["high"])))
    for m in _RANGE.finditer(text):
        low = _split(m["low"], family)
        high = _split(m["high"], "" if m["high"].isdigit() else "of the low end")
        if low and high and high[0] in ("", low[0]):
            found.append((low[0], low[1], high[1]))
    for m in _ANY.finditer(text):
        base = _split(m["base"], family)
        if base:
            wide = 10 ** len(m["any"])
            found.append((base[0], base[1] * wide, base[1] * wide + wide - 1))
    return [(f"{of}~{low}~{high}", 1) for of, low, high in dict.fromkeys(found) if of and low < high]


def _split(token: str, family: str) -> tuple[str, int] | None:
    """Family and number of a range's end."""
    if token.isdigit():
        return family, int(token)
    match = re.fullmatch(r"([A-Z]+|\d+_)(\d+)", canonical(token))
    sure = bool(family) or any(code.kind in ("alarm", "parameter") for code in find_codes(token))
    return (match[1], int(match[2])) if match and sure else None


def name_key(name: str) -> str:
    """The form by which a named flag is found however it is spaced."""
    return "=" + re.sub(r"[^A-Z0-9]", "", name.upper())


def code_rows(passage: Passage, title: str = "") -> tuple[Held, ...]:
    """What the table ``code`` holds of ``passage``; ``title`` is its manual's."""
    lead = lead_codes(passage)
    under = set() if lead else _codes_above(passage)
    rows = {code: int(code in lead) or 2 * int(code in under) for code in dict.fromkeys([*passage.codes, *lead])}
    rows |= {name_key(code): 1 for code in lead if _FLAG_NAME.fullmatch(code)}
    context = (title, *passage.section)
    if any(
        code.kind in ("alarm", "flag") for text in context for code in find_codes(text)
    ):  # an alarm's own parameters
        rows = {code: 0 if code.startswith(_OF_ALARM) else led for code, led in rows.items()}
    header, cell = own_cell(passage)
    leaf = passage.section[-1] if passage.section else ""
    for name in (leaf, cell):
        if _NAME.fullmatch(name.strip()) and name.strip() not in _PLAIN_NAMES and family_of(reversed(context)):
            rows[name_key(name)] = 1
    if passage.kind == "alarm" and (named := named_cell(header, cell)):
        rows |= {named: 1} | ({name_key(named): 1} if _FLAG_NAME.fullmatch(named) else {})
    rows |= dict(ranges_in(cell, column_family(header, context)))
    if passage.kind == "alarm":
        head, colon, _ = passage.text.partition("\n")[0].replace("：", ":").partition(":")
        rows |= dict(ranges_in(head, list_family(context))) if colon and len(head) <= _LONGEST_RANGE else {}
    if not _ELSEWHERE.search(leaf):
        rows |= dict(ranges_in(leaf, family_in(leaf)))
    return tuple(rows.items())


def lead_codes(passage: Passage) -> set[str]:
    """The codes a passage is about: the one code of its own heading, with its name ("0x7A: DATA_ERROR"), and that of
    the row or entry that it is; of a row for a sub-code only the sub-code. A heading that lists several (a table
    "AL.10 to AL.32") is about none of them."""
    leaf = passage.section[-1] if passage.section else ""
    if _ELSEWHERE.search(leaf):
        return set()
    lead = heading_codes(passage.section)
    header, cell = own_cell(passage)
    if passage.kind == "alarm" or (cell and passage.kind == "table"):
        line = f"{header}: {cell}" if header else cell or passage.text.split("\n")[0]
        texts = (line, with_digits(line)) if passage.recognised is not None else (line,)
        begins = len(line) - len(cell) if cell else 0
        own = [code for text in texts for code in find_codes(text)]
        named = {code.canonical for code in own if _is_own(code, begins, passage.kind)}
        # a row of "AL.32.4" below the heading "AL.32" is one case of it, not what to show for AL.32
        lead = {code for code in lead if not any(name.startswith(f"{code}.") for name in named)} | named
        if passage.kind == "alarm" and cell and not lead:
            lead |= set(passage.codes[:1])
    if passage.kind == "table" and not lead and _is_number_of(cell, passage.codes[:1]):
        lead = {passage.codes[0]}  # a row of a table of parameters that are numbers
    if not cell and passage.kind in ("alarm", "table") and _begins_with(passage.codes[:1], passage.text):
        lead = {passage.codes[0]}  # an entry of a list: "W05: clean soon"
    return lead


def heading_codes(section: Sequence[str]) -> set[str]:
    """The code that the last heading is about, with its name; a bare number ("23: Overload") is of the kind that the
    headings above it speak of."""
    leaf = section[-1] if section else ""
    codes = find_codes(leaf)
    alarms = {code.canonical for code in codes if code.kind == "alarm"}
    flags = {code.canonical for code in codes if code.kind == "flag"}
    if alarms:
        return alarms | (flags if len(flags) == 1 else set()) if len(alarms) == 1 else set()
    number = _NUMBER_HEADING.match(leaf)
    family = family_of(reversed([text for text in section[:-1] if _CODE_LIST.search(text)])) if number else ""
    if number and family:
        return {family + (number["number"].lstrip("0") or "0")}
    held = {code.canonical for code in codes}
    return held if len(held) == 1 else set()


def own_cell(passage: Passage) -> tuple[str, str]:
    """Column name and text of the first cell of a passage that is one row; ("", "") for any other."""
    first, _, more = passage.text.partition("\n")
    if passage.kind == "alarm":
        header, colon, cell = first.rpartition(": ")
        begun = any(code.start == 0 for code in find_codes(header))  # "E-401: film broken" is no cell
        return (header, cell) if colon and not begun and len(header) <= 60 and len(cell) <= 60 else ("", "")
    if passage.kind == "table" and not more and " / " in first:
        header, colon, cell = first.partition(" / ")[0].rpartition(": ")
        return (header, cell) if colon else ("", "")
    return "", ""


def _begins_with(codes: Sequence[str], text: str) -> bool:
    """Whether the text tells of the first of ``codes`` up to its first colon."""
    head, colon, _ = text.partition("\n")[0].replace("：", ":").partition(":")
    if not (codes and colon) or len(head) > _LONGEST_RANGE:
        return False
    return canonical(head) == codes[0] or head.strip().removeprefix("設定").strip() == codes[0].removeprefix("SETTING")


def _is_number_of(cell: str, codes: Sequence[str]) -> bool:
    """Whether a cell is the bare number of the parameter that is the first of ``codes``."""
    match = _NUMBER_CELL.fullmatch(unicodedata.normalize("NFKC", cell).strip())
    number = match["number"].lstrip("0") or "0" if match else ""
    return bool(codes) and codes[0] in (f"PARAM{number}", f"SETTING{number}")


def _is_own(code: Code, begins: int, kind: str) -> bool:
    """Whether a code of the first line is what the passage is about: it begins it, or is in its first cell."""
    if kind == "table" and code.kind != "parameter":
        return False
    return code.start <= begins + 3 and (code.end > begins or not begins)


def _codes_above(passage: Passage) -> set[str]:
    """The code of the nearest heading above that is about one, for a passage that is its section's continuation."""
    if passage.kind not in ("alarm", "steps", "prose") or any(map(_ELSEWHERE.search, passage.section[-1:])):
        return set()
    for depth in range(len(passage.section) - 1, 0, -1):
        codes = {c for c in heading_codes(passage.section[:depth]) if c in passage.codes}
        if codes:
            return codes
    return set()
