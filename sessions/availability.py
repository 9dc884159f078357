"""Which times are open: rules, exceptions and what is held already in, slots out.

Weekly rules are wall-clock times in the counsellor's zone and are expanded date by
date; everything else is UTC, and an hour is 60 real minutes. A wall-clock time that a
clock change skips is never offered, one that it repeats is offered the first time only.

Starts are counted in steps from where the counsellor's hours begin, and anew from each
midnight inside them, so that every span of days gives the same times. Time off does not
move them: else a holiday would look different from a booked hour to a visitor.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from heapq import nsmallest
from itertools import pairwise
from operator import attrgetter
from zoneinfo import ZoneInfo

from counsel.common.zones import first_instant, local_date

MIDNIGHT = time()
ONE_DAY = timedelta(days=1)


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

    def applies_on(self, day: date) -> bool:
        return (
            day.weekday() == self.weekday
            and (self.valid_from is None or self.valid_from <= day)
            and (self.valid_until is None or day <= self.valid_until)
        )


@dataclass(frozen=True, slots=True)
class Span:
    """UTC, half-open."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Terms:
    """What a service asks of its slots. `daily_maximum` counts by the counsellor's local date."""

    length: timedelta
    buffer_before: timedelta
    buffer_after: timedelta
    step: timedelta
    minimum_notice: timedelta
    horizon: timedelta
    daily_maximum: int | None = None

    def __post_init__(self) -> None:
        if self.length <= timedelta() or self.step <= timedelta():
            raise ValueError("A slot's length and step must be above zero.")


@dataclass(frozen=True, slots=True)
class Slot:
    """UTC, half-open, without the buffers."""

    start: datetime
    end: datetime


def open_slots(
    *,
    rules: Iterable[WeeklyRule],
    extra: Iterable[Span],
    time_off: Iterable[Span],
    busy: Iterable[Span],
    taken: Iterable[datetime],
    terms: Terms,
    zone: ZoneInfo,
    now: datetime,
    first_day: date,
    last_day: date,
) -> list[Slot]:
    """The slots that start on these days (inclusive, in `zone`), in order.

    A slot lies wholly inside (rules and extra hours) less time off. With its buffers
    it overlaps no `busy` range; those bring their own buffers along. `taken` are the
    starts of what counts toward the daily maximum. Days beyond notice and horizon
    cost nothing, so any two dates are safe to pass on.
    """
    earliest = now.astimezone(UTC) + terms.minimum_notice
    latest = now.astimezone(UTC) + terms.horizon
    first_day = max(first_day, local_date(earliest, zone))
    last_day = min(last_day, local_date(latest, zone))
    if first_day > last_day or terms.daily_maximum == 0:
        return []
    # A slot that starts on the last day may end on a later one.
    midnights = _midnights(first_day, last_day + terms.length + 2 * ONE_DAY, zone)
    reach = Span(max(midnights[0], earliest), midnights[(last_day - first_day).days + 1])
    windows = _windows(rules, extra, zone, first_day, midnights)
    blocks = [
        *_blocked_starts(time_off, terms.length, timedelta(), reach),
        *_blocked_starts(busy, terms.length + terms.buffer_after, terms.buffer_before, reach),
    ]
    full = _full_days(taken, terms.daily_maximum, zone, reach)
    return [
        Slot(start, start + terms.length)
        for start in _unblocked(_starts(windows, midnights, terms), blocks)
        if reach.start <= start < reach.end and start <= latest and _is_offered(start, zone, full)
    ]


def slot_at(slots: Iterable[Slot], start: datetime) -> Slot | None:
    """The slot that starts then (UTC): checks a wish against the list it was chosen from."""
    return next((slot for slot in slots if slot.start == start), None)


def nearest(slots: Sequence[Slot], wanted: datetime, count: int) -> list[Slot]:
    """So many slots closest to a time, the earlier of two as close; in order of time."""
    closest = nsmallest(count, slots, key=lambda slot: (abs(slot.start - wanted), slot.start))
    return sorted(closest, key=attrgetter("start"))


def _midnights(first_day: date, last_day: date, zone: ZoneInfo) -> list[datetime]:
    """Where each of these days begins, and where the last one ends."""
    count = (last_day - first_day).days + 2
    return [first_instant(first_day + n * ONE_DAY, MIDNIGHT, zone) for n in range(count)]


def _windows(
    rules: Iterable[WeeklyRule],
    extra: Iterable[Span],
    zone: ZoneInfo,
    first_day: date,
    midnights: Sequence[datetime],
) -> list[Span]:
    """Open hours before time off, in order; those that touch or overlap are one."""
    rules = list(rules)
    spans = [Span(max(s.start, midnights[0]), min(s.end, midnights[-1])) for s in extra]
    for n in range(len(midnights) - 1):
        day = first_day + n * ONE_DAY
        for rule in rules:
            if rule.applies_on(day):
                spans.append(Span(first_instant(day, rule.start, zone), _end(rule, day, zone)))
    return _merged(spans)


def _end(rule: WeeklyRule, day: date, zone: ZoneInfo) -> datetime:
    return first_instant(day if rule.end > MIDNIGHT else day + ONE_DAY, rule.end, zone)


def _merged(spans: Iterable[Span]) -> list[Span]:
    merged: list[Span] = []
    for span in sorted(spans, key=attrgetter("start")):
        if merged and span.start <= merged[-1].end:
            merged[-1] = Span(merged[-1].start, max(merged[-1].end, span.end))
        else:
            merged.append(span)
    return merged


def _starts(
    windows: Iterable[Span], midnights: Sequence[datetime], terms: Terms
) -> Iterator[datetime]:
    """Each start on the grid from which a whole slot fits into its window, in order."""
    for window in windows:
        inside = slice(bisect_right(midnights, window.start), bisect_left(midnights, window.end))
        for start, end in pairwise([window.start, *midnights[inside], window.end]):
            while start < end and start + terms.length <= window.end:
                yield start
                start += terms.step


def _blocked_starts(
    spans: Iterable[Span], before: timedelta, after: timedelta, reach: Span
) -> list[Span]:
    """Ranges, bounds excluded, inside which a slot may not start: those that matter in reach."""
    low, high = reach.start - after, reach.end + before
    return [
        Span(span.start - before, span.end + after)
        for span in spans
        if span.end > low and span.start < high and span.start < span.end
    ]


def _unblocked(starts: Iterable[datetime], blocks: Iterable[Span]) -> Iterator[datetime]:
    waiting = sorted(blocks, key=attrgetter("start"), reverse=True)
    blocked_until: datetime | None = None
    for start in starts:
        while waiting and waiting[-1].start < start:
            end = waiting.pop().end
            blocked_until = end if blocked_until is None else max(blocked_until, end)
        if blocked_until is None or blocked_until <= start:
            yield start


def _full_days(
    taken: Iterable[datetime], maximum: int | None, zone: ZoneInfo, reach: Span
) -> Set[date]:
    """The local dates on which no further slot may be offered."""
    if maximum is None:
        return frozenset()
    near = (s for s in taken if reach.start - 2 * ONE_DAY < s < reach.end + 2 * ONE_DAY)
    counts = Counter(local_date(start, zone) for start in near)
    return {day for day, count in counts.items() if count >= maximum}


def _is_offered(start: datetime, zone: ZoneInfo, full: Set[date]) -> bool:
    """Not a repeated wall-clock time, nor on a full day."""
    shown = start.astimezone(zone)
    return not shown.fold and shown.date() not in full
