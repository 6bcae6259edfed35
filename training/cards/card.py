"""Cards: a stretch of manual text together with questions whose answers are spans of it."""

from __future__ import annotations

import re
from dataclasses import dataclass

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Ask:
    """A question about a card. ``spans`` are the character spans of the card's text that answer it, in order.

    ``key`` is the word or code the question hinges on: it stands in the card, and a card in whose text it does not
    stand cannot answer the question. ``stepwise`` puts every span, as it is printed, on a line of its own.
    """

    question: str
    key: str
    spans: tuple[Span, ...]
    stepwise: bool = False


@dataclass(frozen=True, slots=True)
class Card:
    """What a prompt shows as one excerpt (``place`` and ``text``), and what can be asked about it."""

    lang: str
    place: str
    text: str
    asks: tuple[Ask, ...]
    family: str


class CardText:
    """Collects the text of a card piece by piece and remembers where the pieces stand."""

    def __init__(self) -> None:
        self._text = ""

    def add(self, text: str) -> Span:
        """Append ``text``; the span it takes."""
        start = len(self._text)
        self._text += text
        return start, len(self._text)

    @property
    def text(self) -> str:
        return self._text.rstrip("\n")


_MARK = {"ja": "。", "en": "."}
_ENDED = re.compile(r"[。．.!?！？]$")


def render_answer(text: str, spans: tuple[Span, ...], number: int, lang: str, stepwise: bool = False) -> str:
    """The answer made of ``spans`` of an excerpt's ``text``, each closed by its source ``[number]``.

    A span that follows a space keeps it: the first token of the answer is then the token that stands in the excerpt,
    and the whole answer is one copy. Readers never see the space, answers are stripped.
    """
    gap = " " if stepwise or lang != "ja" else ""  # "12[1]" would read as a code
    parts: list[str] = []
    for start, end in spans:
        sentence = text[start:end].strip()
        if not stepwise and not _ENDED.search(sentence):
            sentence += _MARK[lang]
        lead = " " if start > 0 and text[start - 1] == " " else ""
        if parts:
            lead = "\n" if stepwise else ("" if lang == "ja" else " ")
        parts.append(f"{lead}{sentence}{gap}[{number}]")
    return "".join(parts)
