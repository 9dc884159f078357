from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from exercises.missing import missed_in_a_row
from exercises.plans import Plan, Rhythm

MONDAY = date(2026, 6, 1)
A_DAY = timedelta(days=1)


def june(day):
    return MONDAY + (day - 1) * A_DAY


def make_plan(rhythm="daily", **kw):
    given = {"times_a_week": None, "weekdays": frozenset(), "start": MONDAY, "end": None}
    return Plan(rhythm=Rhythm(rhythm), **given | kw)


def missed(plan, until, done=(), could_not=(), **kw):
    days = [[june(day) for day in days] for days in (done, could_not)]
    return missed_in_a_row(plan, *days, june(until), **kw)


@pytest.mark.parametrize(
    ("plan", "until", "count"),
    [
        (make_plan(), 4, 4),
        (make_plan(end=june(2)), 4, 2),
        (make_plan(start=june(5)), 4, 0),
        (make_plan(pauses=((june(2), june(3)),)), 4, 2),
        (make_plan("weekdays", weekdays=frozenset({0, 4})), 14, 4),
        # A week counts once it is over, with what may be asked of its days.
        (make_plan("times_a_week", times_a_week=3), 6, 0),
        (make_plan("times_a_week", times_a_week=3), 7, 3),
        (make_plan("times_a_week", times_a_week=3, end=june(2)), 2, 2),
        # A turn counts once it is over.
        (make_plan("every_weeks", every_weeks=2), 6, 0),
        (make_plan("every_weeks", every_weeks=2), 20, 1),
        (make_plan("before_meeting", meetings=frozenset({june(5)})), 4, 0),
        (make_plan("before_meeting", meetings=frozenset({june(5), june(12)})), 12, 2),
        (make_plan("once"), 9, 0),
        (make_plan("once", end=june(3)), 2, 0),
        (make_plan("once", end=june(3)), 9, 1),
    ],
)
def test_it_counts_what_was_asked_for_and_not_answered(plan, until, count):
    assert missed(plan, until) == count


def test_what_was_done_or_could_not_be_begins_anew():
    assert missed(make_plan(), 6, done=[2]) == 4
    assert missed(make_plan(), 6, done=[2], could_not=[4]) == 2
    # Today's answer, too, though today is not over.
    assert missed(make_plan(), 6, could_not=[7]) == 0


def test_another_day_than_the_named_one_is_an_answer():
    mondays = make_plan("weekdays", weekdays=frozenset({0}))
    assert missed(mondays, 21, done=[9]) == 1
    assert missed(mondays, 21, done=[17]) == 0


@pytest.mark.parametrize(("day", "count"), [(8, 2), (12, 2), (13, 1), (14, 0)])
def test_of_an_open_week_only_what_comes_after_its_last_answer_counts(day, count):
    assert missed(make_plan("times_a_week", times_a_week=3), 14, done=[day]) == count


def test_a_turn_that_was_met_is_not_missed():
    plan = make_plan("every_weeks", every_weeks=2)
    assert missed(plan, 27, done=[15]) == 0
    assert missed(plan, 27, done=[1]) == 1


def test_nothing_before_the_first_day_counts():
    assert missed(make_plan(), 10, first=june(8)) == 3


def test_days_gone_by_count_as_they_were_asked_for():
    daily = make_plan()
    plan = make_plan("times_a_week", times_a_week=2, start=june(4), earlier=((june(3), daily),))
    # Three days of the first week were named; that is as many as the new rhythm asks for.
    assert missed(plan, 7) == 3
    assert missed(plan, 14) == 5
    assert missed(plan, 14, done=[2]) == 3


# --- against a recount by hand

DAYS = [june(day) for day in range(1, 36)]
some_days = st.sets(st.sampled_from(DAYS), max_size=4)
rhythms = st.one_of(
    st.just({"rhythm": "daily"}),
    st.builds(lambda n: {"rhythm": "times_a_week", "times_a_week": n}, st.integers(1, 7)),
    st.builds(
        lambda days: {"rhythm": "weekdays", "weekdays": days},
        st.frozensets(st.integers(0, 6), min_size=1),
    ),
    st.builds(lambda n: {"rhythm": "every_weeks", "every_weeks": n}, st.integers(1, 3)),
    st.builds(lambda days: {"rhythm": "before_meeting", "meetings": frozenset(days)}, some_days),
    st.just({"rhythm": "once"}),
)
pauses = st.one_of(
    st.just(()),
    st.builds(
        lambda day, length: ((day, None if length is None else day + length * A_DAY),),
        st.sampled_from(DAYS),
        st.one_of(st.none(), st.integers(0, 12)),
    ),
)


@st.composite
def plans(draw):
    """One rhythm, or one after another; a pause belongs to the whole, as an assignment's does."""
    rest, start, earlier = draw(pauses), draw(st.sampled_from(DAYS[:10])), []
    for length in draw(st.lists(st.integers(1, 12), max_size=2)):
        last = start + (length - 1) * A_DAY
        earlier.append((last, make_plan(start=start, pauses=rest, **draw(rhythms))))
        start = last + A_DAY
    end = draw(st.one_of(st.none(), st.integers(0, 20).map(lambda n: start + n * A_DAY)))
    return make_plan(start=start, end=end, pauses=rest, earlier=tuple(earlier), **draw(rhythms))


def recount(plan, answered, until, first):
    """Day by day from the beginning; every answer puts it back to nothing."""
    run, by_week = 0, {}
    for day in (june(n) for n in range(1, 60)):
        by_week.setdefault(day.isocalendar()[:2], []).append(day)
    for week in by_week.values():
        due = _due_in(plan, week, answered, until)
        for day in week:
            if day in answered:
                run = 0
            elif first <= day <= until and day in due:
                run += 1
    return run


def _due_in(plan, week, answered, until):
    due = [day for day in week if day not in answered and _is_named(plan, day, answered)]
    for part in [*(part for _, part in plan.earlier), plan]:
        own = [day for day in week if plan.covers(day) and plan.held_on(day) is part]
        if part.rhythm != "times_a_week" or not own or max(own) > until:
            continue
        left = part.times_a_week
        left -= sum(day in answered or day in due for day in week if day <= max(own))
        for day in sorted(own, reverse=True):
            if left > 0 and day not in answered and day not in due:
                due.append(day)
                left -= 1
    return due


def _is_named(plan, day, answered):
    part = plan.held_on(day)
    if part.rhythm == "once":
        return day == part.end and plan.covers(day) and not {d for d in answered if d >= part.start}
    turn = part.turn(day)
    if turn:
        span = {turn[0] + n * A_DAY for n in range((turn[1] - turn[0]).days + 1)}
        return plan.names(day) and not span & set(answered)
    return plan.names(day)


@given(plans(), some_days, some_days, st.sampled_from(DAYS), st.sampled_from(DAYS[:14]))
@example(make_plan("times_a_week", times_a_week=2), {june(3)}, set(), june(14), june(2))
def test_it_counts_like_somebody_who_walks_through_all_days(plan, done, could_not, until, first):
    counted = missed_in_a_row(plan, done, could_not, until, first=first)
    assert counted == recount(plan, done | could_not, until, first)
