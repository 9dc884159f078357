from __future__ import annotations

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest

from sessions.wishes import Wish

LONDON = ZoneInfo("Europe/London")
MONDAY_TEN = datetime(2030, 1, 7, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("wish", "suits"),
    [
        ({}, True),
        ({"weekdays": frozenset({0})}, True),
        ({"weekdays": frozenset({1, 6})}, False),
        ({"earliest": time(10)}, True),
        ({"earliest": time(10, 1)}, False),
        ({"latest": time(10)}, True),
        ({"latest": time(9, 59)}, False),
    ],
)
def test_days_and_hours_are_wished_for_apart(wish, suits):
    assert Wish(LONDON, **wish).suits(MONDAY_TEN) is suits


def test_the_day_is_the_one_on_the_own_calendar():
    late_sunday_in_london = datetime(2030, 1, 6, 23, tzinfo=UTC)
    monday = frozenset({0})
    assert Wish(ZoneInfo("Asia/Kolkata"), weekdays=monday).suits(late_sunday_in_london)
    assert not Wish(LONDON, weekdays=monday).suits(late_sunday_in_london)


@pytest.mark.parametrize(
    ("instant", "suits"),
    [
        (datetime(2030, 3, 30, 9, tzinfo=UTC), True),  # 9:00, the day before the clocks go on
        (datetime(2030, 3, 31, 9, tzinfo=UTC), False),  # 10:00
        (datetime(2030, 3, 31, 8, tzinfo=UTC), True),  # 9:00 again
        (datetime(2030, 10, 26, 8, tzinfo=UTC), True),
        (datetime(2030, 10, 27, 8, tzinfo=UTC), False),  # 8:00 once they have gone back
        (datetime(2030, 10, 27, 9, tzinfo=UTC), True),
    ],
)
def test_hours_are_those_on_the_wall_across_clock_changes(instant, suits):
    assert Wish(LONDON, earliest=time(9), latest=time(9, 30)).suits(instant) is suits
