from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from time import perf_counter
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sessions.availability import (
    Slot,
    Span,
    Terms,
    WeeklyRule,
    nearest,
    open_slots,
    slot_at,
)
from tests.sessions.availability_oracle import clock_changes, distinct_zones, oracle_starts

LONDON = ZoneInfo("Europe/London")
ALL_NAMES = tuple(sorted(available_timezones() - {"localtime", "Factory"}))
A_DAY = timedelta(days=1)
MONDAY = date(2026, 6, 1)


def minutes(count):
    return timedelta(minutes=count)


def utc(*parts):
    return datetime(*parts, tzinfo=UTC)


def make_terms(**kw):
    given = {"length": 60, "buffer_before": 0, "buffer_after": 0, "step": 60, "minimum_notice": 0}
    given |= {"horizon": 60 * 24 * 365, **kw}
    maximum = given.pop("daily_maximum", None)
    return Terms(daily_maximum=maximum, **{name: minutes(n) for name, n in given.items()})


def every_day(start, end):
    return [WeeklyRule(weekday, time(*start), time(*end), None, None) for weekday in range(7)]


def make_inputs(**kw):
    """A counsellor in London who works from nine to five, seen at the start of June."""
    first_day = kw.get("first_day", MONDAY)
    return {
        "rules": every_day((9,), (17,)),
        "extra": [],
        "time_off": [],
        "busy": [],
        "taken": [],
        "terms": make_terms(),
        "zone": LONDON,
        "now": kw.get("now") or datetime.combine(first_day, time(), tzinfo=UTC) - 5 * A_DAY,
        "first_day": first_day,
        "last_day": first_day,
        **kw,
    }


def shown(**kw):
    """The open starts as the counsellor's clock shows them."""
    inputs = make_inputs(**kw)
    return [f"{s.start.astimezone(inputs['zone']):%H:%M}" for s in open_slots(**inputs)]


def starts(**kw):
    return [slot.start for slot in open_slots(**make_inputs(**kw))]


# --- the rules one by one


def test_it_opens_the_hours_of_the_rule():
    hours = ["09:00", "10:00", "11:00", "12:00", "13:00", "14:00", "15:00", "16:00"]
    assert shown() == hours
    assert open_slots(**make_inputs())[0] == Slot(utc(2026, 6, 1, 8), utc(2026, 6, 1, 9))


def test_it_opens_only_the_weekday_of_the_rule():
    rule = WeeklyRule(2, time(9), time(10), None, None)
    wednesday = utc(2026, 6, 3, 8)
    assert starts(rules=[rule], last_day=MONDAY + 6 * A_DAY) == [wednesday]


def test_it_keeps_to_the_validity_of_the_rule_both_days_included():
    rules = [
        WeeklyRule(weekday, time(9), time(10), MONDAY + A_DAY, MONDAY + 2 * A_DAY)
        for weekday in range(7)
    ]
    found = starts(rules=rules, first_day=MONDAY - 7 * A_DAY, last_day=MONDAY + 14 * A_DAY)
    assert [at.date() for at in found] == [MONDAY + A_DAY, MONDAY + 2 * A_DAY]


def test_it_reads_an_end_of_midnight_as_the_end_of_the_day():
    assert shown(rules=every_day((22,), (0,))) == ["22:00", "23:00"]


@pytest.mark.parametrize("end", [(9,), (8,)])
def test_it_opens_nothing_for_a_rule_that_ends_before_it_starts(end):
    assert shown(rules=every_day((9,), end)) == []


def test_it_joins_hours_that_touch_or_overlap():
    rules = [*every_day((9,), (10, 30)), *every_day((10, 30), (11,)), *every_day((10,), (10, 15))]
    assert shown(rules=rules) == ["09:00", "10:00"]


def test_it_joins_hours_across_midnight():
    rules = [*every_day((23, 30), (0,)), *every_day((0,), (0, 30))]
    assert shown(rules=rules) == ["23:30"]


def test_it_counts_steps_from_the_start_of_the_hours():
    assert shown(rules=every_day((9, 10), (11,)), terms=make_terms(step=25)) == [
        "09:10",
        "09:35",
    ] + ["10:00"]


def test_it_counts_steps_anew_from_midnight():
    """Else the times of someone always open would depend on how far back one looks."""
    terms = make_terms(step=50)
    today = shown(rules=every_day((0,), (0,)), terms=terms)
    assert today[:3] == ["00:00", "00:50", "01:40"]
    assert shown(rules=every_day((0,), (0,)), terms=terms, first_day=MONDAY + A_DAY) == today


def test_it_adds_extra_hours():
    extra = [Span(utc(2026, 6, 1, 18), utc(2026, 6, 1, 20))]
    assert shown(rules=[], extra=extra) == ["19:00", "20:00"]


def test_it_takes_time_off_away_without_moving_the_other_times():
    off = [Span(utc(2026, 6, 1, 10, 30), utc(2026, 6, 1, 13, 20))]
    assert shown(time_off=off) == ["09:00", "10:00", "15:00", "16:00"]


@pytest.mark.parametrize(
    ("start", "end"), [((10,), (11,)), ((9, 40), (10, 20)), ((10, 30), (10, 31)), ((8,), (20,))]
)
def test_it_shows_no_difference_between_a_holiday_and_a_client(start, end):
    span = [Span(utc(2026, 6, 1, *start), utc(2026, 6, 1, *end))]
    assert shown(time_off=span) == shown(busy=span)


def test_it_lets_extra_hours_and_rules_yield_to_time_off():
    hours = [Span(utc(2026, 6, 1, 8), utc(2026, 6, 1, 20))]
    assert shown(extra=hours, time_off=hours) == []


@pytest.mark.parametrize(
    ("held_from", "held_until", "is_open"),
    [((8, 0), (9, 50), True), ((8, 0), (9, 51), False), ((11, 15), (12, 0), True)]
    + [((11, 14), (12, 0), False)],
)
def test_it_keeps_its_buffers_clear(held_from, held_until, is_open):
    """The slot from 10 to 11 UTC holds 09:50 to 11:15."""
    busy = [Span(utc(2026, 6, 1, *held_from), utc(2026, 6, 1, *held_until))]
    terms = make_terms(buffer_before=10, buffer_after=15)
    assert (utc(2026, 6, 1, 10) in starts(busy=busy, terms=terms)) is is_open


def test_it_lets_buffers_reach_beyond_the_open_hours():
    terms = make_terms(buffer_before=30, buffer_after=30)
    assert shown(rules=every_day((9,), (10,)), terms=terms) == ["09:00"]


def test_it_keeps_buffers_clear_of_what_lies_before_now_and_after_the_last_day():
    before = [Span(utc(2026, 6, 1, 7), utc(2026, 6, 1, 7, 55))]
    terms = make_terms(buffer_before=10, buffer_after=10)
    assert shown(now=utc(2026, 6, 1, 8), busy=before, terms=terms)[0] == "10:00"
    after = [Span(utc(2026, 6, 1, 23, 5), utc(2026, 6, 1, 23, 30))]
    assert shown(rules=every_day((21,), (0,)), busy=after, terms=terms) == ["21:00", "22:00"]


def test_it_is_not_blocked_by_an_empty_range():
    at = utc(2026, 6, 1, 8, 30)
    assert shown(busy=[Span(at, at)], time_off=[Span(at, at)]) == shown()


@pytest.mark.parametrize(("seconds", "is_open"), [(-1, True), (0, True), (1, False)])
def test_it_keeps_the_minimum_notice_to_the_second(seconds, is_open):
    now = utc(2026, 5, 31, 8) + timedelta(seconds=seconds)
    terms = make_terms(minimum_notice=24 * 60)
    assert (utc(2026, 6, 1, 8) in starts(now=now, terms=terms)) is is_open


@pytest.mark.parametrize(("seconds", "is_open"), [(-1, False), (0, True), (1, True)])
def test_it_keeps_the_horizon_to_the_second(seconds, is_open):
    now = utc(2026, 5, 31, 8) + timedelta(seconds=seconds)
    assert (utc(2026, 6, 1, 8) in starts(now=now, terms=make_terms(horizon=24 * 60))) is is_open


def test_it_reads_now_in_any_zone():
    now = datetime(2026, 10, 24, 12, tzinfo=LONDON)
    day = {"first_day": date(2026, 10, 25), "terms": make_terms(minimum_notice=24 * 60)}
    assert starts(now=now, **day) == starts(now=now.astimezone(UTC), **day)


@pytest.mark.parametrize(("maximum", "is_open"), [(None, True), (3, True), (2, False)])
def test_it_offers_no_more_than_the_daily_maximum(maximum, is_open):
    """Two are taken on Monday in London: one of them at 23:30 UTC of the day before."""
    taken = [utc(2026, 5, 31, 23, 30), utc(2026, 6, 1, 22), utc(2026, 6, 1, 23)]
    terms = make_terms(daily_maximum=maximum)
    assert bool(shown(taken=taken, terms=terms)) is is_open


def test_it_counts_what_is_over_already_toward_the_daily_maximum():
    taken, noon = [utc(2026, 6, 1, 8)], utc(2026, 6, 1, 12)
    assert shown(taken=taken, now=noon, terms=make_terms(daily_maximum=1)) == []
    assert shown(taken=taken, now=noon, terms=make_terms(daily_maximum=2)) != []


def test_it_offers_nothing_with_a_daily_maximum_of_nought():
    assert shown(terms=make_terms(daily_maximum=0)) == []


@pytest.mark.parametrize("name", ["length", "step"])
@pytest.mark.parametrize("value", [0, -5])
def test_it_refuses_terms_that_never_end(name, value):
    with pytest.raises(ValueError, match="above zero"):
        make_terms(**{name: value})


def test_it_answers_any_dates_without_walking_them():
    began = perf_counter()
    inputs = {"now": utc(2026, 6, 1), "terms": make_terms(horizon=60 * 24 * 7)}
    assert len(shown(first_day=date.min, last_day=date.max, **inputs)) == 56
    assert shown(first_day=date.max, last_day=date.max, **inputs) == []
    assert shown(first_day=date.min, last_day=date.min, **inputs) == []
    assert perf_counter() - began < 1


def test_it_offers_nothing_between_days_the_wrong_way_round():
    assert shown(first_day=MONDAY, last_day=MONDAY - A_DAY) == []


# --- clock changes


@pytest.mark.parametrize(
    ("zone", "day", "offered"),
    [
        ("Europe/London", date(2026, 3, 29), "00:00 02:00 03:00"),
        ("Europe/London", date(2026, 10, 25), "00:00 01:00 02:00 03:00"),
        ("America/New_York", date(2026, 3, 8), "00:00 01:00 03:00"),
        ("America/New_York", date(2026, 11, 1), "00:00 01:00 02:00 03:00"),
        ("Australia/Lord_Howe", date(2026, 10, 4), "00:00 01:00 02:30"),
        ("Australia/Lord_Howe", date(2026, 4, 5), "00:00 01:00 02:30"),
        ("America/Sao_Paulo", date(2018, 11, 4), "01:00 02:00 03:00"),
        ("America/Sao_Paulo", date(2018, 2, 17), "00:00 01:00 02:00 03:00"),
        ("Pacific/Kiritimati", date(2026, 3, 29), "00:00 01:00 02:00 03:00"),
        ("Asia/Kolkata", date(2026, 3, 29), "00:00 01:00 02:00 03:00"),
        ("Pacific/Apia", date(2011, 12, 30), ""),
    ],
)
def test_it_offers_the_hours_that_exist_once(zone, day, offered):
    found = shown(zone=ZoneInfo(zone), first_day=day, rules=every_day((0,), (4,)))
    assert found == offered.split()


def test_it_offers_the_repeated_hour_before_midnight_once():
    day = date(2018, 2, 17)
    found = starts(zone=ZoneInfo("America/Sao_Paulo"), first_day=day, rules=every_day((22,), (0,)))
    assert found == [utc(2018, 2, 18, 0), utc(2018, 2, 18, 1)]


def test_it_opens_nothing_for_a_rule_inside_the_gap():
    assert shown(first_day=date(2026, 3, 29), rules=every_day((1, 10), (1, 50))) == []


# --- against the oracle

STEPS = [10, 15, 25, 30, 50, 60]
clock_minutes = st.integers(0, 24 * 60 - 1)
wall_times = clock_minutes.map(lambda n: time(n // 60, n % 60))


def spans_near(day):
    """Spans on whole minutes from the day before to the day after, some empty, some long."""
    begin = datetime.combine(day, time(), tzinfo=UTC) - A_DAY
    return st.builds(
        lambda at, length: Span(begin + minutes(at), begin + minutes(at + length)),
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
)


@st.composite
def inputs_of_all_kinds(draw):
    zone = ZoneInfo(draw(st.sampled_from(ALL_NAMES)))
    year = draw(st.sampled_from([1985, 1999, 2011, 2018, 2026]))
    changes = clock_changes(zone, year) or (utc(year, 6, 1),)
    day = draw(st.sampled_from(changes)).astimezone(zone).date()
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


@settings(deadline=None)
@given(inputs_of_all_kinds())
def test_it_offers_what_the_oracle_offers(inputs):
    slots = open_slots(**inputs)
    assert [slot.start for slot in slots] == oracle_starts(**inputs)
    assert {slot.end - slot.start for slot in slots} <= {inputs["terms"].length}
    assert {slot.start.tzinfo for slot in slots} <= {UTC}


def test_it_offers_what_the_oracle_offers_at_every_clock_change_of_a_year():
    walked = 0
    for zone in distinct_zones(ALL_NAMES, 2026):
        for change in clock_changes(zone, 2026) or (utc(2026, 1, 1),):
            day = change.astimezone(zone).date()
            rules = [*every_day((0,), (4,)), *every_day((21, 30), (0,))]
            inputs = make_inputs(zone=zone, first_day=day, rules=rules, terms=make_terms(step=30))
            found = starts(**inputs)
            assert found == oracle_starts(**inputs)
            walls = [at.astimezone(zone).replace(tzinfo=None) for at in found]
            assert len(set(walls)) == len(walls)
            walked += 1
    assert walked > 50


@settings(deadline=None)
@given(inputs_of_all_kinds())
def test_it_gives_a_day_the_same_times_whatever_span_is_asked(inputs):
    day, zone = inputs["first_day"], inputs["zone"]
    wide = open_slots(**inputs | {"first_day": day - 9 * A_DAY, "last_day": day + 9 * A_DAY})
    of_day = [slot for slot in wide if slot.start.astimezone(zone).date() == day]
    assert open_slots(**inputs | {"last_day": day}) == of_day


@settings(deadline=None)
@given(inputs_of_all_kinds(), st.randoms(use_true_random=False))
def test_it_reads_its_inputs_in_any_order(inputs, random):
    names = ("rules", "extra", "time_off", "busy", "taken")
    mixed = {name: random.sample(inputs[name], len(inputs[name])) for name in names}
    assert open_slots(**inputs | mixed) == open_slots(**inputs)


@settings(deadline=None)
@given(inputs_of_all_kinds(), st.data())
def test_it_never_opens_more_when_more_is_held(inputs, data):
    more = data.draw(spans_near(inputs["first_day"]))
    for name in ("busy", "time_off"):
        narrower = open_slots(**inputs | {name: [*inputs[name], more]})
        assert set(narrower) <= set(open_slots(**inputs))


def test_it_stays_fast_among_ten_thousand_held_ranges():
    """Each other hour of more than a year is held; best of five, so that a busy machine passes."""
    first = utc(2026, 1, 1)
    busy = [Span(first + minutes(120 * n), first + minutes(120 * n + 60)) for n in range(10_000)]
    inputs = make_inputs(busy=busy[::-1], last_day=MONDAY + 55 * A_DAY, terms=make_terms(step=15))
    took = []
    for _ in range(5):
        began = perf_counter()
        assert open_slots(**inputs)
        took.append(perf_counter() - began)
    assert min(took) < 0.05


# --- choosing among slots


def test_it_finds_the_slot_of_a_start():
    slots = open_slots(**make_inputs())
    assert slot_at(slots, utc(2026, 6, 1, 8)) == Slot(utc(2026, 6, 1, 8), utc(2026, 6, 1, 9))
    assert slot_at(slots, utc(2026, 6, 1, 8, 1)) is None
    assert slot_at([], utc(2026, 6, 1, 8)) is None


@given(
    st.lists(st.integers(0, 500), unique=True).map(sorted),
    st.integers(-100, 600),
    st.integers(0, 9),
)
def test_it_finds_the_nearest_slots_in_order_of_time(offsets, wanted, count):
    base = utc(2026, 6, 1)
    slots = [Slot(base + minutes(n), base + minutes(n + 60)) for n in offsets]
    chosen = nearest(slots, base + minutes(wanted), count)
    assert len(chosen) == min(count, len(slots))
    assert chosen == [slot for slot in slots if slot in chosen]
    distances = {slot: abs(slot.start - base - minutes(wanted)) for slot in slots}
    others = [distances[slot] for slot in slots if slot not in chosen]
    assert not (chosen and others) or max(map(distances.get, chosen)) <= min(others)
