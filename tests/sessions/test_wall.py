from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import combinations
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counsel.common.zones import day_bounds, get_zone
from sessions.wall import DAY_MINUTES, Axis, Placed, clock_change, in_lanes
from tests.sessions.availability_inputs import ALL_NAMES

LONDON = ZoneInfo("Europe/London")
SPRING, AUTUMN = date(2030, 3, 31), date(2030, 10, 27)
A_DAY = timedelta(days=1)


def week(day):
    monday = day - timedelta(days=day.weekday())
    return [monday + n * A_DAY for n in range(7)]


def on(day, hour, minute=0, fold=0, zone=LONDON):
    local = datetime(day.year, day.month, day.day, hour, minute, fold=fold, tzinfo=zone)
    return local.astimezone(UTC)


def test_an_ordinary_week_is_a_day_of_minutes_with_no_holes():
    days = week(date(2030, 6, 5))
    axis = Axis(days, LONDON)
    assert axis.length == DAY_MINUTES
    assert [axis.missing(day) for day in days] == [[]] * 7
    assert axis.between(on(days[2], 10), on(days[2], 10, 50), days[2]) == Placed(600, 650)
    assert axis.hours() == [(hour * 60, hour) for hour in range(24)]


def test_a_skipped_hour_is_empty_and_ten_stands_where_it_always_does():
    axis = Axis(week(SPRING), LONDON)
    assert axis.length == DAY_MINUTES
    assert axis.missing(SPRING) == [Placed(60, 120)]
    assert axis.missing(SPRING - A_DAY) == []
    assert axis.at(on(SPRING, 10), SPRING) == axis.at(on(SPRING - A_DAY, 10), SPRING - A_DAY)


def test_a_repeated_hour_is_drawn_twice_and_the_other_days_are_empty_there():
    axis = Axis(week(AUTUMN), LONDON)
    assert axis.length == DAY_MINUTES + 60
    assert axis.missing(AUTUMN) == []
    assert axis.missing(AUTUMN - A_DAY) == [Placed(120, 180)]
    first, second = on(AUTUMN, 1, 30), on(AUTUMN, 1, 30, fold=1)
    assert (axis.at(first, AUTUMN), axis.at(second, AUTUMN)) == (90, 150)
    assert axis.at(on(AUTUMN, 10), AUTUMN) == axis.at(on(AUTUMN - A_DAY, 10), AUTUMN - A_DAY) == 660
    assert axis.between(first, second, AUTUMN) == Placed(90, 150)
    assert [hour for _place, hour in axis.hours()][:5] == [0, 1, 1, 2, 3]


@pytest.mark.parametrize(
    ("zone", "day", "change"),
    [
        ("Europe/London", SPRING, (60, 60, False)),
        ("Europe/London", AUTUMN, (60, 60, True)),
        ("Australia/Lord_Howe", date(2026, 10, 4), (120, 30, False)),
        ("Australia/Lord_Howe", date(2026, 4, 5), (90, 30, True)),
        # At midnight itself: the day begins at one, or ends twice.
        ("America/Santiago", date(2026, 9, 6), (0, 60, False)),
        ("America/Santiago", date(2026, 4, 4), (23 * 60, 60, True)),
        ("Pacific/Apia", date(2011, 12, 30), (0, DAY_MINUTES, False)),
        ("Asia/Kolkata", SPRING, None),
    ],
)
def test_it_finds_what_is_done_to_the_clock(zone, day, change):
    found = clock_change(day, ZoneInfo(zone))
    assert (found and (found.start, found.length, found.is_repeat)) == change


@given(
    st.sampled_from(ALL_NAMES).map(get_zone),
    st.dates(date(2025, 1, 1), date(2035, 1, 1)),
    st.integers(0, 25 * 60),
)
def test_every_minute_of_every_day_has_a_place_of_its_own(zone, day, minutes):
    axis = Axis(week(day), zone)
    first, last = day_bounds(day, zone)
    holes = sum(hole.bottom - hole.top for hole in axis.missing(day))
    assert axis.length - holes == (last - first) // timedelta(minutes=1)
    instant = first + timedelta(minutes=minutes)
    if instant >= last:
        return
    place = axis.at(instant, day)
    assert all(not hole.top <= place < hole.bottom for hole in axis.missing(day))
    if instant + timedelta(minutes=1) < last:
        step = axis.at(instant + timedelta(minutes=1), day) - place
        jumps = {hole.bottom - hole.top for hole in axis.missing(day)}
        assert step == 1 or step - 1 in jumps


def test_what_spans_midnight_is_drawn_on_both_days():
    day = date(2030, 6, 5)
    axis = Axis(week(day), LONDON)
    late, early = on(day, 23, 30), on(day + A_DAY, 0, 20)
    assert axis.between(late, early, day) == Placed(23 * 60 + 30, DAY_MINUTES)
    assert axis.between(late, early, day + A_DAY) == Placed(0, 20)
    assert axis.between(late, early, day - A_DAY) is None
    assert axis.between(on(day, 22), on(day + A_DAY, 0), day + A_DAY) is None


@given(st.lists(st.tuples(st.integers(0, 300), st.integers(1, 120)), max_size=12))
def test_what_overlaps_stands_side_by_side(spans):
    items = [Placed(top, top + length) for top, length in sorted(spans)]
    laid = in_lanes(items)
    assert [(item.top, item.bottom) for item in laid] == [(i.top, i.bottom) for i in items]
    assert all(item.lane < item.lanes for item in laid)
    for one, other in combinations(laid, 2):
        if one.top < other.bottom and other.top < one.bottom:
            assert one.lane != other.lane
            assert one.lanes == other.lanes


def test_what_stands_alone_has_all_the_width():
    laid = in_lanes([Placed(0, 60), Placed(30, 90), Placed(90, 120)])
    assert [(item.lane, item.lanes) for item in laid] == [(0, 2), (1, 2), (0, 1)]
