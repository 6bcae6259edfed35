"""Figures: what the log tells of the last days: questions and stoppages by day and line, alarms, times, declined."""

from __future__ import annotations

import json
import statistics
import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone, tzinfo
from functools import lru_cache

from assistant.records.database import Database
from assistant.records.entry import QUESTION
from assistant.records.stoppages import Stoppage
from index.codes.find import find_codes

SAME_STOPPAGE = timedelta(minutes=30)  # asked again of the same alarm within this, it is the same stoppage
_STOPS = ("alarm", "flag")  # kinds of codes that a machine shows when it stops


@dataclass(frozen=True, slots=True)
class AskedThen:
    """A question of the log. ``day`` is the box's; ``line``: the one it was narrowed to, else that of the manual quoted
    first, "" where none is known; ``alarms``: the alarm codes it names; ``written``: the same as it writes them."""

    at: datetime
    day: date
    line: str
    alarms: tuple[str, ...]
    declined: bool
    found_ms: float
    total_ms: float
    written: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DayCount:
    """So many on a day, by line; lines without any are left out."""

    day: date
    by_line: Mapping[str, int]

    @property
    def total(self) -> int:
        return sum(self.by_line.values())


@dataclass(frozen=True, slots=True)
class DayTimes:
    """How long answers took on a day, in milliseconds: until the quotes and until the whole answer; the middle one and
    the 95th of a hundred. None where nothing was asked."""

    day: date
    found_ms: float | None
    found_p95_ms: float | None
    total_ms: float | None
    total_p95_ms: float | None


@dataclass(frozen=True, slots=True)
class DayShare:
    """How many of a day's questions were declined."""

    day: date
    declined: int
    asked: int


def asked_since(
    database: Database,
    days: int,
    line_of: Callable[[str], str] = str,
    now: datetime | None = None,
    zone: tzinfo | None = None,
) -> list[AskedThen]:
    """The questions of the last ``days`` days, today among them, oldest first. ``line_of``: a manual's id -> its line,
    "" for none; ``zone``: the box's own where None."""
    today = (now or datetime.now(timezone.utc)).astimezone(zone).date()
    first = datetime.combine(today - timedelta(days=days - 1), datetime.min.time())
    since = (first.replace(tzinfo=zone) if zone else first.astimezone()).astimezone(timezone.utc)
    with database.read() as db:
        rows = db.execute(
            "SELECT at, subject, understood, scope, quotes, declined, timing FROM entry WHERE kind = ? AND at >= ?"
            " ORDER BY at, rowid",
            (QUESTION, since.isoformat(timespec="milliseconds")),
        ).fetchall()
    return [_asked(dict(row), line_of, zone) for row in rows]


def _asked(row: Mapping[str, str], line_of: Callable[[str], str], zone: tzinfo | None) -> AskedThen:
    at, timing = datetime.fromisoformat(row["at"]), json.loads(row["timing"])
    lines, quotes = json.loads(row["scope"]).get("lines", []), json.loads(row["quotes"])
    line = lines[0] if lines else line_of(quotes[0]["manual"]) if quotes else ""
    alarms = _alarms_in(row["understood"] or row["subject"])
    return AskedThen(
        at, at.astimezone(zone).date(), line, tuple(alarms), bool(row["declined"]),
        float(timing.get("found_ms") or 0.0), float(timing.get("total_ms") or 0.0), tuple(alarms.values()),
    )  # fmt: skip


@lru_cache(maxsize=50_000)
def _alarms_in(question: str) -> Mapping[str, str]:
    """Canonical code -> as it is written there. Looked for once: the same questions come again, and so does whoever
    looks at the figures."""
    text = unicodedata.normalize("NFKC", question)
    return {code.canonical: text[code.start : code.end] for code in find_codes(text) if code.kind in _STOPS}


def days_of(days: int, now: datetime | None = None, zone: tzinfo | None = None) -> list[date]:
    """The last ``days`` days, today last."""
    today = (now or datetime.now(timezone.utc)).astimezone(zone).date()
    return [today - timedelta(days=back) for back in reversed(range(days))]


def stoppages(asked: Sequence[AskedThen]) -> list[AskedThen]:
    """Of the questions (oldest first) those that begin a stoppage: they name an alarm that was not asked about on the
    same line within the half hour before."""
    last: dict[tuple[str, str], datetime] = {}
    begun = []
    for each in asked:
        keys = [(each.line, alarm) for alarm in each.alarms]
        if any(key not in last or each.at - last[key] > SAME_STOPPAGE for key in keys):
            begun.append(each)
        last.update(dict.fromkeys(keys, each.at))
    return begun


def per_day(asked: Sequence[AskedThen], days: Sequence[date]) -> list[DayCount]:
    """How many on each of ``days``, by line."""
    counts = {day: Counter[str]() for day in days}
    for each in asked:
        if each.day in counts:
            counts[each.day][each.line] += 1
    return [DayCount(day, dict(counts[day])) for day in days]


def minutes_down(closed: Sequence[Stoppage], days: Sequence[date]) -> list[DayCount]:
    """How many minutes stood still on each of ``days``, by line, as operators wrote down when a stoppage was over; a
    stoppage counts on the day on which it began."""
    minutes = {day: Counter[str]() for day in days}
    for each in closed:
        day = date.fromisoformat(each.day) if each.day else None
        if day in minutes:
            minutes[day][each.line] += each.minutes_down
    return [DayCount(day, dict(minutes[day])) for day in days]


def top_alarms(asked: Sequence[AskedThen], most: int = 10) -> list[tuple[str, int]]:
    """The alarms that stopped a machine most often, as they are mostly written, with how often."""
    counts = Counter(alarm for each in stoppages(asked) for alarm in each.alarms)
    written: dict[str, Counter[str]] = {}
    for each in asked:
        for alarm, as_written in zip(each.alarms, each.written, strict=False):
            written.setdefault(alarm, Counter())[as_written] += 1
    ordered = sorted(counts.items(), key=lambda one: (-one[1], one[0]))[:most]
    return [(written[alarm].most_common(1)[0][0] if alarm in written else alarm, count) for alarm, count in ordered]


def answer_times(asked: Sequence[AskedThen], days: Sequence[date]) -> list[DayTimes]:
    """How long answers took on each of ``days``."""
    by_day: dict[date, list[AskedThen]] = {day: [] for day in days}
    for each in asked:
        if each.day in by_day:
            by_day[each.day].append(each)
    return [
        DayTimes(day, *_middle_and_95th([each.found_ms for each in those]),
                 *_middle_and_95th([each.total_ms for each in those]))
        for day, those in by_day.items()
    ]  # fmt: skip


def declined_share(asked: Sequence[AskedThen], days: Sequence[date]) -> list[DayShare]:
    """How many of each day's questions were declined."""
    declined, all_asked = Counter[date](), Counter[date]()
    for each in asked:
        all_asked[each.day] += 1
        declined[each.day] += each.declined
    return [DayShare(day, declined[day], all_asked[day]) for day in days]


def _middle_and_95th(values: Sequence[float]) -> tuple[float | None, float | None]:
    """The median, and the smallest value that 95 of 100 do not exceed (nearest rank)."""
    if not values:
        return None, None
    return statistics.median(values), sorted(values)[-(-95 * len(values) // 100) - 1]
