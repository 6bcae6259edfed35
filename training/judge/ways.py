"""Ways: the same questions to the same model, closed book and through the product with its manuals, side by side.

Closed book is what training put into the model; through the product it reads what retrieval found and every sentence is
verified. What training is worth on the box is only what the second way gains.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.answer import Answer
from assistant.ask import Assistant
from assistant.evaluation.answers import judge
from assistant.evaluation.measures import measure_mean
from assistant.evaluation.questions import Question
from assistant.evaluation.run import ReportAsked, library_json, run_files
from edge.runner import Message, Runner, Sampling
from training.errors import AnswersWrong
from training.facets.refusals import refusals
from training.judge.asked import Reference, read_asked
from training.judge.given import Given
from training.judge.refusing import refuses
from training.two_choice.statistics import compare_paired, wilson

VERSION = 1
CLOSED, MANUALS, WORDS = "closed book", "manuals", "manuals, the model's words alone"
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Told:
    """What one question got in one way. ``facts``: the share of its facts that were told, None where it names none;
    ``refused``: that nothing was answered; ``failure``: the code of the model's error, "" for none."""

    question: Question
    text: str
    facts: float | None
    refused: bool
    failure: str = ""

    @property
    def right(self) -> bool | None:
        """Every fact told, or rightly refused; None where the question names no fact to go by."""
        if not self.question.answerable:
            return self.refused
        return None if self.facts is None else self.facts == 1 and not self.refused


@dataclass(frozen=True, slots=True)
class Ways:
    """``told`` by way, each in the order of the questions; ``given``: the same for a judge, of questions that have a
    reference."""

    told: Mapping[str, Sequence[Told]]
    given: Mapping[str, Sequence[Given]]
    report: Json


def ask_both_ways(
    assistant: Assistant, paths: Sequence[Path], weights: str = "", report: ReportAsked | None = None
) -> Ways:
    """Ask the questions of the files ``paths`` (docs/evaluate.md, or parts of a prepared FAQ) twice. Questions of
    manuals that the library does not have are left out. Raises AnswersWrong without a model or where no question is
    left; QuestionsWrong, edge.errors."""
    runner = assistant.runner
    if runner is None:
        raise AnswersWrong("There is no model to ask.", "Name one: --model FILE.gguf")
    told: dict[str, list[Told]] = {CLOSED: [], MANUALS: [], WORDS: []}
    given: dict[str, list[Given]] = {CLOSED: [], MANUALS: []}
    asked, left_out = [read_asked(path) for path in paths], 0
    files = [one.file for one in asked]

    def ask(question: Question) -> tuple[Told, Told, Told]:
        return (_closed(question, runner, assistant.options.answer_tokens), *_through(question, assistant))

    for source, run in zip(asked, run_files(assistant.library, files, ask, report), strict=True):
        left_out += sum(run.missing.values())
        for row in run.rows:
            for way, one in zip(told, row, strict=True):
                told[way].append(one)
            for way in given:
                one = told[way][-1]
                known = source.reference(one.question)
                given[way] += _given(one, known, f"{run.file.name}:", runner.name, weights, way)
    if not told[CLOSED]:
        raise AnswersWrong("None of the questions is about a manual that is here.", "andon index add MANUAL")
    figures = {way: figures_of(rows) for way, rows in told.items()}
    compared = {way: gain(told[CLOSED], told[way]) for way in (MANUALS, WORDS)}
    return Ways(told, given, {
        "what": "ways", "version": VERSION, "model": runner.name, "weights": weights, **library_json(assistant.library),
        "files": [{"file": file.name, "sha256": file.sha256} for file in files], "left_out": left_out,
        "ways": figures, "gain_on_closed_book": compared,
    })  # fmt: skip


def figures_of(rows: Sequence[Told]) -> Json:
    """``facts``: mean share of a question's facts with its interval; ``right``: of the questions that can be told by
    facts or refusing; ``refusals``: of all."""
    judged = [one.right for one in rows if one.right is not None]
    facts = measure_mean([one.facts for one in rows if one.facts is not None and one.question.answerable])
    low, high = wilson(sum(judged), len(judged))
    share = [sum(judged) / len(judged), low, high] if judged else None
    return {
        "questions": len(rows), "told_by_facts": len(judged),
        "right": [round(value, 4) for value in share] if share else None,
        "facts": facts.as_json() if facts is not None else None,
        "refusals": refusals([(one.question.answerable, one.refused) for one in rows]),
        "failures": sum(bool(one.failure) for one in rows),
    }  # fmt: skip


def gain(first: Sequence[Told], second: Sequence[Told]) -> Json | None:
    """What ``second`` has right more, paired, its interval by section; None where no question can be told by facts."""
    pairs = [
        (one.right, other.right, _cluster(one.question))
        for one, other in zip(first, second, strict=True)
        if one.right is not None and other.right is not None
    ]
    if not pairs:
        return None
    found = compare_paired([one for one, _, _ in pairs], [other for _, other, _ in pairs], [c for _, _, c in pairs])
    return {
        "questions": len(pairs), "difference": [round(v, 4) for v in (found.difference, found.low, found.high)],
        "gained": found.gained, "lost": found.lost, "p": round(found.permuted, 4), "mcnemar": round(found.mcnemar, 4),
    }  # fmt: skip


def _cluster(question: Question) -> str:
    """What goes right or wrong together: the questions of one section, or of one manual where no section is named."""
    return f"{question.manual} {question.section}".strip() or question.id


def _closed(question: Question, runner: Runner, max_tokens: int) -> Told:
    pieces = runner.stream((Message("user", question.text),), Sampling(max_tokens=max_tokens))
    text = "".join(piece.text for piece in pieces).strip()
    there = question.facts_in(text)
    return Told(question, text, sum(there) / len(there) if there else None, refuses(text))


def _through(question: Question, assistant: Assistant) -> tuple[Told, Told]:
    """What the reader sees (the first quote and the answer), and the model's own verified words."""
    answer = next(event for event in assistant.ask(question.text) if isinstance(event, Answer))
    judged = judge(question, answer, "", (0.0, 0.0, 0.0, 0.0))
    declined = answer.declined is not None
    best = answer.quotes[0].text if answer.quotes and not declined else ""
    seen = Told(question, answer.text or best, judged.shares["facts"], declined, answer.failure)
    words = judged.shares["facts_answer"]
    return seen, Told(question, answer.text, words, declined or not answer.text, answer.failure)


def _given(one: Told, reference: Reference, prefix: str, model: str, weights: str, way: str) -> list[Given]:
    """One line for a judge; none where the question has no reference to judge by."""
    question = one.question
    if question.answerable and not reference.answer:
        return []
    return [Given(
        f"{prefix}{question.id}", question.text, one.text, reference.answer if question.answerable else "",
        question.lang, question.answerable, one.refused, reference.group, reference.document, model, weights, way,
    )]  # fmt: skip
