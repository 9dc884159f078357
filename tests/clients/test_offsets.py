from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clients.offsets import before_words, in_order, offsets_words


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (10080, "1 week before"),
        (4320, "3 days before"),
        (1440, "1 day before"),
        (2160, "36 hours before"),
        (60, "1 hour before"),
        (90, "90 minutes before"),
    ],
)
def test_it_is_said_in_the_largest_unit_without_a_fraction(minutes, words):
    assert before_words(minutes) == words


@given(st.lists(st.integers(1, 20_000)))
def test_each_stands_once_and_the_earliest_reminder_first(offsets):
    ordered = in_order(offsets)
    assert set(ordered) == set(offsets)
    assert all(one > next_one for one, next_one in zip(ordered, ordered[1:], strict=False))


def test_none_is_said_so():
    assert offsets_words([]) == "none"
    assert offsets_words([60, 1440]) == "1 day before, 1 hour before"
