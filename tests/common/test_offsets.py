from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counsel.common.offsets import (
    LONGEST,
    MOST,
    OFFSETS,
    SHORTEST,
    before_words,
    offsets_cleaned,
    offsets_words,
)

offsets = st.integers(SHORTEST, LONGEST)


@given(st.lists(offsets, max_size=MOST))
def test_each_stands_once_and_the_earliest_first(values):
    cleaned = offsets_cleaned(values)
    assert set(cleaned) == set(values)
    assert cleaned == sorted(set(cleaned), reverse=True)
    assert offsets_cleaned(cleaned) == cleaned


@given(
    st.one_of(
        st.integers(max_value=SHORTEST - 1),
        st.integers(min_value=LONGEST + 1),
        st.floats(),
        st.booleans(),
        st.text(),
        st.none(),
    )
)
def test_it_refuses_what_is_no_offset(junk):
    with pytest.raises(ValueError, match="four weeks"):
        offsets_cleaned([24 * 60, junk])


@pytest.mark.parametrize("junk", [None, 1440, "1 day", {1440: 1}])
def test_it_refuses_what_is_no_list(junk):
    with pytest.raises(ValueError, match="list"):
        offsets_cleaned(junk)


def test_there_are_five_at_most():
    assert len(offsets_cleaned([15, 20, 25, 30, 35, 35])) == 5
    with pytest.raises(ValueError, match="five"):
        offsets_cleaned([15, 20, 25, 30, 35, 40])


def test_what_is_offered_can_be_chosen():
    assert [offsets_cleaned([minutes]) for minutes in OFFSETS] == [[m] for m in OFFSETS]


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (15, "15 minutes before"),
        (90, "90 minutes before"),
        (60, "1 hour before"),
        (36 * 60, "36 hours before"),
        (48 * 60, "2 days before"),
        (3 * 24 * 60, "3 days before"),
        (7 * 24 * 60, "1 week before"),
    ],
)
def test_it_says_how_long_before(minutes, words):
    assert before_words(minutes) == words


def test_it_lists_them_from_the_earliest():
    assert offsets_words([120, 1440]) == "1 day before, 2 hours before"
    assert offsets_words([]) == "none"
