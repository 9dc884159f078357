"""Letting an assignment rest: whole days of the client's own calendar."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest
import time_machine
from django.db import IntegrityError, transaction

from counsel.common.errors import ConflictError, DomainError
from exercises.models import AssignmentPause
from exercises.progress import progress
from exercises.services.resting import assignment_pause, assignment_resume
from tests.factories import make_assignment, make_entry, make_portal_client

# 10:00 on Monday, 7 January 2030, in India.
MONDAY = datetime(2030, 1, 7, 4, 30, tzinfo=UTC)
DAY = timedelta(days=1)
travel = partial(time_machine.travel, tick=False)


def january(day):
    return date(2030, 1, day)


def rests():
    rows = AssignmentPause.objects.order_by("first_day")
    return [(row.first_day, row.last_day) for row in rows]


@pytest.fixture
def todo(ravi, version):
    return make_assignment(client=ravi, version=version, starts_on=january(1))


@travel(MONDAY)
def test_it_rests_up_to_a_day(todo):
    assignment_pause(assignment=todo, until=january(9))
    assert rests() == [(january(7), january(9))]
    assert [todo.runs_on(january(day)) for day in (6, 7, 9, 10)] == [True, False, False, True]


@travel(MONDAY)
def test_it_rests_until_it_is_taken_up(todo):
    assignment_pause(assignment=todo, until=None)
    assert not todo.runs_on(date(2031, 1, 1))
    with travel(MONDAY + 3 * DAY):
        assignment_resume(assignment=todo)
    assert rests() == [(january(7), january(9))]


@travel(MONDAY)
def test_days_counted_before_stay_and_days_of_rest_count_for_nothing(todo):
    make_entry(assignment=todo, happened_at=MONDAY)
    assignment_pause(assignment=todo, until=january(9))
    assert rests() == [(january(8), january(9))]
    todo.refresh_from_db()
    assert progress([todo.plan], [], january(1), january(10)).planned == 8


@travel(MONDAY)
def test_taken_up_on_the_day_it_began_it_never_rested(todo):
    assignment_pause(assignment=todo, until=january(20))
    assignment_resume(assignment=todo)
    assert rests() == []


@travel(MONDAY)
def test_it_does_not_rest_twice(todo):
    assignment_pause(assignment=todo, until=january(9))
    for until in (None, january(9), january(30)):
        with pytest.raises(ConflictError, match="rests already"):
            assignment_pause(assignment=todo, until=until)
    with travel(MONDAY + 3 * DAY):
        assignment_pause(assignment=todo, until=january(12))
    assert rests() == [(january(7), january(9)), (january(10), january(12))]


@travel(MONDAY)
def test_a_rest_that_is_to_come_is_one_already(todo):
    make_entry(assignment=todo, happened_at=MONDAY)
    assignment_pause(assignment=todo, until=january(9))
    with pytest.raises(ConflictError, match="rests already"):
        assignment_pause(assignment=todo, until=january(8))
    assignment_resume(assignment=todo)
    assert rests() == []


@travel(MONDAY)
def test_it_does_not_take_up_what_does_not_rest(todo):
    AssignmentPause.objects.create(assignment=todo, first_day=january(1), last_day=january(6))
    with pytest.raises(ConflictError, match="does not rest"):
        assignment_resume(assignment=todo)
    assert rests() == [(january(1), january(6))]


@travel(MONDAY)
def test_it_does_not_rest_up_to_a_day_gone_by(todo):
    with pytest.raises(DomainError, match="7 January") as refusal:
        assignment_pause(assignment=todo, until=january(6))
    assert refusal.value.field == "until"


@pytest.mark.parametrize(
    ("zone", "now", "first"),
    [
        # 20:00 in London is tomorrow in India, and still today in New York.
        ("Asia/Kolkata", datetime(2030, 1, 6, 20, tzinfo=UTC), january(7)),
        ("America/New_York", datetime(2030, 1, 7, 3, tzinfo=UTC), january(6)),
        # The last minute of the day on which the clocks go forward, and back.
        ("America/New_York", datetime(2030, 3, 11, 3, 59, tzinfo=UTC), date(2030, 3, 10)),
        ("America/New_York", datetime(2030, 11, 4, 4, 59, tzinfo=UTC), date(2030, 11, 3)),
        # Apia went from the 29th to the 31st.
        ("Pacific/Apia", datetime(2011, 12, 30, 9, 59, tzinfo=UTC), date(2011, 12, 29)),
        ("Pacific/Apia", datetime(2011, 12, 30, 10, tzinfo=UTC), date(2011, 12, 31)),
    ],
)
def test_it_begins_on_the_clients_own_day(version, zone, now, first):
    person = make_portal_client(time_zone=zone)
    todo = make_assignment(client=person, version=version, starts_on=date(2011, 1, 1))
    with travel(now):
        assignment_pause(assignment=todo, until=None)
    assert rests() == [(first, None)]


def test_a_rest_over_the_date_line_ends_on_a_day_there_is(version):
    person = make_portal_client(time_zone="Pacific/Apia")
    todo = make_assignment(client=person, version=version, starts_on=date(2011, 12, 1))
    with travel(datetime(2011, 12, 29, 20, tzinfo=UTC)):
        assignment_pause(assignment=todo, until=None)
    with travel(datetime(2011, 12, 30, 20, tzinfo=UTC)):
        assignment_resume(assignment=todo)
    todo.refresh_from_db()
    assert rests() == [(date(2011, 12, 29), date(2011, 12, 30))]
    assert todo.runs_on(date(2011, 12, 31))


@pytest.mark.parametrize(
    "wrong",
    [
        {"first_day": january(7), "last_day": january(6)},
        # A second one without an end.
        {"first_day": january(9), "last_day": None},
    ],
)
def test_the_database_refuses_it_too(todo, wrong):
    AssignmentPause.objects.create(assignment=todo, first_day=january(1))
    with pytest.raises(IntegrityError), transaction.atomic():
        AssignmentPause.objects.create(assignment=todo, **wrong)
