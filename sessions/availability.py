"""Which times are open: rules, exceptions and what is held already in, slots out.

Weekly rules are wall-clock times in the counsellor's zone and are expanded date by
date; everything else is UTC, and an hour is 60 real minutes. A wall-clock time that a
clock change skips is never offered, one that it repeats is offered the first time only.

Starts are counted in steps from where the counsellor's hours begin, and anew from each
midnight inside them, so that every span of days gives the same times. Time off does not
move them: else a holiday would look different from a booked hour to a visitor.

Spans are reckoned in whole seconds since 1970: a year of consultations is read with every
page of times, and plain numbers are what that costs least with.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from heapq import nsmallest
from operator import attrgetter
from typing import NamedTuple
from zoneinfo import ZoneInfo

from counsel.common.zones import first_instant, local_date

MIDNIGHT = time()
ONE_DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
DAY_SECONDS = 24 * 60 * 60
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class WeeklyRule:
    """Open hours on one weekday (0 = Monday); an end of 00:00 is the end of the day.

    Both dates of validity are inclusive. A rule that ends before it starts opens nothing.
    """

    weekday: int
    start: time
    end: time
    valid_from: date | None = None
    valid_until: date | None = None

    def is_valid_on(self, day: date) -> bool:
        """Whether the dates of validity include that day, whatever its weekday."""
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_until is None or day <= self.valid_until
        )


class Span(NamedTuple):
    """Whole seconds of UTC since 1970, half-open."""

    start: int
    end: int

    @classmethod
    def between(cls, start: datetime, end: datetime) -> Span:
        """The whole seconds that the two instants touch."""
        return cls(seconds(start), -((EPOCH - end) // SECOND))


@dataclass(frozen=True, slots=True)
class Terms:
    """What a service asks of its slots.

    The maxima count by the counsellor's local date, and by the week that begins on Monday.
    """

    length: timedelta
    buffer_before: timedelta
    buffer_after: timedelta
    step: timedelta
    minimum_notice: timedelta
    horizon: timedelta
    daily_maximum: int | None = None
    weekly_maximum: int | None = None

    def __post_init__(self) -> None:
        if self.length < SECOND or self.step < SECOND:
            raise ValueError("A slot's length and step must be above zero.")

    @property
    def is_limited(self) -> bool:
        return self.daily_maximum is not None or self.weekly_maximum is not None


class Slot(NamedTuple):
    """UTC, half-open, without the buffers."""

    start: datetime
    end: datetime


def open_slots(
    *,
    rules: Iterable[WeeklyRule],
    extra: Iterable[tuple[int, int]],
    time_off: Iterable[tuple[int, int]],
    busy: Iterable[tuple[int, int]],
    taken: Iterable[int],
    terms: Terms,
    zone: ZoneInfo,
    now: datetime,
    first_day: date,
    last_day: date,
) -> list[Slot]:
    """The slots that start on these days (inclusive, in `zone`), in order.

    A slot lies wholly inside (rules and extra hours) less time off. With its buffers
    it overlaps no `busy` span; those bring their own buffers along. `taken` are the
    starts, in seconds as in a span, of what counts toward the maxima. Days beyond notice
    and horizon cost nothing, so any two dates are safe to pass on.
    """
    earliest = now.astimezone(UTC) + terms.minimum_notice
    latest = now.astimezone(UTC) + terms.horizon
    first_day = max(first_day, local_date(earliest, zone))
    last_day = min(last_day, local_date(latest, zone))
    if first_day > last_day:
        return []
    # A slot that starts on the last day may end on a later one.
    days = _days(first_day, last_day + terms.length + 2 * ONE_DAY, zone)
    offered = {day.date for day in days if day.date <= last_day}
    offered -= _full_days(offered, taken, terms, zone)
    windows = _windows(rules, extra, days, zone)
    length, step = terms.length // SECOND, terms.step // SECOND
    # A slot may start at either end of it.
    reach = Span(-((EPOCH - earliest) // SECOND), seconds(latest) + 1)
    starts = _starts(windows, days, offered, reach, length, step, zone)
    starts = _unblocked(starts, time_off, length, 0)
    before, after = terms.buffer_before // SECOND, terms.buffer_after // SECOND
    starts = _unblocked(starts, busy, length + after, before)
    return [
        Slot(datetime.fromtimestamp(start, UTC), datetime.fromtimestamp(start + length, UTC))
        for start in starts
    ]


def seconds(instant: datetime) -> int:
    """Since 1970, as in a span; a part of a second is left out."""
    return (instant - EPOCH) // SECOND


def slot_at(slots: Iterable[Slot], start: datetime) -> Slot | None:
    """The slot that starts then (UTC): checks a wish against the list it was chosen from."""
    return next((slot for slot in slots if slot.start == start), None)


def nearest(slots: Sequence[Slot], wanted: datetime, count: int) -> list[Slot]:
    """So many slots closest to a time, the earlier of two as close; in order of time."""
    closest = nsmallest(count, slots, key=lambda slot: (abs(slot.start - wanted), slot.start))
    return sorted(closest, key=attrgetter("start"))


def open_hours(
    *,
    rules: Iterable[WeeklyRule],
    extra: Iterable[tuple[int, int]],
    time_off: Iterable[tuple[int, int]],
    zone: ZoneInfo,
    first_day: date,
    last_day: date,
) -> list[Span]:
    """The open time of these days (inclusive, in `zone`), whoever holds it; in order."""
    spans = _windows(rules, extra, _days(first_day, last_day, zone), zone)
    for off_from, off_until in time_off:
        spans = [
            Span(*part)
            for start, end in spans
            for part in ((start, min(end, off_from)), (max(start, off_until), end))
            if part[0] < part[1]
        ]
    return spans


def monday_of(day: date) -> date:
    """The first day of its week. Raises OverflowError in the first week of the year 1."""
    return day - timedelta(days=day.weekday())


class _Day(NamedTuple):
    """From the first instant that bears the date to the first of the next day.

    In a steady one the clock is never moved: its times are midnight and so much.
    """

    date: date
    start: int
    end: int
    is_steady: bool


def _days(first: date, last: date, zone: ZoneInfo) -> list[_Day]:
    return [_day(first + n * ONE_DAY, zone) for n in range((last - first).days + 1)]


@lru_cache(maxsize=4096)
def _day(day: date, zone: ZoneInfo) -> _Day:
    ends = (day, day + ONE_DAY)
    readings = [datetime.combine(at, time(fold=fold), zone) for at in ends for fold in (0, 1)]
    # No zone has ever moved its clocks and moved them back within one day.
    is_steady = len({reading.utcoffset() for reading in readings}) == 1
    start, end = (seconds(first_instant(at, MIDNIGHT, zone)) for at in ends)
    return _Day(day, start, end, is_steady)


def _full_days(
    offered: Iterable[date], taken: Iterable[int], terms: Terms, zone: ZoneInfo
) -> set[date]:
    """Those of the dates on which no further slot may be offered."""
    if not terms.is_limited:
        return set()
    dates = [datetime.fromtimestamp(start, zone).date() for start in taken]
    by_day, by_week = Counter(dates), Counter(map(monday_of, dates))
    a_day = math.inf if terms.daily_maximum is None else terms.daily_maximum
    a_week = math.inf if terms.weekly_maximum is None else terms.weekly_maximum
    return {day for day in offered if by_day[day] >= a_day or by_week[monday_of(day)] >= a_week}


def _windows(
    rules: Iterable[WeeklyRule],
    extra: Iterable[tuple[int, int]],
    days: Sequence[_Day],
    zone: ZoneInfo,
) -> list[Span]:
    """Open hours before time off, in order; those that touch or overlap are one."""
    by_weekday = defaultdict(list)
    for rule in rules:
        by_weekday[rule.weekday].append(rule)
    first, last = days[0].start, days[-1].end
    spans = [Span(max(start, first), min(end, last)) for start, end in extra]
    spans += [
        _hours(rule, day, zone)
        for day in days
        for rule in by_weekday.get(day.date.weekday(), ())
        if rule.is_valid_on(day.date)
    ]
    return _merged(spans)


def _hours(rule: WeeklyRule, day: _Day, zone: ZoneInfo) -> Span:
    """The rule's hours on a day, in seconds."""
    if day.is_steady:
        start, end = _second_of_day(rule.start), _second_of_day(rule.end) or DAY_SECONDS
        return Span(day.start + start, day.start + end)
    start = seconds(first_instant(day.date, rule.start, zone))
    if rule.end == MIDNIGHT:
        return Span(start, day.end)
    return Span(start, seconds(first_instant(day.date, rule.end, zone)))


def _second_of_day(at: time) -> int:
    return at.hour * 3600 + at.minute * 60 + at.second


def _merged(spans: Iterable[Span]) -> list[Span]:
    merged: list[Span] = []
    for span in sorted(spans):
        if merged and span.start <= merged[-1].end:
            merged[-1] = Span(merged[-1].start, max(merged[-1].end, span.end))
        else:
            merged.append(span)
    return merged


def _starts(
    windows: Iterable[Span],
    days: Sequence[_Day],
    offered: Set[date],
    reach: Span,
    length: int,
    step: int,
    zone: ZoneInfo,
) -> list[int]:
    """Each start on the grid of an offered day from which a whole slot fits into its window."""
    starts: list[int] = []
    midnights = [day.start for day in days]
    for start, end in windows:
        first, beyond = bisect_right(midnights, start) - 1, bisect_left(midnights, end)
        for day in days[first:beyond]:
            if day.date not in offered:
                continue
            since = max(start, day.start)
            # The first one on the grid that is not before the reach.
            since += max(0, -((since - reach.start) // step)) * step
            grid = range(since, min(end - length + 1, day.end, reach.end), step)
            starts += grid if day.is_steady else (at for at in grid if _is_first(at, zone))
    return starts


def _is_first(start: int, zone: ZoneInfo) -> bool:
    """Whether the clock on the wall shows this for the first time."""
    return not datetime.fromtimestamp(start, zone).fold


def _unblocked(
    starts: list[int], spans: Iterable[tuple[int, int]], before: int, after: int
) -> list[int]:
    """Those (in order) that do not lie inside a span made longer by so much, bounds excluded."""
    waiting = sorted(spans, reverse=True)
    free = []
    blocked_until = -math.inf
    for start in starts:
        while waiting and waiting[-1][0] - before < start:
            begins, ends = waiting.pop()
            if begins < ends and blocked_until < ends + after:
                blocked_until = ends + after
        if blocked_until <= start:
            free.append(start)
    return free
