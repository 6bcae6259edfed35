"""What ask() yields: Found at once, Piece while the model speaks, Answer last."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from assistant.steps import Step
from index.codes.rivals import Choice
from index.passage import Hit, Lang, Passage

Declined = Literal[
    "nothing_relevant",
    "unknown_code",
    "other_machine",
    "value_missing",
    "procedure_missing",
    "no_manuals",
    "unsafe_request",
]
Verdict = Literal["supported", "partly_supported", "quote_only", "declined", "stopped", "choose", "choose_row"]


@dataclass(frozen=True, slots=True)
class Quote:
    """A passage shown verbatim: the manual's own words and where they stand. ``number`` is its citation number.
    ``warnings``: those of a procedure's section that do not stand in its passage; they are shown before it. ``found``:
    the passage that was found, where the quote shows more of its section; it is what a model reads."""

    number: int
    hit: Hit
    warnings: tuple[Passage, ...] = ()
    found: Passage | None = None

    @property
    def text(self) -> str:
        return self.hit.passage.text

    @property
    def as_found(self) -> Quote:
        """The quote without what of its section is shown with it."""
        return self if self.found is None else replace(self, hit=replace(self.hit, passage=self.found), found=None)


@dataclass(frozen=True, slots=True)
class Precedent:
    """How a stoppage of before ended, as a colleague wrote it down: no word of a manual, never quoted or cited, and
    never read by the model. ``number``: of the stoppage; ``day``: on which it stopped, ISO 8601."""

    number: int
    day: str
    minutes_down: int
    code: str
    line: str
    machine: str
    cause: str
    remedy: str
    lang: Lang


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
class RowChoice:
    """A row that a question may mean: the number of its ``quote``, its ``line`` there (from 0), its ``text`` as it is
    printed, and the ``name`` by which it can be asked for."""

    quote: int
    line: int
    text: str
    name: str


@dataclass(frozen=True, slots=True)
class Found:
    """The first event. ``quotes[0]`` is the best passage; ``nearest`` fills in where ``declined`` is set; the
    quotes of an "unsafe_request" are what the manuals warn of.

    ``understood``: the completed question of a follow-up, "" where the question stands alone; ``dropped``: how many
    earlier turns were left out for it; ``step``: the step of the quoted procedure that it asks for; ``choices``: the
    entries of several machines among which the asker must choose first; ``precedents``: how the same ended before, the
    latest first, to be shown apart from the quotes; ``rows``: the rows of a quoted table that it may mean, where none
    is told.
    """

    question: str
    lang: Lang
    quotes: tuple[Quote, ...]
    declined: Declined | None
    nearest: tuple[Hit, ...]
    found_ms: float
    understood: str = ""
    dropped: int = 0
    step: Step | None = None
    choices: tuple[Choice, ...] = ()
    precedents: tuple[Precedent, ...] = ()
    rows: tuple[RowChoice, ...] = ()

    @property
    def asked(self) -> str:
        """The question that was searched for."""
        return self.understood or self.question


@dataclass(frozen=True, slots=True)
class Piece:
    """A verified stretch of the answer (whole sentences), with its citations: safe to show as it comes."""

    text: str
    citations: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """The last event. ``text`` holds the supported sentences only; where none is supported it is empty, the verdict is
    ``quote_only`` and the quotes are the answer; ``choose`` says that the asker must choose a machine first, and
    ``choose_row`` that the row of the quoted table was not told: then the model was not asked. ``failure`` is the code
    of the runner's error, if it failed; the rest is as in Found."""

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
    understood: str = ""
    dropped: int = 0
    step: Step | None = None
    choices: tuple[Choice, ...] = ()
    precedents: tuple[Precedent, ...] = ()
    rows: tuple[RowChoice, ...] = ()


Event = Found | Piece | Answer
