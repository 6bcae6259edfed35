"""Matching: where in a source an atom of a sentence may stand, looked up by its key and not along all of the source."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from assistant.verification.atoms import JOINT, Atom, AtomKind, word_key
from assistant.verification.endings import same_end
from assistant.verification.weight import keys

MOST_KNOWN = 4096  # atoms of sentences whose places are kept; a passage's own lines have a few hundred
_BE, _STAYS = keys("is are be"), keys("lie lies stay stays remain remains")
_COUNTS = dict(zip("一二三四五六七八九十", map(str, range(1, 11)), strict=True)) | {
    word_key(word): str(count)
    for count, word in enumerate("two three four five six seven eight nine ten".split(), start=2)  # noqa: SIM905
}
_SAME_KANA = {"は": "は", "が": "は", "には": "に", "では": "で", "および": "と", "や": "と"}


class Matching:
    """The places of one source's atoms. ``ends`` tells of each whether a clause ends behind it. Safe to use from
    several threads: what is kept hangs on nothing but the source."""

    def __init__(self, atoms: Sequence[Atom]) -> None:
        self._atoms = atoms
        self.ends = [atom.border >= JOINT for atom in atoms[1:]] + [True] * bool(atoms)  # as clause_ends tells
        self._by_count: dict[str, list[int]] = defaultdict(list)  # a number and its word are one
        self._particles: dict[str, list[int]] = defaultdict(list)
        self._endings: dict[str, list[int]] = defaultdict(list)  # runs of kana, where a clause ends
        self._others: dict[str, list[int]] = defaultdict(list)  # and where none does
        for place, atom in enumerate(atoms):
            key = atom.key
            self._by_count[_COUNTS.get(key, key)].append(place)
            if atom.kind == "kana":
                self._particles[_SAME_KANA.get(key, key)].append(place)
                (self._endings if self.ends[place] else self._others)[key].append(place)
        self._known: dict[tuple[str, AtomKind, bool], list[int]] = {}

    def places(self, atom: Atom, *, ends: bool) -> list[int]:
        """Everywhere where ``atom`` of a sentence may stand, upwards; ``ends``: whether a clause ends behind it."""
        asked = (atom.key, atom.kind, ends)
        known = self._known.get(asked)
        if known is None:
            known = self._found(atom, ends=ends)
            if len(self._known) >= MOST_KNOWN:
                self._known.clear()
            self._known[asked] = known
        return known

    def _found(self, atom: Atom, *, ends: bool) -> list[int]:
        found = [place for place in self._by_count.get(_count(atom), ()) if _same(atom, self._atoms[place])]
        if atom.key in _BE:
            found += [place for key in _STAYS for place in self._by_count.get(key, ())]
        if atom.kind == "kana":
            found += self._particles.get(_particle(atom.key), ())
            if atom.key == "は":
                found += [
                    *self._endings.get("を", ()),
                    *self._others.get("を", ()),
                ]  # what is done to it, made the topic
            for runs in (self._endings, self._others) if ends else (self._endings,):
                for key, places in runs.items():
                    if same_end(atom.key, key):
                        found += places
        return sorted(set(found))


def clause_ends(atoms: Sequence[Atom], place: int) -> bool:
    """Whether a clause ends behind the atom at ``place``."""
    return place + 1 >= len(atoms) or atoms[place + 1].border >= JOINT


def _particle(run: str) -> str:
    return _SAME_KANA.get(run, run)


def _count(atom: Atom) -> str:
    return _COUNTS.get(atom.key, atom.key)


def _same(mine: Atom, theirs: Atom) -> bool:
    """Of atoms with one count: numbers are equal to their words, all else to its own kind."""
    if mine.key == theirs.key:
        return mine.kind == theirs.kind
    return "number" in (mine.kind, theirs.kind)
