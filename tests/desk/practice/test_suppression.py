from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from counsel.desk.practice.suppression import FEWEST, tells_total, told_apart

practices = st.lists(st.integers(0, 12), max_size=8).map(lambda sizes: dict(enumerate(sizes)))
readers = st.sets(st.integers(0, 7), max_size=2)


def sums_to_few(sizes, groups):
    return 0 < sum(sizes[group] for group in groups) < FEWEST


@given(practices, readers)
def test_nothing_about_fewer_than_five_is_told(sizes, known):
    assert all(sizes[group] >= FEWEST for group in told_apart(sizes, known))
    assert not tells_total(sizes, known) or sum(sizes.values()) >= FEWEST


@given(practices, readers)
def test_what_is_left_of_the_total_is_about_five_or_nobody(sizes, known):
    """Whatever part of what is told, or known, somebody takes from the total."""
    told = told_apart(sizes, known)
    if tells_total(sizes, known):
        assert not sums_to_few(sizes, sizes.keys() - known)
        assert not sums_to_few(sizes, sizes.keys() - told - known)


@given(practices, readers)
def test_no_small_group_stands_alone_beside_a_total(sizes, known):
    """With one unknown the total would tell it: there are two, or the total is not told."""
    unknown = {g for g in sizes if sizes[g] and g not in told_apart(sizes, known) | known}
    if tells_total(sizes, known) and any(sizes[group] < FEWEST for group in unknown):
        assert len(unknown) > 1


@given(practices)
def test_it_keeps_back_no_more_than_it_must(sizes):
    large = {group for group, size in sizes.items() if size >= FEWEST}
    kept_back = large - told_apart(sizes)
    assert len(kept_back) <= 1
    if not sums_to_few(sizes, sizes.keys() - large):
        assert not kept_back
    assert tells_total(sizes) == (sum(sizes.values()) >= FEWEST)


def test_a_small_group_takes_the_smallest_other_with_it():
    assert told_apart({"a": 3, "b": 9, "c": 6}) == {"b"}


def test_a_reader_does_not_learn_of_the_others_by_taking_away_their_own():
    assert tells_total({"mine": 10, "other": 3})
    assert not tells_total({"mine": 10, "other": 3}, known={"mine"})
    assert told_apart({"mine": 10, "other": 3}, known={"mine"}) == {"mine"}
    # Two together hide each other from everybody else, not from one of them.
    assert told_apart({"mine": 3, "other": 4, "third": 8}) == {"third"}
    assert told_apart({"mine": 3, "other": 4, "third": 8}, known={"mine"}) == set()
