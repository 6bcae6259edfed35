"""Follow-ups: whether a question stands alone, or in which way it leans on the one before; by rules.

A question that names a code or a machine stands alone, and so does one with enough words of its own. What leans has
a pronoun, an ellipsis ("なぜ?"), an ordinal ("step 3") or a frame around a code or machine ("E-402 の場合は?"). In
doubt a question stands alone: a subject put in where none was missing would answer something else.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from assistant.steps import asked_step
from index.text import informative, language

Way = Literal["subject", "machine", "swap", "step"]
BY_PRONOUN = 2  # so many words of its own a question may have and yet lean by its pronoun ("how do I clean it?")
BY_LEAD = 1  # the same by its first word alone ("and the belt?", "それでも動かない")
LONGEST_BARE = 30  # characters of a question without any such mark ("why?", "原因は?")
HELD = "\x00"  # stands for a code or a machine's name


@dataclass(frozen=True, slots=True)
class Lean:
    """How a question leans on the last turn: for its ``subject``, for its ``machine`` only ("この機械の…"), as the last
    question with another code or machine (``swap``), or for a ``step`` of its procedure. ``rest``: what the question
    itself says; ``number``: of the step."""

    way: Way
    rest: str
    number: int = 0


_EN_LEAD = re.compile(
    r"^(?:and|but|or|so|then|also|still|ok(?:ay)?|well)\b[\s,]*|^(?:what|how) about\b\s*", re.IGNORECASE
)
_JA_LEAD = re.compile(
    r"^(?:それでも|それで|それでは|では|じゃあ?|でも|あと|また|そして|そのあと|その後|ほかに|他に|もし)[、,\s]*"
)
_FOR = r"(?:(?:for|on|with|at|in|of|to)\s+)?(?:the\s+)?"
_EN_SWAP = re.compile(
    rf"^(?:(?:and|but|or|so|then|also|ok(?:ay)?)\b[\s,]*)*(?:what|how)?\s*(?:about\s+)?(?:if\s+it\s+(?:is|was|says)\s+)?"
    rf"(?:the same\s+)?{_FOR}{HELD}(?:\s+(?:then|instead|too|as well))?$",
    re.IGNORECASE,
)
_JA_SWAP = re.compile(
    rf"^(?P<lead>(?:では|じゃあ?|それでは|でも|あと)[、,\s]*)?{HELD}\s*"
    r"(?P<frame>(?:の|が出た|だった)?(?:場合|とき|時|ほう|方)(?:は|だと|なら|でも|も)?|だと|なら|だったら|でも?は?|も)?"
    r"は?(?:どう|同じ|どうなる|どうなります|どうすればいい|どうすれば)?(?:です|でしょう)?か?$"
)
_EN_MACHINE = re.compile(r"\b(?:this|that|the same) (?:machine|device|unit|equipment)\b", re.IGNORECASE)
_JA_MACHINE = re.compile(r"(?:この|その|あの|同じ)(?:機械|装置|設備|機種|機)(?=[のはがをにで、]|$)")
_EN_PRONOUN = re.compile(r"\b(?:it|its|that|this|those|these|them|they|the same)\b", re.IGNORECASE)
_EN_DUMMY = re.compile(r"\b(?:is|was) it \w+ (?:to|that)\b|\bit(?:'s| is| was) \w+ (?:to|that)\b", re.IGNORECASE)
_JA_PRONOUN = re.compile(r"それ(?!ぞれ)|その(?!まま)|これ|この|あれ|あの|同じ|さっき|先ほど|上記|同様")
_EN_GENERIC_WORDS = (
    "come comes came back still happen happens happened help helps helped fix fixed work works fail fails long time "
    "times take takes often many much big step steps next last first else reason way case instead possible need needed "
    "needs necessary ok okay yes really more detail details explain thing remain remains persist persists return "
    "returns returned repeat repeats continue continues recur recurs reappear reappears go goes gone away let say says "
    "once twice later now again wait about know sure working"
)
_EN_ATTRIBUTE_WORDS = (
    "torque tension pressure voltage current speed temperature value values setting default range unit size length "
    "weight interval number cause causes remedy tool tools page duration limit resistance meaning spare name"
)
_JA_GENERIC_WORDS = (
    "直 治 待 再発 場合 時 後 前 次 最後 最初 手順 番目 番 目 何 分 秒 日 回 必要 同 理由 繰 返 続 駄目 ダメ 詳 教 件 "
    "他 出 起 発生 解決 改善 再度 度 一度 上記 同様 先 具体的 何分 何分待 何秒 何秒待 何日 何回 何時間 時間 "
    "所要時間 方法 方 程度"
)
_JA_ATTRIBUTE_WORDS = (
    "トルク 締付 締付トルク 締 付 張力 圧力 電圧 電流 速度 温度 値 設定値 設定 初期値 範囲 単位 寸法 長 重量 周期 "
    "間隔 部品 品番 型番 型式 部品番号 原因 処置 対策 対処 対処法 対処方法 処置方法 工具 ページ 注意 注意点 頻度 "
    "場所 位置 復旧 復旧方法 抵抗 絶縁抵抗 意味 名称"
)
_EN_GENERIC = frozenset(_EN_GENERIC_WORDS.split())
_EN_ATTRIBUTE = frozenset(_EN_ATTRIBUTE_WORDS.split())
_JA_PASSED = frozenset(f"{_JA_GENERIC_WORDS} {_JA_ATTRIBUTE_WORDS}".split())
_JA_RUN = re.compile(r"[一-鿿々]+|[ァ-ヺー]{2,}|[A-Za-z][A-Za-z0-9-]*|\d+")
_JA_PARTICLES = re.compile(
    r"なぜ|どうして|どのくらい|どれくらい|どのぐらい|どれぐらい|どうすれば|いつ|どこ|だれ|なに|どう|する|した|したい|かかります|かかる|"
    r"ですか|でしょうか|でしょう|ました|ません|なかった|ときは|とき|ばあい|だったら|なら|たら|れば|いい|よい|です|ます|から|まで|"
    r"ください|おしえて|だめ|ある|あります|なる|なった|もう|まだ|また|やり|かた|ほか|だけ|くらい|ぐらい|きました|きたら|でたら|でる|"
    r"いる|います|どの|どれ|って|すぐ|もっと|らない|らなければ|らなかった|ない|したら|して|しても|ても|でも|"
    r"[はがをにでともの、かてらりれるっしえけ]"
)
_HIRAGANA = re.compile("[ぁ-ゖ]")


def lean(question: str) -> Lean | None:
    """How ``question`` leans, None where it stands alone. It comes in form NFKC with ``HELD`` for each code and
    machine's name."""
    plain = question.strip().rstrip("?？。.!！ 　")
    if HELD in plain:
        return Lean("swap", plain) if plain.count(HELD) == 1 and _is_swap(plain) else None
    japanese = language(plain) == "ja"
    asked = asked_step(plain)
    if asked is not None:
        number, start, end = asked
        left = _cut_lead(f"{plain[:start]} {plain[end:]}".strip())
        if not _words(left, japanese)[0]:
            return Lean("step", plain, number)
    machine = (_JA_MACHINE if japanese else _EN_MACHINE).search(plain)
    if machine is not None:
        rest = plain[: machine.start()] + HELD + plain[machine.end() :]
        if _words(rest.replace(HELD, ""), japanese)[0]:
            return Lean("machine", rest)
    if _leans(plain, japanese):
        return Lean("subject", _cut_lead(plain) or plain)
    return None


def _is_swap(plain: str) -> bool:
    english = _EN_SWAP.match(plain)
    if english is not None and plain != HELD:
        return True
    japanese = _JA_SWAP.match(plain)
    return japanese is not None and bool(japanese["lead"] or japanese["frame"])


def _leans(plain: str, japanese: bool) -> bool:
    own, said = _words(plain, japanese)
    pronoun = _pronoun(plain, japanese)
    if pronoun is not None and len(_words(plain[:pronoun], japanese)[0]) < BY_PRONOUN and len(own) <= BY_PRONOUN:
        return True
    if (_JA_LEAD if japanese else _EN_LEAD).match(plain) and len(own) <= BY_LEAD:
        return True
    return not own and said and len(plain) <= LONGEST_BARE


def _pronoun(plain: str, japanese: bool) -> int | None:
    """Where a pronoun stands that means something said before: not "is it safe to ...", not "the box that fell"."""
    if japanese:
        match = _JA_PRONOUN.search(plain)
        return match.start() if match else None
    if _EN_DUMMY.search(plain):
        return None
    for match in _EN_PRONOUN.finditer(plain):
        before = re.findall(r"[A-Za-z]+", plain[: match.start()])[-1:]
        if match[0].lower() == "that" and before and _is_own(before[0]) and plain[match.end() :].strip():
            continue
        return match.start()
    return None


def _words(text: str, japanese: bool) -> tuple[list[str], bool]:
    """(the words that say something of their own, whether it says anything at all)."""
    if not japanese:
        found = re.findall(r"[A-Za-z][A-Za-z0-9'-]*|\d+", text)
        return [word for word in found if _is_own(word) and word.lower() not in _EN_ATTRIBUTE], bool(found)
    runs = _JA_RUN.findall(text)
    own = [run for run in runs if run not in _JA_PASSED and not run.isdigit()]
    kana = "".join(
        _HIRAGANA.findall(_JA_PARTICLES.sub("", _JA_PRONOUN.sub("", _JA_LEAD.sub("", _JA_RUN.sub("", text)))))
    )
    if len(kana) > 1:  # a word in hiragana: "つまった"
        own.append(kana)
    return own, bool(text.strip())


def _is_own(word: str) -> bool:
    plain = word.lower().partition("'")[0]
    return informative(plain) and plain not in _EN_GENERIC and not plain.isdigit()


def _cut_lead(text: str) -> str:
    """Without "and", "what about" or その in front; それでも stays, since it tells what was tried."""
    cut = re.sub(r"^(?:その|この|あの)(?!後|あと)|^(?:では|じゃあ?|あと)[、,\s]*", "", text)
    before = ""
    while before != cut:
        before, cut = cut, _EN_LEAD.sub("", cut, count=1)
    return cut.strip()
