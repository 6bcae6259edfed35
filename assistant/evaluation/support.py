"""Support: an independent check that each number, code and negation of a shown sentence stands in what it cites.

It shares nothing with assistant.verification and knows no grammar: what it finds is a leak whatever the verification
thought. It is strict about values and blind to wording: a sentence that passes may still be wrong in other ways.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from assistant.answer import Answer, Quote

# what may be a value or a code: any run of letters, digits and joints that holds a digit
_VALUE = re.compile(r"[A-Za-z$]*(?:[._\-/][A-Za-z]+)*[._\-]?\d[A-Za-z0-9]*(?:[._\-/:][A-Za-z0-9]*\d[A-Za-z0-9]*)*")
_NO = re.compile(
    r"\b(?:not|never|no|cannot|without|unless|except|nor|neither|avoid|prohibit\w*|forbid\w*)\b|n['’]t\b|"
    r"ない|ません|なけれ|なく|ずに|禁止|厳禁|不可|ぬ(?:よう|こと)",
    re.IGNORECASE,
)
_LIST_MARK = re.compile(r"^\s*\(?\d{1,2}(?:[.)](?!\d)|、)\s*")


def unsupported(answer: Answer) -> list[tuple[str, str]]:
    """(sentence, what does not stand there) for each shown sentence with a number, code or negation that none of the
    passages it cites holds; a shown sentence without any citation is one too."""
    quotes = {quote.number: quote for quote in answer.quotes}
    found = []
    for sentence in answer.sentences:
        if sentence.supported:
            missing = missing_values(sentence.text, [quotes[n] for n in sentence.citations if n in quotes])
            if missing:
                found.append((sentence.text, missing))
    return found


def missing_values(sentence: str, cited: Sequence[Quote]) -> str:
    """What of ``sentence`` does not stand in ``cited``; "" where all does."""
    if not cited:
        return "no citation"
    source = _plain("\n".join(text for quote in cited for text in _texts(quote)))
    said = _plain(_LIST_MARK.sub("", sentence))
    there = set(_values(source))
    missing = [value for value in _values(said) if value not in there and not _stands_in(value, source)]
    if not missing and _NO.search(said) and not _NO.search(source):
        missing = ["a negation"]
    return ", ".join(dict.fromkeys(missing))


def _values(text: str) -> list[str]:
    return [re.sub(r"[._\-]", "", match[0]) if not _number(match[0]) else match[0] for match in _VALUE.finditer(text)]


def _number(value: str) -> bool:
    return re.fullmatch(r"\d+(?:\.\d+)?", value) is not None


def _stands_in(value: str, source: str) -> bool:
    """A value that is written against its neighbours there: "200" in "0~200ms"."""
    return re.search(rf"(?<![0-9.]){re.escape(value)}(?![0-9]|\.[0-9])", source) is not None


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold().replace("−", "-")
    return re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", folded)


def _texts(quote: Quote) -> list[str]:
    return [quote.hit.manual.title, *quote.hit.passage.section, quote.text]
