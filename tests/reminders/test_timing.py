from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counsel.reminders.timing import (
    MAX_ATTEMPTS,
    backoff,
    consultation_reminder_window,
    due_before,
    is_too_late,
    local_hour,
)

A_DAY = 24 * 60
instants = st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))
jitters = st.floats(0, 1, exclude_max=True)


def utc(*parts):
    return datetime(*parts, tzinfo=UTC)


def at(zone, *parts):
    return datetime(*parts, tzinfo=ZoneInfo(zone))


@pytest.mark.parametrize(
    ("starts_at", "due_at"),
    [
        (at("Europe/London", 2026, 3, 29, 10), utc(2026, 3, 28, 9)),
        (at("Europe/London", 2026, 10, 25, 10), utc(2026, 10, 24, 10)),
        (at("America/New_York", 2026, 3, 8, 10), utc(2026, 3, 7, 14)),
        (at("America/New_York", 2026, 11, 1, 10), utc(2026, 10, 31, 15)),
        (at("Australia/Lord_Howe", 2026, 10, 4, 10), utc(2026, 10, 2, 23)),
        (at("Australia/Lord_Howe", 2026, 4, 5, 10), utc(2026, 4, 3, 23, 30)),
        (at("Europe/London", 2028, 2, 29, 10), utc(2028, 2, 28, 10)),
        (at("Europe/London", 2028, 3, 1, 10), utc(2028, 2, 29, 10)),
    ],
)
def test_it_is_due_real_hours_before_across_clock_changes(starts_at, due_at):
    assert due_before(starts_at, A_DAY) == due_at
    assert due_before(starts_at.astimezone(UTC), A_DAY) == due_at


@pytest.mark.parametrize(
    ("zone", "day", "hour", "due_at"),
    [
        ("Europe/London", date(2026, 3, 28), 1, utc(2026, 3, 28, 1)),
        ("Europe/London", date(2026, 3, 29), 1, utc(2026, 3, 29, 1)),
        ("Europe/London", date(2026, 3, 30), 1, utc(2026, 3, 30, 0)),
        ("Europe/London", date(2026, 10, 25), 1, utc(2026, 10, 25, 0)),
        ("America/New_York", date(2026, 3, 8), 2, utc(2026, 3, 8, 7)),
        ("America/New_York", date(2026, 11, 1), 1, utc(2026, 11, 1, 5)),
        ("Australia/Lord_Howe", date(2026, 10, 4), 2, utc(2026, 10, 3, 15, 30)),
        ("Australia/Lord_Howe", date(2026, 4, 5), 1, utc(2026, 4, 4, 14)),
        ("Europe/London", date(2028, 2, 29), 18, utc(2028, 2, 29, 18)),
    ],
)
def test_it_finds_the_local_hour(zone, day, hour, due_at):
    assert local_hour(day, hour, ZoneInfo(zone)) == due_at


@pytest.mark.parametrize("zone", ["Europe/London", "America/New_York", "Australia/Lord_Howe"])
@pytest.mark.parametrize("hour", [0, 1, 2, 3, 18])
def test_it_comes_once_on_every_day_of_a_year(zone, hour):
    zone = ZoneInfo(zone)
    days = [date(2028, 1, 1) + timedelta(days=n) for n in range(366)]
    dues = [local_hour(day, hour, zone) for day in days]
    assert [due.astimezone(zone).date() for due in dues] == days
    assert sum(due.astimezone(zone).hour != hour for due in dues) <= 1
    assert all(
        timedelta(hours=22.5) <= later - due <= timedelta(hours=25.5)
        for due, later in zip(dues, dues[1:], strict=False)
    )


@pytest.mark.parametrize("change", [utc(2026, 3, 29, 1), utc(2026, 10, 25, 1)])
def test_it_falls_into_one_tick_only(change):
    """Ticks a minute apart in UTC, over the clock change: no hour is met twice or missed."""
    ticks = [change + timedelta(minutes=n) for n in range(-120, 121)]
    day = change.date()
    for hour in (1, 2):
        due = local_hour(day, hour, ZoneInfo("Europe/London"))
        met = [tick for tick in ticks if tick - timedelta(minutes=1) < due <= tick]
        assert met == [due]


def test_it_refuses_an_hour_no_clock_has():
    with pytest.raises(ValueError, match="hour must be in"):
        local_hour(date(2026, 1, 1), 24, ZoneInfo("UTC"))


def test_it_may_go_late_by_half_its_lead():
    window = consultation_reminder_window(utc(2026, 6, 2, 10), A_DAY, utc(2026, 5, 1))
    assert window == (utc(2026, 6, 1, 10), utc(2026, 6, 1, 22))


@pytest.mark.parametrize(("seconds", "planned"), [(-1, True), (0, False), (1, False)])
def test_it_plans_no_reminder_for_a_booking_inside_the_window(seconds, planned):
    booked_at = utc(2026, 6, 1, 10) + timedelta(seconds=seconds)
    window = consultation_reminder_window(utc(2026, 6, 2, 10), A_DAY, booked_at)
    assert (window is not None) is planned


@given(instants, st.integers(-60, 60 * 24 * 14), st.timedeltas(timedelta(), timedelta(days=30)))
def test_it_stays_between_the_booking_and_the_start(starts_at, minutes, ahead):
    booked_at = starts_at - ahead
    window = consultation_reminder_window(starts_at, minutes, booked_at)
    if window is None:
        assert minutes <= 0 or ahead <= timedelta(minutes=minutes)
        return
    due_at, not_after = window
    assert booked_at < due_at < not_after < starts_at


@pytest.mark.parametrize(("seconds", "late"), [(-1, False), (0, False), (1, True)])
def test_it_is_too_late_only_after_the_last_moment(seconds, late):
    not_after = utc(2026, 6, 1, 22)
    assert is_too_late(not_after + timedelta(seconds=seconds), not_after) is late


@given(st.integers(1, 10_000), jitters, jitters)
def test_it_waits_longer_each_time_up_to_an_hour(attempts, jitter, next_jitter):
    wait, longer = backoff(attempts, jitter), backoff(attempts + 1, next_jitter)
    assert timedelta(seconds=30) <= wait <= timedelta(hours=1)
    assert backoff(attempts + 1, jitter) >= wait
    assert longer > wait or longer >= timedelta(minutes=30)


def test_it_first_tries_again_within_a_minute():
    assert backoff(1, 0) == timedelta(seconds=30)
    assert backoff(2, 0) == timedelta(minutes=1)


@given(st.integers(1, 10_000))
def test_it_spreads_its_retries(attempts):
    assert backoff(attempts, 0.9) - backoff(attempts, 0.1) > timedelta(seconds=20)


def test_it_keeps_trying_through_three_hours_without_mail():
    waits = [backoff(attempts, 0) for attempts in range(1, MAX_ATTEMPTS)]
    assert sum(waits, timedelta()) >= timedelta(hours=3)
