"""Given: an answer that a model gave to a question, with the reference it is held against, as a line of JSON."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, cast

from index.passage import Lang
from index.text import language
from training.errors import AnswersWrong

TOLD = 10  # bad lines that one message names
_TEXTS = ("answer", "reference", "group", "document", "model", "weights", "way")


@dataclass(frozen=True, slots=True)
class Given:
    """``reference`` is the right answer, "" where nothing answers the question (``answerable`` is false then).
    ``declined``: the program itself said that it does not answer, whatever the text. ``group``: wordings of one fact;
    ``model`` and ``weights`` (SHA-256) are who answered, ``way`` how ("closed book", "manuals")."""

    id: str
    question: str
    answer: str
    reference: str
    lang: Lang
    answerable: bool = True
    declined: bool = False
    group: str = ""
    document: str = ""
    model: str = ""
    weights: str = ""
    way: str = ""

    @property
    def key(self) -> str:
        """The same as long as question, reference and answer are: what people said of one answer is not taken for
        another one. Begins with a letter: a spreadsheet would read 12e45 as a number."""
        text = "\0".join((self.id, self.question, self.reference, self.answer))
        return f"k{hashlib.sha256(text.encode()).hexdigest()[:15]}"

    @property
    def cluster(self) -> str:
        """What goes right or wrong together."""
        return self.document or self.group or self.id


def read_given(path: Path) -> list[Given]:
    """The answers of a file. Raises AnswersWrong, which names the bad lines."""
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as reason:
        raise AnswersWrong(f"{path} cannot be read ({reason}).", "Give a file of andon train answer.") from reason
    found: list[Given] = []
    wrong: list[str] = []
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                found.append(_given(json.loads(line), number))
            except (ValueError, TypeError) as reason:
                wrong.append(f"line {number}: {reason}")
    twice = len(found) - len({one.id for one in found})
    if twice:
        wrong.append(f"{twice} ids stand twice")
    if wrong or not found:
        told = "; ".join(wrong[:TOLD]) or "there is none"
        raise AnswersWrong(f"{path.name} holds no answers to judge: {told}.", "docs/judge.md tells what a line holds.")
    return found


def write_given(path: Path, rows: Iterable[Given]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(asdict(row), ensure_ascii=False) + "\n" for row in rows), "utf-8")


def _given(row: Any, number: int) -> Given:
    if not isinstance(row, Mapping):
        raise ValueError("no JSON object")
    question = str(row.get("question") or "").strip()
    if not question:
        raise ValueError('"question" is missing')
    if not isinstance(row.get("answer"), str):
        raise ValueError('"answer" is missing')
    answerable, declined = row.get("answerable", True), row.get("declined", False)
    if not isinstance(answerable, bool) or not isinstance(declined, bool):
        raise ValueError('"answerable" and "declined" are true or false')
    lang = row.get("lang") or language(question)
    if lang not in ("ja", "en"):
        raise ValueError(f'"lang" is {lang!r}, not "ja" or "en"')
    texts = {name: str(row.get(name) or "").strip() for name in _TEXTS}
    if answerable and not texts["reference"]:
        raise ValueError('"reference" is missing')
    return Given(str(row.get("id") or number), question, lang=cast(Lang, lang), answerable=answerable,
                 declined=declined, **texts)  # fmt: skip
