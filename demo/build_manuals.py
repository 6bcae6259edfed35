"""Build the demo plant: manuals as PDF, and FAQ, incidents and questions with the pages that hold their answers.

    python demo/build_manuals.py [--only SLUG] [--out DIR]

Writes DIR/manuals/<slug>.pdf and DIR/{faq,incidents,questions}.jsonl (DIR is the demo folder unless told otherwise).
With --only, one manual is built and its records are checked, but the merged files stay as they are. Exit status 1
with a list of problems when a section, anchor or fact is not on the printed page, an id repeats or a count is missed.
The same sources and fonts give the same bytes.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from manual_figure import FigureBroken
from manual_pdf import build_pdf
from manual_source import SourceBroken, read_source
from manual_text import FontMissing
from plant_records import (
    RECORDS,
    PrintedManual,
    Record,
    alarm_codes,
    count_problems,
    counted,
    printed,
    read_records,
    repeated_ids,
    resolve_faq,
    resolve_question,
)

HERE = Path(__file__).resolve().parent


@dataclass
class Plant:
    """Everything built so far and every problem met."""

    manuals: list[PrintedManual] = field(default_factory=list)
    merged: dict[str, list[Record]] = field(default_factory=lambda: {kind: [] for kind in RECORDS})
    problems: list[str] = field(default_factory=list)


def build_plant(sources: Path, out: Path, only: str | None = None) -> Plant:
    """Build the manuals found in ``sources`` into ``out``; problems are collected, not raised."""
    plant = Plant()
    folders = sorted(path.parent for path in sources.glob("*/manual.md"))
    if only is not None:
        folders = [folder for folder in folders if folder.name == only]
    if not folders:
        plant.problems.append(f"{sources}: no folder {only or ''} with a manual.md.")
    for folder in folders:
        try:
            source = read_source(folder / "manual.md")
            manual = printed(build_pdf(source, out / "manuals" / f"{source.slug}.pdf"))
        except (SourceBroken, FigureBroken, FontMissing, ValueError) as error:
            plant.problems.append(str(error))
            continue
        if source.slug != folder.name:
            plant.problems.append(f"{folder}: slug {source.slug!r} differs from the folder's name.")
        plant.manuals.append(manual)
        _add_records(plant, folder, manual)
    plant.problems += repeated_ids(plant.merged)
    if only is None:
        plant.problems += count_problems(counted(plant.manuals, plant.merged))
        if not plant.problems:
            _write(plant, out)
    return plant


def _add_records(plant: Plant, folder: Path, manual: PrintedManual) -> None:
    records = read_records(folder, plant.problems)
    plant.merged["faq"] += [resolve_faq(row, manual, plant.problems) for row in records["faq"]]
    plant.merged["incidents"] += records["incidents"]
    plant.merged["questions"] += [resolve_question(row, manual, plant.problems) for row in records["questions"]]


def _write(plant: Plant, out: Path) -> None:
    for kind, rows in plant.merged.items():
        lines = [json.dumps(row, ensure_ascii=False) + "\n" for row in rows]
        (out / f"{kind}.jsonl").write_text("".join(lines), encoding="utf-8")


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Build the manuals and records of the demo plant.")
    parser.add_argument("--only", metavar="SLUG", help="build and check one manual; the merged files stay as they are")
    parser.add_argument("--out", type=Path, default=HERE, help="folder to write to (default: demo/)")
    parser.add_argument("--sources", type=Path, default=HERE / "sources", help="folder of the sources")
    options = parser.parse_args(arguments)
    plant = build_plant(options.sources, options.out, options.only)
    for manual in plant.manuals:
        codes = len(alarm_codes(manual))
        print(f"{manual.built.path}: {len(manual.pages)} pages, {codes} alarms, {len(manual.built.marks)} headings")
    print(", ".join(f"{value} {name}" for name, value in counted(plant.manuals, plant.merged).items()))
    for problem in plant.problems:
        print(f"problem: {problem}", file=sys.stderr)
    if plant.problems:
        print(f"{len(plant.problems)} problems; the merged records were not written.", file=sys.stderr)
    return 1 if plant.problems else 0


if __name__ == "__main__":
    raise SystemExit(main())
