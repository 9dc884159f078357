from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counsel.common.zones import get_zone
from sessions.series.recurrence import (
    LONGEST_SERIES,
    SeriesTooLong,
    clock_shift,
    on_weekday,
    read,
    series_days,
)
from tests.sessions.availability_inputs import ALL_NAMES
from tests.sessions.availability_oracle import clock_changes, distinct_zones

LONDON = ZoneInfo("Europe/London")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")
KOLKATA = ZoneInfo("Asia/Kolkata")
RHYTHMS = ["weekly", "fortnightly", "monthly"]
A_DAY = timedelta(days=1)

days_of_our_time = st.dates(date(2020, 1, 1), date(2040, 1, 1))
wall_times = st.integers(0, 24 * 60 - 1).map(lambda n: time(n // 60, n % 60))


def every_day_from(day):
    while True:
        yield day
        day += A_DAY


def oracle(rhythm, first_day):
    """Walks through the calendar day by day and asks of each whether it belongs."""
    for day in every_day_from(first_day):
        if day.weekday() != first_day.weekday():
            continue
        if rhythm == "weekly" or (rhythm == "fortnightly" and (day - first_day).days % 14 == 0):
            yield day
        if rhythm == "monthly":
            same = [d for d in range(1, 32) if is_weekday(day, d, first_day.weekday())]
            place = [d for d in range(1, 32) if is_weekday(first_day, d, first_day.weekday())]
            position = place.index(first_day.day)
            if day.day == (same[position] if position < 4 else same[-1]):
                yield day


def is_weekday(month, day, weekday):
    try:
        return month.replace(day=day).weekday() == weekday
    except ValueError:
        return False


# --- Dates --------------------------------------------------------------------------------


@given(st.sampled_from(RHYTHMS), days_of_our_time, st.integers(1, 40))
def test_the_dates_are_those_a_walk_through_the_calendar_finds(rhythm, first_day, count):
    days = series_days(rhythm, first_day, count=count)
    assert days == list(islice(oracle(rhythm, first_day), count))
    assert len(days) == count
    assert all(earlier < later for earlier, later in pairwise(days))
    assert series_days(rhythm, first_day, last_day=days[-1]) == days
    assert series_days(rhythm, first_day, last_day=days[-1] - A_DAY) == days[:-1]


@pytest.mark.parametrize(
    ("first_day", "following"),
    [
        # The second Tuesday; the fourth, never the fifth; a fifth counts as the last.
        (date(2026, 1, 13), [date(2026, 2, 10), date(2026, 3, 10)]),
        (date(2026, 3, 24), [date(2026, 4, 28), date(2026, 5, 26)]),
        (date(2026, 3, 31), [date(2026, 4, 28), date(2026, 5, 26), date(2026, 6, 30)]),
        (date(2026, 12, 8), [date(2027, 1, 12)]),
    ],
)
def test_a_month_keeps_the_place_of_its_weekday(first_day, following):
    days = series_days("monthly", first_day, count=len(following) + 1)
    assert days == [first_day, *following]


def test_a_series_has_an_end():
    first_day = date(2026, 1, 5)
    assert len(series_days("weekly", first_day, count=LONGEST_SERIES)) == LONGEST_SERIES
    for end in ({"count": LONGEST_SERIES + 1}, {"last_day": date(9999, 12, 31)}):
        with pytest.raises(SeriesTooLong):
            series_days("weekly", first_day, **end)
    for end in ({}, {"count": 2, "last_day": first_day}):
        with pytest.raises(ValueError, match="ends on a day or after so many"):
            series_days("weekly", first_day, **end)
    assert series_days("weekly", first_day, last_day=first_day - A_DAY) == []


@pytest.mark.parametrize("rhythm", RHYTHMS)
def test_it_stops_where_the_calendar_does(rhythm):
    with pytest.raises(SeriesTooLong):
        series_days(rhythm, date(9999, 11, 1), count=10)


def test_an_unknown_rhythm_is_none():
    with pytest.raises(ValueError, match="no rhythm"):
        series_days("hourly", date(2026, 1, 5), count=2)


# --- Instants -----------------------------------------------------------------------------


@given(
    st.sampled_from(ALL_NAMES).map(get_zone),
    st.sampled_from(RHYTHMS),
    days_of_our_time,
    wall_times,
    st.integers(2, 30),
)
def test_every_date_keeps_its_time_on_the_wall(zone, rhythm, first_day, at, count):
    readings = [read(day, at, zone) for day in series_days(rhythm, first_day, count=count)]
    for reading in readings:
        for instant in reading.instants:
            assert instant.utcoffset() == timedelta()
            assert instant.astimezone(zone).replace(tzinfo=None) == datetime.combine(
                reading.day, at
            )
        assert (reading.moved_to is None) == bool(reading.instants)
    firsts = [reading.first or reading.moved_to for reading in readings]
    assert firsts == sorted(firsts)


def test_around_every_clock_change_of_every_zone_a_week_is_a_week_on_the_wall():
    for zone in distinct_zones(ALL_NAMES, 2026):
        for change in clock_changes(zone, 2026):
            day = change.astimezone(zone).date()
            for at in (time(1, 30), time(2, 15), time(12), time(23, 45)):
                before, after = (read(day + n * 7 * A_DAY, at, zone).first for n in (-1, 1))
                if before and after:
                    assert after - before == 14 * A_DAY - clock_shift(before, after, zone)


@pytest.mark.parametrize(
    ("zone", "day", "at", "moved"),
    [
        (LONDON, date(2026, 3, 29), time(1, 30), "02:30"),
        (ZoneInfo("America/New_York"), date(2026, 3, 8), time(2), "03:00"),
        (LORD_HOWE, date(2026, 10, 4), time(2, 15), "02:45"),
    ],
)
def test_a_time_the_clocks_skip_is_none_and_the_moved_one_is_offered(zone, day, at, moved):
    reading = read(day, at, zone)
    assert reading.instants == ()
    assert reading.first is None
    assert f"{reading.moved_to.astimezone(zone):%H:%M}" == moved


@pytest.mark.parametrize(
    ("zone", "day", "at", "apart"),
    [
        (LONDON, date(2026, 10, 25), time(1, 30), 60),
        (LORD_HOWE, date(2026, 4, 5), time(1, 45), 30),
    ],
)
def test_a_time_the_clocks_repeat_is_two_the_first_by_default(zone, day, at, apart):
    reading = read(day, at, zone)
    first, second = reading.instants
    assert reading.is_twice
    assert reading.first == first
    assert second - first == timedelta(minutes=apart)


def test_a_day_the_zone_skipped_has_no_time_at_all():
    reading = read(date(2011, 12, 30), time(10), ZoneInfo("Pacific/Apia"))
    assert reading.instants == ()
    assert reading.moved_to.astimezone(ZoneInfo("Pacific/Apia")).date() == date(2011, 12, 31)


def test_the_shift_between_two_dates_says_which_way_the_clocks_went():
    winter, summer = datetime(2026, 3, 28, tzinfo=UTC), datetime(2026, 3, 30, tzinfo=UTC)
    assert clock_shift(winter, summer, LONDON) == timedelta(hours=1)
    assert clock_shift(summer, winter, LONDON) == timedelta(hours=-1)
    assert clock_shift(winter, summer, KOLKATA) == timedelta()


# --- Another weekday ----------------------------------------------------------------------


@given(st.sampled_from(["weekly", "fortnightly"]), days_of_our_time, st.integers(0, 6))
def test_another_weekday_lies_in_the_same_week(rhythm, day, weekday):
    moved = on_weekday(rhythm, day, day, weekday)
    assert moved.weekday() == weekday
    assert moved.isocalendar()[:2] == day.isocalendar()[:2]


@given(days_of_our_time, st.integers(0, 6), st.integers(2, 20))
def test_another_weekday_keeps_its_place_in_every_month(first_day, weekday, count):
    days = series_days("monthly", first_day, count=count)
    moved = [on_weekday("monthly", day, first_day, weekday) for day in days]
    assert [(day.year, day.month) for day in moved] == [(day.year, day.month) for day in days]
    assert {day.weekday() for day in moved} == {weekday}
    if first_day.day <= 28:
        assert {(day.day - 1) // 7 for day in moved} == {(first_day.day - 1) // 7}
