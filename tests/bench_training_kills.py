"""Stages of domain adaptation killed at random moments: the weights end as those of a run that nobody disturbed.

    python -m tests.bench_training_kills RESULT.json [--times 30]

Each kind of stage (CPT, SFT, DPO) is run once undisturbed, then killed with SIGKILL at a moment drawn over the length
of that run, also while checkpoints and the result are being written, and started again until it ends; one run may be
killed several times. The final weights must agree, and nothing may be read from a checkpoint that is not whole.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import load_file

from assistant.settings import ROOT
from tests.domain_jobs import make_base, make_job
from training.domain.checkpoints import BROKEN
from training.domain.launch import launch
from training.domain.stage import Kind, StageJob, is_done

KINDS: tuple[Kind, ...] = ("cpt", "sft", "dpo")
CLOSE = 1e-5  # largest difference of a weight; on one processor they are equal bit for bit
AGAIN = 0.3  # chance that a run that was taken up is killed again


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("result", type=Path)
    parser.add_argument("--times", type=int, default=30)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    rng = random.Random(given.seed)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        base = make_base(folder / "base")
        whole: dict[Kind, tuple[dict[str, Any], float]] = {}
        for kind in KINDS:
            began = time.monotonic()
            job = make_job(kind, base, folder / f"whole-{kind}", epochs=3)
            launch(job, lambda _: None)
            whole[kind] = load_file(job.out / "model/model.safetensors"), time.monotonic() - began
            print(f"{kind}: {whole[kind][1]:.1f} s undisturbed", flush=True)
        runs = []
        while sum(len(run["kills"]) for run in runs) < given.times:
            kind = KINDS[len(runs) % len(KINDS)]
            run = killed_run(make_job(kind, base, folder / f"run-{len(runs)}", epochs=3), *whole[kind], rng)
            runs.append({"kind": kind, **run})
            print(runs[-1], flush=True)
    report = {
        "kills": sum(len(run["kills"]) for run in runs),
        "runs": len(runs),
        "as_undisturbed": sum(run["largest_difference"] < CLOSE for run in runs),
        "largest_difference": max(run["largest_difference"] for run in runs),
        "put_aside": sum(run["put_aside"] for run in runs),
        "detail": runs,
    }
    given.result.parent.mkdir(parents=True, exist_ok=True)
    given.result.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    print({key: value for key, value in report.items() if key != "detail"})
    if report["as_undisturbed"] != len(runs):
        sys.exit(1)


def killed_run(job: StageJob, wanted: dict[str, Any], seconds: float, rng: random.Random) -> dict[str, Any]:
    """Kill ``job`` once or more, then let it end; when it was killed, in seconds, and how far its weights are off."""
    path = job.out.parent / "job.json"
    job.write(path)
    kills: list[float] = []
    while not kills or rng.random() < AGAIN:
        moment = rng.uniform(0.15, 1.0) * seconds
        process = subprocess.Popen(
            [sys.executable, "-m", "training.domain.stage", str(path)],
            env={**os.environ, "PYTHONPATH": str(ROOT), "OMP_WAIT_POLICY": "PASSIVE"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            process.wait(moment)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait()
            kills.append(round(moment, 2))
        if is_done(job.out):
            break
    launch(job, lambda _: None)
    found = load_file(job.out / "model/model.safetensors")
    aside = job.out / BROKEN
    return {
        "kills": kills,
        "largest_difference": float(max(np.abs(found[name] - wanted[name]).max() for name in wanted)),
        "put_aside": len(list(aside.iterdir())) if aside.is_dir() else 0,
    }


if __name__ == "__main__":
    main()
