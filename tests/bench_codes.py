"""Questions about codes: is the entry of the code the first hit? Each set alone, and all in one library.

    python -m tests.bench_codes docs/results/codes.json [--sets grbl,odrive] [--show]

Half of each set's codes (by hash) are for development, half are held back; ``--show`` prints failures of the first
half only. Made by rule with a fixed seed (tests/code_questions.py); no embedder, so codes and keywords alone decide.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
from pathlib import Path
from typing import Any

from assistant.settings import ROOT
from index.library import Library
from index.options import IndexOptions
from index.text import language
from tests.code_questions import WORDINGS, CodeSet, bugcheck, demo, grbl, odrive, questions

FIRST = 3  # hits looked at
Row = dict[str, Any]


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
        return {found.name: _ask(library, found, show and len(sets) == 1) for found in sets}


def _ask(library: Library, found: CodeSet, show: bool) -> Row:
    ranks: dict[str, list[tuple[str, str, int]]] = {"development": [], "held back": []}
    for entry in found.entries:
        half = "held back" if entry.held_back else "development"
        for wording, question in questions(entry):
            results = library.search(question, FIRST)
            lang = language(question)
            rank = next((n for n, hit in enumerate(results.hits, 1) if entry.is_right(hit, lang)), FIRST + 1)
            ranks[half].append((wording, entry.kind, rank))
            if show and rank > 1 and half == "development":
                first = results.hits[0] if results.hits else None
                where = (first.manual.name, first.passage.section[-1:], first.passage.text[:60]) if first else None
                print(f"MISS {entry.id} [{wording}] {question!r} rank {rank} {results.codes} {where}")
    return {half: _figures(rows) for half, rows in ranks.items()}


def _figures(rows: list[tuple[str, str, int]]) -> Row:
    def share(of: list[tuple[str, str, int]]) -> Row:
        return {
            "questions": len(of),
            "first": round(sum(rank == 1 for *_, rank in of) / len(of), 4),
            "in_3": round(sum(rank <= FIRST for *_, rank in of) / len(of), 4),
        }

    if not rows:
        return {"questions": 0}
    kinds = sorted({kind for _, kind, _ in rows})
    return {
        **share(rows),
        "by_wording": {wording: share([row for row in rows if row[0] == wording]) for wording in WORDINGS},
        "by_kind": {kind: share([row for row in rows if row[1] == kind]) for kind in kinds},
    }


if __name__ == "__main__":
    main()
