"""Figures of the log: every sum on a made log is known beforehand; and what is told of the running Andon."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import pytest
from fake_runner import FakeRunner
from made_log import Made, write_log

from assistant.health import memory, speed_of
from assistant.records.database import Database
from assistant.records.figures import (
    AskedThen,
    answer_times,
    asked_since,
    days_of,
    declined_share,
    minutes_down,
    per_day,
    stoppages,
    top_alarms,
)
from assistant.records.stoppages import Stoppage

JST = timezone(timedelta(hours=9))
NOW = datetime(2026, 5, 20, 18, 0, tzinfo=JST)
DAYS = days_of(3, NOW, JST)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 5, day, hour, minute, tzinfo=JST).astimezone(timezone.utc)


LOG = [
    Made(at(17, 23, 59), "E-401 too old to count"),
    Made(at(18, 0, 0), "E-401 の処置は?", line="L1", manual="m1", found_ms=10, total_ms=100),
    Made(at(18, 0, 20), "E-401 がまた出た", line="L1", manual="m1", found_ms=20, total_ms=200),  # the same stoppage
    Made(at(18, 0, 20), "E-401 の処置は?", line="L2", manual="m1", found_ms=30, total_ms=300),  # another line
    Made(at(18, 1, 30), "E-401 の処置は?", line="L1", manual="m1", found_ms=40, total_ms=400),  # an hour later
    Made(at(18, 2, 0), "film roll", manual="m2", found_ms=50, total_ms=900),
    Made(at(20, 8, 0), "AL.32 と E-401", manual="m3", found_ms=60, total_ms=600),
    Made(at(20, 9, 0), "weather?", declined="nothing_relevant", found_ms=5, total_ms=5),
]


@pytest.fixture
def asked(tmp_path: Path) -> list[AskedThen]:
    database = Database(tmp_path / "records.sqlite3")
    write_log(database, LOG)
    try:
        return asked_since(database, 3, lambda manual: {"m1": "L9", "m2": "L2"}.get(manual, ""), NOW, JST)
    finally:
        database.close()


def test_the_days_are_the_boxs_and_the_line_is_the_scopes_or_the_manuals(asked: list[AskedThen]) -> None:
    assert [date(2026, 5, 18), date(2026, 5, 19), date(2026, 5, 20)] == DAYS
    assert len(asked) == 7, "23:59 on the day before is another day"
    counted = per_day(asked, DAYS)
    assert [day.total for day in counted] == [5, 0, 2]
    assert counted[0].by_line == {"L1": 3, "L2": 2}
    assert counted[2].by_line == {"": 2}


def test_a_stoppage_is_counted_once_for_a_line_and_half_hour(asked: list[AskedThen]) -> None:
    begun = stoppages(asked)
    assert [day.total for day in per_day(begun, DAYS)] == [3, 0, 1]
    assert per_day(begun, DAYS)[0].by_line == {"L1": 2, "L2": 1}
    assert top_alarms(asked) == [("E-401", 4), ("AL.32", 1)], "as people write them"
    assert top_alarms(asked, most=1) == [("E-401", 4)]


def test_minutes_down_are_summed_by_the_day_it_stopped_and_the_line() -> None:
    def closed(day: int, minutes: int, line: str) -> Stoppage:
        noon = datetime(2026, 5, day, 12).astimezone().isoformat()  # the box's own day
        return Stoppage("e", minutes, "cause", "remedy", line=line, stopped_at=noon)

    sums = minutes_down([closed(18, 5, "L1"), closed(18, 7, "L1"), closed(18, 3, ""), closed(1, 99, "L1")], DAYS)
    assert [day.total for day in sums] == [15, 0, 0]
    assert sums[0].by_line == {"L1": 12, "": 3}
    assert minutes_down([Stoppage("e", 5, "", "remedy")], DAYS)[0].total == 0


def test_times_are_the_middle_and_the_95th(asked: list[AskedThen]) -> None:
    first, none, last = answer_times(asked, DAYS)
    assert (first.found_ms, first.found_p95_ms, first.total_ms, first.total_p95_ms) == (30, 50, 300, 900)
    assert (none.found_ms, none.total_p95_ms) == (None, None)
    assert (last.found_ms, last.found_p95_ms) == (32.5, 60)


def test_of_a_hundred_the_95th_is_the_95th() -> None:
    many = [AskedThen(NOW, NOW.date(), "", (), False, float(n), float(n)) for n in range(1, 101)]
    (day,) = answer_times(many, [NOW.date()])
    assert (day.total_ms, day.total_p95_ms) == (50.5, 95.0)


def test_the_share_declined(asked: list[AskedThen]) -> None:
    assert [(day.declined, day.asked) for day in declined_share(asked, DAYS)] == [(0, 5), (0, 0), (1, 2)]


def test_the_speed_of_answers_is_the_median() -> None:
    runner = FakeRunner("x")
    tokens = runner.count_tokens("one two three")
    speed = speed_of(runner, [("one two three", 1000.0), ("one two three", 500.0), ("one two three", 100.0)])
    assert speed is not None
    assert (speed.answers, speed.tokens_per_s) == (3, tokens / 0.5)
    assert speed_of(runner, []) is None


def test_memory_is_read_as_linux_tells_it(tmp_path: Path) -> None:
    (tmp_path / "status").write_text("Name:\tandon\nVmRSS:\t  2048 kB\n")
    (tmp_path / "meminfo").write_text("MemTotal: 8000 kB\nMemFree: 10 kB\nMemAvailable: 4000 kB\n")
    found = memory(tmp_path / "status", tmp_path / "meminfo")
    assert (found.process, found.available, found.total) == (2048 * 1024, 4000 * 1024, 8000 * 1024)
    assert memory(tmp_path / "none", tmp_path / "none").total == 0
