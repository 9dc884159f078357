from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counsel.desk.practice.spans import Span, last_weeks, last_year, whole_weeks

LONDON = ZoneInfo("Europe/London")
days = st.dates(date(2000, 1, 1), date(2100, 1, 1))
spans = st.builds(
    lambda first, length: Span(first, first + timedelta(days=length)),
    days,
    st.integers(0, 800),
)


@given(spans)
def test_the_span_before_is_as_long_and_ends_the_day_before(span):
    before = span.before()
    assert before.days == span.days
    assert before.last + timedelta(days=1) == span.first


@given(spans)
def test_its_weeks_hold_each_day_once_and_begin_on_mondays(span):
    weeks = list(span.weeks())
    found = [w.first + timedelta(days=n) for w in weeks for n in range(w.days)]
    assert found == [span.first + timedelta(days=n) for n in range(span.days)]
    assert all(week.first.weekday() == 0 for week in weeks[1:])


@given(spans, st.integers(0, 30))
def test_whole_weeks_are_over_and_as_many_as_fit(span, later):
    weeks = whole_weeks(span, span.last + timedelta(days=later))
    if span.days < 28:
        assert weeks is None
    else:
        assert (weeks.first.weekday(), weeks.last.weekday()) == (0, 6)
        assert weeks.days == span.days // 7 * 7
        assert timedelta() <= span.last - weeks.last <= timedelta(days=7)
        assert weeks.last < span.last + timedelta(days=later)


def test_four_weeks_end_today():
    assert last_weeks(4, date(2030, 1, 28)) == Span(date(2030, 1, 1), date(2030, 1, 28))


@pytest.mark.parametrize(
    ("today", "first"),
    [(date(2030, 3, 5), date(2029, 3, 6)), (date(2028, 2, 29), date(2027, 3, 1))],
)
def test_a_year_begins_on_the_morrow_of_its_date(today, first):
    assert last_year(today) == Span(first, today)


@pytest.mark.parametrize(
    ("day", "hours", "first"),
    [
        # Clocks go forward in the night to 31 March, back in that to 27 October.
        (date(2030, 3, 31), 23, datetime(2030, 3, 31, 0, tzinfo=UTC)),
        (date(2030, 10, 27), 25, datetime(2030, 10, 26, 23, tzinfo=UTC)),
    ],
)
def test_a_day_lasts_as_long_as_the_clock_on_the_wall_says(day, hours, first):
    begin, until = Span(day, day).instants(LONDON)
    assert begin == first
    assert until - begin == timedelta(hours=hours)
