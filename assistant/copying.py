"""Copying: whether a sentence is a faithful copy of a stretch of its source, lightly shortened at most."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.atoms import CELL, FUNCTION_WORDS, JOINT, LINE, NEGATION, Atom, Atoms, word_key

MAX_BORDERS = 2  # a sentence joins up to three neighbouring sentences or lines
MAX_GAP = 90  # atoms that may be left out in one place (cells of a wide table row)


def _keys(words: str) -> frozenset[str]:
    return frozenset(word_key(word) for word in words.split())


_ARTICLES = _keys("the a an")
_FUNCTION = frozenset(word_key(word) for word in FUNCTION_WORDS)
_ADDABLE = _keys("the a an is are be please and then also that")
_LEAVABLE = _ADDABLE | _keys("which")
_SUCH, _AS = word_key("such"), word_key("as")
_YOU, _OBLIGES = word_key("you"), _keys("must should")
_JOINING = _keys("and then")
_DETERMINERS = _keys("the a an this these each")
_POSTMODIFIERS = _keys("of for in on at with by near from")
# what a reader must not miss: conditions, order, quantity, sides and states. Such words are never left out.
_CONDITIONS = _keys(
    "if when whenever unless until once while during before after only except provided where with as case"
)
_HEAVY = _CONDITIONS | _keys(
    "must should shall may can on off open close left right up down upper lower top bottom front rear inner outer "
    "inside outside clockwise counter anti counterclockwise anticlockwise increase decrease raise reduce higher lower "
    "above below over under more less least most maximum minimum max min about approx approximately within half twice "
    "double one two three four five six seven eight nine ten first second third last all both every any either same "
    "other tight tighten loose loosen start stop enable disable connect disconnect lock unlock high low normally"
)
_HEAVY_KANJI = frozenset(
    "左右上下前後内外開閉入出切増減高低大小正逆反無不未非禁否全半両片各約最初終主副一二三四五六七八九十以超"
)
_CONDITION_KANA = re.compile(
    r"とき|たら|れば|なら|まま|まで|てから|だけ|のみ|しか|うち|あと|まえ|うえで|ながら|ず|ごと"
)
_CONDITION_KANJI = (
    "場合",
    "時は",
    "時に",
    "後に",
    "後で",
    "前に",
    "限り",
    "限っ",
    "限る",
    "間は",
    "間に",
    "以外",
    "状態",
    "際に",
    "際は",
)
_ADDABLE_KANA = frozenset(("は", "が", "の", "です", "である", "だ"))
_SAME_KANA = {"は": "は", "が": "は", "には": "に", "では": "で"}
# how a Japanese verb or clause may end without saying something else: 押す, 押し, 押して, 押してください, 押します
_INFLECTION = re.compile(
    r"[きぎしちにびみりいっんえけげせてでねべめれすくぐつぬぶむるう]?(?:て|で|た|だ)?"
    r"(?:ください|ます|ました|です|である|する|します|して|し|した|しました|してください)?"
)


# what may follow the stem of a verb that ends a clause: 合わせる, 合わせます, 合わせてください, 合わせることです
_VERB_END = re.compile(r"(?:[てで]ください|ことです|ます|ました)$")
_LAST_KANA = frozenset("うくぐすずつづぬぶむるいきぎしちにびみりえけげせてねべめれっ")


class Copy:
    """A source to be compared with. ``holds`` is True for a sentence that is the source's own words, in the source's
    order, with nothing added but particles and nothing left out that changes what it says."""

    def __init__(self, source: Atoms) -> None:
        self._all = source.atoms
        self._lines = source.lines

    def holds(self, said: Sequence[Atom], number: str = "") -> bool:
        """``said`` without list marks; ``number`` is the list number it came with: step 3 of the source must not become
        step 1."""
        return self._copied(said, number) or any(self._copied(less, number) for less in _without_you_must(said))

    def _copied(self, said: Sequence[Atom], number: str) -> bool:
        while said and said[0].kind == "word" and said[0].key in _ADDABLE:
            said = said[1:]
        if not said:
            return False
        return any(self._copied_from(start, said) for start in self._starts(said, number))

    def _starts(self, said: Sequence[Atom], number: str) -> list[int]:
        return [
            start
            for start, atom in enumerate(self._all)
            if self._may_start(start, said) and (not number or self._lines[atom.line].number in ("", number))
        ]

    def _copied_from(self, start: int, said: Sequence[Atom]) -> bool:
        """Depth-first search over (atoms of the sentence done, atom of the source matched last)."""
        seen = {(1, start)}
        open_states = [(1, start)]
        while open_states:
            done, at = open_states.pop()
            if done == len(said):
                if self._may_end(at, start):
                    return True
                continue
            following = [(done + 1, there) for there in self._next(start, at, said, done)]
            if self._addable(said, done, at):
                following.insert(0, (done + 1, at))
            for state in reversed(following):
                if state not in seen:
                    seen.add(state)
                    open_states.append(state)
        return False

    def _next(self, start: int, at: int, said: Sequence[Atom], done: int) -> list[int]:
        first = self._all[start]
        places = []
        for there in range(at + 1, min(at + 2 + MAX_GAP, len(self._all))):
            atom = self._all[there]
            if atom.sentence - first.sentence > MAX_BORDERS:
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
        if mine.kind != "kana" or theirs.kind != "kana":
            return False
        if _SAME_KANA.get(mine.key, mine.key) == _SAME_KANA.get(theirs.key, theirs.key):
            return True
        ends = _clause_ends(said, done) or _clause_ends(self._all, there)
        return ends and ((_inflects(mine) and _inflects(theirs)) or _same_verb(mine.key, theirs.key))

    def _addable(self, said: Sequence[Atom], done: int, at: int) -> bool:
        """Whether the sentence may hold this atom though the source does not."""
        atom = said[done]
        if atom.kind == "word":
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
        return not any(_says_no(other) or _conditions(self._all, place) for place, other in self._left(start))

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
            if _says_no(self._all[after]) or _conditions(self._all, after):
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
        return _weighs([atom for atom in self._all[at + 1 :] if atom.paren == paren])

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
            or (not any(_heavy(self._all, place) for place in places) and (
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
        return whole and after.kind != "number" and after.column == gap[0].column and not any(map(_says_no, gap))

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
            return not any(_says_no(atom) or _conditions(gap, place) for place, atom in enumerate(gap))
        return not _weighs(gap)

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
    return atom.kind == "kana" and _INFLECTION.fullmatch(atom.key) is not None


def _weighs(bracket: Sequence[Atom]) -> bool:
    """Whether a bracket holds more than names of parts, sections and codes."""
    weighed = (place for place, atom in enumerate(bracket) if atom.kind != "ident" and atom.key != "~")
    return any(_heavy(bracket, place) for place in weighed)


def _same_verb(mine: str, theirs: str) -> bool:
    """Whether two kana runs end one verb or another politely or plainly; what says no must do so in both."""
    if mine.count(NEGATION) != theirs.count(NEGATION):
        return False
    return bool(_stems(mine) & _stems(theirs))


def _stems(run: str) -> frozenset[str]:
    """What may be the stem: without the polite end, and without the kana that inflects."""
    plain = _VERB_END.sub("", run)
    return frozenset(stem for stem in (plain, plain[:-1] if plain[-1:] in _LAST_KANA else "") if stem)


def _without_you_must(said: Sequence[Atom]) -> list[Sequence[Atom]]:
    """``said`` as the order that it stands for: "You must wait" is "Wait"."""
    for place in range(len(said) - 2):
        you, must = said[place], said[place + 1]
        opens = place == 0 or you.border >= JOINT
        if opens and you.key == _YOU and must.key in _OBLIGES and NEGATION not in said[place + 2].key:
            return [[*said[:place], *said[place + 2 :]]]
    return []


def _says_no(atom: Atom) -> bool:
    return NEGATION in atom.key or (atom.kind == "kanji" and atom.key in "禁")


def _conditions(atoms: Sequence[Atom], place: int) -> bool:
    """Whether a condition stands at ``place``: without it the rest says more than the source."""
    atom = atoms[place]
    if atom.kind == "word":
        return atom.key in _CONDITIONS and not _gives_examples(atoms, place)
    if atom.kind == "kana":
        return _CONDITION_KANA.search(atom.key) is not None
    if atom.kind == "kanji":
        here = atom.key + (atoms[place + 1].key if place + 1 < len(atoms) else "")
        return here.startswith(_CONDITION_KANJI)
    return False


def _gives_examples(atoms: Sequence[Atom], place: int) -> bool:
    """Whether the "as" of "such as" stands at ``place``: no condition."""
    return atoms[place].key == _AS and place > 0 and atoms[place - 1].key == _SUCH


def _heavy(atoms: Sequence[Atom], place: int) -> bool:
    """Whether leaving this atom out may change what the sentence says."""
    atom = atoms[place]
    if _says_no(atom) or _conditions(atoms, place) or atom.border >= LINE:
        return True
    if atom.kind == "kanji":
        return atom.key in _HEAVY_KANJI
    if atom.kind == "word":
        return atom.key in _HEAVY and not _gives_examples(atoms, place)
    return atom.kind in ("ident", "sign")
