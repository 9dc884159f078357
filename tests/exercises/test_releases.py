"""When the exercises of a programme open: local dates, in any zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counsel.common.zones import day_bounds, local_date
from exercises.releases import Release, last_day, moved_to, next_day, opens_on

FIRST = date(2030, 3, 30)
DAY = timedelta(days=1)
# Among them: clocks that change by half an hour, at midnight, or skipped a whole day.
ZONES = [
    *("Europe/London", "America/New_York", "Australia/Lord_Howe", "America/Havana"),
    *("Asia/Kolkata", "Pacific/Apia", "Pacific/Kiritimati", "Etc/GMT+12"),
]
days = st.dates(date(2000, 1, 1), date(2040, 12, 31))
counts = st.integers(1, 366)


@pytest.mark.parametrize(
    ("release", "said", "opens"),
    [
        ("at_once", {}, FIRST),
        ("after_days", {"days": 1}, date(2030, 3, 31)),
        ("after_days", {"days": 14}, date(2030, 4, 13)),
        ("on_date", {"on_date": date(2030, 5, 1)}, date(2030, 5, 1)),
        ("on_date", {"on_date": FIRST}, FIRST),
        ("on_date", {"on_date": date(2030, 3, 29)}, FIRST),
        ("after_one_before", {"days": 3}, None),
    ],
)
def test_it_opens_on_the_day_that_was_said(release, said, opens):
    assert opens_on(release, FIRST, **{"days": None, "on_date": None, **said}) == opens


def test_it_lasts_for_so_many_days_both_ends_included():
    assert last_day(FIRST, 1) == FIRST
    assert last_day(FIRST, 7) == date(2030, 4, 5)
    assert last_day(FIRST, None) is None


@given(days, days, counts, st.sampled_from(Release))
def test_nothing_opens_before_the_first_day(first, on_date, after, release):
    opens = opens_on(release, first, days=after, on_date=on_date)
    assert (opens is None) == (release is Release.AFTER_ONE_BEFORE)
    assert opens is None or opens >= first


@given(days, days, counts)
def test_what_opens_later_lasts_as_long(first, later, lasts):
    last = moved_to(later, first, last_day(first, lasts))
    assert (last - later).days + 1 == lasts
    assert moved_to(later, first, None) is None


@given(
    st.datetimes(datetime(2000, 1, 1), datetime(2040, 12, 30), timezones=st.just(UTC)),
    st.sampled_from(ZONES),
)
def test_what_was_practised_now_opens_the_next_on_no_earlier_and_no_later_than_tomorrow(now, name):
    zone = ZoneInfo(name)
    opens = next_day(now, zone)
    today = local_date(now, zone)
    # Not today however late it is, and in force as soon as the clock shows another date.
    assert opens > today
    tomorrow = local_date(day_bounds(today, zone)[1], zone)
    assert opens <= tomorrow


def test_a_day_that_the_clock_skips_is_not_waited_for():
    """In Apia the 29th of December 2011 was followed by the 31st."""
    zone = ZoneInfo("Pacific/Apia")
    late = datetime(2011, 12, 30, 9, 59, tzinfo=UTC)
    assert local_date(late, zone) == date(2011, 12, 29)
    assert next_day(late, zone) == date(2011, 12, 30)
    assert local_date(late + timedelta(minutes=1), zone) == date(2011, 12, 31)
