"""compare: two reports side by side, and what differs between them that a figure depends on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from edge.bench.report import FORMAT
from edge.errors import EdgeFailed

FIGURES = (
    "prompt_tokens_per_s",
    "tokens_per_s",
    "first_token_cold_ms",
    "first_token_warm_ms",
    "roofline_percent",
)


@dataclass(frozen=True, slots=True)
class Difference:
    """A condition of the measurement that is not the same in both: its name and what each report says."""

    name: str
    first: str
    second: str


@dataclass(frozen=True, slots=True)
class Pair:
    """One figure of one workload in both; None where a report has none."""

    workload: str
    figure: str
    first: float | None
    second: float | None


def read_report(path: Path) -> dict[str, Any]:
    """Errors: EdgeFailed for a file that is no report."""
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        if found["format"] != FORMAT or not isinstance(found["workloads"], list):
            raise ValueError(f"its format is {found['format']}")
    except (OSError, ValueError, KeyError, TypeError) as exc:
        raise EdgeFailed(
            f"{path} is no report of andon bench: {exc}.", "Make one with: andon bench --out FILE"
        ) from exc
    return found


def differences(first: dict[str, Any], second: dict[str, Any]) -> list[Difference]:
    """What keeps the two from being compared. The runtime's version is not among them: to see what a new one does is
    why one compares."""
    ours, theirs = _conditions(first), _conditions(second)
    return [
        Difference(name, _told(ours.get(name)), _told(theirs.get(name)))
        for name in dict.fromkeys((*ours, *theirs))
        if ours.get(name) != theirs.get(name)
    ]


def pairs(first: dict[str, Any], second: dict[str, Any]) -> Iterator[Pair]:
    """The figures of the workloads that both have, then memory."""
    others = {workload["name"]: workload for workload in second["workloads"]}
    for workload in first["workloads"]:
        other = others.get(workload["name"])
        if other is not None:
            for figure in FIGURES:
                yield Pair(workload["name"], figure, _number(workload.get(figure)), _number(other.get(figure)))
    yield Pair("", "memory_mb", _megabytes(first), _megabytes(second))


def _conditions(report: dict[str, Any]) -> dict[str, Any]:
    """By dotted name. Of a clock its owner's limit and whether it is held count, not where it stood that moment."""
    runtime, board = report["runtime"], report["board"]
    found = {f"model.{name}": report["model"][name] for name in ("sha256", "quantisation")}
    names = ("kind", "context_tokens", "kv_type", "threads", "gpu_layers", "batch_tokens")
    found |= {f"runtime.{name}": runtime[name] for name in names}
    found["power.mode"] = board["power"]["mode"]
    for clock in _clocks(board):
        found[f"clock.{clock['name']}"] = (clock["governor"], clock["least_hz"], clock["limit_hz"])
    for workload in report["workloads"]:
        asked = (workload["prompt_tokens"], workload["answer_tokens"], workload["quotes"])
        given = (workload.get("prompt_tokens_read"), workload.get("answer_tokens_least"))
        found[f"workload.{workload['name']}"] = (*asked, *given)
    return found


def _clocks(board: dict[str, Any]) -> list[dict[str, Any]]:
    rest = (board["accelerators"]["gpu_clock"], board["accelerators"]["npu_clock"], board["memory_clock"])
    return [*board["cpu_clocks"], *(clock for clock in rest if clock)]


def _told(value: Any) -> str:
    if isinstance(value, tuple):
        return " ".join("-" if part in (None, "") else str(part) for part in value)
    return "-" if value in (None, "") else str(value)


def _number(value: Any) -> float | None:
    if isinstance(value, dict):
        value = value.get("median")
    return float(value) if isinstance(value, int | float) else None


def _megabytes(report: dict[str, Any]) -> float | None:
    figure = report["memory"]["figure"]
    return None if figure is None else round(figure / 1e6)
