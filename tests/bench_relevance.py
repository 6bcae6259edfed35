"""What search and the decision to decline are tuned on: the demo FAQ, never the scored questions.

    python -m tests.bench_relevance docs/results/relevance.json [--embedder none]

Every FAQ question is asked twice: over all manuals (answerable: is its section among the first hits?) and with its own
manual left out (unanswerable, but about the same kind of machine: the hard case). The result holds recall by language
and the curve of rightly and wrongly declined questions over the threshold.
"""

from __future__ import annotations

import argparse
import json
import re
import statistics
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from assistant import relevance
from assistant.build import open_library
from assistant.settings import ROOT, read_settings
from index.library import Library, Scope
from index.passage import Hit, Manual

Row = dict[str, Any]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("result", type=Path)
    parser.add_argument("--embedder")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        library = open_library(read_settings(data=Path(folder), embedder=args.embedder), write=True)
        try:
            for file in sorted((ROOT / "demo/manuals").glob("*.pdf")):
                library.add(file)
            report = measure(library)
        finally:
            library.close()
    args.result.write_text(json.dumps(report, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(report, ensure_ascii=False, indent=2))


def read_faq() -> list[Row]:
    return [json.loads(line) for line in (ROOT / "demo/faq.jsonl").read_text(encoding="utf-8").splitlines()]


def measure(library: Library) -> Row:
    manuals = {Path(manual.name).stem: manual for manual in library.manuals()}
    faq = read_faq()
    return {"recall": recall(library, manuals, faq), "decline": decline_curve(library, manuals, faq)}


def recall(library: Library, manuals: dict[str, Manual], faq: list[Row]) -> Row:
    ranks: dict[str, list[int]] = {}
    for row in faq:
        hits = library.search(row["question"], 10).hits
        rank = next((n for n, hit in enumerate(hits, 1) if is_expected(hit, row, manuals)), 99)
        crossing = row["lang"] != manuals[row["manual"]].lang
        ranks.setdefault(f"{row['lang']} -> {manuals[row['manual']].lang}" if crossing else row["lang"], []).append(rank)
    return {
        group: {
            "questions": len(found),
            **{f"recall_at_{k}": round(statistics.mean(rank <= k for rank in found), 3) for k in (1, 3, 5)},
            "mrr": round(statistics.mean(1 / rank if rank < 99 else 0 for rank in found), 3),
        }
        for group, found in sorted(ranks.items())
    }


def is_expected(hit: Hit, row: Row, manuals: dict[str, Manual]) -> bool:
    """Whether a hit stands on the FAQ's page or in its section."""
    if hit.manual.id != manuals[row["manual"]].id:
        return False
    start = re.compile(re.escape(str(row["section"])) + r"(?![.\d])")
    return row.get("page") in hit.passage.pages or any(start.match(heading) for heading in hit.passage.section)


def decline_curve(library: Library, manuals: dict[str, Manual], faq: list[Row]) -> Row:
    """Rightly and wrongly declined over a factor on the thresholds of assistant.relevance (1 is what is shipped)."""
    answerable = [(library.search(row["question"], 6), row["lang"]) for row in faq]
    without = []
    for row in faq:
        others = frozenset(manual.id for name, manual in manuals.items() if name != row["manual"])
        without.append((library.search(row["question"], 6, Scope(others)), row["lang"]))
    points = []
    for factor in (0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.3, 1.4):
        limits = replace(relevance.LIMITS, factor=factor)
        points.append(
            {
                "factor": factor,
                "declined_wrongly": round(statistics.mean(bool(relevance.decline(r, g, limits)) for r, g in answerable), 3),
                "declined_rightly": round(statistics.mean(bool(relevance.decline(r, g, limits)) for r, g in without), 3),
            }
        )
    return {"questions": len(faq), "curve": points}


if __name__ == "__main__":
    main()
