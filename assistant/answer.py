"""What ask() yields: Found at once, Piece while the model speaks, Answer last."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from index.passage import Hit, Lang

Declined = Literal[
    "nothing_relevant", "unknown_code", "other_machine", "value_missing", "procedure_missing", "no_manuals"
]
Verdict = Literal["supported", "partly_supported", "quote_only", "declined", "stopped"]


@dataclass(frozen=True, slots=True)
class Quote:
    """A passage shown verbatim: the manual's own words and where they stand. ``number`` is its citation number."""

    number: int
    hit: Hit

    @property
    def text(self) -> str:
        return self.hit.passage.text


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of the model's answer after verification. ``citations`` are numbers of quotes that exist;
    a sentence that is not ``supported`` is withheld and ``reason`` says which number, code or word had no source."""

    text: str
    citations: tuple[int, ...]
    supported: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Timing:
    """Milliseconds from the question's arrival: until the quote, the first piece and the end. 0 where it did not
    happen."""

    found_ms: float = 0.0
    first_piece_ms: float = 0.0
    total_ms: float = 0.0


@dataclass(frozen=True, slots=True)
class Found:
    """The first event. ``quotes[0]`` is the best passage; ``nearest`` fills in where ``declined`` is set."""

    question: str
    lang: Lang
    quotes: tuple[Quote, ...]
    declined: Declined | None
    nearest: tuple[Hit, ...]
    found_ms: float


@dataclass(frozen=True, slots=True)
class Piece:
    """A verified stretch of the answer (whole sentences), with its citations: safe to show as it comes."""

    text: str
    citations: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """The last event. ``text`` holds the supported sentences only; where none is supported it is empty, the verdict is
    ``quote_only`` and the quotes are the answer. ``failure`` is the code of the runner's error, if it failed."""

    question: str
    lang: Lang
    text: str
    sentences: tuple[Sentence, ...]
    quotes: tuple[Quote, ...]
    verdict: Verdict
    declined: Declined | None
    nearest: tuple[Hit, ...]
    timing: Timing
    model: str
    failure: str = ""
    id: str = ""  # by which it is found in the records (assistant.records); "" where none are kept


Event = Found | Piece | Answer
