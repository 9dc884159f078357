from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from exercises.finding import excerpt, fold, holds, wanted_words

ANY = st.text(max_size=200)


def found(query, *texts):
    wanted = wanted_words(query)
    cut = excerpt(texts, wanted)
    return cut.found if holds(texts, wanted) and cut else None


@pytest.mark.parametrize(
    ("query", "text", "expected"),
    [
        ("RIVER", "by the river", "river"),
        ("café", "Un cafe", "cafe"),
        ("cafe", "Un Cafe\u0301 noir", "Cafe\u0301"),
        ("strasse", "die Straße", "Straße"),
        ("lodz", "Łódź", "Łódź"),
        ("istanbul", "İSTANBUL", "İSTANBUL"),
        ("ευχη", "Ευχή", "Ευχή"),
        ("θυμός", "ΘΥΜΟΣ", "ΘΥΜΟΣ"),
        ("ёлка", "Елка", "Елка"),
        ("שלום", "שָׁלוֹם עליכם", "שָׁלוֹם"),
        ("محمد", "مُحَمَّد", "مُحَمَّد"),
        ("डर", "मुझे डर लगा", "डर"),
        ("恐", "今日は恐い", "恐"),
        ("ガ", "ガラス", "ガ"),
        ("👩‍👩‍👧", "with 👩‍👩‍👧 today", "👩‍👩‍👧"),
        ("coop", "the co\u00adop", "co\u00adop"),
    ],
)
def test_it_finds_a_word_whatever_its_case_and_accents(query, text, expected):
    assert found(query, text) == expected


@pytest.mark.parametrize(
    ("query", "text"),
    [("कु", "के"), ("รัก", "รก"), ("river", "rive"), ("the bird flew", "the bird sat")],
)
def test_it_does_not_find_another_word(query, text):
    assert found(query, text) is None


def test_the_words_may_stand_in_any_order_and_in_any_of_the_texts():
    assert found("door bird", "a bird", "behind the door") == "bird"


@pytest.mark.parametrize("query", ["", " ", "\n\t", "\u0301", "\u200d\u200e"])
def test_a_query_may_hold_nothing_to_look_for(query):
    assert wanted_words(query) == ()


def test_it_shows_a_little_of_what_stands_around():
    cut = excerpt(["one two " * 40 + "river" + " three four" * 40], ["river"])
    assert cut.before.startswith("…")
    assert cut.after.endswith("…")
    assert len(cut.before + cut.found + cut.after) < 160
    assert cut.before.endswith("two ")


def test_it_shows_a_short_text_whole():
    cut = excerpt(["by the river"], ["river"])
    assert (cut.before, cut.found, cut.after) == ("by the ", "river", "")


@given(ANY, ANY, ANY)
@example("a" * 100, "ﷺ", "\u0301" * 90)
@example("", "ΐ", "")
def test_whatever_was_written_is_found_where_it_stands(before, word, after):
    text = before + word + after
    wanted = wanted_words(word)
    if not wanted:
        return
    cut = excerpt([text], wanted)
    assert cut is not None
    assert cut.found
    shown = cut.before.removeprefix("…") + cut.found + cut.after.removesuffix("…")
    assert shown in text
    assert any(one in fold(cut.found) for one in wanted)
