"""Evaluation of retrieval: asks question files of a library and measures where the right passages stand."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass

from assistant.evaluation.measures import DEPTH, NOT_FOUND, auroc, measure_ranks, percentile
from assistant.evaluation.questions import Question, QuestionFile
from assistant.evaluation.run import Json, ReportAsked, grouped, languages_of, library_json, run_files
from assistant.relevance import decline, relevance
from index.library import Library
from index.passage import Hit
from index.search.searcher import Results

VERSION = 1
WARM_UP = ("warm up", "準備運動")  # one of each language, before the clock counts


@dataclass(frozen=True, slots=True)
class Asked:
    """What came of one question. ``rank``: of the first hit in the right place; ``holding``: of the first that also
    holds one of the facts; both NOT_FOUND where there is none, None where the question does not say what is right.
    ``languages``: of the question and of the manual that answers it ("en -> ja"). ``score`` and ``support`` are those
    of the first hit (0 where nothing was found), ``relevance`` the measure that the manuals hold an answer.
    ``first``: what stands first. ``ms``: time of the search."""

    id: str
    text: str
    lang: str
    kind: str
    answerable: bool
    languages: str
    named: str
    rank: int | None
    holding: int | None
    score: float
    support: float
    relevance: float
    declined: str | None
    first: str
    ms: float


def evaluate_retrieval(library: Library, files: Iterable[QuestionFile], report: ReportAsked | None = None) -> Json:
    """Ask all questions of ``files``, one after the other, and measure. The report is plain JSON; its questions can be
    compared with those of another run. Questions that name a manual which is not in the library are left out and told.
    """
    for warm_up in WARM_UP:
        library.search(warm_up, DEPTH)
    measured, rows = [], []
    for run in run_files(library, files, lambda question: ask_one(library, question), report):
        measured.append({**run.told(), **measure(run.rows)})
        rows += [{"file": run.file.name, **_rounded(one)} for one in run.rows]
    return {
        "what": "retrieval", "version": VERSION, **library_json(library), "files": measured, "questions": rows,
    }  # fmt: skip


def ask_one(library: Library, question: Question) -> Asked:
    start = time.perf_counter()
    results = library.search(question.text, DEPTH)
    ms = (time.perf_counter() - start) * 1000
    hits = results.hits
    right = [question.is_right(hit) for hit in hits] if question.can_be_ranked else None
    holding = [r and question.is_held_by(h) for r, h in zip(right, hits, strict=True)] if right is not None else None
    return Asked(
        question.id, question.text, question.lang, question.kind, question.answerable, languages_of(question, library),
        _named(results), _rank(right), _rank(holding) if question.facts else None,
        hits[0].score if hits else 0.0, max((hit.support for hit in hits[:3]), default=0.0), relevance(results),
        decline(results), _place(hits[0]) if hits else "", ms,
    )  # fmt: skip


def measure(asked: Sequence[Asked]) -> Json:
    """All figures of one file's questions: ``ranks`` by group, ``holding`` (the hit must also hold a fact), how well
    scores tell answerable questions from others, times, and the misses with what stood first."""
    ranked = [one for one in asked if one.rank is not None]
    holding = [one.holding for one in asked if one.holding is not None]
    return {
        "asked": len(asked), "answerable": sum(one.answerable for one in asked),
        "ranks": {
            "all": _figures([one.rank for one in ranked if one.rank is not None]),
            "by_language": _by(ranked, lambda one: one.lang),
            "by_languages": _by(ranked, lambda one: one.languages),
            "by_kind": _by(ranked, lambda one: one.kind),
            "by_code": _by(ranked, lambda one: one.named),
        },
        "holding": _figures(holding),
        "answerability": _answerability(asked),
        "ms": {"p50": round(percentile([one.ms for one in asked], 50), 2),
               "p95": round(percentile([one.ms for one in asked], 95), 2)},
        "misses": [
            {"id": one.id, "question": one.text, "rank": one.rank, "first": one.first}
            for one in ranked if one.rank != 1
        ],
    }  # fmt: skip


def _answerability(asked: Sequence[Asked]) -> Json | None:
    """AUROC of each score for answerable against unanswerable questions, and what is declined; None where a file has
    only one of them."""
    yes, no = ([one for one in asked if one.answerable is side] for side in (True, False))
    if not yes or not no:
        return None
    scores = {}
    for name in ("score", "support", "relevance"):
        found = auroc([getattr(one, name) for one in yes], [getattr(one, name) for one in no])
        scores[name] = found.as_json() if found else None
    return {
        "answerable": len(yes), "unanswerable": len(no), "auroc": scores,
        "declined_wrongly": sum(one.declined is not None for one in yes),
        "declined_rightly": sum(one.declined is not None for one in no),
        "declined_rightly_by_kind": {
            kind: [sum(one.declined is not None for one in no if one.kind == kind), sum(one.kind == kind for one in no)]
            for kind in sorted({one.kind for one in no})
        },
    }  # fmt: skip


def _by(asked: Sequence[Asked], group: Callable[[Asked], str]) -> Json:
    return {
        name: _figures([one.rank for one in some if one.rank is not None])
        for name, some in grouped(asked, group).items()
    }  # fmt: skip


def _figures(ranks: Sequence[int]) -> Json:
    return {"questions": len(ranks), **{name: found.as_json() for name, found in measure_ranks(ranks).items()}}


def _named(results: Results) -> str:
    return "code" if results.codes or results.unknown_codes else "prose"


def _rank(right: Sequence[bool] | None) -> int | None:
    if right is None:
        return None
    return next(_places(right), NOT_FOUND)


def _places(right: Sequence[bool]) -> Iterator[int]:
    return (place for place, is_right in enumerate(right, start=1) if is_right)


def _place(hit: Hit) -> str:
    labels = hit.passage.page_labels
    page = f"p. {labels[0]}" if any(labels) else ""
    return ", ".join(part for part in (hit.manual.name, " > ".join(hit.passage.section[-2:]), page) if part)


def _rounded(one: Asked) -> Json:
    row = asdict(one)
    return {**row, **{name: round(row[name], 4) for name in ("score", "support", "relevance")}, "ms": round(one.ms, 2)}
