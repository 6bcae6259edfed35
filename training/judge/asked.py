"""Asked: questions with what an evaluation by facts does not read: the right answer in words, and the fact's group.

From question files (docs/evaluate.md) with the further columns ``reference`` (or ``answer``) and ``group``, and from
the parts that ``andon train faq`` writes. Of the latter only a judge can say what is right: an answer in words is no
fact that must stand in another one.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.evaluation.question_rows import rows_of
from assistant.evaluation.questions import OR, Question, QuestionFile, read_questions
from training.data.data_card import read_rows_of

PREPARED = {"question", "answer", "group", "same_as", "document"}  # columns of a part of a prepared FAQ


@dataclass(frozen=True, slots=True)
class Reference:
    """``answer``: "" where nothing in words is known; ``group``, ``document``: "" for none."""

    answer: str
    group: str
    document: str


@dataclass(frozen=True, slots=True)
class Asked:
    """``references`` by the question's id and text."""

    file: QuestionFile
    references: Mapping[tuple[str, str], Reference]

    def reference(self, question: Question) -> Reference:
        return self.references[question.id, question.text]


def read_asked(path: Path) -> Asked:
    """Raises QuestionsWrong."""
    if _is_prepared(path):
        return _prepared(path)
    file = read_questions(path)
    rows = {}
    for line, row in rows_of(path):
        if isinstance(row, Mapping):
            rows[_text(row, "id") or str(line), _text(row, "question")] = row
    return Asked(file, {(q.id, q.text): _reference(q, rows.get((q.id, q.text), {})) for q in file.questions})


def _reference(question: Question, row: Mapping[str, Any]) -> Reference:
    written = _text(row, "reference") or _text(row, "answer")
    answer = written or "; ".join(fact.split(OR)[0] for fact in question.facts)
    return Reference(answer, _text(row, "group") or _text(row, "same_as"), question.manual)


def _prepared(path: Path) -> Asked:
    """Entries of a prepared part. Their documents are named as the table does, so no manual is asked for."""
    rows = read_rows_of(path)
    questions = tuple(Question(row["id"], row["question"], row["lang"], "faq", line=row["line"]) for row in rows)
    references = {
        (row["id"], row["question"]): Reference(row["answer"], f"{path.stem}-{row['group']}", row["document"])
        for row in rows
    }
    return Asked(QuestionFile(path.name, hashlib.sha256(path.read_bytes()).hexdigest(), questions), references)


def _is_prepared(path: Path) -> bool:
    if path.suffix.lower() != ".jsonl" or not path.is_file():
        return False
    with path.open(encoding="utf-8", errors="replace") as file:
        try:
            row = json.loads(file.readline())
        except ValueError:
            return False
    return isinstance(row, dict) and set(row) >= PREPARED


def _text(row: Mapping[str, Any], name: str) -> str:
    value = row.get(name)
    return "" if value is None else str(value).strip()
