"""Launch: a stage as a process, on one device or, through accelerate, on several and on several machines."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from training import errors
from training.domain.stage import StageJob, is_done
from training.errors import StageDied, TrainingFailed

LAST_LINES = 12


def launch(
    job: StageJob, say: Callable[[dict[str, object]], None], accelerate: Path | None = None
) -> dict[str, object]:
    """Run ``job`` and wait; its report. ``accelerate``: a config file of accelerate, for several GPUs or machines. Ends
    the stage where this process is interrupted. Raises what the stage raised, StageDied where it was killed."""
    path = job.out / "job.json"
    job.write(path)
    command = [*_launcher(accelerate), "-m", "training.domain.stage", str(path)]
    told: list[str] = []
    report: dict[str, object] | None = None
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8", env=_environment()
    ) as process:
        assert process.stdout is not None
        try:
            for line in process.stdout:
                news = _news(line)
                if news is None:
                    told = [*told, line.rstrip()][-LAST_LINES:]
                elif "report" in news:
                    held = news["report"]
                    report = dict(held) if isinstance(held, dict) else {}
                elif "failed" in news:
                    _raise(news)
                else:
                    say(news)
        except BaseException:
            process.kill()
            raise
    if report is None or process.returncode or not is_done(job.out):
        raise StageDied(
            f"The stage in {job.out} ended with code {process.returncode}. Its last lines: {' / '.join(told)}",
            "Run the recipe again: it goes on from the newest whole checkpoint. Code -9 is usually memory: lower "
            "max_tokens or set hardware.gradient_checkpointing.",
        )
    return report


def _launcher(accelerate: Path | None) -> Sequence[str]:
    if accelerate is None:
        return (sys.executable,)
    return (sys.executable, "-m", "accelerate.commands.launch", "--config_file", str(accelerate))


def _environment() -> dict[str, str]:
    """The package must be found whatever folder the command was given in. Threads that wait for each other sleep
    instead of spinning: beside other work on the same two cores that made 309 tokens a second of 50."""
    root = str(Path(__file__).resolve().parents[2])
    known = os.environ.get("PYTHONPATH", "")
    path = f"{root}{os.pathsep}{known}" if known else root
    return {"OMP_WAIT_POLICY": "PASSIVE", **os.environ, "PYTHONPATH": path}


def _news(line: str) -> dict[str, object] | None:
    if not line.startswith("{"):
        return None
    try:
        found = json.loads(line)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _raise(news: dict[str, object]) -> None:
    """The error that the stage told of, as the same class."""
    kinds = {
        kind.code: kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, TrainingFailed)
    }
    raise kinds.get(str(news["failed"]), TrainingFailed)(str(news.get("message", "")), str(news.get("remedy", "")))
