from __future__ import annotations

import pytest

from exercises.scoring.catalogue import instrument
from exercises.scoring.rules import raw_answers, score
from tests.exercises.scoring.test_parsing import make_instrument


@pytest.fixture
def phq_9():
    return instrument("phq-9")


def test_it_reads_numbers_and_options_under_the_names_of_the_items(phq_9):
    kept = {"item1": 0, "item2": "v3", "item9": 2, "note": "item5", "item_5": 1, "feelings": []}
    assert raw_answers(phq_9, kept) == {1: 0, 2: 3, 9: 2}


def test_what_is_left_blank_is_missing(phq_9):
    assert raw_answers(phq_9, {"item1": None, "item2": "", "item3": "v0"}) == {3: 0}
    assert raw_answers(phq_9, {}) == {}


@pytest.mark.parametrize(
    "kept",
    [
        {"item1": 4},
        {"item1": -1},
        {"item1": "v4"},
        {"item1": "4"},
        {"item1": "v-1"},
        {"item1": "v٣"},
        {"item1": True},
        {"item1": 1.0},
        {"item1": ["v1"]},
        {"item1": "v" + "9" * 5000},
        {"item10": 1},
    ],
)
def test_it_refuses_an_answer_that_is_not_one(phq_9, kept):
    with pytest.raises(ValueError, match="no such item|not an answer"):
        raw_answers(phq_9, kept)


@pytest.mark.parametrize(
    "raw", [{0: 1}, {10: 1}, {-1: 1}, {1: 4}, {1: -1}, {1: True}, {True: 1}, {"1": 1}]
)
def test_it_refuses_to_score_what_is_no_answer(phq_9, raw):
    with pytest.raises(ValueError, match="no such item|not an answer"):
        score(phq_9, raw)


def test_no_message_repeats_an_answer(phq_9):
    with pytest.raises(ValueError, match="^item 9: not an answer of this instrument$"):
        raw_answers(phq_9, {"item9": "v7"})


def test_a_score_names_the_facts_it_was_made_by(phq_9):
    found = score(phq_9, {})
    assert (found.instrument, found.version, found.missing) == ("phq-9", phq_9.version, 9)


def test_a_mean_keeps_two_decimals_halves_up():
    three = make_instrument(items=3, lowest=0, highest=6, method="mean", max_missing=2)
    assert score(three, {1: 1, 2: 1, 3: 0}).scales[0].value == 0.67
    assert score(three, {1: 6, 2: 6, 3: 6}).scales[0].value == 6
    assert score(three, {1: 1, 2: 2}).scales[0].value == 1.5
    eight = make_instrument(items=8, lowest=0, highest=1, method="mean")
    assert score(eight, {1: 1} | dict.fromkeys(range(2, 9), 0)).scales[0].value == 0.13
    assert (three.scales[0].minimum, three.scales[0].maximum) == (0, 6)


def test_answers_that_begin_at_one_are_turned_round_their_middle():
    turned = make_instrument(items=2, lowest=1, highest=7, reverse=[1], reverse_source="Ours.")
    assert score(turned, {1: 1, 2: 1}).scales[0].value == 8
    assert score(turned, {1: 7, 2: 7}).scales[0].value == 8
    assert score(turned, {1: 3, 2: 2}).scales[0].value == 7


def test_a_risk_threshold_may_lie_higher():
    item = {"item": 2, "above": 1, "source": "Ours."}
    made = make_instrument(items=2, lowest=0, highest=3, risk=[item])
    assert score(made, {1: 3, 2: 1}).risk == ()
    assert score(made, {1: 0, 2: 2}).risk == (2,)
