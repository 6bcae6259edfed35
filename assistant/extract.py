"""Extraction: the lines of the excerpts that an answer may be made of, each as verification will accept it.

A small model is good at finding the place and bad at copying it. Where it answers by extraction it only chooses lines;
whatever it chooses is the manual's own words with its citation (edge.llama.constrained says them).
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from assistant.answer import Quote
from assistant.other_thing import OtherThing
from assistant.prompt import Excerpt
from assistant.verification.verified import Verified, Verify
from assistant.verification.verify import SentenceSplitter
from edge.runner import Choice, Choices
from index.passage import Hit, Kind
from index.search.quantity import asked_quantities, gives
from index.search.question import asks_how
from index.text import informative, terms

MOST_LINES = 5
WORD_WEIGHT = 0.2
"""Nats that a word of the question adds for a line that holds it, times its rarity among the lines. Of 124 questions of
the demo's FAQ the best line was chosen for 43 % by the model alone, for 43 % by words alone, for 53 % by both
(docs/log/andon-slm.md)."""
VALUE_WEIGHT = 1.0
"""Nats for a line that gives a value of the kind asked for. From 0.75 to 2 the same lines were chosen."""
LONGER_WEIGHT = 0.05
"""Nats for each further line of a procedure: its beginnings are equally likely, and the longest that fits is wanted."""
_NUMBERED = re.compile(r"\s*(?:\d{1,2}[.)]|[(（]\d{1,2}[)）]|[①-⑳])\s*")
_CAPTION = re.compile(r"\s*(?:表|図|Table|Fig(?:ure|\.)?)\s*[A-Z\d][\d.\-]*(?=\s|[:：]|$)", re.IGNORECASE)
_WHOLE_LINES: frozenset[Kind] = frozenset(("table", "alarm", "symptom", "faq", "incident"))


def choices_of(
    question: str, excerpts: Sequence[Excerpt], quotes: Sequence[Quote], verify: Verify | None = None
) -> Choices:
    """What an answer to ``question`` may be made of: lines of ``excerpts``, which are among ``quotes``, with their
    citations. A line that would be withheld (``verify`` says which) is not offered, nor is a caption: it names an
    answer and is none. Of a table whose asked row search has found, that row alone is offered: the true value of
    another row would be the wrong answer, and so would be what is told of the like of the thing asked for. Where a
    procedure is asked for, its steps are offered from the first on and together, as many as fit: the sixth step alone
    is true and would be followed first."""
    verify = verify or Verified().over(quotes)
    other = OtherThing(question)
    by_number = {quote.number: quote for quote in quotes}
    lines: dict[str, str] = {}  # as it is said -> as it is printed
    for excerpt in excerpts:
        hit = by_number[excerpt.number].hit
        row = _asked_row(hit)
        offered: dict[str, str] = {}
        for line in lines_of(excerpt.text, hit.passage.kind):
            said = f"{line} [{excerpt.number}]"
            if row and line.strip() != row:
                continue
            if other.tells(line, by_number[excerpt.number]):
                continue
            if not _CAPTION.match(line) and all(verify(sentence)[0].supported for sentence in _sentences(said)):
                offered.setdefault(said, line)
        if hit.passage.kind == "steps" and asks_how(question):
            offered = _from_the_first(offered)
        for said, line in offered.items():
            lines.setdefault(said, line)
    priors = _priors(question, list(lines.values()))
    priors = [prior + LONGER_WEIGHT * said.count("\n") for said, prior in zip(lines, priors, strict=True)]
    return Choices(tuple(Choice(said, prior) for said, prior in zip(lines, priors, strict=True)), most=MOST_LINES)


def _asked_row(hit: Hit) -> str:
    """The row of a table that the question asks for, as it is printed; empty where search has found none."""
    lines = hit.passage.text.split("\n")
    return lines[hit.row].strip() if hit.row is not None and hit.row < len(lines) else ""


def _from_the_first(lines: Mapping[str, str]) -> dict[str, str]:
    """``lines`` with the numbered ones, and what stands between them, joined: the first two, the first three and so on,
    as far as none is missing. Longer ones come later, so that no shorter one follows one that was said. Where the first
    step is not offered, no step is."""
    said = list(lines)
    numbers = [place for place, one in enumerate(said) if _NUMBERED.match(lines[one])]
    if len(numbers) < 2:
        return dict(lines)
    found = {one: lines[one] for place, one in enumerate(said) if not numbers[0] <= place <= numbers[-1]}
    for count, place in enumerate(numbers, start=1):
        if _number(lines[said[place]]) != count:
            break
        if count > 1:
            part = said[numbers[0] : place + 1]
            found["\n".join(part)] = " ".join(lines[one] for one in part)
    return found


def _number(line: str) -> int:
    """The number that a step begins with."""
    digits = "".join(sign for sign in unicodedata.normalize("NFKC", line.strip()[:4]) if sign.isdigit())
    return int(digits or 0)


def lines_of(text: str, kind: Kind) -> Iterator[str]:
    """``text`` in the stretches that an answer holds whole: rows of a table, fields of an alarm and numbered steps as
    they are printed, prose sentence by sentence. A sentence that follows a space keeps it: the model then reads the
    tokens that stand in the excerpt."""
    for line in text.split("\n"):
        if kind in _WHOLE_LINES or _NUMBERED.match(line):
            if line.strip():
                yield line.strip()
            continue
        at = 0
        for sentence in _sentences(line):
            start = line.index(sentence, at)
            at = start + len(sentence)
            yield (" " if start and line[start - 1] == " " else "") + sentence


def _sentences(text: str) -> Iterator[str]:
    """As verification will cut what is said."""
    splitter = SentenceSplitter()
    yield from splitter.feed(text)
    yield from splitter.finish()


@lru_cache(maxsize=512)
def _held(line: str) -> frozenset[str]:
    return frozenset(terms(line))


def _priors(question: str, lines: Sequence[str]) -> list[float]:
    """What the question's words, and the kind of value that it asks for, say for each line, in nats."""
    held = [_held(line) for line in lines]
    often = Counter(term for line in held for term in line)
    asked = {term for term in terms(question) if informative(term)}
    rarity = {term: math.log(1 + len(lines) / often[term]) for term in asked if term in often}
    quantities = asked_quantities(question)
    return [
        WORD_WEIGHT * sum(rarity[term] for term in asked & terms_there) + VALUE_WEIGHT * gives(quantities, line)
        for line, terms_there in zip(lines, held, strict=True)
    ]
