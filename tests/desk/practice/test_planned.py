from __future__ import annotations

from datetime import timedelta

from hypothesis import given

from counsel.desk.practice.planned import planned_by_week
from counsel.desk.practice.spans import Span
from exercises.plans import monday_of
from exercises.progress import progress
from tests.exercises.test_progress import days, plans


@given(plans, days)
def test_each_week_has_the_days_the_rule_gives_it(plan, day):
    first = monday_of(day)
    weeks = list(Span(first, first + timedelta(days=27)).weeks())
    found = planned_by_week(plan, weeks)
    assert [found.get(week.first, 0) for week in weeks] == [
        progress([plan], (), week.first, week.last).planned for week in weeks
    ]
