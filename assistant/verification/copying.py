"""Copying: whether a sentence is a faithful copy of a stretch of its source, lightly shortened at most."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from assistant.verification.atoms import CELL, FUNCTION_WORDS, JOINT, OBLIGATION, Atom, Atoms, atoms_of, word_key
from assistant.verification.endings import inflects
from assistant.verification.matching import Matching, clause_ends
from assistant.verification.rewording import Claim
from assistant.verification.weight import conditions, heavy, keys, says_no, weighs

MAX_BORDERS = 2  # a sentence joins up to three neighbouring sentences or lines
MAX_GAP = 90  # atoms that may be left out in one place (cells of a wide table row)


_ARTICLES = keys("the a an")
_FUNCTION = frozenset(word_key(word) for word in FUNCTION_WORDS)
_ADDABLE = keys("the a an is are be please and but then also that")
_LEAVABLE = (_ADDABLE - keys("but")) | keys("which always") | {"必ず"}
_THEN = word_key("then")
_JOINING = keys("and then")
_DETERMINERS = keys("the a an this these each")
_POSTMODIFIERS = keys("of for in on at with by near from")
_BEFORE_THINGS = keys("between both of from with by for")
_ADDABLE_KANA = frozenset(("は", "が", "の", "です", "である", "だ"))


class Place(NamedTuple):
    """Where a sentence stands in its source, counted from 0: places are in the source's order."""

    line: int
    sentence: int


class Copy:
    """A source to be compared with. ``holds`` is True for a sentence that is the source's own words, in the source's
    order, with nothing added but particles and nothing left out that changes what it says.

    What depends on the source alone is worked out once and kept: the lines of a passage are compared with it one after
    the other (``copy_of``). Safe to use from several threads."""

    def __init__(self, source: Atoms) -> None:
        self._all = source.atoms
        self._lines = source.lines
        self._matching = Matching(source.atoms)
        self._words = [atom[:2] for atom in source.atoms]  # what must be equal
        self._openings: dict[int, bool] = {}
        self._endings: dict[int, bool] = {}

    def holds(self, said: Sequence[Atom]) -> bool:
        """Whether the source holds ``said``, which is without list marks."""
        return bool(self.places(said))

    def places(
        self, said: Sequence[Atom], number: str = "", claim: Claim = "", borders: int = MAX_BORDERS
    ) -> list[Place]:
        """Everywhere where the source holds ``said``. ``number`` is the list number it came with: step 3 of the source
        must not become step 1; ``claim`` is what the place must be, ``borders`` how many ends of sentences it may
        reach over."""
        while said and said[0].kind == "word" and said[0].key in _ADDABLE:
            said = said[1:]
        if not said:
            return []
        atoms = self._all
        words = [atom[:2] for atom in said]
        return [
            Place(atoms[start].line, atoms[start].sentence)
            for start in self._starts(said, number)
            if self._meets(claim, start)
            and (self._goes_straight_on(start, words, borders) or self._copied_from(start, said, borders))
        ]

    def _goes_straight_on(self, start: int, words: Sequence[tuple[object, ...]], borders: int) -> bool:
        """Whether the source says the same words from ``start`` on, with nothing between them: the first way that
        _copied_from would go, and that of most true sentences."""
        last = start + len(words) - 1
        return self._words[start : last + 1] == words and last < self._limit(start, borders) and self._may_end(last)

    def _meets(self, claim: Claim, start: int) -> bool:
        if not claim:
            return True
        atom = self._all[start]
        line = self._lines[atom.line]
        opens = not any(other.line == atom.line and other.sentence < atom.sentence for other in self._all[:start])
        if claim == "first":
            return opens and line.number in ("", "1")
        if claim == "later":
            return not (opens and (line.number == "1" or start == 0))
        end = [other.key for other in self._all[start:] if other.sentence == atom.sentence and other.kind == "kana"]
        polite = bool(end) and (end[-1].endswith(("ください", "こと")) or OBLIGATION in end[-1])
        return polite or bool(line.number)

    def _starts(self, said: Sequence[Atom], number: str) -> list[int]:
        return [
            start
            for start in self._matching.places(said[0], ends=clause_ends(said, 0))
            if self._may_start(start) and (not number or self._lines[self._all[start].line].number in ("", number))
        ]

    def _copied_from(self, start: int, said: Sequence[Atom], borders: int) -> bool:
        """Depth-first search over (atoms of the sentence done, atom of the source matched last). What follows a state
        is made when it is looked at: a true copy goes straight on, and nothing else is made."""
        limit = self._limit(start, borders)
        seen = set[tuple[int, int]]()
        waiting: list[Iterator[tuple[int, int]]] = [iter(((1, start),))]
        while waiting:
            state = next(waiting[-1], None)
            if state is None:
                waiting.pop()
            elif state not in seen:
                seen.add(state)
                done, at = state
                if done < len(said):
                    waiting.append(self._following(said, done, at, limit))
                elif self._may_end(at):
                    return True
        return False

    def _limit(self, start: int, borders: int) -> int:
        """The first place that a copy from ``start`` cannot reach."""
        first = self._all[start]
        row = self._lines[first.line].row
        for there in range(start + 1, len(self._all)):
            atom = self._all[there]
            if atom.sentence - first.sentence > borders:
                return there
            if atom.line != first.line and (row or self._lines[atom.line].row):
                return there  # rows of a table say different things
        return len(self._all)

    def _following(self, said: Sequence[Atom], done: int, at: int, limit: int) -> Iterator[tuple[int, int]]:
        """The states after the one in which ``done`` atoms are said and ``at`` was matched last."""
        places = self._matching.places(said[done], ends=clause_ends(said, done))
        end = min(at + 2 + MAX_GAP, limit)
        for number in range(bisect_right(places, at), len(places)):
            there = places[number]
            if there >= end:
                break
            if there == at + 1 or self._may_leave_out(at, there):
                yield done + 1, there
        if self._addable(said, done, at):
            yield done + 1, at

    def _addable(self, said: Sequence[Atom], done: int, at: int) -> bool:
        """Whether the sentence may hold this atom though the source does not."""
        atom = said[done]
        if atom.kind == "word":
            if (
                atom.key == _THEN
                and self._lines[self._all[at].line].entry
                and not self._lines[self._all[at].line].number
            ):
                return False  # entries of a list that is not numbered have no order
            return atom.key in _ADDABLE
        if atom.kind != "kana":
            return False
        if _inflects(atom) and clause_ends(said, done) and self._matching.ends[at]:
            return True
        return atom.key in _ADDABLE_KANA and (self._matching.ends[at] or self._all[at + 1].kind != "kana")

    def _may_start(self, start: int) -> bool:
        if start not in self._openings:
            self._openings[start] = self._opens(start)
        return self._openings[start]

    def _opens(self, start: int) -> bool:
        """Whether a sentence may begin at ``start``: nothing that must be read stands before it."""
        atom = self._all[start]
        opening = start
        while opening and not self._all[opening].border and self._leavable(opening - 1):
            opening -= 1
        joined = opening < start and self._all[opening].key in _JOINING and not self._joins_things(opening, start)
        while atom.kind == "ident" and opening and not self._all[opening].border and self._names(opening - 1):
            opening -= 1  # "コネクタ CN8": its code tells it
        before = self._all[opening - 1] if opening else None
        if before is not None and not (self._all[opening].border or before.mark or before.lead or joined):
            return False
        line = self._lines[atom.line]
        if line.entry and self._entry_is_refused(atom.line):
            return False
        return not any(says_no(other) or conditions(self._all, place) for place, other in self._left(start))

    def _joins_things(self, joint: int, start: int) -> bool:
        """Whether the "and" at ``joint`` may join things of one phrase, no clauses: "the gap between A and B"."""
        if self._all[joint + 1].key not in _DETERMINERS and self._all[start].kind != "ident":
            return False
        return any(atom.key in _BEFORE_THINGS for _, atom in self._left(joint))

    def _names(self, place: int) -> bool:
        """Whether the atom may be part of a Japanese word for a thing before its code."""
        return self._all[place].kind == "kanji" and not heavy(self._all, place)

    def _left(self, start: int) -> list[tuple[int, Atom]]:
        """Atoms of the same cell or sentence before ``start``."""
        out = []
        place = start
        while place > 0 and self._all[place].border < CELL:
            place -= 1
            out.append((place, self._all[place]))
        return out

    def _entry_is_refused(self, line: int) -> bool:
        """A list entry below a sentence that says no ("Never:") is no instruction."""
        above = line - 1
        while above >= 0 and self._lines[above].entry:
            above -= 1
        return above >= 0 and self._lines[above].refuses

    def _may_end(self, at: int) -> bool:
        if at not in self._endings:
            self._endings[at] = self._closes(at)
        return self._endings[at]

    def _closes(self, at: int) -> bool:
        """Whether a sentence may end with ``at``: nothing that must be read stands after it."""
        after = at + 1
        if self._all[at].label:
            return False  # a header without what stands under it: the sentence claims something else, such as "-"
        if not self._matching.ends[at]:
            atom = self._all[after]
            joined = atom.kind == "word" and atom.key in _JOINING
            if not joined and not (_inflects(atom) and self._matching.ends[after]):
                return False
        if self._weighs_after(at):
            return False
        while after < len(self._all) and self._all[after].border < CELL:
            if says_no(self._all[after]) or conditions(self._all, after):
                return False
            after += 1
        return True

    def _weighs_after(self, at: int) -> bool:
        """Whether a bracket follows that a reader must not miss: "Open the valve (left)"."""
        if at + 1 >= len(self._all) or self._all[at + 1].border >= CELL:
            return False
        paren = self._all[at + 1].paren
        if not paren or paren == self._all[at].paren:
            return False
        return weighs([atom for atom in self._all[at + 1 :] if atom.paren == paren])

    def _may_leave_out(self, at: int, there: int) -> bool:
        """Whether what stands between ``at`` and ``there`` may be left out."""
        places = list(range(at + 1, there))
        if len(places) == 1 and self._leavable(places[0]):
            return True
        if self._is_bracket([self._all[place] for place in places], places):  # before its "the" is taken for ours
            return True
        while places and self._leavable(places[0]) and self._all[places[0]].kind != "kana":
            places.pop(0)
        while places and self._leavable(places[-1]) and self._all[places[-1]].kind != "kana":
            places.pop()
        if not places:
            return True
        there = places[-1] + 1
        gap = [self._all[place] for place in places]
        return (
            self._is_header(gap, places, there)
            or self._is_cells(gap, places, there)
            or self._is_bracket(gap, places)
            or self._is_parallel(gap, places, there)
            or (not any(heavy(self._all, place) for place in places) and (
                self._is_phrase(gap, places, there)
                or self._is_noun(gap, places, there)
            ))
        )  # fmt: skip

    def _leavable(self, place: int) -> bool:
        atom = self._all[place]
        if atom.mark:
            return True
        if atom.kind == "word":
            return atom.key in _LEAVABLE
        return _inflects(atom) and self._matching.ends[place]

    def _is_header(self, gap: list[Atom], places: list[int], there: int) -> bool:
        """A column's header: "cause: " before what it says. A number keeps its header; a unit may lose it."""
        after = self._all[there]
        whole = all(atom.label for atom in gap) and gap[0].border >= CELL and not after.label
        return whole and after.kind != "number" and after.column == gap[0].column and not any(map(says_no, gap))

    def _is_cells(self, gap: list[Atom], places: list[int], there: int) -> bool:
        """Whole labelled cells before another labelled cell of the same record; no column twice."""
        after = self._all[there]
        starts = gap[0].border >= CELL and gap[0].label and after.label and after.border >= CELL
        columns = [atom.column for atom in gap]
        return starts and all(columns) and after.column not in columns

    def _is_bracket(self, gap: list[Atom], places: list[int]) -> bool:
        """A whole bracket. After a code it is the code's name; elsewhere it may name parts, sections and codes, but
        hold nothing that a reader must not miss."""
        paren = gap[0].paren
        before, after = self._all[places[0] - 1], places[-1] + 1
        closed = after >= len(self._all) or self._all[after].paren != paren
        if not paren or before.paren == paren or not closed or any(atom.paren != paren for atom in gap):
            return False
        if before.kind == "ident":
            return not any(says_no(atom) or conditions(gap, place) for place, atom in enumerate(gap))
        return not weighs(gap)

    def _is_parallel(self, gap: list[Atom], places: list[int], there: int) -> bool:
        """Japanese: a second thing with its own value of the same form, before the verb that both have ("A は 120 °C
        以上、[B は 80 °C 以上] になる"), where the sentence names no condition."""
        after = self._all[there]
        own = any(atom.kind == "kana" and atom.key in ("は", "が") for atom in gap)
        if gap[0].border != JOINT or not own or after.kind != "kana" or any(atom.border for atom in [*gap[1:], after]):
            return False
        before = self._all[: places[0]]
        values = [place for place, atom in enumerate(gap) if atom.kind == "number"]
        tail = gap[values[-1] :] if values else []
        forms = [self._form(atom) for atom in tail]
        if not tail or forms != [self._form(atom) for atom in before[-len(tail) :]]:
            return False
        sentence = [place for place, atom in enumerate(self._all) if atom.sentence == after.sentence]
        return not any(says_no(self._all[place]) or conditions(self._all, place) for place in sentence)

    def _form(self, atom: Atom) -> str:
        return atom.kind if atom.kind in ("number", "unit") else atom.key

    def _is_phrase(self, gap: list[Atom], places: list[int], there: int) -> bool:
        """English: one or two words after an article ("the [blown] fuse"), or a phrase after its noun
        ("bolts [of the motor bracket] to 25 N·m")."""
        if any(atom.kind != "word" for atom in gap) or any(self._all[place].border for place in [*places, there]):
            return False
        words = [atom.key for atom in gap]
        after = self._all[there]
        before = self._all[places[0] - 1]
        if before.key in _DETERMINERS and after.key not in _FUNCTION:
            return len(words) <= 2 and not _FUNCTION & set(words)
        one_phrase = not (_FUNCTION - _ARTICLES) & set(words[1:]) and words[-1] not in _FUNCTION
        return words[0] in _POSTMODIFIERS and one_phrase and after.key in _FUNCTION and len(words) <= 6

    def _is_noun(self, gap: list[Atom], places: list[int], there: int) -> bool:
        """Japanese: what stands before a noun to tell which ("[交換用の]ヒューズ")."""
        before, after = self._all[places[0] - 1], self._all[there]
        if any(self._all[place].border for place in [*places[1:], there]) or after.kind not in ("kanji", "ident"):
            return False
        joined = gap[-1].key == "の"
        body = gap[:-1] if joined else gap
        opens = bool(gap[0].border) or (before.kind == "kana" and before.key != "の")
        whole = joined or _katakana(gap[-1]) != _katakana(after)  # a word is not cut in the middle
        return opens and whole and len(gap) <= 12 and bool(body) and all(atom.kind == "kanji" for atom in body)


def _katakana(atom: Atom) -> bool:
    return "ァ" <= atom.key <= "ヾ"


def _inflects(atom: Atom) -> bool:
    return atom.kind == "kana" and inflects(atom.key)


@lru_cache(maxsize=24)
def copy_of(text: str) -> Copy:
    """``text`` as a source; passages come back with every line that is compared, and from question to question."""
    return Copy(atoms_of(text))
