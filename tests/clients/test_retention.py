from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clients.retention import erased_on

DAYS = st.dates(min_value=date(1990, 1, 1), max_value=date(2200, 12, 31))


@pytest.mark.parametrize(
    ("last", "years", "first_free"),
    [
        (date(2030, 1, 7), 7, date(2037, 1, 7)),
        (date(2028, 2, 29), 7, date(2035, 3, 1)),
        (date(2028, 2, 29), 8, date(2036, 2, 29)),
        (date(2027, 2, 28), 1, date(2028, 2, 28)),
        (date(2030, 1, 7), 0, date(2030, 1, 7)),
    ],
)
def test_it_is_kept_for_whole_years(last, years, first_free):
    assert erased_on(last, years) == first_free


@given(DAYS, st.integers(0, 50))
def test_never_a_day_too_short_and_never_two_too_long(last, years):
    kept_through = erased_on(last, years) - timedelta(days=1)
    anniversary = (last.year + years, last.month, last.day)
    assert (kept_through.year, kept_through.month, kept_through.day) < anniversary
    after = kept_through + timedelta(days=2)
    assert (after.year, after.month, after.day) > anniversary


@given(DAYS, st.integers(0, 50))
def test_a_later_consultation_never_makes_it_go_sooner(last, years):
    assert erased_on(last, years) <= erased_on(last + timedelta(days=1), years)
