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
_EXCEEDS = {"り": "", "る": "る", "っ": "", "れ": "れ"}
_POTENTIAL = dict(zip("うくぐすつぬぶむ", "えけげせてねべめ", strict=True))

# "と" after a verb says "whenever"; what is told, thought or seen ("と表示", "と判断") is none. 超えると、 and 超えたら
# are one
_WHENEVER = (
    r"(?<=[ぁ-ん一-龥])(する|[うくぐすつぬぶむる])と(?:、|(?=[一-龥ァ-ヺA-Z\s])"
    r"(?!\s?(?:見|判|思|言|表|考|呼|分|記|書|同|比|共|推|伝|異|違|定|認|想|確)))\s?"
)

# in this order: later patterns see what earlier ones wrote. First the words of which a line must hold one before the
# pattern is tried, a tenth of the work
_JA = tuple(
    (tuple(needs.split("|")), re.compile(pattern), new)
    for needs, pattern, new in (
        ("下さい", r"下さい", "ください"), ("又は|もしくは|あるいは", r"又は|もしくは|あるいは", "または"),
        ("及び|ならびに|並びに", r"及び|ならびに|並びに", "および"),
        ("全て", r"全て", "すべて"), ("直ちに", r"直ちに", "ただちに"), ("出来", r"出来(?=[るまなた])", "でき"),
        ("無い", r"無い", "ない"),
        ("およそ", r"およそ", "約"), ("取外", r"取外(?=[しすせさそ])", "取り外"),
        ("引抜", r"引抜(?=[かきくけいこ])", "引き抜"),
        ("差込", r"差込(?=[まみむめもん])", "差し込"), ("繰返", r"繰返(?=[しすせさそ])", "繰り返"),
        ("箇|個|ヶ|ケ|ヵ|カ", r"(?<=[\d一二三四五六七八九十])\s?[箇個ヶケヵカ](?=[所月])", "か"),
        ("メガ|キロ|パスカル", r"(?<=\d)\s?メガパスカル", " MPa"), ("キロ", r"(?<=\d)\s?キロパスカル", " kPa"),
        ("ミリ", r"(?<=\d)\s?ミリ(?:メートル)?(?![秒ァ-ヺ])", " mm"),
        ("ニュートンメートル", r"(?<=\d)\s?ニュートンメートル", " N·m"),
        ("ミリ秒", r"(?<=\d)\s?ミリ秒", " ms"),
        ("秒", r"(?<=\d)\s?秒間?(?!目)", " s"), ("分", r"(?<=\d)\s?分間?(?![の割岐解])", " min"),
        ("時間", r"(?<=\d)\s?時間(?!目)", " h"),
        ("秒", r"(?<=単位: )秒", "s"), ("分", r"(?<=単位: )分", "min"), ("時間", r"(?<=単位: )時間", "h"),
        ("パーセント", r"(?<=\d)\s?パーセント", " %"),
        ("少なくとも|最低でも", rf"(?:少なくとも|最低でも)\s*({_NUMBER}{_UNIT})", r"\1 以上"),
        (
            "から",
            rf"({_NUMBER})({_UNIT})\s?から\s?({_NUMBER}\2)\s?(?=の|まで|です|とし|とす|で|。|、|$)(?:まで)?",
            r"\1 ~ \3",
        ),
        ("下回", r"\s?を下回(?=[りるっれ])", "未満にな"),
        ("より", r"(?<=[\dA-Za-z%°℃])\s?より(?:低|小さ|短|少な)くな", "未満にな"),
        ("上回", r"\s?を上回([りるっれ])", lambda match: "を超え" + _EXCEEDS[match[1]]),
        (
            "より",
            r"(?<=[\dA-Za-z%°℃])\s?より(?:高|大き|長|多)くな([りるっれ])",
            lambda match: "を超え" + _EXCEEDS[match[1]],
        ),
        ("すると", r"(?<=[一-龥])すると、?", "したときは、"), ("であっても", r"であっても", "でも"),
        ("状態で", r"([ただ])状態で", r"\1まま"),
        ("備えてい", r"備えてい(?=ます|る)", "備え"), ("してい", r"(?<=[有示表味])してい(?=ます)", "し"),
        ("(", r"(とき|場合|際)(\([^()]*\))に?は、?", r"\1は、\2、"), ("色", r"(?<=[赤緑青黄白黒橙])色", ""),
        ("掃除", r"掃除", "清掃"),
        ("締め付け", r"締め付け(?=[るてまた]|、|$)", "締め"), ("調べ", r"調べる", "確認する"),
        ("調べ", r"調べ(?=[てた]|ます|、|$)", "確認し"),
        ("前に", r"(?<=[一-龥ァ-ヺー])\s?(?:する|の)前に", "前に"), ("に設定", r"(?<=に)設定(?=[すし])", ""),
        ("のある|のない", r"の(?=ある|ない)", "が"), ("再度|再び", r"再度|再び", "もう一度"),
        ("一番|いちばん|もっとも", r"一番|いちばん|もっとも", "最も"),
        ("すぐに", r"すぐに", "ただちに"), ("取り外", r"取り外(?=[しすせさそ])", "外"),
        ("しない", r"しない(?:まま|で(?![くすしはもの]))、?", "せずに"),
        ("ない", r"ない(?:まま|で(?![くすしはもの]))、?", "ずに"),
        ("後|あと", r"た(?:後|あと)(?![ろ方部面端])[にで]?、?", "てから"),
        ("後|あと", r"だ(?:後|あと)(?![ろ方部面端])[にで]?、?", "でから"),
        ("確かめ", r"確かめる", "確認する"), ("確かめ", r"確かめ(?=[てた]|ます|、|$)", "確認し"),
        ("取り替え", r"取り替える", "交換する"), ("取り替え", r"取り替え(?=[てた]|ます|、)", "交換し"),
        ("ことができ", r"(?<=[一-龥ァ-ヺー])することができ", "でき"), ("ことができ", r"ることができ", "られ"),
        ("とす|とし", r"(?<=[\d一-龥A-Za-z%])\s?と(?:する|します)(?=。|、|\)|$)", "です"),
        ("とき|場合|際", r"(?:とき|場合|際)(?:に?は)?、|(?:とき|場合|際)に?は", "ときは、"),
        ("場合に|際に", r"(?:場合|際)に(?!は)", "ときに"),
        ("なければ|なかったら", r"(?:なければ|なかったら)(?!なら|なり|いけ)、?", "ないときは、"),
        ("たら|だら", r"(?<=[ぁ-ん出見])([ただ])ら(?![なずぬしすせけっ])、?", r"\1ときは、"),
        # an adjective says so, too (高いと、 少ないと、); 違い and 扱い are nouns
        ("いと、", r"(?<=[一-龥きさしなたる])(?<![違扱使洗狙行問願思習争匂誓])いと、\s?", "いときは、"),
        ("と", _WHENEVER, lambda match: ("し" if match[1] in ("す", "する") else "") + "たときは、"),
        ("ときは", r"(?<![しじ])(?:(?<=[ぁ-ん一-龥])[っいん])([ただ])ときは、", "たときは、"),
        ("であれば|なら", r"(?<!れば)(?:であれば|ならば|なら(?![なばいべうっびしすせそ]))、?", "なら、"),
    )
)  # fmt: skip
_CHANGES = re.compile(
    r"\b(?:increas|decreas|rais|lower|reduc|chang|ris|fall|drop|switch|mov|shift|adjust(?:ed)? from)", re.IGNORECASE
)


def _range(match: re.Match[str]) -> str:
    """ "between 5 and 10 mm" and "from 5 mm to 10 mm" are 5-10 mm, except where something goes from one to another."""
    if match[0].startswith("from") and _CHANGES.search(match.string):
        return match[0]
    return f"{match[1]} ~ {match[3]}{match[2]}"


_SAYS_JA, _SAYS_EN = re.compile(r"[ぁ-ん]|単位"), re.compile(r"[A-Za-z]{2}")
_OKURI = re.compile("|".join(f"{short}[けてえ]?" for short in _OKURIGANA))
_CAN = re.compile(r"([うくぐすつぬぶむ])ことができ")
_EN = tuple(
    (tuple(needs.split("|")), re.compile(pattern, re.IGNORECASE), new)
    for needs, pattern, new in (
        ("sec", r"(?<=\d)\s?(?:seconds?|secs?)\b", " s"), ("min", r"(?<=\d)\s?(?:minutes?|mins?)\b", " min"),
        ("hour|hr", r"(?<=\d)\s?(?:hours?|hrs?)\b", " h"), ("degree", r"(?<=\d)\s?degrees? C(?:elsius)?\b", " °C"),
        ("percent|per cent", r"(?<=\d)\s?(?:percent|per cent)\b", " %"),
        ("rpm|r/min", r"(?<=\d)\s?(?:r/min|rpm)\b", " rpm"),
        ("newton", r"(?<=\d)\s?newton[- ]?met(?:er|re)s?\b", " N·m"),
        ("megapascal", r"(?<=\d)\s?megapascals?\b", " MPa"), ("kilopascal", r"(?<=\d)\s?kilopascals?\b", " kPa"),
        ("between", rf"\bbetween ({_NUMBER})({_UNIT}) and ({_NUMBER})\2", _range),
        (" to ", rf"(?:\bfrom )?(?<![.\d])({_NUMBER})({_UNIT}) to ({_NUMBER})\2", _range),
        ("millimet", r"(?<=\d)\s?(?:millimet(?:er|re)s?)\b", " mm"),
        ("unit: second", r"(?<=\bunit: )seconds?", "s"), ("unit: minute", r"(?<=\bunit: )minutes?", "min"),
        ("unit: hour", r"(?<=\bunit: )hours?", "h"),
        (
            "at least|less than|minimum of",
            rf"\b(?:at least|no less than|not less than|a minimum of)\s+({_NUMBER}{_UNIT})",
            r"\1 or more",
        ),
        (
            "at most|more than|maximum of",
            rf"\b(?:at most|no more than|not more than|a maximum of)\s+({_NUMBER}{_UNIT})",
            r"\1 or less",
        ),
        ("or longer|or higher|or greater", rf"(?<=\d)({_UNIT}) or (?:longer|higher|greater)\b", r"\1 or more"),
        ("or shorter|or lower|or fewer", rf"(?<=\d)({_UNIT}) or (?:shorter|lower|fewer)\b", r"\1 or less"),
        (
            "than|above|over|exceeding",
            rf"\b(?:(?:greater|higher|larger|longer|hotter|warmer|thicker|wider|heavier|faster) than|above|over"
            rf"|exceeding)(?=\s+{_NUMBER})",
            "more than",
        ),
        (
            "than|below|under",
            r"\b(?:(?:smaller|lower|shorter|fewer|cooler|colder|thinner|narrower|lighter|slower) than|below|under)"
            rf"(?=\s+{_NUMBER})",
            "less than",
        ),
        ("approx|roughly", rf"\b(?:approximately|approx\.?|roughly)(?=\s+{_NUMBER})", "about"),
        (
            "make sure|ensure|verify|confirm|check|see",
            r"\b(?:make sure|ensure|verify|confirm|check|(?<!\()see)(?: that\b| (?=the\b|it\b|all\b|no\b|nobody\b))",
            "check that ",
        ),
        ("turn o", r"\bturn(?= (?:off|on)\b)", "switch"), ("round the", r"\bround the\b", "around the"),
        ("towards", r"\btowards\b", "toward"),
        ("has to|have to|need to|needs to", r"\b(?:has|have|needs?) to\b", "must"),
        ("indicate|means", r"\b(?:indicates?|means) that\b", "means"),
        ("using the", r"\busing the\b", "with the"),
        ("in order to", r"\bin order to\b", "to"), ("prior to", r"\bprior to\b", "before"),
        ("get", r"\bgets? (?=[a-z]+(?:ed|n)\b)", "is "),
        ("carry out", r"\bcarry out\b", "perform"), ("unplug", r"\bunplug\b", "disconnect"),
        ("since", r", since\b", ", because"), ("contain", r"\b(?:that|which) contains?\b", "containing"),
        ("once", r"\bonce (?=(?:the|it|all|they|you|he|she)\b)", "when "), ("if", r"\bif\b", "when"),
        ("as well", r",? as well(?! as)\b", ""), ("too", r",? too(?=[.,;]|$)", ""),
    )
)  # fmt: skip


@lru_cache(maxsize=1024)
def one_form(line: str) -> str:
    """``line``, in form NFKC, with words that say the same in one form. What it merges must never say two things: a
    bound stays a bound of the same kind, a unit the same unit, a condition the same condition."""
    if _SAYS_JA.search(line):
        line = _OKURI.sub(lambda match: _OKURIGANA[match[0][:2]], line)
        line = _CAN.sub(lambda match: _POTENTIAL[match[1]], line)
        for needs, pattern, new in _JA:
            for word in needs:  # a loop: any() would cost more than all that it looks at
                if word in line:
                    line = pattern.sub(new, line)
                    break
    if _SAYS_EN.search(line):
        small = _small(line)
        for needs, pattern, new in _EN:
            for word in needs:
                if word in small:
                    line = pattern.sub(new, line)
                    small = _small(line)
                    break
    return line


def _small(line: str) -> str:
    """In small letters, as patterns take them whatever their case: for these the i without a dot is one, too."""
    return line.lower().replace("ı", "i").replace("ſ", "s")
