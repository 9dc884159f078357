from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from counsel.common.zones import local_date
from exercises.course import weeks
from exercises.plans import Rhythm
from exercises.progress import Practice, progress
from tests.exercises.test_progress import days, make_plan, plans, recount

# Across the end of a year and both changes of the clock; Apia skipped a whole day in it.
SOMETIMES = st.datetimes(datetime(2011, 10, 20), datetime(2012, 4, 10), timezones=st.just(UTC))
ZONES = st.sampled_from(["Europe/London", "Pacific/Apia", "America/New_York", "Asia/Kolkata"])
done_days = st.lists(days, max_size=30)


def spans():
    return st.tuples(days, days).map(sorted)


def year(day):
    return date(2030, 1, day)


@given(plans, done_days, spans())
def test_each_week_counts_what_a_recount_finds(plan, done, span):
    for week in weeks([plan], done, *span):
        assert week.planned == recount(plan, week.first, week.last)
        assert week.done == len({day for day in done if week.first <= day <= week.last})


@given(st.lists(plans, max_size=3), done_days, spans())
def test_the_weeks_add_up_to_the_span(some_plans, done, span):
    entries = [Practice(day, done=True, before=None, after=None, feelings=()) for day in done]
    whole, found = progress(some_plans, entries, *span), weeks(some_plans, done, *span)
    assert sum(week.planned for week in found) == whole.planned
    assert sum(week.done for week in found) == whole.done_days


@given(st.lists(plans, max_size=3), done_days, spans(), st.randoms(use_true_random=False))
def test_no_order_makes_a_difference(some_plans, done, span, dice):
    before = weeks(some_plans, done, *span)
    dice.shuffle(some_plans), dice.shuffle(done)
    assert weeks(some_plans, done, *span) == before


@given(st.lists(SOMETIMES, max_size=40), ZONES)
def test_a_week_is_one_of_the_clients_own_calendar(instants, name):
    zone = ZoneInfo(name)
    done = {local_date(instant, zone) for instant in instants}
    found = weeks([], done, date(2011, 10, 19), date(2012, 4, 11))
    by_number = {}
    for instant in instants:
        at = instant.astimezone(zone)
        by_number.setdefault(at.isocalendar()[:2], set()).add((at.year, at.month, at.day))
    counted = {week.first.isocalendar()[:2]: week.done for week in found if week.done}
    assert counted == {number: len(some) for number, some in by_number.items()}


@given(spans())
def test_they_cover_the_span_without_gap_and_only_its_ends_are_cut(span):
    found = weeks([], [], *span)
    covered = [
        week.first + timedelta(days=n)
        for week in found
        for n in range((week.last - week.first).days + 1)
    ]
    assert (covered[0], covered[-1]) == tuple(span)
    assert len(covered) == (span[1] - span[0]).days + 1 == len(set(covered))
    assert all(week.is_whole and week.first.weekday() == 0 for week in found[1:-1])


def test_the_week_of_a_new_year_is_one_week():
    daily = make_plan(Rhythm.DAILY, start=date(2029, 12, 31))
    done = [date(2029, 12, 31), year(1), year(1), year(6), year(7)]
    first, second = weeks([daily], done, date(2029, 12, 31), year(8))
    assert (first.first, first.last, first.done, first.planned) == (
        date(2029, 12, 31),
        year(6),
        3,
        7,
    )
    assert (second.done, second.planned, second.is_whole) == (1, 2, False)


def test_a_span_the_wrong_way_round_has_no_weeks():
    assert weeks([], [], year(8), year(7)) == []
