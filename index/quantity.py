"""Quantity: which quantity a question asks for, and the lines of a passage that give one of that kind."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Quantity:
    """``asked``: how a question asks for it; ``given``: how a text gives it."""

    name: str
    asked: re.Pattern[str]
    given: re.Pattern[str]


def _quantity(name: str, asked: str, given: str) -> Quantity:
    return Quantity(name, re.compile(asked, re.IGNORECASE), re.compile(given, re.IGNORECASE))


QUANTITIES = (
    _quantity("torque", r"トルク|何\s*N·?m|torque|how tight|\bN·?m\b", r"\d\s*N·?m\b"),
    _quantity(
        "length",
        r"何\s*(?:mm|ミリ|cm|メートル)|ストローク|半径|直径|すきま"
        r"|stroke|radius|diameter|\bbore\b|how many mm|how far|how wide",
        r"\d\s*(?:mm|cm|m|[uμµ]m)\b|\d\s*ミリ",
    ),
    _quantity("frequency", r"何\s*(?:Hz|ヘルツ)|周波数|frequency|how many hz", r"\d\s*k?Hz\b"),
    _quantity("power", r"何\s*k?W|消費電力|how many (?:k?W\b|kilowatt|watt)", r"\d\s*k?V?[WA]\b"),
    _quantity("current", r"何\s*(?:A\b|アンペア)|how many amp|ampere", r"\d\s*m?A\b"),
    _quantity("noise", r"騒音|何\s*dB|noise level|\bdB\b", r"\d\s*dB"),
    _quantity(
        "pressure", r"何\s*[kM]?Pa|圧力はいくつ|how many (?:[kM]?Pa|bar)\b|what pressure", r"\d\s*(?:[kM]?Pa|bar)\b"
    ),
    _quantity("temperature", r"何\s*(?:度|℃|°C)|温度はいくつ|how hot|what temperature", r"\d\s*(?:℃|°\s?C|度)"),
    _quantity(
        "interval",
        r"何(?:時間|年|か月|ヶ月|カ月|週間|日)(?:ごと|おき|で|に)|周期|寿命|交換時期"
        r"|how often|interval|after how many (?:\w+ )?(?:hours|months|years)|service life",
        r"\d[\d,]*\s*(?:時間|年|か月|ヶ月|カ月|週間|日|h\b|hours?|months?|years?|weeks?|days?|shifts?)"
        r"|毎(?:日|週|月|年)|始業|daily|weekly|monthly|yearly|annual|every",
    ),
    _quantity(
        "part number",
        r"品番|部品番号|型番|注文番号|part (?:no|number)|order(?:ing)? number",
        r"[A-Z]{1,4}\d{0,4}-[A-Z0-9]{2,}",
    ),
)


def asked_quantities(question: str) -> tuple[Quantity, ...]:
    """The quantities that ``question`` asks for; most questions ask for none."""
    plain = unicodedata.normalize("NFKC", question)
    return tuple(quantity for quantity in QUANTITIES if quantity.asked.search(plain))


def lines_giving(quantities: tuple[Quantity, ...], text: str) -> list[str]:
    """The lines and sentences of ``text`` that give one of ``quantities``."""
    parts = re.split(r"\n|(?<=。)", unicodedata.normalize("NFKC", text))
    return [part for part in parts if any(quantity.given.search(part) for quantity in quantities)]
