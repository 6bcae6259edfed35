"""What search and the decision to decline are tuned on: demo FAQ and development questions, never the scored ones.

    python -m tests.bench_relevance docs/results/relevance.json [--embedder none] [--data FOLDER] [--fit]

The result holds recall over the FAQ by language (is its page or section among the first hits?); over the development
questions what is declined rightly and wrongly, by file and kind; and what the measure of assistant.relevance is worth:
AUROC with ten-fold cross-validation, the curve of its limits and its calibration. Of demo/questions.jsonl, which is for
scoring only, it says how many were declined and the AUROC, and nothing of any single question. --fit also prints the
weights that the development questions give now, to be copied into assistant/relevance.py.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, fields, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.build import open_library
from assistant.evaluation.measures import auroc, measure_ranks
from assistant.evaluation.questions import Question, read_questions
from assistant.evaluation.retrieval import ask_one
from assistant.relevance import LIMITS as SHIPPED
from assistant.relevance import Signs, decline, likely, signs
from assistant.settings import ROOT, read_settings
from index.library import Library

FAQ = "demo/faq.jsonl"
DEVELOPMENT = ("demo/development.jsonl", "tests/data/relevance_questions.jsonl")
SCORED = "demo/questions.jsonl"
NAMES = tuple(field.name for field in fields(Signs))
AGAINST = ("missing", "unknown_code", "foreign", "unmatched", "missed")
SIGN = np.array([-1.0 if name in AGAINST else 1.0 for name in NAMES])
FOLDS = 10
RIDGE = 1.0  # on standardised signs
LIMITS = (0.01, 0.05, 0.1, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5, 0.6, 0.7, 0.8)
Row = dict[str, Any]
Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Seen:
    """A question with what search says for and against an answer, and whether it was declined, and by rules alone."""

    file: str
    kind: str
    answerable: bool
    signs: Signs
    declined: bool
    by_rules: bool


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("result", type=Path)
    parser.add_argument("--embedder")
    parser.add_argument("--data", type=Path, help="a data folder that has the demo manuals already")
    parser.add_argument("--fit", action="store_true", help="print the weights of the development questions")
    args = parser.parse_args()
    with ExitStack() as opened:
        data = args.data or Path(opened.enter_context(tempfile.TemporaryDirectory()))
        library = open_library(read_settings(data=data, embedder=args.embedder), write=True)
        opened.callback(library.close)
        for file in sorted((ROOT / "demo/manuals").glob("*.pdf")):
            library.add(file)
        report, fitted = measure(library)
    args.result.write_text(json.dumps(report, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(report, ensure_ascii=False, indent=2))
    if args.fit:
        print("\n".join(f"    {name}={weight:.3f}," for name, weight in fitted.items()))


def measure(library: Library) -> tuple[Row, dict[str, float]]:
    seen = [one for file in (FAQ, *DEVELOPMENT) for one in look(library, file)]
    scored = look(library, SCORED)
    table, answerable = as_table(seen), np.array([one.answerable for one in seen])
    held_out, not_faq = cross_validated(table, answerable), np.array([one.file != FAQ for one in seen])
    weights, offset = fit(table, answerable)
    report = {
        "recall": recall(library),
        "declined": {
            Path(file).name: declined([one for one in seen if one.file == file]) for file in (FAQ, *DEVELOPMENT)
        },
        "measure": {
            "questions": len(seen), "answerable": int(answerable.sum()),
            "auroc_cross_validated": told_apart(held_out, answerable),
            "auroc_by_file": {
                Path(file).name: told_apart(held_out[at], answerable[at])
                for file in DEVELOPMENT
                for at in [np.array([one.file == file for one in seen])]
            },
            "auroc_as_shipped": told_apart(shipped(seen), answerable),
            "curve": curve(held_out, answerable),
            # the FAQ's questions share their answers' words: they would make every limit look harmless
            "curve_with_rules": curve(after_rules(seen, held_out)[not_faq], answerable[not_faq]),
            "calibration": calibration(held_out, answerable),
        },
        "scored_questions": {
            **declined(scored, kinds=False),
            "auroc_as_shipped": told_apart(shipped(scored), np.array([one.answerable for one in scored])),
        },
    }  # fmt: skip
    return report, {**dict(zip(NAMES, weights.tolist(), strict=True)), "OFFSET": offset}


def look(library: Library, file: str) -> list[Seen]:
    found = []
    for question in read_questions(ROOT / file).questions:
        results = library.search(question.text, 10)
        kind = question.kind if file != DEVELOPMENT[0] else _why(question)
        ruled = decline(results, replace(SHIPPED, least_likely=0.0)) is not None
        found.append(Seen(file, kind, question.answerable, signs(results), decline(results) is not None, ruled))
    return found


def _why(question: Question) -> str:
    """demo/development.jsonl says in a column of its own why a question has no answer."""
    lines = (ROOT / DEVELOPMENT[0]).read_text(encoding="utf-8").split("\n")
    return str(json.loads(lines[question.line - 1]).get("why", ""))


def recall(library: Library) -> Row:
    ranks: dict[str, list[int]] = {}
    for question in read_questions(ROOT / FAQ).questions:
        one = ask_one(library, question)
        ranks.setdefault(one.languages, []).append(one.rank or 0)
    return {
        group: {
            "questions": len(found),
            **{name: round(value.value, 3) for name, value in measure_ranks(found).items() if name != "ndcg_at_10"},
        }
        for group, found in sorted(ranks.items())
    }


def declined(seen: list[Seen], *, kinds: bool = True) -> Row:
    yes, no = ([one for one in seen if one.answerable is side] for side in (True, False))
    found: Row = {
        "answerable": len(yes), "declined_wrongly": sum(one.declined for one in yes),
        "unanswerable": len(no), "declined_rightly": sum(one.declined for one in no),
    }  # fmt: skip
    if kinds and no:
        found["declined_rightly_by_kind"] = {
            kind: f"{sum(one.declined for one in no if one.kind == kind)} of {sum(one.kind == kind for one in no)}"
            for kind in sorted({one.kind for one in no})
        }
    return found


def as_table(seen: list[Seen]) -> Numbers:
    return np.array([[asdict(one.signs)[name] for name in NAMES] for one in seen])


def shipped(seen: list[Seen]) -> Numbers:
    return np.array([likely(one.signs) for one in seen])


def fit(table: Numbers, answerable: NDArray[np.bool_]) -> tuple[Numbers, float]:
    """Weights and offset of a ridge logistic regression by Newton's method; a weight whose sign its meaning forbids is
    left at 0 and the others are fitted again."""
    mean, spread = table.mean(axis=0), table.std(axis=0) + 1e-9
    used = np.ones(len(NAMES), dtype=bool)
    while True:
        columns = np.column_stack([(table - mean)[:, used] / spread[used], np.ones(len(table))])
        ridge = np.diag([*([RIDGE] * int(used.sum())), 0.0])
        beta = np.zeros(columns.shape[1])
        for _ in range(50):
            likelihood = 1 / (1 + np.exp(-columns @ beta))
            slope = columns.T @ (likelihood - answerable) + ridge @ beta
            bend = (columns * (likelihood * (1 - likelihood))[:, None]).T @ columns + ridge
            beta -= np.linalg.solve(bend, slope)
        weights = np.zeros(len(NAMES))
        weights[used] = beta[:-1] / spread[used]
        wrong = weights * SIGN < 0
        if not wrong.any():
            return weights, float(beta[-1] - weights @ mean)
        used &= ~wrong


def cross_validated(table: Numbers, answerable: NDArray[np.bool_]) -> Numbers:
    """The measure of each question, fitted without its tenth of the questions."""
    fold = np.random.default_rng(1).permutation(len(table)) % FOLDS
    found = np.zeros(len(table))
    for number in range(FOLDS):
        weights, offset = fit(table[fold != number], answerable[fold != number])
        found[fold == number] = 1 / (1 + np.exp(-table[fold == number] @ weights - offset))
    return found


def told_apart(measured: Numbers, answerable: NDArray[np.bool_]) -> list[float] | None:
    found = auroc(measured[answerable].tolist(), measured[~answerable].tolist())
    return found.as_json() if found else None


def after_rules(seen: Sequence[Seen], measured: Numbers) -> Numbers:
    """The measure where the rules leave it the decision: below every limit what they decline, above what has a code."""
    return np.where([one.by_rules for one in seen], 0.0, np.where([one.signs.code for one in seen], 1.0, measured))


def curve(measured: Numbers, answerable: NDArray[np.bool_]) -> list[Row]:
    """What would be declined if this measure alone decided."""
    return [
        {
            "limit": limit,
            "declined_wrongly": round(float((measured[answerable] < limit).mean()), 3),
            "declined_rightly": round(float((measured[~answerable] < limit).mean()), 3),
        }
        for limit in LIMITS
    ]


def calibration(measured: Numbers, answerable: NDArray[np.bool_]) -> list[Row]:
    """In fifths of the measure: its mean, and the share of questions that were answerable."""
    edges = np.linspace(0, 1, 6)
    bins = [(measured >= low) & (measured < high + (high == 1)) for low, high in pairwise(edges)]
    return [
        {
            "questions": int(inside.sum()),
            "measure": round(float(measured[inside].mean()), 3),
            "answerable": round(float(answerable[inside].mean()), 3),
        }
        for inside in bins
        if inside.any()
    ]


if __name__ == "__main__":
    main()
