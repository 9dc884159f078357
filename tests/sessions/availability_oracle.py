"""Open slots worked out the slow way: one minute after the other, with sets.

Shares nothing with the code under test: it never turns a wall-clock time into an
instant, it only reads what the clock shows at each minute. Everything it is given
must lie on whole minutes.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from zoneinfo import ZoneInfo

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


@cache
def clock_changes(zone, year):
    """The first instants of new offsets in that year, found day by day, then minute by minute."""
    starts = [datetime(year, 1, 1, tzinfo=UTC) + n * DAY for n in range(367)]
    offsets = [offset(start, zone) for start in starts]
    return tuple(
        next(m for m in run(start, start + DAY + MINUTE) if offset(m, zone) != before)
        for start, before, after in zip(starts, offsets, offsets[1:], strict=False)
        if before != after
    )


def offset(instant, zone):
    return instant.astimezone(zone).utcoffset()


@cache
def distinct_zones(names, year):
    """One zone for each way the clocks go in that year, so that a test can walk all of them."""
    by_behaviour = {}
    for name in names:
        zone = ZoneInfo(name)
        changes = clock_changes(zone, year)
        offsets = tuple(offset(at, zone) for at in (datetime(year, 1, 1, tzinfo=UTC), *changes))
        by_behaviour.setdefault((changes, offsets), zone)
    return tuple(by_behaviour.values())


def oracle_starts(*, rules, extra, time_off, busy, taken, terms, zone, now, first_day, last_day):
    """The starts of all open slots. Slots are shorter than a day."""
    walked = days(first_day - DAY, last_day + DAY)
    clock = read_clock(zone, walked)
    opened = minutes_of(extra)
    for day in walked:
        opened |= {m for rule in rules for m in rule_minutes(rule, day, clock)}
    free = opened - minutes_of(time_off)
    held = minutes_of(busy)
    full = full_days(taken, terms, zone, walked)
    return [
        start
        for start in grid(opened, clock, terms.step)
        if first_day <= clock[start].date() <= last_day
        and clock[start].fold == 0
        and clock[start].date() not in full
        and now + terms.minimum_notice <= start <= now + terms.horizon
        and free.issuperset(run(start, start + terms.length))
        and held.isdisjoint(
            run(start - terms.buffer_before, start + terms.length + terms.buffer_after)
        )
    ]


def read_clock(zone, walked):
    """What the clock on the wall shows, for each minute of these days and more."""
    start = datetime.combine(walked[0], time(), tzinfo=UTC) - DAY
    end = datetime.combine(walked[-1], time(), tzinfo=UTC) + 2 * DAY
    return {
        minute: shown
        for n in range((end - start).days)
        for minute, shown in a_day(zone, start + n * DAY)
    }


@lru_cache(maxsize=32)
def a_day(zone, start):
    minutes = run(start, start + DAY)
    return [(minute, minute.astimezone(zone).replace(tzinfo=None)) for minute in minutes]


def rule_minutes(rule, day, clock):
    """From the first minute showing the start or later, to the first showing the end or later."""
    if day.weekday() != rule.weekday:
        return []
    if (rule.valid_from and day < rule.valid_from) or (rule.valid_until and day > rule.valid_until):
        return []
    end_day = day if rule.end > time() else day + DAY
    opens = first_showing(datetime.combine(day, rule.start), clock)
    return run(opens, first_showing(datetime.combine(end_day, rule.end), clock))


def first_showing(wall, clock):
    return next(minute for minute, shown in clock.items() if shown >= wall)


def grid(opened, clock, step):
    """Every `step` from where a window begins, and anew from each midnight inside it."""
    first_dates = {}
    for minute, shown in clock.items():
        first_dates.setdefault(shown.date(), minute)
    midnights = set(first_dates.values())
    for minute in sorted(opened & clock.keys()):
        if minute - MINUTE not in opened or minute in midnights:
            since = minute
        if (minute - since) % step == timedelta():
            yield minute


def full_days(taken, terms, zone, walked):
    """The dates with so many consultations or more, or in a week with so many.

    Weeks are told apart as calendars number them. Tests leave out a maximum of nought.
    """
    dates = [instant(at).astimezone(zone).date() for at in taken]
    weeks = [week(day) for day in dates]
    return {
        day
        for day in walked
        if reached(terms.daily_maximum, dates.count(day))
        or reached(terms.weekly_maximum, weeks.count(week(day)))
    }


def week(day):
    return day.isocalendar()[:2]


def reached(maximum, count):
    return maximum is not None and count >= maximum


def minutes_of(spans):
    return {minute for span in spans for minute in run(instant(span.start), instant(span.end))}


def instant(seconds):
    return datetime.fromtimestamp(seconds, UTC)


def run(start, end):
    return [start + n * MINUTE for n in range((end - start) // MINUTE)]


def days(first: date, last: date):
    return [first + n * DAY for n in range((last - first).days + 1)]
