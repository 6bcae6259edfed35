"""Copying: whether a sentence is a faithful copy of a stretch of its source, lightly shortened at most."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from assistant.verification.atoms import CELL, FUNCTION_WORDS, JOINT, OBLIGATION, Atom, Atoms, word_key
from assistant.verification.endings import inflects, one_only_can, same_verb
from assistant.verification.rewording import Claim
from assistant.verification.weight import conditions, heavy, keys, says_no, weighs

MAX_BORDERS = 2  # a sentence joins up to three neighbouring sentences or lines
MAX_GAP = 90  # atoms that may be left out in one place (cells of a wide table row)


_ARTICLES = keys("the a an")
_FUNCTION = frozenset(word_key(word) for word in FUNCTION_WORDS)
_ADDABLE = keys("the a an is are be please and but then also that")
_LEAVABLE = (_ADDABLE - keys("but")) | keys("which always") | {"必ず"}
_THEN = word_key("then")
_BE, _STAYS = keys("is are be"), keys("lie lies stay stays remain remains")
_COUNTS = dict(zip("一二三四五六七八九十", map(str, range(1, 11)), strict=True)) | {
    word_key(word): str(count)
    for count, word in enumerate("two three four five six seven eight nine ten".split(), start=2)  # noqa: SIM905
}
_JOINING = keys("and then")
_DETERMINERS = keys("the a an this these each")
_POSTMODIFIERS = keys("of for in on at with by near from")
_ADDABLE_KANA = frozenset(("は", "が", "の", "です", "である", "だ"))
_SAME_KANA = {"は": "は", "が": "は", "には": "に", "では": "で", "および": "と", "や": "と"}


class Place(NamedTuple):
    """Where a sentence stands in its source, counted from 0: places are in the source's order."""

    line: int
    sentence: int


class Copy:
    """A source to be compared with. ``holds`` is True for a sentence that is the source's own words, in the source's
    order, with nothing added but particles and nothing left out that changes what it says."""

    def __init__(self, source: Atoms) -> None:
        self._all = source.atoms
        self._lines = source.lines

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
        return [
            Place(atoms[start].line, atoms[start].sentence)
            for start in self._starts(said, number)
            if self._meets(claim, start) and self._copied_from(start, said, borders)
        ]

    def _meets(self, claim: Claim, start: int) -> bool:
        atom = self._all[start]
        line = self._lines[atom.line]
        opens = not any(other.line == atom.line and other.sentence < atom.sentence for other in self._all[:start])
        if claim == "first":
            return opens and line.number in ("", "1")
        if claim == "later":
            return not (opens and (line.number == "1" or start == 0))
        if claim == "order":
            end = [other.key for other in self._all[start:] if other.sentence == atom.sentence and other.kind == "kana"]
            polite = bool(end) and (end[-1].endswith(("ください", "こと")) or OBLIGATION in end[-1])
            return polite or bool(line.number)
        return True

    def _starts(self, said: Sequence[Atom], number: str) -> list[int]:
        return [
            start
            for start, atom in enumerate(self._all)
            if self._may_start(start, said) and (not number or self._lines[atom.line].number in ("", number))
        ]

    def _copied_from(self, start: int, said: Sequence[Atom], borders: int) -> bool:
        """Depth-first search over (atoms of the sentence done, atom of the source matched last)."""
        seen = {(1, start)}
        open_states = [(1, start)]
        while open_states:
            done, at = open_states.pop()
            if done == len(said):
                if self._may_end(at, start):
                    return True
                continue
            following = [(done + 1, there) for there in self._next(start, at, said, done, borders)]
            if self._addable(said, done, at):
                following.insert(0, (done + 1, at))
            for state in reversed(following):
                if state not in seen:
                    seen.add(state)
                    open_states.append(state)
        return False

    def _next(self, start: int, at: int, said: Sequence[Atom], done: int, borders: int) -> list[int]:
        first = self._all[start]
        places = []
        for there in range(at + 1, min(at + 2 + MAX_GAP, len(self._all))):
            atom = self._all[there]
            if atom.sentence - first.sentence > borders:
                break
            if atom.line != first.line and (self._lines[first.line].row or self._lines[atom.line].row):
                break  # rows of a table say different things
            if self._equal(said, done, there) and self._may_leave_out(at, there):
                places.append(there)
        return places

    def _equal(self, said: Sequence[Atom], done: int, there: int) -> bool:
        mine, theirs = said[done], self._all[there]
        if mine.key == theirs.key:
            return mine.kind == theirs.kind
        if "number" in (mine.kind, theirs.kind):
            return _COUNTS.get(mine.key, mine.key) == _COUNTS.get(theirs.key, theirs.key)
        if mine.key in _BE and theirs.key in _STAYS:
            return True
        if mine.kind != "kana" or theirs.kind != "kana":
            return False
        if _SAME_KANA.get(mine.key, mine.key) == _SAME_KANA.get(theirs.key, theirs.key):
            return True
        if mine.key == "は" and theirs.key == "を":
            return True  # what is done to it, made the topic
        ends = _clause_ends(said, done) or _clause_ends(self._all, there)
        if not ends or one_only_can(mine.key, theirs.key):
            return False
        if mine.key.endswith(("てから", "でから")):  # said of two orders: "…し、" goes before what follows it
            mine = replace(mine, key=mine.key[:-2])
        return (_inflects(mine) and _inflects(theirs)) or same_verb(mine.key, theirs.key)

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
        if _inflects(atom) and _clause_ends(said, done) and _clause_ends(self._all, at):
            return True
        return atom.key in _ADDABLE_KANA and (_clause_ends(self._all, at) or self._all[at + 1].kind != "kana")

    def _may_start(self, start: int, said: Sequence[Atom]) -> bool:
        atom = self._all[start]
        if not self._equal(said, 0, start):
            return False
        opening = start
        while opening and not self._all[opening].border and self._leavable(opening - 1):
            opening -= 1
        before = self._all[opening - 1] if opening else None
        joined = opening < start and self._all[opening].key in _JOINING
        if before is not None and not (self._all[opening].border or before.mark or before.lead or joined):
            return False
        line = self._lines[atom.line]
        if line.entry and self._entry_is_refused(atom.line):
            return False
        return not any(says_no(other) or conditions(self._all, place) for place, other in self._left(start))

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

    def _may_end(self, at: int, start: int) -> bool:
        after = at + 1
        if self._all[at].label:
            return False  # a header without what stands under it: the sentence claims something else, such as "-"
        if not _clause_ends(self._all, at):
            atom = self._all[after]
            joined = atom.kind == "word" and atom.key in _JOINING
            if not joined and not (_inflects(atom) and _clause_ends(self._all, after)):
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
        return _inflects(atom) and _clause_ends(self._all, place)

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
        if any(self._all[place].border for place in [*places[1:], there]) or after.kind != "kanji":
            return False
        joined = gap[-1].key == "の"
        body = gap[:-1] if joined else gap
        opens = bool(gap[0].border) or (before.kind == "kana" and before.key != "の")
        whole = joined or _katakana(gap[-1]) != _katakana(after)  # a word is not cut in the middle
        return opens and whole and len(gap) <= 12 and bool(body) and all(atom.kind == "kanji" for atom in body)


def _katakana(atom: Atom) -> bool:
    return "ァ" <= atom.key <= "ヾ"


def _clause_ends(atoms: Sequence[Atom], place: int) -> bool:
    return place + 1 >= len(atoms) or atoms[place + 1].border >= JOINT


def _inflects(atom: Atom) -> bool:
    return atom.kind == "kana" and inflects(atom.key)
