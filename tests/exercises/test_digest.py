from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exercises.digest import (
    ASKING,
    EVERY,
    Form,
    Open,
    Pace,
    Part,
    form_of,
    is_turn,
    nudging,
    parts_of,
    read,
    written,
)

TOLD = frozenset({Part.REPLY, Part.NEWS})
opens = st.builds(Open, *[st.booleans()] * 4)
paces = st.sampled_from(Pace)
limits = st.lists(st.integers(1, 60), min_size=2, max_size=2, unique=True).map(sorted)


def test_everything_open_stands_in_one_message():
    everything = Open(practice=True, measure=True, news=True, reply=True)
    parts = parts_of(everything, Pace.DAILY, may_ask=True)
    assert parts == {Part.PRACTICE, Part.MEASURE, Part.NEWS, Part.REPLY}
    assert form_of(parts) is Form.SEVERAL


@pytest.mark.parametrize("name", ["practice", "measure", "news", "reply"])
def test_one_thing_has_words_of_its_own(name):
    parts = parts_of(Open(**{name: True}), Pace.DAILY, may_ask=True)
    assert form_of(parts) is Form(name)


def test_fewer_are_gentler_and_the_last_says_so():
    day = Open(practice=True, measure=True)
    fewer = parts_of(day, Pace.FEWER, may_ask=True)
    assert fewer == {Part.PRACTICE, Part.MEASURE, Part.GENTLY}
    assert form_of(fewer) is Form.GENTLY
    assert parts_of(day, Pace.STOP, may_ask=True) == {Part.LAST}


@given(opens, paces, st.booleans())
def test_a_day_says_only_what_is_open(day, pace, may_ask):
    parts = parts_of(day, pace, may_ask=may_ask)
    spoken = parts - {Part.GENTLY, Part.LAST}
    assert all(day.has(part) for part in spoken)
    asks = day.practice or day.measure
    assert bool(parts) == (day.news or day.reply or (asks and may_ask))


@given(opens, paces, st.booleans())
def test_what_is_told_is_never_held_back(day, pace, may_ask):
    told = parts_of(day, pace, may_ask=may_ask) & TOLD
    assert told == {part for part in TOLD if day.has(part)}


@given(opens, paces)
def test_nothing_asks_out_of_turn(day, pace):
    assert not parts_of(day, pace, may_ask=False) & {*ASKING, Part.GENTLY, Part.LAST}


@given(opens, st.sampled_from([Pace.FEWER, Pace.STOP]))
def test_once_they_are_fewer_nothing_told_asks_as_well(day, pace):
    parts = parts_of(day, pace, may_ask=True)
    assert not (parts & TOLD and parts - TOLD)


@given(opens, paces, st.booleans())
def test_every_message_has_words_and_is_read_back_from_the_ledger(day, pace, may_ask):
    parts = parts_of(day, pace, may_ask=may_ask)
    assert read(written(parts)) == parts
    if parts:
        form_of(parts)
    else:
        with pytest.raises(ValueError, match="says something"):
            form_of(parts)


def test_no_part_is_found_within_another():
    assert not [(a, b) for a in Part for b in Part if a != b and a in b]


@given(st.integers(0, 100), limits)
def test_reminders_only_ever_become_fewer(ignored, limits):
    soften_after, stop_after = limits
    order = list(Pace)
    now = nudging(ignored, soften_after, stop_after)
    assert order.index(now) <= order.index(nudging(ignored + 1, soften_after, stop_after))
    assert (now is Pace.DAILY) == (ignored < soften_after)
    assert (now is Pace.STOP) == (ignored >= stop_after)


@given(limits, st.integers(1, 500))
def test_without_an_answer_there_is_an_end(limits, days):
    """On a plan that asks every day: so many reminders as were promised, one more, then none."""
    soften_after, stop_after = limits
    ignored = since = 0
    sent, is_over = [], False
    for day in range(days):
        since += 1
        pace = nudging(ignored, soften_after, stop_after)
        parts = parts_of(Open(practice=True), pace, may_ask=not is_over and is_turn(pace, since))
        if not parts:
            continue
        sent.append(day)
        ignored, since, is_over = ignored + 1, 0, Part.LAST in parts
    assert len(sent) <= stop_after + 1
    assert sent[:soften_after] == list(range(min(days, soften_after)))
    assert all(b - a == EVERY for a, b in pairwise(sent[soften_after - 1 :]))
    if days > soften_after + EVERY * (stop_after - soften_after + 1):
        assert is_over
