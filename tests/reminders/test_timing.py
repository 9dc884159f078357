from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from counsel.common.offsets import LONGEST, MOST, SHORTEST
from counsel.reminders.timing import (
    MAX_ATTEMPTS,
    QuietHours,
    backoff,
    consultation_reminder_window,
    consultation_reminder_windows,
    due_before,
    is_too_late,
    local_hour,
    outside_quiet,
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


# --- Quiet hours ----------------------------------------------------------------------------

ZONES = st.sampled_from(sorted(available_timezones() - {"localtime", "Factory"})).map(ZoneInfo)
HOURS = st.integers(0, 23)
offsets = st.integers(SHORTEST, LONGEST)
quiets = st.builds(QuietHours, ZONES, HOURS, HOURS)
LONDON = ZoneInfo("Europe/London")
NIGHT = QuietHours(LONDON, 21, 8)
EVER = utc(1970, 1, 1)


def due(starts_at, minutes, quiet, booked_at=EVER):
    window = consultation_reminder_window(starts_at, minutes, booked_at, quiet)
    return window and window[0]


@pytest.mark.parametrize(
    ("starts_at", "minutes", "due_at"),
    [
        # Not in them, up to their very edges.
        ((2026, 6, 3, 10), A_DAY, (2026, 6, 2, 10)),
        ((2026, 6, 3, 8), A_DAY, (2026, 6, 2, 8)),
        ((2026, 6, 3, 20, 59), A_DAY, (2026, 6, 2, 20, 59)),
        # In them: their end, as long as half the lead is left then.
        ((2026, 6, 3, 21), A_DAY, (2026, 6, 3, 8)),
        ((2026, 6, 3, 7, 59), A_DAY, (2026, 6, 2, 8)),
        ((2026, 6, 3, 9), 120, (2026, 6, 3, 8)),
        # Later than that: the evening before.
        ((2026, 6, 3, 8, 59), 120, (2026, 6, 2, 20, 45)),
        ((2026, 6, 3, 10), 12 * 60, (2026, 6, 2, 20, 45)),
        ((2026, 6, 3, 8), 15, (2026, 6, 2, 20, 45)),
        # The consultation itself is in them.
        ((2026, 6, 3, 22, 30), 60, (2026, 6, 3, 20, 45)),
        ((2026, 6, 4, 0, 30), 60, (2026, 6, 3, 20, 45)),
        # Over the clock change, which is in the night: real hours before, quiet by the wall.
        ((2026, 3, 29, 9), 60, (2026, 3, 29, 8)),
        ((2026, 3, 29, 9), 12 * 60, (2026, 3, 28, 20)),
        ((2026, 10, 25, 9), 12 * 60, (2026, 10, 24, 20, 45)),
        ((2026, 10, 25, 9), 120, (2026, 10, 25, 8)),
    ],
)
def test_a_reminder_stays_out_of_quiet_hours(starts_at, minutes, due_at):
    assert due(at("Europe/London", *starts_at), minutes, NIGHT) == at("Europe/London", *due_at)


def test_quiet_hours_by_day_do_not_span_midnight():
    siesta = QuietHours(LONDON, 13, 15)
    assert [siesta.covers(utc(2026, 1, 5, hour)) for hour in (0, 12, 13, 14, 15, 23)] == [
        *(False, False, True, True, False, False)
    ]
    assert due(utc(2026, 1, 5, 15), 60, siesta) == utc(2026, 1, 5, 12, 45)
    assert due(utc(2026, 1, 6, 13, 30), A_DAY, siesta) == utc(2026, 1, 5, 15)


@pytest.mark.parametrize("hour", [0, 8, 23])
def test_the_same_hour_twice_is_never(hour):
    never = QuietHours(LONDON, hour, hour)
    assert not any(never.covers(utc(2026, 1, 5, n)) for n in range(24))


@pytest.mark.parametrize(
    ("zone", "starts", "ends", "instant", "end"),
    [
        # London skips 01:00-02:00 on 29 March, and has it twice on 25 October.
        ("Europe/London", 23, 1, utc(2026, 3, 29, 0, 59), utc(2026, 3, 29, 1)),
        ("Europe/London", 0, 2, utc(2026, 3, 29, 0, 30), utc(2026, 3, 29, 1)),
        ("Europe/London", 1, 2, utc(2026, 10, 25, 0, 30), utc(2026, 10, 25, 2)),
        ("Europe/London", 23, 1, utc(2026, 10, 24, 23, 30), utc(2026, 10, 25, 0)),
        # Only two to three is not quiet, and on this day there is no such hour.
        ("America/New_York", 3, 2, utc(2026, 3, 8, 6, 30), utc(2026, 3, 9, 6)),
        # Half an hour is skipped.
        ("Australia/Lord_Howe", 22, 2, utc(2026, 10, 3, 15, 29), utc(2026, 10, 3, 15, 30)),
        # A whole day is: Apia went from Thursday to Saturday.
        ("Pacific/Apia", 21, 8, utc(2011, 12, 30, 9), utc(2011, 12, 30, 18)),
    ],
)
def test_quiet_hours_end_once_at_a_clock_change(zone, starts, ends, instant, end):
    quiet = QuietHours(ZoneInfo(zone), starts, ends)
    assert quiet.covers(instant)
    assert quiet.end_after(instant) == end
    assert not quiet.covers(end)


@given(quiets, instants)
def test_their_end_is_the_first_moment_that_is_not_quiet(quiet, instant):
    if not quiet.covers(instant):
        return
    end = quiet.end_after(instant)
    assert instant < end
    assert not quiet.covers(end)
    # Clocks turn at full minutes; every ten are enough to find an hour that was passed over.
    ten = timedelta(minutes=10)
    between = [instant + n * ten for n in range(int((end - instant) / ten))]
    assert all(quiet.covers(moment) for moment in between)


@given(quiets, instants)
def test_the_evening_before_is_not_quiet_and_before(quiet, instant):
    if quiet.covers(instant):
        eve = quiet.eve_of(instant)
        assert eve < instant
        assert not quiet.covers(eve)


@given(quiets, instants, offsets, st.timedeltas(timedelta(), timedelta(days=40)))
def test_a_shifted_reminder_keeps_every_rule(quiet, starts_at, minutes, ahead):
    booked_at = starts_at - ahead
    window = consultation_reminder_window(starts_at, minutes, booked_at, quiet)
    if window is None:
        exact = due_before(starts_at, minutes)
        latest = starts_at - timedelta(minutes=minutes) / 2
        assert booked_at >= min(exact, outside_quiet(exact, quiet, latest))
        return
    due_at, latest = window
    assert booked_at < due_at <= latest < starts_at
    assert starts_at - latest == timedelta(minutes=minutes) / 2
    assert not quiet.covers(due_at)


@given(quiets, instants, st.sets(offsets, max_size=MOST))
@example(
    # 15 minutes before is quiet and goes to the evening, before the one three hours before.
    quiet=QuietHours(ZoneInfo("America/Campo_Grande"), 21, 0),
    starts_at=utc(2020, 1, 1, 4),
    several={15, 181},
)
def test_where_quiet_hours_bring_several_together_the_nearest_goes(quiet, starts_at, several):
    windows = consultation_reminder_windows(starts_at, several, EVER, quiet)
    dues = [window[0] for window in windows.values()]
    # A nearer one goes after an earlier one, never before it or with it.
    assert dues == sorted(set(dues))
    for minutes in several - set(windows):
        missed = due(starts_at, minutes, quiet)
        assert any(other < minutes and window[0] <= missed for other, window in windows.items())


def test_a_night_of_three_reminders_sends_one():
    starts_at = at("Europe/London", 2026, 6, 3, 12)
    windows = consultation_reminder_windows(starts_at, [16 * 60, 240, 210], EVER, NIGHT)
    assert {minutes: window[0] for minutes, window in windows.items()} == {
        16 * 60: at("Europe/London", 2026, 6, 2, 20),
        210: at("Europe/London", 2026, 6, 3, 8, 30),
        240: at("Europe/London", 2026, 6, 3, 8),
    }
    windows = consultation_reminder_windows(starts_at, [15 * 60, 300, 240], EVER, NIGHT)
    assert list(windows) == [15 * 60, 240]


# --- Late, and tried again ----------------------------------------------------------------------


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
