from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exercises.scoring.catalogue import instrument
from exercises.scoring.changes import Course, changes
from exercises.scoring.rules import raw_answers, score
from tests.exercises.scoring.test_parsing import make_instrument

KEYS = [
    "closeness-this-week",
    "core-10",
    "dass-21",
    "gad-7",
    "k10",
    "k10-us",
    "pcl-5",
    "phq-9",
    "who-5",
]

each_instrument = pytest.mark.parametrize("key", KEYS)


def complete(data, found):
    value = st.sampled_from(found.values)
    return {item: data.draw(value) for item in range(1, found.items + 1)}


def partial(data, found):
    item, value = st.integers(1, found.items), st.sampled_from(found.values)
    return data.draw(st.dictionaries(item, value))


@each_instrument
@given(st.data())
def test_a_score_lies_on_its_scale_and_in_one_band_of_each_set(key, data):
    found = instrument(key)
    result = score(found, partial(data, found))
    for scale in result.scales:
        assert scale.minimum <= scale.value <= scale.maximum
        assert len(scale.bands) == len(found.scale(scale.key).band_sets)
    assert len(result.scales) + len(result.refused.splitlines()) == len(found.scales)


@each_instrument
@given(st.data(), st.randoms(use_true_random=False))
def test_the_order_of_the_answers_does_not_matter(key, data, chance: random.Random):
    found = instrument(key)
    raw = partial(data, found)
    shuffled = list(raw.items())
    chance.shuffle(shuffled)
    assert score(found, dict(shuffled)) == score(found, raw)


@each_instrument
@given(st.data())
def test_a_higher_answer_never_lowers_a_score_unless_its_item_is_turned(key, data):
    found = instrument(key)
    raw = complete(data, found)
    item = data.draw(st.sampled_from([i for i in raw if raw[i] < found.values[-1]] or [0]))
    if not item:
        return
    before = score(found, raw)
    after = score(found, raw | {item: raw[item] + 1})
    step = -found.multiplier if item in found.reverse else found.multiplier
    for old, new, scale in zip(before.scales, after.scales, found.scales, strict=True):
        assert new.value - old.value == (step if item in scale.items else 0)
    assert set(before.risk) <= set(after.risk)


@given(st.data(), st.sets(st.integers(1, 6)))
def test_turning_an_item_twice_leaves_it_as_it_was(data, turned):
    plain = make_instrument(items=6, lowest=1, highest=5)
    reversing = make_instrument(
        items=6, lowest=1, highest=5, reverse=sorted(turned), reverse_source="Ours."
    )
    raw = complete(data, plain)
    again = {item: 6 - answer if item in turned else answer for item, answer in raw.items()}
    assert score(reversing, again).scales == score(plain, raw).scales


@each_instrument
@given(st.data())
def test_a_change_and_its_way_back_are_each_others_opposite(key, data):
    found = instrument(key)
    first, last = score(found, complete(data, found)), score(found, complete(data, found))
    opposite = {
        Course.BETTER: Course.WORSE,
        Course.WORSE: Course.BETTER,
        Course.SAME: Course.SAME,
    }
    there, back = changes(found, first, last), changes(found, last, first)
    assert [(-c.difference, opposite[c.course], c.reliable) for c in there] == [
        (c.difference, c.course, c.reliable) for c in back
    ]


@each_instrument
@given(st.data())
def test_an_entry_is_read_alike_as_numbers_and_as_options(key, data):
    found = instrument(key)
    raw = partial(data, found)
    assert raw_answers(found, {f"item{i}": a for i, a in raw.items()}) == raw
    assert raw_answers(found, {f"item{i}": f"v{a}" for i, a in raw.items()}) == raw
