"""Page of speeds: docs/bench.md, from the reports in docs/results/bench and from what others have published."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

# A model of 3.7 thousand million parameters of the Llama kind, generation alone; clocks and power mode are not told.
# Mitsubishi Electric's paper on domain-adapted small models at the edge; limits: bandwidth / bytes read for a token
PUBLISHED = (
    (
        "Jetson Orin Nano 8 GB",
        "Llama type 3.7B, 4 bit",
        "llama.cpp",
        "22",
        "2.4 GB",
        "30 at 68 GB/s, 45 at 102 GB/s (Super)",
    ),
    ("ROCK 5B (RK3588)", "Llama type 3.7B, w8a8", "rkllm", "6.8", "4.5 GB", "9.1 at 33.8 GB/s"),
)
# boards that nobody has measured with andon bench yet
WANTED = ("Jetson Orin Nano 8 GB", "ROCK 5B (RK3588)")


def bench_page(folder: Path) -> str:
    """The page; ``folder`` is docs/results/bench."""
    reports = {path.name: json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))}
    return "\n".join([*_HEAD, *_measured(reports), *_published(), _HOW]) + "\n"


def _measured(reports: dict[str, dict[str, Any]]) -> list[str]:
    lines = [
        "## Measured with `andon bench`",
        "",
        "Median of the runs, in brackets the 95th percentile. Memory: the larger of PSS and the drop of MemAvailable.",
        "",
        "| box | model | runtime, threads | workload | reads tokens/s | speaks tokens/s | first token cold, warm ms "
        "| roofline | memory | record |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for name, report in reports.items():
        lines += [_row(name, report, workload) for workload in report["workloads"]]
    known = " ".join(_box(report) for report in reports.values())
    for box in WANTED:
        if box.split(" (")[0].removesuffix(" 8 GB") not in known:
            lines.append(f"| {box} | | | | | | | | | not measured yet |")
    return [*lines, ""]


def _row(name: str, report: dict[str, Any], workload: dict[str, Any]) -> str:
    model, runtime = report["model"], report["runtime"]
    cells = [
        _box(report),
        f"{model['name']} {model['quantisation'] or ''}".strip(),
        f"{runtime['version'] or runtime['kind']}, {runtime['threads'] or '?'}",
        workload["name"],
    ]
    if "skipped" in workload:
        cells += ["", workload["skipped"], "", "", ""]
    else:
        share = workload["roofline_percent"]
        cells += [
            _spread(workload["prompt_tokens_per_s"]),
            _spread(workload["tokens_per_s"]),
            f"{_spread(workload['first_token_cold_ms'])}, {_spread(workload['first_token_warm_ms'])}",
            "-" if share is None else f"{share} %",
            "-" if report["memory"]["figure"] is None else f"{report['memory']['figure'] / 1e6:.0f} MB",
        ]
    return f"| {' | '.join(cells)} | [{name}](results/bench/{name}) |"


def _box(report: dict[str, Any]) -> str:
    from edge.bench.report import BUSY_LOAD

    board = report["board"]
    busy = f"busy, load {report['load_before']:g}" if (report["load_before"] or 0) >= BUSY_LOAD else ""
    parts = (board["identity"]["model"] or board["processor"]["model"], board["power"]["mode"], busy)
    return ", ".join(part for part in parts if part)


def _spread(spread: dict[str, float] | None) -> str:
    return "-" if spread is None else f"{spread['median']:g} ({spread['p95']:g})"


def _published() -> list[str]:
    rows = [f"| {' | '.join(row)} |" for row in PUBLISHED]
    return [
        "## Published by others",
        "",
        "What Andon's own figures on these boards are to be held against. They were not measured here.",
        "",
        "| board | model | runtime | speaks tokens/s | memory | limit by bandwidth, tokens/s |",
        "|---|---|---|---|---|---|",
        *rows,
        "",
        "The limit is the memory's nominal bandwidth divided by the bytes of weights read for a token; no runtime can",
        "be faster without reading less. A share far below the others on the same board tells of clocks, power mode",
        "or a memory that does not run as it should.",
        "",
    ]


_HEAD = [
    "# Speed",
    "",
    "Made by `make docs` from `docs/results/bench/*.json`. To add a board: `andon bench --out",
    "docs/results/bench/NAME.json` on it, then `make docs`.",
    "",
]
_HOW = """\
## How it is measured

- Three workloads: 128 tokens read and 64 spoken, 512 and 128, 1,500 and 150 (three excerpts and an answer
  that repeats them). Prompts have exactly so many tokens by the model's own vocabulary, what its chat
  template adds included.
- Temperature 0; the answer goes on past the model's end, so that every run speaks the same number of
  tokens. One run warms up, five count. Pieces of a stream are never counted as tokens.
- Cold: the prompt begins with characters that no earlier one began with. Warm: the same excerpts again with
  another question, as a follow-up on the same page.
- Reading speed is prompt tokens / time to the first text; speaking speed is the tokens after the first /
  the time from the first to the last text.
- Memory: PSS of all processes (misses what a GPU's or NPU's driver holds), and how far MemAvailable fell
  (misses weights mapped from a file). The larger of the two is the figure; both and VmHWM stand in the
  record.
- Roofline: speaking speed as a share of bandwidth / (weights + keys and values read for a token). Left out
  for weights below 64 MB, which may lie in a processor's cache. Bandwidth of a board: bus width x clock;
  else measured.
- `andon bench --compare A.json B.json` refuses reports whose model, quantisation, context, kv type,
  threads, power mode, clocks or workload differ, and names what differs; `--force` prints them with the
  differences."""
