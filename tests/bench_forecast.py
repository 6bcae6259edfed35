"""The forecast of a model's memory against what its process really takes: the bundled model and random ones.

    python -m tests.bench_forecast docs/results/forecast.json

Each model runs in a process of its own, as in the service, and reads a prompt that fills most of its context; measured
is the peak of its resident memory (VmHWM), in MiB. Linux only; needs the package gguf. Exits with 1 where a forecast is
off by more than ``MOST``.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import tempfile
from pathlib import Path
from typing import Any

from edge.choose import make_runner
from edge.forecast import MIB, forecast
from edge.options import EdgeOptions
from edge.runner import Message, Sampling

sys.path.insert(0, str(Path(__file__).parent))  # as pytest has it
from random_model import BUNDLED, Shape, random_gguf

MOST = 0.2
MODELS: tuple[tuple[str, Shape | None, dict[str, Any]], ...] = (
    ("bundled", None, {}),
    ("bundled, batches of 512", None, {"batch_tokens": 512}),
    ("12 layers x 768, 8 bits", Shape(12, 768, 2048, 12, 4), {}),
    ("16 layers x 1024, 16 bits", Shape(16, 1024, 4096, 16, 8, f16=True), {}),
    ("16 layers x 1024, 16 bits, 4096 tokens in q8_0", Shape(16, 1024, 4096, 16, 8, f16=True),
     {"context_tokens": 4096, "kv_type": "q8_0"}),
)  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("result", type=Path)
    args = parser.parse_args()
    report: dict[str, Any] = {"most": MOST, "models": {}}
    with tempfile.TemporaryDirectory() as folder:
        for name, shape, given in MODELS:
            path = Path(folder) / f"{hash(shape)}.gguf"
            path = BUNDLED if shape is None else path if path.is_file() else random_gguf(path, shape)
            report["models"][name] = row = measure(EdgeOptions(path, threads=1, isolate=True, **given))
            print(name, row, flush=True)
    args.result.write_text(json.dumps(report, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    sys.exit(any(abs(row["off"]) > MOST for row in report["models"].values()))


def measure(options: EdgeOptions) -> dict[str, float]:
    told = forecast(options.model, options)
    runner = make_runner(options)
    runner.load()
    filling = "アラーム AL-16 が出た。電源を切り、カバーを外して確認する。"
    times = int(options.context_tokens * 0.6) // runner.count_tokens(filling)
    list(runner.stream((Message("user", filling * times),), Sampling(max_tokens=2)))
    status = Path(f"/proc/{runner.pid}/status").read_text()  # type: ignore[attr-defined]
    runner.close()
    found = re.search(r"^VmHWM:\s+(\d+) kB", status, re.MULTILINE)
    assert found is not None
    measured = int(found[1]) / 1024
    parts = {name: getattr(told, name) / MIB for name in ("weights", "keys_values", "compute", "process", "needed")}
    return {
        **{name: round(size, 1) for name, size in parts.items()},
        "measured": round(measured, 1), "off": round(parts["needed"] / measured - 1, 3),
    }  # fmt: skip


if __name__ == "__main__":
    main()
