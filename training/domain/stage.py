"""One stage in a process of its own: a job file in, a model folder and stage.json out.

A process a stage gives its memory back whole, and is what ``accelerate launch`` starts once for each GPU:
``accelerate launch --config_file training/recipes/accelerate/fsdp.yaml -m training.domain.stage JOB.json``.
Progress goes to standard output, one JSON object a line.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from training.domain.checkpoints import is_complete
from training.domain.recipe import AnswerStage, HardwarePart, LoraPart, PairStage, Stage, TextStage
from training.errors import StageBusy, TrainingFailed
from training.recipe import as_plain

Kind = Literal["cpt", "sft", "dpo"]
DONE = "stage.json"
KINDS: dict[Kind, type[Stage]] = {"cpt": TextStage, "sft": AnswerStage, "dpo": PairStage}


@dataclass(frozen=True, slots=True)
class StageJob:
    """What a stage process is told: ``kind`` and the stage's own numbers, where it starts, what it reads, where it
    writes."""

    kind: Kind
    settings: Stage
    start: Path
    rows: Path
    out: Path
    seed: int
    lora: LoraPart
    hardware: HardwarePart

    def write(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        held = {
            "kind": self.kind,
            "settings": as_plain(self.settings),
            "start": str(self.start),
            "rows": str(self.rows),
            "out": str(self.out),
            "seed": self.seed,
            "lora": as_plain(self.lora),
            "hardware": as_plain(self.hardware),
        }
        fresh = path.with_suffix(".new")
        fresh.write_text(json.dumps(held, indent=1) + "\n", "utf-8")
        fresh.replace(path)


def read_job(path: Path) -> StageJob:
    held: dict[str, Any] = json.loads(path.read_text("utf-8"))
    kind: Kind = held["kind"]
    settings: dict[str, Any] = {key: tuple(v) if isinstance(v, list) else v for key, v in held["settings"].items()}
    return StageJob(
        kind=kind,
        settings=KINDS[kind](**settings),
        start=Path(held["start"]),
        rows=Path(held["rows"]),
        out=Path(held["out"]),
        seed=int(held["seed"]),
        lora=LoraPart(**held["lora"]),
        hardware=HardwarePart(**held["hardware"]),
    )


def is_done(out: Path) -> bool:
    """Whether the stage in ``out`` ended: its report stands there, and its model is whole."""
    return (out / DONE).is_file() and is_complete(out / "model")


def run_job(job: StageJob) -> dict[str, object]:
    """Do the stage, going on from its newest whole checkpoint; its report. A stage that is done is not done again.
    Raises TrainingFailed and what lies below it."""
    from training.domain import trl_adapter

    trl_adapter.stay_offline()
    job.out.mkdir(parents=True, exist_ok=True)
    with _alone(job.out):
        if is_done(job.out):
            report: dict[str, object] = json.loads((job.out / DONE).read_text("utf-8"))
            return report
        asked = trl_adapter.Job(job.start, job.rows, job.out, job.seed, job.lora, job.hardware, _say)
        if isinstance(job.settings, PairStage):
            report = trl_adapter.train_pairs(asked, job.settings)
        elif job.kind == "sft":
            report = trl_adapter.train_answers(asked, job.settings)
        else:
            report = trl_adapter.train_texts(asked, job.settings)
        fresh = job.out / f"{DONE}.new"
        fresh.write_text(json.dumps(report, indent=1) + "\n", "utf-8")
        fresh.replace(job.out / DONE)
    return report


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One process a stage: a run that was killed may have left its stage at work. The other processes of one launch
    belong to the first, which alone holds the lock."""
    import os

    if int(os.environ.get("RANK", "0")):
        yield
        return
    import fcntl

    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise StageBusy(
                f"{folder} is being trained by another process.",
                "Wait for it, or end it: a run that was killed may have left its stage behind (ps, training.domain).",
            ) from None
        yield


def _say(news: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(news) + "\n")
    sys.stdout.flush()


def main(argv: Sequence[str] | None = None) -> int:
    """``python -m training.domain.stage JOB.json``."""
    parser = argparse.ArgumentParser(prog="python -m training.domain.stage", description=__doc__)
    parser.add_argument("job", type=Path)
    given = parser.parse_args(argv)
    try:
        report = run_job(read_job(given.job))
    except TrainingFailed as reason:
        _say({"failed": reason.code, "message": reason.message, "remedy": reason.remedy})
        return 1
    _say({"report": report})
    return 0


if __name__ == "__main__":
    sys.exit(main())
