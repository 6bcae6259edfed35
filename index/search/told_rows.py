"""Told rows: which row of a table a question means, told from its neighbours; or among which rows it cannot be told.

The torque of another bolt is a true value and the wrong answer. A row is told where it holds what the question says of
the thing, and no other row of that form in the manual holds as much. A row of the other side, number or amount
(index.search.opposites) is another thing, and where that row is nearest, the thing that was asked for has none. Where
rows are alike to the question, all of them are named and none is chosen.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from index.passage import Hit, Lang, Manual, Passage, Untold
from index.search.cells import Rarity
from index.search.question import Question
from index.search.rank import Fields, Part
from index.search.row_fits import Fit, Words, columns_of, table_rows

LEAST_HELD = 0.5
"""Share of what the manuals could have said of the thing that a row must hold to be told. On 133 development questions
over the demo manuals (tests/bench_neighbours.py) 0.6 told 60 rows, 0.5 told 65, 0.45 told 66; none told a wrong one."""
LEAST_OF_WORD = 0.5  # a word or phrase of which a row holds less is not there
CLEARLY = 2.0  # so many times must a row hold more than another one does
SLIGHT = 0.12  # of the heaviest word: by less no row is told from another
OTHER_TABLE = 0.15  # of the heaviest word: one that names another table and not this one
UNKNOWN = 0.5  # what a word counts that no candidate holds: it may be another name of what does stand there
WHOLE_CELL = 0.9  # from here on a word is all that a cell says
SAME_COLUMNS = 0.75  # an empty cell's column stands in no row
MOST_ALIKE = 6  # rows; more are no choice
_PART_NAME = re.compile(r"[a-z]{1,5}\d+[a-z]?")
_SEPARATORS = re.compile(r"[.\-_]")


def told_hits(
    hits: Iterable[Hit],
    asked: Question,
    passages: Mapping[int, Passage],
    manuals: Mapping[str, Manual],
    fields: Mapping[Lang, Fields],
    rarity: Rarity,
) -> Iterator[Hit]:
    """``hits``, those that are made of rows with what is told of them; ``passages``: all candidates, by number, and
    ``fields``: the question's terms in those of each language."""
    numbers = {passage.id: number for number, passage in passages.items()}
    readers: dict[Lang, _Reader] = {}
    for hit in hits:
        lang, number = hit.passage.lang, numbers[hit.passage.id]
        if not table_rows(passages[number]):
            yield hit
            continue
        if lang not in readers:
            mine = {n: passage for n, passage in passages.items() if passage.lang == lang}
            readers[lang] = _Reader(Words.of(asked, lang, mine, manuals, fields[lang], rarity), mine, manuals, {})
        told = readers[lang].told(number)
        yield replace(hit, row=told.line, alike=told.alike, untold=told.why)


@dataclass(frozen=True, slots=True)
class _Told:
    """Of a passage: the ``line`` (from 0) that is the row asked for, None where it cannot be told; then ``why``, and
    ``alike`` are those of its lines that fit as well as others do, here or in another passage."""

    line: int | None = None
    why: Untold = "unsure"
    alike: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class _Reader:
    """A question over the candidates of one language; ``fits`` keeps those of a manual once they are made."""

    words: Words
    passages: Mapping[int, Passage]
    manuals: Mapping[str, Manual]
    fits: dict[str, list[Fit]]

    def told(self, number: int) -> _Told:
        passage = self.passages[number]
        columns = columns_of(table_rows(passage))
        every = self._fits(passage.manual_id)
        field = [fit for fit in every if _same_form(fit.columns, columns)]
        best = max(
            (fit for fit in field if not fit.odd),
            key=lambda fit: (self._total(fit), fit.number == number),
            default=None,
        )
        if best is None or self._lacks_a_name(best):
            return _Told(why="twin")
        if self._is_of_another_table(best, field):
            return _Told()
        rivals = [fit for fit in field if fit.text != best.text and not self._is_clearly(best, fit)]
        if any(fit.odd for fit in rivals) or any(fit.odd and self._calls(fit, best) for fit in field):
            return _Told(why="twin")
        elsewhere = [fit for fit in every if not _same_form(fit.columns, columns)]
        if any(self._is_clearly(fit, best) for fit in elsewhere) or self._share(best) < LEAST_HELD:
            return _Told()
        if not rivals:
            return _Told(best.line, "") if best.number == number else _Told()
        alike = tuple(sorted(fit.line for fit in (best, *rivals) if fit.number == number))
        return _Told(None, "alike", alike) if len(rivals) < MOST_ALIKE else _Told()

    def _fits(self, manual: str) -> list[Fit]:
        """Of all rows of a manual among the candidates."""
        if manual not in self.fits:
            mine = {number: passage for number, passage in self.passages.items() if passage.manual_id == manual}
            self.fits[manual] = self.words.fits(mine, self.manuals[manual])
        return self.fits[manual]

    @property
    def _heaviest(self) -> float:
        return max((part.weight for part in self.words.parts), default=1.0)

    def _total(self, fit: Fit) -> float:
        words = zip(self.words.parts, fit.held, fit.placed, fit.counts, strict=True)
        held = sum(part.weight * max(held * counts, placed) for part, held, placed, counts in words)
        return held + self._heaviest * fit.marks

    def _more(self, one: Fit, other: Fit) -> float:
        """What ``one`` holds, or stands over it, that ``other`` has not."""
        more = self._heaviest * max(0, one.marks - other.marks)
        for at, part in enumerate(self.words.parts):
            mine, theirs = max(one.held[at], one.placed[at]), max(other.held[at], other.placed[at])
            if mine > theirs:
                more += part.weight * (mine - theirs) * (1.0 if one.placed[at] >= mine else one.counts[at])
        return more

    def _is_clearly(self, one: Fit, other: Fit) -> bool:
        """Whether ``one`` fits the question so much better than ``other`` that it is not taken for it."""
        mine, theirs = self._calls(one, other), self._calls(other, one)
        if mine != theirs:
            return mine
        return self._more(one, other) >= CLEARLY * self._more(other, one) + SLIGHT * self._heaviest

    def _calls(self, one: Fit, other: Fit) -> bool:
        """Whether a word of the question is a whole cell of ``one`` and stands nowhere in or over ``other``."""
        return any(
            held >= LEAST_OF_WORD and counts >= WHOLE_CELL and max(theirs, over) < LEAST_OF_WORD
            for held, counts, theirs, over in zip(one.held, one.counts, other.held, other.placed, strict=True)
        )

    def _lacks_a_name(self, fit: Fit) -> bool:
        """Whether the question names a part by letters and number (M2) that neither row nor place has."""
        if fit.marks:
            return False
        asked = {f"{name}{number}" for name, numbers in self.words.marks.names.items() for number in numbers}
        return any(
            max(held, placed) < LEAST_OF_WORD and not asked.isdisjoint(_part_names(part))
            for part, held, placed in zip(self.words.parts, fit.held, fit.placed, strict=True)
        )

    def _is_of_another_table(self, best: Fit, field: Sequence[Fit]) -> bool:
        """Whether a word of the question stands over another table of the form, and neither over nor in this row."""
        return any(
            part.weight > OTHER_TABLE * self._heaviest
            and max(best.held[at], best.placed[at]) < LEAST_OF_WORD
            and any(fit.placed[at] >= LEAST_OF_WORD for fit in field)
            for at, part in enumerate(self.words.parts)
        )

    def _share(self, fit: Fit) -> float:
        """The share of what is said of the thing that the row holds; what stands over it says nothing of the row."""
        could = held = self._heaviest * fit.marks
        for at, part in enumerate(self.words.parts):
            if fit.placed[at] < LEAST_OF_WORD and (self.words.subject[at] or fit.held[at]):
                could += part.weight * max(self.words.known[at], UNKNOWN)
                held += part.weight * (fit.held[at] if fit.held[at] >= LEAST_OF_WORD else 0.0)
        return held / could * self.words.reach if could else 0.0


def _same_form(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether two tables have the same columns."""
    return len(one & other) >= SAME_COLUMNS * len(one | other)


def _part_names(part: Part) -> frozenset[str]:
    plain = (_SEPARATORS.sub("", term) for term in part.terms)
    return frozenset(name for name in plain if _PART_NAME.fullmatch(name))
