"""Random runs of the NPU's runner over the runtime of our own, by the thousand: tokens lost, runs mixed, memory grown.

    python -m tests.bench_rkllm docs/results/rkllm.json [--runs 10000] [--seed 1] [--aarch64 FOLDER]

Half of the runs go to each release. A run is read whole or to a stop string, closed from its own or another thread,
forgotten, made to fail, or never read; in between the model is loaded anew (tests/rkllm_runs.py). Exits with 1 if a
token was lost, a run went on from another, the runtime was called as it must not be, or memory grew.

FOLDER holds a Python for aarch64 with its C library and the packages that the binding needs (scripts/aarch64_python.sh
fetches them): the tests of the binding then run under emulation (qemu-aarch64-static), which proves layouts, calls by
libffi and threads for the board's processor, and nothing of its NPU.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]
MOST_GROWTH_KIB = 4096  # of the resident size between the first fifth of the runs and the last
TESTS = ("test_edge_rkllm.py", "test_edge_rkllm_abi.py", "test_edge_rkllm_prompts.py")


def measure(version: str, runs: int, seed: int) -> dict[str, Any]:
    from rkllm_runs import run_randomly
    from rkllm_site import RkllmSite

    with tempfile.TemporaryDirectory() as folder:
        site = RkllmSite(Path(folder), version)
        begun = time.monotonic()
        told = run_randomly(site, runs, seed, every=max(1, runs // 50))
        fifth = max(1, len(told.rss_kib) // 5)
        early, late = sorted(told.rss_kib[fifth : 2 * fifth]), sorted(told.rss_kib[-fifth:])
        return {
            "runs": runs,
            "seconds": round(time.monotonic() - begun, 1),
            "ways": dict(sorted(told.ways.items())),
            "tokens_of_runs_read_whole": told.tokens,
            "runs_with_a_lost_token": told.lost,
            "runs_mixed_with_another": told.mixed,
            "calls_that_must_not_be": site.get("misuse"),
            "models_loaded": site.get("inits"),
            "models_left": site.get("loaded"),
            "aborts": site.get("aborts"),
            "tokens_after_an_abort": site.get("late"),
            "longest_close_ms": round(told.longest_stop_ms, 2),
            "resident_kib": told.rss_kib,
            "resident_growth_kib": late[len(late) // 2] - early[len(early) // 2],
        }


def emulate(folder: Path) -> dict[str, Any]:
    """The binding's tests on an emulated aarch64."""
    python = next((folder / "root/usr/bin").glob("python3.1[0-9]"))
    paths = os.pathsep.join(map(str, (ROOT, ROOT / "tests", folder / "site")))
    command = [
        "qemu-aarch64-static", "-L", str(folder / "root"), str(python), "-m", "pytest",
        "-q", "-p", "no:cacheprovider", "-c", os.devnull, "--noconftest", f"--rootdir={ROOT}",
        *(str(ROOT / "tests" / name) for name in TESTS),
    ]  # fmt: skip
    done = subprocess.run(
        command, env=os.environ | {"PYTHONPATH": paths}, cwd=ROOT, capture_output=True, text=True, check=False
    )
    last = done.stdout.strip().splitlines()[-1] if done.stdout.strip() else done.stderr[-300:]
    counts = {word: int(n) for n, word in re.findall(r"(\d+) (passed|failed|skipped|error)", last)}
    return {"python": python.name, "tests": list(TESTS), **counts}


def main() -> None:
    from rkllm_site import RELEASES

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--runs", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--aarch64", type=Path)
    parser.add_argument("--release", choices=RELEASES, help="Only this one; the other's figures stay as they are.")
    given = parser.parse_args()
    before = json.loads(given.out.read_text(encoding="utf-8")) if given.out.is_file() else {}
    chosen = [given.release] if given.release else RELEASES
    made: dict[str, Any] = {
        "what": "random runs over tests/rkllm_runtime.c, no NPU",
        "command": f"python -m tests.bench_rkllm docs/results/rkllm.json --runs {given.runs} --seed {given.seed}",
        **{key: before[key] for key in ("emulated_aarch64",) if key in before},
        "releases": before.get("releases", {})
        | {v: measure(v, given.runs // len(RELEASES), given.seed) for v in chosen if given.runs},
    }
    if given.aarch64:
        made["emulated_aarch64"] = emulate(given.aarch64)
    given.out.write_text(json.dumps(made, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    wrong = ("runs_with_a_lost_token", "runs_mixed_with_another", "calls_that_must_not_be", "models_left")
    bad = [v for v, one in made["releases"].items() if any(one[key] for key in wrong)]
    bad += [v for v, one in made["releases"].items() if one["resident_growth_kib"] > MOST_GROWTH_KIB]
    bad += ["aarch64"] if made.get("emulated_aarch64", {}).get("failed") else []
    print(json.dumps({v: one | {"resident_kib": "..."} for v, one in made["releases"].items()}, indent=1))
    print(made.get("emulated_aarch64", ""))
    sys.exit(f"wrong: {', '.join(bad)}" if bad else 0)


if __name__ == "__main__":
    main()
