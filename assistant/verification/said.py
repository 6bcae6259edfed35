"""Said: what a model has said of an answer so far, cut into sentences, verified, and shown in the order it was said."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from threading import Event as Flag

from assistant.answer import Piece, Quote, Sentence
from assistant.other_thing import OtherThing
from assistant.prompt import NOT_FOUND
from assistant.verification.atoms import CITATION
from assistant.verification.premise import PREMISE, goes_on, step_missing
from assistant.verification.telling import Telling
from assistant.verification.verified import Verify
from assistant.verification.verify import SentenceSplitter
from edge.runner import Piece as Spoken

ANOTHER = "tells of another thing than the one asked for"
LOOP_CHARACTERS = 96  # of the end of what was said, in which
LOOP_PERIOD = 16  # so few characters
LOOP_TIMES = 6  # so many times over are a loop


@dataclass
class Said:
    """``sources``: what may be cited; ``verify``: checks a sentence by itself against them, by default as
    assistant.verification.verify does; ``other``: knows what tells of another thing than the one asked for; all are
    settled before the first sentence. ``first_at``: when the model began to speak, in seconds of time.perf_counter(),
    0 before.

    A sentence is judged before the one after it and shown or withheld for good, so nothing comes out of order. Where
    one is withheld, those after it that go on from it are withheld too; steps come in the manual's order alone.
    """

    sources: Sequence[Quote]
    verify: Verify | None = None
    other: OtherThing | None = None
    sentences: list[Sentence] = field(default_factory=list)
    first_at: float = 0.0
    _telling: Telling | None = None
    _gap: bool = False  # whether the sentence before was withheld
    _gaps: bool = False  # whether any was

    def listen(self, pieces: Iterator[Spoken], stop: Flag) -> Iterator[Piece]:
        """Cut what the model says into sentences and take each; one that is cut short by ``stop`` was not said."""
        splitter, tail = SentenceSplitter(), ""
        for piece in pieces:
            if piece.text:
                self.first_at = self.first_at or time.perf_counter()
            for sentence in splitter.feed(piece.text):
                yield from self.take(sentence)
            tail = (tail + piece.text)[-LOOP_CHARACTERS:]
            if stop.is_set() or loops(tail):  # a small model that repeats itself says nothing more
                break
        if stop.is_set():
            return
        for sentence in splitter.finish():
            yield from self.take(sentence)

    def take(self, text: str) -> Iterator[Piece]:
        """Verify one sentence; it comes out only if it is supported, was not shown before, and goes on from nothing
        that was withheld."""
        plain = CITATION.sub("", text).strip()
        if plain in NOT_FOUND.values():
            self.sentences.append(Sentence(plain, (), False, "the model found nothing"))
            return
        self._telling = self._telling or Telling(self.sources, self.verify)
        sentence = self._telling.verify(text)
        if sentence.supported and self._is_of_another(sentence):
            self._telling.withhold()
            sentence = replace(sentence, citations=(), supported=False, reason=ANOTHER)
        elif sentence.supported and self._goes_on_from_a_gap(sentence):
            self._telling.withhold()
            sentence = replace(sentence, citations=(), supported=False, reason=PREMISE)
        for earlier in self.sentences:
            if earlier.text == sentence.text and (earlier.supported or not sentence.supported):
                return
        self.sentences.append(sentence)
        self._gap = not sentence.supported
        self._gaps = self._gaps or self._gap
        if sentence.supported:
            yield Piece(sentence.text, sentence.citations)

    def _is_of_another(self, sentence: Sentence) -> bool:
        cited = [quote for quote in self.sources if quote.number in sentence.citations]
        return self.other is not None and any(self.other.tells(sentence.text, quote) for quote in cited)

    def _goes_on_from_a_gap(self, sentence: Sentence) -> bool:
        if self._gap and goes_on(sentence.text):
            return True
        if not self._gaps:
            return False
        shown = [earlier.text for earlier in self.sentences if earlier.supported]
        cited = [quote.text for quote in self.sources if quote.number in sentence.citations]
        return all(step_missing(sentence.text, text, shown) for text in cited)


def loops(tail: str) -> bool:
    """Whether ``tail`` ends with the same few characters time after time."""
    return any(
        tail.endswith(tail[-period:] * LOOP_TIMES) for period in range(1, min(LOOP_PERIOD, len(tail) // LOOP_TIMES) + 1)
    )
