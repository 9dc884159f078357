from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate, combinations
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from counsel.common.zones import local_date
from exercises.plans import Plan, Rhythm, is_wanted_on
from exercises.progress import DayMark, Practice, day_marks, feelings_named, progress, tally

MONDAY = date(2026, 6, 1)
SUNDAY = date(2026, 6, 7)
NEXT_SUNDAY = date(2026, 6, 14)
A_DAY = timedelta(days=1)


def june(day):
    return date(2026, 6, day)


def make_plan(rhythm="daily", **kw):
    given = {"times_a_week": None, "weekdays": frozenset(), "start": MONDAY, "end": None}
    return Plan(rhythm=Rhythm(rhythm), **given | kw)


def planned_days(plan, first, last):
    return progress([plan], [], first, last).planned


def make_practice(day=MONDAY, **kw):
    given = {"done": True, "before": None, "after": None, "feelings": ()}
    return Practice(day=day, **given | kw)


# --- planned days


@pytest.mark.parametrize(
    ("plan", "planned"),
    [
        (make_plan(), 14),
        (make_plan(start=june(5), end=june(8)), 4),
        (make_plan(end=june(1)), 1),
        (make_plan(start=june(20)), 0),
        (make_plan("weekdays", weekdays=frozenset({0, 4})), 4),
        (make_plan("weekdays", weekdays=frozenset({0, 4}), start=june(2), end=june(12)), 3),
        (make_plan("times_a_week", times_a_week=3), 6),
        (make_plan("times_a_week", times_a_week=3, start=june(6)), 5),
        (make_plan("times_a_week", times_a_week=9), 14),
        (make_plan("once", end=june(3)), 1),
        (make_plan("once"), 1),
        (make_plan("once", end=june(20)), 0),
        (make_plan("once", start=june(20)), 0),
    ],
)
def test_it_counts_the_planned_days_of_a_fortnight(plan, planned):
    assert planned_days(plan, MONDAY, NEXT_SUNDAY) == planned


# --- a rhythm that was changed on the way


def changed(*earlier, **now):
    """Plans one after the other: (last day, fields) for each earlier one, then the one now."""
    start, before = MONDAY, []
    for last, fields in earlier:
        before.append((june(last), make_plan(**{"start": start, **fields})))
        start = june(last) + A_DAY
    return make_plan(**{"start": start, "earlier": tuple(before), **now})


@pytest.mark.parametrize(
    ("plan", "planned"),
    [
        (changed((7, {}), rhythm="weekdays", weekdays=frozenset({0})), 8),
        (changed((7, {"rhythm": "times_a_week", "times_a_week": 2})), 9),
        (changed((3, {}), (5, {"rhythm": "once"}), rhythm="times_a_week", times_a_week=1), 5),
        # Daily from Monday to Wednesday, then a rhythm that this week has done enough for.
        (changed((3, {}), rhythm="times_a_week", times_a_week=2), 5),
        (changed((3, {}), rhythm="times_a_week", times_a_week=5), 10),
        (changed((7, {"rhythm": "once"}), rhythm="every_weeks", every_weeks=4), 2),
        (changed((7, {"rhythm": "times_a_week", "times_a_week": 1}), end=june(6)), 1),
    ],
)
def test_days_gone_by_count_as_they_were_asked_for(plan, planned):
    assert planned_days(plan, MONDAY, NEXT_SUNDAY) == planned


def test_what_is_asked_once_counts_on_the_day_it_was_done():
    plan = make_plan("once", end=june(10)).done_on([june(3), june(5)])
    assert [day for day in range(1, 15) if plan.names(june(day))] == [3]
    assert make_plan("once", end=june(10)).done_on([]).names(june(10))


def test_taken_back_before_its_day_nothing_was_asked_once():
    plan = make_plan("once", end=june(4), counted_on=june(10))
    assert planned_days(plan, MONDAY, NEXT_SUNDAY) == 0


def test_it_asks_in_the_rhythm_that_holds_on_the_day():
    plan = changed((2, {}), (4, {"rhythm": "weekdays", "weekdays": {6}}), rhythm="once")
    wanted = [day for day in range(1, 9) if is_wanted_on(plan, june(day), [])]
    assert wanted == [1, 2, 5, 6, 7, 8]


def test_once_is_asked_for_after_it_was_done_in_another_rhythm():
    plan = changed((2, {}), rhythm="once")
    assert is_wanted_on(plan, june(5), [june(1), june(2)])
    assert not is_wanted_on(plan, june(6), [june(1), june(5)])


def test_it_counts_weeks_from_monday_to_sunday():
    plan = make_plan("times_a_week", times_a_week=1)
    assert planned_days(plan, SUNDAY, SUNDAY + A_DAY) == 2
    assert planned_days(plan, MONDAY, SUNDAY) == 1


def test_it_plans_nothing_in_a_span_the_wrong_way_round():
    assert planned_days(make_plan(), SUNDAY, MONDAY) == 0


def test_it_counts_a_day_of_several_plans_once():
    plans = [make_plan(), make_plan(), make_plan("times_a_week", times_a_week=3)]
    assert progress(plans, [], MONDAY, SUNDAY).planned == 7


def test_it_lets_a_short_plan_serve_a_long_one():
    long = make_plan("times_a_week", times_a_week=1)
    short = make_plan("times_a_week", times_a_week=1, start=june(3), end=june(4))
    assert progress([long, short], [], MONDAY, SUNDAY).planned == 1


def test_it_adds_up_plans_that_cannot_share_a_day():
    early = make_plan("times_a_week", times_a_week=2, end=june(3))
    late = make_plan("times_a_week", times_a_week=2, start=june(4))
    assert progress([early, late], [], MONDAY, SUNDAY).planned == 4


# --- wanted today


@pytest.mark.parametrize("rhythm", list(Rhythm))
@pytest.mark.parametrize(("day", "wanted"), [(2, False), (3, True), (10, True), (11, False)])
def test_it_wants_practice_within_the_dates_of_the_plan(rhythm, day, wanted):
    plan = make_plan(
        rhythm,
        times_a_week=1,
        weekdays=frozenset({1, 2, 3}),
        meetings=frozenset({june(4), june(12)}),
        start=june(3),
        end=june(10),
    )
    assert is_wanted_on(plan, june(day), []) is wanted


@pytest.mark.parametrize("rhythm", list(Rhythm))
@pytest.mark.parametrize(("day", "wanted"), [(3, True), (4, False), (5, False), (6, True)])
def test_it_wants_nothing_in_a_pause(rhythm, day, wanted):
    plan = make_plan(
        rhythm,
        times_a_week=1,
        weekdays=frozenset(range(7)),
        meetings=frozenset({june(6)}),
        pauses=((june(4), june(5)),),
    )
    assert is_wanted_on(plan, june(day), []) is wanted


@pytest.mark.parametrize(
    ("done", "day", "wanted"),
    [
        ([], 7, True),
        ([], 8, False),
        ([5], 7, False),
        ([5], 15, True),
        ([5, 14], 15, True),
        ([5, 16], 17, False),
    ],
)
def test_it_wants_something_of_every_other_week_for_seven_days(done, day, wanted):
    plan = make_plan("every_weeks", every_weeks=2)
    assert is_wanted_on(plan, june(day), [june(d) for d in done]) is wanted


@pytest.mark.parametrize(
    ("done", "day", "wanted"),
    [
        ([], 6, False),
        ([], 7, True),
        ([], 10, True),
        ([7], 10, False),
        ([7], 11, True),
        ([7, 10], 12, True),
        ([7, 11], 12, False),
        ([], 13, False),
    ],
)
def test_it_wants_something_once_before_each_meeting(done, day, wanted):
    plan = make_plan("before_meeting", meetings=frozenset({june(10), june(12)}))
    assert is_wanted_on(plan, june(day), [june(d) for d in done]) is wanted


@pytest.mark.parametrize("rhythm", list(Rhythm))
def test_it_wants_nothing_more_on_a_day_done_already(rhythm):
    plan = make_plan(
        rhythm, times_a_week=7, weekdays=frozenset(range(7)), meetings=frozenset({june(4)})
    )
    assert is_wanted_on(plan, june(3), [])
    assert not is_wanted_on(plan, june(3), [june(3)])


def test_it_wants_what_is_to_be_done_once_until_it_is_done():
    plan = make_plan("once", end=june(10))
    assert is_wanted_on(plan, june(9), [])
    assert not is_wanted_on(plan, june(9), [june(2)])


def test_it_wants_only_the_chosen_weekdays():
    plan = make_plan("weekdays", weekdays=frozenset({0, 2}))
    wanted = [day for day in range(1, 8) if is_wanted_on(plan, june(day), [])]
    assert wanted == [1, 3]


def test_it_wants_no_more_times_than_a_week_asks_for():
    plan = make_plan("times_a_week", times_a_week=2)
    assert is_wanted_on(plan, june(5), [june(2)])
    assert is_wanted_on(plan, june(5), [june(2), june(2)])
    assert not is_wanted_on(plan, june(5), [june(2), june(4)])
    assert is_wanted_on(plan, june(8), [june(2), june(4)])


# --- what the entries add up to


def test_it_counts_days_practised_not_entries():
    entries = [make_practice(june(1)), make_practice(june(1)), make_practice(june(3))]
    entries += [make_practice(june(5), done=False)]
    found = progress([make_plan()], entries, MONDAY, SUNDAY)
    assert (found.done_days, found.planned, found.could_not) == (2, 7, 1)


def test_it_leaves_out_what_lies_outside_the_span():
    entries = [make_practice(june(day), before=5, after=1, feelings=("sad",)) for day in (2, 5)]
    assert progress([], entries, june(3), june(4)) == progress([], [], june(3), june(4))
    assert progress([], entries, june(2), june(5)).done_days == 2


def test_it_lists_feelings_by_number_of_entries_then_alphabet():
    named = [("sad", "calm"), ("sad", "sad"), ("angry",), ()]
    entries = [make_practice(feelings=feelings) for feelings in named]
    found = progress([], entries, MONDAY, SUNDAY)
    assert found.feelings == (("sad", 2), ("angry", 1), ("calm", 1))


def test_it_compares_before_and_after_of_the_same_entries():
    pairs = [(8, 4), (6, 5), (10, None), (None, 0), (None, None)]
    entries = [make_practice(before=before, after=after) for before, after in pairs]
    found = progress([], entries, MONDAY, SUNDAY)
    assert (found.before_mean, found.after_mean, found.mean_change) == (7.0, 4.5, -2.5)


def test_it_takes_nought_for_a_strength():
    found = progress([], [make_practice(before=0, after=0)], MONDAY, SUNDAY)
    assert (found.before_mean, found.after_mean, found.mean_change) == (0, 0, 0)


def test_it_has_no_mean_of_nothing():
    found = progress([], [make_practice(before=3)], MONDAY, SUNDAY)
    assert (found.before_mean, found.after_mean, found.mean_change) == (None, None, None)


def test_it_marks_the_last_days_oldest_first():
    marks = day_marks({june(1), june(6), june(7)}, SUNDAY)
    assert [mark.day for mark in marks] == [june(day) for day in range(1, 8)]
    assert [mark.practised for mark in marks] == [True, *[False] * 4, True, True]
    assert day_marks([june(2)], june(3), 2) == [DayMark(june(2), True), DayMark(june(3), False)]


def test_what_one_exercise_was_done_too_often_makes_up_for_nothing():
    once = make_plan("times_a_week", times_a_week=1)
    found = tally(once, [make_practice(june(day)) for day in (1, 2, 3)], MONDAY, SUNDAY)
    assert (found.done_days, found.planned, found.done) == (3, 1, 1)


def test_today_is_planned_once_something_was_done():
    found = [
        tally(make_plan(), [make_practice(june(4), done=done)], june(3), june(4)) for done in (0, 1)
    ]
    assert [(one.planned, one.done_days, one.could_not) for one in found] == [(1, 0, 1), (2, 1, 0)]


def test_it_tells_since_when_a_feeling_is_named():
    entries = [make_practice(feelings=("sad", "calm")), make_practice(feelings=("sad",))]
    found = feelings_named(entries, {"sad": june(1), "angry": june(2)})
    assert [(one.label, one.count, one.first_day) for one in found] == [
        ("sad", 2, june(1)),
        ("calm", 1, None),
    ]


# --- against a recount

days = st.integers(0, 40).map(lambda n: MONDAY - 10 * A_DAY + n * A_DAY)
feelings = st.lists(st.sampled_from(["sad", "calm", "angry", "Ärger", ""]), max_size=4)
strengths = st.one_of(st.none(), st.integers(0, 10))
practices = st.builds(Practice, days, st.booleans(), strengths, strengths, feelings.map(tuple))
plans = st.builds(
    Plan,
    st.sampled_from(Rhythm),
    st.one_of(st.none(), st.integers(0, 8)),
    st.frozensets(st.integers(0, 6)),
    days,
    st.one_of(st.none(), days),
    st.integers(1, 3),
    st.frozensets(days, max_size=4),
    st.lists(
        st.tuples(days, st.one_of(st.none(), days)).filter(lambda p: not p[1] or p[0] <= p[1]),
        max_size=2,
    ).map(tuple),
)


def span(first, last):
    return [first + n * A_DAY for n in range((last - first).days + 1)]


def rests(plan, day):
    return any(first <= day <= (last or date.max) for first, last in plan.pauses)


def runs(plan, day):
    return plan.start <= day <= (plan.end or date.max) and not rests(plan, day)


def turns_of_weeks(plan, last):
    """Whole ones, up to the one in which the last day is."""
    length = 7 * (plan.every_weeks or 1)
    begun = range(0, (last - plan.start).days + 1, length)
    return [span(day, day + 6 * A_DAY) for day in (plan.start + n * A_DAY for n in begun)]


def turns_of_meetings(plan):
    """A day belongs to the first meeting it comes before, if that is three days off at most."""
    asked = {}
    for day in span(MONDAY - 20 * A_DAY, MONDAY + 60 * A_DAY):
        meeting = next((m for m in sorted(plan.meetings) if m >= day), None)
        if meeting and (meeting - day).days <= 3:
            asked.setdefault(meeting, []).append(day)
    return list(asked.values())


def last_open_days(plan, last):
    if plan.rhythm is Rhythm.EVERY_WEEKS:
        turns = turns_of_weeks(plan, last)
    elif plan.rhythm is Rhythm.BEFORE_MEETING:
        turns = turns_of_meetings(plan)
    else:
        return set()
    opened = ([day for day in turn if runs(plan, day)] for turn in turns)
    return {days[-1] for days in opened if days}


def recount(plan, first, last):
    """Day by day: a day counts while its week has not had all its times yet."""
    counted, last_open = [], last_open_days(plan, last)
    for day in span(first, last):
        running = runs(plan, day)
        this_week = [d for d in counted if d.isocalendar()[:2] == day.isocalendar()[:2]]
        if {
            Rhythm.ONCE: day == (plan.end or plan.start) and running,
            Rhythm.DAILY: running,
            Rhythm.WEEKDAYS: running and day.weekday() in plan.weekdays,
            Rhythm.TIMES_A_WEEK: running and len(this_week) < (plan.times_a_week or 0),
            Rhythm.EVERY_WEEKS: day in last_open,
            Rhythm.BEFORE_MEETING: day in last_open,
        }[plan.rhythm]:
            counted.append(day)
    return len(counted)


def meets(chosen, plan, week):
    """Whether practising on exactly these days of one week is all the plan asks of it."""
    if plan.rhythm is Rhythm.TIMES_A_WEEK:
        allowed = {d for d in week if runs(plan, d)}
        return len(allowed & chosen) >= recount(plan, week[0], week[-1])
    return all(day in chosen for day in week if recount(plan, day, day))


@given(plans, days, days)
def test_it_plans_what_a_recount_finds(plan, first, last):
    assert planned_days(plan, first, last) == recount(plan, first, last)


def fewest_days(some_plans, week):
    return next(
        size
        for size in range(8)
        for chosen in combinations(week, size)
        if all(meets(set(chosen), plan, week) for plan in some_plans)
    )


of_week = st.integers(0, 6).map(lambda n: MONDAY + n * A_DAY)
plans_of_week = st.builds(
    lambda times, start, end: make_plan("times_a_week", times_a_week=times, start=start, end=end),
    st.integers(0, 4),
    of_week,
    of_week,
) | st.builds(lambda day: make_plan("once", end=day), of_week)


@given(st.lists(plans_of_week | plans, max_size=5), st.integers(0, 2), st.integers(3, 6))
def test_it_plans_the_fewest_days_that_meet_all_plans(some_plans, weekday, length):
    first = MONDAY + weekday * A_DAY
    last = min(first + length * A_DAY, SUNDAY)
    # A pause in the middle of its week may leave one that is free in its days a day too many.
    assume(not any(p.pauses and p.rhythm is Rhythm.TIMES_A_WEEK for p in some_plans))
    found = progress(some_plans, [], first, last)
    assert found.planned == fewest_days(some_plans, span(first, last))


@given(plans.filter(lambda plan: plan.rhythm is not Rhythm.ONCE))
def test_it_asks_on_just_as_many_days_as_were_planned(plan):
    """Whoever practises whenever asked practises on the planned days, no more and no fewer."""
    # The last turn of one without an end is still open.
    assume(plan.end or plan.rhythm is not Rhythm.EVERY_WEEKS)
    first, last = MONDAY - 14 * A_DAY, MONDAY + 41 * A_DAY
    done = set()
    for day in span(first, last):
        if is_wanted_on(plan, day, done):
            done.add(day)
    assert len(done) == planned_days(plan, first, last)


rhythms = st.sampled_from(
    [
        {},
        {"rhythm": "weekdays", "weekdays": frozenset({1, 4, 6})},
        *({"rhythm": "times_a_week", "times_a_week": times} for times in (1, 2, 5)),
    ]
)


@given(st.lists(st.tuples(st.integers(1, 9), rhythms), max_size=3), rhythms)
def test_a_changed_rhythm_is_asked_for_on_just_as_many_days_as_were_planned(earlier, now):
    ends = accumulate(length for length, _ in earlier)
    plan = changed(*((end, fields) for end, (_, fields) in zip(ends, earlier, strict=True)), **now)
    last, done = MONDAY + 34 * A_DAY, set()
    for day in span(MONDAY, last):
        if is_wanted_on(plan, day, done):
            done.add(day)
    assert len(done) == planned_days(plan, MONDAY, last)


@given(st.lists(plans, max_size=4), st.lists(practices), days, days, st.randoms())
def test_it_reads_plans_and_entries_in_any_order(some_plans, entries, first, last, random):
    found = progress(some_plans, entries, first, last)
    random.shuffle(some_plans)
    random.shuffle(entries)
    assert progress(iter(some_plans), iter(entries), first, last) == found


@given(st.lists(practices), days, days)
def test_it_adds_up_what_a_recount_finds(entries, first, last):
    found = progress([], entries, first, last)
    shown = [entry for entry in entries if entry.day in span(first, last)]
    done = [day for day in span(first, last) if any(e.day == day and e.done for e in shown)]
    assert found.done_days == len(done)
    assert found.could_not == len([entry for entry in shown if not entry.done])
    words = {word for entry in shown for word in entry.feelings}
    assert dict(found.feelings) == {w: len([e for e in shown if w in e.feelings]) for w in words}
    assert list(found.feelings) == sorted(found.feelings, key=lambda pair: (-pair[1], pair[0]))
    assert (found.mean_change is None) == all(None in (e.before, e.after) for e in shown)
    if found.mean_change is not None:
        assert found.mean_change == pytest.approx(found.after_mean - found.before_mean)
        assert -10 <= found.mean_change <= 10


@given(st.lists(plans, max_size=3), st.lists(practices), practices, plans, days, days)
def test_it_takes_nothing_back_for_more_practice_or_another_plan(
    some_plans, entries, entry, plan, first, last
):
    fewer = progress(some_plans, entries, first, last)
    more = progress([*some_plans, plan], [*entries, entry], first, last)
    assert more.done_days >= fewer.done_days
    assert more.could_not >= fewer.could_not
    assert more.planned >= max(fewer.planned, planned_days(plan, first, last))
    assert max(more.planned, more.done_days) <= len(span(first, last))


@given(st.sets(days), days, st.integers(0, 30))
def test_it_marks_each_day_as_it_was(done, last, count):
    marks = day_marks(done, last, count)
    assert [mark.day for mark in marks] == span(last - (count - 1) * A_DAY, last)
    assert {mark.day for mark in marks if mark.practised} == done & {mark.day for mark in marks}


# Nights on which clocks go forward or back are among these hours, north and south.
hours = st.integers(0, 60 * 24).map(
    lambda n: datetime(2026, 3, 1, tzinfo=UTC) + n * timedelta(hours=1)
)
zones = st.sampled_from(
    ["Europe/London", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "Pacific/Apia"]
).map(ZoneInfo)
spring = st.integers(0, 60).map(lambda n: date(2026, 3, 1) + n * A_DAY)


@given(
    plans,
    st.lists(st.tuples(hours, st.booleans())),
    zones,
    st.integers(0, 400),
    spring,
    spring,
    st.randoms(),
)
def test_a_tally_is_a_recount_by_the_clients_own_clock(
    plan, lived, zone, earlier, first, today, random
):
    plan = replace(plan, start=plan.start - earlier * A_DAY, end=None, pauses=())
    told = [make_practice(local_date(instant, zone), done=done) for instant, done in lived]
    found = tally(plan, told, first, today)
    random.shuffle(told)
    assert tally(plan, told, first, today) == found

    by_day = {day: [] for day in span(first, today)}
    for instant, done in lived:
        by_day.get(instant.astimezone(zone).date(), []).append(done)
    over = span(first, today if any(by_day.get(today, [])) else today - A_DAY)
    assert found.planned == (recount(plan, over[0], over[-1]) if over else 0)
    assert found.done_days == sum(any(done) for done in by_day.values())
    assert found.could_not == sum(not one for done in by_day.values() for one in done)
    assert found.done == min(found.done_days, found.planned)
