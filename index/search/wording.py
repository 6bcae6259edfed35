"""Wording: how much of a question stands in a passage, or over it, word for word: a message as displayed, a heading."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from index.passage import Passage
from index.search.question import Question
from index.search.rank import Relevance
from index.text import informative, terms
from index.truth.headings import own_title, terms_of
from index.truth.truth import Truth

SAID = 0.4  # what a passage gains in which the whole question stands word for word
HEADED = 0.3  # what it gains whose heading is the question
FROM = 0.5  # of which share on a heading gains
FROM_SAID = 0.7  # and a text: less than that of a question are phrases that every chapter uses
FEWEST = 3  # terms that say something; two words in a row stand anywhere
MOST = 24  # so many passages are looked through, those that hold most of the question


def worded_points(
    truth: Truth,
    asked: Question,
    rarity: Mapping[str, float],
    passages: Mapping[int, Passage],
    relevances: Mapping[int, Relevance],
) -> dict[int, float]:
    """What passages in the question's language gain, by number; ``rarity``: term -> inverse document frequency."""
    wording = Wording.of(asked, rarity)
    close = [n for n, one in passages.items() if one.lang == asked.lang and relevances[n].support >= FROM]
    if not wording.tells or not close:
        return {}
    close = sorted(close, key=lambda number: (-relevances[number].support, number))[:MOST]
    found = {}
    for number, _, body in truth.keyword_rows(close):
        one = passages[number]
        found[number] = wording.points(body, terms_of((*one.section[-1:], *own_title(one.kind, one.text))))
    return found


@dataclass(frozen=True, slots=True)
class Wording:
    """The question's terms in order, with what each weighs by its rarity."""

    said: tuple[str, ...]
    weights: Mapping[str, float]
    total: float

    @classmethod
    def of(cls, asked: Question, rarity: Mapping[str, float]) -> Wording:
        """``rarity``: term -> inverse document frequency; terms that say nothing about a subject weigh nothing."""
        said = tuple(terms(asked.text))
        weights = {term: rarity.get(term, 0.0) for term in said if informative(term)}
        return cls(said, weights, sum(weights.get(term, 0.0) for term in said))

    @property
    def tells(self) -> bool:
        """Whether it is long enough to be known again."""
        return self.total > 0 and sum(term in self.weights for term in self.said) >= FEWEST

    def points(self, body: str, heading: Collection[str]) -> float:
        """What a passage gains; ``body``: the terms of its text with blanks between, ``heading``: those of its own
        heading."""
        run = self._share(self.said[slice(*longest_run(self.said, f" {body} "))])
        return SAID * _above(run, FROM_SAID) + HEADED * _above(self._is_heading(heading), FROM)

    def _is_heading(self, heading: Collection[str]) -> float:
        """How far the question and a heading are one: the share of it that the heading holds, and the other way
        round."""
        named = [term for term in set(heading) if informative(term)]
        if len(named) < FEWEST:
            return 0.0
        return self._share([t for t in self.said if t in heading]) * sum(t in self.weights for t in named) / len(named)

    def _share(self, some: Sequence[str]) -> float:
        known = [term for term in some if term in self.weights]
        return sum(self.weights[term] for term in known) / self.total if len(known) >= FEWEST else 0.0


def longest_run(said: Sequence[str], text: str) -> tuple[int, int]:
    """Start and end of the longest run of ``said`` that stands in ``text``, terms with a blank on either side."""
    best, longest = (0, 0), 0
    for start in range(len(said)):
        end = start + longest + 1
        while end <= len(said) and f" {' '.join(said[start:end])} " in text:
            best, longest = (start, end), end - start
            end += 1
    return best


def _above(share: float, foot: float) -> float:
    return max(0.0, share - foot) / (1 - foot)
