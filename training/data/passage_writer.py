"""PassageWriter: questions and restatements that a teacher writes from passages, each checked against its passage.

What it writes is never believed: numbers, codes and parts must stand in the passage, an answer's words too, and what
fails is kept aside with the reason.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from assistant.prompt import NOT_FOUND
from edge.runner import Message
from index.passage import Lang
from index.text import informative, normalise, terms
from training.data.shingles import jaccard, shingles
from training.data.slots import slots_of
from training.data.units import NUMBER_WORDS
from training.errors import TeacherFailed
from training.teacher import Teacher

Task = Literal["questions", "restate"]
SUPPORT = 0.6
"""Share of an answer's informative terms that the passage must hold: strict enough that an answer about something else
fails, loose enough for other word forms. A judgement, not a measurement."""
ALIKE = 0.7  # Jaccard of shingles from which two questions are one (Self-Instruct, Wang et al. 2022: ROUGE-L 0.7)
LENGTH = {"question": (6, 300), "answer": (2, 600)}  # characters
_TASKS: dict[Task, dict[Lang, str]] = {
    "questions": {
        "ja": "次の取扱説明書の一節だけを根拠に、現場の作業者が尋ねそうな質問と答えを {count} 組作ってください。"
        "数値、単位、番号は一節のとおりに書きます。JSON の配列だけを返してください: "
        '[{{"question": "...", "answer": "..."}}]\n\n{text}',
        "en": "From this section of a manual alone, write {count} questions that an operator at the machine may ask, "
        "each with its answer. Keep numbers, units and codes as they stand there. Reply with a JSON array only: "
        '[{{"question": "...", "answer": "..."}}]\n\n{text}',
    },
    "restate": {
        "ja": "次の取扱説明書の一節を、意味と数値を変えずに別の言い方で {count} 通りに書き直してください。"
        'JSON の配列だけを返してください: ["..."]\n\n{text}',
        "en": "Write this section of a manual in other words, {count} times, without changing what it says or any "
        'number. Reply with a JSON array only: ["..."]\n\n{text}',
    },
}
_ARRAY = re.compile(r"\[.*\]", re.DOTALL)
_ASSISTANT_TALK = re.compile(
    r"as an ai|i cannot|i'm sorry|here (?:is|are)|申し訳|AIとして|以下の通り|一節によると", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Written:
    """``question`` is "" for a restatement; ``reason`` says why it is not used, "" where it is."""

    question: str
    answer: str
    lang: Lang
    source: str
    reason: str = ""


class PassageWriter:
    """Asks ``teacher`` in arrays of JSON. Raises TeacherFailed where it answers not once in the form that it was asked
    for, or fails on and on."""

    def __init__(self, teacher: Teacher, *, temperature: float = 0.7, seed: int = 1) -> None:
        self._teacher = teacher
        self._temperature, self._seed = temperature, seed
        self.asked = self.misformed = 0

    def questions(self, passages: Sequence[tuple[str, str, Lang]], count: int = 3) -> list[Written]:
        """Questions with answers for (source, text, lang) of each passage: those to use and those that failed."""
        found: list[Written] = []
        for source, text, lang in passages:
            pairs = self._array("questions", text, lang, count)
            for pair in pairs:
                if isinstance(pair, dict):
                    one = Written(
                        str(pair.get("question", "")).strip(), str(pair.get("answer", "")).strip(), lang, source
                    )
                    found.append(_checked(one, text, found))
        self._must_have_answered()
        return found

    def restatements(self, passages: Sequence[tuple[str, str, Lang]], count: int = 2) -> list[Written]:
        """Each passage in other words: the same amounts, codes and parts, and not the same text."""
        found: list[Written] = []
        for source, text, lang in passages:
            for said in self._array("restate", text, lang, count):
                if isinstance(said, str):
                    one = Written("", said.strip(), lang, source)
                    found.append(Written("", one.answer, lang, source, restatement_fault(one.answer, text)))
        self._must_have_answered()
        return found

    def _array(self, task: Task, text: str, lang: Lang, count: int) -> list[object]:
        prompt = _TASKS[task][lang].format(count=count, text=text)
        said = self._teacher.ask((Message("user", prompt),), self._seed, self._temperature)
        self.asked += 1
        match = _ARRAY.search(said)
        held = _parsed(match[0]) if match else None
        if not isinstance(held, list):
            self.misformed += 1
            return []
        return held[:count]

    def _must_have_answered(self) -> None:
        if self.asked and self.misformed == self.asked:
            raise TeacherFailed(
                f"None of {self.asked} replies of {self._teacher.runner.name} is the JSON array that was asked for.",
                "Take a larger model as teacher (7 billion parameters or more), on this site's own server.",
            )


def _parsed(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return None  # a reply in another form is counted as such


def _checked(one: Written, passage: str, before: Sequence[Written]) -> Written:
    reason = fault(one, passage)
    if not reason:
        own = shingles(one.question, 3)
        if any(not other.reason and jaccard(own, shingles(other.question, 3)) >= ALIKE for other in before):
            reason = "asked before"
    return Written(one.question, one.answer, one.lang, one.source, reason)


def fault(one: Written, passage: str) -> str:
    """Why a question with its answer cannot be used; "" where every check is passed."""
    for name, text in (("question", one.question), ("answer", one.answer)):
        low, high = LENGTH[name]
        if not low <= len(text) <= high:
            return f"{name} of {len(text)} characters"
        if _ASSISTANT_TALK.search(text):
            return f"{name} speaks as an assistant"
    if normalise(one.answer) == normalise(NOT_FOUND[one.lang]):
        return "no answer"
    return _unfounded(f"{one.question} {one.answer}", passage) or _unsupported(one.answer, passage)


def restatement_fault(said: str, passage: str) -> str:
    """Why a restatement cannot be used; "" where it says all amounts and codes, no other, and not in the same words."""
    if _ASSISTANT_TALK.search(said):
        return "speaks as an assistant"
    if jaccard(shingles(said), shingles(passage)) >= 0.8:
        return "the same words"
    own, held = slots_of(said), slots_of(passage)
    if held.values - own.values or held.codes - own.codes:
        return "leaves out an amount or a code"
    return _unfounded(said, passage)


def _unfounded(text: str, passage: str) -> str:
    """The first amount, code or part of ``text`` that the passage does not state."""
    said, held = slots_of(text), slots_of(passage)
    more = said.values - held.values
    if more:
        quantity, value = sorted(more)[0]
        return f"states {value:g} {quantity or 'without unit'} that the passage does not"
    names = (said.codes | said.names) - held.codes - held.names
    return f"names {sorted(names)[0]} that the passage does not" if names else ""


def _unsupported(answer: str, passage: str) -> str:
    wanted = {term for term in terms(answer) if informative(term) and term not in NUMBER_WORDS and not term.isdigit()}
    share = len(wanted & set(terms(passage))) / len(wanted) if wanted else 1.0
    return "" if share >= SUPPORT else f"{100 * share:.0f} % of the answer's words stand in the passage"
