"""Hostile files through the real job queue: each ends in time with a clear message, and nothing else changes.

    python -m tests.bench_hostile docs/results/hostile.json [--group text] [--part 2/3] [--only WORD] [--files FOLDER]
    python -m tests.bench_hostile docs/results/hostile.json --join text.json pdf.json ...    one report of several

Makes every file of tests/hostile_files.py in a temporary folder, by another process so that its memory is not counted,
uploads one after the other to a library with one good manual, and asks for that manual all the while. Exits with 1
where a file is not refused clearly or read, a cap does not hold, or anything is left behind.

The caps are those of Andon but for the time, which is shorter here (a setting of the library): 20 s without progress
instead of 300, 30 s in all instead of 900. An embedder of 16 places stands in for the bundled one.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any, NoReturn

from index.options import Caps, IndexOptions
from tests.hostile_run import MEGABYTE, Bounds, Outcome, Service, peak_of_ended_children, resident

SECONDS = 20.0  # without progress; half as long again in all
SERVICE_MB, SEARCH_MS = 900, 10_000.0


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("result", type=Path)
    parser.add_argument("--group", default="")
    parser.add_argument("--only", default="")
    parser.add_argument("--part", type=part, default=(1, 1), help="2/3: every third of them, from the second on")
    parser.add_argument("--files", type=Path, help="where tests.hostile_files wrote them already")
    parser.add_argument("--seconds", type=float, default=SECONDS, help="cap on a reader without progress")
    parser.add_argument("--join", type=Path, nargs="+", default=[], help="reports of some groups each")
    args = parser.parse_args()
    if args.join:
        told(args.result, joined([json.loads(one.read_text(encoding="utf-8")) for one in args.join]))
    caps = Caps(page_s=args.seconds, whole_s=1.5 * args.seconds, per_page_s=1.0)
    with tempfile.TemporaryDirectory() as scratch:
        made = args.files or Path(scratch) / "files"
        if args.files is None:
            subprocess.run([sys.executable, "-W", "ignore", "-m", "tests.hostile_files", str(made)], check=True)
        listed = json.loads((made / "list.json").read_text(encoding="utf-8"))
        chosen = [each for each in listed if args.group in each["group"] and args.only in each["name"]]
        number, parts = args.part
        report = run(Path(scratch), made, chosen[number - 1 :: parts], caps, args.result)
    told(args.result, report)


def part(text: str) -> tuple[int, int]:
    """ "2/3" as (2, 3). Raises ArgumentTypeError where it is no part."""
    number, _, parts = text.partition("/")
    if not (number.isdecimal() and parts.isdecimal() and 1 <= int(number) <= int(parts)):
        raise argparse.ArgumentTypeError(f"{text!r} is no part such as 2/3")
    return int(number), int(parts)


def written(path: Path, report: dict[str, Any]) -> None:
    path.write_text(json.dumps(report, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def told(path: Path, report: dict[str, Any]) -> NoReturn:
    written(path, report)
    print(json.dumps({name: value for name, value in report.items() if name != "files"}, ensure_ascii=False, indent=1))
    sys.exit(bool(report["faults"]))


def joined(parts: list[dict[str, Any]]) -> dict[str, Any]:
    """One report of several, each with a service of its own; of a file that was run again, the last run counts."""
    rows = {(row["group"], row["name"]): row for part in parts for row in part["files"]}
    slow = sorted(rows.values(), key=lambda row: -row["seconds"])[:10]
    service = [part["service_mb"] for part in parts]
    return {
        "files": list(rows.values()), "count": len(rows),
        "by_outcome": dict(Counter(row.get("code") or "indexed" for row in rows.values()).most_common()),
        "by_group": dict(Counter(row["group"] for row in rows.values())),
        "seconds_in_all": round(sum(row["seconds"] for row in rows.values()), 1),
        "slowest": {f"{row['group']}: {row['name']}": row["seconds"] for row in slow},
        "caps": parts[0]["caps"], "reader_peak_mb": max(part["reader_peak_mb"] for part in parts),
        "service_mb": {name: max(each[name] for each in service) for name in service[0]},
        "slowest_search_ms": max(part["slowest_search_ms"] for part in parts),
        "faults": {f"{row['group']}: {row['name']}": row["faults"] for row in rows.values() if row.get("faults")},
        "load_average": [part["load_average"] for part in parts],
    }  # fmt: skip


def run(scratch: Path, made: Path, chosen: list[dict[str, Any]], caps: Caps, path: Path) -> dict[str, Any]:
    bounds = Bounds(3 * caps.page_s, caps.memory_bytes // MEGABYTE, SERVICE_MB, SEARCH_MS)
    service = Service(scratch, IndexOptions(folder=scratch / "index", caps=caps), bounds)
    begun = resident(os.getpid())
    outcomes: list[Outcome] = []
    try:
        for each in chosen:
            out = service.feed(each["group"], each["name"], made / each["file"], each["holds"])
            outcomes.append(out)
            if each["code"] is not None and out.code != each["code"]:
                out.faults.append(f"{out.code!r} instead of {each['code']!r}")
            written(path, summary(outcomes, begun, caps))  # what was run is kept where the rest is cut off
            if out.faults or out.seconds > 10 or out.code == "reader_crashed":
                told = (out.group, ascii(out.name), out.state, out.code, f"{out.seconds} s", out.faults)
                print(*told, ascii(out.message) if out.code == "reader_crashed" else "", flush=True)
    finally:
        service.close()
    return summary(outcomes, begun, caps)


def summary(outcomes: list[Outcome], begun: int, caps: Caps) -> dict[str, Any]:
    codes = Counter(out.code or "indexed" for out in outcomes)
    slowest = sorted(outcomes, key=lambda out: -out.seconds)[:10]
    return {
        "files": [out.row() for out in outcomes], "count": len(outcomes), "by_outcome": dict(codes.most_common()),
        "by_group": dict(Counter(out.group for out in outcomes)),
        "seconds_in_all": round(sum(out.seconds for out in outcomes), 1),
        "slowest": {f"{out.group}: {out.name}": out.seconds for out in slowest},
        "caps": {"seconds_without_progress": caps.page_s, "seconds_in_all": caps.whole_s,
                 "seconds_more_a_page": caps.per_page_s, "reader_address_space_mb": caps.memory_bytes // MEGABYTE,
                 "service_mb": SERVICE_MB, "search_ms": SEARCH_MS},
        "reader_peak_mb": max(peak_of_ended_children() // MEGABYTE, *(out.reader_mb for out in outcomes)),
        "service_mb": {"at_start": begun // MEGABYTE, "at_most_after_a_file": max(out.service_mb for out in outcomes),
                       "at_end": resident(os.getpid()) // MEGABYTE},
        "slowest_search_ms": max(out.search_ms for out in outcomes),
        "faults": {f"{out.group}: {out.name}": out.faults for out in outcomes if out.faults},
        "load_average": [round(load, 1) for load in os.getloadavg()],
    }  # fmt: skip


if __name__ == "__main__":
    main()
