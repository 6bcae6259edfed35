"""Questions of an evaluation: read from JSONL, CSV, TSV or XLSX, each bad line told with its number.

Columns (the names are the same in every format; only ``question`` must be there):

    id            name of the question; its line number where there is none
    question      what is asked
    lang          "ja" or "en"; told from the question where it is not given
    kind          any word ("alarm", "value"); results are also given by it
    answerable    whether the manuals hold the answer; yes where it is not given
    manual        the manual that answers it: file name, or file name without its suffix, or id
    page, pages, also_pages   physical pages of the file on which the answer stands
    section       number ("7.2") or heading of the section that answers it
    facts         texts that stand in the answer; a hit holds the answer if one of them stands in it. "60||sixty" is one
                  fact that may be written either way
    answer        the answer in words; counts as a fact where neither place nor facts are given

In a table, several values of one cell stand apart by ";" or a line break.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

from assistant.errors import QuestionsWrong
from assistant.evaluation.question_rows import rows_of
from index.passage import Hit, Lang, Manual
from index.text import language

OR = "||"  # between the ways in which a fact may be written
TOLD = 20  # bad lines that one message names
_YES, _NO = {"yes", "true", "1", "y", "はい"}, {"no", "false", "0", "n", "いいえ"}
_REMEDY = "Mend these lines; what a line may hold stands in docs/evaluate.md."


@dataclass(frozen=True, slots=True)
class Question:
    """One question with what a right hit is: in ``manual``, on one of ``pages`` or in ``section``; ``facts`` are texts
    of which a hit that holds the answer has one. ``line`` is where it stands in its file, from 1."""

    id: str
    text: str
    lang: Lang
    kind: str = ""
    answerable: bool = True
    manual: str = ""
    pages: frozenset[int] = frozenset()
    section: str = ""
    facts: tuple[str, ...] = ()
    line: int = 0

    @property
    def has_place(self) -> bool:
        return bool(self.pages or self.section)

    @property
    def can_be_ranked(self) -> bool:
        """Whether it says what a right hit is."""
        return self.answerable and bool(self.has_place or self.facts or self.manual)

    def is_in(self, manual: Manual) -> bool:
        return self.manual in ("", manual.id, manual.name, manual.name.rsplit(".", 1)[0])

    def is_right(self, hit: Hit) -> bool:
        """Whether a hit stands where the answer stands; where no place is given, whether it holds the answer."""
        if not self.is_in(hit.manual):
            return False
        if not self.has_place:
            return self.is_held_by(hit) if self.facts else True
        return bool(self.pages & set(hit.passage.pages)) or any(_is_under(self.section, s) for s in hit.passage.section)

    def is_held_by(self, hit: Hit) -> bool:
        """Whether a hit of the right manual has one of the facts in its text."""
        return self.is_in(hit.manual) and any(self.facts_in(hit.passage.text))

    def facts_in(self, text: str) -> tuple[bool, ...]:
        """For each of the facts whether it stands in ``text``, in one of the ways in which it may be written."""
        return tuple(any(stands(way, text) for way in fact.split(OR)) for fact in self.facts)


@dataclass(frozen=True, slots=True)
class QuestionFile:
    """A file's questions, with its name and the SHA-256 of its content."""

    name: str
    sha256: str
    questions: tuple[Question, ...]


def read_questions(path: Path) -> QuestionFile:
    """The questions of a file. Raises QuestionsWrong, which names every bad line."""
    if not path.is_file():
        raise QuestionsWrong(f"There is no file {path}.", "Check the path.")
    questions = _questions(rows_of(path), path.name)
    return QuestionFile(path.name, hashlib.sha256(path.read_bytes()).hexdigest(), questions)


def plain(text: str) -> str:
    """``text`` as facts are looked for in it: one width, one case, no white space, no separators of lists."""
    return re.sub(r"[\s,、・]+", "", unicodedata.normalize("NFKC", text)).casefold()


def stands(fact: str, text: str) -> bool:
    """Whether ``fact`` stands in ``text``, whatever the case, widths and separators. A number must not be part of a
    longer one: "2" does not stand in "25"."""
    wanted = plain(fact)
    return bool(wanted) and _as_written(wanted).search(unicodedata.normalize("NFKC", text).casefold()) is not None


@lru_cache(maxsize=1024)
def _as_written(wanted: str) -> re.Pattern[str]:
    before = r"(?<![0-9])(?<![0-9]\.)" if wanted[0].isdigit() else ""
    after = r"(?!\.?[0-9])" if wanted[-1].isdigit() else ""
    return re.compile(before + r"[\s,、・]*".join(map(re.escape, wanted)) + after)


def _questions(rows: Iterable[tuple[int, Mapping[str, Any] | str]], name: str) -> tuple[Question, ...]:
    """``rows``: line number and its values, or why it cannot be read."""
    found: list[Question] = []
    wrong: list[str] = []
    for line, row in rows:
        try:
            if isinstance(row, str):
                raise ValueError(row)
            found.append(_question(row, line))
        except ValueError as reason:
            wrong.append(f"line {line}: {reason}")
    times = Counter(question.id for question in found)
    wrong += [f"line {q.line}: the id {q.id!r} stands twice" for q in found if times[q.id] > 1]
    if wrong:
        more = f"; and {len(wrong) - TOLD} more" if len(wrong) > TOLD else ""
        raise QuestionsWrong(f"{name}: {'; '.join(wrong[:TOLD])}{more}.", _REMEDY)
    if not found:
        raise QuestionsWrong(f"{name} holds no question.", "Check that the right file was given.")
    return tuple(found)


def _question(row: Mapping[str, Any], line: int) -> Question:
    """Raises ValueError saying what is wrong with the row."""
    text = _text(row, "question")
    if not text:
        raise ValueError('"question" is missing')
    lang = _text(row, "lang") or language(text)
    if lang not in ("ja", "en"):
        raise ValueError(f'"lang" is {lang!r}, not "ja" or "en"')
    pages = frozenset(page for name in ("page", "pages", "also_pages") for page in _pages(row, name))
    facts = tuple(str(fact).strip() for fact in _list(row, "facts") if str(fact).strip())
    section, answer = _text(row, "section"), _text(row, "answer")
    if answer and not (facts or pages or section):
        facts = (answer,)
    return Question(
        _text(row, "id") or str(line), text, cast(Lang, lang), _text(row, "kind"), _yes(row), _text(row, "manual"),
        pages, section, facts, line,
    )  # fmt: skip


def _text(row: Mapping[str, Any], name: str) -> str:
    value = row.get(name)
    if value is None:
        return ""
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        return str(value).strip()
    raise ValueError(f'"{name}" is {value!r}, not a text')


def _list(row: Mapping[str, Any], name: str) -> list[Any]:
    value = row.get(name)
    if value is None or value == "":
        return []
    if isinstance(value, str):
        return [part for part in re.split(r"[;；\n]", value) if part.strip()]
    return list(value) if isinstance(value, list | tuple) else [value]


def _pages(row: Mapping[str, Any], name: str) -> Iterator[int]:
    for value in _list(row, name):
        number = str(value).strip().removesuffix(".0")
        if not number.isdecimal() or int(number) < 1:
            raise ValueError(f'"{name}" holds {value!r}, not a page number from 1')
        yield int(number)


def _yes(row: Mapping[str, Any]) -> bool:
    value = row.get("answerable")
    if value is None or value == "":
        return True
    said = str(value).strip().casefold().removesuffix(".0")
    if said in _YES or said in _NO:
        return said in _YES
    raise ValueError(f'"answerable" is {value!r}, not yes or no')


def _is_under(section: str, heading: str) -> bool:
    """Whether ``heading`` is that section: the same text, or it begins with the number, and with no longer one."""
    wanted, there = (unicodedata.normalize("NFKC", text).casefold().strip() for text in (section, heading))
    return bool(wanted) and re.match(re.escape(wanted) + r"(?![.\w])", there) is not None
