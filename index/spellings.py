"""Spellings: words that Japanese manuals write in kana, in kanji or in either of two kanji, brought to one form.

An operator types ねじ, the manual prints ネジ or 螺子: for search they are one word. Only what means one thing is
folded: つまり after a noun is a blockage (詰まり), elsewhere it is "that is" and stays; しめる may be 締める or 閉める
and stays. Other words for the same thing (ビス, 座金) are synonyms and stand in the glossary.
"""

from __future__ import annotations

import re

# the same kanji in two shapes, or two kanji for one word of a workshop
_KANJI = str.maketrans("孔捲喰廻熔附燈撹疵銹洩", "穴巻食回溶付灯攪傷錆漏")

_ALONE = r"(?<![ぁ-ゖ])"  # at the beginning of a word, as far as script tells
_AFTER_SUBJECT = r"(?:(?<![ぁ-ゖ])|(?<=[がはもにをで]))"
_FORMS: tuple[tuple[str, str], ...] = (
    (r"(?:螺子|捻子|ねじ(?=[^れるりらっ]|$))", "ネジ"),
    (r"(?<![れ])ばね|発条|撥条", "バネ"),
    (r"グリス(?!ト)", "グリース"),
    (r"(?:取り|取|とり)?はず(?=[さしすせそれ])", "*外"),
    (r"(?:取り|とり)(?:つ|付|附)け|取(?:付|附)け?", "取り付け"),
    (r"(?:締め|しめ)(?:つ|付)け|締付け?", "締め付け"),
    (r"(?:(?:差|挿|さ)し(?:こ|込)|差込)(?=[みむまん])", "差し込"),
    (r"(?:取り|とり)(?:か|替|換)え|取(?:替|換)え?", "取り替え"),
    (r"換え", "替え"),
    (r"(?:据え|すえ)(?:つ|付)け|据付け?", "据え付け"),
    (r"ゆる(?=[むみめまんい])", "緩"),
    (r"たる(?=[むみん])", "弛"),
    (r"こわ(?=れ)", "壊"),
    (_ALONE + r"もれ", "漏れ"),
    (r"(?<=[がは])もれ(?=[るてたま])", "漏れ"),
    (r"(?<=[一-鿿ァ-ヺー])つまり|(?<=[一-鿿ァ-ヺー])づまり|詰り", "詰まり"),
    (r"(?<=が)つま(?=[るりっら])|詰(?=[るっ])", "詰ま"),
    (r"よご(?=れ)", "汚"),
    (r"(?:さび|サビ)(?![しス])", "錆"),
    (r"磨耗", "摩耗"),
    (_ALONE + r"きず(?!く)|キズ", "傷"),
    (_ALONE + r"ほこり|ホコリ|(?<!塵)埃", "塵埃"),
    (_ALONE + r"ふた(?![つたりま])|フタ(?![ァ-ヺー])", "蓋"),
    (_ALONE + r"かぎ(?![りら])", "鍵"),
    (r"かくはん", "攪拌"),
    (_AFTER_SUBJECT + r"[と停](?=ま[るりらっれ])", "止"),
    (_AFTER_SUBJECT + r"うご(?=[くかきけい])", "動"),
    (_AFTER_SUBJECT + r"まわ(?=[るすしらさっ])", "回"),
    (r"(?<=[がは])すべ(?=[るりっら])", "滑"),
    (r"(?<=を)ふ(?=[くいき])", "拭"),
    (r"(?<=を)ぬ(?=[くいきか])", "抜"),
    (r"(?<=を)お(?=す|して|した|せ)", "押"),
    (r"(?<=が)あが(?=[るりらっ])", "上が"),
    (r"(?<=が)さが(?=[るりらっ])", "下が"),
    (_AFTER_SUBJECT + r"はさ(?=[むみん]|ま[れっるり])", "挟"),
    (_ALONE + r"つな(?=[ぐぎげご]|が[るりっ])", "繋"),
    # katakana: conveyor, gear; film as old manuals print it; v
    (r"(?<=[イキギシジチニヒビミリエケゲセテネヘベメレ])ヤ(?!ー?ド)", "ア"),
    (r"フイ(?=[ルー])", "フィ"),
    (r"フエ(?=[ルー])", "フェ"),
    (r"ウエ(?=[ーイハブ])", "ウェ"),
    (r"ヴァ", "バ"),
    (r"ヴィ", "ビ"),
    (r"ヴェ", "ベ"),
    (r"ヴォ", "ボ"),
    (r"ヴ", "ブ"),
)
_FIRST = "螺捻ねば発撥グ取とは締し差挿さ換据すゆたこもつづ詰よサ磨きキほホ埃ふフかま停うぬおあヤウヴ"
_WORD = re.compile(f"(?=[{_FIRST}])(?:" + "|".join(f"({form})" for form, _ in _FORMS) + ")")
_JAPANESE = re.compile("[ぁ-ヺ一-鿿]")


def one_form(text: str) -> str:
    """``text`` (NFKC) with such words in one form each. Doing it twice changes nothing."""
    if not _JAPANESE.search(text):
        return text
    return _WORD.sub(_form, text.translate(_KANJI))


def _form(match: re.Match[str]) -> str:
    assert match.lastindex is not None
    form = _FORMS[match.lastindex - 1][1]
    if not form.startswith("*"):
        return form
    return ("取り" if match[0][0] in "取と" else "") + form[1:]
