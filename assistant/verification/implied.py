"""Implied: sentences that a source says without printing them: a row told, a condition over a list, a verb for two."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

MOST_LINES = 60  # of a passage; a longer one is a table that is told row by row
_MARK = r"^\s*(?:\d{1,2}[.)]\s|[①-⑳]|[-•*・]\s)\s*"
_LIST_MARK = re.compile(_MARK)
_CELLS = re.compile(r"\s+/\s+")
_CELL = re.compile(r"^(?P<label>[^:：]{1,40})[:：]\s*(?P<value>.+)$")
_CODE = r"[A-Z]{1,4}[.\-]?[A-Z]{0,2}\d[\w.\-]*"
_IS_CODE = re.compile(rf"^{_CODE}$")
_REMEDY = re.compile(
    r"^(?:処置|対処|対策|処理|対処方法|復旧方法|remedy|action|corrective action|what to do|countermeasure)$", re.I
)
_ORDER_JA = re.compile(r"(?:[うくぐすつぬぶむる]|ください|こと)。?$")
_NO = re.compile(r"ない|ません|禁|ず[に、。]|\b(?:not|never|no)\b", re.IGNORECASE)

_CONDITION_JA = re.compile(
    r"^(?P<cond>[^。]+?(?:場合|とき|際|時)(?:に?は)?、)(?:次|以下|下記)の(?P<what>[^。]*)[。:：]?$"
)
_CONDITION_EN = re.compile(
    r"^(?P<cond>(?:If|When)\b[^,]+), (?P<what>[^.,]*\b(?:as follows|following|these|in this order)\b[^.,]*)[:.]$"
)
_PART_JA = re.compile(r"^(?P<of>[^はが]+)(?P<particle>は|が)\s*(?P<is>.+)$")
_TAIL_JA = re.compile(
    r"^(?P<is>.*(?:[一-龥ァ-ヺーA-Za-z0-9%]|ごと|まで|から))\s?(?P<tail>(?:を|に|で|と)[一-龥]{1,4}[ぁ-ん]{1,6})$"
)
_NOUN_END = re.compile(r"(?:[一-龥ァ-ヺーA-Za-z0-9%]|ごと)$")
_DIGITS = re.compile(r"\d[\d.,]*")
_SHARED_EN = re.compile(
    r"^(?P<verb>[A-Z][a-z]+) the (?P<one>[^,.;]+?) (?P<how>every|to|by|at) (?P<value>\d[^,.;]*?) and the "
    r"(?P<other>[^,.;]+?) (?P=how) (?P<its>\d[^,.;]*)\.?$"
)
_DEFINES = re.compile(
    rf"^(?P<kind>[^\d\s:：]{{1,12}}\s)?(?P<code>{_CODE})[:：]\s*(?P<name>[^。.:：]{{2,40}})[。.]\s*(?P<rest>.+)$"
)
_REASON_JA = re.compile(r"^(?P<fact>[^。、「」]+?[うくぐすつぬぶむるたい])ので、(?=[^。]+。?$)")
_FACT_BEFORE = re.compile(r"ので|もし|たら|だら|れば|なら|ても|でも|とき|場合|際|ものの")
_BOTH_WAYS_EN = re.compile(
    r"^(?P<fact>[^,.;:]+? (?:becomes?|is|are|gets?|turns?) (?P<one>[a-z]+) when [^,.;:]+?) and (?P<other>[a-z]+) "
    r"when [^,.;:]+\.?$"
)
_VALUE = re.compile(r"^(?P<label>[^\d:：]{2,20}?)\s+(?P<value>[+\-±]?\d.*)$")
_NO_STATES = frozenset(("only", "true", "then", "also", "always"))


class Implied(NamedTuple):
    """``text`` is said by the source's line ``line``, counted as Atoms does, from 0."""

    text: str
    line: int


@lru_cache(maxsize=24)
def implied_by(source: str) -> tuple[Implied, ...]:
    """What ``source`` says besides its sentences as they are printed. A sentence must follow by the form alone:
    neither a condition, a negation nor a bound may get lost on the way."""
    lines = [line for line in source.splitlines() if line.strip()]
    if len(lines) > MOST_LINES:
        return ()
    found: list[Implied] = list(_under_conditions(lines))
    for number, line in enumerate(lines):
        bare = _LIST_MARK.sub("", line.strip())
        if _LIST_MARK.match(line) and _refused(lines, number):
            continue
        found += [Implied(text, number) for text in (*_row(bare), *_defined(bare))]
        for sentence in re.split(r"(?<=。)|(?<=\.)\s+", bare):
            found += [Implied(text, number) for text in (*_shared(sentence), *_first_of_two(sentence))]
    return tuple(found)


def _refused(lines: Sequence[str], number: int) -> bool:
    """Whether an entry may stand under "Never do this:"."""
    above = next((line for line in reversed(lines[:number]) if not _LIST_MARK.match(line)), "")
    return _NO.search(above) is not None


def _under_conditions(lines: Sequence[str]) -> Iterator[Implied]:
    """ "If it does not start, check the following:" and its entries: each one under the condition."""
    cond = ""
    for number, line in enumerate(lines):
        entry = _LIST_MARK.match(line)
        if entry is None:
            match = _CONDITION_JA.match(line.strip()) or _CONDITION_EN.match(line.strip())
            cond = match["cond"] if match and not _NO.search(match["what"]) else ""
        elif cond:
            step = line[entry.end() :].strip()
            yield Implied(f"{cond}{step}" if cond.endswith("、") else f"{cond}, {step[:1].lower()}{step[1:]}", number)


def _row(line: str) -> Iterator[str]:
    """A row of a table told: what is to be done about its item, and in English a column before the item."""
    cells = [_CELL.match(cell) for cell in _CELLS.split(line)]
    if len(cells) < 2 or cells[0] is None:
        return
    item = cells[0]["value"]
    ja = re.search(r"[ぁ-んァ-ヺ一-龥]", line) is not None
    named = next(
        (cell["value"] for cell in cells[1:2] if cell and re.match(r"名称|名前|name", cell["label"], re.I)), ""
    )
    items = [item, f"{item}（{named}）" if ja else f"{item} ({named})"] if named else [item]
    for cell in cells[1:]:
        if cell is None:
            continue
        label, value = cell["label"].strip(), cell["value"].strip()
        remedy = _REMEDY.match(label) is not None and not _NO.search(label)
        for one in items:
            if remedy and _IS_CODE.match(item):
                yield from _remedies(one, value, ja=ja)
            if not ja:
                if label.casefold() in ("work", "task", "what to do", "procedure") or remedy:
                    yield f"{one}: {value}"
                yield from (f"The {label} {of} {the}{one} is {value}" for of in ("of", "for") for the in ("", "the "))
            elif _ORDER_JA.search(value) and (remedy or label in ("内容", "作業", "点検内容", "方法")):
                yield f"{one}は、{value}"


def _remedies(code: str, remedy: str, *, ja: bool) -> Iterator[str]:
    """ "E-13 が出たときは、…": what its row tells to do."""
    if ja:
        yield from (f"{code} が{comes}たときは、{remedy}" for comes in ("出", "発生し", "表示され"))
    else:
        small = remedy[:1].lower() + remedy[1:]
        yield from (f"When {code} {comes}, {small}" for comes in ("appears", "occurs", "is shown", "comes up"))
        yield f"The remedy for {code} is to {small}"


def _defined(line: str) -> Iterator[str]:
    """ "P-31: start delay. Range 0.0 to 10.0 s, default 1.5 s."."""
    match = _DEFINES.match(line)
    if match is None or len(set(re.findall(_CODE, line))) > 1 or _NO.search(line):
        return
    code, name = match["code"], match["name"].strip()
    ja = re.search(r"[ぁ-んァ-ヺ一-龥]", line) is not None
    yield f"{code} は{name}" if ja else f"{code} is the {name}"
    for part in re.split(r"[、。;]\s*|,\s+|\.\s+|\.$", match["rest"]):
        value = _VALUE.match(part.strip())
        if value is None:
            return  # a sentence, which may say anything of what comes before and behind it
        for one in (code, f"{code}（{name}）", f"{name}（{code}）") if ja else (code, f"{code} ({name})"):
            if ja:
                yield f"{one}の{value['label']}は {value['value']}"
            else:
                yield f"The {value['label']} of {one} is {value['value']}"
                yield f"{one} has a {value['label']} of {value['value']}"


def _first_of_two(sentence: str) -> Iterator[str]:
    """A fact and what follows from it, of which the fact stands by itself: "A は 5 分かかるので、…"; or two states,
    each under its own condition: "slower when closed and faster when open"."""
    if (match := _REASON_JA.match(sentence)) and not _FACT_BEFORE.search(match["fact"]):
        yield f"{match['fact']}。"
    match = _BOTH_WAYS_EN.match(sentence)
    if match and not (_NO.search(sentence) or {match["one"], match["other"]} & _NO_STATES):
        yield f"{match['fact']}."


def _shared(sentence: str) -> Iterator[str]:
    """A verb that several things have: "A は 6 か月ごと、B は 3 か月ごとに交換する"; each thing with its own."""
    if _NO.search(sentence):
        return
    if match := _SHARED_EN.match(sentence):
        yield f"{match['verb']} the {match['other']} {match['how']} {match['its']}."
    if "、" not in sentence:
        return
    parts = [_PART_JA.match(part) for part in sentence.rstrip("。").split("、")]
    if len(parts) < 2 or any(part is None for part in parts):
        return
    things = [part for part in parts if part is not None]
    last = _TAIL_JA.match(things[-1]["is"])
    if last is None or not all(_NOUN_END.search(thing["is"].strip()) for thing in things[:-1]):
        return
    values = [*(thing["is"].strip() for thing in things[:-1]), last["is"].strip()]
    forms = {_DIGITS.sub("#", value) for value in values}
    if len({thing["particle"] for thing in things}) == 1 and (
        len(things) > 2 or (len(forms) == 1 and "#" in forms.pop())
    ):
        yield from (
            f"{thing['of'].strip()}{thing['particle']} {value}{last['tail']}。"
            for thing, value in zip(things, values, strict=True)
        )
