from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from time import perf_counter
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions.availability import Slot, Span, WeeklyRule, nearest, open_slots, slot_at
from tests.sessions.availability_inputs import (
    A_DAY,
    LONDON,
    MONDAY,
    every_day,
    make_inputs,
    make_terms,
    minutes,
    shown,
    starts,
    utc,
)

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
    extra = [Span.between(utc(2026, 6, 1, 18), utc(2026, 6, 1, 20))]
    assert shown(rules=[], extra=extra) == ["19:00", "20:00"]


def test_it_takes_time_off_away_without_moving_the_other_times():
    off = [Span.between(utc(2026, 6, 1, 10, 30), utc(2026, 6, 1, 13, 20))]
    assert shown(time_off=off) == ["09:00", "10:00", "15:00", "16:00"]


@pytest.mark.parametrize(
    ("start", "end"), [((10,), (11,)), ((9, 40), (10, 20)), ((10, 30), (10, 31)), ((8,), (20,))]
)
def test_it_shows_no_difference_between_a_holiday_and_a_client(start, end):
    span = [Span.between(utc(2026, 6, 1, *start), utc(2026, 6, 1, *end))]
    assert shown(time_off=span) == shown(busy=span)


def test_it_lets_extra_hours_and_rules_yield_to_time_off():
    hours = [Span.between(utc(2026, 6, 1, 8), utc(2026, 6, 1, 20))]
    assert shown(extra=hours, time_off=hours) == []


@pytest.mark.parametrize(
    ("held_from", "held_until", "is_open"),
    [((8, 0), (9, 50), True), ((8, 0), (9, 51), False), ((11, 15), (12, 0), True)]
    + [((11, 14), (12, 0), False)],
)
def test_it_keeps_its_buffers_clear(held_from, held_until, is_open):
    """The slot from 10 to 11 UTC holds 09:50 to 11:15."""
    busy = [Span.between(utc(2026, 6, 1, *held_from), utc(2026, 6, 1, *held_until))]
    terms = make_terms(buffer_before=10, buffer_after=15)
    assert (utc(2026, 6, 1, 10) in starts(busy=busy, terms=terms)) is is_open


def test_it_lets_buffers_reach_beyond_the_open_hours():
    terms = make_terms(buffer_before=30, buffer_after=30)
    assert shown(rules=every_day((9,), (10,)), terms=terms) == ["09:00"]


def test_it_keeps_buffers_clear_of_what_lies_before_now_and_after_the_last_day():
    before = [Span.between(utc(2026, 6, 1, 7), utc(2026, 6, 1, 7, 55))]
    terms = make_terms(buffer_before=10, buffer_after=10)
    assert shown(now=utc(2026, 6, 1, 8), busy=before, terms=terms)[0] == "10:00"
    after = [Span.between(utc(2026, 6, 1, 23, 5), utc(2026, 6, 1, 23, 30))]
    assert shown(rules=every_day((21,), (0,)), busy=after, terms=terms) == ["21:00", "22:00"]


def test_it_is_not_blocked_by_an_empty_range():
    at = utc(2026, 6, 1, 8, 30)
    assert shown(busy=[Span.between(at, at)], time_off=[Span.between(at, at)]) == shown()


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


@pytest.mark.parametrize("name", ["daily_maximum", "weekly_maximum"])
def test_it_offers_nothing_with_a_maximum_of_nought(name):
    assert shown(terms=make_terms(**{name: 0})) == []


@pytest.mark.parametrize(
    ("zone", "sunday", "offset_before", "offset_after"),
    [
        ("Europe/London", date(2026, 3, 29), 0, 1),
        ("Europe/London", date(2026, 10, 25), 1, 0),
        ("Pacific/Auckland", date(2026, 4, 5), 13, 12),
        ("Pacific/Auckland", date(2026, 9, 27), 12, 13),
        ("UTC", date(2026, 3, 29), 0, 0),
    ],
)
def test_it_counts_a_week_from_monday_to_sunday_by_the_clock_there(
    zone, sunday, offset_before, offset_after
):
    """Two are taken in the week of the change, in its first minute and its last; one on either
    side of it.
    """
    begins = datetime.combine(sunday - 6 * A_DAY, time(), tzinfo=UTC) - minutes(60 * offset_before)
    ends = datetime.combine(sunday + A_DAY, time(), tzinfo=UTC) - minutes(60 * offset_after)
    taken = [begins - minutes(1), begins, ends - minutes(1), ends]
    span = {"first_day": sunday - 13 * A_DAY, "last_day": sunday + 7 * A_DAY}

    def weeks(maximum):
        terms = make_terms(weekly_maximum=maximum)
        found = starts(zone=ZoneInfo(zone), taken=taken, terms=terms, **span)
        return {(at.astimezone(ZoneInfo(zone)).date() - sunday - A_DAY).days // 7 for at in found}

    assert weeks(1) == set()
    assert weeks(2) == {-2, 0}
    assert weeks(3) == {-2, -1, 0}


def test_both_maxima_hold():
    taken = [utc(2026, 6, 1, 8), utc(2026, 6, 2, 8)]
    terms = make_terms(daily_maximum=1, weekly_maximum=3)
    week = {"taken": taken, "last_day": MONDAY + 6 * A_DAY, "terms": terms}
    assert {at.day for at in starts(**week)} == {3, 4, 5, 6, 7}
    week["taken"].append(utc(2026, 6, 7, 8))
    assert starts(**week) == []


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
