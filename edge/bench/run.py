"""measure: the workloads through one driver: a warm-up, then runs of which each has a cold and a warm prompt."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from edge.bench.driver import Driver, Timed
from edge.bench.workload import PromptMaker, Workload

RUNS = 5


@dataclass(frozen=True, slots=True)
class Spread:
    """``p95``: 95 in 100 runs are at least as good (with five runs: the worst one)."""

    median: float
    p95: float


@dataclass(frozen=True, slots=True)
class Measured:
    """One workload. Speeds in tokens a second, of the cold prompts; times in milliseconds. ``skipped`` says why there
    are none. ``answer_tokens`` is the least that a run gave: below the workload's, the answers ended by themselves."""

    workload: Workload
    runs: int = 0
    prompt_tokens: int = 0
    answer_tokens: int = 0
    prompt_per_s: Spread | None = None
    tokens_per_s: Spread | None = None
    first_ms_cold: Spread | None = None
    first_ms_warm: Spread | None = None
    counted_by: str = ""
    skipped: str = ""


def measure(
    driver: Driver, workloads: Sequence[Workload], runs: int = RUNS, tell: Callable[[str], None] = lambda line: None
) -> Iterator[Measured]:
    """One result a workload, in their order. Errors: edge.errors."""
    for workload in workloads:
        needed, room = workload.prompt_tokens + workload.answer_tokens, driver.context_tokens
        if room and needed > room:
            yield Measured(workload, skipped=f"needs {needed} tokens of context; there are {room}")
            continue
        maker = PromptMaker(workload, driver.count)
        cold, warm = [], []
        for run in range(runs + 1):  # the first one warms up
            tell(f"{workload.name} {run}/{runs}")
            prompts = maker.make()
            first = driver.speak(prompts.cold, workload.answer_tokens, reuse=False)
            second = driver.speak(prompts.warm, workload.answer_tokens, reuse=True)
            if run:
                cold.append(first)
                warm.append(second)
        yield _summed(workload, cold, warm)


def _summed(workload: Workload, cold: Sequence[Timed], warm: Sequence[Timed]) -> Measured:
    speeds = [speed for run in cold if (speed := run.tokens_per_s) is not None]
    return Measured(
        workload=workload,
        runs=len(cold),
        prompt_tokens=round(median(run.prompt_tokens for run in cold)),
        answer_tokens=min(run.tokens for run in cold),
        prompt_per_s=_speeds([run.prompt_per_s for run in cold]),
        tokens_per_s=_speeds(speeds) if len(speeds) == len(cold) else None,
        first_ms_cold=_times([run.first_s for run in cold]),
        first_ms_warm=_times([run.first_s for run in warm]),
        counted_by=cold[0].counted_by,
    )


def _times(seconds: Sequence[float]) -> Spread:
    return Spread(median(seconds) * 1000, _ranked(sorted(seconds)) * 1000)


def _speeds(speeds: Sequence[float]) -> Spread:
    return Spread(median(speeds), _ranked(sorted(speeds, reverse=True)))


def _ranked(ordered: Sequence[float]) -> float:
    """The nearest rank of 95 %."""
    return ordered[math.ceil(0.95 * len(ordered)) - 1]
