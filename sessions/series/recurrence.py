"""The dates of a series, and what the clock on the wall makes of each.

Dates come first, by the calendar of the counsellor's zone; each is turned into an instant by
itself, so that a series keeps its time on the wall when the clocks change.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from counsel.common.zones import to_utc

WEEKLY = "weekly"
FORTNIGHTLY = "fortnightly"
MONTHLY = "monthly"

# Two years of weeks.
LONGEST_SERIES = 104

ONE_DAY = timedelta(days=1)
ONE_WEEK = timedelta(days=7)
_APART = {WEEKLY: ONE_WEEK, FORTNIGHTLY: 2 * ONE_WEEK}
# The last of its weekday, be it the fourth or the fifth.
_LAST = 4


class SeriesTooLong(ValueError):
    """More dates than a series may have, or dates outside the calendar."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a clock on the wall makes of a date and a time.

    `instants` in UTC: one as a rule, two where the clock shows it twice, in order, and none
    where the clocks skip it. Then `moved_to` is what the same time would be had the clocks
    stayed as they were: 01:30 becomes 02:30.
    """

    day: date
    at: time
    instants: tuple[datetime, ...]
    moved_to: datetime | None = None

    @property
    def first(self) -> datetime | None:
        return self.instants[0] if self.instants else None

    @property
    def is_twice(self) -> bool:
        return len(self.instants) > 1


def series_days(
    rhythm: str, first_day: date, *, last_day: date | None = None, count: int | None = None
) -> list[date]:
    """The dates from `first_day` on: until `last_day`, inclusive, or `count` of them.

    Monthly is the same weekday of the month, the second Tuesday; a fifth counts as the last.
    Raises ValueError for an unknown rhythm and unless exactly one end is given, SeriesTooLong
    past `LONGEST_SERIES`.
    """
    if (last_day is None) == (count is None):
        raise ValueError("A series ends on a day or after so many, and not both.")
    days: list[date] = []
    try:
        for day in _days(rhythm, first_day):
            if len(days) == count or (last_day is not None and day > last_day):
                break
            if len(days) == LONGEST_SERIES:
                raise SeriesTooLong
            days.append(day)
    except OverflowError as error:
        raise SeriesTooLong from error
    return days


def read(day: date, at: time, zone: ZoneInfo) -> Reading:
    """Raises OverflowError at the edges of the years 1 and 9999."""
    first, second = (to_utc(day, at, zone, fold=fold) for fold in (0, 1))
    if first is None or second is None:
        moved_to = datetime.combine(day, at.replace(fold=0), tzinfo=zone).astimezone(UTC)
        return Reading(day, at, (), moved_to)
    return Reading(day, at, (first,) if first == second else (first, second))


def clock_shift(earlier: datetime, later: datetime, zone: ZoneInfo) -> timedelta:
    """How far the clocks of the zone were put forward between the two; below zero: back."""
    return _offset(later, zone) - _offset(earlier, zone)


def on_weekday(rhythm: str, day: date, first_day: date, weekday: int) -> date:
    """Where a date of the series goes when the series moves to another weekday (0 = Monday).

    Weekly and fortnightly: within its week, which begins on Monday. Monthly: to the same
    place in its month, the second Tuesday to the second Thursday.
    """
    if rhythm == MONTHLY:
        return _in_month(day.year, day.month, weekday, place_in_month(first_day))
    return day + (weekday - day.weekday()) * ONE_DAY


def place_in_month(day: date) -> int:
    """0 for the first of its weekday in its month, up to 3; 4 for the last of all."""
    return (day.day - 1) // 7


def _days(rhythm: str, first_day: date) -> Iterator[date]:
    if rhythm == MONTHLY:
        return _months(first_day)
    if rhythm not in _APART:
        raise ValueError("This is no rhythm of a series.")
    return _apart(first_day, _APART[rhythm])


def _apart(day: date, step: timedelta) -> Iterator[date]:
    while True:
        yield day
        day += step


def _months(first_day: date) -> Iterator[date]:
    place = place_in_month(first_day)
    month = first_day.year * 12 + first_day.month - 1
    while True:
        if month // 12 > date.max.year:
            raise OverflowError
        yield _in_month(month // 12, month % 12 + 1, first_day.weekday(), place)
        month += 1


def _in_month(year: int, month: int, weekday: int, place: int) -> date:
    first = date(year, month, 1)
    first += (weekday - first.weekday()) % 7 * ONE_DAY
    day = first + min(place, _LAST - 1) * ONE_WEEK
    if place == _LAST and (day + ONE_WEEK).month == month:
        day += ONE_WEEK
    return day


def _offset(instant: datetime, zone: ZoneInfo) -> timedelta:
    return instant.astimezone(zone).utcoffset() or timedelta()
