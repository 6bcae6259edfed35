"""Number format: a spreadsheet's value as people see it in its cell: 007, 24.0, 85 %, 2026/04/01, 1.5E-05.

Source: ECMA-376 part 1, 18.8.31 (number formats). What is rare (fractions, conditions, fill characters) is shown as the
General format would.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta

_TOKEN = re.compile(r'"(?P<quoted>[^"]*)"|\\(?P<escaped>.)|_.|\*.|\[(?P<bracket>[^\]]*)\]|(?P<plain>.)', re.DOTALL)
_DATE_PART = re.compile(r"am/pm|a/p|y+|m+|d+|h+|s+(?:\.0+)?|g+|e+|a+", re.IGNORECASE)
_DIGITS = re.compile(r"[#0?][#0?,]*(?:\.[#0?]*)?(?:E[+\-]0+)?")
_DAYS_JA = "月火水木金土日"
_ERAS = ((date(2019, 5, 1), "令和", "R"), (date(1989, 1, 8), "平成", "H"), (date(1926, 12, 25), "昭和", "S"))
_GENERAL_DIGITS = 11  # what a cell of usual width shows


def displayed(value: object, number_format: str) -> str:
    """``value`` (text, number, bool, date, time, None) as its cell shows it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, timedelta):
        minutes, seconds = divmod(int(value.total_seconds()), 60)
        return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"
    if isinstance(value, (datetime, date, time)):
        return _moment(value, number_format)
    if isinstance(value, (int, float)):
        return _number(value, number_format)
    return str(value).strip()


def general(value: float) -> str:
    """A number in the General format: no more digits than it has, none of binary arithmetic's."""
    if isinstance(value, int) or (value == int(value) and abs(value) < 10**_GENERAL_DIGITS):
        return str(int(value))
    shown = f"{value:.{_GENERAL_DIGITS - 2}g}"
    return shown.upper() if "e" in shown else shown


def _number(value: float, number_format: str) -> str:
    if value != value or value in (float("inf"), float("-inf")):
        return str(value)
    sections = _sections(number_format)
    section = sections[0]
    if value < 0 and len(sections) > 1:
        section, value = sections[1], -value
    elif value == 0 and len(sections) > 2:
        section = sections[2]
    found = list(_TOKEN.finditer(section))
    marks = [(m["quoted"] or m["escaped"] or _currency(m["bracket"] or ""), m["plain"] or "") for m in found]
    pattern = "".join(plain for _, plain in marks)
    digits = _DIGITS.search(pattern)
    if "general" in pattern.lower() or "@" in pattern or (digits is None and not any(text for text, _ in marks)):
        return general(value)
    if "/" in pattern:
        return general(value)
    shown = "" if digits is None else _with_digits(value * (100 if "%" in pattern else 1), digits[0])
    return _filled(marks, digits, shown)


def _filled(marks: list[tuple[str, str]], digits: re.Match[str] | None, shown: str) -> str:
    """Literals around the digits, in their order; ``shown`` stands where the first digit's place is."""
    out, at = "", 0
    for literal, plain in marks:
        if plain:
            if digits is not None and at == digits.start():
                out += shown
            inside = digits is not None and digits.start() <= at < digits.end()
            out += "" if inside else plain
            at += 1
        else:
            out += literal
    return " ".join(out.split())


def _with_digits(value: float, pattern: str) -> str:
    mantissa, _, exponent = pattern.partition("E")
    whole, _, decimals = mantissa.partition(".")
    trailing = len(whole) - len(whole.rstrip(","))
    value /= 1000**trailing
    whole = whole.rstrip(",")
    places = sum(c in "0#?" for c in decimals)
    if exponent:
        digits, power = f"{value:.{places}E}".split("E")
        return f"{digits}E{power[0] if power[0] == '-' or exponent[0] == '+' else ''}{power[1:]}"
    shown = f"{abs(value):,.{places}f}" if "," in whole else f"{abs(value):.{places}f}"
    head, _, tail = shown.partition(".")
    least = sum(c == "0" for c in whole)
    head = head.zfill(least) if "," not in whole else head
    kept = len(decimals.rstrip("#?"))
    while len(tail) > kept and tail.endswith("0"):
        tail = tail[:-1]
    sign = "-" if value < 0 and float(f"{value:.{places}f}") != 0 else ""
    return sign + head + (f".{tail}" if tail else "")


def _moment(value: datetime | date | time, number_format: str) -> str:
    """A date or time by the parts that its format has; years first where it names none that we know."""
    section = _sections(number_format)[0]
    parts: list[tuple[bool, str]] = []  # (is a part of the date, text)
    for match in _TOKEN.finditer(section):
        literal = match["quoted"] if match["quoted"] is not None else match["escaped"]
        if literal is not None:
            parts.append((False, literal))
        elif match["bracket"] is not None:
            parts.append((False, _currency(match["bracket"])))
        elif match["plain"] is not None:
            same = parts and parts[-1][0] and _DATE_PART.fullmatch(parts[-1][1] + match["plain"])
            if same:
                parts[-1] = (True, parts[-1][1] + match["plain"])
            else:
                parts.append((bool(re.match(r"[ymdhsgea]", match["plain"], re.IGNORECASE)), match["plain"]))
    known = [text.lower() for is_part, text in parts if is_part]
    if not any(text[0] in "ymdhs" for text in known):
        return _plainly(value)
    out = ""
    before = ""
    for at, (is_part, text) in enumerate(parts):
        if not is_part:
            out += text
            continue
        after = next((t.lower() for p, t in parts[at + 1 :] if p), "")
        out += _part(value, text.lower(), minute=before[:1] == "h" or after[:1] == "s")
        before = text.lower()
    return out.strip() or _plainly(value)


def _part(value: datetime | date | time, part: str, *, minute: bool) -> str:
    day = value if isinstance(value, date) else date(1900, 1, 1)
    clock = value if isinstance(value, time) else time()
    if isinstance(value, datetime):
        day, clock = value.date(), value.time()
    kind = part[0]
    if kind == "y":
        return f"{day.year:04}" if len(part) > 2 else f"{day.year % 100:02}"
    if kind == "m" and not minute:
        return day.strftime("%b" if len(part) == 3 else "%B") if len(part) > 2 else f"{day.month:0{len(part)}}"
    if kind == "d":
        return day.strftime("%a" if len(part) == 3 else "%A") if len(part) > 2 else f"{day.day:0{len(part)}}"
    if kind in "ge":
        return _era(day, part)
    if kind == "a" and "/" not in part:
        return _DAYS_JA[day.weekday()] + ("曜日" if len(part) > 3 else "")
    numbers = {"h": clock.hour, "m": clock.minute, "s": clock.second}
    return f"{numbers[kind]:0{min(2, len(part))}}" if kind in numbers else ""


def _era(day: date, part: str) -> str:
    """The Japanese era's name or its year; the year of the common era before 1926."""
    start, name, letter = next((era for era in _ERAS if day >= era[0]), (date(1, 1, 1), "", ""))
    if part[0] == "g":
        return {1: letter, 2: name[:1]}.get(len(part), name)
    return f"{day.year - start.year + 1:0{min(2, len(part))}}"


def _currency(bracket: str) -> str:
    """ "¥" of "[$¥-411]"; nothing of a colour, a condition or a language."""
    return bracket[1:].partition("-")[0] if bracket.startswith("$") else ""


def _plainly(value: datetime | date | time) -> str:
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d" if value.time() == time() else "%Y-%m-%d %H:%M")
    return value.isoformat()


def _sections(number_format: str) -> list[str]:
    """The format's parts for positive, negative and zero."""
    out, quoted = [""], False
    for place, character in enumerate(number_format or "General"):
        quoted ^= character == '"'
        if character == ";" and not quoted and number_format[place - 1 : place] != "\\":
            out.append("")
        else:
            out[-1] += character
    return out
