"""Declining and facts on the development questions over open manuals: which half was looked at, and the half held back.

    python -m tests.bench_declining docs/results/declining.json [--data FOLDER] [--fit]

tests/data/answer_development.jsonl asks of manuals that no scored question is about. Half of it, told by the hash of
the question, was looked at while rules and weights were made; of the other half nothing but these sums. The result
tells for either half what is declined by kind, AUROC, curve and calibration of the measure, and how often the asked
facts stand in the first quote and in any, without a model. With --data the indexes stay in that folder. --fit also
prints weights fitted on the looked-at half, tests/data/open_development.jsonl and the development questions of the demo
manuals, to be copied into assistant/relevance.py. tests/data/class_questions.jsonl asks by class of 28 more
manuals; its halves are split by manual.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))  # tests are flat: their modules are named without the folder

import numpy as np
from bench_relevance import (
    DEVELOPMENT,
    FAQ,
    NAMES,
    Seen,
    as_table,
    calibration,
    cross_validated,
    curve,
    declined,
    fit,
    look,
    shipped,
    told_apart,
)
from open_library import ROOT, add_manuals, held_back

from assistant.build import open_library
from assistant.evaluation.questions import Question, read_questions
from assistant.finding import find
from assistant.relevance import LIMITS, decline, signs
from assistant.settings import read_settings
from index.library import Library

FILE = "tests/data/answer_development.jsonl"
OTHERS = "tests/data/open_development.jsonl"
CLASSES = "tests/data/class_questions.jsonl"
QUOTES = 3
Row = dict[str, Any]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("result", type=Path)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--fit", action="store_true")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = args.data or Path(scratch)
        with opened(folder / "open", add_manuals) as library:
            questions = read_questions(ROOT / FILE).questions
            halves = {
                name: [question for question in questions if held_back(question.text) is held]
                for name, held in (("looked_at", False), ("held_back", True))
            }
            seen = {name: [seen_of(library, question) for question in half] for name, half in halves.items()}
            report: Row = {
                name: {**measure(seen[name]), "facts": facts(library, half)} for name, half in halves.items()
            }
            others = look(library, OTHERS)
            report[Path(CLASSES).name] = by_half(library)
        report[Path(OTHERS).name] = measure(others)
        if args.fit:
            with opened(folder / "demo", _add_demo) as library:
                demo = [one for file in (FAQ, *DEVELOPMENT) for one in look(library, file)]
            report["fitted"] = fitted([*demo, *others, *seen["looked_at"]], seen["held_back"])
    args.result.write_text(json.dumps(report, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(report, ensure_ascii=False, indent=2))


@contextmanager
def opened(data: Path, fill: Callable[[Library], object]) -> Any:
    library = open_library(read_settings(data=data), write=True)
    try:
        if not library.manuals():
            fill(library)
        yield library
    finally:
        library.close()


def _add_demo(library: Library) -> None:
    for file in sorted((ROOT / "demo/manuals").glob("*.pdf")):
        library.add(file)


def seen_of(library: Library, question: Question) -> Seen:
    results = library.search(question.text, 2 * QUOTES)
    ruled = decline(results, replace(LIMITS, least_likely=0.0)) is not None
    return Seen(FILE, question.kind, question.answerable, signs(results), decline(results) is not None, ruled)


def by_half(library: Library) -> Row:
    """The same of the questions whose halves are split by manual, as their file says."""
    rows = [json.loads(line) for line in (ROOT / CLASSES).read_text(encoding="utf-8").splitlines()]
    held = {row["question"] for row in rows if row["half"] == "held_back"}
    questions = read_questions(ROOT / CLASSES).questions
    report: Row = {}
    for name, in_it in (("development", False), ("held_back", True)):
        half = [question for question in questions if (question.text in held) is in_it]
        report[name] = {
            **measure([seen_of(library, question) for question in half]),
            "facts": facts(library, half),
        }
    return report


def measure(seen: Sequence[Seen]) -> Row:
    answerable = np.array([one.answerable for one in seen])
    measured = shipped(list(seen))
    ruled = np.where([one.by_rules for one in seen], 0.0, measured)
    return {
        "declined": declined(list(seen)),
        "auroc": told_apart(measured, answerable),
        "auroc_with_rules": told_apart(ruled, answerable),
        "curve_with_rules": curve(ruled, answerable),
        "calibration": calibration(measured, answerable),
    }


def facts(library: Library, questions: Sequence[Question]) -> Row:
    """Of the answerable questions: the share of which all facts stand in the first quote, in any quote, and in any
    where none were declined."""
    first = anywhere = undeclined = sources = answered = 0
    asked = [question for question in questions if question.answerable]
    for question in asked:
        found = find(library, question.text, (), None, QUOTES)
        texts = [quote.text for quote in found.quotes]
        if found.declined is None:
            answered += 1
            sources += len(texts)
            first += bool(texts) and all(question.facts_in(texts[0]))
            anywhere += all(question.facts_in("\n".join(texts)))
        else:
            undeclined += all(question.facts_in("\n".join(hit.passage.text for hit in found.nearest)))
    return {
        "answerable": len(asked),
        "first_quote": round(first / len(asked), 3),
        "any_quote": round(anywhere / len(asked), 3),
        "any_quote_or_nearest_section": round((anywhere + undeclined) / len(asked), 3),
        "sources_a_question": round(sources / max(1, answered), 2),
    }


def fitted(development: Sequence[Seen], held: Sequence[Seen]) -> Row:
    """The weights of ``development``, and what they are worth there (ten-fold) and on questions never looked at."""
    table, answerable = as_table(list(development)), np.array([one.answerable for one in development])
    weights, offset = fit(table, answerable)
    new = 1 / (1 + np.exp(-as_table(list(held)) @ weights - offset))
    return {
        "questions": len(development),
        "auroc_cross_validated": told_apart(cross_validated(table, answerable), answerable),
        "auroc_held_back": told_apart(new, np.array([one.answerable for one in held])),
        "weights": {**dict(zip(NAMES, np.round(weights, 3).tolist(), strict=True)), "OFFSET": round(offset, 3)},
    }


if __name__ == "__main__":
    main()
