"""Report: everything a figure depends on, beside the figures, as one JSON document."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timezone
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from edge.bench.bandwidth import Bandwidth
from edge.bench.memory_watch import MemoryUse
from edge.bench.run import Measured, Spread
from edge.bench.weights import Weights, read_weights
from edge.board.board import Board
from edge.errors import EdgeFailed
from edge.models import file_sha256

FORMAT = 1
BUSY_LOAD = 0.5
"""Programs at work before the measurement: from here on its figures are too low."""
CACHE_BYTES = 64_000_000
"""Weights below that may lie in a processor's caches, where the memory's bandwidth is no limit."""


@dataclass(frozen=True, slots=True)
class Setup:
    """How the model was run. ``kind`` "llama.cpp", "rkllm" or "endpoint"; None is what only its owner knows."""

    kind: str
    model: Path | None
    model_name: str
    context_tokens: int | None = None
    kv_type: str | None = None
    threads: int | None = None
    gpu_layers: int | None = None
    batch_tokens: int | None = None
    endpoint: str = ""


def report(
    setup: Setup, boards: tuple[Board, Board], bandwidth: Bandwidth, use: MemoryUse, results: Sequence[Measured]
) -> dict[str, Any]:
    """``boards``: the box before and after. Reads the model's file to hash it."""
    before, after = boards
    weights = read_weights(setup.model) if setup.model is not None else None
    return {
        "format": FORMAT,
        "andon": _version("andon"),
        "made_at": datetime.now(timezone.utc).isoformat(timespec="seconds"),
        "model": _model(setup, weights),
        "runtime": _runtime(setup),
        "board": before.as_json(),
        "clocks_after": [asdict(clock) for clock in after.clocks],
        "load_before": before.load,
        "celsius": {"before": before.heat.hottest, "after": after.heat.hottest},
        "slowed": {"after": list(after.heat.slowed), "events": _more(before, after)},
        "bandwidth": asdict(bandwidth),
        "memory": {**asdict(use), "figure": use.figure, "figure_is": "the larger of pss and available_drop"},
        "workloads": [_result(result, weights, setup, bandwidth) for result in results],
    }


def _model(setup: Setup, weights: Weights | None) -> dict[str, Any]:
    if setup.model is None or weights is None:
        return {"name": setup.model_name, "sha256": None, "bytes": None, "quantisation": None, "read_bytes": None}
    return {
        "name": setup.model_name,
        "sha256": file_sha256(setup.model),
        "bytes": setup.model.stat().st_size,
        "quantisation": weights.quantisation,
        "read_bytes": weights.read_bytes,
    }


def _runtime(setup: Setup) -> dict[str, Any]:
    found: dict[str, Any] = {
        "kind": setup.kind, "version": None, "features": None, "context_tokens": setup.context_tokens,
        "kv_type": setup.kv_type, "threads": setup.threads, "gpu_layers": setup.gpu_layers,
        "batch_tokens": setup.batch_tokens, "endpoint": setup.endpoint or None,
    }  # fmt: skip
    if setup.kind == "llama.cpp":
        from edge.llama.build import installed_build

        try:
            build = installed_build()
        except EdgeFailed:
            return found  # the runner lives in another environment, whose version is not known here
        found |= {"version": f"llama-cpp-python {build.version}", "features": build.features}
    return found


def _more(before: Board, after: Board) -> dict[str, int]:
    """How often the box was slowed down while it was measured."""
    counted = dict(before.heat.events)
    more = {name: count - counted.get(name, 0) for name, count in after.heat.events}
    return {name: count for name, count in more.items() if count > 0}


def _result(result: Measured, weights: Weights | None, setup: Setup, bandwidth: Bandwidth) -> dict[str, Any]:
    workload = asdict(result.workload)
    if result.skipped:
        return {**workload, "skipped": result.skipped}
    share, why_not = roofline(result, weights, setup, bandwidth)
    return {
        **workload,
        "runs": result.runs,
        "counted_by": result.counted_by,
        "prompt_tokens_read": result.prompt_tokens,
        "answer_tokens_least": result.answer_tokens,
        "prompt_tokens_per_s": _spread(result.prompt_per_s),
        "tokens_per_s": _spread(result.tokens_per_s),
        "first_token_cold_ms": _spread(result.first_ms_cold),
        "first_token_warm_ms": _spread(result.first_ms_warm),
        "roofline_percent": share,
        "roofline_missing": why_not,
    }


def roofline(result: Measured, weights: Weights | None, setup: Setup, bandwidth: Bandwidth) -> tuple[float | None, str]:
    """The measured speed in percent of bandwidth / bytes a token; where there is none, None and why."""
    if weights is None:
        return None, "the model's file is not known"
    if result.tokens_per_s is None:
        return None, "too few tokens were generated"
    if weights.read_bytes < CACHE_BYTES:
        return None, "weights this small may lie in the processor's cache"
    middle = result.prompt_tokens + result.answer_tokens / 2
    most = bandwidth.gb_per_s * 1e9 / weights.bytes_per_token(middle, setup.kv_type or "f16")
    return round(100 * result.tokens_per_s.median / most, 1), ""


def _spread(spread: Spread | None) -> dict[str, float] | None:
    return None if spread is None else {"median": _digits(spread.median), "p95": _digits(spread.p95)}


def _digits(number: float) -> float:
    """Four that count; the others are noise."""
    return round(number, max(0, 3 - math.floor(math.log10(number)))) if number > 0 else 0.0


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""
