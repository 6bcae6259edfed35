"""Passage and Hit: what the index keeps and what a search returns."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from index.manuals.coverage import Coverage

Kind = Literal["prose", "steps", "table", "alarm", "symptom", "warning", "faq", "incident"]
Lang = Literal["ja", "en"]
Untold = Literal["", "alike", "twin", "unsure"]
Found = Literal["code", "keyword", "vector", "match", "word", "reranker"]


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on a page, in PDF points (1/72 inch), origin at the page's top left corner."""

    page: int
    x0: float
    y0: float
    x1: float
    y1: float


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of a manual that can be quoted whole.

    ``text`` is verbatim (white space tidied, nothing else); ``pages`` are 1-based physical pages and
    ``page_labels`` what is printed on them ("3-12"), pair by pair. ``section`` is the heading path from the chapter
    down; ``codes`` are the alarm and parameter codes of the text in canonical form (see ``index.codes.find``).
    ``recognised`` is None where the file itself holds the text; where OCR read it from a picture, how sure it was on
    average (0 to 1): such a text wants a look at the page.
    """

    id: str
    manual_id: str
    revision: int
    ordinal: int
    text: str
    pages: tuple[int, ...]
    page_labels: tuple[str, ...]
    section: tuple[str, ...]
    kind: Kind
    lang: Lang
    codes: tuple[str, ...] = ()
    boxes: tuple[Box, ...] = ()
    recognised: float | None = None


@dataclass(frozen=True, slots=True)
class Manual:
    """A manual as the index knows it: one name, one live revision, the original beside it by content hash (SHA-256).
    ``lines`` and ``machines`` are those that an admin says it is for; one that is not ``enabled`` is kept and not
    searched."""

    id: str
    name: str
    title: str
    revision: int
    sha256: str
    pages: int
    passages: int
    lang: Lang
    added_at: str
    coverage: Coverage = field(default_factory=Coverage)
    lines: tuple[str, ...] = ()
    machines: tuple[str, ...] = ()
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class Why:
    """One reason why a hit was found: by which means, and at which rank there (1 is best); "word" is a word of the
    site's own list, and ``detail`` what it was taken for."""

    by: Found
    rank: int
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Twin:
    """The same text in another manual."""

    passage: Passage
    manual: Manual


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found, with the manual's title. ``score`` orders hits of one question; ``support`` is the share
    (0 to 1) of the question's informative words that the passage holds and is comparable between questions. ``also``:
    where else the very same words stand, which are not hits of their own. ``row``: the line of the passage's text (from
    0) that is the table row asked for, None where none is or where it is the whole passage. ``untold``: why of a
    passage made of rows none is told: several fit "alike", nearest is a "twin" of what is asked for, which itself has
    no row there, or it is "unsure"; "" where one is told or there are no rows. ``alike``: those of its lines that fit
    as well as others do, here or in another hit."""

    passage: Passage
    manual: Manual
    score: float
    support: float
    why: tuple[Why, ...] = field(default=())
    also: tuple[Twin, ...] = ()
    row: int | None = None
    untold: Untold = ""
    alike: tuple[int, ...] = ()
