"""What search and the decision to decline are tuned on: demo FAQ and development questions, never the scored ones.

    python -m tests.bench_relevance docs/results/relevance.json [--embedder none]

The result holds recall over the FAQ by language (is its page or section among the first hits?) and, over
demo/development.jsonl, the curve of rightly and wrongly declined questions, with the kinds of question behind it.
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
from index.library import Library
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
    return {"recall": recall(library, manuals, faq), "decline": decline_curve(library)}


def recall(library: Library, manuals: dict[str, Manual], faq: list[Row]) -> Row:
    ranks: dict[str, list[int]] = {}
    for row in faq:
        hits = library.search(row["question"], 10).hits
        rank = next((n for n, hit in enumerate(hits, 1) if is_expected(hit, row, manuals)), 99)
        asked, written = row["lang"], manuals[row["manual"]].lang
        ranks.setdefault(asked if asked == written else f"{asked} -> {written}", []).append(rank)
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


def decline_curve(library: Library) -> Row:
    """Rightly and wrongly declined development questions over the limits; the middle of each row is what is shipped."""
    lines = (ROOT / "demo/development.jsonl").read_text(encoding="utf-8").splitlines()
    asked = [(row, library.search(row["question"], 6)) for row in map(json.loads, lines)]
    shipped = relevance.LIMITS
    curve = []
    for beyond in (0.0, 0.1, shipped.most_beyond, 0.3, 0.4, 0.6, 1.0):
        limits = replace(shipped, most_beyond=beyond)
        wrongly = [bool(relevance.decline(results, limits)) for row, results in asked if row["answerable"]]
        rightly = [bool(relevance.decline(results, limits)) for row, results in asked if not row["answerable"]]
        curve.append(
            {
                "most_beyond": beyond,
                "declined_wrongly": round(statistics.mean(wrongly), 3),
                "declined_rightly": round(statistics.mean(rightly), 3),
            }
        )
    kinds: dict[str, list[bool]] = {}
    for row, results in asked:
        if not row["answerable"]:
            kinds.setdefault(row["why"], []).append(bool(relevance.decline(results)))
    by_kind = {kind: f"{sum(found)} of {len(found)}" for kind, found in sorted(kinds.items())}
    return {"curve": curve, "declined_rightly_by_kind": by_kind}


if __name__ == "__main__":
    main()
