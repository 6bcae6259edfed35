"""Training, stages side by side: order, failure, interruption; the shares of the cores."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import closing

import pytest

from training.domain.lanes import in_lanes, threads_of
from training.domain.plan import Row

ROWS = [
    Row("cpt", "cpt", "base", "", "", 1),
    Row("sft", "sft", "base", "", "", 1),
    Row("both", "sft", "cpt", "", "", 1),
]


def quiet(_: dict[str, object]) -> None:
    pass


def test_one_lane_goes_through_the_plan_in_order() -> None:
    assert [row.name for row, _ in in_lanes(ROWS, 1, lambda row, _: row.name, quiet)] == ["cpt", "sft", "both"]


def test_two_stages_are_at_work_at_once_and_none_begins_before_its_start() -> None:
    together = threading.Barrier(2, timeout=30)
    ended: list[str] = []
    begun: list[tuple[str, list[str]]] = []

    def do(row: Row, _: object) -> str:
        begun.append((row.name, list(ended)))
        if row.start == "base":
            together.wait()  # breaks unless both are here
        ended.append(row.name)
        return row.name.upper()

    found = {row.name: report for row, report in in_lanes(ROWS, 2, do, quiet)}
    assert found == {"cpt": "CPT", "sft": "SFT", "both": "BOTH"}
    assert "cpt" in dict(begun)["both"]


def test_after_a_failure_nothing_begins_and_what_is_at_work_is_kept() -> None:
    failed = threading.Event()
    begun: list[str] = []

    def do(row: Row, _: object) -> str:
        begun.append(row.name)
        if row.name == "cpt":
            failed.set()
            raise ValueError("no space")
        assert failed.wait(30)
        return row.name

    found: list[str] = []
    with pytest.raises(ValueError, match="no space"):
        for row, _ in in_lanes(ROWS, 2, do, quiet):
            found.append(row.name)
    assert found == ["sft"]
    assert sorted(begun) == ["cpt", "sft"]


def test_closed_it_ends_the_stages_at_their_next_line() -> None:
    begun = threading.Event()
    ended: list[str] = []

    def do(row: Row, say: Callable[[dict[str, object]], None]) -> str:
        if row.name == "cpt":
            return row.name
        begun.set()
        try:
            while True:
                say({"stage": row.name})
        finally:
            ended.append(row.name)

    with closing(in_lanes(ROWS[:2], 2, do, quiet)) as found:
        assert next(found)[0].name == "cpt"
        assert begun.wait(30)
        assert not ended
    assert ended == ["sft"]


@pytest.mark.parametrize(
    ("threads", "lanes", "cores", "wanted"), [(0, 1, 8, 0), (3, 2, 8, 3), (0, 2, 2, 1), (0, 4, 2, 1), (0, 2, None, 1)]
)
def test_each_stage_has_its_share_of_the_cores(threads: int, lanes: int, cores: int | None, wanted: int) -> None:
    assert threads_of(threads, lanes, cores) == wanted
