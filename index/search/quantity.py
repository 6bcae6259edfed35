"""Quantity: which quantity a question asks for, and whether a line gives one of that kind."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

NEVER = r"(?!)"  # matches nothing


@dataclass(frozen=True, slots=True)
class Quantity:
    """``asked``: how a question asks for it; ``noun``: its name, which asks for it where no trouble is told ("the
    stroke of CY1", not "CY1 does not finish its stroke"); ``unit``: its units alone, as in the head of a column;
    ``given``: how a text gives a value."""

    name: str
    asked: re.Pattern[str]
    noun: re.Pattern[str]
    unit: re.Pattern[str]
    given: re.Pattern[str]


def _quantity(name: str, asked: str, noun: str, unit: str = NEVER, given: str = NEVER) -> Quantity:
    alone = rf"(?<![A-Za-z])(?:{unit})(?![A-Za-z])"
    # "25 N·m", "Torque (N·m): 25", "Range: 1 to 5 / Unit: kPa"
    value = rf"\d\s*[(\[（]?(?:{unit})(?![A-Za-z])|{alone}[)\]）]?\s*[:=]\s*[-+±]?\d|:\s*{alone}\s*(?:/|$)"
    patterns = (asked, noun, alone, f"{value}|{given}")
    return Quantity(name, *(re.compile(pattern, re.IGNORECASE) for pattern in patterns))


_NM = r"N\s?[·・･⋅∙.]?\s?m"
QUANTITIES = (
    _quantity(
        "torque",
        rf"何\s*{_NM}|何\s*ニュートン|トルク[はを]?(?:いくつ|どれ|何|教え)"
        rf"|how tight|how many {_NM}\b|(?:what|which) torque",
        rf"トルク(?!制限|リミ|レンチ)|\btorque(?! limit| wrench)|\b{_NM}\b",
        rf"{_NM}|kgf?\s?[·・･⋅∙.]?\s?c?m|ニュートンメートル|(?:ft|in)[- ]?lbf?",
    ),
    _quantity(
        "length",
        r"何\s*(?:mm|ミリ|cm|センチ|メートル)|how many mm|how far|how wide|how long is|what distance",
        r"ストローク|半径|直径|軸径|内径|外径|すきま|全長|長さは|高さは|厚さは|幅は|ピッチは"
        r"|\b(?:stroke|radius|diameter|bore|in (?:mm|millimet(?:re|er)s|met(?:re|er)s))\b",
        r"mm|cm|m|[uμµ]m|ミリ|センチ|メートル|inch(?:es)?|in|\"|(?:centi|milli|micro)?met(?:re|er)s?|microns?",
    ),
    _quantity("frequency", r"何\s*(?:k?Hz|ヘルツ)|how many hz", r"周波数|\bfrequency\b", r"[kM]?Hz|ヘルツ"),
    _quantity(
        "power",
        r"何\s*(?:k?W(?![A-Za-z])|ワット)|how many (?:k?W\b|kilowatt|watt)",
        r"消費電力|\bpower consumption\b",
        r"k?W|k?VA|kW|ワット|(?:kilo)?watts?|hp",
    ),
    _quantity(
        "current",
        r"何\s*(?:m?A(?![A-Za-z])|アンペア)|how many amp|(?:what|which) current",
        r"\bamperes?\b|電流値|定格電流|入力電流|\brated current\b",
        r"m?A|アンペア|amp(?:ere)?s?",
    ),
    _quantity(
        "voltage",
        r"何\s*(?:V(?![A-Za-z])|ボルト)|電圧は?(?:いくつ|どれ|何)|how many volts?|what voltage",
        NEVER,
        r"m?V|kV|ボルト|volts?|V\s?(?:AC|DC)",
    ),
    _quantity(
        "mass",
        r"何\s*(?:kg|キロ|グラム|g(?![A-Za-z]))|(?:質量|重さ|重量)は|how heavy|\bweighs?\b|how many kg"
        r"|how much does .* weigh",
        NEVER,
        r"k?g|t|kilograms?|lbs?|キロ|トン",
    ),
    _quantity("noise", r"何\s*dB|how (?:loud|noisy)", r"騒音(?:値|レベル)|\bnoise level\b|\bdB\b", r"dB", r"\d\s*dB"),
    _quantity(
        "pressure",
        r"何\s*[kM]?Pa|圧力は?(?:いくつ|どれ|何)|how many (?:[kM]?Pa|bars?)\b|(?:what|which) pressure",
        r"耐圧",
        r"[kMh]?Pa|bar|psi|kgf/cm2|N/mm2|mmHg",
    ),
    _quantity(
        "temperature",
        r"何\s*(?:度(?!も)|℃|°C)|温度は?(?:いくつ|どれ|何)|how hot|what temperature",
        NEVER,
        r"℃|°\s?[CF]|度|degrees?(?: [CF])?|deg",
    ),
    _quantity(
        "force",
        r"何\s*k?N(?![A-Za-z])(?!\s?[·・･⋅∙.]?\s?m)|how many (?:kilo)?newtons|(?:what|which|how much) (?:\w+ )?force",
        r"推力|\b(?:clamping|pushing|pressing) force\b|\bin (?:kilo)?newtons?\b|\bin k?N\b(?!\s?[·・･⋅∙.]?\s?m)",
        r"k?N(?!\s?[·・･⋅∙.]?\s?m)|kgf|ニュートン",
    ),
    _quantity(
        "resistance",
        r"何\s*[kM]?(?:Ω|オーム)|how many ohms?|(?:what|which) resistance",
        r"抵抗値|\bin ohms?\b|\bwinding resistance\b",
        r"[kM]?Ω|[kM]?ohms?|オーム",
    ),
    _quantity(
        "flow",
        r"毎分何|何\s*(?:N?L|リットル)\s*/\s*(?:min|分)|how many lit(?:re|er)s (?:per|a|each) minute"
        r"|(?:what|which) flow",
        r"流量|風量|\bflow rate\b",
        r"N?L\s?/\s?min|L/分|m[3³]\s?/\s?(?:min|h)|cfm",
    ),
    _quantity(
        "speed",
        r"何\s*(?:m/min|r/min|rpm|mm/s|回転)|how many (?:rpm|revolutions)|(?:what|which) speed\b(?! setting)",
        NEVER,
        r"m/min|r/min|rpm|mm/s|m/s|min-1|回転",
    ),
    _quantity(
        "ratio",
        r"何分の一",
        r"減速比|\b(?:gear|reduction) ratio\b",
        given=r"\b1\s*[/:]\s*\d|減速比\D{0,6}\d|\d\s?:\s?1\b",
    ),
    _quantity("hardness", NEVER, r"硬度|\b(?:shore|hardness)\b", given=r"\bshore\b|\bH[RSV]C?\s?\d|硬度\D{0,8}\d"),
    _quantity("brightness", r"how bright", r"輝度|照度|\bluminance\b|\bcd/m2", r"cd(?:/m2)?|lx|ルクス"),
    _quantity("inertia", NEVER, r"慣性モーメント|イナーシャ|\bmoment of inertia\b", r"k?g\s?[·・.]?\s?c?m[2²]"),
    _quantity(
        "memory", r"how (?:much|many) (?:\w+ )*memory|何\s*[kMG]B", r"メモリ容量|\bin [kMG]B\b", r"[kMGT]B|[KMG]バイト"
    ),
    _quantity(
        "acceleration",
        r"何\s*m?m/s(?:ec)?[2²]|(?:what|which) acceleration",
        r"\bin m?m/s(?:ec)?[2²]",
        r"m?m/s(?:ec)?(?:[2²]|\^2)",
        given=r"\baccel\w*\W{0,6}\d",
    ),
    _quantity(
        "repeats",
        r"何\s*回(?![転路線])|how many (?:times|retries|attempts|reboots|restarts|repetitions)\b",
        NEVER,
        r"回|times?|retries|attempts?|reboots?|restarts?|repetitions?|cycles?",
        given=r"[一二三四五六七八九十数]\s*回|\b(?:once|twice|several times)\b"
        r"|\b(?:one|two|three|four|five|ten) (?:more )?times?\b"
        r"|(?:回数|count|retries|attempts|times)\D{0,12}\d",
    ),
    _quantity(
        "pulses",
        r"何\s*(?:パルス|カウント)|how many (?:pulses|counts)\b",
        NEVER,
        r"pulses?|counts?|ppr|cpr|パルス|カウント",
        given=r"(?:pulses?|counts?|ppr|cpr|パルス|カウント)\D{0,16}\d",
    ),
    _quantity(
        "pages",
        r"何\s*ページ|how many pages",
        NEVER,
        r"ページ|頁|pages?",
        given=r"(?:ページ|pages?)数?\s*[:=はが]?\s*\d",
    ),
    _quantity("bits", r"何\s*(?:ビット|bit)|how many bits", NEVER, r"ビット|-?bits?", given=r"\d+-bit|bits?\W{1,4}\d"),
    _quantity(
        "interval",
        r"何(?:時間|年|か月|ヶ月|カ月|週間|日)(?:ごと|おき|で|に)|どのくらいの間隔|how often"
        r"|after how many (?:\w+ )?(?:hours|months|years|days)",
        r"周期(?!的)|寿命|交換時期|\binterval\b|service life",
        given=r"\d[\d,]*\s*万?\s*(?:時間|年|[かヶカケ]月|週|日|回|h(?![A-Za-z])|hours?|months?|years?|weeks?|days?|shifts?)"
        r"|[一二三四五六半毎]\s*(?:年|[かヶカケ]月|月|週|日)|始業"
        r"|\b(?:daily|weekly|monthly|yearly|annual)"
        r"|\b(?:every|each|once an?|per) (?:[\d,]+ |other |second |single |few |working )?"
        r"(?:hours?|shifts?|days?|weeks?|months?|years?|time|batch|roll)\b",
    ),
    _quantity(
        "protection",
        r"(?:which|what) (?:IP|protection) (?:class|rating|code)|\bIP rating|保護等級|防水等級",
        NEVER,
        given=r"\bIP\s?[\dX][\dX]",
    ),
    _quantity(
        "colour",
        r"\b(?:what|which) colou?r\b|何色|色は(?:何|どれ|どう)",
        NEVER,
        given=r"\b(?:red|green|blue|yellow|white|black|brown|orange|gr[ae]y|violet|purple|pink|amber|silver|clear)\b"
        r"|[赤緑青黄白黒茶橙灰紫桃](?!\w)|[赤緑青黄白黒茶橙灰紫]色|オレンジ|グレー|ピンク|透明",
    ),
    _quantity(
        "material",
        r"\b(?:which|what) material\b|\bmade (?:out )?of what\b|何でできて",
        r"材質",
        given=r"材質|\bmaterial\b|ステンレス|アルミ|鋼|ウレタン|ナイロン|シリコーン?|\b(?:stainless|steel|alumini?um|rubber|nylon"
        r"|polyurethane|silicone|brass|plastic)\b",
    ),
    _quantity(
        "part number",
        r"(?:品番|部品番号|型番|注文番号|型式)は?(?:いくつ|何|教え)|(?:what|which) part (?:no|number)",
        r"品番|部品番号|型番|注文番号|\bpart (?:no|number)|\border(?:ing)? (?:number|no)\b",
        given=r"[A-Z]{1,4}\d{0,4}-[A-Z0-9]{2,}|\d{4,}|(?-i:(?<![A-Za-z0-9])(?=(?:[A-Z]*\d){2})(?=\d*[A-Z])[A-Z0-9]{6,})",
    ),
)
_IN_WORDS = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_BEFORE_UNIT = re.compile(
    rf"\b(?:{'|'.join(_IN_WORDS)})"
    r"(?=[ -](?:(?:milli|centi|micro|kilo)?(?:met(?:re|er)|gram|second|newton|pascal|watt|volt|ohm)"
    r"|inch|micron|minute|hour|day|week|month|year|degree|amp|bar\b|lit(?:re|er)))",
    re.IGNORECASE,
)
_TROUBLE = re.compile(
    r"ない|ません|なぜ|原因|異常|故障|アラーム|エラー|おかし|\b(?:not|\w+n't|why|faults?|alarms?|errors?|fails?|stuck|wrong)\b",
    re.IGNORECASE,
)


def asked_quantities(question: str) -> tuple[Quantity, ...]:
    """The quantities that ``question`` asks for; most questions ask for none."""
    plain = unicodedata.normalize("NFKC", question)
    told = bool(_TROUBLE.search(plain))
    return tuple(q for q in QUANTITIES if q.asked.search(plain) or (not told and q.noun.search(plain)))


def gives(quantities: tuple[Quantity, ...], text: str, above: str = "") -> bool:
    """Whether ``text`` gives a value of one of ``quantities``: a number with its unit, or any number where what stands
    ``above`` it (a caption, a heading) names the unit."""
    plain, head = _in_digits(unicodedata.normalize("NFKC", text)), unicodedata.normalize("NFKC", above)
    headed = any(character.isdigit() for character in plain) and any(q.unit.search(head) for q in quantities)
    return headed or any(quantity.given.search(plain) for quantity in quantities)


def _in_digits(text: str) -> str:
    """``text`` with the numbers before units as digits: "five millimeters" is "5 millimeters"."""
    return _BEFORE_UNIT.sub(lambda match: str(_IN_WORDS.index(match[0].casefold()) + 2), text)
