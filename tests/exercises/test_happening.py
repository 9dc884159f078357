from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counsel.common.zones import local_date
from exercises.happening import LONGEST_AGO, NotThen, moment

BERLIN = ZoneInfo("Europe/Berlin")
KOLKATA = ZoneInfo("Asia/Kolkata")
NOW = datetime(2030, 4, 2, 20, 0, tzinfo=UTC)


def then(day, at, zone=BERLIN, *, now=NOW, first_day=None):
    return moment(day, at, zone, now=now, first_day=first_day)


def test_it_is_by_the_clients_own_clock():
    assert then(date(2030, 4, 1), time(21, 30), KOLKATA) == datetime(2030, 4, 1, 16, 0, tzinfo=UTC)
    assert then(date(2030, 4, 3), time(1, 0), KOLKATA) == datetime(2030, 4, 2, 19, 30, tzinfo=UTC)


def test_an_hour_the_clocks_left_out_is_its_end():
    assert then(date(2030, 3, 31), time(2, 30)) == datetime(2030, 3, 31, 1, 0, tzinfo=UTC)


def test_of_an_hour_that_came_twice_it_is_the_first():
    now = datetime(2030, 10, 28, 20, 0, tzinfo=UTC)
    at = then(date(2030, 10, 27), time(2, 30), now=now)
    assert at == datetime(2030, 10, 27, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "at", "about"),
    [
        (date(2030, 4, 2), time(22, 1), "time"),
        (date(2030, 4, 3), time(0, 0), "day"),
        (date(9999, 12, 31), time(0, 0), "day"),
        (date(2030, 3, 1), time(23, 59), "day"),
        (date.min, time(0, 0), "day"),
    ],
)
def test_it_was_neither_later_than_now_nor_too_long_ago(day, at, about):
    with pytest.raises(NotThen) as refusal:
        then(day, at)
    assert refusal.value.about == about


def test_it_may_be_as_long_ago_as_consultations_are_apart():
    assert then(date(2030, 3, 2), time(0, 0))
    assert then(date(2030, 4, 2), time(22, 0)) == NOW


def test_it_was_not_before_there_was_anything_to_do():
    first_day = date(2030, 3, 30)
    assert then(first_day, time(0, 0), first_day=first_day)
    with pytest.raises(NotThen) as refusal:
        then(first_day - timedelta(days=1), time(23, 59), first_day=first_day)
    assert refusal.value.about == "day"


@given(
    st.integers(0, 60),
    st.times(),
    st.sampled_from(["Europe/Berlin", "Asia/Kolkata", "Pacific/Apia", "America/St_Johns"]),
    st.datetimes(datetime(2029, 3, 1), datetime(2031, 1, 1), timezones=st.just(UTC)),
)
def test_what_is_taken_is_in_the_past_and_on_that_day(ago, at, name, now):
    zone = ZoneInfo(name)
    today = local_date(now, zone)
    day = today - timedelta(days=ago)
    try:
        instant = then(day, at, zone, now=now)
    except NotThen:
        assert ago > LONGEST_AGO.days or ago == 0
    else:
        assert instant <= now
        assert local_date(instant, zone) == day
