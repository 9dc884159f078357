"""Something newly given is told of once, in the client's one mail of a day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest
import time_machine
from django.utils import timezone

from counsel.reminders.models import Reminder
from exercises.digest import Part
from exercises.models import AssignmentPause
from exercises.planning import practice_plan
from exercises.selectors.digests import people
from exercises.services.assigning import (
    assignment_change,
    assignment_create,
    assignment_withdraw,
    seal_of,
)
from exercises.services.programmes import assignment_release, programme_give
from exercises.services.resting import assignment_pause, assignment_resume
from tests.factories import make_assignment, make_entry, make_portal_client, make_programme

# 10:00 on Monday, 7 January 2030, in India; the mail's hour is 18:00.
MONDAY = datetime(2030, 1, 7, 4, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
travel = partial(time_machine.travel, tick=False)


def january(day):
    return date(2030, 1, day)


def give(person, version, **fields):
    """Nothing that reminds by itself: no reminders, and wanted on Saturdays alone."""
    given = {"rhythm": "weekdays", "weekdays": "5", "reminders": False, "starts_on": january(1)}
    return make_assignment(client=person, version=version, **{**given, **fields})


def has_news(person, day):
    """Whether the message of that day tells of something new."""
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    return any(Part.NEWS in found.parts_on(day, reply=False) for found in people(noon, person))


def days_told(assignment, days=range(1, 31)):
    return [day for day in days if has_news(assignment.client, january(day))]


def planned(now=MONDAY):
    practice_plan(now)
    rows = Reminder.objects.filter(state="queued").order_by("due_at")
    return [row.occurrence for row in rows]


@pytest.mark.parametrize(
    ("given_at", "starts_on", "told"),
    [
        (MONDAY, january(7), [7]),
        (MONDAY, january(1), [7]),
        # Its hour has passed: tomorrow.
        (MONDAY + 8 * HOUR, january(7), [8]),
        (MONDAY + 9 * HOUR, january(7), [8]),
        (MONDAY + 9 * HOUR, january(10), [10]),
    ],
)
def test_it_is_told_on_the_first_day_it_can_be(ravi, version, given_at, starts_on, told):
    todo = give(ravi, version, created_at=given_at, starts_on=starts_on)
    assert days_told(todo) == told


@travel(MONDAY)
def test_the_planner_makes_that_days_mail_and_no_other(ravi, version):
    give(ravi, version)
    assert planned() == ["2030-01-07"]


@travel(MONDAY)
def test_there_is_one_mail_a_day_however_much_is_new(ravi, version):
    for _ in range(3):
        give(ravi, version)
    make_assignment(client=ravi, version=version, starts_on=january(1))
    assert planned() == ["2030-01-07", "2030-01-08"]


@travel(MONDAY + 9 * HOUR)
def test_given_in_the_evening_it_is_told_tomorrow(ravi, version):
    give(ravi, version)
    assert planned(timezone.now()) == ["2030-01-08"]


def test_its_first_day_brought_forward_past_the_hour_it_is_told_tomorrow(ravi, version):
    todo = give(ravi, version, created_at=MONDAY, starts_on=january(20))
    given = {"rhythm": "weekdays", "weekdays": [5], "rationale": "x", "reminders": False}
    with travel(MONDAY + 9 * HOUR):
        assignment_change(assignment=todo, seen=seal_of(todo), starts_on=january(7), **given)
        assert planned(timezone.now()) == ["2030-01-08"]
    assert days_told(todo) == [8]


def test_opened_by_hand_past_the_hour_it_is_told_tomorrow(ravi):
    seldom = {"rhythm": "weekdays", "weekdays": "5", "reminders": False}
    waits = {"release": "after_one_before", "days": 1, **seldom}
    programme = make_programme(seldom, waits, owner=ravi.counsellor)
    with travel(MONDAY):
        enrolment = programme_give(programme=programme, client=ravi, starts_on=january(7))
    with travel(MONDAY + DAY + 9 * HOUR):
        assignment_release(assignment=enrolment.assignments.get(status="waiting"))
    assert days_told(enrolment.assignments.first()) == [7, 9]


@travel(MONDAY)
def test_giving_plans_it_and_taking_back_withdraws_it(ravi, version):
    rhythm = {"rhythm": "weekdays", "weekdays": [5]}
    todo = assignment_create(
        client=ravi, version=version, rationale="x", starts_on=january(7), reminders=False, **rhythm
    )
    assert Reminder.objects.get().state == "queued"
    assignment_withdraw(assignment=todo)
    assert Reminder.objects.get().state == "cancelled"


@travel(MONDAY)
def test_while_it_rests_nothing_is_told_and_afterwards_once(ravi, version):
    todo = give(ravi, version)
    assert planned() == ["2030-01-07"]
    assignment_pause(assignment=todo, until=january(9))
    assert planned() == []
    assert days_told(todo) == [10]
    with travel(MONDAY + DAY):
        assignment_resume(assignment=todo)
        assert planned(timezone.now()) == ["2030-01-08"]
    assert days_told(todo) == [8]


def test_a_rest_after_it_was_told_does_not_tell_it_again(ravi, version):
    todo = give(ravi, version, created_at=MONDAY)
    with travel(MONDAY + 9 * HOUR):
        AssignmentPause.objects.create(assignment=todo, first_day=january(7), last_day=january(20))
    assert days_told(todo) == []


def test_nobody_is_told_of_what_they_did_already(ravi, version):
    todo = give(ravi, version, created_at=MONDAY + 9 * HOUR, starts_on=january(7))
    make_entry(assignment=todo, happened_at=MONDAY + 10 * HOUR)
    assert days_told(todo) == []


@pytest.mark.parametrize(
    "fields",
    [
        {"status": "withdrawn", "withdrawn_on": january(7)},
        {"ends_on": january(6)},
    ],
)
def test_nobody_is_told_of_what_is_over(ravi, version, fields):
    todo = give(ravi, version, created_at=MONDAY, **fields)
    assert days_told(todo) == []
    with travel(MONDAY):
        assert planned() == []


@travel(MONDAY)
@pytest.mark.parametrize(
    "unreachable",
    [{"status": "paused"}, {"status": "ended"}, {"reminder_hour": None}, {"user": None}],
)
def test_it_tells_nobody_who_is_not_to_be_written_to(ravi, version, unreachable):
    give(ravi, version)
    type(ravi).objects.filter(pk=ravi.pk).update(**unreachable)
    assert planned() == []


@pytest.mark.parametrize(
    ("zone", "hour", "given_at", "told"),
    [
        # 02:00 does not come on the day New York's clocks go forward: 03:00, 07:00 UTC.
        ("America/New_York", 2, datetime(2030, 3, 10, 6, 59, tzinfo=UTC), date(2030, 3, 10)),
        ("America/New_York", 2, datetime(2030, 3, 10, 7, tzinfo=UTC), date(2030, 3, 11)),
        # 01:00 comes twice on the day they go back: the first is the one, 05:00 UTC.
        ("America/New_York", 1, datetime(2030, 11, 3, 4, 59, tzinfo=UTC), date(2030, 11, 3)),
        ("America/New_York", 1, datetime(2030, 11, 3, 5, 30, tzinfo=UTC), date(2030, 11, 4)),
        # Given on the 29th after the hour, the next day in Apia was the 31st.
        ("Pacific/Apia", 18, datetime(2011, 12, 30, 5, tzinfo=UTC), date(2011, 12, 31)),
    ],
)
def test_it_follows_the_clients_own_clock(version, zone, hour, given_at, told):
    person = make_portal_client(time_zone=zone, reminder_hour=hour)
    give(person, version, created_at=given_at, starts_on=date(2011, 1, 1))
    around = [told + n * DAY for n in range(-2, 4)]
    assert [day for day in around if has_news(person, day)] == [told]
