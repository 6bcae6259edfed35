"""Verification: a sentence of the model is shown only if one quoted passage holds what it says."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from assistant.answer import Quote, Sentence
from assistant.facts import Facts, facts_of, missing_numbers
from index.text import informative, terms

ENOUGH_OVERLAP = 0.8  # share of a sentence's words that must stand in the source
WINDOW_SENTENCES = 3  # a sentence may join up to this many neighbouring sentences or lines of its source
_CITATION = re.compile(r"\[(\d{1,2})\]")
_SOURCE_END = re.compile(r"(?<=[。!?!?])\s*|(?<=[.])\s+|\n+")
_END = re.compile(r"(?:[。!?!?]|[.](?=\s|\[|$)|\n)(?:\s*\[\d{1,2}\])*")


class SentenceSplitter:
    """Cuts a stream of text into whole sentences, each with the citations behind it."""

    def __init__(self) -> None:
        self._text = ""

    def feed(self, piece: str) -> Iterator[str]:
        """The sentences that ``piece`` completes."""
        self._text += piece
        while (cut := self._cut()) is not None:
            sentence, self._text = self._text[:cut], self._text[cut:]
            if sentence.strip():
                yield sentence.strip()

    def finish(self) -> Iterator[str]:
        """What is left at the end of the stream; an unfinished sentence too."""
        rest, self._text = self._text.strip(), ""
        if rest:
            yield rest

    def _cut(self) -> int | None:
        match = _END.search(self._text)
        # a citation may still follow what looks like an end: wait until something else does
        if match is None or not self._text[match.end() :].strip():
            return None
        follows = self._text[match.end() :].lstrip()
        if follows.startswith("[") and not _CITATION.match(follows) and len(follows) < 4:
            return None
        return match.end()


def verify_sentence(text: str, quotes: Sequence[Quote]) -> Sentence:
    """Check ``text`` against the passages it cites; without a citation that exists, against all of ``quotes``.

    Supported means: inside one passage there is a stretch of up to three neighbouring sentences or lines that holds
    every number (with its unit) and code of ``text``, says yes or no the same way, and shares most of its words.
    """
    by_number = {quote.number: quote for quote in quotes}
    cited = [int(number) for number in _CITATION.findall(text)]
    plain = re.sub(r"\s+([。.])", r"\1", _CITATION.sub("", text)).strip()
    candidates = [by_number[number] for number in dict.fromkeys(cited) if number in by_number] or list(quotes)
    reason = "no source"
    said = facts_of(plain)
    for quote in candidates:
        failed = _unsupported(plain, said, quote)
        if failed is None:
            return Sentence(plain, (quote.number,), True)
        reason = failed
    return Sentence(plain, (), False, reason)


def _unsupported(plain: str, said: Facts, quote: Quote) -> str | None:
    """None if ``quote`` holds the sentence, else what is missing in its best stretch."""
    words = [term for term in terms(plain) if informative(term)]
    if not words:
        return "says nothing"
    passage = quote.hit.passage
    heading = " ".join([quote.hit.manual.title, *passage.section])
    heading_facts = facts_of(heading)
    heading_words = set(terms(heading))
    reasons: list[tuple[float, str]] = []
    for stretch in _stretches(passage.text):
        held = set(terms(stretch)) | heading_words
        overlap = sum(word in held for word in words) / len(words)
        failed = _contradiction(said, facts_of(stretch), heading_facts)
        if failed is None and overlap >= ENOUGH_OVERLAP:
            return None
        reasons.append((overlap, failed or f"only {overlap:.0%} of its words stand in the source"))
    return max(reasons)[1] if reasons else "empty source"


def _contradiction(said: Facts, source: Facts, heading: Facts) -> str | None:
    numbers = missing_numbers(said, Facts(source.numbers | heading.numbers, frozenset(), 0, frozenset()))
    if numbers:
        return f"{', '.join(sorted(numbers))} does not stand there"
    codes = said.codes - source.codes - heading.codes
    if codes:
        return f"{', '.join(sorted(codes))} does not stand there"
    if said.negations != source.negations:
        return "says yes where the source says no, or the other way round"
    for pair in {pair for pair, _ in said.switches | source.switches}:
        mine = {side for other, side in said.switches if other == pair}
        theirs = {side for other, side in source.switches if other == pair}
        if mine - theirs:
            return "names the opposite of what the source says"
    return None


def _stretches(text: str) -> list[str]:
    parts = [part for part in _SOURCE_END.split(text) if part and part.strip()]
    return [
        "\n".join(parts[start : start + length])
        for length in range(1, WINDOW_SENTENCES + 1)
        for start in range(len(parts) - length + 1)
    ]
