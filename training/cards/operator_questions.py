"""Questions as people at a line type them: on a sentence, a step or a table row, with codes written their own way."""

from __future__ import annotations

import random
import re

from training.cards.manual_words import manual_words

LONGEST = 160
"""Characters of a question; longer ones are not asked."""

_TERM = {
    "ja": re.compile(r"[A-Za-z][A-Za-z0-9_.\-]{1,20}|[ァ-ヴー]{2,12}[一-龥]{0,3}|[一-龥]{2,6}[ァ-ヴー]{0,8}"),
    "en": re.compile(r"\b[A-Za-z][A-Za-z0-9_\-]{2,18}(?: [a-z]{4,14})?\b"),
}
_STOP_WORDS = (
    "the this that these those with from when will have been which your must then than into also only each other more "
    "make sure does and for are not can you any all use used using its was has but may"
)
_STOP = frozenset(_STOP_WORDS.split())
_UNIT = (
    r"℃|°C|N·m|N・m|MPa|kPa|mm|cm|rpm|MΩ|Ω|kg|mL|Hz|ms|秒|分間|分|時間|か月|日|年|回|本|個|枚|文字|バイト|"
    r"%|V|A|s|g|h|L|m"
)
_UNIT_EN = (
    r"degrees C|°C|N·m|Nm|MPa|kPa|mm|cm|rpm|ohm|kg|mL|Hz|ms|seconds?|minutes?|hours?|days?|months?|years?|times|bytes?|"
    r"characters?|percent|%|bits?|V|A|s|g|h|L"
)
_VALUE = {
    "ja": re.compile(rf"(?<![A-Za-z0-9.])\d[\d.,]*\s?({_UNIT})(?![A-Za-z])"),
    "en": re.compile(rf"(?<![A-Za-z0-9.])\d[\d.,]*\s?({_UNIT_EN})(?![A-Za-z])"),
}
_FORBIDS = re.compile(
    r"ないでください|禁止|しないこと|触れ|危険|\b(?:do not|never|danger|hot|voltage)\b", re.IGNORECASE
)
_STRETCH = {"ja": 22, "en": 48}  # characters
_LABEL = re.compile(r"^(?:[^:。.]{1,30}: |\s*(?:\d{1,2}[.)]|[(]\d{1,2}[)]|-) )")
_WIDE = str.maketrans({chr(c): chr(c + 0xFEE0) for c in range(0x21, 0x7F)})


def sentence_question(sentence: str, text: str, lang: str, machine: str, rng: random.Random) -> tuple[str, str] | None:
    """(question, key) on ``sentence`` of ``text``; ``key`` is a term that stands in no other place of ``text``. None
    where the sentence has none. A sentence with a quantity is mostly asked for it, a warning for what it warns of."""
    words = manual_words(lang)
    asked = _LABEL.sub("", sentence)
    terms = [t for t in dict.fromkeys(_TERM[lang].findall(asked)) if not set(t.lower().split()) & _STOP]
    own = [t for t in terms if text.count(t) == 1]
    if not own:
        return None
    value = _VALUE[lang].search(sentence)
    unit = value[1] if value else ""
    if value and rng.random() < 0.75:
        near = sorted(own, key=lambda t: abs(sentence.index(t) - value.start()))
        key, templates = rng.choice(near[:2]), words.value_questions
    elif _FORBIDS.search(sentence) and rng.random() < 0.7:
        key, templates = rng.choice(own), words.safety_questions
    else:
        key, templates = rng.choice(own), words.detail_questions
    others = [t for t in terms if t != key] or [key]
    template = rng.choice([t for t in templates if len(others) > 1 or "{s}" not in t])
    spoken = _stretch(asked, key, lang, rng) if rng.random() < 0.5 else key
    question = template.format(t=spoken, s=rng.choice(others), u=unit, m=machine)
    if rng.random() < 0.25 and len(own) > 1:  # more of the sentence's own words, as people who half remember it write
        extra = rng.choice([t for t in own if t != key])
        question = f"{extra} {question}" if lang == "en" else f"{extra}、{question}"
    return (question, key) if len(question) <= LONGEST else None


def _stretch(sentence: str, key: str, lang: str, rng: random.Random) -> str:
    """The words of ``sentence`` from ``key`` to one of the next terms: "replacing the belt", not "belt" alone."""
    at = sentence.index(key)
    ends = [m.end() for m in _TERM[lang].finditer(sentence) if at + len(key) < m.end() <= at + _STRETCH[lang]]
    found = sentence[at : rng.choice(ends)] if ends else key
    return key if re.search(r"[。.] ?", found[len(key) :]) else found


def row_question(key: str, header: str, lang: str, machine: str, rng: random.Random) -> str:
    """A question on the cell under ``header`` of the row that ``key`` names."""
    shown = header.lower() if lang == "en" and header[1:].islower() else header
    return rng.choice(manual_words(lang).row_questions).format(k=key, h=shown, m=machine)


def written_by_hand(question: str, code: str, rng: random.Random) -> str:
    """``question`` with ``code`` as people type it (al32, in wide letters), or in small letters or without its mark."""
    if code and rng.random() < 0.3:
        bare = re.sub(r"[.\-\s]", "", code)
        typed = rng.choice((bare, bare.lower(), code.lower(), code.translate(_WIDE), bare.translate(_WIDE)))
        question = question.replace(code, typed)
    turn = rng.random()
    if turn < 0.12:
        return question.rstrip("?？.。")
    if turn < 0.2:
        return question.replace("?", "？") if not question.isascii() else question.lower()
    return question
