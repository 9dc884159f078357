from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counsel.reminders.texting import MOST_PARTS, parts_of, text_of

LINK = "https://diary.example/my/"
LINKS = st.sampled_from(["", LINK, LINK + "a" * 120])


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("ж" * 70, 1),
        ("ж" * 71, 2),
        ("ж" * 134, 2),
        ("ж" * 135, 3),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
    ],
)
def test_it_counts_as_the_network_does(text, parts):
    assert parts_of(text) == parts


def test_careful_typing_costs_no_part():
    words = "“Yours” is at 17:00\u00a0– that’s tomorrow…"
    assert text_of(words, LINK) == f'"Yours" is at 17:00 - that\'s tomorrow... {LINK}'
    assert parts_of(text_of("’" * 160)) == 1


def test_long_words_are_cut_and_the_link_is_not():
    text = text_of("a good many words, " * 40, LINK)
    assert parts_of(text) == MOST_PARTS
    assert text.endswith(f"words... {LINK}") or text.endswith(f"many... {LINK}")


def test_a_link_that_fills_it_goes_alone():
    long = LINK + "a" * 400
    assert text_of("some words", long) == long


@given(st.text(max_size=400), LINKS)
def test_it_has_two_parts_at_most_and_the_whole_link(words, link):
    text = text_of(words, link)
    assert parts_of(text) <= MOST_PARTS
    assert text.endswith(link)
    assert "\n" not in text
