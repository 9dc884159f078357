from __future__ import annotations

from datetime import date, timedelta

import pytest

from exercises.plans import Plan, Rhythm
from exercises.scoring.changes import Change, Course
from exercises.standing import Given, reckon, trend

MONDAY = date(2026, 6, 1)
A_DAY = timedelta(days=1)


def june(day):
    return MONDAY + (day - 1) * A_DAY


def given(rhythm="daily", done=(), could_not=(), *, is_open=True, **plan):
    plan = {"times_a_week": None, "weekdays": frozenset(), "start": MONDAY, "end": None} | plan
    days = [frozenset(june(day) for day in days) for days in (done, could_not)]
    return Given(Plan(rhythm=Rhythm(rhythm), **plan), *days, is_open)


def reckoned(*rows, heard=None, first=1, today=8):
    return reckon(rows, heard and june(heard), june(first), june(today))


def test_one_done_more_often_than_planned_does_not_make_up_for_another():
    often = given("weekdays", done=[1, 2, 3, 4], weekdays=frozenset({0}))
    found = reckoned(often, given(done=[5]))
    assert (found.done, found.planned) == (2, 8)


@pytest.mark.parametrize(("done", "planned"), [([3], 7), ([3, 8], 8)])
def test_today_counts_once_something_was_done(done, planned):
    assert reckoned(given(done=done)).planned == planned


def test_it_tells_the_longest_run_of_what_still_asks():
    over = given(end=june(7), is_open=False)
    found = reckoned(given(done=[5]), given(could_not=[3]), over)
    assert found.missed == 4


@pytest.mark.parametrize(
    ("row", "heard", "since"),
    [
        (given(), None, 1),
        (given(), 3, 4),
        (given(), 8, None),
        (given(is_open=False), None, None),
        (given("weekdays", weekdays=frozenset({4})), 1, 5),
        # What this week asks for is done.
        (given("times_a_week", done=[1], times_a_week=1), 1, 8),
        # Between two turns nothing is asked.
        (given("every_weeks", done=[1], every_weeks=3), 1, None),
        (given("once"), None, 1),
        (given("once", done=[2]), 2, None),
        # Days of rest are no days of silence.
        (given(pauses=((june(3), june(5)),)), 1, 6),
    ],
)
def test_somebody_is_quiet_since_the_first_day_that_asked_and_heard_nothing(row, heard, since):
    assert reckoned(row, heard=heard).quiet_since == (since and june(since))


def change(course, *, reliable=True):
    return Change("total", "Total", 1, course, reliable, 6, "")


def test_a_measure_gets_worse_where_one_of_its_scales_surely_does():
    better, worse = change(Course.BETTER), change(Course.WORSE)
    unsure = [change(Course.WORSE, reliable=False), change(Course.WORSE, reliable=None)]
    assert trend([better, worse]) is Course.WORSE
    assert trend([better, *unsure]) is Course.BETTER
    assert trend(unsure) is Course.SAME
    assert trend([]) is None
