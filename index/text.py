"""Text: one normal form for searching, its terms, and the language a text is in.

Japanese is searched by overlapping character pairs: they need no dictionary, find part numbers and new product names,
and are what a full-text index can hold. Source: standard practice for CJK retrieval (bigram indexing).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from index.codes.find import find_codes
from index.passage import Lang
from index.spellings import one_form

_HIRAGANA = "ぁ-ゖゝゞ"
_KATAKANA = "ァ-ヺーヽヾ"
_KANJI = "㐀-䶿一-鿿豈-﫿々〆\U00020000-\U0003ffff"
_JAPANESE = _HIRAGANA + _KATAKANA + _KANJI

_NEXT_WORD = "アイウエオカケコシセソヒビフブヘホボモユヨリレロワヲ"
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−"), "-") | {ord("〜"): "~", ord("\u00ad"): None, ord("\u200b"): None}
_MAY_FOLD = re.compile(r"[^\x20-\x40\x5b-\x7eぁ-ゖァ-ヺー一-鿿、。・「」]")
_SPACE = re.compile(r"\s+")
_MIDDLE_DOT = re.compile(rf"(?<=[{_KATAKANA}])[・·](?=[{_KATAKANA}])")
_FINAL_VOWEL = re.compile(rf"(?<=[{_KATAKANA}]{{2}})ー+(?![{_KATAKANA}])")
# "ター" before the next word; not the vowel of インバータ, アラーム, デパート
_INNER_VOWEL = re.compile(
    rf"(?<=[{_KATAKANA}]{{2}})(?<=[アカガサザタダナハバパマヤラ])ー(?=[{_NEXT_WORD}][{_KATAKANA}])"
)

_TOKEN = re.compile(
    rf"(?P<japanese>[{_JAPANESE}]+)|(?P<hexadecimal>0x[0-9a-f]+)|(?P<number>\d+(?:[.,]\d+)*)"
    rf"|(?P<word>[^\W\d_{_JAPANESE}][^\W_{_JAPANESE}]*(?:_+[^\W_{_JAPANESE}]+)*)"
)
_UNSAFE = re.compile(r"[^\w.\-]")
_SHORT_TEXT = 200  # characters: a question
_LATIN_WORD = re.compile(rf"[^\W\d_{_JAPANESE}][^\W{_JAPANESE}.\-]*(?:[.\-][^\W{_JAPANESE}]+)*")
_ONE_JAPANESE = re.compile(f"[{_JAPANESE}]")
_ONLY_HIRAGANA = re.compile(f"[{_HIRAGANA}]+")
_LONE_KANJI = re.compile(rf"(?<![{_KANJI}])[{_KANJI}](?![{_KANJI}])")

_OKURIGANA = re.compile(rf"([{_KANJI}])([ぁ-ゖ]{{1,2}})(?=([{_KANJI}]))")

_STOP = (
    "a an the this that these those it its i you he she we they me my your our their them is are was were be been am "
    "do does did done doing has have had having can could may might must shall should will would to of in on at by for "
    "from with without into onto as if or and but not no nor so than then there here when where which who whom whose "
    "what why how about after before again all any some each both also just only too very such same other own s t "
    "please tell show mean means get got"
)
_STOP_WORDS = frozenset(_STOP.split())
_STOP_PHRASES = (
    "です でした でしょう ます ました ません ましょう する した して します しました しない される された されます "
    "すれば すると ください てください から まで より ので のに には では とは への での との がある があります "
    "である あります ある あった ない なかった いる いた います いました いない なる なった なります なって とき "
    "こと もの ため ところ これ それ あれ この その あの どの どれ どこ どう どうすれば いつ なぜ なに どうして "
    "どんな どのように ように ような という といった について において によって による により として とも など "
    "だけ しか さえ でも ても たら なら れば いい よい ですか ますか ませんか でしょうか のか のは のが のを のも "
    "かも また または および ながら まま ずに てから ていて ている ています できる できます できない れる られる "
    "のはなぜですか はどう はどこ はいつ はなに とはなん なんですか をおしえて てはいけない ないで"
)
_PARTICLES = frozenset("はがをにのとでもへやかねよ")
_CASE_PARTICLES = frozenset("はがをにので")


def _fold_once(text: str) -> tuple[str, bool]:
    """``text`` folded, and whether it is sure that doing it again changes nothing: what the rules for words saw they
    have left as it is, and no character is of a kind that may fold further."""
    plain = unicodedata.normalize("NFKC", text).casefold().translate(_DASHES)
    plain = _SPACE.sub(" ", plain).strip()
    folded = one_form(plain)
    if "・" in folded or "·" in folded:
        folded = _MIDDLE_DOT.sub("", folded)
    if "ー" in folded:
        folded = _INNER_VOWEL.sub("", _FINAL_VOWEL.sub("", folded))
    return folded, folded == plain and not _MAY_FOLD.search(folded)


def normalise(text: str) -> str:
    """The form in which texts are compared: width and case folded, white space tidied, dashes one, the long vowel at
    the end of a katakana word of three or more characters dropped (モーター is モータ, キー stays), also before the
    next word (モーターカバー), the middle dot between katakana dropped (サーボ・アンプ is サーボアンプ), and words that
    are written in kana or kanji in one form (index.spellings). Doing it twice changes nothing."""
    if text.isascii():  # a tenth of the work
        return " ".join(text.lower().split())
    while True:
        folded, sure = _fold_once(text)
        if sure or folded == text:
            return folded
        text = folded


@lru_cache(maxsize=32_768)
def _stem(word: str) -> str:
    """A light English stem: plural, -ing, -ed and a final e go; what is left keeps a vowel and three letters."""
    if len(word) < 4 or not word.isascii() or not word.isalpha():
        return word
    if word.endswith("ies") and len(word) > 4:
        word = word[:-3] + "y"
    elif word.endswith(("sses", "shes", "ches", "xes")):
        word = word[:-2]
    elif word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    for ending in ("ing", "ed"):
        cut = word[: -len(ending)]
        if word.endswith(ending) and len(cut) >= 3 and re.search("[aeiouy]", cut):
            double = len(cut) > 3 and cut[-1] == cut[-2] and cut[-1] not in "lsz"
            word = cut[:-1] if double else cut
            break
    return word[:-1] if word.endswith("e") and len(word) > 3 else word


@lru_cache(maxsize=8192)
def _japanese_terms(run: str) -> tuple[str, ...]:
    """Overlapping pairs; a run of one is itself. A kanji without kanji beside it is also a term of its own, so that
    軸が緩む finds 軸の緩み; two kanji with an ending between them are a pair too, so that 締め付け finds 締付け."""
    run = "".join(character for character in run if character.isalnum())  # not every code point of a block is a letter
    if len(run) <= 1:
        return (run,) if run else ()
    lone = {m.start() for m in _LONE_KANJI.finditer(run)}
    out: list[str] = []
    for place in range(len(run)):
        if place in lone:
            out.append(run[place])
        if place + 1 < len(run):
            out.append(run[place : place + 2])
    out += [match[1] + match[3] for match in _OKURIGANA.finditer(run) if match[2] not in _PARTICLES]
    return tuple(out)


def _token_terms(match: re.Match[str]) -> Sequence[str]:
    token = match[0]
    if match.lastgroup == "japanese":
        return _japanese_terms(token)
    if match.lastgroup == "number":
        grouped = re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", token)
        return [token.replace(",", "")] if grouped else token.split(",")
    if match.lastgroup == "word":
        if "_" in token:
            return [token, *(_stem(piece) for piece in token.split("_") if piece)]
        return [_stem(token)]
    return [token]


def terms(text: str) -> list[str]:
    """Search terms of ``text`` in order, repeats kept; for indexing and for questions alike.

    Latin words lower case and lightly stemmed, numbers with their decimals, Japanese as character pairs, and every
    code of ``index.codes.find`` whole (lower case) before its plain pieces. A term holds letters, digits, "_", "."
    and "-" only, so that an FTS5 unicode61 tokenizer with tokenchars '_.-' keeps it whole.
    """
    out: list[str] = []
    placed = 0
    for code in find_codes(text):
        out += [term for m in _TOKEN.finditer(normalise(text[placed : code.start])) for term in _token_terms(m)]
        whole = _UNSAFE.sub("_", code.canonical.lower())
        pieces = [t for m in _TOKEN.finditer(normalise(text[code.start : code.end])) for t in _token_terms(m)]
        out.append(whole)
        out += [piece for piece in pieces if piece != whole]
        placed = code.end
    out += [term for m in _TOKEN.finditer(normalise(text[placed:])) for term in _token_terms(m)]
    return out


@lru_cache(maxsize=1)
def _droppable() -> frozenset[str]:
    pairs = {p[i : i + 2] for p in _STOP_PHRASES.split() for i in range(len(p) - 1)}
    return frozenset(pairs | _STOP_WORDS | {_stem(word) for word in _STOP_WORDS})


def informative(term: str) -> bool:
    """False for what says nothing about a subject: English function words, hiragana of function words only, and pairs
    that merely join a word to a particle (軸が) or a kana ending to the next word (が緩)."""
    if term in _droppable():
        return False
    if len(term) == 1:
        return not _ONLY_HIRAGANA.fullmatch(term) and (term.isdigit() or bool(_ONE_JAPANESE.fullmatch(term)))
    if len(term) == 2 and _ONE_JAPANESE.match(term):
        first, second = term[0], term[1]
        if second in _CASE_PARTICLES or (second in _PARTICLES and not _ONLY_HIRAGANA.match(first)):
            return False
        return not (_ONLY_HIRAGANA.match(first) and not _ONLY_HIRAGANA.match(second))
    return True


def language(text: str) -> Lang:
    """ "ja" where kana and kanji outweigh Latin words (a name counts as one word, the codes of a short text as none),
    else "en"."""
    if len(text) <= _SHORT_TEXT:
        for code in reversed(find_codes(text)):
            text = f"{text[: code.start]} {text[code.end :]}"
    japanese = len(_ONE_JAPANESE.findall(text))
    words = len(_LATIN_WORD.findall(text))
    return "ja" if japanese > 1.5 * words else "en"
