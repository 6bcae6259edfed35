"""Evaluation of answers: asks question files of the assistant and measures what reaches the reader, and when."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass

from assistant.answer import Answer, Found, Piece
from assistant.ask import Assistant
from assistant.evaluation.measures import measure_mean, percentile
from assistant.evaluation.questions import Question, QuestionFile
from assistant.evaluation.run import Json, ReportAsked, grouped, languages_of, library_json, run_files
from assistant.evaluation.stopwatch import TimedRunner
from assistant.evaluation.support import unsupported
from index.passage import Hit
from index.text import language

VERSION = 1
WARM_UP = ("warm up", "準備運動")  # one of each language, before the clock counts
# each is a share of one question, or None where it does not apply to it; docs/evaluate.md tells what they mean
ANSWER_MEASURES = (
    "facts", "complete", "facts_quote", "facts_answer", "facts_anywhere", "citation_precision", "citation_recall",
    "declined_rightly", "declined_wrongly", "decline_precision", "language", "unsupported",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Answered:
    """What came of one question. ``shares`` holds ANSWER_MEASURES; ``missing`` the facts that stand neither in the
    first quote nor in the answer; ``unsupported`` shown sentences with what does not stand in what they cite. Times in
    ms from the question; 0 where it did not happen; ``generation_ms`` is the part inside the runner. ``prompted``:
    whether the runner was asked."""

    id: str
    text: str
    lang: str
    kind: str
    answerable: bool
    languages: str
    declined: str | None
    verdict: str
    answer: str
    first: str
    missing: tuple[str, ...]
    unsupported: tuple[tuple[str, str], ...]
    withheld: int
    shares: dict[str, float | None]
    quote_ms: float
    word_ms: float
    last_ms: float
    generation_ms: float
    prompted: bool

    @property
    def is_right(self) -> bool:
        """Every fact shown, or rightly declined."""
        if not self.answerable:
            return self.declined is not None
        return self.declined is None and not self.missing and not self.unsupported


def evaluate_answers(assistant: Assistant, files: Iterable[QuestionFile], report: ReportAsked | None = None) -> Json:
    """Ask all questions of ``files``, one after the other, and measure. The report is plain JSON; its questions can be
    compared with those of another run. Questions that name a manual which is not in the library are left out and told.
    """
    library, inner = assistant.library, assistant.runner
    timed = TimedRunner(inner) if inner is not None else None
    measured, rows = [], []
    try:
        assistant.runner = timed
        for warm_up in WARM_UP:
            list(assistant.ask(warm_up))
        for run in run_files(library, files, lambda question: ask_one(assistant, question, timed), report):
            measured.append({**run.told(), **measure(run.rows)})
            rows += [{"file": run.file.name, **_rounded(one)} for one in run.rows]
    finally:
        assistant.runner = inner
    return {
        "what": "answers", "version": VERSION, **library_json(library),
        "model": inner.name if inner is not None else "none", "files": measured, "questions": rows,
    }  # fmt: skip


def ask_one(assistant: Assistant, question: Question, timed: TimedRunner | None) -> Answered:
    if timed is not None:
        timed.start()
    answer, quote_ms, word_ms, last_ms = None, 0.0, 0.0, 0.0
    start = time.perf_counter()
    for event in assistant.ask(question.text):
        now = (time.perf_counter() - start) * 1000
        if isinstance(event, Found):
            quote_ms = now
        elif isinstance(event, Piece):
            word_ms = word_ms or now
        else:
            answer, last_ms = event, now
    assert answer is not None, "ask() ends with an Answer"
    generation_ms = timed.generation_ms if timed is not None else 0.0
    times = (quote_ms, word_ms, last_ms, generation_ms)
    return judge(question, answer, languages_of(question, assistant.library), times)


def judge(question: Question, answer: Answer, languages: str, times: tuple[float, float, float, float]) -> Answered:
    """``times``: until the quote, the first word and the end, and the part inside the runner; ms."""
    quotes = {quote.number: quote for quote in answer.quotes}
    best = answer.quotes[0].text if answer.quotes else ""
    said = "\n".join(sentence.text for sentence in answer.sentences if sentence.supported)
    there = question.facts_in(f"{best}\n{said}") if question.answerable else ()
    wrong = unsupported(answer)
    cited = [quotes[n] for n in dict.fromkeys(n for s in answer.sentences if s.supported for n in s.citations)]
    shares: dict[str, float | None] = dict.fromkeys(ANSWER_MEASURES)
    if question.answerable and question.facts:
        shares["facts"] = _share(there)
        shares["complete"] = float(all(there))
        shares["facts_quote"] = _share(question.facts_in(best))
        shares["facts_answer"] = _share(question.facts_in(said))
        everything = "\n".join([*(quote.text for quote in answer.quotes), said])
        shares["facts_anywhere"] = _share(question.facts_in(everything))
    if question.answerable and cited and question.can_be_ranked:
        shares["citation_precision"] = _share([_is_right(question, quote.hit) for quote in cited])
        if question.facts:
            shares["citation_recall"] = _share(question.facts_in("\n".join(quote.text for quote in cited)))
    declined = answer.declined is not None
    shares["declined_wrongly" if question.answerable else "declined_rightly"] = float(declined)
    if declined:
        shares["decline_precision"] = float(not question.answerable)
    if answer.text:
        shares["language"] = float(language(answer.text) == question.lang)
        shown = sum(sentence.supported for sentence in answer.sentences)
        shares["unsupported"] = len(wrong) / shown if shown else 0.0
    missing = tuple(fact for fact, stands in zip(question.facts, there, strict=True) if not stands) if there else ()
    quote_ms, word_ms, last_ms, generation_ms = times
    return Answered(
        question.id, question.text, question.lang, question.kind, question.answerable, languages, answer.declined,
        answer.verdict, answer.text, _place(answer), missing, tuple(wrong),
        sum(not sentence.supported for sentence in answer.sentences), shares, quote_ms, word_ms, last_ms, generation_ms,
        generation_ms > 0,
    )  # fmt: skip


def measure(rows: Sequence[Answered]) -> Json:
    """All figures of one file's questions: shares with their intervals, over all and by group; times; the cost beyond
    retrieval and generation; failures."""
    return {
        "asked": len(rows), "answerable": sum(one.answerable for one in rows),
        "right": sum(one.is_right for one in rows),
        "shares": {
            "all": shares_of(rows), "by_language": _by(rows, lambda one: one.lang),
            "by_languages": _by(rows, lambda one: one.languages), "by_kind": _by(rows, lambda one: one.kind),
        },
        "sentences": {
            "withheld": sum(one.withheld for one in rows), "unsupported": sum(len(one.unsupported) for one in rows),
        },
        "ms": {name: _times([getattr(one, f"{name}_ms") for one in rows]) for name in ("quote", "word", "last")},
        "cost": cost_of(rows),
        "failures": [
            {
                "id": one.id, "question": one.text, "why": _why(one), "missing": list(one.missing), "first": one.first,
                "unsupported": [list(pair) for pair in one.unsupported],
            }
            for one in rows if not one.is_right
        ],
    }  # fmt: skip


def shares_of(rows: Sequence[Answered]) -> Json:
    """Each measure as [value, low, high, questions it applies to]; None where it applies to none."""
    found: Json = {"questions": len(rows)}
    for name in ANSWER_MEASURES:
        values = [share for one in rows if (share := one.shares[name]) is not None]
        mean = measure_mean(values)
        found[name] = [*mean.as_json(), len(values)] if mean is not None else None
    return found


def cost_of(rows: Sequence[Answered]) -> Json | None:
    """Where the time of answered questions goes; ``share`` is what prompt, verification and events take of it. None
    where no runner was asked."""
    asked = [one for one in rows if one.prompted]
    if not asked:
        return None
    total = sum(one.last_ms for one in asked)
    retrieval, generation = sum(one.quote_ms for one in asked), sum(one.generation_ms for one in asked)
    beyond = max(0.0, total - retrieval - generation)
    return {
        "questions": len(asked), "retrieval_ms": round(retrieval / len(asked), 2),
        "generation_ms": round(generation / len(asked), 2), "beyond_ms": round(beyond / len(asked), 2),
        "share": round(beyond / total, 4) if total else 0.0,
    }  # fmt: skip


def _why(one: Answered) -> str:
    if one.unsupported:
        return "unsupported"
    if not one.answerable:
        return "not_declined"
    return "declined" if one.declined else "facts_missing"


def _by(rows: Sequence[Answered], group: Callable[[Answered], str]) -> Json:
    return {name: shares_of(some) for name, some in grouped(rows, group).items()}


def _is_right(question: Question, hit: Hit) -> bool:
    """A passage in the right place, or one that holds part of the answer (the same page in another language)."""
    return question.is_right(hit) or any(question.facts_in(hit.passage.text))


def _share(flags: Sequence[bool]) -> float:
    return sum(flags) / len(flags) if flags else 0.0


def _times(values: Sequence[float]) -> Json:
    happened = [value for value in values if value]
    return {
        "questions": len(happened), "p50": round(percentile(happened, 50), 2), "p95": round(percentile(happened, 95), 2)
    }  # fmt: skip


def _place(answer: Answer) -> str:
    hits = [quote.hit for quote in answer.quotes[:1]] or list(answer.nearest[:1])
    return ", ".join([hits[0].manual.name, *hits[0].passage.section[-1:]]) if hits else ""


def _rounded(one: Answered) -> Json:
    row = asdict(one)
    times = {name: round(row[name], 2) for name in ("quote_ms", "word_ms", "last_ms", "generation_ms")}
    shares = {name: None if share is None else round(share, 4) for name, share in one.shares.items()}
    return {**row, **times, "shares": shares, "right": one.is_right}
