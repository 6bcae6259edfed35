"""Spelling: one form for what manuals and models write in several: units, bounds, conditions, orders, okurigana."""

from __future__ import annotations

import re
from functools import lru_cache

_NUMBER = r"(?<![A-Za-z.\-\d])[-+±]?\d[\d.,]*(?<![.,])"
_UNIT = r"(?:\s?(?:°C|%|(?!(?:of|and|or|in|to|on|at|by|for|from|the|with)\b)[A-Za-zμ°/·²]{1,12}(?![A-Za-z])))?"
_OKURIGANA = {
    "取付": "取り付け", "締付": "締め付け", "組付": "組み付け", "据付": "据え付け", "巻付": "巻き付け",
    "押付": "押し付け", "組立": "組み立て", "切替": "切り替え", "入替": "入れ替え",
}  # fmt: skip
_POTENTIAL = dict(zip("うくぐすつぬぶむ", "えけげせてねべめ", strict=True))

# in this order: later patterns see what earlier ones wrote
_JA = tuple(
    (re.compile(pattern), new)
    for pattern, new in (
        (r"下さい", "ください"), (r"又は|もしくは|あるいは", "または"), (r"及び|ならびに|並びに", "および"),
        (r"全て", "すべて"), (r"直ちに", "ただちに"), (r"出来(?=[るまなた])", "でき"), (r"無い", "ない"),
        (r"およそ", "約"), (r"取外(?=[しすせさそ])", "取り外"), (r"引抜(?=[かきくけいこ])", "引き抜"),
        (r"差込(?=[まみむめもん])", "差し込"), (r"繰返(?=[しすせさそ])", "繰り返"),
        (r"(?<=\d)\s?秒間?(?!目)", " s"), (r"(?<=\d)\s?分間?(?![の割岐解])", " min"), (r"(?<=\d)\s?時間(?!目)", " h"),
        (r"(?<=単位: )秒", "s"), (r"(?<=単位: )分", "min"), (r"(?<=単位: )時間", "h"),
        (r"(?<=\d)\s?[ヶケヵカ](?=[月所])", "か"), (r"(?<=\d)\s?パーセント", " %"),
        (rf"(?:少なくとも|最低でも)\s*({_NUMBER}{_UNIT})", r"\1 以上"),
        (r"(?<=[一-龥])すると、?", "したときは、"), (r"であっても", "でも"), (r"([ただ])状態で", r"\1まま"),
        (r"備えてい(?=ます|る)", "備え"), (r"(?<=[有示表味])してい(?=ます)", "し"),
        (r"(とき|場合|際)(\([^()]*\))に?は、?", r"\1は、\2、"), (r"(?<=[赤緑青黄白黒橙])色", ""), (r"掃除", "清掃"),
        (r"すぐに", "ただちに"), (r"取り外(?=[しすせさそ])", "外"),
        (r"しない(?:まま|で(?![くすしはもの]))、?", "せずに"), (r"ない(?:まま|で(?![くすしはもの]))、?", "ずに"),
        (r"た(?:後|あと)(?![ろ方部面端])[にで]?、?", "てから"), (r"だ(?:後|あと)(?![ろ方部面端])[にで]?、?", "でから"),
        (r"確かめる", "確認する"), (r"確かめ(?=[てた]|ます|、|$)", "確認し"),
        (r"取り替える", "交換する"), (r"取り替え(?=[てた]|ます|、)", "交換し"),
        (r"(?<=[一-龥ァ-ヺー])することができ", "でき"), (r"ることができ", "られ"),
        (r"(?:とき|場合|際)(?:に?は)?、|(?:とき|場合|際)に?は", "ときは、"), (r"(?:場合|際)に(?!は)", "ときに"),
        (r"(?:なければ|なかったら)(?!なら|なり|いけ)、?", "ないときは、"),
        (r"(?<=[ぁ-ん出見])([ただ])ら(?![なずぬしすせけっ])、?", r"\1ときは、"),
        (r"(?<!れば)(?:であれば|ならば|なら(?![なばいべうっびしすせそ]))、?", "なら、"),
    )
)  # fmt: skip
_OKURI = re.compile("|".join(f"{short}[けてえ]?" for short in _OKURIGANA))
_CAN = re.compile(r"([うくぐすつぬぶむ])ことができ")
_EN = tuple(
    (re.compile(pattern, re.IGNORECASE), new)
    for pattern, new in (
        (r"(?<=\d)\s?(?:seconds?|secs?)\b", " s"), (r"(?<=\d)\s?(?:minutes?|mins?)\b", " min"),
        (r"(?<=\d)\s?(?:hours?|hrs?)\b", " h"), (r"(?<=\d)\s?degrees? C(?:elsius)?\b", " °C"),
        (r"(?<=\d)\s?(?:percent|per cent)\b", " %"), (r"(?<=\d)\s?(?:millimet(?:er|re)s?)\b", " mm"),
        (r"(?<=\bunit: )seconds?", "s"), (r"(?<=\bunit: )minutes?", "min"), (r"(?<=\bunit: )hours?", "h"),
        (rf"\b(?:at least|no less than|not less than|a minimum of)\s+({_NUMBER}{_UNIT})", r"\1 or more"),
        (rf"\b(?:at most|no more than|not more than|a maximum of)\s+({_NUMBER}{_UNIT})", r"\1 or less"),
        (rf"(?<=\d)({_UNIT}) or (?:longer|higher|greater)\b", r"\1 or more"),
        (rf"(?<=\d)({_UNIT}) or (?:shorter|lower|fewer)\b", r"\1 or less"),
        (rf"\b(?:(?:greater|higher|larger|longer) than|above|over|exceeding)(?=\s+{_NUMBER})", "more than"),
        (rf"\b(?:(?:smaller|lower|shorter|fewer) than|below|under)(?=\s+{_NUMBER})", "less than"),
        (rf"\b(?:approximately|approx\.?|roughly)(?=\s+{_NUMBER})", "about"),
        (
            r"\b(?:make sure|ensure|verify|confirm|check|see)(?: that\b| (?=the\b|it\b|all\b|no\b|nobody\b))",
            "check that ",
        ),
        (r"\bturn(?= (?:off|on)\b)", "switch"), (r"\bround the\b", "around the"), (r"\btowards\b", "toward"),
        (r"\b(?:has|have|needs?) to\b", "must"), (r"\b(?:indicates?|means) that\b", "means"),
        (r"\busing the\b", "with the"),
        (r"\bin order to\b", "to"), (r"\bprior to\b", "before"), (r"\bgets? (?=[a-z]+(?:ed|n)\b)", "is "),
        (r"\bcarry out\b", "perform"), (r"\bunplug\b", "disconnect"),
        (r"\bif\b", "when"), (r",? as well(?! as)\b", ""), (r",? too(?=[.,;]|$)", ""),
    )
)  # fmt: skip


@lru_cache(maxsize=1024)
def one_form(line: str) -> str:
    """``line``, in form NFKC, with words that say the same in one form. What it merges must never say two things: a
    bound stays a bound of the same kind, a unit the same unit, a condition the same condition."""
    if re.search(r"[ぁ-ん]|単位", line):
        line = _OKURI.sub(lambda match: _OKURIGANA[match[0][:2]], line)
        line = _CAN.sub(lambda match: _POTENTIAL[match[1]], line)
        for pattern, new in _JA:
            line = pattern.sub(new, line)
    if re.search(r"[A-Za-z]{2}", line):
        for pattern, new in _EN:
            line = pattern.sub(new, line)
    return line
