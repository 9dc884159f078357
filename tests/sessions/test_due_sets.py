"""Exactly the reminders that should go, each in exactly its minute, whatever the clocks do.

What should go when is worked out a second time here, in another way: minute by minute, by the
clock on the wall.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine

from counsel.accounts.practice import Practice
from counsel.reminders.dispatch import send_due
from counsel.reminders.models import Reminder, State
from counsel.reminders.timing import QuietHours, consultation_reminder_windows
from sessions.services import consultation_book
from tests.factories import make_client, make_service
from tests.thorough import THOROUGH

HOUR, DAY = 60, 24 * 60
MINUTE = timedelta(minutes=1)
OFFSETS = (7 * DAY, 2 * DAY, DAY, 12 * HOUR, 2 * HOUR, 15)
QUIET = (21, 8)

# The days around which clocks change, and a leap day. Kolkata's never do.
DAYS = {
    "Europe/London": ["2028-03-26", "2028-10-29", "2028-02-29"],
    "America/New_York": ["2028-03-12", "2028-11-05", "2028-02-29"],
    "Australia/Lord_Howe": ["2028-04-02", "2028-10-01", "2028-02-29"],
    "Asia/Kolkata": ["2028-03-26", "2028-10-29", "2028-02-29"],
}
CASES = [
    pytest.param(ZoneInfo(zone), datetime.fromisoformat(day), id=f"{zone} {day}")
    for zone, days in DAYS.items()
    for day in days
]


def starts_around(zone, day):
    """On that day, the day before and the two after: early, at noon, late, and at night."""
    days = [day + timedelta(days=n) for n in (-1, 0, 1, 2)]
    hours = [(9, 0), (12, 0), (18, 30), (23, 15)]
    local = [one.replace(hour=hour, minute=minute) for one in days for hour, minute in hours]
    return [moment.replace(tzinfo=zone).astimezone(UTC) for moment in local]


def expected(starts_at, zone):
    """When each goes, by its minutes before the start."""
    found = {}
    for minutes in OFFSETS:
        moment = starts_at - timedelta(minutes=minutes)
        if is_quiet(moment, zone):
            moment = shifted(moment, zone, starts_at - timedelta(minutes=minutes) / 2)
        found[minutes] = moment
    # Of those at one moment the nearest to the start.
    return {m: at for m, at in found.items() if m == min(o for o in OFFSETS if found[o] == at)}


def shifted(moment, zone, latest):
    later = moment
    while is_quiet(later, zone):
        later += MINUTE
    if later <= latest:
        return later
    while is_quiet(moment, zone):
        moment -= MINUTE
    # The last minute that is not quiet is the one before they begin.
    return moment + MINUTE - timedelta(minutes=15)


def is_quiet(moment, zone):
    hour = moment.astimezone(zone).hour
    return hour >= QUIET[0] or hour < QUIET[1]


@pytest.mark.parametrize(("zone", "day"), CASES)
def test_every_minute_of_two_weeks_has_exactly_its_own(zone, day):
    """Ticks a minute apart: what each takes up is what became due since the one before."""
    starts = starts_around(zone, day)
    quiet = QuietHours(zone, *QUIET)
    begin = min(starts) - timedelta(days=8)
    windows = {
        start: consultation_reminder_windows(start, OFFSETS, begin, quiet) for start in starts
    }
    due = sorted(
        (window[0], start, minutes)
        for start, of_start in windows.items()
        for minutes, window in of_start.items()
    )
    taken = []
    for number in range(int((max(starts) - begin) / MINUTE) + 1):
        tick = begin + number * MINUTE
        while due and due[0][0] <= tick:
            _at, start, minutes = due.pop(0)
            taken.append((tick, start, minutes))
    wanted = [(at, start, m) for start in starts for m, at in expected(start, zone).items()]
    assert sorted(taken) == sorted(wanted)
    assert all(tick < start for tick, start, _minutes in taken)
    assert due == []


@pytest.fixture
def book():
    """Books one with those offsets; its confirmation goes out at once."""

    def book(starts_at, zone, offsets=OFFSETS):
        client = make_client(time_zone=zone.key, reminder_offsets=list(offsets))
        service = make_service(counsellor=client.counsellor)
        consultation_book(service=service, client=client, starts_at=starts_at)
        send_due()

    return book


def sent():
    """How many minutes before the start those were that have gone out, and when."""
    rows = Reminder.objects.filter(kind="consultation_reminder", state=State.SENT)
    return {-row.offset_minutes: row.handed_over_at for row in rows}


def some_are_due():
    return Reminder.objects.filter(finished_at=None, try_at__lte=datetime.now(UTC)).exists()


@pytest.mark.django_db
@pytest.mark.parametrize(("zone", "day"), CASES)
def test_the_dispatcher_sends_them_in_their_minute_and_no_other(book, zone, day):
    starts_at = day.replace(hour=9, tzinfo=zone).astimezone(UTC)
    with time_machine.travel(starts_at - timedelta(days=10), tick=False) as clock:
        book(starts_at, zone)
        wanted = expected(starts_at, zone)
        gone = {}
        for minutes, moment in sorted(wanted.items(), key=lambda row: row[1]):
            clock.move_to(moment - timedelta(seconds=1))
            send_due()
            assert sent() == gone
            clock.move_to(moment)
            send_due()
            gone[minutes] = moment
            assert sent() == gone
        clock.move_to(starts_at + timedelta(days=1))
        send_due()
    assert sent() == wanted
    assert not Reminder.objects.filter(finished_at=None).exists()


LONDON = ZoneInfo("Europe/London")
START = datetime(2028, 6, 14, 13, tzinfo=UTC)


@pytest.mark.django_db
@pytest.mark.parametrize("hours", [2, -2])
@pytest.mark.parametrize("minutes_in", [-3 * HOUR, -90, -1, 0, 1, 90, 3 * HOUR])
def test_a_clock_that_is_two_hours_wrong_for_a_while_loses_and_doubles_none(
    book, hours, minutes_in
):
    """Wrong from some minutes before or after the moment of one, for an hour, then right again."""
    due_at, wrong = START - timedelta(minutes=DAY), timedelta(hours=hours)
    begins = due_at + timedelta(minutes=minutes_in)
    moments = [START - timedelta(days=1, hours=6) + n * timedelta(minutes=10) for n in range(181)]
    shown = []
    with time_machine.travel(START - timedelta(days=4), tick=False) as clock:
        book(START, LONDON, offsets=(DAY, 2 * HOUR))
        for at in moments:
            clock.move_to(at + wrong if begins <= at < begins + timedelta(hours=1) else at)
            if not (THOROUGH or some_are_due()):
                continue
            before = sent()
            send_due()
            shown += [(minutes, datetime.now(UTC)) for minutes in sent().keys() - before.keys()]
    assert sorted(minutes for minutes, _at in shown) == [2 * HOUR, DAY]
    for minutes, at in shown:
        assert START - timedelta(minutes=minutes) <= at < START - timedelta(minutes=minutes) / 2


@pytest.mark.django_db
def test_the_practices_own_quiet_hours_hold(book):
    Practice.objects.create(quiet_from=10, quiet_until=18)
    with time_machine.travel(START - timedelta(days=9), tick=False):
        book(START, LONDON, offsets=(DAY,))
    # Fourteen hours in London is in them: it waits for six in the evening.
    assert Reminder.objects.get(state=State.QUEUED).due_at == START - timedelta(hours=20)
