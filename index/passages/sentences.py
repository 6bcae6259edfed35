"""Sentences: where a Japanese or English text may be cut, and how many tokens a text costs, roughly."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

CountTokens = Callable[[str], int]

_WIDE = re.compile(r"[\u3000-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]")
_WORD = re.compile(r"[^\W\u3000-\u9fff]+|[^\w\s\u3000-\u9fff\uf900-\uffef]")
_TOKENS_PER_WORD = 1.3  # an English word in the vocabulary of a small model
_MOST_CHARACTERS = 16  # of a token; running text has four or five
_END = re.compile(r"[。！？]+[」』）)】]*|(?<![.!?])[.!?]+[\"')\]]*(?=\s+[^\sa-z])|\n")
_ABBREVIATION = re.compile(
    r"(?:\b(?:no|nos|fig|figs|tab|ch|sec|pp?|approx|max|min|ca|vs|etc|e\.g|i\.e|dr|mr|ms|st|ref|vol|ver|rev|cf|dia)|"
    r"\b[A-Z]|^\s*\d{1,3})\.$",
    re.IGNORECASE,
)


_AHEAD = 4000  # characters of an endless sentence that are counted at a time; enough for the longest passage


def estimate_tokens(text: str) -> int:
    """Tokens of ``text``, without a tokenizer: one a Japanese character, 1.3 a Latin word or mark, and for what looks
    like a word but is as long as a page, by its length."""
    wide = len(_WIDE.findall(text))
    counted = wide + round(_TOKENS_PER_WORD * len(_WORD.findall(_WIDE.sub(" ", text))))
    return max(counted, len(text) // _MOST_CHARACTERS)


def sentences(text: str) -> list[str]:
    """Sentences of ``text``; joined they are ``text`` again. Full stops of abbreviations and labels do not cut."""
    out: list[str] = []
    start = 0
    for match in _END.finditer(text):
        if match[0].startswith(".") and _ABBREVIATION.search(text[start : match.start() + 1]):
            continue
        end = match.end()
        while end < len(text) and text[end] == " ":
            end += 1
        out.append(text[start:end])
        start = end
    if start < len(text):
        out.append(text[start:])
    return [piece for piece in out if piece]


def pieces(text: str, max_tokens: int, count_tokens: CountTokens) -> Iterator[str]:
    """``text`` in pieces of at most ``max_tokens``, cut at sentence ends; a single longer sentence is cut at a blank or
    comma, and only where it has none in the middle of a word."""
    held = ""
    for sentence in sentences(text):
        for part in _bounded(sentence, max_tokens, count_tokens):
            if held and count_tokens(held + part) > max_tokens:
                yield held.strip()
                held = ""
            held += part
    if held.strip():
        yield held.strip()


def _bounded(sentence: str, max_tokens: int, count_tokens: CountTokens) -> Iterator[str]:
    while True:
        ahead = sentence[:_AHEAD]
        tokens = count_tokens(ahead)
        if tokens <= max_tokens and len(sentence) > _AHEAD:
            ahead, tokens = sentence, count_tokens(sentence)
        if tokens <= max_tokens:
            break
        length = max(1, len(ahead) * max_tokens // tokens)
        cut = max((sentence.rfind(mark, length // 2, length) for mark in (" ", "、", ",", "\n")), default=-1)
        cut = cut + 1 if cut > 0 else length
        yield sentence[:cut]
        sentence = sentence[cut:]
    if sentence:
        yield sentence
