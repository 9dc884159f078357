from __future__ import annotations

from datetime import UTC, datetime, time
from time import perf_counter
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, seed, settings
from hypothesis import strategies as st

from sessions.availability import Span, WeeklyRule, open_slots, seconds
from tests.sessions.availability_inputs import (
    A_DAY,
    ALL_NAMES,
    MONDAY,
    every_day,
    make_inputs,
    make_terms,
    minutes,
    utc,
)
from tests.sessions.availability_oracle import clock_changes, distinct_zones, oracle_starts

STEPS = [10, 15, 25, 30, 50, 60]
clock_minutes = st.integers(0, 24 * 60 - 1)
wall_times = clock_minutes.map(lambda n: time(n // 60, n % 60))


def spans_near(day):
    """Spans on whole minutes from the day before to the day after, some empty, some long."""
    begin = datetime.combine(day, time(), tzinfo=UTC) - A_DAY
    return st.builds(
        lambda at, length: Span.between(begin + minutes(at), begin + minutes(at + length)),
        st.integers(0, 4 * 24 * 60),
        st.one_of(st.integers(0, 180), st.integers(0, 2 * 24 * 60)),
    )


def rules_near(day):
    near = st.one_of(st.none(), st.none(), st.dates(day - 2 * A_DAY, day + 2 * A_DAY))
    hours = st.tuples(wall_times, st.one_of(st.just(time()), wall_times))
    ordered = hours.map(lambda pair: pair if pair[1] == time() else tuple(sorted(pair)))
    return st.builds(
        lambda weekday, hours, since, until: WeeklyRule(weekday, *hours, since, until),
        st.integers(-1, 2).map(lambda n: (day + n * A_DAY).weekday()),
        ordered,
        near,
        near,
    )


terms_of_all_kinds = st.builds(
    lambda **kw: make_terms(**kw),
    length=st.sampled_from([10, 20, 50, 60, 90, 180]),
    buffer_before=st.sampled_from([0, 5, 15]),
    buffer_after=st.sampled_from([0, 10, 60]),
    step=st.sampled_from(STEPS),
    minimum_notice=st.integers(0, 24 * 60),
    horizon=st.integers(24 * 60, 10 * 24 * 60),
    daily_maximum=st.one_of(st.none(), st.integers(1, 3)),
    weekly_maximum=st.one_of(st.none(), st.integers(1, 4)),
)


@st.composite
def inputs_near(draw, zone, day):
    day += draw(st.integers(-1, 1)) * A_DAY
    spans = spans_near(day)
    return {
        "rules": draw(st.lists(rules_near(day), max_size=9)),
        "extra": draw(st.lists(spans, max_size=3)),
        "time_off": draw(st.lists(spans, max_size=2)),
        "busy": draw(st.lists(spans, max_size=5)),
        "taken": [span.start for span in draw(st.lists(spans, max_size=6))],
        "terms": draw(terms_of_all_kinds),
        "zone": zone,
        "now": datetime.combine(day, time(), tzinfo=UTC) - minutes(draw(st.integers(0, 4320))),
        "first_day": day,
        "last_day": day + draw(st.integers(0, 1)) * A_DAY,
    }


@st.composite
def inputs_of_all_kinds(draw):
    zone = ZoneInfo(draw(st.sampled_from(ALL_NAMES)))
    year = draw(st.sampled_from([1985, 1999, 2011, 2018, 2026]))
    changes = clock_changes(zone, year) or (utc(year, 6, 1),)
    return draw(inputs_near(zone, draw(st.sampled_from(changes)).astimezone(zone).date()))


def check(inputs):
    """What must be true of all open times, said one by one, and then all of it by the oracle."""
    zone, terms, now = inputs["zone"], inputs["terms"], inputs["now"]
    slots = open_slots(**inputs)
    starts = [slot.start for slot in slots]
    assert {slot.end - slot.start for slot in slots} <= {terms.length}
    assert {slot.start.tzinfo for slot in slots} <= {UTC}
    walls = [start.astimezone(zone).replace(tzinfo=None) for start in starts]
    assert len(set(walls)) == len(walls)
    # A wall-clock time inside a gap names another instant than the one it was read from.
    assert [wall.replace(tzinfo=zone).astimezone(UTC) for wall in walls] == starts
    assert all(now + terms.minimum_notice <= start <= now + terms.horizon for start in starts)
    for slot in slots:
        begins = seconds(slot.start - terms.buffer_before)
        ends = seconds(slot.end + terms.buffer_after)
        assert not any(max(b, begins) < min(e, ends) for b, e in inputs["busy"])
    assert starts == oracle_starts(**inputs)


@given(inputs_of_all_kinds())
def test_it_offers_what_the_oracle_offers(inputs):
    check(inputs)


def clock_changes_of_a_year():
    """Every way in which clocks go in that year once, whichever zones go that way."""
    for zone in distinct_zones(ALL_NAMES, 2026):
        for change in clock_changes(zone, 2026) or (utc(2026, 1, 1),):
            yield zone, change.astimezone(zone).date()


def test_it_offers_what_the_oracle_offers_at_every_clock_change_of_a_year():
    walked = 0
    for zone, day in clock_changes_of_a_year():
        rules = [*every_day((0,), (4,)), *every_day((21, 30), (0,))]
        check(make_inputs(zone=zone, first_day=day, rules=rules, terms=make_terms(step=30)))
        walked += 1
    assert walked > 50


@pytest.mark.services
def test_it_offers_what_the_oracle_offers_whatever_stands_at_a_clock_change():
    for number, (zone, day) in enumerate(clock_changes_of_a_year()):
        # The first example is the plainest there is, the others are drawn anew for each change,
        # and the same in every run.
        few = settings(max_examples=max(settings().max_examples // 25, 2), database=None)
        seed(number)(few(given(inputs_near(zone, day))(check)))()


@given(inputs_of_all_kinds())
def test_it_gives_a_day_the_same_times_whatever_span_is_asked(inputs):
    day, zone = inputs["first_day"], inputs["zone"]
    wide = open_slots(**inputs | {"first_day": day - 9 * A_DAY, "last_day": day + 9 * A_DAY})
    of_day = [slot for slot in wide if slot.start.astimezone(zone).date() == day]
    assert open_slots(**inputs | {"last_day": day}) == of_day


@given(inputs_of_all_kinds(), st.randoms(use_true_random=False))
def test_it_reads_its_inputs_in_any_order(inputs, random):
    names = ("rules", "extra", "time_off", "busy", "taken")
    mixed = {name: random.sample(inputs[name], len(inputs[name])) for name in names}
    assert open_slots(**inputs | mixed) == open_slots(**inputs)


@given(inputs_of_all_kinds(), st.data())
def test_it_never_opens_more_when_more_is_held(inputs, data):
    more = data.draw(spans_near(inputs["first_day"]))
    for name in ("busy", "time_off"):
        narrower = open_slots(**inputs | {name: [*inputs[name], more]})
        assert set(narrower) <= set(open_slots(**inputs))


def test_it_stays_fast_among_ten_thousand_held_ranges():
    """Each other hour of more than a year is held; best of five, so that a busy machine passes."""
    first = utc(2026, 1, 1)
    busy = [
        Span.between(first + minutes(120 * n), first + minutes(120 * n + 60)) for n in range(10_000)
    ]
    inputs = make_inputs(busy=busy[::-1], last_day=MONDAY + 55 * A_DAY, terms=make_terms(step=15))
    took = []
    for _ in range(5):
        began = perf_counter()
        assert open_slots(**inputs)
        took.append(perf_counter() - began)
    assert min(took) < 0.05
