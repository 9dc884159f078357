"""Exactly when a day's message goes: by the client's own clock, once, and never made up for."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import pytest
import time_machine

from clients.models import Client
from counsel.reminders.models import Reminder
from exercises.planning import practice_plan
from tests.exercises.ticks import homework_tick
from tests.factories import make_assignment, make_portal_client

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
DAY = timedelta(days=1)
LONG_AGO = datetime(2009, 1, 1, tzinfo=UTC)
travel = partial(time_machine.travel, tick=False)


def daily(zone, hour):
    person = make_portal_client(time_zone=zone, reminder_hour=hour)
    make_assignment(client=person, starts_on=LONG_AGO.date(), created_at=LONG_AGO)
    return person


def sent():
    rows = Reminder.objects.filter(state="sent").order_by("handed_over_at")
    return [(row.occurrence, row.handed_over_at) for row in rows]


def go_through(*moments):
    for now in moments:
        with travel(now):
            homework_tick(now)


def every(step, first, last):
    while first <= last:
        yield first
        first += step


def hours_of(zone, hour, first, last):
    """Each of a zone's days that has the hour, or a later instant, and the first such instant:
    found by looking at the clock every minute.
    """
    found = {}
    for now in every(MINUTE, first, last):
        wall = now.astimezone(ZoneInfo(zone))
        if wall.time() >= time(hour):
            found.setdefault(wall.date(), now)
    return found


@pytest.mark.parametrize(
    ("zone", "hour", "around"),
    [
        # Forward, in the gap; back, in the hour that comes twice; and the evenings of such days.
        ("Europe/London", 1, datetime(2030, 3, 31, 1, tzinfo=UTC)),
        ("Europe/London", 1, datetime(2030, 10, 27, 1, tzinfo=UTC)),
        ("America/New_York", 2, datetime(2030, 3, 10, 7, tzinfo=UTC)),
        ("America/New_York", 18, datetime(2030, 11, 3, 6, tzinfo=UTC)),
        # By half an hour.
        ("Australia/Lord_Howe", 2, datetime(2030, 10, 5, 15, 30, tzinfo=UTC)),
        ("Australia/Lord_Howe", 1, datetime(2030, 4, 6, 15, tzinfo=UTC)),
        # From the 29th to the 31st of December, and over a leap day.
        ("Pacific/Apia", 18, datetime(2011, 12, 30, 10, tzinfo=UTC)),
        ("Asia/Kolkata", 7, datetime(2028, 2, 29, 6, tzinfo=UTC)),
    ],
)
@pytest.mark.django_db
def test_each_day_has_one_at_its_hour(zone, hour, around):
    daily(zone, hour)
    first, last = around - 27 * HOUR, around + 27 * HOUR
    expected = hours_of(zone, hour, first - DAY, last)
    near = [due + n * MINUTE for due in expected.values() for n in (-1, 0, 1)]
    ticks = sorted({*every(3 * HOUR, first, last), *near})
    go_through(*(now for now in ticks if first <= now <= last))
    # Days whose hour had passed when the first tick planned have none.
    assert sent() == [
        (day.isoformat(), due) for day, due in expected.items() if first < due <= last
    ]


# 10:00 on Monday, 7 January 2030, in India.
MONDAY = datetime(2030, 1, 7, 4, 30, tzinfo=UTC)
SIX = MONDAY + 8 * HOUR


@pytest.fixture
def ravi(db):
    return daily("Asia/Kolkata", 18)


def test_beats_that_stood_still_past_the_hour_send_it_late_and_once(ravi):
    go_through(MONDAY, SIX + 2 * HOUR, SIX + 2 * HOUR + MINUTE)
    assert [day for day, _at in sent()] == ["2030-01-07"]


def test_after_three_hours_it_is_not_made_up_for(ravi):
    go_through(MONDAY, SIX + 3 * HOUR + MINUTE, SIX + 4 * HOUR)
    assert sent() == []
    assert Reminder.objects.get(occurrence="2030-01-07").state == "skipped"
    go_through(SIX + DAY)
    assert [day for day, _at in sent()] == ["2030-01-08"]


def test_nothing_planned_before_the_hour_nothing_is_sent_that_day(ravi):
    go_through(SIX + MINUTE, SIX + HOUR)
    assert sent() == []


@pytest.mark.parametrize("hours", [2, -2])
def test_a_clock_that_jumps_and_is_put_right_doubles_nothing(ravi, hours):
    wrong = [SIX + hours * HOUR + n * MINUTE for n in (-1, 0, 1)]
    right = [SIX + n * MINUTE for n in (-1, 0, 1)]
    go_through(MONDAY, *wrong, *right, *wrong, SIX + HOUR)
    assert [day for day, _at in sent()] == ["2030-01-07"]


def move_to(person, zone):
    Client.objects.filter(pk=person.pk).update(time_zone=zone)


def test_who_travels_gets_it_at_the_hour_of_where_they_are(ravi):
    go_through(MONDAY)
    move_to(ravi, "Europe/London")
    go_through(*every(HOUR, MONDAY + 31 * MINUTE, MONDAY + DAY))
    # 18:00 in London.
    assert [(day, f"{at:%d %H:%M}") for day, at in sent()] == [("2030-01-07", "07 18:01")]


def test_who_had_it_today_gets_no_second_one_further_west(ravi):
    go_through(MONDAY, SIX)
    move_to(ravi, "America/New_York")
    go_through(*every(HOUR, SIX + MINUTE, SIX + 20 * HOUR))
    assert [day for day, _at in sent()] == ["2030-01-07"]


def test_who_travels_east_past_midnight_has_another_day(ravi):
    go_through(MONDAY, SIX)
    move_to(ravi, "Pacific/Kiritimati")
    go_through(*every(HOUR, SIX + MINUTE, SIX + 20 * HOUR))
    # 18:00 of the 8th there is 04:00 UTC; the tick after it.
    assert [(day, f"{at:%d %H:%M}") for day, at in sent()[1:]] == [("2030-01-08", "08 04:31")]


def test_all_that_is_due_at_one_tick_is_known_to_the_minute(db):
    """Four zones whose clocks change on other days: who is due at one tick, and nobody else."""
    zones = ["Europe/London", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata"]
    people = {f"client:{daily(zone, 18).pk}": ZoneInfo(zone) for zone in zones}
    for day in (date(2030, 3, 10), date(2030, 3, 31), date(2030, 10, 27)):
        now = datetime.combine(day, time(), UTC)
        practice_plan(now)
        for row in Reminder.objects.filter(due_at__gte=now, due_at__lt=now + DAY):
            wall = row.due_at.astimezone(people[row.person])
            assert (wall.time(), wall.date().isoformat()) == (time(18), row.occurrence)
        due = Reminder.objects.filter(due_at__gte=now, due_at__lt=now + DAY)
        assert {row.person for row in due} == set(people)
