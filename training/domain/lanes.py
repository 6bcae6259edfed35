"""Lanes: stages that do not need each other's model, run at the same time.

A step of a small model is too short for two cores to share: on two, SFT of 8 million weights is 7 % quicker than on
one, while two stages side by side are each as quick as alone.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import Any, TypeVar

from training.domain.plan import Row

Say = Callable[[dict[str, object]], None]
Report = TypeVar("Report")


class Stopped(Exception):
    """Ends a stage at the next line it tells, since the run was interrupted."""


def in_lanes(
    rows: Sequence[Row], lanes: int, do: Callable[[Row, Say], Report], say: Say
) -> Generator[tuple[Row, Report], None, None]:
    """``do(row, say)`` for each row behind the row it starts from, at most ``lanes`` at once and in the order given
    where several could begin; rows and what came of them, as they end. ``say`` is called by one at a time. After a
    failure nothing begins any more; what is at work ends first, then the first failure is raised. Closed or
    interrupted, it ends all at the next line that they tell."""
    if lanes <= 1:
        for row in rows:
            yield row, do(row, say)
        return
    stopping, one_at_a_time = threading.Event(), threading.Lock()

    def tell(news: dict[str, object]) -> None:
        if stopping.is_set():
            raise Stopped
        with one_at_a_time:
            say(news)

    waiting, missing = list(rows), {row.name for row in rows}
    failures: list[BaseException] = []
    with ThreadPoolExecutor(lanes) as pool:
        at_work: dict[Future[Report], Row] = {}
        try:
            while at_work or (waiting and not failures):
                for row in [row for row in waiting if row.start not in missing][: lanes - len(at_work)]:
                    if not failures:
                        waiting.remove(row)
                        at_work[pool.submit(do, row, tell)] = row
                ended, _ = wait(at_work, return_when=FIRST_COMPLETED)
                for future in ended:
                    row = at_work.pop(future)
                    failure = future.exception()
                    if failure is not None:
                        failures.append(failure)
                        continue
                    missing.discard(row.name)
                    yield row, future.result()
        except BaseException:
            stopping.set()
            raise
    if failures:
        raise failures[0]


def threads_of(threads: int, lanes: int, cores: Any) -> int:
    """Threads of a stage: as set, or its share of the cores where stages run side by side; 0 leaves it to torch."""
    return threads or (max(1, int(cores or 1) // lanes) if lanes > 1 else 0)
