from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from counsel.common.errors import ConflictError, DomainError
from exercises.models import Assignment
from exercises.progress import progress
from exercises.services.assigning import (
    assignment_change,
    assignment_create,
    assignment_make_smaller,
    assignment_make_whole,
    assignment_withdraw,
    seal_of,
)
from exercises.services.resting import assignment_pause, assignment_resume
from tests.factories import make_assignment, make_entry, make_version

# 10:00 on Monday, 7 January 2030, in India.
MONDAY = datetime(2030, 1, 7, 4, 30, tzinfo=UTC)
DAY = timedelta(days=1)
travel = partial(time_machine.travel, tick=False)


def create(ravi, version, **fields):
    given = {"rationale": " Because. ", "rhythm": "daily", "starts_on": date(2030, 1, 7), **fields}
    return assignment_create(client=ravi, version=version, **given)


def test_it_gives_a_client_an_exercise(ravi, version):
    created = create(ravi, version)
    assert (created.rationale, created.status) == ("Because.", "active")


def test_it_keeps_only_what_belongs_to_the_rhythm(ravi, version):
    weekly = create(ravi, version, rhythm="weekdays", weekdays=[4, 0, 4], times_a_week=3)
    assert (weekly.weekdays, weekly.times_a_week) == ("04", None)
    some_days = create(ravi, version, rhythm="times_a_week", weekdays=[1], times_a_week=3)
    assert (some_days.weekdays, some_days.times_a_week) == ("", 3)
    weeks = create(ravi, version, rhythm="every_weeks", times_a_week=1, every_weeks=2)
    assert (weeks.every_weeks, weeks.times_a_week) == (2, None)
    assert create(ravi, version, rhythm="before_meeting", every_weeks=2).every_weeks is None


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"rationale": "  "}, "rationale"),
        ({"rhythm": "hourly"}, "rhythm"),
        ({"rhythm": "times_a_week", "times_a_week": 8}, "times_a_week"),
        ({"rhythm": "times_a_week"}, "__all__"),
        ({"rhythm": "weekdays"}, "__all__"),
        ({"rhythm": "every_weeks"}, "__all__"),
        ({"rhythm": "every_weeks", "every_weeks": 53}, "every_weeks"),
        ({"ends_on": date(2030, 1, 6)}, "__all__"),
    ],
)
def test_it_says_what_is_wrong(ravi, version, wrong, named):
    with pytest.raises(ValidationError) as refusal:
        create(ravi, version, **wrong)
    assert named in refusal.value.message_dict
    assert not Assignment.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"ends_on": date(2029, 12, 31)},
        {"rhythm": "times_a_week"},
        {"rhythm": "weekdays"},
        {"rhythm": "every_weeks"},
        {"rhythm": "every_weeks", "every_weeks": 53},
        {"status": "withdrawn"},
        {"status": "waiting"},
    ],
)
def test_the_database_refuses_it_too(ravi, version, wrong):
    with pytest.raises(IntegrityError), transaction.atomic():
        make_assignment(client=ravi, version=version, **wrong)


def test_it_takes_it_back_once(assignment):
    with travel(MONDAY):
        assignment_withdraw(assignment=assignment)
    with travel(MONDAY + DAY):
        assignment_withdraw(assignment=assignment)
    row = Assignment.objects.get()
    assert (row.status, row.withdrawn_on) == ("withdrawn", date(2030, 1, 7))


@travel(MONDAY)
def test_a_day_done_before_it_was_taken_back_counts(assignment):
    make_entry(assignment=assignment, happened_at=MONDAY)
    row = assignment_withdraw(assignment=assignment)
    assert row.plan.covers(date(2030, 1, 7))
    assert not row.plan.covers(date(2030, 1, 8))
    assert not row.runs_on(date(2030, 1, 7))


# --- A double click


@travel(MONDAY)
def test_the_same_twice_at_once_is_one(ravi, mira, version):
    assert create(ravi, version) == create(ravi, version)
    create(ravi, version, rationale="Another reason.")
    create(mira, version)
    assert Assignment.objects.count() == 3


def test_the_same_later_on_is_another(ravi, version):
    with travel(MONDAY):
        create(ravi, version)
    with travel(MONDAY + timedelta(minutes=2)):
        create(ravi, version)
    assert Assignment.objects.count() == 2


# --- What an exercise has


@pytest.mark.parametrize("field", ["smaller", "shows_scores"])
def test_it_refuses_what_the_exercise_has_not(ravi, field):
    with pytest.raises(DomainError) as refusal:
        create(ravi, make_version(), **{field: True})
    assert refusal.value.field == field


def test_a_measure_may_show_its_scores(ravi):
    assert create(ravi, make_version(kind="measure"), shows_scores=True).shows_scores


def test_it_is_made_smaller_and_whole_again(assignment):
    assert assignment_make_smaller(assignment=assignment).smaller
    assert assignment_make_smaller(assignment=assignment).smaller
    assert not assignment_make_whole(assignment=assignment).smaller


def test_it_is_not_made_smaller_where_there_is_no_smaller_form(ravi):
    todo = make_assignment(client=ravi, version=make_version())
    with pytest.raises(DomainError, match="no smaller form"):
        assignment_make_smaller(assignment=todo)


# --- Changing


def change(assignment, **fields):
    given = {name: getattr(assignment, name) for name in ("rationale", "starts_on", "ends_on")}
    given |= {"rhythm": "daily", "reminders": True, "seen": seal_of(assignment), **fields}
    return assignment_change(assignment=assignment, **given)


def planned(assignment, first, last):
    return progress([assignment.plan], [], date(2030, 1, first), date(2030, 1, last)).planned


@travel(MONDAY)
def test_it_changes_how_it_is_given_and_never_what(assignment):
    changed = change(
        assignment,
        rationale=" Since it is winter. ",
        ends_on=date(2030, 1, 20),
        reminders=False,
        smaller=True,
    )
    changed.refresh_from_db()
    assert (changed.rationale, changed.ends_on) == ("Since it is winter.", date(2030, 1, 20))
    assert (changed.reminders, changed.smaller) == (False, True)
    assert changed.version == assignment.version


@travel(MONDAY)
def test_days_gone_by_stay_counted_in_their_rhythm(ravi, version):
    todo = make_assignment(client=ravi, version=version, starts_on=date(2030, 1, 1))
    changed = change(todo, rhythm="weekdays", weekdays=[0])
    assert changed.weekdays == "0"
    assert planned(changed, 1, 6) == 6
    assert planned(changed, 7, 20) == 2
    with travel(MONDAY + 7 * DAY):
        again = change(changed, rhythm="every_weeks", every_weeks=2)
    again.refresh_from_db()
    assert [held["rhythm"] for held in again.earlier] == ["daily", "weekdays"]
    assert planned(again, 1, 6) == 6
    assert planned(again, 7, 13) == 1
    assert planned(again, 14, 20) == 1


@travel(MONDAY)
def test_what_was_done_today_counts_in_the_rhythm_of_this_morning(ravi, version):
    todo = make_assignment(client=ravi, version=version, starts_on=date(2030, 1, 1))
    make_entry(assignment=todo, happened_at=MONDAY)
    changed = change(todo, rhythm="weekdays", weekdays=[3])
    assert planned(changed, 1, 8) == 7
    assert changed.runs_on(date(2030, 1, 7))


@travel(MONDAY)
@pytest.mark.parametrize("starts_on", [date(2030, 1, 7), date(2030, 1, 9)])
def test_a_rhythm_that_counted_no_day_leaves_no_trace(ravi, version, starts_on):
    todo = make_assignment(client=ravi, version=version, starts_on=starts_on)
    changed = change(todo, rhythm="once")
    changed = change(changed, rhythm="times_a_week", times_a_week=2)
    assert (changed.earlier, changed.rhythm_since) == ([], starts_on)


@travel(MONDAY)
@pytest.mark.parametrize(
    ("begun", "wrong", "field"),
    [
        (date(2030, 1, 1), {"starts_on": date(2030, 1, 8)}, "starts_on"),
        (date(2030, 1, 9), {"starts_on": date(2030, 1, 6)}, "starts_on"),
        (date(2030, 1, 1), {"ends_on": date(2030, 1, 6)}, "ends_on"),
        (date(2030, 1, 1), {"shows_scores": True}, "shows_scores"),
    ],
)
def test_it_says_what_cannot_be_changed(ravi, version, begun, wrong, field):
    todo = make_assignment(client=ravi, version=version, starts_on=begun)
    with pytest.raises(DomainError) as refusal:
        change(todo, **wrong)
    assert refusal.value.field == field


@travel(MONDAY)
def test_what_has_not_begun_may_begin_on_another_day(ravi, version):
    todo = make_assignment(client=ravi, version=version, starts_on=date(2030, 1, 9))
    assert change(todo, starts_on=date(2030, 1, 7)).starts_on == date(2030, 1, 7)


@travel(MONDAY)
def test_of_two_windows_the_later_one_notices(assignment):
    seen = seal_of(assignment)
    change(assignment, rationale="From the first window.")
    with pytest.raises(ConflictError, match="in the meantime"):
        change(assignment, rationale="From the second.", seen=seen)
    # The first window's button, pressed once more.
    assert change(assignment, rationale="From the first window.", seen=seen)


@travel(MONDAY)
@pytest.mark.parametrize(
    "over",
    [{"status": "withdrawn", "withdrawn_on": date(2030, 1, 3)}, {"ends_on": date(2030, 1, 6)}],
)
def test_what_is_over_changes_no_more(ravi, version, over):
    todo = make_assignment(client=ravi, version=version, starts_on=date(2030, 1, 1), **over)
    for service in (assignment_make_smaller, assignment_resume):
        with pytest.raises(ConflictError):
            service(assignment=todo)
    with pytest.raises(ConflictError):
        assignment_pause(assignment=todo, until=None)
    with pytest.raises(ConflictError):
        change(todo, rationale="Anew.")


@travel(MONDAY)
def test_what_waits_keeps_its_dates(ravi, version, assignment):
    waits = make_assignment(
        client=ravi, version=version, status="waiting", after=assignment, after_days=3
    )
    waits = change(waits, rationale="For later.", rhythm="once")
    assert waits.earlier == []
    for dates in ({"starts_on": date(2030, 2, 1)}, {"ends_on": date(2030, 2, 1)}):
        with pytest.raises(DomainError, match="waits"):
            change(waits, rhythm="once", **dates)
    with pytest.raises(ConflictError, match="waits"):
        assignment_pause(assignment=waits, until=None)
