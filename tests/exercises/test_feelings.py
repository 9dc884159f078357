from __future__ import annotations

import re

import pytest

from exercises import feelings


def test_it_has_the_eight_families():
    assert [family.code for family in feelings.families()] == [
        "fear",
        "shame",
        "sadness",
        "anger",
        "vulnerability",
        "calm",
        "warmth",
        "joy",
    ]
    assert all(4 <= len(family.feelings) <= 6 for family in feelings.families())


def test_its_codes_are_plain_and_used_once():
    words = [word for family in feelings.families() for word in family.feelings]
    codes = [word.code for word in words]
    assert len(set(codes)) == len(codes)
    assert all(re.fullmatch(r"[a-z-]{1,40}", code) for code in codes)
    assert len({str(word.label) for word in words}) == len(codes)


def test_it_gives_the_word_for_a_code():
    assert str(feelings.label("feeling-small")) == "feeling small"
    assert feelings.is_known("feeling-small")
    assert not feelings.is_known("feeling small")
    with pytest.raises(KeyError):
        feelings.label("heavy")


@pytest.mark.parametrize("typed", ["Shame", " SHAME ", "shame", "ｓｈａｍｅ"])
def test_it_knows_a_typed_word(typed):
    assert feelings.match(typed) == "shame"


@pytest.mark.parametrize("typed", ["Feeling  small", "feeling-small"])
def test_it_knows_a_word_of_two(typed):
    assert feelings.match(typed) == "feeling-small"


@pytest.mark.parametrize("typed", ["", " ", "ashamed", "shame and fear", "शर्म", "\x00"])
def test_it_leaves_other_words_to_their_owner(typed):
    assert feelings.match(typed) is None
