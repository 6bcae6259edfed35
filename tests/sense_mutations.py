"""Mutations of sense: a true sentence made false in its conditions, order, degree or modals, with no new number."""

from __future__ import annotations

import random
import re

from mutations import Mutate

_QUANTITY = re.compile(
    r"(?P<value>\d+(?:\.\d+)?)\s?(?P<unit>N·m|mm|ms|kPa|MPa|kW|℃|°C|kg|Hz|m/min|分|秒|時間|s|h|V|A|N)(?![A-Za-z·/])"
)
_PART = re.compile(r"[ァ-ヺー]{3,}|(?<=\bthe )[a-z]{3,}(?! of\b)|(?<=\bthe )[A-Z][A-Za-z]{2,}")
_LISTED = re.compile(r"\s*(?:、|,|と|や|および|または|and|or|and the|or the)\s*(?:the\s*)?")
_JA_CONDITIONS = "ときは|場合は|とき|場合|れば|たら|前に|後に|てから"
_CONDITION_FIRST = re.compile(
    r"^(?P<head>\d+\. |- )?(?:(?:If|When|Before|After|Unless|While|Until|Once)\b[^,.]*,\s*"
    rf"|[^、。]*(?:{_JA_CONDITIONS})、)"
)
_CONDITION_LAST = re.compile(r"\s(?:if|when|unless|until|before|after|while|as soon as|only)\b[^.;:,]*(?=[.;:,]|$)")
_INVERTED = (
    (r"\bIf\b", "Unless"), (r"\bif\b", "unless"), (r"\bunless\b", "if"), (r"\bUnless\b", "If"), (r"\bWhen\b", "Unless"),
    (r"\bwhen\b", "except when"), (r"\bonly when\b", "except when"), (r"\bwhile\b", "unless"),
    (r"ときは", "とき以外は"),
    (r"場合は", "場合以外は"), (r"しなければ", "すれば"), (r"なければ", "れば"), (r"限り", "以外"), (r"だけ", "以外"),
)  # fmt: skip
_ORDER = (
    (r"\bbefore\b", "after"), (r"\bafter\b", "before"), (r"\bBefore\b", "After"), (r"\bAfter\b", "Before"),
    (r"\bfirst\b", "last"), (r"\buntil\b", "after"), (r"\bthen\b", "before that"), (r"\bas soon as\b", "before"),
    (r"前に", "後に"), (r"後に", "前に"), (r"後、", "前、"), (r"てから", "る前に"), (r"まで", "てから"),
    (r"最初", "最後"),
)  # fmt: skip
_DEGREE = (
    (r"\bmore\b", "less"), (r"\bless\b", "more"), (r"\babove\b", "below"), (r"\bbelow\b", "above"),
    (r"\bat least\b", "at most"), (r"\bat most\b", "at least"), (r"\bup to\b", "more than"), (r"\bhigher\b", "lower"),
    (r"\blower\b", "higher"), (r"\blonger\b", "shorter"), (r"\bmaximum\b", "minimum"), (r"\bhigh\b", "low"),
    (r"\blow\b", "high"), (r"\bstronger\b", "weaker"), (r"\bweaker\b", "stronger"), (r"\btoo long\b", "too short"),
    (r"以上", "以下"), (r"以下", "以上"), (r"未満", "以上"), (r"以内", "以上"), (r"超え", "下回"), (r"最大", "最小"),
    (r"長く", "短く"), (r"多すぎ", "少なすぎ"), (r"高い", "低い"), (r"低い", "高い"), (r"上限", "下限"), (r"強", "弱"),
)  # fmt: skip
_QUANTIFIERS = (
    (r"\ball\b", "some"), (r"\bAll\b", "Some"), (r"\beach\b", "one"), (r"\bevery\b", "one"), (r"\bboth\b", "either"),
    (r"\btwo\b", "three"), (r"\bfour\b", "two"), (r"\bany\b", "every"), (r"\bno\b", "one"), (r"\bonly\b ?", ""),
    (r"\bat least one\b", "every"), (r"すべて", "一部"), (r"全て", "一部"), (r"両方", "片方"), (r"両端", "片端"),
    (r"二つとも", "一つだけ"), (r"いずれか", "すべて"), (r"だけ", "も"), (r"のみ", "も"), (r"ごと", "に一度"),
    (r"二人", "一人"), (r"四台", "二台"), (r"各", "ある"), (r"毎回", "時々"),
)  # fmt: skip
_MODALS = (
    (r"\bmust not\b", "need not"), (r"\bmust\b(?! not)", "may"), (r"\bmay\b(?! not)", "must"),
    (r"\bcan\b(?! not)", "must"),
    (r"\bshould\b", "may"), (r"\bmust\b(?! not)", "can"), (r"\bcan (?=[a-z])", ""), (r"\bmay (?=[a-z])", ""),
    (r"^(\d+\. |- )?([A-Z][a-z]+) (?=the |all |a )", r"\1You may \2 "), (r"てください", "てもよいです"),
    (r"できます", "しなければなりません"), (r"できます", "してください"), (r"できる", "しなければならない"),
    (r"せます。", "してください。"), (r"えます。", "ってください。"), (r"おそれがあります", "ことになります"),
    (r"必要があります", "ことができます"), (r"しなければなりません", "してもかまいません"),
    (r"ことがある", "必要がある"),
    (r"(?<=[\u4e00-\u9fff])する。", "できる。"), (r"(?<=[\u4e00-\u9fff])します。", "できます。"),
    (r"(?<=[\u4e00-\u9fff])する。", "する場合がある。"), (r"(?<=[\u4e00-\u9fff])します。", "するかもしれません。"),
)  # fmt: skip
_AND_OR = (
    (r"\band\b", "or"), (r"\bor\b", "and"), (r"または", "および"), (r"および", "または"),
    (r"(?<=[A-Z0-9\u4e00-\u9fffァ-ヺー])と(?=[A-Z\u4e00-\u9fffァ-ヺ])", "または"), (r", (?=[a-z])", " or "),
)  # fmt: skip
_TWO_ORDERS = re.compile(
    r"^(?P<head>\d+\. |- )?(?P<one>[A-Z][^,.;:]{6,60}?),? and (?P<other>[a-z][^,.;:]{6,80})(?P<end>\.?)$"
)
_TWO_CLAUSES = re.compile(
    r"^(?P<head>\d+\. |- )?(?P<one>[^、。]{4,50}[をがに][^、。]{1,12})し、"
    r"(?P<other>[^、。]{4,60}[をがに][^、。]{1,12})する(?P<end>。?)$"
)


def swap_units(text: str, rng: random.Random) -> str | None:
    """Two quantities keep their numbers and exchange their units."""
    found = list(_QUANTITY.finditer(text))
    pairs = [(a, b) for a in found for b in found if a.start() < b.start() and a["unit"] != b["unit"]]
    if not pairs:
        return None
    a, b = rng.choice(pairs)
    return _exchanged(text, a.span("unit"), b.span("unit"))


def swap_parts(text: str, rng: random.Random) -> str | None:
    """Two parts named in words change places; those of one list may stand in any order."""
    found = list(_PART.finditer(text))
    pairs = [
        (a.span(), b.span())
        for a in found
        for b in found
        if a.end() < b.start()
        and a[0].casefold() != b[0].casefold()
        and not _LISTED.fullmatch(text[a.end() : b.start()])
    ]
    return _exchanged(text, *rng.choice(pairs)) if pairs else None


def _exchanged(text: str, one: tuple[int, int], other: tuple[int, int]) -> str:
    return (
        text[: one[0]] + text[other[0] : other[1]] + text[one[1] : other[0]] + text[one[0] : one[1]] + text[other[1] :]
    )


def drop_condition(text: str, rng: random.Random) -> str | None:
    """The condition at the beginning or the end is left out."""
    if match := _CONDITION_FIRST.match(text):
        rest = text[match.end() :]
        return (match["head"] or "") + rest[:1].upper() + rest[1:] if len(rest) > 6 else None
    changed = _CONDITION_LAST.sub("", text, count=1)
    return changed if changed != text else None


def reverse_parts(text: str, rng: random.Random) -> str | None:
    """Two orders in one sentence change places."""
    if match := _TWO_ORDERS.match(text):
        other, one = match["other"], match["one"]
        return f"{match['head'] or ''}{other[0].upper()}{other[1:]} and then {one[0].lower()}{one[1:]}{match['end']}"
    if match := _TWO_CLAUSES.match(text):
        return f"{match['head'] or ''}{match['other']}し、{match['one']}する{match['end']}"
    return None


def _replacing(name: str, pairs: tuple[tuple[str, str], ...]) -> Mutate:
    def change(text: str, rng: random.Random) -> str | None:
        ways = [changed for old, new in pairs if (changed := re.sub(old, new, text, count=1)) != text]
        return rng.choice(ways) if ways else None

    change.__name__ = name
    return change


SENSE: tuple[Mutate, ...] = (
    swap_units, swap_parts, drop_condition, reverse_parts, _replacing("invert_condition", _INVERTED),
    _replacing("change_order_word", _ORDER), _replacing("change_degree", _DEGREE),
    _replacing("change_quantifier", _QUANTIFIERS), _replacing("change_modal", _MODALS), _replacing("and_or", _AND_OR),
)  # fmt: skip
