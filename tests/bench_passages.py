"""The right passage first: questions about alarms, errors and procedures, where a hit must hold the answer's own words.

    python -m tests.bench_passages RESULT.json [--half development|held_back] [--libraries NAME ...] [--data FOLDER]
                                   [--misses FILE] [--embedder NAME]

Asks the questions of tests/passage_sets.py with the default settings and writes, for each group and each library, the
share whose right passage came first, in the first 5 and in the first 10. --misses writes the questions of the
development half whose right passage was not first, to be looked at; the half held back is only counted. With --data
the indexes stay in that folder, and a second run asks at once.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, get_args

from assistant.build import open_library
from assistant.settings import read_settings
from index.errors import IndexFailed
from index.library import Library
from index.passage import Hit
from tests.passage_sets import LIBRARIES, Half, PassageLibrary, PassageQuestion

HITS = 10
BEST = (1, 3, 5, 10)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("result", type=Path)
    parser.add_argument("--half", choices=get_args(Half), default="development")
    parser.add_argument("--libraries", nargs="+", choices=list(LIBRARIES), default=list(LIBRARIES))
    parser.add_argument("--data", type=Path)
    parser.add_argument("--misses", type=Path)
    parser.add_argument("--embedder")
    args = parser.parse_args()
    groups: dict[str, list[int]] = {}
    passages: dict[str, int] = {}
    misses: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as scratch:
        for name in args.libraries:
            one = LIBRARIES[name]()
            folder = (args.data or Path(scratch)) / name
            with open_library(read_settings(data=folder, embedder=args.embedder), write=True) as library:
                add(library, one, Path(scratch))
                passages[name] = sum(manual.passages for manual in library.manuals())
                for question in one.questions:
                    if question.half == args.half:
                        hits = library.search(question.text, k=HITS).hits
                        place = next((n for n, hit in enumerate(hits, 1) if question.is_right(hit)), 0)
                        groups.setdefault(question.group, []).append(place)
                        misses += [missed(question, place, hits)] if place != 1 else []
            show(name, groups, one)
    report = {"half": args.half, "passages": passages, "all": scores([p for held in groups.values() for p in held])}
    report["groups"] = {group: scores(held) for group, held in groups.items()}
    args.result.write_text(json.dumps(report, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print("all", json.dumps(report["all"]))
    if args.misses and args.half == "development":
        lines = (json.dumps(miss, ensure_ascii=False) + "\n" for miss in misses)
        args.misses.write_text("".join(lines), encoding="utf-8")


def add(library: Library, one: PassageLibrary, scratch: Path) -> None:
    """Adds what the library does not hold yet, and takes out what is no part of it any more."""
    held = {manual.name for manual in library.manuals()}
    for name in held - one.manuals.keys():
        library.remove(name)
    for name, text in one.manuals.items():
        if name in held:
            continue
        file = text if isinstance(text, Path) else scratch / name
        if isinstance(text, str):
            file.write_text(text, encoding="utf-8")
        try:
            library.add(file, name)
        except IndexFailed as failed:
            print(f"{name}: {failed}")


def scores(places: Sequence[int]) -> dict[str, Any]:
    """``places``: where the right passage came, 0 for not at all."""
    return {
        "questions": len(places),
        **{f"in_{k}": round(statistics.mean(0 < place <= k for place in places), 4) for k in BEST},
        "mrr": round(statistics.mean(1 / place if place else 0.0 for place in places), 4),
    }


def show(name: str, groups: Mapping[str, Sequence[int]], one: PassageLibrary) -> None:
    for group in dict.fromkeys(question.group for question in one.questions):
        if group in groups:
            print(f"{name:10} {group:32}", json.dumps(scores(groups[group])), flush=True)


def missed(question: PassageQuestion, place: int, hits: Sequence[Hit]) -> dict[str, Any]:
    return {
        "group": question.group,
        "question": question.text,
        "manual": question.manual,
        "answer": question.answers[0],
        "place": place,
        "came": [f"{h.manual.name} > {' > '.join(h.passage.section)}: {h.passage.text[:160]}" for h in hits[:3]],
    }


if __name__ == "__main__":
    main()
