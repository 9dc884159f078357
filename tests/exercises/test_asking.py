from __future__ import annotations

import pytest

from exercises.answers import Cleaned, clean_step
from exercises.asking import (
    asked,
    holds_all,
    place_of,
    place_to_go_on,
    turns_the_page,
    with_open_answers,
)
from exercises.steps import Field, FieldKind, Step, parse_steps
from tests.exercises.conftest import STEPS

PAUSE, LABEL, SHARE = parse_steps(STEPS)


def one(step, key, answers, cleaned=None):
    return next(row for row in asked(step, answers, cleaned) if row.field.key == key)


def chosen(row):
    marks = [*row.marks, *(mark for group in row.groups for mark in group.marks)]
    return {mark.value for mark in marks if mark.chosen}


def test_it_shows_what_was_answered():
    answers = {"told": "yes", "needs": ["time"], "safe": False, "minutes": 9, "at": "07:30"}
    assert chosen(one(SHARE, "told", answers)) == {"yes"}
    assert chosen(one(SHARE, "needs", answers)) == {"time"}
    assert chosen(one(SHARE, "safe", answers)) == {"no"}
    assert one(SHARE, "minutes", answers).text == "9"
    assert one(SHARE, "at", answers).text == "07:30"


def test_it_offers_every_point_of_a_scale():
    row = one(PAUSE, "strength", {"strength": 0})
    assert [mark.value for mark in row.marks] == [str(n) for n in range(11)]
    assert chosen(row) == {"0"}


def test_it_keeps_own_feelings_apart_and_says_all_in_a_sentence():
    row = one(LABEL, "feelings", {"feelings": ["shame", "like glass", "fear"]})
    assert chosen(row) == {"shame", "fear"}
    assert row.text == "like glass"
    assert row.chosen_words == "This is shame, like glass and a little fear."


def test_one_feeling_is_a_sentence_and_none_is_silence():
    assert one(LABEL, "feelings", {"feelings": ["joy"]}).chosen_words == "This is joy."
    assert one(LABEL, "feelings", {}).chosen_words == ""


def test_it_shows_again_what_was_refused_in_characters_a_page_can_carry():
    cleaned = clean_step(SHARE, {"words": "a\ud800b\x00c", "minutes": "many"})
    row = one(SHARE, "words", {"words": "older"}, cleaned)
    assert row.text == "a\ufffdb\ufffdc"
    assert row.error
    assert one(SHARE, "minutes", {}, cleaned).text == "many"


def test_refused_feelings_keep_their_chips():
    cleaned = clean_step(LABEL, {"feelings": ["shame", "x" * 61]})
    row = one(LABEL, "feelings", {}, cleaned)
    assert (chosen(row), row.text) == ({"shame"}, "x" * 61)


def test_an_open_answer_is_named_and_a_refusal_comes_first():
    still_open = with_open_answers(LABEL, {}, Cleaned({}, {}, {}))
    assert still_open.errors.keys() == {"feelings"}
    refused = with_open_answers(LABEL, {}, Cleaned({}, {"feelings": "Too many."}, {}))
    assert refused.errors == {"feelings": "Too many."}
    assert with_open_answers(LABEL, {"feelings": ["joy"]}, Cleaned({}, {}, {})).errors == {}


def test_a_tap_turns_the_page_only_where_it_says_all():
    assert turns_the_page(PAUSE, {}) == "strength"
    assert turns_the_page(PAUSE, {"strength": 3}) == ""
    assert turns_the_page(LABEL, {}) == "feelings"
    assert turns_the_page(LABEL, {"feelings": ["joy"]}) == ""


@pytest.mark.parametrize(
    ("kinds", "turns"),
    [
        (["choice"], True),
        (["yes_no"], True),
        (["reading", "choice"], True),
        (["long_text", "choice"], False),
        (["choice", "long_text"], False),
        (["choices"], False),
        (["number"], False),
        ([], False),
    ],
)
def test_a_choice_turns_the_page_only_where_it_is_all_that_is_asked(kinds, turns):
    fields = tuple(Field(f"f{n}", FieldKind(kind), "x") for n, kind in enumerate(kinds))
    assert bool(turns_the_page(Step("one", "One", fields=fields), {})) is turns


def test_a_smaller_form_holds_what_it_asks_for_itself():
    assert holds_all((PAUSE,), {"strength": 3})
    assert holds_all((), {})
    assert not holds_all((PAUSE,), {"strength": 3, "feelings": ["joy"]})


def test_one_goes_on_after_the_last_step_answered():
    steps = (PAUSE, LABEL, SHARE)
    assert place_to_go_on(steps, {}) == 1
    assert place_to_go_on(steps, {"strength": 3}) == 2
    assert place_to_go_on(steps, {"feelings": ["joy"]}) == 3
    assert place_to_go_on(steps, {"words": "x"}) == 3
    assert place_of(steps, "feelings") == 2
