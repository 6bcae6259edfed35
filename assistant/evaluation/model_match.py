"""ModelMatch: whether a model file still answers as the one it was made from: the same questions, the same texts.

Twenty-four questions over twelve short passages in both languages, made up for this and used for nothing else, are
answered greedily by both files; and both say how probable they find the passages. A quantisation that hurts shows in
the second before a person would see it in the first.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

from assistant.prompt import Excerpt, Lang, build_messages
from edge.llama.likelihood import Likelihood, likelihood_of
from edge.llama.runner import LlamaCppRunner
from edge.options import EdgeOptions
from edge.runner import Message, Sampling

SET = Path(__file__).with_name("match_set.jsonl")
ANSWER_TOKENS, CONTEXT_TOKENS = 48, 1024
# Q8_0 and Q6_K stay within half a per cent of perplexity and Q4_K_M within about two for 7 billion parameters
# (llama.cpp, tools/quantize/README.md); small models lose more, and from here on it is worth a look
MOST_PERPLEXITY_RISE = 0.05
LEAST_SAME_TOKEN = 0.9
Report = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class MatchQuestion:
    lang: Lang
    passage: str
    text: str
    messages: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class MatchRow:
    """One language ("" for all): how many questions, the share answered word for word alike, the mean share of an
    answer that is alike (0 to 1)."""

    lang: str
    questions: int
    same: float
    alike: float


@dataclass(frozen=True, slots=True)
class ModelMatch:
    """``same_token``: share of places in the passages where both would say the same token. ``mean_change``: of the
    log-probability of what stands there, after less before; below 0 the new file finds it less probable."""

    rows: tuple[MatchRow, ...]
    perplexity_before: float
    perplexity_after: float
    mean_change: float
    same_token: float
    different: tuple[tuple[str, str, str], ...]

    @property
    def perplexity_rise(self) -> float:
        return self.perplexity_after / self.perplexity_before - 1

    @property
    def hurts(self) -> bool:
        return self.perplexity_rise > MOST_PERPLEXITY_RISE or self.same_token < LEAST_SAME_TOKEN

    def as_json(self) -> dict[str, Any]:
        return {
            "rows": [
                {"lang": row.lang or "all", "questions": row.questions, "same": round(row.same, 4),
                 "alike": round(row.alike, 4)}
                for row in self.rows
            ],
            "perplexity_before": round(self.perplexity_before, 4),
            "perplexity_after": round(self.perplexity_after, 4),
            "perplexity_rise": round(self.perplexity_rise, 4),
            "mean_log_probability_change": round(self.mean_change, 5),
            "same_token": round(self.same_token, 4),
            "hurts": self.hurts,
        }  # fmt: skip


def match_questions() -> tuple[MatchQuestion, ...]:
    """The set, each question with the prompt that the assistant would write."""
    found = []
    for line in SET.read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        excerpt = Excerpt(1, entry["place"], entry["text"])
        found += [
            MatchQuestion(entry["lang"], entry["text"], asked, build_messages(asked, [excerpt], entry["lang"]))
            for asked in entry["questions"]
        ]
    return tuple(found)


def match_models(
    before: Path, after: Path, *, threads: int | None = None, report: Report = lambda _done, _total: None
) -> ModelMatch:
    """Both files over the set, one after the other in memory. Both must split text alike, which a file made from the
    other does. Errors: edge.errors, such as ModelUnreadable for a file without a chat template."""
    questions = match_questions()
    said = [_answers(path, questions, threads, report, n * len(questions)) for n, path in enumerate((before, after))]
    passages = list(dict.fromkeys(question.passage for question in questions))
    first, second = (likelihood_of(path, passages, threads) for path in (before, after))
    return ModelMatch(
        rows=tuple(_row(lang, questions, said) for lang in ("ja", "en", "")),
        perplexity_before=first.perplexity,
        perplexity_after=second.perplexity,
        mean_change=float((second.log_probabilities - first.log_probabilities).mean()),
        same_token=_same(first, second),
        different=tuple(
            (question.text, a, b) for question, a, b in zip(questions, said[0], said[1], strict=True) if a != b
        ),
    )


def _answers(
    path: Path, questions: tuple[MatchQuestion, ...], threads: int | None, report: Report, done: int
) -> list[str]:
    runner = LlamaCppRunner(EdgeOptions(path, context_tokens=CONTEXT_TOKENS, threads=threads))
    said = []
    try:
        for n, question in enumerate(questions, start=1):
            pieces = runner.stream(question.messages, Sampling(max_tokens=ANSWER_TOKENS, temperature=0.0))
            said.append("".join(piece.text for piece in pieces).strip())
            report(done + n, 2 * len(questions))
    finally:
        runner.close()
    return said


def _row(lang: str, questions: tuple[MatchQuestion, ...], said: list[list[str]]) -> MatchRow:
    pairs = [
        (a, b) for question, a, b in zip(questions, said[0], said[1], strict=True) if not lang or question.lang == lang
    ]
    alike = [SequenceMatcher(None, a, b, autojunk=False).ratio() for a, b in pairs]
    return MatchRow(lang, len(pairs), sum(a == b for a, b in pairs) / len(pairs), sum(alike) / len(pairs))


def _same(first: Likelihood, second: Likelihood) -> float:
    return float((first.likeliest == second.likeliest).mean())
