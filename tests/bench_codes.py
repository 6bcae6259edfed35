"""Questions about codes: is the entry of the code the first hit? Each set alone, and all in one library.

    python -m tests.bench_codes docs/results/codes.json [--sets grbl,odrive] [--show]

Half of each set's codes (by hash) are for development, half are held back; ``--show`` prints failures of the first
half only. Made by rule with a fixed seed (tests/code_questions.py); no embedder, so codes and keywords alone decide.
"first" is the share of questions whose entry is the first hit; "first_or_choice" counts a choice too that names it, but
only where another of the sets has the same code and the question names no machine.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

from assistant.settings import ROOT
from index.library import Library
from index.options import IndexOptions
from index.passage import Hit
from index.search.searcher import Results
from index.text import language
from tests.code_questions import WORDINGS, CodeSet, bugcheck, demo, grbl, odrive, questions

FIRST = 3  # hits looked at
Row = dict[str, Any]


class Ranked(NamedTuple):
    """Where a question's entry came: ``rank`` is 1 for the first hit; ``chosen``: a choice that was due names it."""

    wording: str
    kind: str
    rank: int
    chosen: bool


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("result", type=Path)
    parser.add_argument("--sets", default="grbl,odrive headings,odrive table,bugcheck,demo")
    parser.add_argument("--show", action="store_true")
    args = parser.parse_args()
    shared = Path(os.environ.get("ANDON_SHARED_DATA", ROOT.parent / "shared/data"))
    with tempfile.TemporaryDirectory() as folder:
        report = measure(shared, Path(folder), args.sets.split(","), args.show)
    args.result.write_text(json.dumps(report, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(report, ensure_ascii=False, indent=2))


def measure(shared: Path, folder: Path, names: list[str], show: bool) -> Row:
    all_sets = [
        grbl(shared), odrive(shared, folder, "headings"), odrive(shared, folder, "table"), bugcheck(shared), demo(),
    ]  # fmt: skip
    chosen = [found for found in all_sets if found.name in names]
    report: Row = {"alone": {}, "together": {}}
    for found in chosen:
        report["alone"][found.name] = asked_of([found], folder / found.name, show)[found.name]
    whole = [found for found in chosen if found.name != "odrive table"]  # the same flags twice would be a choice
    if len(whole) > 1:
        report["together"] = asked_of(whole, folder / "together", show)
    return report


def asked_of(sets: list[CodeSet], folder: Path, show: bool) -> Row:
    """Index the files of ``sets`` in one library and ask all their questions."""
    with Library(IndexOptions(folder, embedder="none"), write=True) as library:
        for found in sets:
            for file in found.files:
                nested = found.name == "bugcheck"
                library.add(file, f"{file.parent.name}__{file.name}" if nested else file.name)
        times = Counter(key for found in sets for key in {entry.key for entry in found.entries})
        shared = frozenset(key for key, count in times.items() if key and count > 1)
        return {found.name: _ask(library, found, show, shared) for found in sets}


def _ask(library: Library, found: CodeSet, show: bool, shared: frozenset[str]) -> Row:
    ranks: dict[str, list[Ranked]] = {"development": [], "held back": []}
    for entry in found.entries:
        half = "held back" if entry.held_back else "development"
        for wording, question in questions(entry):
            results = library.search(question, FIRST)
            lang = language(question)
            rank = next((n for n, hit in enumerate(results.hits, 1) if entry.is_right(hit, lang)), FIRST + 1)
            open_to_choice = entry.key in shared and not entry.machine
            chosen = open_to_choice and any(entry.is_right(hit, lang) for hit in _chosen(library, results))
            ranks[half].append(Ranked(wording, entry.kind, rank, chosen))
            if show and rank > 1 and half == "development":
                first = results.hits[0] if results.hits else None
                where = (first.manual.name, first.passage.section[-1:], first.passage.text[:60]) if first else None
                print(f"MISS {entry.id} [{wording}] {question!r} rank {rank} {results.codes} {where}")
    return {half: _figures(rows) for half, rows in ranks.items()}


def _chosen(library: Library, results: Results) -> list[Hit]:
    """The entries that a choice offers, as hits."""
    hits = []
    for choice in results.choices:
        manual = library.manual(choice.manual_id)
        passage = next(p for p in library.passages(manual.id) if p.id == choice.passage_id)
        hits.append(Hit(passage, manual, 0.0, 0.0))
    return hits


def _figures(rows: list[Ranked]) -> Row:
    def share(of: list[Ranked]) -> Row:
        return {
            "questions": len(of),
            "first": round(sum(row.rank == 1 for row in of) / len(of), 4),
            "first_or_choice": round(sum(row.rank == 1 or row.chosen for row in of) / len(of), 4),
            "in_3": round(sum(row.rank <= FIRST for row in of) / len(of), 4),
        }

    if not rows:
        return {"questions": 0}
    kinds = sorted({row.kind for row in rows})
    return {
        **share(rows),
        "by_wording": {wording: share([row for row in rows if row.wording == wording]) for wording in WORDINGS},
        "by_kind": {kind: share([row for row in rows if row.kind == kind]) for kind in kinds},
    }


if __name__ == "__main__":
    main()
