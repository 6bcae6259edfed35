"""Atoms: a text as the pieces that a true copy must keep, with the borders between them."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, NamedTuple

from assistant.verification.spelling import one_form
from index.codes.find import find_codes
from index.text import terms

AtomKind = Literal["word", "number", "unit", "ident", "kanji", "kana", "sign"]
JOINT, CELL, LINE = 1, 2, 3  # borders: comma, colon or bracket; table cell or semicolon; sentence or line

NEGATION = "¬"
OBLIGATION = "!"
_PARENS = 1000  # brackets of a line have numbers of their own
MAX_LABEL = 14  # atoms; a longer text before a colon is a sentence, not a column's header
CITATION = re.compile(r"(?<!\d)\[(\d{1,2})\]")
_LIST_MARK = re.compile(
    r"\s*(?:(?:[•●・\-*]\s+)?(?:\(?(?P<number>\d{1,2})(?:[.)](?!\d)|(?<=\d)、)|(?P<circle>[①-⑳]))|[•●・\-*](?=\s))\s*"
)
_MUST = re.compile(r"(?:なければ|なくては|ないと)(?:なら|いけ)(?:ない|ません|なりません)|なければなりません")
_PROHIBITED = re.compile(r"[いっしん]?(?:て|で)は(?:なら|いけ|なり)(?:ない|ません)")
_NOT = re.compile(
    r"[しきぎちにびみりさかがたなばまらわえけげせてでねべめれいじ]?(?:ません|ない)(?:でください|です|こと|ようにする)?$"
)
_CONTRACTED = re.compile(r"\b(?P<can>ca)n['’]t\b|\b(?P<cannot>can)not\b|(?<=[a-z])n['’]t\b", re.IGNORECASE)
_FINAL_VOWEL = re.compile(r"(?<=[ァ-ヺ]{2})ー+(?![ァ-ヺー])")
_TOLERANCE = re.compile(r"(?<=[\w%])\s?±\s?(?=\d)")
_OPENS_LIST = re.compile(r":\s*$|(?:次|以下|下記)の[^。]*。?\s*$|\b(?:following|these)\b[^.]*\.?\s*$", re.IGNORECASE)
_MAY_LEAD = re.compile(r"[A-Za-z0-9$アエスパバフワ異警停]")  # what codes begin with (index.codes.find)
_RANGE = re.compile(r"(?<=\d)\s?[-~〜–]\s?(?=\d)")
_TOKEN = re.compile(
    r"(?P<ident>0x[0-9A-Fa-f]+|[A-Za-z]+(?:[.\-_][A-Za-z]+)*[.\-_]?\d[A-Za-z0-9]*(?:[.\-_][A-Za-z0-9]+)*(?:\[\d{1,3}\])?)"
    r"|(?P<number>(?:(?<![\w)])[+\-±])?(?:(?<![\w.])\.)?\d+(?:[.,]\d+)*(?:\[\d{1,3}\])?)"
    r"|(?P<word>[A-Za-zÀ-ɏͰ-Ͽ°%‰]+(?:[·・⋅/][A-Za-z]+)*[23]?)"
    r"|(?P<always>必ず)"
    r"|(?P<kanji>[㐀-䶿一-鿿豈-﫿々〆ァ-ヺーヽヾ])"
    r"|(?P<kana>[ぁ-ゖゝゞ]+)"
    r"|(?P<sign>[~<>≤≥=×÷±→←↑↓○¬])"
    r"|(?P<nothing>(?:(?<=:\s)|(?<=:))[-–—―?](?=\s|$))"
    r"|(?P<open>\()|(?P<close>\))"
    r"|(?P<cell>\s/\s|[|;])"
    r"|(?P<line>[。!?]|\.(?=\s|$))"
    r"|(?P<joint>[,、:]|\s[-–—]\s)"
)  # fmt: skip
_BORDERS = {"cell": CELL, "line": LINE, "joint": JOINT, "open": JOINT, "close": JOINT}
_UNITS = {"Nm": "N·m", "ml": "mL", "l": "L", "l/min": "L/min"}
_UNIT_COLUMNS = frozenset(("単位", "unit", "units"))
FUNCTION_WORDS = frozenset(
    "of for in on at with by near from to into onto through between under over and or then is are be the a an "  # noqa: SIM905
    "that which until before after as if when have has had must can may should shall will do does".split()
)


class Atom(NamedTuple):  # made by the hundred for each passage: a tuple costs a third of a frozen dataclass
    """``key`` is what must be equal. ``border``: the strongest border between the atom before and this one.
    ``line``, ``sentence`` count from 0; ``paren`` numbers the bracket it stands in (0: none); ``label`` names the
    table column whose header it is part of, ``column`` the column it belongs to ("" outside of labelled cells).
    ``mark``: a list number; ``lead``: an alarm's or parameter's code that opens its line, as in "AL.32 Overcurrent"."""

    key: str
    kind: AtomKind
    border: int = 0
    line: int = 0
    sentence: int = 0
    paren: int = 0
    label: bool = False
    column: str = ""
    mark: bool = False
    lead: bool = False


_made = tuple.__new__  # an Atom of all its values in half the time of calling Atom


@dataclass(frozen=True, slots=True)
class Line:
    """What is known of a line: its list number ("" without), whether it is a list entry, a row of several cells,
    whether it says no, and whether it refuses the entries of the list that it opens ("Never do this:")."""

    number: str
    entry: bool
    row: bool
    negative: bool
    refuses: bool


@dataclass(frozen=True, slots=True)
class Atoms:
    atoms: tuple[Atom, ...]
    lines: tuple[Line, ...]


def plain_text(text: str) -> str:
    """``text`` with widths, dashes, units, bounds and negations in one form, without citations; line breaks stay."""
    plain = unicodedata.normalize("NFKC", CITATION.sub(" ", text) if "[" in text else text)
    plain = plain.replace("−", "-").replace("‐", "-").replace("‑", "-").replace("µ", "μ")
    if "ー" in plain:
        plain = _FINAL_VOWEL.sub("", plain)
    if "'" in plain or "’" in plain or "cannot" in plain.lower():
        plain = _CONTRACTED.sub(lambda match: "can not" if match["can"] or match["cannot"] else " not", plain)
    return one_form(_TOLERANCE.sub(" ±", plain) if "±" in plain else plain)


@lru_cache(maxsize=256)
def atoms_of(text: str) -> Atoms:
    """The atoms of ``text`` in order. Line breaks, sentence ends, cells and commas become borders."""
    atoms: list[Atom] = []
    lines: list[Line] = []
    sentence = 0
    for raw in text.splitlines():
        if not raw.strip():
            continue
        line, read = _printed_line(raw)
        if line.number:
            atoms.append(Atom(line.number, "number", LINE, len(lines), sentence, mark=True))
        atoms += read.at(len(lines), sentence)
        lines.append(line)
        sentence += read.sentences
    return Atoms(tuple(atoms), tuple(lines))


def lines_of(text: str) -> tuple[Line, ...]:
    """The lines of ``atoms_of`` alone."""
    return tuple(_printed_line(raw)[0] for raw in text.splitlines() if raw.strip())


@lru_cache(maxsize=512)
def _printed_line(raw: str) -> tuple[Line, _ReadLine]:
    """A line as it is printed. A passage's lines come back when they are said, and under other headings."""
    mark = _LIST_MARK.match(CITATION.sub(" ", raw) if "[" in raw else raw)
    read = _read_line(plain_text(raw[_mark_end(raw) :] if mark else raw))
    return Line(_mark_number(mark), mark is not None, read.row, read.negative, read.refuses), read


@dataclass(frozen=True, slots=True)
class _ReadLine:
    """The atoms of a line as if it were the first of its text, and what is known of it."""

    atoms: tuple[Atom, ...]
    sentences: int
    row: bool
    negative: bool
    refuses: bool

    def at(self, line: int, sentence: int) -> tuple[Atom, ...]:
        """The atoms where the line is another one of its text, and its first sentence too."""
        if not line and not sentence:
            return self.atoms
        above = line * _PARENS
        return tuple([
            _made(
                Atom,
                (key, kind, border, line, sentence + own, paren + above if paren else 0, label, column, mark, lead),
            )
            for key, kind, border, _, own, paren, label, column, mark, lead in self.atoms
        ])  # fmt: skip


@lru_cache(maxsize=512)
def _read_line(body: str) -> _ReadLine:
    """What is read of a line's plain text. A passage's lines are read with it and once more when they are said."""
    reader = _LineReader()
    atoms = reader.read(body)
    negative = any(NEGATION in atom.key for atom in atoms)
    refuses = _OPENS_LIST.search(body) is not None and _forbids([a for a in atoms if a.sentence == reader.sentence])
    return _ReadLine(tuple(atoms), reader.sentence + 1, reader.row, negative, refuses)


def _forbids(sentence: list[Atom]) -> bool:
    """Whether a sentence forbids, rather than names a condition that says no ("If it does not light, …")."""
    if any(atom.kind == "word" and atom.key in ("if", "when") for atom in sentence):
        return False
    english = any(NEGATION in atom.key for atom in sentence if atom.kind == "word")
    return english or any(NEGATION in atom.key or atom.key == "禁" for atom in sentence[-4:])


def _mark_end(raw: str) -> int:
    match = _LIST_MARK.match(raw)
    return match.end() if match else 0


def _mark_number(mark: re.Match[str] | None) -> str:
    if mark is None:
        return ""
    if mark["circle"]:
        return str(ord(mark["circle"]) - ord("①") + 1)
    return mark["number"] or ""


class _LineReader:
    """Reads the atoms of one line, the first of its text."""

    def __init__(self) -> None:
        self.sentence = 0
        self.row = False
        self._border = LINE
        self._paren = self._parens = 0
        self._cell: list[Atom] = []
        self._out: list[Atom] = []
        self._column = ""
        self._prose = False
        self._started = False

    def read(self, body: str) -> list[Atom]:
        body = _RANGE.sub(" ~ ", body)
        last = ""
        lead_end = _lead_end(body)
        for match in _TOKEN.finditer(body):
            kind = match.lastgroup or ""
            if kind in _BORDERS:
                self._take_border(kind, match[0])
                last = ""
                continue
            lead = lead_end > 0 and match.end() <= lead_end
            if kind == "kanji":  # most atoms of a Japanese line
                self._add(match[0], "kanji", lead)
                last = kind
                continue
            measured = last == "number" or self._column in _UNIT_COLUMNS
            for key, atom_kind in _keys(kind, match[0], measured):
                self._add(key, atom_kind, lead)
            last = kind
        self._close_cell()
        return self._out

    def _add(self, key: str, kind: AtomKind, lead: bool) -> None:
        if self._border == LINE and self._started:
            self.sentence += 1
        self._started = True
        border, self._border = self._border, 0
        of = (key, kind, border, 0, self.sentence, self._paren, False, self._column, False, lead)
        self._cell.append(_made(Atom, of))

    def _take_border(self, kind: str, printed: str) -> None:
        if kind == "cell":
            self.row = True
            self._close_cell()
            self._column = ""
            self._prose = False
        if kind == "open":
            self._parens += 1
            self._paren = _PARENS + self._parens
        if kind == "close":
            self._paren = 0
        labels = printed == ":" and not (self._paren or self._column or self._prose)
        if labels and 0 < len(self._cell) <= MAX_LABEL:
            # what stands before the first colon of a cell is its column's header
            self._column = "".join(atom.key for atom in self._cell)
            self._cell = [atom._replace(label=True, column=self._column) for atom in self._cell]
        if kind == "line":
            self._prose = True
        self._border = max(self._border, _BORDERS[kind])

    def _close_cell(self) -> None:
        self._out += self._cell
        self._cell = []


def _lead_end(body: str) -> int:
    """Where the alarm's or parameter's code that opens a line ends; 0 where none does."""
    if not _MAY_LEAD.match(body):
        return 0
    return max((code.end for code in find_codes(body) if code.start == 0 and code.kind != "part"), default=0)


@lru_cache(maxsize=4096)
def _keys(kind: str, printed: str, after_number: bool) -> tuple[tuple[str, AtomKind], ...]:
    """What a token must be equal in. Words are folded and stemmed, units after numbers are kept as printed."""
    if kind == "ident":
        # AL.32, AL-32 and AL32 are one; AL.32.3 and AL.323 are two; PA03 is short for Pr.PA03
        key = re.sub(r"(?<=[A-Za-z])[.\-_](?=\w)|(?<=\w)[\-_]", "", printed).upper()
        return ((re.sub(r"^PR(?=P[A-Z]\d)", "", key), "ident"),)
    if kind == "number":
        grouped = re.fullmatch(r"[+\-±]?\d{1,3}(?:,\d{3})+(?:\.\d+)?", printed)
        if "." in printed[:2] and not printed[:1].isdigit():
            return ((printed.replace(".", "0.", 1), "number"),)  # .5 is 0.5 and never 5
        return ((printed.replace(",", "") if grouped else printed, "number"),)
    if kind == "word":
        folded = printed.casefold()
        unit = after_number and folded not in FUNCTION_WORDS and (len(printed) <= 3 or not printed.isalpha())
        if unit:
            return ((_UNITS.get(printed) or re.sub(r"[・⋅]", "·", printed), "unit"),)
        return tuple((word_key(piece), "word") for piece in re.split(r"[·・⋅/]", printed) if piece)
    if kind == "kana":
        return ((_kana(printed), "kana"),)
    if kind == "always":  # says no "no", though it ends like one
        return ((printed, "word"),)
    if kind == "nothing":  # the dash of an empty table cell says something too, and so does the mark of an unknown one
        return (("?" if printed == "?" else "-", "sign"),)
    return ((printed, "kanji" if kind == "kanji" else "sign"),)


@lru_cache(maxsize=4096)
def word_key(word: str) -> str:
    """The form in which two English words are one: folded, stemmed, "not" and its kin marked."""
    folded = word.casefold()
    if folded in ("not", "never", "no", "nor", "neither", "without", "unless", "except"):
        return NEGATION if folded in ("not", "never") else f"{NEGATION}{folded}"
    if folded.startswith(("prohibit", "forbid")):
        return f"{NEGATION}forbid"
    if folded.startswith("avoid"):
        return f"{NEGATION}avoid"
    found = terms(word) if len(word) > 3 else []
    return found[0] if found else folded


def _kana(run: str) -> str:
    """A run of hiragana with "must" and "not" in one form, however politely they are said."""
    run = _MUST.sub(OBLIGATION, run)
    run = _PROHIBITED.sub(NEGATION, run)
    run = re.sub(rf"^.?(?:{NEGATION}|い{NEGATION})(?:でください|です|こと)?$", NEGATION, run)
    run = _NOT.sub(NEGATION, run)
    return re.sub(r"ません|ない|なかった|なく|なけれ|なし|ず(?=に|$)|ぬ", NEGATION, run)
