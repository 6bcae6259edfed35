"""Calibration: the site's own questions as the prompts that this assistant makes of them, for a conversion."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from assistant.ask import AskOptions, Assistant
from assistant.errors import QuestionsWrong
from assistant.evaluation.question_rows import rows_of
from edge.rkllm.calibration import Sample
from edge.runner import Message, Piece, Sampling
from index.library import Library


class _Listener:
    """A Runner that says nothing and keeps what it was asked."""

    name = "calibration"
    keeps_choices = False

    def __init__(self, context_tokens: int, count_tokens: Callable[[str], int]) -> None:
        self.context_tokens = context_tokens
        self.count_tokens = count_tokens
        self.asked: Sequence[Message] = ()

    def load(self) -> None:
        """There is nothing to load."""

    def stream(self, messages: Sequence[Message], sampling: Sampling) -> Iterator[Piece]:
        self.asked = tuple(messages)
        return iter([Piece("", 0, "stop")])

    def close(self) -> None:
        """There is nothing to close."""


def calibration_samples(
    library: Library, questions: Path, options: AskOptions, context_tokens: int, count_tokens: Callable[[str], int]
) -> Iterator[Sample]:
    """For each row of ``questions`` with "question" and "answer" the prompt as this assistant would build it now, over
    what the index finds, and the answer with the number of its first excerpt. Questions that no model would be asked
    (declined, a choice between machines) are left out.

    Errors: QuestionsWrong for a file that cannot be read.
    """
    listener = _Listener(context_tokens, count_tokens)
    assistant = Assistant(library, listener, replace(options, extract=False))
    for row in _rows(questions):
        listener.asked = ()
        for _event in assistant.ask(str(row["question"])):
            pass
        if listener.asked:
            yield Sample(listener.asked, f"{str(row['answer']).strip()} [1]")


def _rows(questions: Path) -> Iterable[Mapping[str, Any]]:
    if not questions.is_file():
        raise QuestionsWrong(f"There is no file {questions}.", "Check the path.")
    rows = [row for _, row in rows_of(questions) if not isinstance(row, str)]
    found = [row for row in rows if str(row.get("question") or "").strip() and str(row.get("answer") or "").strip()]
    if not found:
        raise QuestionsWrong(
            f"{questions.name} holds no question with an answer.", 'Give rows with "question" and "answer".'
        )
    return found
