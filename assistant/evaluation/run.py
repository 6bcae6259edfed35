"""Run of an evaluation: each question of each file in turn, those left out whose manual is not in the library."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from assistant.evaluation.questions import Question, QuestionFile
from index.library import Library

Json = dict[str, Any]
ReportAsked = Callable[[int, int], None]
Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class FileRun(Generic[Row]):
    """What came of one file. ``missing``: how many questions were left out, by the manual that is not there."""

    file: QuestionFile
    rows: tuple[Row, ...]
    missing: dict[str, int]

    def told(self) -> Json:
        return {"file": self.file.name, "sha256": self.file.sha256, "left_out": self.missing}


def run_files(
    library: Library,
    files: Iterable[QuestionFile],
    ask: Callable[[Question], Row],
    report: ReportAsked | None = None,
) -> Iterator[FileRun[Row]]:
    """Ask all questions, one after the other; ``report`` hears how many of how many are done."""
    files = list(files)
    total, before = sum(len(file.questions) for file in files), 0
    for file in files:
        kept, missing = _indexed(file.questions, library)
        asked = []
        for number, question in enumerate(kept, start=1):
            asked.append(ask(question))
            if report is not None:
                report(before + number, total)
        before += len(file.questions)
        yield FileRun(file, tuple(asked), missing)


def library_json(library: Library) -> Json:
    """What the questions were asked of."""
    manuals = library.manuals()
    return {
        "embedder": library.embedder.name if library.embedder is not None else "none",
        "reranker": library.reranker.name if library.reranker is not None else "none",
        "manuals": len(manuals), "passages": sum(manual.passages for manual in manuals),
    }  # fmt: skip


def languages_of(question: Question, library: Library) -> str:
    """Of the question and of the manual that answers it: "en -> ja"; "" where it names none."""
    written = [manual.lang for manual in library.manuals() if question.manual and question.is_in(manual)]
    return f"{question.lang} -> {written[0]}" if written else ""


def grouped(rows: Sequence[Row], group: Callable[[Row], str]) -> dict[str, list[Row]]:
    """The rows by the name of their group, in the order of names; rows without one are left out."""
    groups: dict[str, list[Row]] = {}
    for row in rows:
        if group(row):
            groups.setdefault(group(row), []).append(row)
    return dict(sorted(groups.items()))


def _indexed(questions: Iterable[Question], library: Library) -> tuple[list[Question], dict[str, int]]:
    """The questions whose manual is there, and how many were left out by the manual that is not."""
    manuals = library.manuals()
    kept: list[Question] = []
    missing: dict[str, int] = {}
    for question in questions:
        if any(question.is_in(manual) for manual in manuals):
            kept.append(question)
        else:
            missing[question.manual] = missing.get(question.manual, 0) + 1
    return kept, missing
